/* SPDX-License-Identifier: Apache-2.0 */
/* Holes that were there once, each by its name. */
#include "live.h"

#include <link.h>
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
    if (live_musl("probe") != live_musl("libsandlock_shim.so"))
        return; /* no loader takes a library that needs another libc than its own */
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
    const char *preload = live_musl("probe") ? "LD_PRELOAD=&/libvm.so &/libsandlock_shim.so"
                                             : "LD_PRELOAD=&/libsandlock_shim.so &/libvm.so";
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

/* The number behind a word of a text. */
static uint64_t number_behind(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    assert_non_null(at);
    return strtoull(at + strlen(word), NULL, 0);
}

/* Reads, or writes, the entry point of an ELF file. */
static uint64_t entry_of(const char *path, const uint64_t *other)
{
    uint64_t entry;
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offsetof(ElfW(Ehdr), e_entry), SEEK_SET), 0);
    if (other != NULL)
        assert_int_equal(fwrite(other, sizeof *other, 1, file), 1);
    else
        assert_int_equal(fread(&entry, sizeof entry, 1, file), 1);
    fclose(file);
    return other != NULL ? *other : entry;
}

/* A program with the entry point of the shim, where the shim lies at a known address, was taken for
 * the shim as a program: the constructor left it all to a main that came after the program's own
 * constructors. */
static void test_entry_point_of_the_shim_in_another_program(void **state)
{
    struct outcome outcome;
    const char *const policy = POLICY, *const read = "EARLY_READ=%/out/file";
    const char *const run[] = {"setarch",    "-R",      "env",  "LD_PRELOAD=%/in/shim.so",
                               "%/in/early", "&/probe", "stat", "/",
                               NULL};
    (void)state;
    if (live_musl("early")) {
        print_message("only glibc's loader says where it has put a library\n");
        return;
    }
    live_run(&outcome, BARE, LIST("A=1"),
             LIST("sh", "-c",
                  "cp &/early &/libearly.so %/in; cp &/libsandlock_shim.so %/in/shim.so;"
                  "chmod u+w %/in/early %/in/shim.so"));
    live_expect(&outcome, 0, "", "");
    live_run(&outcome, BARE, LIST(policy, read), run);
    live_expect(&outcome, 0, "preinit: EACCES\nlibrary: EACCES\nmain: EACCES\n", "");

    live_run(&outcome, BARE, LIST(policy, "LD_DEBUG=files", "LD_SHOW_AUXV=1"), run);
    /* of the last program of the three that start each other */
    const char *loaded = outcome.err, *vector = outcome.out, *next;
    while ((next = strstr(loaded + 1, "shim.so [0];  generating link map")) != NULL)
        loaded = next;
    while ((next = strstr(vector + 1, "AT_ENTRY:")) != NULL)
        vector = next;
    const char *early = live_expand("%/in/early");
    uint64_t forged = number_behind(loaded, "base: ") +
                      entry_of(live_expand("%/in/shim.so"), NULL) -
                      (number_behind(vector, "AT_ENTRY:") - entry_of(early, NULL));
    entry_of(early, &forged);
    live_run(&outcome, BARE, LIST(policy, read), run);
    live_expect(&outcome, 0, "preinit: EACCES\nlibrary: EACCES\nOK\n", "");
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
        TEST(test_entry_point_of_the_shim_in_another_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
