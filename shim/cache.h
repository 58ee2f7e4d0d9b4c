/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/ld.so.cache, in which glibc's loader looks libraries up (ldconfig(8)). */
#ifndef SHIM_CACHE_H
#define SHIM_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CACHE_PATH "/etc/ld.so.cache"

/* A copy of it, without what stands before the header of the format that is read. */
struct cache {
    char *memory;   /* of the system; NULL: there is none */
    const char *at; /* the header */
    size_t len;     /* from there on; a '\0' is behind it */
    uint32_t count; /* of the entries that are all there */
};

/* Reads the file at path; where it cannot be read, or is something else, there are no entries. */
void cache_open(struct cache *cache, const char *path);

/* Gives the copy back. */
void cache_close(const struct cache *cache);

/* The path of the next library called name, or NULL; *next, 0 at first, is where to look for it.
 * There is one for each architecture. plain: one for every processor, else one for particular ones
 * alone. */
const char *cache_find(const struct cache *cache, const char *name, bool plain, uint32_t *next);

#endif
