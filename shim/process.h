/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to the process itself before it is confined: threads, descriptors, core dumps. */
#ifndef SHIM_PROCESS_H
#define SHIM_PROCESS_H

#include "../env/policy.h"

/* Refuses a process with threads, or one that shares its memory with another:
 * landlock_restrict_self would pass the others by, and its flag LANDLOCK_RESTRICT_SELF_TSYNC would
 * replace a tighter domain of theirs (landlock(7)).
 * Returns 0, or -errno with *fault filled in. */
int process_refuse_threads(struct fault *fault);

/* Closes descriptors and limits core dumps as the policy says. envp: for LISTEN_FDS.
 * Returns 0, or -errno with *fault filled in. */
int process_settle(const struct policy *policy, char *const envp[], struct fault *fault);

#endif
