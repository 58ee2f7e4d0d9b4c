/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an executable file says of the files that it needs: the head of a script, and of ELF files
 * of both classes in our own byte order (elf(5)).
 *
 * All of it may be made to mislead. So each number in it is only where to read next, by pread(2),
 * which knows where the file ends: one that is too large, or that is so after an addition, reads
 * something else of the same file, or nothing. What is counted in it is followed only so far.
 */
#ifndef SHIM_ELF_H
#define SHIM_ELF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An ELF file that is open. */
struct elf {
    int fd;
    bool wide;         /* ELFCLASS64 */
    uint16_t type;     /* ET_EXEC, ET_DYN */
    uint16_t machine;  /* EM_X86_64 */
    uint32_t floating; /* of the flags those that say how floating point numbers are passed */
    uint32_t segments_count, dynamic_count;
    uint64_t segments, dynamic, strings; /* offsets in the file; no dynamic section: 0 */
    uint64_t soname, directories;        /* offsets in the strings */
    bool has_soname, has_directories;
    bool has_runpath; /* which are those of DT_RUNPATH, not DT_RPATH */
};

/* Opens an ELF file and reads what there is to know of it. Returns 0; -ENOEXEC for what is no such
 * file, or -errno. */
int elf_open(struct elf *elf, const char *path);

/* Closes it. */
void elf_close(const struct elf *elf);

/* Whether a process made of one of them can load the other. */
bool elf_alike(const struct elf *a, const struct elf *b);

/* Writes the loader that the file names in PT_INTERP into path. Returns whether there is one. */
bool elf_interpreter(const struct elf *elf, char path[static PATH_MAX]);

/* Writes the string at this offset of its strings, ended by '\0'. Returns its size with that; 0
 * where there is none that fits. */
size_t elf_string(const struct elf *elf, uint64_t offset, char *string, size_t size);

/* Writes the next name of DT_NEEDED; *next, 0 at first, is where to look for it. Returns whether
 * there is one. One that is no string is left out. */
bool elf_needed(const struct elf *elf, uint32_t *next, char name[static PATH_MAX]);

/* Writes into next what the kernel executes in order to execute path; for what is neither ELF nor
 * a script that is the shell, by execvp(3). Into argument, if it is not NULL, goes what a script
 * has its interpreter run, if that is env(1), or "". Returns 1, 0 where there is nothing, or
 * -errno. */
int interpreter_find(const char *path, char next[static PATH_MAX], char *argument);

#endif
