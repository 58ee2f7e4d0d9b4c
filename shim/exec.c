/* SPDX-License-Identifier: Apache-2.0 */
/* Becoming the program, as execvp(3) does; and when that fails, why. */
#include "exec.h"

#include "../env/vars.h"
#include "search.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>

/* Executes argv[0], or of several that it may stand for the first that can be. argv[-1] is there to
 * be written: what is neither ELF nor a script of another interpreter's, the shell runs. Returns
 * -errno, if at all. */
static int execute(char *argv[], char *const envp[])
{
    static const char shell[] = "/bin/sh";
    char path[PATH_MAX];
    struct search search = search_for(argv[0], envp);
    int result = -ENOENT;
    while (search_next(&search, path)) {
        int error = sys_execute(path, argv, envp);
        if (error == -ENOEXEC) {
            argv[-1] = (char *)(uintptr_t)shell;
            argv[0] = path;
            return sys_execute(shell, argv - 1, envp);
        }
        if (error == -EACCES || search.only)
            result = error;
        else if (error != -ENOENT && error != -ENOTDIR && error != -ESTALE && error != -ENODEV &&
                 error != -ETIMEDOUT)
            return error;
    }
    return result;
}

/* Turns path into an entry of a path list, as env/path.h has them. */
static void entry_make(char path[static PATH_MAX])
{
    char entry[PATH_MAX];
    size_t len = 0;
    struct span text = span_of(path);
    if (!span_starts(text, "/") && !span_starts(text, "./") && !span_starts(text, "../")) {
        entry[len++] = '.';
        entry[len++] = '/';
    }
    for (const char *p = path; *p != '\0' && len < sizeof entry - 2; p++) {
        if (*p == ':' || *p == '\\' || *p == '\n')
            entry[len++] = '\\';
        entry[len++] = *p == '\n' ? 'n' : *p;
    }
    entry[len] = '\0';
    memcpy(path, entry, len + 1);
}

/* What there is to say of an error beyond its text; its word is in path. */
static const char *reason_find(const char *program, char *const envp[], int error,
                               char path[static PATH_MAX], bool narrowed)
{
    if (error != -EACCES && error != -ENOENT)
        return NULL;
    if (!program_find(program, envp, path))
        return error == -EACCES && strchr(program, '/') != NULL && path_is_directory(program)
                   ? "it is a directory"
                   : NULL;
    int obstacle = program_obstacle(path);
    entry_make(path);
    switch (obstacle) {
    case -ENOENT:
        return "it is there, but its interpreter % is not";
    case -EACCES:
        return narrowed ? "the policy lets nobody execute %; add it to SANDLOCK_FS_EXECUTABLE"
                        : "the policy lets nobody execute %; add it to SANDLOCK_FS_READABLE";
    default:
        return error == -ENOENT ? "it is there, but an interpreter of it is not"
               : narrowed       ? "add % and its interpreter to SANDLOCK_FS_EXECUTABLE"
                                : "add % and its interpreter to SANDLOCK_FS_READABLE";
    }
}

_Noreturn void exec_program(char *argv[], char *const envp[], struct confinement confinement)
{
    char path[PATH_MAX] = "";
    char *const program = argv[0];
    int error = execute(argv, envp);
    struct fault fault = {.subject = span_of(program), .error = -error};
    fault.reason = error == -EPERM && confinement.no_exec
                       ? "SANDLOCK_SECCOMP_DENY names execve, by which the shim starts"
                         " it; preload the shim instead"
                       : reason_find(program, envp, error, path, confinement.narrowed);
    fault.word = span_of(path);
    bool not_found = error == -ENOENT && fault.reason == NULL;
    shim_fault(not_found ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, &fault);
}
