/* SPDX-License-Identifier: Apache-2.0 */
/* How policies of the tests start on kernels that lack what the shim requires by default. */
#ifndef TESTS_DEGRADED_H
#define TESTS_DEGRADED_H

#include <stdbool.h>
#include <stddef.h>

/* Whether env configures the shim by something that makes a policy. */
bool makes_policy(char *const env[]);

/* Accepts what this kernel lacks, as a user of it would: adds the protections that are required by
 * default, and that env names nowhere, to SANDLOCK_ALLOW_DEGRADED. That is nothing from ABI 6 on,
 * and where env makes no policy or says itself what is required. The strings of env are on the
 * heap, and there is room for one more. Returns how many there are now. */
size_t degrade(char **env, size_t len);

#endif
