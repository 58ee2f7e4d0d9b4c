/* SPDX-License-Identifier: Apache-2.0 */
/* The program face: what PROGRAM gets from it, and that it is confined, whatever it is. */
#include "live.h"

#include <unistd.h>

#define SHIM   "&/libsandlock_shim.so"
#define READ   "SANDLOCK_FS_READABLE="
#define POLICY LIST(READ "@system:/proc:&:%/in")

/* As whom a program is that has no privilege. */
#define NOBODY "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"

/* Runs argv, confined by POLICY or by nothing, and expects status and output. */
static void expect(enum face face, const char *const argv[], int status, const char *out)
{
    struct outcome outcome;
    live_run(&outcome, face, face == BARE ? LIST("A=1") : POLICY, argv);
    live_expect(&outcome, status, out, "");
}

static void test_status_is_passed_through(void **state)
{
    static const struct {
        const char *command;
        int status;
    } rows[] = {{"exit 0", 0},          {"exit 7", 7},          {"exit 125", 125},
                {"exit 255", 255},      {"kill -TERM $$", 143}, {"kill -KILL $$", 137},
                {"kill -SEGV $$", 139}, {"kill -PIPE $$", 141}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(PROGRAM, LIST("sh", "-c", rows[i].command), rows[i].status, "");
}

static void test_standard_streams_are_untouched(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, POLICY, LIST("sh", "-c", "echo text | " SHIM " cat - /nowhere"));
    live_expect(&outcome, 1, "text\n", "cat: /nowhere: No such file or directory\n");
}

/* No descriptor of the shim's is left open. */
static void test_descriptors_are_untouched(void **state)
{
    struct outcome bare, confined;
    (void)state;
    live_run(&bare, BARE, LIST("A=1"), LIST("ls", "/proc/self/fd"));
    live_expect(&bare, 0, NULL, ""); /* with 3, the directory that is being listed */
    live_run(&confined, PROGRAM, POLICY, LIST("ls", "/proc/self/fd"));
    live_expect(&confined, 0, bare.out, "");
    live_run(&confined, PRELOAD, POLICY, LIST("ls", "/proc/self/fd"));
    live_expect(&confined, 0, bare.out, "");
}

static void test_arguments_are_intact(void **state)
{
    struct outcome outcome;
    const char *const *env = LIST(READ "@system:&:/", "PATH=/nowhere:&");
    (void)state;
    live_run(&outcome, BARE, env, LIST(SHIM, "probe", "arguments", "a b", "", "--", "-x", ""));
    live_expect(&outcome, 0, "[probe]\n[a b]\n[]\n[--]\n[-x]\n[]\nOK\n", "");
    live_run(&outcome, BARE, env, LIST(SHIM, "--", "probe", "arguments", "--", "\n"));
    live_expect(&outcome, 0, "[probe]\n[--]\n[\n]\nOK\n", "");
    live_run(&outcome, BARE, env, LIST(SHIM, "&/probe", "arguments"));
    live_expect(&outcome, 0, live_expand("[&/probe]\nOK\n"), "");
}

static void test_name_that_begins_with_a_dash(void **state)
{
    struct outcome outcome;
    const char *const *env = LIST(READ "@system:%", "PATH=%/in");
    (void)state;
    assert_int_equal(rename(live_expand("%/in/tool"), live_expand("%/in/-tool")), 0);
    live_run(&outcome, BARE, env, LIST(SHIM, "--", "-tool"));
    live_expect(&outcome, 7, "", "");
    live_run(&outcome, BARE, env, LIST(SHIM, "-tool"));
    live_expect(&outcome, 125, "", "sandlock: \"-tool\": unknown option; see --help\n");
}

static void test_static_program_is_confined(void **state)
{
    (void)state;
    expect(BARE, LIST("probe-static", "read", "%/out/file"), 0, "OK\n");
    expect(PROGRAM, LIST("probe-static", "read", "%/in/file"), 0, "OK\n");
    expect(PROGRAM, LIST("probe-static", "read", "%/out/file"), 0, "EACCES\n");
}

/* A fact, and why there is a program face: nothing is loaded into a static program. */
static void test_preload_does_not_reach_a_static_program(void **state)
{
    (void)state;
    expect(PRELOAD, LIST("probe-static", "read", "%/out/file"), 0, "OK\n");
    expect(PRELOAD, LIST("probe", "read", "%/out/file"), 0, "EACCES\n");
}

static void test_script_without_interpreter(void **state)
{
    (void)state;
    FILE *file = fopen(live_expand("%/in/tool"), "w");
    assert_non_null(file);
    assert_true(fputs("cat \"$1\" || exit 9\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct outcome outcome;
    expect(PROGRAM, LIST("%/in/tool", "%/in/file"), 0, "text");
    live_run(&outcome, PROGRAM, POLICY, LIST("%/in/tool", "%/out/file"));
    live_expect(&outcome, 9, "", live_expand("cat: %/out/file: Permission denied\n"));
}

static void test_no_new_privileges(void **state)
{
    struct outcome outcome;
    (void)state;
    expect(PROGRAM, LIST("grep", "NoNewPrivs", "/proc/self/status"), 0, "NoNewPrivs:\t1\n");
    expect(PRELOAD, LIST("grep", "NoNewPrivs", "/proc/self/status"), 0, "NoNewPrivs:\t1\n");
    live_run(&outcome, BARE, LIST("A=1"), LIST("grep", "NoNewPrivs", "/proc/self/status"));
    if (strcmp(outcome.out, "NoNewPrivs:\t1\n") == 0)
        live_skip("tests that may gain privileges: NoNewPrivs is set already");
    live_expect(&outcome, 0, "NoNewPrivs:\t0\n", "");
}

/* A setuid program starts; as whoever starts it, and confined. */
static void test_setuid_program(void **state)
{
    struct outcome outcome;
    (void)state;
    if (geteuid() != 0) {
        if (access("/usr/bin/su", X_OK) != 0)
            live_skip("/usr/bin/su");
        live_run(&outcome, PROGRAM, POLICY, LIST("/usr/bin/su", "--version"));
        live_expect(&outcome, 0, NULL, "");
        return;
    }
    expect(BARE, LIST("sh", "-c", "cd %/in; cp /usr/bin/id &/probe .; chmod 4755 id probe"), 0, "");
    live_run(&outcome, BARE, LIST("A=1"), LIST(NOBODY, "%/in/id", "-u"));
    if (strcmp(outcome.out, "65534\n") == 0)
        live_skip("a /tmp that honours setuid");
    live_expect(&outcome, 0, "0\n", "");
    live_run(&outcome, BARE, POLICY, LIST(NOBODY, SHIM, "%/in/id", "-u"));
    live_expect(&outcome, 0, "65534\n", "");
    live_run(&outcome, BARE, POLICY, LIST(NOBODY, SHIM, "%/in/probe", "read", "%/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, BARE, POLICY, LIST(NOBODY, SHIM, "%/in/probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
}

/* Whoever starts a setuid program must not choose its policy: so the shim is to be no such. */
static void test_setuid_shim_is_refused(void **state)
{
    struct outcome outcome;
    (void)state;
    if (geteuid() != 0)
        return; /* only root can make one */
    expect(BARE, LIST("sh", "-c", "cd %/in; cp " SHIM " .; chmod 755 *.so"), 0, "");
    live_run(&outcome, BARE, POLICY, LIST(NOBODY, "%/in/libsandlock_shim.so", "%/in/tool"));
    live_expect(&outcome, 7, "", "");
    expect(BARE, LIST("sh", "-c", "cd %/in; chmod 4755 *.so"), 0, "");
    live_run(&outcome, BARE, POLICY, LIST(NOBODY, "%/in/libsandlock_shim.so", "%/in/tool"));
    live_expect(&outcome, 125, "",
                "sandlock: refused in a program that is setuid, setgid or has capabilities of its"
                " own (AT_SECURE); start it with libsandlock_shim.so PROGRAM\n");
}

/* As "make install" puts it into BINDIR. */
static void test_link_in_bindir(void **state)
{
    struct outcome outcome;
    const char *const *env = LIST(READ "@system:&:%/in", "PATH=%:/usr/bin:/bin");
    (void)state;
    assert_int_equal(symlink(live_expand(SHIM), live_expand("%/sandlock-shim")), 0);
    live_run(&outcome, BARE, env, LIST("sh", "-c", "exec sandlock-shim &/probe read %/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, BARE, env, LIST("sh", "-c", "exec sandlock-shim &/probe read %/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, env, LIST("%/sandlock-shim", "--", "%/in/tool"));
    live_expect(&outcome, 7, "", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_status_is_passed_through),
        TEST(test_standard_streams_are_untouched),
        TEST(test_descriptors_are_untouched),
        TEST(test_arguments_are_intact),
        TEST(test_name_that_begins_with_a_dash),
        TEST(test_static_program_is_confined),
        TEST(test_preload_does_not_reach_a_static_program),
        TEST(test_script_without_interpreter),
        TEST(test_no_new_privileges),
        TEST(test_setuid_program),
        TEST(test_setuid_shim_is_refused),
        TEST(test_link_in_bindir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
