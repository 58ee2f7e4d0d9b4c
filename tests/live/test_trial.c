/* SPDX-License-Identifier: Apache-2.0 */
/* --explain: what it tries in a child, what it says of a program, and how it ends. */
#include "explained.h"

static void test_program(void **state)
{
    static const struct {
        const char *program, *readable, *line;
    } rows[] = {
        {"%/in/tool", "%/in:@system", "  %/in/tool would start\n"},
        {"true", "@system", "  true -> /usr/bin/true would start\n"},
        {"true", "%/in",
         "  true -> /usr/bin/true would not be executed: sandlock: true: Permission denied: the "
         "policy lets nobody"
         " execute /usr/bin/true; add it to SANDLOCK_FS_READABLE\n"},
        {"%/in/tool", "%/in",
         "  %/in/tool would not be executed: sandlock: %/in/tool: Permission denied: the policy "
         "lets"
         " nobody execute /bin/sh; add it to SANDLOCK_FS_READABLE\n"},
        {"no-such-program", "/",
         "  no-such-program would not be executed: sandlock: no-such-program: No such file or"
         " directory\n"},
        {"%/in", "/",
         "  %/in would not be executed: sandlock: %/in: Permission denied: it is a directory\n"},
    };
    struct outcome outcome;
    char readable[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(readable, sizeof readable, READ "%s", rows[i].readable);
        explain(&outcome, LIST(readable, "PATH=/usr/bin"), rows[i].program);
        live_expect(&outcome, 0, NULL, "");
        expect_section(outcome.out, "Program", rows[i].line);
    }
}

/* execvp(3) goes on where it may not execute a file; so does the loader, with libraries. */
static void test_the_file_that_would_be_used(void **state)
{
    struct outcome outcome;
    (void)state;
    live_write("%/in/true", "#!/bin/sh\n", 0755);
    explain(&outcome, LIST(READ "/usr", "PATH=%/in:/usr/bin"), "true");
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Program", "  true -> /usr/bin/true would start\n");
    explain(&outcome, LIST(READ "@system:%/in", "PATH=%/in:/usr/bin"), "true");
    expect_section(outcome.out, "Program", "  true -> %/in/true would start\n");
    live_run(&outcome, BARE, LIST("A=1"),
             LIST("sh", "-c", "cp $(ldd /usr/bin/true | grep -o '/[^ ]*libc.so.6') %/out/"));
    live_expect(&outcome, 0, "", "");
    explain(&outcome, LIST(READ "/usr", "LD_LIBRARY_PATH=%/out"), "/usr/bin/true");
    expect_section(outcome.out, "Program", "  /usr/bin/true would start\n");
}

/* What cannot be executed for its interpreter's sake is passed by as well, and so it is by env(1).
 */
static void test_the_search_goes_on(void **state)
{
    static const char *const firsts[] = {"#!%/none\n", "#!%/out/sh\n"};
    struct outcome outcome;
    (void)state;
    live_write("%/in/full/tool", "#!/bin/sh\necho found\n", 0755);
    live_write("%/in/script", "#!/usr/bin/env tool\n", 0755);
    live_run(&outcome, BARE, LIST("A=1"), LIST("cp", "/bin/sh", "%/out/sh"));
    live_expect(&outcome, 0, "", "");
    for (size_t i = 0; i < 3; i++) {
        const char *readable = i < 2 ? READ "@system:%/in" : READ "@system:%/in/script:%/in/full";
        live_write("%/in/empty/tool", i < 2 ? firsts[i] : "#!/bin/sh\n", 0755);
        const char *const *env = LIST(readable, "PATH=%/in/empty:%/in/full:/usr/bin");
        live_run(&outcome, BARE, env, LIST(SHIM, "tool"));
        live_expect(&outcome, 0, "found\n", "");
        explain(&outcome, env, "tool");
        expect_section(outcome.out, "Program", "  tool -> %/in/full/tool would start\n");
        live_run(&outcome, BARE, env, LIST(SHIM, "%/in/script"));
        live_expect(&outcome, 0, "found\n", "");
        explain(&outcome, env, "%/in/script");
        expect_section(outcome.out, "Program", "  %/in/script would start\n");
        assert_null(strstr(outcome.out, "is needed"));
        /* alone, it is what is needed */
        env = LIST(readable, "PATH=%/in/empty");
        live_run(&outcome, BARE, env, LIST(SHIM, "%/in/script"));
        live_expect(&outcome, i == 0 ? 127 : 126, "", NULL);
        explain(&outcome, env, "%/in/script");
        assert_non_null(strstr(outcome.out, "/in/script would be executed, and not start"));
        assert_non_null(strstr(outcome.out, " is needed, and "));
    }
}

/* What PROGRAM names is looked at only where it is a regular file. */
static void test_fifo_is_left_alone(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(1);
    live_write("%/fed", "#!%/in/fifo\n", 0755);
    live_write("%/feed",
               "exec 9<>\"$1\"; printf data >/dev/fd/9\n"
               "\"$2\" --explain \"$3\" >/dev/null\n"
               "read -r -t 5 -n 4 got </dev/fd/9; echo \"$got\"\n",
               0644);
    live_run(&outcome, BARE, LIST(READ "/"), LIST("bash", "%/feed", "%/in/fifo", SHIM, "%/fed"));
    live_expect(&outcome, 0, "data\n", "");
    live_run(&outcome, BARE, LIST(READ "/"), LIST("bash", "%/feed", "%/in/fifo", SHIM, "true"));
    live_expect(&outcome, 0, "data\n", "");
}

static void test_arguments(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST(READ "/"), LIST(SHIM, "--explain", "--", "true", "-x"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "  true -> "));
    live_run(&outcome, BARE, LIST(READ "/"), LIST(SHIM, "--explain", "--json"));
    live_expect(&outcome, 125, "",
                "sandlock: \"--json\": no program; behind -- it may begin with a dash\n");
}

/* A policy that is consumed is not known inside, and nothing is said of it. */
static void test_consumed(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    live_run(&outcome, PROGRAM, LIST(READ "/"), LIST(SHIM, "--explain"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "by a policy that is not set here any more; "));
    assert_null(strstr(outcome.out, "Ports"));
}

/* Where no child can be made, the rest is said all the same. */
static void test_no_child(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    live_run(&outcome, PROGRAM, LIST(WRITE "/", "SANDLOCK_SECCOMP_DENY=clone"),
             LIST("env", READ "/usr", SHIM, "--explain", "true"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "directory read list execute /usr\n"));
    live_run(&outcome, PROGRAM, LIST(WRITE "/", "SANDLOCK_SECCOMP_DENY=clone"),
             LIST("env", READ "/no/where", SHIM, "--explain", "true"));
    live_expect(&outcome, 125, NULL,
                "sandlock: SANDLOCK_FS_READABLE: \"/no/where\": No such file or directory\n");
}

/* It must not run: it would make a file. */
static void test_program_does_nothing(void **state)
{
    struct outcome outcome;
    (void)state;
    live_write("%/make", "#!/bin/sh\n: >%/out/made\n", 0755);
    explain(&outcome, LIST(READ "/", WRITE "%/out"), "%/make");
    live_expect(&outcome, 0, NULL, "");
    live_run(&outcome, BARE, LIST("A=1"), LIST("test", "-e", "%/out/made"));
    assert_int_equal(outcome.status, 1);
    live_run(&outcome, PROGRAM, LIST(READ "/", WRITE "%/out"), LIST("%/make"));
    live_expect(&outcome, 0, "", "");
    live_run(&outcome, BARE, LIST("A=1"), LIST("test", "-e", "%/out/made"));
    assert_int_equal(outcome.status, 0);
}

/* Where a start fails it ends as that does, and says nothing else. */
static void test_as_a_start_fails(void **state)
{
    static const char *const policies[] = {
        READ "/no/where",
        READ "usr",
        "SANDLOCK_NO_SUCH=1",
        "SANDLOCK_VERBOSE=1",
        "SANDLOCK_NET_ALLOW=x",
        "SANDLOCK_REQUIRE=net_udp",
        "SANDLOCK_SECCOMP_DENY=nothing",
        READ "%/in/fifo",
    };
    struct outcome outcome, start;
    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (strstr(policies[i], "net_udp") != NULL && live_abi() >= 10)
            continue; /* there it is no fault */
        live_run(&start, PROGRAM, LIST(policies[i]), LIST("true"));
        live_run(&outcome, BARE, LIST(policies[i]), LIST(SHIM, "--explain", "true"));
        if (strstr(policies[i], "fifo") != NULL)
            continue; /* a FIFO with a name can be granted: that is no fault either */
        live_expect(&start, 125, "", NULL);
        live_expect(&outcome, 125, "", start.err);
        live_run(&outcome, BARE, LIST(policies[i]), LIST(SHIM, "--explain=json"));
        live_expect(&outcome, 125, "", start.err);
    }
}

static void test_already_confined(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, PROGRAM, LIST(READ "/", "SANDLOCK_KEEP_ENV=1"), LIST(SHIM, "--explain"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, " (confined already, by this very policy)\n"));
    live_run(&outcome, BARE, LIST(READ "/", "SANDLOCK_KEEP_ENV=1"), LIST(SHIM, "--explain"));
    live_expect(&outcome, 0, NULL, "");
    assert_null(strstr(outcome.out, "already"));
}

/* Where an outer filter has the gate @ptrace, nothing can be tried, and nothing is executed. */
static void test_ptrace_denied(void **state)
{
    static const char inside[] = READ "/ exec " SHIM " --explain true";
    struct outcome outcome;
    (void)state;
    live_needs(6);
    live_run(&outcome, PROGRAM, LIST(READ "/"), LIST("sh", "-c", inside));
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Program",
                   "  true -> /usr/bin/true cannot be tried: ptrace(2) is not permitted here\n");
    live_run(&outcome, PROGRAM, LIST(READ "/", "SANDLOCK_SECCOMP_ALLOW=@ptrace"),
             LIST("sh", "-c", inside));
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Program", "  true -> /usr/bin/true would start\n");
}

/* A call that ends the trial, by whatever signal, must not leave it waiting. */
static void test_killed_trial_ends(void **state)
{
    static const char *const actions[] = {"kill", "trap"};
    static const char *const calls[] = {"execve", "openat"};
    struct outcome outcome;
    char deny[64], action[64];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        snprintf(deny, sizeof deny, "SANDLOCK_SECCOMP_DENY=%s", calls[i / 2]);
        snprintf(action, sizeof action, "SANDLOCK_SECCOMP_ACTION=%s", actions[i % 2]);
        explain(&outcome, LIST(READ "/", deny, action), "true");
        live_expect(&outcome, 0, NULL, "");
        expect_section(outcome.out, "Program",
                       i / 2 == 0
                           ? "  true -> /usr/bin/true a call that is denied ends its start\n"
                           : "  true cannot be tried: a call that is denied ends the trial\n");
    }
    explain(&outcome, LIST(READ "/", "SANDLOCK_SECCOMP_DENY=chmod"), "true");
    expect_section(outcome.out, "Program", "  true -> /usr/bin/true would start\n");
}

static void test_no_output(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST(READ "/"),
             LIST("sh", "-c", "exec " SHIM " --explain >/dev/full"));
    live_expect(&outcome, 125, "", "sandlock: standard output: No space left on device\n");
    live_run(&outcome, BARE, LIST(READ "/"),
             LIST("sh", "-c", "eval \"exec 1>$(printf '\\046')-\"; exec " SHIM " --explain"));
    live_expect(&outcome, 125, "", "sandlock: standard output: Bad file descriptor\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_file_that_would_be_used),
        TEST(test_the_search_goes_on),
        TEST(test_fifo_is_left_alone),
        TEST(test_arguments),
        TEST(test_consumed),
        TEST(test_no_child),
        TEST(test_program),
        TEST(test_program_does_nothing),
        TEST(test_as_a_start_fails),
        TEST(test_already_confined),
        TEST(test_ptrace_denied),
        TEST(test_killed_trial_ends),
        TEST(test_no_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
