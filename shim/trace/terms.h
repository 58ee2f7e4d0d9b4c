/* SPDX-License-Identifier: Apache-2.0 */
/* The terms on which a program runs: the policy of the environment, and what the shim will make of
 * it on this kernel. Nothing is enforced here. */
#ifndef TRACE_TERMS_H
#define TRACE_TERMS_H

#include "../config.h"
#include "../filter.h"
#include "../paths.h"
#include "rules.h"

struct terms {
    struct config config; /* which the policy points into */
    struct policy policy;
    struct port_bits bits[NET_ACCESSES]; /* of the policy */
    struct groups groups;
    struct plan plan;
    gate_set open;
    struct mark mark;      /* that the shim's filter would bear */
    struct rules rules;    /* for files */
    char chroot[PATH_MAX]; /* where SANDLOCK_CHROOT leads, or "" */
};

/* Reads them of envp. Returns false where the shim would not start: it is left to say why. */
bool terms_read(char *const envp[], struct terms *terms);

/* Whether there is a filter. */
static inline bool terms_filtered(const struct terms *terms)
{
    return terms->policy.filter.mode != FILTER_OFF;
}

#endif
