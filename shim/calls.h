/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls by name, in the table that the generator (gen/) has made for this target. */
#ifndef SHIM_CALLS_H
#define SHIM_CALLS_H

#include "../env/policy.h"
#include "calls_format.h"

/* A target is one architecture, or two of one processor. */
enum { CALL_ARCHS = 2 };

/* More than the last place of the table. */
enum { CALLS_MAX = 1024 };

/* AUDIT_ARCH_* of each (seccomp(2)); 0: there is but one. */
uint32_t call_arch(unsigned which);

/* A call of the table, which is read from the front: with all of it 0, it stands before the first.
 */
struct call {
    unsigned place;           /* from 1 on */
    char name[CALL_NAME_MAX]; /* in the order of which they lie; ended by '\0' */
    int number[CALL_ARCHS];   /* -1: none */
    uint8_t part;             /* i386: 0, or what call_numbers makes of it */
    unsigned next;            /* where the next one begins */
};

/* Goes on to the next call. Returns whether there is one. */
bool call_next(struct call *call);

/* The numbers of a call on one of the architectures; a number of -1 is none. */
struct call_numbers {
    int own;       /* of the call itself */
    int shared;    /* i386: of the call that does this and more, socketcall(2) or ipc(2), */
    uint32_t part; /* and what its first argument says then */
};
struct call_numbers call_numbers(const struct call *call, unsigned arch);

/* The place of a name in the table, or 0. A name of any architecture is in it. */
unsigned call_find(struct span name);

/* The place of the name that a mistyped one was most likely meant to be. */
unsigned call_nearest(struct span name);

/* The call at a place that there is. */
struct call call_at(unsigned place);

#endif
