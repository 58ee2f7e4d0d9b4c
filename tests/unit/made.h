/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are put together byte by byte, and are real ones, in memory. */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

#include "unit.h"

#include <elf.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILE_MAX = 4096 };

/* A file that is put together. */
struct made {
    size_t len;
    bool wide;
    unsigned char at[FILE_MAX];
};

static void put(struct made *made, uint64_t value, size_t size)
{
    assert_true(made->len + size <= sizeof made->at);
    for (size_t i = 0; i < size; i++) /* as on every machine of ours */
        made->at[made->len++] = (unsigned char)(value >> 8 * i);
}

static void put_word(struct made *made, uint64_t value)
{
    put(made, value, made->wide ? 8 : 4);
}

static void put_segment(struct made *made, uint32_t type, uint64_t offset, uint64_t address,
                        uint64_t size)
{
    put(made, type, 4);
    if (made->wide)
        put(made, 0, 4);
    put_word(made, offset);
    put_word(made, address);
    put_word(made, address);
    put_word(made, size);
    put_word(made, size);
    if (!made->wide)
        put(made, 0, 4);
    put_word(made, 1);
}

static const char strings[] = "\0libno.so.1\0lib/no\0libme.so\0$ORIGIN/x:/no\0/no:${LIB}";
enum { INTERPRETER = 512, STRINGS = 600, DYNAMIC = 700, ADDRESS = 0x10000 };

/* An ELF file that names a loader and two libraries, as strings have them. */
static void make_elf(struct made *made, bool wide)
{
    static const char interpreter[] = "/lib64/ld-linux-x86-64.so.2";
    static const struct {
        int tag;
        unsigned value;
    } entries[] = {
        {DT_RPATH, 43},   {DT_NEEDED, 1},  {DT_SONAME, 19},
        {DT_RUNPATH, 28}, {DT_NEEDED, 12}, {DT_STRTAB, ADDRESS + STRINGS},
        {DT_NULL, 0},     {DT_NEEDED, 19},
    };
    memset(made, 0, sizeof *made);
    made->wide = wide;
    put(made, 0x464c457f, 4);
    put(made, wide ? ELFCLASS64 : ELFCLASS32, 1);
    put(made, ELFDATA2LSB, 1);
    put(made, EV_CURRENT, 1);
    made->len = EI_NIDENT;
    put(made, ET_DYN, 2);
    put(made, wide ? EM_X86_64 : EM_386, 2);
    put(made, EV_CURRENT, 4);
    put_word(made, 0);
    put_word(made, wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
    put_word(made, 0);
    put(made, 0, 4);
    put(made, wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), 2);
    put(made, wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 2);
    put(made, 4, 2);
    put(made, 0, 6);
    put_segment(made, PT_LOAD, 0, 0, 64);
    put_segment(made, PT_INTERP, INTERPRETER, ADDRESS + INTERPRETER, sizeof interpreter);
    put_segment(made, PT_LOAD, 512, ADDRESS + 512, 1000);
    put_segment(made, PT_DYNAMIC, DYNAMIC, ADDRESS + DYNAMIC, 0);
    memcpy(made->at + INTERPRETER, interpreter, sizeof interpreter);
    memcpy(made->at + STRINGS, strings, sizeof strings);
    made->len = DYNAMIC;
    for (size_t i = 0; i < COUNT(entries); i++) {
        put_word(made, (uint64_t)entries[i].tag);
        put_word(made, entries[i].value);
    }
}

/* Two libraries of one name, one of them for some processors, and one that is another's. */
static void make_cache(struct made *made, size_t before)
{
    static const char texts[] = "libno.so.1\0/no/fast\0/no/plain\0libother.so\0/other";
    enum { TEXTS = 48 + 3 * 24 };
    memset(made, 0, sizeof *made);
    if (before > 0) { /* the old format, whose entries are 12 bytes long, and what aligns the new */
        memcpy(made->at, "ld.so-1.7.0", 12);
        made->len = 12;
        put(made, (before - 16) / 12, 4);
        made->len = before;
    }
    memcpy(made->at + before, "glibc-ld.so.cache1.1", 20);
    made->len += 20;
    put(made, 3, 4);
    put(made, sizeof texts, 4);
    put(made, 2, 1);
    made->len = before + 48;
    const unsigned entries[][3] = {{30, 42, 0}, {0, 11, 1}, {0, 20, 0}};
    for (size_t i = 0; i < COUNT(entries); i++) {
        put(made, 0x303, 4);
        put(made, TEXTS + entries[i][0], 4);
        put(made, TEXTS + entries[i][1], 4);
        put(made, 0, 4);
        put(made, entries[i][2], 8);
    }
    memcpy(made->at + made->len, texts, sizeof texts);
    made->len += sizeof texts;
}

/* The path of a file with these bytes; they are in the last one that was made. */
static const char *file_of(const void *bytes, size_t len)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("made", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, bytes, len, 0), len);
    return path;
}

#endif
