/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls by name, in the table that the generator (gen/) has made for this target. */
#ifndef SHIM_CALLS_H
#define SHIM_CALLS_H

#include "../env/policy.h"

/* A target is one architecture, or two of one processor. */
enum { CALL_ARCHS = 2 };

/* More calls than the table has. */
enum { CALLS_MAX = 1024 };

/* AUDIT_ARCH_* of each (seccomp(2)); 0: there is but one. */
uint32_t call_arch(unsigned which);

/* The numbers of a call on one of them; a number of -1 is none. */
struct call_numbers {
    int own;       /* of the call itself */
    int shared;    /* i386: of the call that does this and more, socketcall(2) or ipc(2), */
    uint32_t part; /* and what its first argument says then */
};

/* The place of a name in the table, from 0 on, or -1. A name of any architecture is in it. */
int call_find(struct span name);

/* How many places there are. */
unsigned calls_count(void);

/* The numbers of the call at a place. */
struct call_numbers call_numbers(unsigned place, unsigned arch);

/* The name that a mistyped one was most likely meant to be. */
struct span call_nearest(struct span name);

#endif
