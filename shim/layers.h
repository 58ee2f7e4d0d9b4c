/* SPDX-License-Identifier: Apache-2.0 */
/* How many Landlock layers this process is in. */
#ifndef SHIM_LAYERS_H
#define SHIM_LAYERS_H

/* As many as the kernel takes: LANDLOCK_MAX_NUM_LAYERS, security/landlock/limits.h. */
enum { LAYERS_MAX = 16 };

/* Counts how many are missing to that, in a child that enforces them. Returns how many are in
 * force, or -errno where that cannot be known. */
int layers_in_force(void);

#endif
