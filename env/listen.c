/* SPDX-License-Identifier: Apache-2.0 */
#include "listen.h"

#include "value.h"

#include <limits.h>

/* The value of a variable in envp that is one number; from is where it is not. */
static unsigned number_of(char *const envp[], const char *prefix, unsigned otherwise)
{
    unsigned low, high;
    for (; *envp != NULL; envp++)
        if (span_starts(span_of(*envp), prefix) &&
            range_parse(span_of(*envp + strlen(prefix)), INT_MAX, &low, &high) == RANGE_GOOD &&
            low == high)
            return low;
    return otherwise;
}

unsigned listen_fds(char *const envp[], unsigned pid)
{
    return number_of(envp, "LISTEN_PID=", 0) == pid ? number_of(envp, "LISTEN_FDS=", 0) : 0;
}
