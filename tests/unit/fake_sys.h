/* SPDX-License-Identifier: Apache-2.0 */
/* A system in place of shim/sys.c: it logs what it is asked for, and fails where it is told to. */
#ifndef TESTS_FAKE_SYS_H
#define TESTS_FAKE_SYS_H

#include "../../shim/abi.h"

#include <linux/filter.h>

#include <setjmp.h>

enum { FAKE_CALLS = 128, FAKE_EXECUTED = -1 };

struct fake {
    /* What the test sets. */
    unsigned fail_at;          /* the call that fails, counted from 1; 0: none does */
    int fail_with;             /* what it returns */
    int abi;                   /* of the kernel */
    struct ruleset_attr known; /* of which it knows these rights; others are EINVAL */
    unsigned long secure;      /* AT_SECURE */
    int auxv;                  /* what looking for it answers */
    int unshare;               /* what unshare answers */
    const char *status;        /* /proc/self/status */
    size_t chunk;              /* read at most so much of it at once; 0: all that fits */
    const char *missing;       /* a path that does not exist */
    const char *file;          /* a path that is no directory */
    const char *directory;     /* that the process works in */
    const char *names;         /* what /dev lists, as sys_list has it: "a\0b\0" */
    size_t names_len;
    int execute;      /* what execve answers; 0: it does not return */
    int seccomp;      /* the mode of seccomp */
    bool rewritten;   /* the file of SANDLOCK_CONFIG, each time that it is asked about */
    bool lies;        /* seccomp says that there is a filter, and there is none */
    unsigned mode;    /* of the file of SANDLOCK_CONFIG (inode(7)) */
    uint64_t size;    /* and what it says its size is */
    const char *text; /* what is read of it */
    size_t text_len;
    int (*marked)(uint32_t low, uint32_t high); /* what the mark answers; NULL: -EINVAL */
    /* What the test reads. */
    char calls[FAKE_CALLS][96];
    unsigned len;
    void *mapped;                        /* memory that was not given back */
    char *const *envp;                   /* of execve */
    struct sock_filter filters[2][4096]; /* those that were installed */
    size_t filters_len[2];
    unsigned filters_count;
    char said[8192];
    int status_of_end; /* an exit status, or FAKE_EXECUTED */
    jmp_buf end;
};

extern struct fake fake;

/* A healthy kernel of ABI 7. */
void fake_reset(void);

#endif
