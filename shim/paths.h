/* SPDX-License-Identifier: Apache-2.0 */
/* The rules for paths: from the policy's lists, inside a chroot where there is one, to a ruleset.
 */
#ifndef SHIM_PATHS_H
#define SHIM_PATHS_H

#include "landlock.h"

/* Opens every path of the policy, its GPU devices included, and adds a rule for each to the
 * ruleset. Returns 0, or -errno with *fault filled in, which may point into landlock->path. */
int paths_add(struct landlock *landlock, const struct policy *policy, struct fault *fault);

#endif
