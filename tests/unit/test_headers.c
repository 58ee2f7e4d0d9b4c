/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers of executable files and the loader's cache, as they should be and as somebody could
 * make them: cut off anywhere, with bits turned over, and with a list that is too small for what
 * comes of them. The files are real ones, in memory.
 */
#include "made.h"
#include "random.h"
#include "unit.h"

#include "../../shim/cache.h"
#include "../../shim/elf.h"
#include "../../shim/libraries.h"

#include <stdbool.h>
#include <sys/resource.h>

enum { FLIPPED = 20000 };

static void flip(struct made *made)
{
    for (unsigned bits = 1 + random_below(8); bits > 0; bits--)
        made->at[random_below((unsigned)made->len)] ^= (unsigned char)(1U << random_below(8));
}

/* Walks from a file of these bytes, with a list of size bytes of which nothing may be written
 * beyond. Returns whether all fitted. */
static bool walk(const void *bytes, size_t len, size_t size)
{
    char *none[] = {NULL};
    struct need_list *list = malloc(size);
    assert_non_null(list);
    libraries_walk(file_of(bytes, len), none, NULL, list, size);
    for (const struct need *need = list->first; need != NULL; need = need->next) {
        assert_true(strlen(need->name) < size && (need->path == NULL || *need->path != '\0'));
        assert_true((need->by == NULL) == (need == list->first));
    }
    assert_true(list->len <= size);
    bool full = list->full;
    free(list);
    return !full;
}

static void test_elf_is_read(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        struct made made;
        struct elf elf;
        char text[PATH_MAX];
        uint32_t next = 0;
        make_elf(&made, wide);
        assert_int_equal(elf_open(&elf, file_of(made.at, made.len)), 0);
        assert_int_equal(elf.wide, wide);
        assert_int_equal(elf.machine, wide ? EM_X86_64 : EM_386);
        assert_true(elf.has_runpath && elf.has_directories && elf.has_soname);
        assert_true(elf_interpreter(&elf, text));
        assert_string_equal(text, "/lib64/ld-linux-x86-64.so.2");
        assert_int_equal(elf_string(&elf, elf.soname, text, sizeof text), sizeof "libme.so");
        assert_string_equal(text, "libme.so");
        assert_int_equal(elf_string(&elf, elf.soname, text, sizeof "libme.so" - 1), 0);
        assert_int_not_equal(elf_string(&elf, elf.directories, text, sizeof text), 0);
        assert_string_equal(text, "$ORIGIN/x:/no"); /* DT_RUNPATH, though DT_RPATH is there */
        assert_true(elf_needed(&elf, &next, text));
        assert_string_equal(text, "libno.so.1");
        assert_true(elf_needed(&elf, &next, text));
        assert_string_equal(text, "lib/no");
        assert_false(elf_needed(&elf, &next, text));
        elf_close(&elf);
    }
}

static void test_elf_is_hostile(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        struct made made, flipped;
        make_elf(&made, wide);
        for (size_t len = 0; len <= made.len; len++)
            walk(made.at, len, NEED_LIST_SIZE);
        for (unsigned i = 0; i < FLIPPED / 2; i++) {
            flipped = made;
            flip(&flipped);
            walk(flipped.at, flipped.len, NEED_LIST_SIZE);
        }
        size_t size = sizeof(struct need_list);
        while (!walk(made.at, made.len, size))
            size += 8;
        assert_true(size < 2048);
    }
}

static void test_scripts(void **state)
{
    static const struct {
        const char *text, *interpreter, *argument;
        int found;
    } rows[] = {
        {"#!/bin/x", "/bin/x", "", 1},
        {"#! \t/bin/x -a b\n", "/bin/x", "", 1},
        {"#!/usr/bin/env python3\nfalse", "/usr/bin/env", "python3", 1},
        {"#!/usr/bin/env -S A=1 perl -w\n", "/usr/bin/env", "perl", 1},
        {"#!env -i\nperl", "env", "", 1},
        {"#!\n", NULL, NULL, 0},
        {"#!", NULL, NULL, 0},
        {"echo", "/bin/sh", "", 1},
        {"", "/bin/sh", "", 1},
        {"\177ELF", NULL, NULL, 0},
    };
    char next[PATH_MAX], argument[PATH_MAX];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *path = file_of(rows[i].text, strlen(rows[i].text));
        assert_int_equal(interpreter_find(path, next, argument), rows[i].found);
        if (rows[i].found == 1) {
            assert_string_equal(next, rows[i].interpreter);
            assert_string_equal(argument, rows[i].argument);
        }
    }
    /* A script that is its own interpreter. */
    char line[80];
    int len = snprintf(line, sizeof line, "#!%s", file_of("", 0));
    assert_false(walk(line, (size_t)len, NEED_LIST_SIZE));
}

static void test_cache_is_read(void **state)
{
    static const size_t before[] = {0, 16, 32, 16 + 12 + 4, 16 + 24};
    (void)state;
    for (size_t i = 0; i < COUNT(before); i++) {
        struct made made;
        struct cache cache;
        uint32_t next = 0;
        make_cache(&made, before[i]);
        cache_open(&cache, file_of(made.at, made.len));
        assert_int_equal(cache.count, 3);
        assert_string_equal(cache_find(&cache, "libno.so.1", true, &next), "/no/plain");
        assert_null(cache_find(&cache, "libno.so.1", true, &next));
        next = 0;
        assert_string_equal(cache_find(&cache, "libno.so.1", false, &next), "/no/fast");
        next = 0;
        assert_string_equal(cache_find(&cache, "libother.so", true, &next), "/other");
        next = 0;
        assert_null(cache_find(&cache, "libother", true, &next));
        cache_close(&cache);
    }
}

static void look_up(const struct made *made, size_t len)
{
    struct cache cache;
    cache_open(&cache, file_of(made->at, len));
    for (unsigned plain = 0; plain < 2; plain++) {
        const char *path;
        for (uint32_t next = 0; (path = cache_find(&cache, "libno.so.1", plain, &next)) != NULL;)
            assert_true(path >= cache.at && strlen(path) <= cache.len - (size_t)(path - cache.at));
    }
    cache_close(&cache);
}

static void test_cache_is_hostile(void **state)
{
    (void)state;
    for (size_t before = 0; before <= 40; before += 40) {
        struct made made, flipped;
        make_cache(&made, before);
        for (size_t len = 0; len <= made.len; len++)
            look_up(&made, len);
        for (unsigned i = 0; i < FLIPPED / 2; i++) {
            flipped = made;
            flip(&flipped);
            look_up(&flipped, flipped.len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elf_is_read),      cmocka_unit_test(test_elf_is_hostile),
        cmocka_unit_test(test_scripts),          cmocka_unit_test(test_cache_is_read),
        cmocka_unit_test(test_cache_is_hostile),
    };
    /* Whatever such a file says does not take longer, of the processor's time. */
    const struct rlimit limit = {120, 120};
    if (setrlimit(RLIMIT_CPU, &limit) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
