/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include "../env/value.h"

#include "call_names.h"

enum {
    ARCH_I386 = 0x40000003, /* AUDIT_ARCH_I386, include/uapi/linux/audit.h */
    I386_SOCKETCALL = 102,
    I386_IPC = 117
};

_Static_assert((int)CALLS < (int)CALLS_MAX, "a bit for each call");

uint32_t call_arch(unsigned which)
{
    return call_archs[which];
}

bool call_next(struct call *call)
{
    if (call->next == sizeof call_table)
        return false;
    const uint8_t *at = call_table + call->next;
    char *end = call->name + *at++;
    while (*at < CALL_NAME_END)
        *end++ = (char)*at++;
    *end = '\0';
    unsigned bits = *at++;
    for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
        unsigned kind = bits >> 2 * arch & 3;
        call->number[arch] = kind == 0 ? -1 : call_bases[kind] + *at++;
    }
    call->part = bits & CALL_PART ? *at++ : 0;
    call->place++;
    call->next = (unsigned)(at - call_table);
    return true;
}

struct call_numbers call_numbers(const struct call *call, unsigned arch)
{
    struct call_numbers numbers = {.own = call->number[arch], .shared = -1};
    if (call_archs[arch] == ARCH_I386 && call->part != 0) {
        numbers.shared = call->part < CALL_IPC ? I386_SOCKETCALL : I386_IPC;
        numbers.part = call->part % CALL_IPC;
    }
    return numbers;
}

unsigned call_find(struct span name)
{
    const struct call_letter *letter = call_letters,
                             *end = letter + sizeof call_letters / sizeof *letter;
    while (letter < end && name.len > 0 && letter->letter != *name.at)
        letter++;
    if (letter == end || name.len == 0)
        return 0;
    struct call call = {.place = letter->place, .next = letter->at};
    while (call_next(&call) && *call.name == *name.at)
        if (strncmp(name.at, call.name, name.len) == 0 && call.name[name.len] == '\0')
            return call.place;
    return 0;
}

unsigned call_nearest(struct span name)
{
    struct nearest nearest = nearest_to(name);
    struct call call = {0};
    unsigned place = 0;
    while (call_next(&call))
        if (nearest_offer(&nearest, call.name))
            place = call.place;
    return place;
}

struct call call_at(unsigned place)
{
    struct call call = {0};
    while (call.place < place && call_next(&call))
        continue;
    return call;
}
