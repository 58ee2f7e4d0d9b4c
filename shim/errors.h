/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of errors. libc's strerror may allocate, translate and be another's (syscall.h). */
#ifndef SHIM_ERRORS_H
#define SHIM_ERRORS_H

/* The text for an errno value, the same as strerror(3)'s in the C locale; NULL for one that is
 * none of those that the calls of the shim and execve(2) are known to give. */
const char *error_text(int error);

#endif
