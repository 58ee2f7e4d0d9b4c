/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming the program, as execvp(3) does; and when that fails, why. The kernel says EACCES or
 * ENOENT of a program when it means the program, its interpreter, or the interpreter of that.
 */
#include "exec.h"

#include "../env/vars.h"
#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h> /* ElfW */
#include <stdint.h>

/* Where to look when PATH is unset (execvp(3), confstr(3)). */
#define DEFAULT_PATH "/bin:/usr/bin"

/* As many interpreters of interpreters as the kernel follows (execve(2)). */
enum { INTERPRETERS_MAX = 5 };

/* How much of a file is read to find its interpreter: more than the kernel reads of a script, and
 * where linkers put what ELF says of it. */
enum { HEAD_MAX = 4096 };

/* Writes directory/file into path; in no directory, file. Returns whether it fits. */
static bool join(char path[static PATH_MAX], struct span directory, const char *file)
{
    size_t len = strlen(file), slash = directory.len > 0;
    if (directory.len + slash + len >= PATH_MAX)
        return false;
    if (slash) {
        memcpy(path, directory.at, directory.len);
        path[directory.len] = '/';
    }
    memcpy(path + directory.len + slash, file, len + 1);
    return true;
}

static bool is_directory(const char *path)
{
    int fd = sys_open_path(path);
    if (fd < 0)
        return false;
    bool directory = sys_is_directory(fd) == 1;
    sys_close(fd);
    return directory;
}

/* Whether execvp would try path: the permissions let us execute it, and it is no directory. */
static bool is_candidate(const char *path)
{
    return sys_may_execute(path) == 0 && !is_directory(path);
}

/* A walk over the files that a program's name may stand for. */
struct search {
    const char *file;
    const char *rest; /* of the directories; NULL: there are no more */
    bool only;        /* it is a path: there is but one */
};

static struct search search_for(const char *file, char *const envp[])
{
    static const char key[] = "PATH=";
    struct search search = {file, DEFAULT_PATH, strchr(file, '/') != NULL};
    for (; *envp != NULL; envp++)
        if (strncmp(*envp, key, sizeof key - 1) == 0) {
            search.rest = *envp + sizeof key - 1;
            break;
        }
    if (search.only)
        search.rest = "";
    return search;
}

/* Writes the next file into path. Returns whether there is one. */
static bool search_next(struct search *search, char path[static PATH_MAX])
{
    while (search->rest != NULL && *search->file != '\0') {
        struct span directory = {search->rest, strcspn(search->rest, ":")};
        search->rest = directory.at[directory.len] == ':' ? directory.at + directory.len + 1 : NULL;
        if (join(path, directory, search->file))
            return true;
    }
    return false;
}

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

/* Finds the file that was meant, the first one that could be executed but for Landlock.
 * Writes its path; returns whether there is one. */
static bool program_find(const char *file, char *const envp[], char path[static PATH_MAX])
{
    struct search search = search_for(file, envp);
    while (search_next(&search, path))
        if (is_candidate(path))
            return true;
    return false;
}

/* Copies a path that ends at stop, or at a '\0' before it. Returns whether it is one. */
static bool path_copy(char path[static PATH_MAX], const char *at, const char *stop)
{
    size_t len = strnlen(at, (size_t)(stop - at));
    if (len == 0 || len >= PATH_MAX)
        return false;
    memcpy(path, at, len);
    path[len] = '\0';
    return true;
}

/* The interpreter that a script names behind its "#!". */
static bool script_interpreter(const char *head, size_t len, char path[static PATH_MAX])
{
    const char *at = head + 2, *end = head + len;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    const char *stop = at;
    while (stop < end && *stop != ' ' && *stop != '\t' && *stop != '\n')
        stop++;
    return path_copy(path, at, stop);
}

/* The dynamic loader that an ELF file of our own class names in PT_INTERP (elf(5)). */
static bool elf_interpreter(const char *head, size_t len, char path[static PATH_MAX])
{
    ElfW(Ehdr) file;
    ElfW(Phdr) segment;
    if (len < sizeof file)
        return false;
    memcpy(&file, head, sizeof file);
    if (file.e_phentsize != sizeof segment)
        return false;
    for (size_t i = 0; i < file.e_phnum; i++) {
        if (file.e_phoff > len || (i + 1) * sizeof segment > len - file.e_phoff)
            return false;
        memcpy(&segment, head + file.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_type != PT_INTERP)
            continue;
        if (segment.p_offset > len || segment.p_filesz > len - segment.p_offset)
            return false;
        const char *at = head + segment.p_offset;
        return path_copy(path, at, at + segment.p_filesz);
    }
    return false;
}

/* Writes into next what the kernel executes in order to execute path; for what is neither ELF nor
 * a script that is the shell, by execvp(3). Returns 1, 0 where there is nothing, or -errno. */
static int interpreter_find(const char *path, char next[static PATH_MAX])
{
    char head[HEAD_MAX];
    int fd = sys_open_read(path);
    if (fd < 0)
        return fd;
    int len = sys_read(fd, head, sizeof head);
    sys_close(fd);
    if (len < 0)
        return len;
    if (len >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
        return elf_interpreter(head, (size_t)len, next);
    if (len >= 2 && memcmp(head, "#!", 2) == 0)
        return script_interpreter(head, (size_t)len, next);
    memcpy(next, "/bin/sh", sizeof "/bin/sh");
    return 1;
}

/* Finds the file that stands in the way, from path down its interpreters, and leaves it in path.
 * Returns -EACCES for one that Landlock denies, -ENOENT for one that is missing, else 0. */
static int culprit_find(char path[static PATH_MAX])
{
    char next[PATH_MAX];
    for (unsigned i = 0; i <= INTERPRETERS_MAX; i++) {
        int check = sys_check_execute(path), found = interpreter_find(path, next);
        if (sys_may_execute(path) == -ENOENT)
            return -ENOENT;
        /* A kernel that cannot check: what may not be read was not granted at all. */
        if (check == -EACCES || (check < 0 && found == -EACCES))
            return -EACCES;
        if (found <= 0)
            return 0;
        memcpy(path, next, sizeof next);
    }
    return 0;
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
        return error == -EACCES && strchr(program, '/') != NULL && is_directory(program)
                   ? "it is a directory"
                   : NULL;
    int culprit = culprit_find(path);
    entry_make(path);
    switch (culprit) {
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
