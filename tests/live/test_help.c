/* SPDX-License-Identifier: Apache-2.0 */
/* --help, --version and wrong command lines of the program face. None of them needs a policy. */
#include "live.h"

#define SHIM "&/libsandlock_shim.so"
#define NO_PROGRAM                                                                                 \
    "sandlock: no program to run: libsandlock_shim.so [--] PROGRAM [ARG...]; see --help\n"

/* Whether some line of text begins with start. */
static bool has_line(const char *text, const char *start)
{
    size_t len = strlen(start);
    for (; text != NULL; text = strchr(text, '\n'), text += text != NULL)
        if (strncmp(text, start, len) == 0)
            return true;
    return false;
}

/* Asserts that a line begins with two blanks, before, name and after. */
static void expect_entry(const char *text, const char *before, const char *name, const char *after)
{
    char start[64];
    snprintf(start, sizeof start, "  %s%s%s", before, name, after);
    if (!has_line(text, start))
        fail_msg("no line of the help begins with \"%s\":\n%s", start, text);
}

static void test_help_names_everything(void **state)
{
    static const char *const variables[] = {"FS_READABLE",    "FS_WRITABLE", "FS_EXECUTABLE",
                                            "ALLOW_DEGRADED", "REQUIRE",     "DISABLE",
                                            "CONFIG",         "VERBOSE"};
    static const char *const presets[] = {"system", "dns", "tls", "users", "locale", "base", "proc",
                                          "sys",    "dev", "tty", "shm",   "tmp",    "none"};
    static const char *const protections[] = {"fs_refer",        "fs_truncate",
                                              "net_tcp",         "fs_ioctl_dev",
                                              "signal_scope",    "abstract_unix_socket_scope",
                                              "fs_resolve_unix", "net_udp"};
    struct outcome help;
    (void)state;
    live_run(&help, BARE, LIST("A=1"), LIST(SHIM, "--help"));
    live_expect(&help, 0, NULL, "");
    assert_false(has_line(help.out, "  SANDLOCK_NO_SUCH"));
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        expect_entry(help.out, "SANDLOCK_", variables[i], "=");
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        expect_entry(help.out, "@", presets[i], " ");
    for (size_t i = 0; i < sizeof protections / sizeof *protections; i++)
        expect_entry(help.out, "", protections[i], " ");
    for (const char *status = "125\000126\000127\0"; *status != '\0'; status += 4)
        assert_non_null(strstr(help.out, status));
}

static void test_help_fits_a_screen_in_width(void **state)
{
    struct outcome help;
    size_t lines = 0;
    (void)state;
    live_run(&help, BARE, LIST("A=1"), LIST(SHIM, "--help"));
    for (const char *line = help.out; *line != '\0'; line++, lines++) {
        size_t len = strcspn(line, "\n");
        if (len > 100)
            fail_msg("%zu columns: %.*s", len, (int)len, line);
        line += len;
        assert_int_equal(*line, '\n'); /* the last one ends too */
    }
    assert_true(lines > 20);
}

static void test_version(void **state)
{
    struct outcome outcome;
    int end = 0, number[3];
    (void)state;
    live_run(&outcome, BARE, LIST("A=1"), LIST(SHIM, "--version"));
    live_expect(&outcome, 0, NULL, "");
    assert_int_equal(sscanf(outcome.out, "libsandlock_shim %d.%d.%d%n", &number[0], &number[1],
                            &number[2], &end),
                     3);
    assert_string_equal(outcome.out + end, "\n");
}

/* Neither a policy, nor one that is wrong, has a say in them. */
static void test_help_and_version_need_no_policy(void **state)
{
    const char *const *const environments[] = {
        LIST("SANDLOCK_FS_READABLE=/usr"), LIST("SANDLOCK_FS_READABLE=nonsense"),
        LIST("SANDLOCK_NONSENSE=1"), LIST("SANDLOCK_VERBOSE=1")};
    static const char *const options[] = {"--help", "--version"};
    struct outcome plain, other;
    (void)state;
    for (size_t option = 0; option < 2; option++) {
        live_run(&plain, BARE, LIST("A=1"), LIST(SHIM, options[option]));
        live_expect(&plain, 0, NULL, "");
        for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
            live_run(&other, BARE, environments[i], LIST(SHIM, options[option]));
            live_expect(&other, 0, plain.out, "");
        }
    }
}

static void test_help_that_cannot_be_written(void **state)
{
    static const char full[] = "sandlock: standard output: No space left on device\n";
    static const char *const options[] = {"--help", "--version"};
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        live_run(&outcome, BARE, LIST("A=1"),
                 LIST("/bin/sh", "-c", SHIM " \"$0\" > /dev/full", options[i]));
        live_expect(&outcome, 125, "", full);
        live_run(&outcome, BARE, LIST("A=1"),
                 LIST("/bin/sh", "-c", SHIM " \"$0\" > /dev/null", options[i]));
        live_expect(&outcome, 0, "", "");
    }
}

static void test_unknown_options(void **state)
{
    static const char *const options[] = {"-h", "-x", "-", "--helpp", "--version=1", "---"};
    struct outcome outcome;
    char line[128];
    (void)state;
    live_needs(1);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM, options[i], "true"));
        snprintf(line, sizeof line, "sandlock: \"%s\": unknown option; see --help\n", options[i]);
        live_expect(&outcome, 125, "", line);
    }
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM, "true"));
    live_expect(&outcome, 0, "", "");
}

static void test_no_program(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(1);
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM));
    live_expect(&outcome, 125, "", NO_PROGRAM);
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM, "--"));
    live_expect(&outcome, 125, "", NO_PROGRAM);
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM, "--", "true"));
    live_expect(&outcome, 0, "", "");
}

/* Behind "--" there are no options: what stands there is the program. */
static void test_options_end_at_two_dashes(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(1);
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM, "--", "--version"));
    live_expect(&outcome, 127, "", "sandlock: --version: No such file or directory\n");
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/"), LIST(SHIM, "--", "--", "true"));
    live_expect(&outcome, 127, "", "sandlock: --: No such file or directory\n");
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_help_names_everything),
        TEST(test_help_fits_a_screen_in_width),
        TEST(test_version),
        TEST(test_help_and_version_need_no_policy),
        TEST(test_help_that_cannot_be_written),
        TEST(test_unknown_options),
        TEST(test_no_program),
        TEST(test_options_end_at_two_dashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
