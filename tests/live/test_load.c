/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the shim gets into a process, live: preloaded, as DT_NEEDED, as the program; and how not.
 * Tests called fact_* hold the loader to what the shim's documentation says of it.
 */
#include "live.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define POLICY "SANDLOCK_FS_READABLE=@system:&:%/in"
#define SHIM   "&/libsandlock_shim.so"
#define NO_POLICY                                                                                  \
    "sandlock: no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be "  \
    "one to start with\n"

/* What program, started so, reads of the granted and of the other file. */
static void expect_reads(enum face face, const char *const env[], const char *program,
                         const char *other)
{
    struct outcome outcome;
    live_run(&outcome, face, env, LIST(program, "read", "%/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, face, env, LIST(program, "read", "%/out/file"));
    live_expect(&outcome, 0, other, "");
}

static void expect_confined(enum face face, const char *const env[], const char *program)
{
    expect_reads(face, env, program, "EACCES\n");
}

static void expect_free(enum face face, const char *const env[], const char *program)
{
    expect_reads(face, env, program, "OK\n");
}

/* Runs a command of the test itself. */
static void run(const char *const argv[])
{
    struct outcome outcome;
    live_run(&outcome, BARE, NULL, argv);
    live_expect(&outcome, 0, NULL, "");
}

static void test_preload_by_absolute_path(void **state)
{
    (void)state;
    expect_confined(PRELOAD, LIST(POLICY), "probe");
    expect_free(BARE, LIST(POLICY), "probe");
}

static void test_preload_among_others(void **state)
{
    static const char *const preloads[] = {
        "LD_PRELOAD=&/libearly.so:" SHIM,
        "LD_PRELOAD=" SHIM " &/libearly.so",
        "LD_PRELOAD=: &/libearly.so " SHIM "::libm.so.6",
    };
    (void)state;
    for (size_t i = 0; i < sizeof preloads / sizeof *preloads; i++)
        expect_confined(BARE, LIST(preloads[i], POLICY), "probe");
    expect_free(BARE, LIST("LD_PRELOAD=&/libearly.so:libm.so.6", POLICY), "probe");
}

/* By a link, and by a copy. */
static void test_preload_by_another_name(void **state)
{
    (void)state;
    assert_int_equal(symlink(live_expand(SHIM), live_expand("%/link.so")), 0);
    run(LIST("cp", SHIM, "%/copy.so"));
    expect_confined(BARE, LIST("LD_PRELOAD=%/link.so", POLICY), "probe");
    expect_confined(BARE, LIST("LD_PRELOAD=%/copy.so", POLICY), "probe");
}

static void fact_mistyped_preload_is_ignored(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST("LD_PRELOAD=/nowhere/libsandlock_shim.so", POLICY),
             LIST("probe", "read", "%/out/file"));
    live_expect(
        &outcome, 0, "OK\n",
        live_musl("probe")
            ? ""
            : "ERROR: ld.so: object '/nowhere/libsandlock_shim.so' from LD_PRELOAD cannot be "
              "preloaded (cannot open shared object file): ignored.\n");
}

/* A static program has no loader; one that is the shim's argument needs none. */
static void fact_static_program_is_not_preloaded(void **state)
{
    (void)state;
    expect_free(PRELOAD, LIST(POLICY), "probe-static");
    expect_confined(PROGRAM, LIST(POLICY), "probe-static");
}

static void test_needed(void **state)
{
    struct outcome outcome;
    const char *const programs[] = {"needed", "needed-patched"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        expect_confined(BARE, LIST(POLICY), programs[i]);
        live_run(&outcome, BARE, LIST("A=1"), LIST(programs[i], "read", "%/in/file"));
        live_expect(&outcome, 125, "", NO_POLICY);
        /* Preloaded as well it is one object still, and confines once: it speaks once. */
        live_run(&outcome, PRELOAD, LIST(POLICY, "SANDLOCK_VERBOSE=1"),
                 LIST(programs[i], "read", "%/out/file"));
        assert_ptr_equal(strchr(outcome.err, '\n'), strrchr(outcome.err, '\n'));
        live_expect(&outcome, 0, "EACCES\n", NULL);
    }
}

static void fact_needed_shim_that_is_missing_keeps_the_program_from_starting(void **state)
{
    struct outcome outcome;
    char line[512];
    (void)state;
    run(LIST("cp", "&/needed", "%/needed"));
    live_run(&outcome, BARE, LIST(POLICY), LIST("%/needed", "read", "%/in/file"));
    snprintf(line, sizeof line,
             live_musl("needed")
                 ? "Error loading shared library libsandlock_shim.so: No such file or directory "
                   "(needed by %s)\n"
                 : "%s: error while loading shared libraries: libsandlock_shim.so: cannot open "
                   "shared object file: No such file or directory\n",
             live_expand("%/needed"));
    live_expect(&outcome, 127, "", line);
    run(LIST("cp", SHIM, "%/"));
    expect_confined(BARE, LIST(POLICY), "%/needed");
}

/* It exports nothing, so that a linker which leaves out what is not needed leaves it out. */
static void fact_plain_link_flag_drops_the_shim(void **state)
{
    (void)state;
    expect_free(BARE, LIST(POLICY), "needed-dropped");
}

/* musl's does not refuse it: then it is loaded late, and confines from there on. */
static void test_dlopen_is_refused_and_changes_nothing(void **state)
{
    static const char confined[] = "loaded\npolicy: consumed\nno_new_privs: 1\nread: EACCES\n";
    struct outcome outcome;
    char out[512];
    (void)state;
    snprintf(out, sizeof out,
             "%s: shared object cannot be dlopen()ed\n"
             "policy: there\nno_new_privs: 0\nread: OK\n",
             live_expand(SHIM));
    live_run(&outcome, BARE, LIST(POLICY), LIST("dlopen", SHIM, "%/out/file"));
    live_expect(&outcome, 0, live_musl("dlopen") ? confined : out, "");
    /* Where it is loaded it stays as it is. */
    live_run(&outcome, PRELOAD, LIST(POLICY), LIST("dlopen", SHIM, "%/out/file"));
    live_expect(&outcome, 0, confined, "");
    live_run(&outcome, PRELOAD, LIST(POLICY), LIST("dlopen", SHIM, "%/in/file"));
    live_expect(&outcome, 0, "loaded\npolicy: consumed\nno_new_privs: 1\nread: OK\n", "");
}

/* Runs "%/secure read" on the file that is not granted, as an ordinary user and in that environment
 * alone; by way of env(1), so that nothing in it is setpriv's (another program of the shim's). */
static void run_ordinary(struct outcome *outcome, const char *first, const char *second)
{
    live_run(outcome, BARE, NULL,
             LIST("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "-i", first,
                  second, "%/secure", "read", "%/out/file"));
}

/* CAP_NET_RAW, permitted and effective, as a file bears it (capabilities(7)). */
static const unsigned char capability[20] = {1, 0, 0, 2, 0, 1 << 5};

/* Makes "%/secure" what the kernel runs with AT_SECURE, in one of three ways, or (3) not. */
static void make_secure(unsigned way)
{
    static const mode_t modes[] = {04755, 02755, 0755, 0755};
    const char *path = live_expand("%/secure");
    assert_int_equal(chmod(path, modes[way]), 0);
    if (way == 2)
        assert_int_equal(setxattr(path, "security.capability", capability, 20, 0), 0);
    if (way == 3)
        assert_int_equal(removexattr(path, "security.capability"), 0);
}

/* Whether this run can make such a program. */
static bool can_secure(void)
{
    struct statvfs fs;
    if (geteuid() != 0) {
        print_message("this needs root, and is tested in root's run\n");
        return false;
    }
    assert_int_equal(statvfs(live_expand("%"), &fs), 0);
    if (fs.f_flag & ST_NOSUID)
        live_skip("a /tmp that is not mounted nosuid");
    return true;
}

/* The loader of such a program looks for no $ORIGIN, so the name in DT_NEEDED is a whole path. */
static void test_needed_is_refused_when_secure(void **state)
{
    static const char line[] = "sandlock: refused in a program that is setuid, setgid or has "
                               "capabilities of its own (AT_SECURE); start it with "
                               "libsandlock_shim.so PROGRAM\n";
    char degraded[160];
    struct outcome outcome;
    (void)state;
    if (!can_secure())
        return;
    run(LIST("patchelf", "--add-needed", SHIM, "--output", "%/secure", "&/probe"));
    for (unsigned way = 0; way < 3; way++) {
        make_secure(way);
        run_ordinary(&outcome, POLICY, "A=1");
        live_expect(&outcome, 125, "", line);
        /* What is wrong in an environment that is not read is not told either. */
        run_ordinary(&outcome, "SANDLOCK_NONSENSE=1", "A=1");
        live_expect(&outcome, 125, "", line);
    }
    live_needs(1);
    make_secure(3);
    snprintf(degraded, sizeof degraded, "SANDLOCK_ALLOW_DEGRADED=%s", live_lacking(live_abi()));
    run_ordinary(&outcome, POLICY, degraded);
    live_expect(&outcome, 0, "EACCES\n", "");
    run_ordinary(&outcome, POLICY ":%/out", degraded);
    live_expect(&outcome, 0, "OK\n", "");
}

static void fact_preload_is_ignored_when_secure(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    if (!can_secure())
        return;
    run(LIST("cp", "&/probe", "%/secure"));
    make_secure(0);
    run_ordinary(&outcome, "LD_PRELOAD=" SHIM, POLICY);
    live_expect(&outcome, 0, "OK\n", "");
    /* The shim's argument is confined: no_new_privs takes the bit away. */
    run_ordinary(&outcome, POLICY ":%/secure", SHIM);
    live_expect(&outcome, 0, "EACCES\n", "");
}

/* The shell, its child, and the child of that. $1 is the file, $2 the probe; $3 is a pattern for
 * the name of the file, which stays one where the shell may not list the directory. */
#define SCRIPT                                                                                     \
    "\"$2\" read \"$1\"; \"$2\" fork \"$2\" read \"$1\"\n"                                         \
    "for found in $3; do echo \"${found##*/}\"; done\n"

static void test_shell_script(void **state)
{
    static const struct {
        const char *args[3], *out;
    } rows[] = {
        {{"%/in/file", "&/probe", "%/in/fil*"}, "OK\nOK\nOK\nfile\n"},
        {{"%/out/file", "&/probe", "%/out/fil*"}, "EACCES\nEACCES\nOK\nfil*\n"},
    };
    const char *const *env = LIST(POLICY ":%/script");
    struct outcome outcome;
    (void)state;
    FILE *file = fopen(live_expand("%/script"), "w");
    assert_true(file != NULL && fputs("#!/bin/sh\n" SCRIPT, file) >= 0 && fclose(file) == 0);
    assert_int_equal(chmod(live_expand("%/script"), 0755), 0);
    for (size_t i = 0; i < 2; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            const char *const *args = rows[i].args;
            live_run(&outcome, face, env, LIST("%/script", args[0], args[1], args[2]));
            live_expect(&outcome, 0, rows[i].out, "");
            live_run(&outcome, face, env,
                     LIST("/bin/sh", "-c", SCRIPT, "sh", args[0], args[1], args[2]));
            live_expect(&outcome, 0, rows[i].out, "");
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_preload_by_absolute_path),
        TEST(test_preload_among_others),
        TEST(test_preload_by_another_name),
        TEST(fact_mistyped_preload_is_ignored),
        TEST(fact_static_program_is_not_preloaded),
        TEST(test_needed),
        TEST(fact_needed_shim_that_is_missing_keeps_the_program_from_starting),
        TEST(fact_plain_link_flag_drops_the_shim),
        TEST(test_dlopen_is_refused_and_changes_nothing),
        TEST(test_needed_is_refused_when_secure),
        TEST(fact_preload_is_ignored_when_secure),
        TEST(test_shell_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
