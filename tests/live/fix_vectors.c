/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks from argv past its NULL over envp, and past its NULL over the auxiliary vector, as Go and
 * other runtimes without libc do. Prints each string of envp and then "auxv: " and what is wrong.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#define GET_AUXV 0x41555856 /* PR_GET_AUXV, which older headers lack */

struct pair {
    unsigned long type, value;
};

enum { PAIRS_MAX = 64 };

/* The next pair that means something, AT_NULL at the end; NULL when one that is to be ignored has
 * a value, which would be a slot of envp that still points somewhere. */
static const struct pair *next(const struct pair *pair)
{
    for (; pair->type == AT_IGNORE; pair++)
        if (pair->value != 0)
            return NULL;
    return pair;
}

/* Holds the vector that was found against the one that the kernel keeps of its own. */
static const char *auxv_check(const struct pair *found)
{
    static struct pair kept[PAIRS_MAX];
    bool page_size = false, random = false;
    /* Linux 6.4; before that the two types below have to do. */
    bool known = prctl(GET_AUXV, kept, sizeof kept - sizeof *kept, 0, 0) > 0;
    for (size_t i = 0; (found = next(found)) != NULL && found->type != AT_NULL; i++, found++) {
        if (i == PAIRS_MAX)
            return "has no end";
        if (known && (found->type != kept[i].type || found->value != kept[i].value))
            return "is not the kernel's";
        page_size |= found->type == AT_PAGESZ && found->value == (unsigned long)getpagesize();
        random |= found->type == AT_RANDOM && found->value == getauxval(AT_RANDOM);
    }
    if (found == NULL)
        return "has an ignored pair with a value";
    return !page_size ? "has no page size" : !random ? "has no random bytes" : "good";
}

int main(int argc, char **argv, char **envp)
{
    char **walk = argv + argc;
    if (*walk++ != NULL || walk != envp || walk != environ)
        return 1;
    for (; *walk != NULL; walk++)
        printf("%s\n", *walk);
    printf("auxv: %s\n", auxv_check((const struct pair *)(const void *)(walk + 1)));
    return 0;
}
