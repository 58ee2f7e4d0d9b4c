/* SPDX-License-Identifier: Apache-2.0 */
#include "strip.h"

#include "vars.h"

#include <elf.h> /* AT_IGNORE */
#include <stdint.h>

#define PRELOAD "LD_PRELOAD="

/* What the loader takes for a separator (ld.so(8)). */
static bool separates_libraries(char c)
{
    return c == ' ' || c == ':';
}

/* Takes the entries that are called so out of list, in place, and keeps the others as they are
 * written. Returns whether the list still says anything that it said before. */
static bool preload_strip(char *list, struct span called)
{
    char *to = list;
    bool taken = false;
    for (const char *from = list; *from != '\0';) {
        size_t gap = 0, len = 0;
        while (separates_libraries(from[gap]))
            gap++;
        while (from[gap + len] != '\0' && !separates_libraries(from[gap + len]))
            len++;
        struct span name = span_file_name((struct span){from + gap, len});
        if (name.len > 0 && span_same(name, called)) {
            taken = true;
        } else {
            /* The separators before the first entry that stays are of no use. */
            size_t skip = taken && to == list ? gap : 0;
            memmove(to, from + skip, gap + len - skip);
            to += gap + len - skip;
        }
        from += gap + len;
    }
    *to = '\0';
    return !taken || to > list;
}

/* Whether a string of the environment stays, after what is ours in it is taken out. */
static bool stays(char *string, struct span called)
{
    if (string_starts(string, PRELOAD))
        return preload_strip(string + sizeof PRELOAD - 1, called);
    return !string_starts(string, VARS_PREFIX);
}

size_t env_strip(char **envp, struct span called)
{
    char **to = envp, **from = envp;
    for (; *from != NULL; from++)
        if (stays(*from, called))
            *to++ = *from;
    *to = NULL;
    return (size_t)(from - to);
}

char **env_end(char **envp)
{
    while (*envp != NULL)
        envp++;
    return envp;
}

bool env_preloads(char *const envp[])
{
    while (*envp != NULL && !string_starts(*envp, PRELOAD))
        envp++;
    return *envp != NULL;
}

void env_seal(char **envp, size_t freed)
{
    /* Not a second pointer to a variable that stays: that would come back to life, for setenv
     * changes the first and a shell believes the last. Not an empty string: GNU make reads beyond
     * it. "_" is what shells set for each command anew, and nobody reads. */
    static char filler[] = "_=";
    char **to = env_end(envp);
    if (freed % 2 == 1)
        *to++ = filler;
    *to++ = NULL;
    for (size_t pairs = freed / 2; pairs > 0; pairs--) {
        *to++ = (char *)(uintptr_t)AT_IGNORE;
        *to++ = NULL;
    }
}
