/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to an enforced Landlock domain, in the steps that the kernel has for it. */
#ifndef SHIM_LANDLOCK_H
#define SHIM_LANDLOCK_H

#include "paths.h"

/* All that enforcing takes. */
struct landlock {
    int abi;                /* what the kernel says of itself, or the first that it keeps to */
    int ruleset;            /* descriptor of the ruleset */
    struct plan plan;       /* what the ruleset was made for */
    protection_set missing; /* set when protections are what is at fault */
    unsigned long rules;    /* how many rules there are for paths */
    unsigned long ports;    /* and how many for ports */
};

/* Each of these returns 0, or -errno with *fault filled in. */

/* Asks the kernel for its ABI. -ENOSYS, -EOPNOTSUPP: it has no Landlock, or has it switched off. */
int landlock_probe(struct landlock *landlock, struct fault *fault);

/* Makes the plan and a ruleset for it. Where the kernel rejects what its ABI should know, the next
 * older ABI is tried. -ENOTSUP: the kernel lacks landlock->missing; *fault says nothing then. */
int landlock_create(struct landlock *landlock, const struct policy *policy, struct fault *fault);

/* Adds the rule for a path that a walk has found (paths.h); its context is a struct landlock. */
int landlock_add_path(struct path_walk *walk);

/* Adds a rule for each port of the policy. */
int landlock_add_ports(struct landlock *landlock, const struct policy *policy, struct fault *fault);

/* Enforces the ruleset on the calling thread, after no_new_privs, and closes it. */
int landlock_enforce(struct landlock *landlock, struct fault *fault);

/* What a call that answers 0 and nothing else on success has come to: 0, or -errno. An outer
 * seccomp filter may make it return anything, and then nothing was done: -EPROTO. */
int landlock_zero(int returned);

#endif
