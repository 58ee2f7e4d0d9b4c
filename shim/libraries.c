/* SPDX-License-Identifier: Apache-2.0 */
#include "libraries.h"

#include "elf.h"
#include "linker.h"
#include "search.h"
#include "shim.h"
#include "sys.h"

#include <errno.h>
#include <stdalign.h>

/* Programs and interpreters, one behind the other. The kernel follows five interpreters, and that
 * again for each program that env(1) starts. */
enum { STEPS_MAX = 16 };

/* How many names and files are looked at: far more than programs need, in a second or two. */
enum { TRIES_MAX = 1 << 18 };

/* The longest list of directories that is read out of a file. */
enum { DIRECTORIES_MAX = 1 << 15 };

struct walk {
    char *const *envp;
    const struct need_list *inside; /* what was found from there, or NULL: this process is there */
    struct need_list *list;
    const struct need *program; /* of the process whose libraries are looked for */
    struct cache cache;
    struct linker linker;
    int error;
    char argument[PATH_MAX]; /* of env(1): what is to be started next, or "" */
};

/* Takes size bytes off the memory; NULL: there is not as much. */
static void *take(struct need_list *list, size_t size, size_t alignment)
{
    size_t at = (list->len + alignment - 1) & ~(alignment - 1);
    if (at > list->size || size > list->size - at) {
        list->full = true;
        return NULL;
    }
    list->len = at + size;
    return (char *)list + at;
}

static const char *keep(struct need_list *list, const char *string)
{
    size_t size = string != NULL ? strlen(string) + 1 : 0;
    char *kept = size > 0 ? take(list, size, 1) : NULL;
    if (kept != NULL)
        memcpy(kept, string, size);
    return kept;
}

/* Keeps the string at this offset of a file's strings. */
static const char *keep_of(struct need_list *list, const struct elf *elf, uint64_t offset)
{
    size_t room = list->size - list->len;
    char *string = (char *)list + list->len;
    size_t size = elf_string(elf, offset, string, room < DIRECTORIES_MAX ? room : DIRECTORIES_MAX);
    list->len += size;
    if (size == 0 && room < DIRECTORIES_MAX)
        list->full = true;
    return size > 0 ? string : NULL;
}

/* Keeps what the file that a need was found as says of itself. */
static void describe(struct walk *walk, struct need *need, const struct elf *elf)
{
    const bool musl =
        walk->linker.musl; /* which knows a library by the name that it was asked for */
    if (elf->has_soname && !musl)
        need->soname = keep_of(walk->list, elf, elf->soname);
    if (elf->has_directories)
        need->directories = keep_of(walk->list, elf, elf->directories);
    need->inherited = need->directories != NULL && (musl || !elf->has_runpath);
}

/* Adds what by calls name and was found at path, NULL: nowhere; elf is what is open there, or NULL.
 * Returns it, or NULL where it does not fit. */
static struct need *add(struct walk *walk, enum need_kind kind, const struct need *by,
                        const char *name, const char *path, const struct elf *elf)
{
    struct need_list *list = walk->list;
    struct need *need = take(list, sizeof *need, alignof(struct need));
    if (need == NULL)
        return NULL;
    *need = (struct need){.kind = kind, .by = by};
    need->name = keep(list, name);
    need->path = keep(list, path);
    if (elf != NULL)
        describe(walk, need, elf);
    if (list->full)
        return NULL;
    for (const struct need *n = list->first; n != NULL; n = n->next)
        if (path != NULL && n->path != NULL && strcmp(n->path, path) == 0)
            need->repeated = true;
    *(list->last != NULL ? &list->last->next : &list->first) = need;
    return list->last = need;
}

/* Whether the process has, or lacks, what goes by this name. */
static bool is_known(const struct walk *walk, const char *name)
{
    for (const struct need *n = walk->program; n != NULL; n = n->next)
        if (strcmp(n->name, name) == 0 || (n->soname != NULL && strcmp(n->soname, name) == 0) ||
            (n->path != NULL && strcmp(n->path, name) == 0))
            return true;
    return false;
}

static void require(struct walk *walk, enum need_kind kind, const struct need *by, const char *name)
{
    struct linker *linker = &walk->linker;
    char path[PATH_MAX];
    const char *config;
    struct elf elf;
    if (linker_is_itself(linker, name) || is_known(walk, name))
        return;
    bool found = linker_find(linker, name, by, path, &elf, &config);
    add(walk, kind, by, name, found ? path : NULL, found ? &elf : NULL);
    if (found)
        elf_close(&elf);
    if (found && config != NULL && !is_known(walk, config))
        add(walk, NEED_CONFIG, by, config, config, NULL);
    if (linker->tries == 0)
        walk->list->full = true;
}

/* Requires each of a list of libraries, but for ourselves. */
static void preload(struct walk *walk, const char *list)
{
    char name[PATH_MAX];
    while (*list != '\0') {
        struct span word = {list, strcspn(list, " \t\n:")};
        list += word.len + (list[word.len] != '\0');
        if (word.len == 0 || word.len >= sizeof name ||
            span_equals(span_file_name(word), SHIM_NAME))
            continue;
        memcpy(name, word.at, word.len);
        name[word.len] = '\0';
        require(walk, NEED_PRELOAD, walk->program, name);
    }
}

/* What glibc's loader preloads into every program; its comments reach from '#' to the line's end.
 */
static void preload_file(struct walk *walk)
{
    char list[PATH_MAX];
    int fd = sys_open_read("/etc/ld.so.preload");
    if (fd < 0)
        return;
    int len = sys_read(fd, list, sizeof list - 1);
    sys_close(fd);
    list[len > 0 ? len : 0] = '\0';
    for (char *at = list; *(at += strcspn(at, "#")) != '\0';)
        for (; *at != '\n' && *at != '\0'; at++)
            *at = ' ';
    preload(walk, list);
}

static bool is_there(const char *path)
{
    int fd = sys_open_path(path);
    if (fd >= 0)
        sys_close(fd);
    return fd >= 0;
}

/* Adds what a process made of an ELF file needs. A static one needs nothing further. */
static void walk_image(struct walk *walk, struct need *program, const struct elf *elf)
{
    char name[PATH_MAX];
    struct elf file;
    if (!elf_interpreter(elf, name))
        return;
    linker_set_up(&walk->linker, program, elf, name, walk->envp);
    describe(walk, program, elf);
    int error = elf_open(&file, name);
    add(walk, NEED_INTERPRETER, program, name, is_there(name) ? name : NULL,
        error < 0 ? NULL : &file);
    if (error >= 0)
        elf_close(&file);
    else if (error != -ENOENT)
        walk->error = error;
    const char *preloaded = variable_find(walk->envp, "LD_PRELOAD=");
    if (preloaded != NULL)
        preload(walk, preloaded);
    if (!walk->linker.musl)
        preload_file(walk);
    for (const struct need *need = program; need != NULL; need = need->next) {
        uint32_t next = 0;
        if (need->path == NULL || need->kind == NEED_CONFIG || elf_open(&file, need->path) < 0)
            continue;
        while (!walk->list->full && elf_needed(&file, &next, name))
            require(walk, NEED_LIBRARY, need, name);
        elf_close(&file);
    }
}

/* Whether a walk has come to the program at path. */
static bool has_program(const struct need_list *list, const char *path)
{
    for (const struct need *n = list->first; n != NULL; n = n->next)
        if (n->kind == NEED_PROGRAM && n->path != NULL && strcmp(n->path, path) == 0)
            return true;
    return false;
}

/* Finds the program that env(1) starts: like execvp(3) it goes on past what it cannot execute. If
 * that is all there is, it is the first. */
static bool argument_find(const struct walk *walk, char path[static PATH_MAX])
{
    struct search search = search_for(walk->argument, walk->envp);
    if (walk->inside == NULL && program_find_inside(walk->argument, walk->envp, path))
        return true;
    while (walk->inside != NULL && search_next(&search, path))
        if (has_program(walk->inside, path))
            return true;
    return program_find(walk->argument, walk->envp, path);
}

/* Adds what a start of need's file leads to. Returns the program or interpreter that is to be
 * looked at next, or NULL. */
static struct need *walk_program(struct walk *walk, struct need *need)
{
    char next[PATH_MAX];
    struct elf elf;
    if (need->path == NULL)
        return NULL;
    if (elf_open(&elf, need->path) < 0) {
        int found = interpreter_find(need->path, next, walk->argument);
        if (found < 0)
            walk->error = found;
        return found <= 0
                   ? NULL
                   : add(walk, NEED_INTERPRETER, need, next, is_there(next) ? next : NULL, NULL);
    }
    walk->program = need;
    walk_image(walk, need, &elf);
    elf_close(&elf);
    if (*walk->argument == '\0')
        return NULL;
    bool found = argument_find(walk, next);
    need = add(walk, NEED_PROGRAM, need, walk->argument, found ? next : NULL, NULL);
    *walk->argument = '\0';
    return need;
}

int libraries_walk(const char *program, char *const envp[], const struct need_list *inside,
                   struct need_list *list, size_t size)
{
    struct walk walk; /* all of which it would take long to clear */
    walk.envp = envp;
    walk.inside = inside;
    walk.list = list;
    walk.error = 0;
    walk.argument[0] = '\0';
    walk.linker.cache = &walk.cache;
    walk.linker.tries = TRIES_MAX;
    *list = (struct need_list){.size = size, .len = sizeof *list};
    cache_open(&walk.cache, CACHE_PATH);
    struct need *need =
        add(&walk, NEED_PROGRAM, NULL, program, is_there(program) ? program : NULL, NULL);
    unsigned steps = 0;
    while (need != NULL && steps++ < STEPS_MAX)
        need = walk_program(&walk, need);
    if (need != NULL)
        list->full = true;
    cache_close(&walk.cache);
    return walk.error;
}
