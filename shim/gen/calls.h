/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that there are, by name, with their numbers on the architectures of a target. */
#ifndef GEN_CALLS_H
#define GEN_CALLS_H

#include "../calls_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HALVES = 2, CALLS_MAX = 1024 };

/* What one shared object has to do with: its own architecture, and the other one of the same
 * processor. */
struct target {
    const char *name;
    uint32_t halves[HALVES]; /* SCMP_ARCH_*; 0: there is but one */
};

struct call {
    char name[CALL_NAME_MAX];
    int number[HALVES]; /* -1: no call of its own there */
    int mux; /* number in socketcall(2), or CALL_IPC + that in ipc(2), of i386; 0: none */
};

/* The target called name, or NULL. */
const struct target *target_find(const char *name);

/* Fills calls, CALLS_MAX of them, sorted by name: all names that libseccomp knows on whatever
 * architecture, and those of numbers.h. Returns how many they are. */
size_t calls_list(const struct target *target, struct call *calls);

/* The call of that name, or NULL. */
const struct call *call_find(const struct call *calls, size_t len, const char *name);

#endif
