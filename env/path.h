/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path lists: "/usr:-/opt/app:./data:@tmp".
 *
 * Entries are separated by ':' or a newline and trimmed; "\:" "\\" and "\n" are a literal ':', '\'
 * and newline (a backslash before a real newline is one too). An entry is a path that starts with
 * '/', './' or '../', or '@' and the name of a preset; '-' before it makes it optional. Empty
 * entries are ignored.
 */
#ifndef ENV_PATH_H
#define ENV_PATH_H

#include "policy.h"

#include <limits.h> /* PATH_MAX */

/* A named list of paths that programs commonly need. */
struct preset {
    char name[7];       /* without its '@' */
    bool writable;      /* whether it may stand in a list that grants writing */
    uint16_t from, end; /* where its paths lie among those of all */
};

/* All presets; the last one has no name. */
extern const struct preset presets[];

/* The paths of a preset, each ended by '\0'. */
struct span preset_paths(const struct preset *preset);

/* A walk over a path list. The members below the line are for the caller to read. */
struct path_iter {
    struct span rest;     /* what is still to be read */
    struct span expanded; /* what is left of the paths of the current preset */
    bool writable;        /* whether the list grants writing */
    /* -- */
    struct span entry;  /* the current entry as written */
    bool optional;      /* whether it may be missing */
    bool relative;      /* whether it, or one before it, is seen from the working directory */
    const char *reason; /* what is wrong with it; NULL: nothing */
    struct span word;   /* the word that goes into the reason */
};

/* Starts a walk over list; writable says whether the list grants writing. */
struct path_iter path_iterate(struct span list, bool writable);

/* Writes the next path, unescaped and ended by '\0', into path, which has room for PATH_MAX bytes;
 * NULL: it is only looked at. Returns true for a path, and false at the end and at a fault, where
 * it->reason is not NULL. */
bool path_next(struct path_iter *it, char *path);

/* Why a path that stands alone, and is taken as it is written, is none. NULL: it is one. */
const char *path_check(struct span path);

#endif
