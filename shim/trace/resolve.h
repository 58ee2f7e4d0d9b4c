/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a path leads, for somebody else: as the kernel would look it up for the target
 * (path_resolution(7)), from its root and its working directory, with its /proc/self.
 */
#ifndef TRACE_RESOLVE_H
#define TRACE_RESOLVE_H

#include "file.h"
#include "target.h"

/* What the path is to be looked up as: flags, united. */
enum {
    LOOK_FOLLOW = 1, /* a link at its end is followed */
    LOOK_EMPTY = 2,  /* an empty path is the descriptor itself */
    LOOK_NAME = 4 /* it is a name that is made or removed: slashes at its end count for nothing */
};

struct lookup {
    int dirfd; /* of the target, or AT_FDCWD */
    const char *path;
    unsigned flags;
    uint64_t resolve; /* those of openat2(2) */
};

/* Where it leads. */
struct place {
    int fd;  /* the file, opened with O_PATH; -1: there is none */
    int dir; /* the directory that it lies in, or would; -1: of a directory this may not be known */
    bool slash;              /* slashes follow its name */
    char name[NAME_MAX + 1]; /* in that directory; "" where dir is -1 */
    struct file file;        /* what fd is */
};

/* Fills in *place, whose descriptors place_close closes. Returns 0, or -errno where the target gets
 * no further than that either. */
int resolve(const struct target *target, const struct lookup *lookup, struct place *place);

void place_close(const struct place *place);

#endif
