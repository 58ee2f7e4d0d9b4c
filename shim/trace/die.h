/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot be gone on from. */
#ifndef TRACE_DIE_H
#define TRACE_DIE_H

#include <stddef.h>

/* Says "sandlock-trace: " and a line, and ends the process with the status of the shim's failures.
 * What is traced is ended with it where nobody answers it any more. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* calloc(3) and realloc(3) that do not fail. */
void *calloc_or_die(size_t count, size_t size);
void *realloc_or_die(void *at, size_t size);

#endif
