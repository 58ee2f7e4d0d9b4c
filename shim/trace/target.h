/* SPDX-License-Identifier: Apache-2.0 */
/* The process that makes a system call: what it has in memory, and how it sees the system. */
#ifndef TRACE_TARGET_H
#define TRACE_TARGET_H

#include <limits.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A thread that waits in a system call. */
struct target {
    pid_t tid;
    bool narrow; /* it makes it as a 32-bit program does */
    const struct seccomp_data *call;
};

/* What is known of its process. */
struct identity {
    pid_t pid;
    char name[64];
    uid_t user[4]; /* real, effective, saved, that of files */
};

/* Copies size bytes of its memory. Returns 0, or -errno; -EPERM: it is not ours to look into. */
int target_read(const struct target *target, uint64_t at, void *to, size_t size);

/* Copies a string of it, with its end. -ENAMETOOLONG where that does not come within PATH_MAX. */
int target_string(const struct target *target, uint64_t at, char to[static PATH_MAX]);

/* Copies a word: of 4 bytes in a 32-bit program, of 8 in others. It is word number n from at on. */
int target_word(const struct target *target, uint64_t at, unsigned n, uint64_t *word);

/* Opens "cwd", "root" or "fd/N" of the process (proc(5)), with O_PATH. Returns it, or -errno. */
int target_open(const struct target *target, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Gets the process's descriptor itself, of a socket (pidfd_getfd(2)). Returns it, or -errno. */
int target_take(const struct target *target, int fd);

/* Fills in what is known of a process by one of its threads. */
void identity_find(pid_t tid, struct identity *identity);

/* The parent of a process, 0 for none. */
pid_t process_parent(pid_t pid);

#endif
