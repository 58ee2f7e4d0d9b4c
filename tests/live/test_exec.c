/* SPDX-License-Identifier: Apache-2.0 */
/* What the program face says when PROGRAM cannot be executed, and by way of which loader it runs.
 */
#include "live.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHIM   "&/libsandlock_shim.so"
#define READ   "SANDLOCK_FS_READABLE="
#define RUN    "SANDLOCK_FS_EXECUTABLE="
#define DENIED "Permission denied: the policy lets nobody execute "

/* That of the probe. */
static const char *loader(void)
{
    return live_loader("probe");
}

/* The libc, without its symbolic links. (That of musl is its loader.) */
static const char *libc(void)
{
    static char path[4096];
    Dl_info info;
    assert_int_not_equal(dladdr((void *)(uintptr_t)puts, &info), 0);
    assert_non_null(realpath(info.dli_fname, path));
    return path;
}

/* Expects of PROGRAM, by path, status and line. */
static void expect_program(const char *const env[], const char *program, int status,
                           const char *line)
{
    struct outcome outcome;
    char expected[1024] = "";
    if (line != NULL)
        snprintf(expected, sizeof expected, "sandlock: %s\n", live_expand(line));
    live_run(&outcome, BARE, env, LIST(SHIM, program));
    live_expect(&outcome, status, "", expected);
}

static void test_not_found(void **state)
{
    const char *const *policy = LIST(READ "@system:%/in");
    (void)state;
    expect_program(policy, "%/in/no", 127, "%/in/no: No such file or directory");
    expect_program(policy, "no-such-tool", 127, "no-such-tool: No such file or directory");
    expect_program(policy, "%/nowhere/no", 127, "%/nowhere/no: No such file or directory");
    expect_program(policy, "%/in/tool", 7, NULL);
    expect_program(policy, "true", 0, NULL);
}

/* execvp(3) finds no program in an empty name. */
static void test_empty_name_is_not_found(void **state)
{
    (void)state;
    expect_program(LIST(READ "@system"), "", 127, ": No such file or directory");
    expect_program(LIST(READ "@system"), "true", 0, NULL);
}

static void test_cannot_be_executed(void **state)
{
    const char *const *policy = LIST(READ "@system:%/in");
    (void)state;
    expect_program(policy, "%/in/empty", 126, "%/in/empty: Permission denied: it is a directory");
    expect_program(policy, "%/in/file", 126, "%/in/file: Permission denied");
    expect_program(policy, "%/in/tool/x", 126, "%/in/tool/x: Not a directory");
    expect_program(policy, "%/in/tool", 7, NULL);
}

static void test_policy_denies_the_program(void **state)
{
    (void)state;
    live_needs(6);
    expect_program(LIST(READ "@system:%/in"), "%/out/tool", 126,
                   "%/out/tool: " DENIED "%/out/tool; add it to SANDLOCK_FS_READABLE");
    expect_program(LIST(READ "@system:%/in:%/out/tool"), "%/out/tool", 7, NULL);
    expect_program(LIST(READ "@system:%", RUN "@system:%/in"), "%/out/tool", 126,
                   "%/out/tool: " DENIED "%/out/tool; add it to SANDLOCK_FS_EXECUTABLE");
    expect_program(LIST(READ "@system:%", RUN "@system:%/in:%/out/tool"), "%/out/tool", 7, NULL);
    live_write("%/out/a:b", "#!/bin/sh\nexit 7\n", 0755);
    expect_program(LIST(READ "@system:%/in"), "%/out/a:b", 126,
                   "%/out/a:b: " DENIED "%/out/a\\:b; add it to SANDLOCK_FS_READABLE");
    expect_program(LIST(READ "@system:%/in:%/out/a\\:b"), "%/out/a:b", 7, NULL);
    /* Writing does not grant executing either, once the executable list is set. */
    expect_program(LIST(READ "@system", "SANDLOCK_FS_WRITABLE=%", RUN "@system"), "%/in/tool", 126,
                   "%/in/tool: " DENIED "%/in/tool; add it to SANDLOCK_FS_EXECUTABLE");
    expect_program(LIST(READ "@system", "SANDLOCK_FS_WRITABLE=%"), "%/in/tool", 7, NULL);
}

static void test_policy_denies_the_loader(void **state)
{
    char line[256], list[256], more[512];
    const char *probe = "&/probe";
    (void)state;
    live_needs(6);
    snprintf(list, sizeof list, READ "-/etc/ld.so.cache:%s:&/probe", libc());
    snprintf(line, sizeof line, "&/probe: " DENIED "%s; add it to SANDLOCK_FS_READABLE", loader());
    expect_program(LIST(list), probe, 126, line);
    snprintf(more, sizeof more, "%s:%s", list, loader());
    expect_program(LIST(more), probe, 2, NULL); /* the probe's own status, without an operation */
    snprintf(line, sizeof line, "&/probe: " DENIED "%s; add it to SANDLOCK_FS_EXECUTABLE",
             loader());
    expect_program(LIST(READ "/", RUN "&"), probe, 126, line);
    snprintf(more, sizeof more, RUN "&:%s", loader());
    expect_program(LIST(READ "/", more), probe, 2, NULL);
}

static void test_policy_denies_the_interpreter(void **state)
{
    (void)state;
    live_needs(6);
    live_write("%/in/script", "#! &/probe stat\n", 0755);
    live_write("%/in/nested", "#!%/in/script\n", 0755);
    live_write("%/in/plain", "exit 9\n", 0755);
    expect_program(LIST(READ "@system:%"), "%/in/script", 126,
                   "%/in/script: " DENIED "&/probe; add it to SANDLOCK_FS_READABLE");
    expect_program(LIST(READ "@system:%"), "%/in/nested", 126,
                   "%/in/nested: " DENIED "&/probe; add it to SANDLOCK_FS_READABLE");
    expect_program(LIST(READ "/", RUN "@system:%"), "%/in/script", 126,
                   "%/in/script: " DENIED "&/probe; add it to SANDLOCK_FS_EXECUTABLE");
    struct outcome outcome;
    live_run(&outcome, PROGRAM, LIST(READ "@system:%:&"), LIST("%/in/nested"));
    live_expect(&outcome, 0, "OK\n", "");
    /* Without "#!" the shell is the interpreter: execvp(3). */
    expect_program(LIST(READ "%"), "%/in/plain", 126,
                   "%/in/plain: " DENIED "/bin/sh; add it to SANDLOCK_FS_READABLE");
    expect_program(LIST(READ "@system:%"), "%/in/plain", 9, NULL);
}

static void test_interpreter_is_missing(void **state)
{
    const char *const *const policies[] = {LIST(READ "@system:%"),
                                           LIST(READ "@system", RUN "@system:%")};
    (void)state;
    live_write("%/in/script", "#!%/in/nowhere -x\n", 0755);
    live_write("%/in/nested", "#!%/in/script\n", 0755);
    for (size_t i = 0; i < 2; i++) {
        expect_program(policies[i], "%/in/script", 126,
                       "%/in/script: No such file or directory: it is there, but its interpreter "
                       "%/in/nowhere is not");
        expect_program(policies[i], "%/in/nested", 126,
                       "%/in/nested: No such file or directory: it is there, but its interpreter "
                       "%/in/nowhere is not");
        expect_program(policies[i], "%/in/tool", 7, NULL);
    }
}

/* Starts program in %/in, under lists to which is added whatever a message names, until it runs.
 * Returns how many messages that took. */
static int follow_messages(const char *path, const char *program, bool narrow)
{
    struct outcome outcome;
    char readable[2048], executable[2048] = RUN "-/nowhere", commands[256], named[1024], list[64];
    snprintf(readable, sizeof readable, READ "-/etc/ld.so.cache:%s", libc());
    snprintf(commands, sizeof commands, "cd %%/in; exec " SHIM " %s", program);
    for (int messages = 0; messages < 8; messages++) {
        live_run(&outcome, BARE, LIST(readable, path, narrow ? executable : "A=1"),
                 LIST("/bin/sh", "-c", commands));
        if (outcome.status == 2) /* the probe's: it is without an operation */
            return messages;
        const char *what = strstr(outcome.err, DENIED);
        if (outcome.status != 126 || what == NULL ||
            sscanf(what + strlen(DENIED), "%1023[^;]; add it to %63s", named, list) != 2)
            break;
        assert_string_equal(list, narrow ? "SANDLOCK_FS_EXECUTABLE" : "SANDLOCK_FS_READABLE");
        strcat(strcat(narrow ? executable : readable, ":"), named);
    }
    print_error("%s with %s and the lists\n%s\n%s\n", program, path, readable, executable);
    live_expect(&outcome, 2, "", "");
    return -1;
}

static void test_following_the_messages_leads_to_a_run(void **state)
{
    (void)state;
    live_write("%/in/script", "#!&/probe\n", 0755);
    for (int narrow = 0; narrow < 2; narrow++) {
        assert_int_equal(follow_messages("PATH=/usr/bin", "&/probe-static", narrow), 1);
        assert_int_equal(follow_messages("PATH=/usr/bin", "&/probe", narrow), 2);
        assert_int_equal(follow_messages("PATH=/usr/bin", "%/in/script", narrow), 3);
        assert_int_equal(follow_messages("PATH=/usr/bin", "./script", narrow), 3);
        assert_int_equal(follow_messages("PATH=/nowhere:%/in", "script", narrow), 3);
    }
}

/* The lists take no path that starts with a letter: what is found by one has to be named by one
 * that they do take. */
static void test_following_the_messages_from_a_relative_path(void **state)
{
    (void)state;
    live_write("%/in/script", "#!&/probe\n", 0755);
    live_write("%/in/full/script", "#!&/probe\n", 0755);
    assert_int_equal(follow_messages("PATH=/usr/bin", "full/script", false), 3);
    assert_int_equal(follow_messages("PATH=:/usr/bin", "script", false), 3);
    assert_int_equal(follow_messages("PATH=full", "script", true), 3);
}

/* ld.so libsandlock_shim.so PROGRAM: the loader that was called by hand. */
static void test_loader_by_hand(void **state)
{
    struct outcome outcome;
    const char *const *policy = LIST(READ "@system:&:%/in");
    (void)state;
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "&/probe", "read", "%/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "&/probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "--", "&/probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, policy, LIST(loader(), "&/probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "OK\n", ""); /* without the shim */
    live_run(&outcome, BARE, LIST("A=1"), LIST(loader(), SHIM, "--version"));
    live_expect(&outcome, 0, NULL, "");
    assert_int_equal(strncmp(outcome.out, "libsandlock_shim ", 17), 0);
}

static void test_loader_by_hand_statuses(void **state)
{
    struct outcome outcome;
    const char *const *policy = LIST(READ "@system:%/in");
    (void)state;
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "%/in/tool"));
    live_expect(&outcome, 7, "", "");
    live_run(&outcome, BARE, LIST("A=1"), LIST(loader(), SHIM, "%/in/tool"));
    live_expect(&outcome, 125, "",
                "sandlock: no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base "
                "would be "
                "one to start with\n");
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "-x"));
    live_expect(&outcome, 125, "", "sandlock: \"-x\": unknown option; see --help\n");
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "no-such-tool"));
    live_expect(&outcome, 127, "", "sandlock: no-such-tool: No such file or directory\n");
    live_run(&outcome, BARE, policy, LIST(loader(), SHIM, "--", "%/out/tool"));
    live_expect(&outcome, 126, "",
                live_expand("sandlock: %/out/tool: " DENIED
                            "%/out/tool; add it to SANDLOCK_FS_READABLE\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_not_found),
        TEST(test_empty_name_is_not_found),
        TEST(test_cannot_be_executed),
        TEST(test_policy_denies_the_program),
        TEST(test_policy_denies_the_loader),
        TEST(test_policy_denies_the_interpreter),
        TEST(test_interpreter_is_missing),
        TEST(test_following_the_messages_leads_to_a_run),
        TEST(test_following_the_messages_from_a_relative_path),
        TEST(test_loader_by_hand),
        TEST(test_loader_by_hand_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
