/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include "die.h"
#include "numbers.h"

#include <stdlib.h>
#include <string.h>

static const struct target targets[] = {
    {"x86", {SCMP_ARCH_X86_64, SCMP_ARCH_X86}},
    {"arm", {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM}},
    {"riscv64", {SCMP_ARCH_RISCV64, 0}},
};

/* Every architecture that names are looked for on: a name that is known anywhere is no mistake. */
static const uint32_t anywhere[] = {
    SCMP_ARCH_X86_64,  SCMP_ARCH_X86,   SCMP_ARCH_AARCH64, SCMP_ARCH_ARM,
    SCMP_ARCH_RISCV64, SCMP_ARCH_MIPS,  SCMP_ARCH_PPC,     SCMP_ARCH_PPC64LE,
    SCMP_ARCH_S390,    SCMP_ARCH_S390X, SCMP_ARCH_PARISC,  SCMP_ARCH_MIPS64,
};

/* Where their numbers lie: MIPS begins at 4000 and 5000, and ARM has a few of its own. */
enum { LOW_END = 6000, ARM_BEGIN = 0xf0000, ARM_END = 0xf0010 };

const struct target *target_find(const char *name)
{
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (strcmp(name, targets[i].name) == 0)
            return &targets[i];
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct call *one = a, *other = b;
    return strcmp(one->name, other->name);
}

const struct call *call_find(const struct call *calls, size_t len, const char *name)
{
    struct call key;
    if (strlen(name) >= sizeof key.name)
        die("%s: too long a name", name);
    strcpy(key.name, name);
    return bsearch(&key, calls, len, sizeof key, by_name);
}

/* The number in socketcall(2) or ipc(2), for which libseccomp has pseudo numbers: -101 to -120 and
 * -201 to -224. */
static int mux_of(const struct target *target, const char *name)
{
    if (target->halves[1] != SCMP_ARCH_X86)
        return 0;
    int pseudo = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, name);
    if (pseudo <= -101 && pseudo >= -120)
        return -pseudo - 100;
    return pseudo <= -201 && pseudo >= -224 ? CALL_IPC - pseudo - 200 : 0;
}

/* Adds a name, or finds the one that is there. */
static struct call *call_add(const struct target *target, struct call *calls, size_t *len,
                             const char *name)
{
    for (size_t i = 0; i < *len; i++)
        if (strcmp(calls[i].name, name) == 0)
            return &calls[i];
    if (*len == CALLS_MAX || strlen(name) >= CALL_NAME_MAX)
        die("%s: no room for this system call", name);
    struct call *call = &calls[(*len)++];
    *call = (struct call){.number = {-1, -1}, .mux = mux_of(target, name)};
    strcpy(call->name, name);
    return call;
}

/* Adds the names that libseccomp has on an architecture for the numbers from begin to end. */
static void calls_scan(const struct target *target, uint32_t arch, int begin, int end,
                       struct call *calls, size_t *len)
{
    for (int number = begin; number < end; number++) {
        char *name = seccomp_syscall_resolve_num_arch(arch, number);
        if (name == NULL)
            continue;
        struct call *call = call_add(target, calls, len, name);
        for (int half = 0; half < HALVES; half++)
            if (target->halves[half] == arch)
                call->number[half] = number;
        free(name);
    }
}

size_t calls_list(const struct target *target, struct call *calls)
{
    size_t len = 0;
    for (size_t i = 0; i < sizeof anywhere / sizeof *anywhere; i++) {
        calls_scan(target, anywhere[i], 0, LOW_END, calls, &len);
        calls_scan(target, anywhere[i], ARM_BEGIN, ARM_END, calls, &len);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct call *call = call_add(target, calls, &len, numbers[i].name);
        for (int half = 0; half < HALVES; half++)
            if (target->halves[half] != 0 && call->number[half] < 0 &&
                (numbers[i].arch == 0 || numbers[i].arch == target->halves[half]))
                call->number[half] = numbers[i].number;
    }
    qsort(calls, len, sizeof *calls, by_name);
    return len;
}
