/* SPDX-License-Identifier: Apache-2.0 */
/* The plan: what a policy comes to on a kernel. A pure function of the policy and of the ABI. */
#ifndef SHIM_PLAN_H
#define SHIM_PLAN_H

#include "abi.h"
#include "groups.h"

struct plan {
    int abi;                     /* the ABI that it was made for */
    struct ruleset_attr handled; /* what the ruleset handles: all of it is denied unless granted */
    uint64_t rights[PATH_CLASSES]; /* what an entry of each list grants beneath a directory */
    protection_set active;         /* enforced */
    protection_set degraded;       /* not known to this kernel, and the policy lives with that */
    protection_set disabled;       /* switched off by the policy */
};

/* Makes the plan for policy on a Landlock ABI from 1 on; one above ABI_LAST is taken for it.
 * Returns the set of protections that the policy does not let the kernel lack, yet it lacks them;
 * *plan is of use only when that set is empty. */
protection_set plan_make(const struct policy *policy, int abi, struct plan *plan);

/* What an entry of a list grants on a directory, or on anything else: the rights of its rule. */
uint64_t plan_rights(const struct plan *plan, enum path_class which, bool directory);

/* What the policy grants on a port: the rights of its rule. */
uint64_t plan_port_rights(const struct plan *plan, const struct policy *policy, unsigned port);

/* The lowest port from a given one on that may have a rule; PORTS where there is none. */
unsigned plan_port_next(const struct policy *policy, unsigned port);

/* The gates of the filter that are open: what the lists of the filter say of them, and what the
 * policy grants, or Landlock decides in their place. */
gate_set plan_gates(const struct plan *plan, const struct policy *policy,
                    const struct groups *groups);

/* Why a gate is open or closed: what plan_gates went by. */
enum gate_reason plan_gate_reason(const struct plan *plan, const struct policy *policy,
                                  const struct groups *groups, enum gate gate);

/* Whether the policy grants some of what protection p decides, and not all of it: then a kernel
 * that lacks p could only grant more, or nothing. */
bool plan_is_finer(const struct policy *policy, enum protection p);

#endif
