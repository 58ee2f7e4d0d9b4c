/* SPDX-License-Identifier: Apache-2.0 */
/* --help: the variables and the words that they take, as the tables have them. */
#ifndef SHIM_HELP_H
#define SHIM_HELP_H

/* Prints it. Returns 0, or -errno when it could not be written. */
int help(void);

#endif
