/* SPDX-License-Identifier: Apache-2.0 */
/* --check: what this kernel can enforce, and whether a start would succeed. */
#ifndef SHIM_CHECK_H
#define SHIM_CHECK_H

#include <stdbool.h>

/* Prints what the kernel knows, and what is in force already, as text or JSON, and ends the
 * process: with status 0 where a policy of defaults runs, else with EXIT_CANNOT_START. */
_Noreturn void check(char *const envp[], bool json);

#endif
