/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files the start of a program needs: itself, its interpreters, its loader and libraries, as
 * their headers say and the kernel and the loader would look for them. Nothing is run.
 *
 * What is not known before it runs is left out: what it opens later (dlopen(3), NSS, gconv), audit
 * and filter libraries (LD_AUDIT, DT_AUDIT, DT_FILTER, DT_AUXILIARY), what binfmt_misc starts. The
 * process is taken to be one that the shim confines: it has no_new_privs, so that setuid programs
 * are started as any other, and LD_LIBRARY_PATH and LD_PRELOAD are in force for them too.
 */
#ifndef SHIM_LIBRARIES_H
#define SHIM_LIBRARIES_H

#include <stdbool.h>
#include <stddef.h>

enum need_kind {
    NEED_PROGRAM,     /* what was asked for, or what env(1) starts for a script */
    NEED_INTERPRETER, /* that of a script, or the loader (PT_INTERP) */
    NEED_PRELOAD,     /* of LD_PRELOAD or /etc/ld.so.preload: without it the program starts, too */
    NEED_LIBRARY,
    NEED_CONFIG /* a file of the loader's, without which it would not find some library */
};

struct need {
    struct need *next;     /* in the order of the loader's search, or NULL */
    const struct need *by; /* what asks for it; NULL: whoever asks for the program */
    const char *name;      /* as asked for */
    const char *path;      /* as found; NULL: it was not */
    enum need_kind kind;
    bool repeated; /* the same path stands before it in the list */
    int refused;   /* the caller's: from inside, 0 or -errno */

    /* What only the walk reads: by what other name it is known, and which directories it names. */
    const char *soname, *directories;
    bool inherited; /* they are also for what is loaded on behalf of it (DT_RPATH) */
};

/* What is needed, in memory that others may see at the same address: everything that it points to
 * lies behind it. */
struct need_list {
    struct need *first, *last;
    size_t size, len; /* of the memory; how much of it is taken */
    bool full;        /* there is more than it holds, or than can be followed */
};

enum { NEED_LIST_SIZE = 256 * 1024 };

/* Fills list, which has size bytes, with what a start of the file at program needs in the
 * environment envp, program first. inside is what a walk of a process that is to be asked about has
 * found, whose choices in PATH count, or NULL for this one's own. Returns 0, or -errno of the last
 * program or interpreter that is there and cannot be read: what that one needs is not known. */
int libraries_walk(const char *program, char *const envp[], const struct need_list *inside,
                   struct need_list *list, size_t size);

#endif
