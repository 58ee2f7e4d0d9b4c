/* SPDX-License-Identifier: Apache-2.0 */
#include "die.h"

#include "../shim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("sandlock-trace: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_SHIM);
}

void *calloc_or_die(size_t count, size_t size)
{
    void *at = calloc(count, size);
    if (at == NULL)
        die("out of memory");
    return at;
}

void *realloc_or_die(void *at, size_t size)
{
    at = realloc(at, size);
    if (at == NULL)
        die("out of memory");
    return at;
}
