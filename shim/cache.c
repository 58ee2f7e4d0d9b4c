/* SPDX-License-Identifier: Apache-2.0 */
#include "cache.h"

#include "sys.h"

#include <string.h>

/* More than any has, and the room for it takes only what is read into it. */
enum { CACHE_MAX = 4 << 20 };

/* The format of glibc 2.2 and later (sysdeps/generic/dl-cache.h of its sources). */
static const char magic[] = "glibc-ld.so.cache1.1";

struct header {
    char magic[sizeof magic - 1];
    uint32_t count, strings_size;
    uint32_t others[5];
};

struct entry {
    uint32_t flags;
    uint32_t name, path; /* where they are, from the header on */
    uint32_t system;
    uint64_t processor; /* 0: every one */
};

/* Until 2.32 ldconfig wrote the format of libc5 before it, whose entries are these. */
static const char old_magic[] = "ld.so-1.7.0";
enum { OLD_COUNT = 12, OLD_HEADER = 16, OLD_ENTRY = 12 };

_Static_assert(sizeof(struct header) == 48 && sizeof(struct entry) == 24,
               "as they are in the file");

/* Where the header is: at the beginning, or behind the entries of the old format, as its alignment
 * on the machine that wrote it has it. */
static size_t header_find(const char *at, size_t len)
{
    uint32_t count;
    if (len < OLD_HEADER || memcmp(at, old_magic, sizeof old_magic - 1) != 0)
        return 0;
    memcpy(&count, at + OLD_COUNT, sizeof count);
    if (count > (len - OLD_HEADER) / OLD_ENTRY)
        return 0;
    size_t offset = OLD_HEADER + (size_t)count * OLD_ENTRY;
    bool wide =
        len - offset > sizeof magic - 1 && memcmp(at + offset, magic, sizeof magic - 1) != 0;
    return offset + (wide ? 4 : 0);
}

void cache_open(struct cache *cache, const char *path)
{
    struct header header;
    int fd = sys_open_read(path), got = 0;
    size_t len = 0, offset;
    *cache = (struct cache){.memory = fd < 0 ? NULL : sys_map(CACHE_MAX, false)};
    if (cache->memory != NULL)
        do
            got = sys_read(fd, cache->memory + len, CACHE_MAX - 1 - len);
        while (got > 0 && (len += (size_t)got) < CACHE_MAX - 1);
    if (fd >= 0)
        sys_close(fd);
    if (cache->memory == NULL || (offset = header_find(cache->memory, len)) > len ||
        len - offset < sizeof header)
        return;
    cache->at = cache->memory + offset;
    cache->len = len - offset;
    memcpy(&header, cache->at, sizeof header);
    if (memcmp(header.magic, magic, sizeof header.magic) == 0 &&
        header.count <= (cache->len - sizeof header) / sizeof(struct entry))
        cache->count = header.count;
}

void cache_close(const struct cache *cache)
{
    if (cache->memory != NULL)
        sys_unmap(cache->memory, CACHE_MAX);
}

const char *cache_find(const struct cache *cache, const char *name, bool plain, uint32_t *next)
{
    struct entry entry;
    while (*next < cache->count) {
        size_t offset = sizeof(struct header) + (size_t)(*next)++ * sizeof entry;
        memcpy(&entry, cache->at + offset, sizeof entry);
        if ((entry.processor == 0) == plain && entry.name < cache->len && entry.path < cache->len &&
            strcmp(cache->at + entry.name, name) == 0)
            return cache->at + entry.path;
    }
    return NULL;
}
