/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that are looked at: which they are, and where their arguments stand. */
#ifndef TRACE_CALLS_H
#define TRACE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a call does. */
enum does {
    DOES_OPEN,
    DOES_OPEN_HOW, /* openat2(2) */
    DOES_CREATE,   /* creat(2) */
    DOES_EXECUTE,
    DOES_TRUNCATE,
    DOES_TRUNCATE_FD,
    DOES_MKDIR,
    DOES_MKNOD,
    DOES_SYMLINK,
    DOES_UNLINK,
    DOES_RMDIR,
    DOES_RENAME,
    DOES_LINK,
    DOES_IOCTL,
    DOES_CONNECT,
    DOES_BIND,
    DOES_SENDTO,
    DOES_SENDMSG,
    DOES_SENDMMSG,
    DOES_SOCKETCALL,
    DOES_KILL, /* a process or a group of processes */
    DOES_KILL_THREAD,
    DOES_KILL_FD,  /* pidfd_send_signal(2) */
    DOES_RESTRICT, /* landlock_restrict_self(2) */
    DOES_FILTER    /* seccomp(2) */
};

/* Which calls are worth being asked about, under some terms. */
enum { WHEN_SENDING = 1 /* those that send to an address */ };

/* A call. Its arguments are numbers from 0 on; -1: it has none of the kind. */
struct call_row {
    char name[24];
    uint8_t does;
    int8_t dirfd;             /* -1: it looks from the working directory */
    int8_t path;              /* or a descriptor, an address */
    int8_t flags;             /* or a mode */
    int8_t to_dirfd, to_path; /* of the other name */
    uint8_t when;
};

extern const struct call_row call_rows[];
extern const size_t call_rows_len;

/* Which architectures a process here can make calls of: this one, and the other of the processor.
 * SCMP_ARCH_*, or 0. */
extern const uint32_t call_architectures[2];

/* The row of a call by its architecture and number, or NULL. */
const struct call_row *call_row_find(uint32_t arch, int number);

/* Its name, for whichever there is: of a table of libseccomp's. Allocated, or NULL. */
char *call_name(uint32_t arch, int number);

#endif
