/* SPDX-License-Identifier: Apache-2.0 */
#include "elf.h"

#include "../env/policy.h"
#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <sys/stat.h>

/* How much of a file is read to find the interpreter of a script: more than the kernel does. */
enum { HEAD_MAX = 4096 };

/* More than this no file has that is not made to be followed for long. */
enum { SEGMENTS_MAX = 256, DYNAMIC_MAX = 2048 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { OWN_ORDER = ELFDATA2LSB };
#else
enum { OWN_ORDER = ELFDATA2MSB };
#endif

/* A field of a structure that comes in both classes. */
#define FIELD(elf, of, field) ((elf)->wide ? (of).wide.field : (of).narrow.field)

struct segment {
    uint64_t offset, address, size;
};

static bool read_all(const struct elf *elf, uint64_t offset, void *to, size_t size)
{
    return sys_read_at(elf->fd, to, size, offset) == (int)size;
}

/* Finds the first segment of this type; of those that are loaded the one that holds address. */
static bool segment_find(const struct elf *elf, uint32_t type, uint64_t address,
                         struct segment *segment)
{
    union {
        Elf32_Phdr narrow;
        Elf64_Phdr wide;
    } head;
    size_t size = elf->wide ? sizeof head.wide : sizeof head.narrow;
    for (uint32_t i = 0; i < elf->segments_count; i++) {
        if (!read_all(elf, elf->segments + i * size, &head, size))
            return false;
        if (head.wide.p_type != type) /* which is the first in both */
            continue;
        *segment = (struct segment){FIELD(elf, head, p_offset), FIELD(elf, head, p_vaddr),
                                    FIELD(elf, head, p_filesz)};
        if (type != PT_LOAD ||
            (address >= segment->address && address - segment->address < segment->size))
            return true;
    }
    return false;
}

/* Reads an entry of the dynamic section. Returns whether there is one. */
static bool dynamic_read(const struct elf *elf, uint32_t i, int64_t *tag, uint64_t *value)
{
    union {
        Elf32_Dyn narrow;
        Elf64_Dyn wide;
    } entry;
    size_t size = elf->wide ? sizeof entry.wide : sizeof entry.narrow;
    if (i >= elf->dynamic_count || !read_all(elf, elf->dynamic + i * size, &entry, size))
        return false;
    *tag = FIELD(elf, entry, d_tag);
    *value = FIELD(elf, entry, d_un.d_val);
    return *tag != DT_NULL;
}

/* Reads what is not DT_NEEDED. */
static void read_dynamic(struct elf *elf)
{
    struct segment segment;
    uint64_t value;
    int64_t tag;
    if (!segment_find(elf, PT_DYNAMIC, 0, &segment))
        return;
    elf->dynamic = segment.offset;
    elf->dynamic_count = DYNAMIC_MAX;
    uint32_t i = 0;
    for (; dynamic_read(elf, i, &tag, &value); i++) {
        if (tag == DT_STRTAB && segment_find(elf, PT_LOAD, value, &segment))
            elf->strings = segment.offset + (value - segment.address);
        if (tag == DT_SONAME)
            elf->soname = value, elf->has_soname = true;
        /* With both of them the loader takes DT_RUNPATH. */
        if (tag == DT_RUNPATH || (tag == DT_RPATH && !elf->has_runpath))
            elf->directories = value, elf->has_directories = true;
        if (tag == DT_RUNPATH)
            elf->has_runpath = true;
    }
    elf->dynamic_count = i;
}

/* musl's <elf.h> does without (RISC-V ELF psABI, "File Header"). */
#ifndef EF_RISCV_FLOAT_ABI
#define EF_RISCV_FLOAT_ABI 6
#endif

/* Reads the header of the file that fd stands for. Returns whether it is of ELF. */
static bool read_header(struct elf *elf, int fd)
{
    union {
        Elf32_Ehdr narrow;
        Elf64_Ehdr wide;
    } head;
    *elf = (struct elf){.fd = fd};
    if (!read_all(elf, 0, &head, sizeof head) || memcmp(&head, ELFMAG, SELFMAG) != 0 ||
        head.wide.e_ident[EI_DATA] != OWN_ORDER)
        return false;
    elf->wide = head.wide.e_ident[EI_CLASS] == ELFCLASS64;
    elf->type = head.wide.e_type;
    elf->machine = head.wide.e_machine;
    uint32_t flags = FIELD(elf, head, e_flags);
    elf->floating = elf->machine == EM_RISCV ? flags & EF_RISCV_FLOAT_ABI
                    : elf->machine == EM_ARM
                        ? flags & (EF_ARM_ABI_FLOAT_SOFT | EF_ARM_ABI_FLOAT_HARD)
                        : 0;
    elf->segments = FIELD(elf, head, e_phoff);
    uint16_t count = FIELD(elf, head, e_phnum);
    if (FIELD(elf, head, e_phentsize) == (elf->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
        elf->segments_count = count < SEGMENTS_MAX ? count : SEGMENTS_MAX;
    return true;
}

/* Opens a file to read its header. What is no regular file is left alone: to open a FIFO wakes who
 * waits at its other end, and to open a device may do anything. */
static int open_header(const char *path)
{
    struct file_status status;
    int fd = sys_open_path(path), error = fd;
    if (fd >= 0) {
        error = sys_stat(fd, &status);
        sys_close(fd);
    }
    if (error < 0)
        return error;
    return S_ISREG(status.mode) ? sys_open_read(path) : -EACCES;
}

int elf_open(struct elf *elf, const char *path)
{
    int fd = open_header(path);
    if (fd < 0)
        return fd;
    if (!read_header(elf, fd)) {
        sys_close(fd);
        return -ENOEXEC;
    }
    read_dynamic(elf);
    return 0;
}

void elf_close(const struct elf *elf)
{
    sys_close(elf->fd);
}

bool elf_alike(const struct elf *a, const struct elf *b)
{
    return a->wide == b->wide && a->machine == b->machine && a->floating == b->floating;
}

bool elf_interpreter(const struct elf *elf, char path[static PATH_MAX])
{
    struct segment segment;
    if (!segment_find(elf, PT_INTERP, 0, &segment))
        return false;
    size_t size = segment.size < PATH_MAX ? (size_t)segment.size : PATH_MAX - 1;
    path[size] = '\0';
    return size > 0 && read_all(elf, segment.offset, path, size) && *path != '\0';
}

size_t elf_string(const struct elf *elf, uint64_t offset, char *string, size_t size)
{
    int got = elf->strings != 0 ? sys_read_at(elf->fd, string, size, elf->strings + offset) : 0;
    size_t len = got > 0 ? strnlen(string, (size_t)got) : 0;
    return got > 0 && len < (size_t)got ? len + 1 : 0;
}

bool elf_needed(const struct elf *elf, uint32_t *next, char name[static PATH_MAX])
{
    uint64_t value;
    int64_t tag;
    while (dynamic_read(elf, *next, &tag, &value)) {
        ++*next;
        if (tag == DT_NEEDED && elf_string(elf, value, name, PATH_MAX) > 1)
            return true;
    }
    return false;
}

/* Copies what stands from at to stop, or to a '\0' before it. Returns whether there is any, and it
 * fits. */
static bool path_copy(char path[static PATH_MAX], const char *at, const char *stop)
{
    size_t len = strnlen(at, (size_t)(stop - at));
    if (len == 0 || len >= PATH_MAX)
        return false;
    memcpy(path, at, len);
    path[len] = '\0';
    return true;
}

/* Copies the next word of the line that a script begins with. Returns whether there is one. */
static bool word_copy(const char **line, const char *end, char path[static PATH_MAX])
{
    const char *at = *line;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    const char *stop = at;
    while (stop < end && *stop != ' ' && *stop != '\t' && *stop != '\n')
        stop++;
    *line = stop;
    return path_copy(path, at, stop);
}

/* The interpreter that a script names behind its "#!", and what env(1) is to run if that is it: the
 * first word that is neither an option (-S, for one) nor a variable. */
static bool script_interpreter(const char *head, size_t len, char path[static PATH_MAX],
                               char *argument)
{
    const char *at = head + 2, *end = head + len;
    if (!word_copy(&at, end, path))
        return false;
    if (argument == NULL || !span_equals(span_file_name(span_of(path)), "env"))
        return true;
    while (word_copy(&at, end, argument))
        if (*argument != '-' && strchr(argument, '=') == NULL)
            return true;
    *argument = '\0';
    return true;
}

int interpreter_find(const char *path, char next[static PATH_MAX], char *argument)
{
    char head[HEAD_MAX];
    struct elf elf;
    int fd = open_header(path);
    if (fd < 0)
        return fd;
    int found = 1, len = sys_read(fd, head, sizeof head);
    if (argument != NULL)
        *argument = '\0';
    if (len < 0)
        found = len;
    else if (len >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
        found = read_header(&elf, fd) && elf_interpreter(&elf, next);
    else if (len >= 2 && memcmp(head, "#!", 2) == 0)
        found = script_interpreter(head, (size_t)len, next, argument);
    else
        memcpy(next, "/bin/sh", sizeof "/bin/sh");
    sys_close(fd);
    return found;
}
