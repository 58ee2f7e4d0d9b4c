/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether Landlock denies an access, as pure functions of what the ruleset handles and of which
 * rights are granted on the way from a file up to the root.
 *
 * This is what the kernel does for a domain of one layer (security/landlock/fs.c):
 * is_access_to_paths_allowed for one path, and current_check_refer_path for a file that changes
 * its directory or is linked into another.
 */
#ifndef TRACE_VERDICT_H
#define TRACE_VERDICT_H

#include "../abi.h"

#include <sys/types.h>

/* A directory on the way up. */
struct level {
    uint64_t granted; /* by the rule for it */
    uint64_t mount;   /* where it is seen: changes above the root of a mount */
};

/* The way up from a directory, which is the first, to the root. */
struct chain {
    size_t len;
    struct level *at;
};

/* The rights that a chain grants. */
uint64_t chain_granted(const struct chain *chain);

/* The rights that are missing for an access that wants some, where some are granted by the file
 * and by all above it. 0: it is allowed. */
uint64_t verdict_missing(uint64_t handled, uint64_t wanted, uint64_t granted);

/* The right to make a file of this type, as in st_mode, and the one to remove it. */
uint64_t right_to_make(mode_t mode);
uint64_t right_to_remove(mode_t mode);

/* A file that is renamed, or linked to. */
struct refer {
    uint64_t handled;
    struct chain from, to; /* the directory that it is in, and the one that it gets into */
    bool same;             /* which are the same */
    bool rename;           /* it leaves the one */
    bool exchange;         /* and what is in its place gets there */
    mode_t mode;           /* its type */
    uint64_t granted;      /* by the rule for itself */
    mode_t other_mode;     /* the type of what is in its place; 0: there is nothing */
    uint64_t other_granted;
};

/* What comes of it. */
struct refer_verdict {
    int error;                         /* 0, EACCES or EXDEV */
    uint64_t missing_from, missing_to; /* rights that the directories lack */
    bool wider; /* all there is to it: beneath the new place more would be granted */
};

struct refer_verdict verdict_refer(const struct refer *refer);

#endif
