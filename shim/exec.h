/* SPDX-License-Identifier: Apache-2.0 */
/* Executing the program of the program face, and saying why that fails. */
#ifndef SHIM_EXEC_H
#define SHIM_EXEC_H

#include "shim.h"

/* Executes argv[0] with the environment envp; it is looked up in PATH as by execvp(3). confinement
 * is that of this process. Where that fails the process ends: EXIT_NOT_FOUND, or EXIT_CANNOT_RUN
 * with the reason and, when it is the policy, the path that it would have to grant. */
_Noreturn void exec_program(char *argv[], char *const envp[], struct confinement confinement);

#endif
