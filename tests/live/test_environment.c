/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment, live: what is left of it when the shim has consumed its own, for the program,
 * for its children and for those who walk past its end; and what of it is refused.
 */
#include "live.h"

#include <errno.h>
#include <unistd.h>

#define POLICY "SANDLOCK_FS_READABLE=@system:&:%/in"
#define SHIM   "&/libsandlock_shim.so"
#define PATHS  "PATH=/usr/bin:/bin"

/* Runs vectors in env, and as the child of a program in env: both print out, with a last line for
 * the variable that an odd number of freed slots leaves behind, and see a good auxiliary vector. */
static void expect_environment(const char *const env[], const char *out, bool odd)
{
    struct outcome outcome;
    char text[2048];
    snprintf(text, sizeof text, "%s%sauxv: good\n", live_expand(out), odd ? "_=\n" : "");
    live_run(&outcome, BARE, env, LIST("vectors"));
    live_expect(&outcome, 0, text, "");
    strcat(text, "OK\n");
    live_run(&outcome, BARE, env, LIST("probe", "fork", "&/vectors"));
    live_expect(&outcome, 0, text, "");
}

/* 1 to 6 variables of ours, at the beginning and at the end; one that is empty or no policy goes
 * like any other. LD_PRELOAD between them goes too, or stays with what else is in it. */
static void test_freed_slots(void **state)
{
    static const char *const ours[] = {"SANDLOCK_FS_WRITABLE=", "SANDLOCK_X=", "SANDLOCK_REQUIRE=",
                                       "SANDLOCK_VERBOSE=0", "SANDLOCK_Y="};
    (void)state;
    live_needs(6);
    expect_environment(LIST("A=1", PATHS), "A=1\n" PATHS "\n", false);
    for (size_t n = 1; n <= 6; n++) {
        const char *env[16];
        size_t len = 0;
        while (len < n - 1)
            env[len] = ours[len], len++;
        memcpy(&env[len], LIST("A=1", PATHS, "LD_PRELOAD=" SHIM, "B=2", POLICY), 6 * sizeof *env);
        expect_environment(env, "A=1\n" PATHS "\nB=2\n", n % 2 == 0);
        env[len + 2] = "LD_PRELOAD=" SHIM ":libm.so.6";
        expect_environment(env, "A=1\n" PATHS "\nLD_PRELOAD=libm.so.6\nB=2\n", n % 2 == 1);
    }
}

/* Without a filter there is as much to be consumed. */
static void test_without_filter(void **state)
{
    static const char *const off = "SANDLOCK_SECCOMP=off";
    (void)state;
    live_needs(6);
    expect_environment(LIST(POLICY, "A=1", "LD_PRELOAD=" SHIM, PATHS, off), "A=1\n" PATHS "\n",
                       true);
    expect_environment(LIST(off, POLICY, "SANDLOCK_X=", "A=1", "LD_PRELOAD=" SHIM, PATHS),
                       "A=1\n" PATHS "\n", false);
}

/* What is not ours stays as it was, however strange, and in its order. */
static void test_others_are_kept(void **state)
{
    (void)state;
    live_needs(6);
    expect_environment(
        LIST("A=1", "NOTHING", "=x", POLICY, "SANDLOCK=1", "sandlock_a=1", "A=2", "XSANDLOCK_A=1",
             PATHS, "LD_PRELOAD=" SHIM, "C="),
        "A=1\nNOTHING\n=x\nSANDLOCK=1\nsandlock_a=1\nA=2\nXSANDLOCK_A=1\n" PATHS "\nC=\n", false);
}

static void test_entries_of_preload(void **state)
{
    static const struct {
        const char *given, *kept;
    } rows[] = {
        {SHIM, NULL},
        {SHIM ":" SHIM, NULL},
        {": " SHIM " :", NULL},
        {"%/other-name.so", NULL},
        {"%/other-name.so:" SHIM, NULL},
        {"&/libearly.so:" SHIM, "&/libearly.so"},
        {SHIM " &/libearly.so", "&/libearly.so"},
        {"&/libearly.so " SHIM ":libm.so.6", "&/libearly.so:libm.so.6"},
        {"libm.so.6::" SHIM, "libm.so.6"},
        {"%/other-name.so:libm.so.6", "libm.so.6"},
        /* Not the shim's, but for a part of its name. */
        {"%/in/libsandlock_shim.so.new " SHIM, "%/in/libsandlock_shim.so.new"},
    };
    (void)state;
    live_needs(6);
    assert_int_equal(symlink(live_expand(SHIM), live_expand("%/other-name.so")), 0);
    assert_int_equal(
        symlink(live_expand("&/libearly.so"), live_expand("%/in/libsandlock_shim.so.new")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char given[256], kept[256] = "";
        snprintf(given, sizeof given, "LD_PRELOAD=%s", rows[i].given);
        if (rows[i].kept != NULL)
            snprintf(kept, sizeof kept, "LD_PRELOAD=%s\n", rows[i].kept);
        strcat(kept, PATHS "\n");
        expect_environment(LIST(POLICY, given, PATHS), kept, rows[i].kept != NULL);
    }
}

/* The library that is kept is loaded into the children, too. */
static void test_kept_preload_works_in_children(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE,
             LIST(POLICY, "LD_PRELOAD=" SHIM ":&/libearly.so", "EARLY_READ=%/out/file"),
             LIST("probe", "fork", "&/probe", "stat", "/"));
    live_expect(&outcome, 0, "library: EACCES\nlibrary: EACCES\nOK\nOK\n", "");
}

/* Preloaded, four slots are freed; the program's face frees three, but executes and so leaves no
 * variable behind. */
static void test_env_shows_what_is_left(void **state)
{
    static const char out[] = "A=1\nB=2\n" PATHS "\n";
    const char *const *env = LIST("A=1", "SANDLOCK_X=", "SANDLOCK_Y=", POLICY, "B=2", PATHS);
    struct outcome outcome;
    (void)state;
    live_needs(6);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, env, LIST("/usr/bin/env"));
        live_expect(&outcome, 0, out, "");
        live_run(&outcome, face, env, LIST("/usr/bin/env", "/usr/bin/env"));
        live_expect(&outcome, 0, out, "");
    }
}

/* Go starts by walking over argv, envp and the auxiliary vector, without libc. In exactly n
 * variables (env -i: and no PATH), of which none is left. */
static void expect_go(size_t n, const char *path, int error)
{
    static const char *const variables[] = {("LD_PRELOAD=" SHIM), POLICY,
                                            "SANDLOCK_X=", "SANDLOCK_Y=", "SANDLOCK_Z="};
    const char *argv[16] = {"/usr/bin/env", "-i"};
    struct outcome outcome;
    char out[128];
    for (size_t i = 0; i < n; i++)
        argv[2 + i] = variables[i];
    argv[2 + n] = "&/go-cgo";
    argv[3 + n] = path;
    live_run(&outcome, BARE, NULL, argv);
    snprintf(out, sizeof out, "%spage size: %d\nopen: %d\n", n % 2 == 1 ? "_=\n" : "",
             getpagesize(), error);
    live_expect(&outcome, 0, out, "");
}

static void test_go_with_libc(void **state)
{
    struct outcome outcome;
    char out[128];
    (void)state;
    live_needs(6);
    expect_go(0, "%/out/file", 0);
    for (size_t n = 2; n <= 5; n++) {
        expect_go(n, "%/out/file", EACCES);
        expect_go(n, "%/in/file", 0);
    }
    for (int odd = 0; odd < 2; odd++) {
        const char *const *env = LIST("A=1", POLICY, "B=2", odd ? "SANDLOCK_X=" : "C=3", PATHS);
        snprintf(out, sizeof out, "A=1\nB=2\n%s" PATHS "\n%spage size: %d\nopen: %d\n",
                 odd ? "" : "C=3\n", odd ? "_=\n" : "", getpagesize(), EACCES);
        live_run(&outcome, PRELOAD, env, LIST("go-cgo", "%/out/file"));
        live_expect(&outcome, 0, out, "");
    }
}

/* Without libc there is no loader that would preload anything. */
static void fact_go_without_libc_is_not_preloaded(void **state)
{
    struct outcome outcome;
    char out[1024];
    (void)state;
    live_needs(6); /* what older ones lack is accepted by one variable more */
    const char *const *env = LIST("A=1", POLICY, PATHS);
    snprintf(out, sizeof out, "A=1\n%s\n" PATHS "\nLD_PRELOAD=%s\npage size: %d\nopen: 0\n",
             live_expand(POLICY), live_expand(SHIM), getpagesize());
    live_run(&outcome, PRELOAD, env, LIST("go-static", "%/out/file"));
    live_expect(&outcome, 0, out, "");
    for (int in = 0; in < 2; in++) {
        snprintf(out, sizeof out, "A=1\n" PATHS "\npage size: %d\nopen: %d\n", getpagesize(),
                 in ? 0 : EACCES);
        live_run(&outcome, PROGRAM, env, LIST("go-static", in ? "%/in/file" : "%/out/file"));
        live_expect(&outcome, 0, out, "");
    }
}

/* What is wrong with the environment itself, and what looks so but is not. */
static void test_hostile_environments(void **state)
{
    static const struct {
        const char *env[3], *line;
    } rows[] = {
        {{POLICY, POLICY}, "SANDLOCK_FS_READABLE: stands in the environment twice"},
        {{POLICY, "SANDLOCK_FS_READABLE="},
         "SANDLOCK_FS_READABLE: stands in the environment twice"},
        {{"SANDLOCK_VERBOSE=", "SANDLOCK_VERBOSE=", POLICY},
         "SANDLOCK_VERBOSE: stands in the environment twice"},
        {{POLICY, "SANDLOCK_FS_WRITABLE"},
         "SANDLOCK_FS_WRITABLE: stands in the environment without '='"},
        {{"SANDLOCK_", POLICY}, "SANDLOCK_: stands in the environment without '='"},
        {{POLICY, "SANDLOCK_FS_READABEL=/"},
         "SANDLOCK_FS_READABEL: unknown variable: did you mean SANDLOCK_FS_READABLE?"},
        {{POLICY, "SANDLOCK_WRITABLE\033[2J=/"},
         "SANDLOCK_WRITABLE\\x1b[2J: unknown variable: did you mean SANDLOCK_FS_WRITABLE?"},
        {{"A=1"},
         "no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be one to "
         "start with"},
        {{"SANDLOCK_FS_READABLE=", "SANDLOCK_FS_READABEL="},
         "no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be one to "
         "start with"},
    };
    struct outcome outcome;
    char line[256];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *env = LIST(rows[i].env[0], rows[i].env[1], rows[i].env[2]);
        snprintf(line, sizeof line, "sandlock: %s\n", rows[i].line);
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            live_run(&outcome, face, env, LIST("probe", "read", "%/in/file"));
            live_expect(&outcome, 125, "", line);
        }
        live_run(&outcome, BARE, env, LIST("needed", "read", "%/in/file"));
        live_expect(&outcome, 125, "", line);
    }
}

static void test_empty_is_unset(void **state)
{
    const char *const *env = LIST("SANDLOCK_FS_READABEL=", "SANDLOCK_=", "SANDLOCK_VERBOSE=",
                                  "SANDLOCK_FS_WRITABLE=", "SANDLOCK_FS_EXECUTABLE=", POLICY);
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, env, LIST("probe", "read", "%/in/file"));
        live_expect(&outcome, 0, "OK\n", "");
        live_run(&outcome, face, env, LIST("probe", "read", "%/out/file"));
        live_expect(&outcome, 0, "EACCES\n", "");
    }
}

/* The loader obeys the last of two LD_PRELOAD; both of them are consumed. */
static void test_preload_twice(void **state)
{
    (void)state;
    live_needs(6);
    expect_environment(LIST("LD_PRELOAD=" SHIM, POLICY, "SANDLOCK_X=", PATHS, "LD_PRELOAD=" SHIM),
                       PATHS "\n", false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_freed_slots),
        TEST(test_without_filter),
        TEST(test_others_are_kept),
        TEST(test_entries_of_preload),
        TEST(test_kept_preload_works_in_children),
        TEST(test_env_shows_what_is_left),
        TEST(test_go_with_libc),
        TEST(fact_go_without_libc_is_not_preloaded),
        TEST(test_hostile_environments),
        TEST(test_empty_is_unset),
        TEST(test_preload_twice),
    };
    unsetenv("LIVE_FILTER"); /* these count variables: none may come to them */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
