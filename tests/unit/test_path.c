/* SPDX-License-Identifier: Apache-2.0 */
#include "../../env/path.h"
#include "unit.h"

#define ESCAPE_REASON "a backslash goes only before ':', '\\' and 'n'; write '\\\\' for itself"
#define PATH_REASON   "neither a path nor a preset: did you mean ./% or /%?"
#define PRESET_REASON "neither a path nor a preset: did you mean ./% or @%?"

/* What a list reads as: "path|path", with '?' before the optional ones. */
static const char *joined(struct path_iter *it)
{
    static char all[3 * PATH_MAX];
    char path[PATH_MAX];
    size_t len = 0;
    *all = '\0';
    while (path_next(it, path))
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s%s", len > 0 ? "|" : "",
                                it->optional ? "?" : "", path);
    return all;
}

static void test_good_lists(void **state)
{
    static const struct {
        const char *list, *paths;
    } rows[] = {
        {"", ""},
        {":", ""},
        {" : \n:", ""},
        {"/", "/"},
        {"/usr:/etc", "/usr|/etc"},
        {"/usr\n/etc\n", "/usr|/etc"},
        {"  /usr \t:\r/etc\r\n", "/usr|/etc"},
        {"/usr:", "/usr"},
        {"::/usr::", "/usr"},
        {"./a:../b", "./a|../b"},
        {"-/a:-./b:-../c", "?/a|?./b|?../c"},
        {"/a b", "/a b"},
        {"/a\\:b", "/a:b"},
        {"/a\\\\b", "/a\\b"},
        {"/a\\nb", "/a\nb"},
        {"/a\\\nb", "/a\nb"},
        {"/a\\\\:/b", "/a\\|/b"},
        {"/a\\\\\\:/b", "/a\\:/b"},
        {"/a\\n ", "/a\n"},
        {"/a=b,c;d", "/a=b,c;d"},
        {"/@tmp:/-x", "/@tmp|/-x"},
        {"@none", ""},
        {"@none:/x", "/x"},
        {"@proc", "?/proc"},
        {"-@proc", "?/proc"},
        {"@tmp:/x:@tty", "?/tmp|?/var/tmp|/x|?/dev/tty|?/dev/ptmx|?/dev/pts"},
        {"@dev", "?/dev/null|?/dev/zero|?/dev/full|?/dev/random|?/dev/urandom"},
        {"@shm:@sys", "?/dev/shm|?/sys/devices/system/cpu|?/sys/fs/cgroup"},
        {"@users", "?/etc/passwd|?/etc/group|?/etc/nsswitch.conf|?/var/lib/sss"},
        {"/\xff\x01", "/\xff\x01"},
        {"//", "//"},
        {"/./..", "/./.."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct path_iter it = path_iterate(span_of(rows[i].list), false);
        assert_string_equal(joined(&it), rows[i].paths);
        assert_null(it.reason);
    }
}

static void test_wrong_entries(void **state)
{
    static const struct {
        const char *list, *paths, *entry, *reason, *word;
    } rows[] = {
        {"tmp", "", "tmp", PRESET_REASON, "tmp"},
        {"/a:usr/lib:/b", "/a", "usr/lib", PATH_REASON, "usr/lib"},
        {"-tmp", "", "-tmp", PRESET_REASON, "tmp"},
        {"-", "", "-", PATH_REASON, ""},
        {"- /a", "", "- /a", PATH_REASON, " /a"},
        {"--/a", "", "--/a", PATH_REASON, "-/a"},
        {".", "", ".", "write it as %/", "."},
        {"..", "", "..", "write it as %/", ".."},
        {".hidden", "", ".hidden", PATH_REASON, ".hidden"},
        {"~/x", "", "~/x", "nothing is expanded here: write the path out", "~/x"},
        {"$HOME", "", "$HOME", "nothing is expanded here: write the path out", "$HOME"},
        {"\\:", "", "\\:", PATH_REASON, "\\:"},
        {"\"/a\"", "", "\"/a\"", PATH_REASON, "\"/a\""},
        {"@tpm", "", "@tpm", "unknown preset: did you mean @%?", "tmp"},
        {"@", "", "@", "unknown preset: did you mean @%?", NULL},
        {"@TMP", "", "@TMP", "unknown preset: did you mean @%?", "tmp"},
        {"@tmp/x", "", "@tmp/x", "unknown preset: did you mean @%?", "tmp"},
        {"/a\\", "", "/a\\", ESCAPE_REASON, NULL},
        {"/a\\b", "", "/a\\b", ESCAPE_REASON, NULL},
        {"/a\\ :/b", "", "/a\\", ESCAPE_REASON, NULL},
        {"/ok:/a\\tb", "/ok", "/a\\tb", ESCAPE_REASON, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct path_iter it = path_iterate(span_of(rows[i].list), false);
        assert_string_equal(joined(&it), rows[i].paths);
        assert_string_equal(it.reason, rows[i].reason);
        assert_true(span_equals(it.entry, rows[i].entry));
        if (rows[i].word != NULL)
            assert_true(span_equals(it.word, rows[i].word));
    }
}

static void test_presets_in_a_writable_list(void **state)
{
    static const char *const writable[] = {"dev", "tty", "shm", "tmp"};
    size_t allowed = 0, presets_seen = 0;
    (void)state;
    for (const struct preset *p = presets; *p->name != '\0'; p++, presets_seen++) {
        char list[32], path[PATH_MAX];
        bool expected = false;
        for (size_t i = 0; i < COUNT(writable); i++)
            expected |= strcmp(p->name, writable[i]) == 0;
        snprintf(list, sizeof list, "@%s", p->name);
        struct path_iter it = path_iterate(span_of(list), true);
        assert_int_equal(path_next(&it, path), expected);
        if (expected)
            assert_null(it.reason);
        else
            assert_string_equal(it.reason,
                                "this preset may not stand in a list that grants writing");
        allowed += expected;
    }
    assert_int_equal(allowed, COUNT(writable));
    assert_int_equal(presets_seen, 13);
}

static void test_base_is_made_of_its_parts(void **state)
{
    struct path_iter parts = path_iterate(span_of("@system:@users:@locale:@dns:@tls"), false);
    struct path_iter base = path_iterate(span_of("@base"), false);
    char part[PATH_MAX], path[PATH_MAX];
    (void)state;
    while (path_next(&parts, part)) {
        assert_true(path_next(&base, path));
        assert_string_equal(path, part);
    }
    assert_false(path_next(&base, path));
}

static void test_length_of_a_path(void **state)
{
    char list[PATH_MAX + 16], path[PATH_MAX];
    (void)state;
    memset(list, 'x', sizeof list);
    *list = '/';
    struct path_iter longest = path_iterate((struct span){list, PATH_MAX - 1}, false);
    assert_true(path_next(&longest, path));
    assert_int_equal(strlen(path), PATH_MAX - 1);
    struct path_iter longer = path_iterate((struct span){list, PATH_MAX}, false);
    assert_false(path_next(&longer, path));
    assert_string_equal(longer.reason, "as long as PATH_MAX or longer");
    memcpy(list + PATH_MAX - 3, "\\:\\:", 4); /* it is the unescaped length that counts */
    struct path_iter escaped = path_iterate((struct span){list, PATH_MAX + 1}, false);
    assert_true(path_next(&escaped, path));
    assert_string_equal(path + PATH_MAX - 4, "x::");
}

/* Spans need not end with '\0': nothing behind the end may be read. */
static void test_reads_nothing_behind_the_end(void **state)
{
    static const char *const lists[] = {"/a\\", "/a", "@", "-", "/a:", "@tmp", "./", ".", "/a\\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        size_t len = strlen(lists[i]);
        char *copy = malloc(len), path[PATH_MAX];
        memcpy(copy, lists[i], len);
        struct path_iter it = path_iterate((struct span){copy, len}, false);
        while (path_next(&it, path))
            assert_true(strlen(path) < PATH_MAX);
        free(copy);
    }
}

static void test_a_path_that_stands_alone(void **state)
{
    char path[PATH_MAX + 1];
    (void)state;
    memset(path, 'a', sizeof path);
    *path = '/';
    assert_null(path_check((struct span){path, PATH_MAX - 1}));
    assert_string_equal(path_check((struct span){path, PATH_MAX}), "as long as PATH_MAX or longer");
    *path = 'a';
    assert_string_equal(path_check((struct span){path, 9}),
                        "a path starts with '/', './' or '../'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_lists),
        cmocka_unit_test(test_wrong_entries),
        cmocka_unit_test(test_presets_in_a_writable_list),
        cmocka_unit_test(test_base_is_made_of_its_parts),
        cmocka_unit_test(test_length_of_a_path),
        cmocka_unit_test(test_reads_nothing_behind_the_end),
        cmocka_unit_test(test_a_path_that_stands_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
