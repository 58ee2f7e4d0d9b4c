/* SPDX-License-Identifier: Apache-2.0 */
#include "strip.h"

#include "vars.h"

#include <elf.h> /* AT_IGNORE */
#include <stdint.h>

#define PRELOAD "LD_PRELOAD="

/* The loader takes both as separators (ld.so(8)). */
static bool is_separator(char c)
{
    return c == ' ' || c == ':';
}

/* What stands behind the last '/' of a path. */
static struct span file_name(struct span path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.at[i - 1] == '/')
            return (struct span){path.at + i, path.len - i};
    return path;
}

static bool same(struct span a, struct span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Takes the entries called own or alias out of list, in place, and keeps the others as they are
 * written. Returns whether the list still says anything that it said before. */
static bool preload_strip(char *list, struct span own, struct span alias)
{
    char *to = list;
    bool taken = false;
    for (const char *from = list; *from != '\0';) {
        size_t gap = 0, len = 0;
        while (is_separator(from[gap]))
            gap++;
        while (from[gap + len] != '\0' && !is_separator(from[gap + len]))
            len++;
        struct span name = file_name((struct span){from + gap, len});
        if (name.len > 0 && (same(name, own) || same(name, alias))) {
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
static bool stays(char *string, struct span own, struct span alias)
{
    if (strncmp(string, VARS_PREFIX, sizeof VARS_PREFIX - 1) == 0)
        return false;
    if (strncmp(string, PRELOAD, sizeof PRELOAD - 1) == 0)
        return preload_strip(string + sizeof PRELOAD - 1, own, alias);
    return true;
}

size_t env_strip(char **envp, struct span own, struct span alias)
{
    char **to = envp, **from = envp;
    for (; *from != NULL; from++)
        if (stays(*from, own, alias))
            *to++ = *from;
    *to = NULL;
    return (size_t)(from - to);
}

void env_seal(char **envp, size_t freed)
{
    /* A second pointer to a string that stays would do as well, but a variable that stands twice
     * comes back to life: setenv changes the first, and a shell believes the last. Programs skip
     * an empty string, which has no '='. */
    static char empty[] = "";
    while (*envp != NULL)
        envp++;
    if (freed % 2 == 1)
        *envp++ = empty;
    *envp++ = NULL;
    for (size_t pairs = freed / 2; pairs > 0; pairs--) {
        *envp++ = (char *)(uintptr_t)AT_IGNORE;
        *envp++ = NULL;
    }
}
