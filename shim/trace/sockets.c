/* SPDX-License-Identifier: Apache-2.0 */
#include "sockets.h"

#include "die.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *noted;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

void socket_note(const char *name)
{
    if (socket_noted(name))
        return;
    char *copy = strdup(name);
    if (copy == NULL || tsearch(copy, &noted, by_name) == NULL)
        die("out of memory");
}

bool socket_noted(const char *name)
{
    return tfind(name, &noted, by_name) != NULL;
}

/* Names that the kernel makes (unix(7), autobind): a '\0' and five hexadecimal digits. */
static bool is_automatic(const char *name)
{
    return strlen(name) == 6 && strspn(name + 1, "0123456789abcdef") == 5;
}

bool socket_listens(pid_t tid, const char *name)
{
    char path[64], *line = NULL;
    size_t size = 0;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/net/unix", (int)tid);
    FILE *file = is_automatic(name) ? NULL : fopen(path, "re");
    while (file != NULL && !found && getline(&line, &size, file) > 0) {
        char *at = strchr(line, '@');
        line[strcspn(line, "\n")] = '\0';
        found = at != NULL && at > line && at[-1] == ' ' && strcmp(at, name) == 0;
    }
    free(line);
    if (file != NULL)
        fclose(file);
    return found;
}
