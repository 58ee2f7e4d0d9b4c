/* SPDX-License-Identifier: Apache-2.0 */
#include "linker.h"

#include "inspect.h"
#include "search.h"
#include "sys.h"

#include <elf.h>

/* Where glibc looks at last, and what musl does without a file that says so. */
#define GLIBC_DIRECTORIES "/$LIB:/usr/$LIB"
#define MUSL_DIRECTORIES  "/lib:/usr/local/lib:/usr/lib"

/* What $LIB may stand for, which only the loader knows: a directory of Debian's for the machine,
 * that of others, and lib. */
enum { LIB_DEBIAN, LIB_OTHERS, LIB_PLAIN, LIB_VARIANTS };

static const struct machine {
    uint16_t machine;
    bool wide;
    char platform[8]; /* AT_PLATFORM (getauxval(3)) */
    char debian[24], others[12];
} machines[] = {
    {EM_X86_64, true, "x86_64", "lib/x86_64-linux-gnu", "lib64"},
    {EM_X86_64, false, "x86_64", "lib/x86_64-linux-gnux32", "libx32"},
    {EM_386, false, "i686", "lib/i386-linux-gnu", "lib32"},
    {EM_AARCH64, true, "aarch64", "lib/aarch64-linux-gnu", "lib64"},
    {EM_ARM, false, "v7l", "lib/arm-linux-gnueabihf", "lib"},
    {EM_RISCV, true, "", "lib/riscv64-linux-gnu", "lib64/lp64d"},
};
enum { MACHINES = sizeof machines / sizeof *machines };

/* Of a machine that is not there the directories are no one's, but for lib. */
static const struct machine *machine_of(const struct elf *elf)
{
    const struct machine *machine = machines;
    while (machine < machines + MACHINES - 1 &&
           (machine->machine != elf->machine || machine->wide != elf->wide))
        machine++;
    return machine;
}

/* One search: for a file called name, or for one whose whole path is in the list that is tried. */
struct query {
    struct linker *linker;
    const char *name;
    char *path;
    struct elf *elf;
    size_t len; /* of path so far */
};

static bool append(struct query *query, struct span bytes)
{
    if (bytes.len >= PATH_MAX - query->len)
        return false;
    memcpy(query->path + query->len, bytes.at, bytes.len);
    query->len += bytes.len;
    query->path[query->len] = '\0';
    return true;
}

/* What stands before the last '/' of a path. */
static struct span directory_of(const char *path)
{
    struct span whole = span_of(path), name = span_file_name(whole);
    return name.len == whole.len ? span_of(".") : (struct span){path, whole.len - name.len - 1};
}

static bool is_part_of_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The name behind a '$', and in *len how long it is with that and with braces. */
static struct span token_at(const char *at, size_t *len)
{
    bool braces = at[1] == '{';
    struct span name = {at + 1 + braces, 0};
    while (is_part_of_name(name.at[name.len]))
        name.len++;
    *len = 1 + name.len + 2U * braces;
    if (braces && name.at[name.len] != '}')
        name.len = 0;
    return name;
}

/* Appends text with what its tokens stand for, those of the file at origin. *varies: there is
 * another variant. Returns whether it fits. */
static bool expand(struct query *query, struct span text, const char *origin, unsigned variant,
                   bool *varies)
{
    enum { ORIGIN, PLATFORM, LIB, TOKENS };
    static const char names[TOKENS][9] = {"ORIGIN", "PLATFORM", "LIB"};
    const struct machine *machine = query->linker->machine;
    const struct span values[] = {directory_of(origin), span_of(machine->platform),
                                  span_of(variant == LIB_DEBIAN   ? machine->debian
                                          : variant == LIB_OTHERS ? machine->others
                                                                  : "lib")};
    for (size_t i = 0, len; i < text.len; i += len) {
        struct span bytes = {text.at + i, len = 1};
        size_t token_len;
        if (text.at[i] == '$') {
            struct span token = token_at(text.at + i, &token_len);
            for (unsigned t = 0; t < TOKENS; t++)
                if (span_equals(token, names[t])) {
                    bytes = values[t];
                    len = token_len;
                    *varies |= t == LIB && variant + 1 < LIB_VARIANTS;
                }
        }
        if (!append(query, bytes))
            return false;
    }
    return true;
}

/* Whether what lies at the path can be loaded into the program. */
static bool is_candidate(struct query *query)
{
    struct linker *linker = query->linker;
    if (linker->tries == 0 || --linker->tries == 0 || elf_open(query->elf, query->path) < 0)
        return false;
    if (query->elf->type == ET_DYN && elf_alike(query->elf, linker->elf))
        return true;
    elf_close(query->elf);
    return false;
}

/* Tries what an entry of a list stands for: a directory, or, where there is no name, a file. */
static bool try_entry(struct query *query, struct span entry, const char *origin)
{
    bool varies = true;
    for (unsigned variant = 0; varies; variant++) {
        varies = false;
        query->len = 0;
        if (!expand(query, entry, origin, variant, &varies))
            continue;
        while (query->len > 1 && query->path[query->len - 1] == '/')
            query->len--;
        bool slash = query->len > 0 && query->path[query->len - 1] != '/';
        if (*query->name != '\0' &&
            (!append(query, (struct span){"/", slash}) || !append(query, span_of(query->name))))
            continue;
        if (is_candidate(query))
            return true;
    }
    return false;
}

/* An empty entry is the working directory, but for musl's. */
static bool try_list(struct query *query, const char *list, const char *origin)
{
    const struct linker *linker = query->linker;
    const char *separators = linker->musl ? ":\n" : list == linker->library_path ? ":;" : ":";
    if (*list == '\0')
        return false;
    for (size_t len;; list += len + 1) {
        len = strcspn(list, separators);
        bool counts = len > 0 || !linker->musl;
        if (counts && try_entry(query, (struct span){list, len}, origin))
            return true;
        if (list[len] == '\0')
            return false;
    }
}

static const char *origin_of(const struct linker *linker, const struct need *need)
{
    return need == linker->program ? linker->origin : need->path;
}

/* The directories of what asks, and of what asks for that. */
static bool try_inherited(struct query *query, const struct need *by)
{
    for (;; by = by->by) {
        if (by->inherited && try_list(query, by->directories, origin_of(query->linker, by)))
            return true;
        if (by == query->linker->program)
            return false;
    }
}

static bool try_cache(struct query *query)
{
    /* The cache has a library once for each architecture. */
    enum { SAME_NAME_MAX = 16 };
    for (unsigned pass = 0; pass < 2; pass++) {
        uint32_t next = 0;
        const char *path;
        for (unsigned i = 0; i < SAME_NAME_MAX; i++) {
            path = cache_find(query->linker->cache, query->name, pass == 0, &next);
            if (path == NULL)
                break;
            query->len = 0;
            if (append(query, span_of(path)) && is_candidate(query))
                return true;
        }
    }
    return false;
}

/* Whether the library would be found without the cache. */
static bool is_found_without(struct linker *linker, const char *name)
{
    char path[PATH_MAX];
    struct elf elf;
    struct query query = {linker, name, path, &elf, 0};
    bool found = try_list(&query, GLIBC_DIRECTORIES, linker->origin);
    if (found)
        elf_close(&elf);
    return found;
}

/* Looks in all places, in the order of the one loader or of the other. */
static bool find(struct query *query, const struct need *by, const char **config)
{
    struct linker *linker = query->linker;
    const bool musl = linker->musl, own = by->directories != NULL && !by->inherited;
    if ((!musl && !own && try_inherited(query, by)) ||
        try_list(query, linker->library_path, linker->origin) ||
        (musl && try_inherited(query, by)) ||
        (own && try_list(query, by->directories, origin_of(linker, by))))
        return true;
    if (!musl && try_cache(query)) {
        if (!is_found_without(linker, query->name))
            *config = CACHE_PATH;
        return true;
    }
    if (linker->has_config)
        *config = linker->config;
    return try_list(query, linker->last, linker->origin);
}

bool linker_find(struct linker *linker, const char *name, const struct need *by,
                 char path[static PATH_MAX], struct elf *elf, const char **config)
{
    struct query query = {linker, name, path, elf, 0};
    *config = NULL;
    if (strchr(name, '/') != NULL) {
        query.name = "";
        return try_entry(&query, span_of(name), origin_of(linker, by));
    }
    return find(&query, by, config);
}

bool linker_is_itself(const struct linker *linker, const char *name)
{
    static const char names[][9] = {"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."};
    if (!linker->musl || strncmp(name, "lib", 3) != 0)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name + 3, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* musl's ld-musl-ARCH.so.1, the file of whose name this is, reads /etc/ld-musl-ARCH.path. */
static void read_config(struct linker *linker, struct span name)
{
    struct query query = {.linker = linker, .path = linker->config};
    name.len = strcspn(name.at, ".");
    if (!append(&query, span_of("/etc/")) || !append(&query, name) ||
        !append(&query, span_of(".path")))
        return;
    int fd = sys_open_read(linker->config);
    if (fd < 0)
        return;
    int len = sys_read(fd, linker->directories, sizeof linker->directories - 1);
    linker->directories[len > 0 ? len : 0] = '\0';
    linker->last = linker->directories;
    linker->has_config = true;
    sys_close(fd);
}

void linker_set_up(struct linker *linker, const struct need *program, const struct elf *elf,
                   const char *interpreter, char *const envp[])
{
    struct span file = span_file_name(span_of(interpreter));
    const char *library_path = variable_find(envp, "LD_LIBRARY_PATH=");
    linker->program = program;
    linker->elf = elf;
    linker->machine = machine_of(elf);
    linker->library_path = library_path != NULL ? library_path : "";
    linker->musl = span_starts(file, "ld-musl-");
    linker->has_config = false;
    linker->last = linker->musl ? MUSL_DIRECTORIES : GLIBC_DIRECTORIES;
    int len = sys_path_of(elf->fd, linker->origin);
    if (len < 0)
        memcpy(linker->origin, program->path, strlen(program->path) + 1);
    if (linker->musl)
        read_config(linker, file);
}
