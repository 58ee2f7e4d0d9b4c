/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a start ends that goes wrong, and what one says that does not.
 *
 * What has a line of text in its frame is here and not in the way of a start: the frames of one
 * that has nothing to say lie in pages of the stack that the loader has used already.
 */
#ifndef SHIM_END_H
#define SHIM_END_H

#include "landlock.h"

struct config;

/* Ends the process for what is wrong with the policy, or comes of it: with EXIT_SHIM, and one line
 * that has the line of the file that it stands in, if it does. */
_Noreturn void end_policy(const struct config *config, struct fault *fault);

/* The same where the kernel lacks what the policy asks for. */
_Noreturn void end_missing(const struct landlock *landlock, const struct policy *policy,
                           const struct config *config);

/* SANDLOCK_VERBOSE: says what is enforced now. */
void say_enforced(const struct policy *policy, const struct landlock *landlock, gate_set open);

/* The same where the process was confined already. */
void say_confined(void);

#endif
