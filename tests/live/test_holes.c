/* SPDX-License-Identifier: Apache-2.0 */
/* Holes that were there once, each by its name. */
#include "live.h"

#include <signal.h>
#include <unistd.h>

#define POLICY "SANDLOCK_FS_READABLE=@system:&:%/in"
#define SHIM   "LD_PRELOAD=&/libsandlock_shim.so"

/* A program that defines open(), syscall() and others comes before libc in the loader's search. The
 * shim called them, and so was told that it had confined what it had not. */
static void test_functions_of_the_program_are_not_called(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST("A=1"), LIST("own", "%/out/file"));
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, BARE, LIST(POLICY, SHIM), LIST("own", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, LIST(POLICY, SHIM), LIST("own", "%/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
}

/* The same for a library that is preloaded before the shim, or into the shim as a program. What
 * such a library does to the program itself is its own affair: here it breaks cat. */
static void test_functions_of_a_library_are_not_called(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST(POLICY, "LD_PRELOAD=&/libown.so:&/libsandlock_shim.so"),
             LIST("probe", "list", "%/out"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, LIST(POLICY, "LD_PRELOAD=&/libown.so"),
             LIST("libsandlock_shim.so", "&/probe-static", "read", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, LIST(POLICY, "LD_PRELOAD=&/libown.so"),
             LIST("libsandlock_shim.so", "&/probe-static", "read", "%/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
}

/* strerror of the program's own, which ends the process with 0. */
static void test_strerror_of_the_program_is_not_called(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/no/where", SHIM), LIST("own", "/"));
    live_expect(&outcome, 125, "",
                "sandlock: SANDLOCK_FS_READABLE: \"/no/where\": No such file or directory\n");
}

/* A variable called environ in the program (there is one in own) is not the environment. */
static void test_environ_of_the_program_is_no_policy(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST(SHIM), LIST("own", "/"));
    live_expect(&outcome, 125, "",
                "sandlock: no policy is set, or it is consumed already; "
                "SANDLOCK_FS_READABLE=@base would be one to start with\n");
}

/* A process that shares the memory of this one is as good as a thread. */
static void test_shared_memory_is_refused(void **state)
{
    static const char preload[] = "LD_PRELOAD=&/libsandlock_shim.so &/libvm.so";
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST(POLICY, preload), LIST("probe", "stat", "/"));
    live_expect(&outcome, 125, "",
                "sandlock: this process has threads already, or shares its memory: they would stay "
                "unconfined; start the program with libsandlock_shim.so PROGRAM\n");
}

/* An empty string at the end of the environment made GNU make read beyond it. */
static void test_make_lives_with_what_ends_the_environment(void **state)
{
    static const char *const starters[] = {"/usr/bin/nice", "/usr/bin/env", "/usr/bin/setsid"};
    struct outcome outcome;
    (void)state;
    if (access("/usr/bin/make", X_OK) != 0)
        live_skip("make");
    for (size_t i = 0; i < 3; i++)
        for (int odd = 0; odd < 2; odd++) {
            const char *const *env =
                odd ? LIST(SHIM, "SANDLOCK_FS_READABLE=/", "SANDLOCK_FS_WRITABLE=/dev/null")
                    : LIST(SHIM, "SANDLOCK_FS_READABLE=/:/dev/null");
            live_run(&outcome, BARE, env, LIST(starters[i], "/usr/bin/make", "--version"));
            assert_int_equal(outcome.status, 0);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_functions_of_the_program_are_not_called),
        TEST(test_functions_of_a_library_are_not_called),
        TEST(test_strerror_of_the_program_is_not_called),
        TEST(test_environ_of_the_program_is_no_policy),
        TEST(test_shared_memory_is_refused),
        TEST(test_make_lives_with_what_ends_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
