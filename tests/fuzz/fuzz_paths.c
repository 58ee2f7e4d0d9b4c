/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path lists, compared with what a second reader makes of them: one that is written from the
 * description alone, and goes character by character, each of which it first takes the escape off.
 *
 * The first byte says whether the list grants writing: 'w', else 'r'.
 */
#include "../../env/path.h"
#include "fuzz.h"

/* A character, and whether it was escaped, and so only means itself; at the end one of 0. */
struct character {
    char c;
    bool escaped;
};

static bool is_white(struct character c)
{
    return !c.escaped && c.c != '\0' && strchr(" \t\r\v\f", c.c) != NULL;
}

/* Takes the escapes off. What follows a backslash that escapes nothing is wrong, as a character
 * that no entry can have: an escaped '\0'. */
static size_t naive_unescape(const char *text, size_t len, struct character *to)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        to[count] = (struct character){text[i], false};
        if (text[i] == '\\') {
            char next = i + 1 < len ? text[i + 1] : '\0';
            bool good = next == ':' || next == '\\' || next == 'n' || next == '\n';
            to[count] = (struct character){!good ? '\0' : next == 'n' ? '\n' : next, true};
            i += good;
        }
        count++;
    }
    to[count] = (struct character){'\0', false};
    return count;
}

/* The paths of the list, each ended by '\0' and behind '-' where it is optional. */
struct naive {
    bool good;
    size_t len;
    char paths[1 << 20];
};

static struct naive naive;

static void naive_add(const char *path, bool optional)
{
    size_t size = strlen(path) + 1;
    CHECK(naive.len + size < sizeof naive.paths);
    naive.paths[naive.len++] = optional ? '-' : '+';
    memcpy(naive.paths + naive.len, path, size);
    naive.len += size;
}

/* @NAME: the table is what it is; what is looked up in it is not. */
static bool naive_preset(const struct character *at, size_t len, bool writable)
{
    for (const struct preset *preset = presets; *preset->name != '\0'; preset++) {
        size_t same = 0;
        while (same < len && !at[same].escaped && at[same].c == preset->name[same])
            same++;
        if (same < len || preset->name[same] != '\0')
            continue;
        struct span paths = preset_paths(preset);
        for (size_t i = 0; i < paths.len; i += strlen(paths.at + i) + 1)
            naive_add(paths.at + i, true);
        return preset->writable || !writable;
    }
    return false;
}

static bool naive_entry(const struct character *at, size_t len, bool writable)
{
    char path[PATH_MAX];
    while (len > 0 && is_white(*at))
        at++, len--;
    while (len > 0 && is_white(at[len - 1]))
        len--;
    if (len == 0)
        return true;
    bool optional = at->c == '-' && !at->escaped;
    at += optional, len -= optional;
    if (len > 0 && at->c == '@' && !at->escaped)
        return naive_preset(at + 1, len - 1, writable);
    if (len >= PATH_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (at[i].c == '\0')
            return false;
        path[i] = at[i].c;
    }
    path[len] = '\0';
    if (strncmp(path, "/", 1) != 0 && strncmp(path, "./", 2) != 0 && strncmp(path, "../", 3) != 0)
        return false;
    naive_add(path, optional);
    return true;
}

/* Up to what is wrong, as the walk goes. */
static void naive_read(const char *text, size_t len, bool writable)
{
    struct character *all = calloc(len + 1, sizeof *all);
    CHECK(all != NULL);
    size_t count = naive_unescape(text, len, all), start = 0;
    naive = (struct naive){.good = true};
    for (size_t i = 0; i <= count && naive.good; i++) {
        bool separator = (all[i].c == ':' || all[i].c == '\n') && !all[i].escaped;
        if (i < count && !separator)
            continue;
        size_t before = naive.len;
        naive.good = naive_entry(all + start, i - start, writable);
        if (!naive.good)
            naive.len = before;
        start = i + 1;
    }
    free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 1 << 14 || memchr(data, '\0', size) != NULL)
        return 0;
    char *text = copy_of(data + 1, size - 1), path[PATH_MAX];
    bool writable = *data == 'w';
    naive_read(text, size - 1, writable);
    struct path_iter it = path_iterate((struct span){text, size - 1}, writable);
    size_t at = 0;
    while (path_next(&it, path)) {
        CHECK(at < naive.len);
        CHECK(naive.paths[at] == (it.optional ? '-' : '+'));
        CHECK(strcmp(naive.paths + at + 1, path) == 0);
        at += strlen(path) + 2;
    }
    CHECK(at == naive.len);
    CHECK((it.reason == NULL) == naive.good);
    if (!naive.good)
        CHECK(it.entry.at >= text && it.entry.at + it.entry.len <= text + size - 1);
    free(text);
    return 0;
}
