/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the loader looks for a library: glibc's as ld.so(8) says, or musl's.
 *
 * Of glibc's search this is left out: the subdirectories for particular processors (glibc-hwcaps,
 * and before 2.37 others), but for what the cache has only there; DF_1_NODEFLIB. Of musl's: that a
 * loader outside of /lib has its file of directories elsewhere too. A file that is of no use ends
 * the loader's search in some cases; here the search goes on.
 */
#ifndef SHIM_LINKER_H
#define SHIM_LINKER_H

#include "cache.h"
#include "elf.h"
#include "libraries.h"

/* The loader of one program. */
struct linker {
    const struct need *program;
    const struct elf *elf;         /* the program's */
    const struct machine *machine; /* what is known of its */
    const struct cache *cache;     /* for glibc's */
    const char *library_path;      /* LD_LIBRARY_PATH, or "" */
    const char *last;              /* the directories where it looks at last */
    unsigned tries;                /* how many files may still be looked at */
    bool musl, has_config;         /* whether config is there */
    char origin[PATH_MAX];         /* the program's path without links */
    char config[PATH_MAX];         /* musl's file of directories */
    char directories[PATH_MAX];    /* what it says */
};

/* Sets up the loader at interpreter for a program. cache and tries are the caller's to set. */
void linker_set_up(struct linker *linker, const struct need *program, const struct elf *elf,
                   const char *interpreter, char *const envp[]);

/* Looks up the library that by calls name. Opens it and writes its path; returns whether there is
 * one. *config is the file without which it would not have been found, or NULL. */
bool linker_find(struct linker *linker, const char *name, const struct need *by,
                 char path[static PATH_MAX], struct elf *elf, const char **config);

/* Whether name is one that musl's loader takes for itself, which is its libc. */
bool linker_is_itself(const struct linker *linker, const char *name);

#endif
