/* SPDX-License-Identifier: Apache-2.0 */
/* Files by descriptor, and what is granted on the way from them up to the root. */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include "rules.h"
#include "verdict.h"

#include <limits.h>
#include <stdbool.h>

struct file {
    struct file_id id;
    uint64_t mount; /* where it is seen (statx(2), STATX_MNT_ID) */
    mode_t mode;    /* its type and permissions */
};

/* Writes what the file is that fd stands for. Returns 0, or -errno. */
int file_look(int fd, struct file *file);

/* Whether they are one file, seen at one place. */
bool file_same(const struct file *a, const struct file *b);

/* Whether fd is of procfs (proc(5)). */
bool file_is_proc(int fd);

/* The rights that are granted by the rules for a directory, which dir stands for, and all above it.
 * What it found out is kept for as long as files_forget is not called. */
uint64_t dir_granted(const struct rules *rules, int dir);

/* Forgets where directories lie: one was moved, or may have been for all that is known here. */
void files_forget(void);

/* Writes the way up from a directory, with room for CHAIN_MAX. Returns 0, or -errno. */
enum { CHAIN_MAX = PATH_MAX / 2 };
int dir_chain(const struct rules *rules, int dir, struct level level[static CHAIN_MAX],
              struct chain *chain);

/* Whether a directory is another, or lies beneath it. */
bool dir_is_beneath(int dir, const struct file *above);

/* Writes the path of what fd stands for, as the kernel gives it, into path. Returns its length, or
 * -errno. */
int file_path(int fd, char path[static PATH_MAX]);

/* Opens the directory in which the file lies that fd stands for. -ENOENT: nobody can tell. */
int file_parent(int fd);

#endif
