/* SPDX-License-Identifier: Apache-2.0 */
#include "search.h"

#include "elf.h"
#include "sys.h"

#include <errno.h>

/* As many interpreters of interpreters as the kernel follows (execve(2)). */
enum { INTERPRETERS_MAX = 5 };

/* Where to look when PATH is unset (execvp(3), confstr(3)). */
#define DEFAULT_PATH "/bin:/usr/bin"

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

bool path_is_directory(const char *path)
{
    int fd = sys_open_path(path);
    if (fd < 0)
        return false;
    bool directory = sys_is_directory(fd) == 1;
    sys_close(fd);
    return directory;
}

bool path_is_program(const char *path)
{
    return sys_may_execute(path) == 0 && !path_is_directory(path);
}

const char *variable_find(char *const envp[], const char *key)
{
    for (size_t len = strlen(key); *envp != NULL; envp++)
        if (strncmp(*envp, key, len) == 0)
            return *envp + len;
    return NULL;
}

struct search search_for(const char *file, char *const envp[])
{
    const char *path = variable_find(envp, "PATH=");
    struct search search = {file, path != NULL ? path : DEFAULT_PATH, strchr(file, '/') != NULL};
    if (search.only)
        search.rest = "";
    return search;
}

bool search_next(struct search *search, char path[static PATH_MAX])
{
    while (search->rest != NULL && *search->file != '\0') {
        struct span directory = {search->rest, strcspn(search->rest, ":")};
        search->rest = directory.at[directory.len] == ':' ? directory.at + directory.len + 1 : NULL;
        if (join(path, directory, search->file))
            return true;
    }
    return false;
}

bool program_find(const char *file, char *const envp[], char path[static PATH_MAX])
{
    struct search search = search_for(file, envp);
    while (search_next(&search, path))
        if (path_is_program(path))
            return true;
    return false;
}

int program_obstacle(char path[static PATH_MAX])
{
    char next[PATH_MAX];
    for (unsigned i = 0; i <= INTERPRETERS_MAX; i++) {
        int check = sys_check_execute(path), found = interpreter_find(path, next, NULL);
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

bool program_find_inside(const char *file, char *const envp[], char path[static PATH_MAX])
{
    char last[PATH_MAX];
    struct search search = search_for(file, envp);
    while (search_next(&search, path)) {
        memcpy(last, path, strlen(path) + 1);
        if (path_is_program(path) && program_obstacle(last) == 0)
            return true;
    }
    return false;
}
