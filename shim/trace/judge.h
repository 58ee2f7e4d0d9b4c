/* SPDX-License-Identifier: Apache-2.0 */
/* What the judges of files share. */
#ifndef TRACE_JUDGE_H
#define TRACE_JUDGE_H

#include "asked.h"

/* A path that the target names. */
struct named {
    struct lookup lookup;
    char text[PATH_MAX]; /* which lookup.path points to */
};

/* Reads the path of argument path, seen from argument dirfd (-1: the working directory). Returns 0,
 * or -errno where there is nothing to judge. */
int named_read(const struct asked *asked, int dirfd, int path, unsigned flags, struct named *named);

/* Resolves it. The same. */
int named_resolve(const struct asked *asked, const struct named *named, struct place *place);

/* The rights that are granted at a place. */
uint64_t place_granted(const struct asked *asked, const struct place *place);

/* Whether there is anything at a place that Landlock looks at: not what has no name anywhere. */
bool place_is_visible(const struct place *place);

/* Writes the path of a place. */
void place_path(const struct place *place, char path[static 2 * PATH_MAX]);

/* Whether ordinary permissions allow these modes of access(2), of the file and of its directory (0:
 * nothing), to the target; what they forbid anyway the policy does not deny. */
bool is_permitted(const struct asked *asked, const struct lookup *lookup, int file, int dir);

#endif
