/* SPDX-License-Identifier: Apache-2.0 */
/* Where the program face looks for PROGRAM: as execvp(3) does. */
#include "live.h"

#include <sys/stat.h>

#define SHIM   "&/libsandlock_shim.so"
#define READ   "SANDLOCK_FS_READABLE="
#define DENIED "Permission denied: the policy lets nobody execute "

/* Runs shell commands in %/in, which end with the shim and its arguments, and expects status and,
 * when that is the shim's own, the line. */
static void expect_shell(const char *const env[], const char *commands, int status,
                         const char *line)
{
    struct outcome outcome;
    char text[1024], expected[1024] = "";
    snprintf(text, sizeof text, "cd %%/in; %s", commands);
    if (line != NULL)
        snprintf(expected, sizeof expected, "sandlock: %s\n", live_expand(line));
    live_run(&outcome, BARE, env, LIST("/bin/sh", "-c", text));
    live_expect(&outcome, status, "", expected);
}

static void test_path_lookup_of_the_current_directory(void **state)
{
    static const char *const with[] = {"PATH=", "PATH=:/usr/bin",
                                       "PATH=/nowhere:", "PATH=/nowhere::/usr/bin", "PATH=."};
    const char *policy = READ "@system:%/in";
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        expect_shell(LIST(policy, with[i]), "exec " SHIM " tool", 7, NULL);
    expect_shell(LIST(policy, "PATH=/nowhere"), "exec " SHIM " tool", 127,
                 "tool: No such file or directory");
}

static void test_path_lookup_without_path(void **state)
{
    const char *const *policy = LIST(READ "@system:%/in");
    (void)state;
    expect_shell(policy, "unset PATH; exec " SHIM " true", 0, NULL);
    expect_shell(policy, "unset PATH; exec " SHIM " tool", 127, "tool: No such file or directory");
    expect_shell(LIST(READ "%/in"), "unset PATH; exec " SHIM " true", 126,
                 "true: " DENIED "/bin/true; add it to SANDLOCK_FS_READABLE");
}

static void test_path_lookup_goes_on_after_a_failure(void **state)
{
    const char *policy = READ "@system:%/in";
    (void)state;
    live_write("%/in/full/tool", "#!/bin/sh\nexit 8\n", 0644);
    expect_shell(LIST(policy, "PATH=%/in/full:%/in"), SHIM " tool", 7, NULL);
    expect_shell(LIST(policy, "PATH=%/in/full"), SHIM " tool", 126, "tool: Permission denied");
    expect_shell(LIST(policy, "PATH=%/out:%/in"), SHIM " tool", 7, NULL);
    expect_shell(LIST(policy, "PATH=%/out:%/nowhere"), SHIM " tool", 126,
                 "tool: " DENIED "%/out/tool; add it to SANDLOCK_FS_READABLE");
    live_write("%/in/full/tool", "#!/bin/sh\nexit 8\n", 0755);
    expect_shell(LIST(policy, "PATH=%/in/full:%/in"), SHIM " tool", 8, NULL);
}

/* A directory is no program: what counts is the file that a later component has. */
static void test_path_lookup_passes_directories_by(void **state)
{
    const char *policy = READ "@system:%/in";
    (void)state;
    assert_int_equal(mkdir(live_expand("%/in/full/tool"), 0755), 0);
    expect_shell(LIST(policy, "PATH=%/in/full:%/in"), SHIM " tool", 7, NULL);
    expect_shell(LIST(policy, "PATH=%/in/full:%/out"), SHIM " tool", 126,
                 "tool: " DENIED "%/out/tool; add it to SANDLOCK_FS_READABLE");
}

static void test_name_with_slash_is_not_looked_up(void **state)
{
    const char *const *policy = LIST(READ "@system:%", "PATH=%:%/in");
    (void)state;
    expect_shell(policy, SHIM " in/tool", 127, "in/tool: No such file or directory");
    expect_shell(policy, SHIM " ../in/tool", 7, NULL);
    expect_shell(policy, SHIM " tool", 7, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_path_lookup_of_the_current_directory),
        TEST(test_path_lookup_without_path),
        TEST(test_path_lookup_goes_on_after_a_failure),
        TEST(test_path_lookup_passes_directories_by),
        TEST(test_name_with_slash_is_not_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
