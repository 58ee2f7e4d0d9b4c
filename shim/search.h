/* SPDX-License-Identifier: Apache-2.0 */
/* Which file the name of a program means, as execvp(3) has it. */
#ifndef SHIM_SEARCH_H
#define SHIM_SEARCH_H

#include "../env/policy.h"

#include <limits.h>

/* A walk over the files that a program's name may stand for. */
struct search {
    const char *file;
    const char *rest; /* of the directories; NULL: there are no more */
    bool only;        /* it is a path: there is but one */
};

/* The value in envp of the variable that key, which ends with '=', names; NULL: it is not set. */
const char *variable_find(char *const envp[], const char *key);

/* Begins a walk for file, by the PATH in envp. */
struct search search_for(const char *file, char *const envp[]);

/* Writes the next file into path. Returns whether there is one. */
bool search_next(struct search *search, char path[static PATH_MAX]);

/* Finds the file that was meant, the first one that could be executed but for Landlock.
 * Writes its path; returns whether there is one. */
bool program_find(const char *file, char *const envp[], char path[static PATH_MAX]);

/* Finds what keeps this process from executing the file at path: the kernel says EACCES or ENOENT
 * of a program when it means that, its interpreter, or the interpreter of that one. Leaves the file
 * in path. Returns -EACCES for one that may not be executed, -ENOENT for one that is missing, else
 * 0. */
int program_obstacle(char path[static PATH_MAX]);

/* Finds the first file that nothing keeps this process from executing, Landlock included: execvp
 * goes on past the others. Writes its path; returns whether there is one. */
bool program_find_inside(const char *file, char *const envp[], char path[static PATH_MAX]);

/* Whether execvp would try path: the permissions let us execute it, and it is no directory. */
bool path_is_program(const char *path);

/* Whether path is a directory. */
bool path_is_directory(const char *path);

#endif
