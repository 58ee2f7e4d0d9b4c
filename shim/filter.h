/* SPDX-License-Identifier: Apache-2.0 */
/* The seccomp filter: compiled at build time (gen/), given the policy's states here. */
#ifndef SHIM_FILTER_H
#define SHIM_FILTER_H

#include "bpf.h"
#include "groups.h"

/* The two halves of a mark, which tells a policy from others. */
struct mark {
    uint32_t low; /* never 0: that is what the mark of any policy answers */
    uint32_t high;
};

/* Writes the mark of a policy, which depends on the working directory if its paths do.
 * Returns 0, or -errno with *fault filled in. */
int filter_mark(const struct policy *policy, struct mark *mark, struct fault *fault);

/* Whether this process bears a mark; NULL: that of whatever policy. */
bool filter_bears(const struct mark *mark);

/* How many instructions the filter has that keeps the gates. */
size_t filter_len(void);

/* Writes it, with these gates open, the action in place of what fails with EPERM, and the mark. */
void filter_make(gate_set open, enum filter_action action, const struct mark *mark,
                 struct sock_filter *program);

/* More instructions than the filter has for denied calls when all that there are are denied. */
enum { DENIAL_MAX = 2560 };

/* Writes the filter for the calls that are denied by name. Returns how many instructions it has. */
size_t filter_make_denial(const struct groups *groups, enum filter_action action,
                          struct sock_filter *program);

/* How many that would be. */
size_t filter_denial_len(const struct groups *groups);

/* Installs what the policy asks for. Returns 0, or -errno with *fault filled in. */
int filter_enforce(const struct policy *policy, const struct groups *groups, gate_set open,
                   const struct mark *mark, struct fault *fault);

#endif
