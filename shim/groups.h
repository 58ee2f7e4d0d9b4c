/* SPDX-License-Identifier: Apache-2.0 */
/* What SANDLOCK_SECCOMP_ALLOW and SANDLOCK_SECCOMP_DENY name: groups of gates, and system calls. */
#ifndef SHIM_GROUPS_H
#define SHIM_GROUPS_H

#include "calls.h"
#include "gates.h"

struct groups {
    gate_set opened; /* left open by name */
    gate_set denied; /* closed by name, whatever else would open them */
    unsigned calls;  /* the place of the last call that is denied by name; 0: none is */
    uint64_t denied_calls[CALLS_MAX / 64]; /* a bit for each place of the table of calls */
};

/* Reads both lists of the policy. Returns NULL, or the reason, which *fault has too, with the
 * variable and the entry at fault; *groups is of no use then. */
const char *groups_read(const struct policy *policy, struct groups *groups, struct fault *fault);

/* Whether a call of the table is denied by name. */
bool groups_deny(const struct groups *groups, struct span call);

/* The same for the one at a place of the table. */
bool groups_deny_at(const struct groups *groups, unsigned place);

#endif
