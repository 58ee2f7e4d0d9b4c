/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. Each is one source that defines LLVMFuzzerTestOneInput; libFuzzer
 * (clang) feeds it what it makes up, and replay.c what was kept of that.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "../../env/policy.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Reads size bytes and ends the process if anything is wrong with what becomes of them. Returns 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process, in the way that a sanitizer does, unless something holds. */
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)

static inline void check(bool holds, const char *condition, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    abort();
}

/* A copy of bytes, in memory that is as large as it has to be and no larger, to be freed. */
static inline char *copy_of(const void *bytes, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    CHECK(copy != NULL);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

/* An environment: what the bytes say between their NULs, each string in memory of its own. */
enum { STRINGS_MAX = 64 };
struct strings {
    size_t len;
    char *at[STRINGS_MAX + 1]; /* with a NULL at the end */
};

static inline struct strings strings_of(const uint8_t *data, size_t size)
{
    struct strings strings = {.len = 0};
    while (size > 0 && strings.len < STRINGS_MAX) {
        const uint8_t *nul = memchr(data, '\0', size);
        size_t len = nul != NULL ? (size_t)(nul - data) : size;
        char *string = copy_of(data, len + (nul != NULL));
        if (nul == NULL) {
            string = realloc(string, len + 1);
            CHECK(string != NULL);
            string[len] = '\0';
        }
        strings.at[strings.len++] = string;
        data += len + (nul != NULL);
        size -= len + (nul != NULL);
    }
    return strings;
}

static inline void strings_free(struct strings *strings)
{
    for (size_t i = 0; i < strings->len; i++)
        free(strings->at[i]);
}

#endif
