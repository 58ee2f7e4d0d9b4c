/* SPDX-License-Identifier: Apache-2.0 */
/* Consuming the configuration: the environment as the program and its children see it. */
#ifndef ENV_STRIP_H
#define ENV_STRIP_H

#include "policy.h"

/* Takes every SANDLOCK_* out of envp, and out of LD_PRELOAD the entries whose file name is called
 * (LD_PRELOAD too when nothing else is in it), in place: pointers move up, the string of LD_PRELOAD
 * is rewritten. Returns how many pointers went; behind those that stay is a NULL. */
size_t env_strip(char **envp, struct span called);

/* Whether there is an LD_PRELOAD in it. */
bool env_preloads(char *const envp[]);

/* The NULL at its end. */
char **env_end(char **envp);

/* Fills the slots that env_strip freed, so that whoever walks past envp's NULL still finds the
 * auxiliary vector behind it: with (AT_IGNORE, 0) pairs and, where freed is odd, with the variable
 * "_=" at the end of envp. To be called only on the array that the kernel made. */
void env_seal(char **envp, size_t freed);

#endif
