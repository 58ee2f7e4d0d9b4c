/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include "../env/value.h"

/* A system call as the generator prints it; in order of their names. */
struct call_row {
    uint16_t name; /* where it begins in call_names */
    uint8_t mux;   /* i386: number in socketcall(2), or MUX_IPC more than in ipc(2); 0: none */
    int16_t number[CALL_ARCHS]; /* one of ARM's own is ARM_SHIFT less than it is */
};

enum { MUX_IPC = 128, ARM_FIRST = 0x7000, ARM_SHIFT = 0xf0000 - ARM_FIRST };

#include "call_names.h"

enum {
    CALLS = sizeof call_rows / sizeof *call_rows,
    ARCH_I386 = 0x40000003, /* AUDIT_ARCH_I386, include/uapi/linux/audit.h */
    I386_SOCKETCALL = 102,
    I386_IPC = 117
};

_Static_assert((int)CALLS <= (int)CALLS_MAX, "a bit for each call");

uint32_t call_arch(unsigned which)
{
    return call_archs[which];
}

unsigned calls_count(void)
{
    return CALLS;
}

int call_find(struct span name)
{
    for (unsigned low = 0, high = CALLS; low < high;) {
        unsigned middle = (low + high) / 2;
        const char *other = call_names + call_rows[middle].name;
        int order = strncmp(name.at, other, name.len);
        if (order == 0 && other[name.len] == '\0')
            return (int)middle;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

struct call_numbers call_numbers(unsigned place, unsigned arch)
{
    const struct call_row *row = &call_rows[place];
    struct call_numbers numbers = {.own = row->number[arch], .shared = -1};
    if (numbers.own >= ARM_FIRST)
        numbers.own += ARM_SHIFT;
    if (call_archs[arch] == ARCH_I386 && row->mux != 0) {
        numbers.shared = row->mux < MUX_IPC ? I386_SOCKETCALL : I386_IPC;
        numbers.part = row->mux % MUX_IPC;
    }
    return numbers;
}

struct span call_nearest(struct span name)
{
    struct nearest nearest = nearest_to(name);
    for (unsigned i = 0; i < CALLS; i++)
        nearest_offer(&nearest, call_names + call_rows[i].name);
    return nearest.name;
}
