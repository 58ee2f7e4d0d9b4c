/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the start of programs needs: walk [NAME=VALUE...] PROGRAM..., in an environment of PATH and
 * these. For each need one line: the program, p(rogram), i(nterpreter), e(arly: preloaded),
 * l(ibrary) or c(onfiguration), its name, its path, "-" for none; then with '!' what went wrong.
 */
#include "../shim/libraries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments)
{
    enum { VARIABLES_MAX = 8 };
    static char path[4096], *envp[VARIABLES_MAX + 2];
    struct need_list *list = malloc(NEED_LIST_SIZE);
    const char *value = getenv("PATH");
    size_t set = 0;
    snprintf(path, sizeof path, "PATH=%s", value != NULL ? value : "");
    for (int i = 1; i < count && list != NULL; i++) {
        if (strchr(arguments[i], '=') != NULL && set < VARIABLES_MAX) {
            envp[set++] = arguments[i];
            continue;
        }
        envp[set] = path; /* behind one that is given */
        int error = libraries_walk(arguments[i], envp, NULL, list, NEED_LIST_SIZE);
        for (const struct need *need = list->first; need != NULL; need = need->next)
            printf("%s %c %s %s\n", arguments[i], "pielc"[need->kind], need -> name,
                   need -> path != NULL ? need -> path : "-");
        if (error != 0 || list->full)
            printf("%s ! %d %s\n", arguments[i], error, list->full ? "full" : "whole");
    }
    free(list);
    return 0;
}
