/* SPDX-License-Identifier: Apache-2.0 */
/* The file of SANDLOCK_CONFIG, read into memory of its own. */
#ifndef SHIM_CONFIG_H
#define SHIM_CONFIG_H

#include "../env/config.h"

/* Reads the file at path, which ends with a '\0', all of it: what stands in it is not looked into.
 * Waits for nothing. Returns 0, or -errno with *fault filled in. */
int config_load(struct span path, struct config *config, struct fault *fault);

/* Gives its memory back, so that nothing of it stays in the program, and makes it one without a
 * file. What points into its text or its values may not be used any more. Returns 0, or -errno with
 * *fault filled in. */
int config_unload(struct config *config, struct fault *fault);

#endif
