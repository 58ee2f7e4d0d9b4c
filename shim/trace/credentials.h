/* SPDX-License-Identifier: Apache-2.0 */
/* Who the target is to files. */
#ifndef TRACE_CREDENTIALS_H
#define TRACE_CREDENTIALS_H

#include <stdbool.h>
#include <sys/types.h>

/* Calls ask with its context, as the target's user, groups and capabilities, as far as they are
 * fewer than ours. Returns what it does; false where we cannot become that. */
bool as_target(pid_t tid, bool (*ask)(void *context), void *context);

#endif
