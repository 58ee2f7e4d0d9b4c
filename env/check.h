/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot be together in a policy, each part of which is good by itself. */
#ifndef ENV_CHECK_H
#define ENV_CHECK_H

#include "policy.h"

/* Returns NULL, or the reason, with the variable at fault as the subject of *fault. (What one says
 * of protections and another one too is protections_settle's.) */
const char *policy_check(const struct policy *policy, struct fault *fault);

#endif
