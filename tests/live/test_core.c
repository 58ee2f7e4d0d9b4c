/* SPDX-License-Identifier: Apache-2.0 */
/* Core dumps, live: SANDLOCK_NO_COREDUMP. */
#include "live.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ    "SANDLOCK_FS_READABLE=@system:&"
#define NO_CORE "SANDLOCK_NO_COREDUMP=1"

/* Runs the probe by a face under limits of core files as prlimit(1) has them, "SOFT:HARD". */
static void run(struct outcome *outcome, enum face face, const char *const env[],
                const char *limits, const char *const operation[])
{
    char core[32], preload[256];
    const char *argv[12] = {"/usr/bin/prlimit", core};
    size_t len = 2;
    snprintf(core, sizeof core, "--core=%s", limits);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", live_file("libsandlock_shim.so"));
    if (face == PRELOAD)
        argv[len++] = "/usr/bin/env", argv[len++] = preload;
    if (face == PROGRAM)
        argv[len++] = "&/libsandlock_shim.so";
    argv[len++] = "&/probe";
    for (; *operation != NULL; operation++)
        argv[len++] = *operation;
    argv[len] = NULL;
    live_run(outcome, BARE, env, argv);
}

/* Whether this user may have core files of any size; root may raise a limit, others may not. */
static bool has_core_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    return limit.rlim_max == RLIM_INFINITY;
}

/* Both limits are 1, and the process is not dumpable until it executes. */
static void test_limits(void **state)
{
    static const struct {
        enum face face;
        const char *setting, *printed, *of_child;
    } rows[] = {
        {BARE, NO_CORE, "9/10 dumpable=1\nOK\n", "9/10 dumpable=1\nOK\nOK\n"},
        {PRELOAD, "A=1", "9/10 dumpable=1\nOK\n", "9/10 dumpable=1\nOK\nOK\n"},
        {PRELOAD, "SANDLOCK_NO_COREDUMP=0", "9/10 dumpable=1\nOK\n", "9/10 dumpable=1\nOK\nOK\n"},
        {PROGRAM, "A=1", "9/10 dumpable=1\nOK\n", "9/10 dumpable=1\nOK\nOK\n"},
        {PRELOAD, NO_CORE, "1/1 dumpable=0\nOK\n", "1/1 dumpable=1\nOK\nOK\n"},
        {PROGRAM, NO_CORE, "1/1 dumpable=1\nOK\n", "1/1 dumpable=1\nOK\nOK\n"},
    };
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *policy = LIST(READ, rows[i].setting);
        run(&outcome, rows[i].face, policy, "9:10", LIST("core"));
        live_expect(&outcome, 0, rows[i].printed, "");
        run(&outcome, rows[i].face, policy, "9:10", LIST("fork", "&/probe", "core"));
        live_expect(&outcome, 0, rows[i].of_child, "");
    }
}

/* From every limit that is at least 1, by every user. */
static void test_limits_before(void **state)
{
    static const char *const limits[] = {"1:1", "0:1", "1:9", "0:9", "9:9"};
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            run(&outcome, face, LIST(READ, NO_CORE), limits[i], LIST("core"));
            live_expect(&outcome, 0,
                        face == PRELOAD ? "1/1 dumpable=0\nOK\n" : "1/1 dumpable=1\nOK\n", "");
        }
}

/* Whether a hard limit of 0 can be raised, which takes CAP_SYS_RESOURCE. */
static bool may_raise(void)
{
    struct rlimit zero = {0, 0}, one = {1, 1};
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(setrlimit(RLIMIT_CORE, &zero) < 0 || setrlimit(RLIMIT_CORE, &one) < 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status == 0;
}

static void test_hard_limit_of_zero(void **state)
{
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        run(&outcome, face, LIST(READ, NO_CORE), "0:0", LIST("core"));
        if (may_raise())
            live_expect(&outcome, 0,
                        face == PRELOAD ? "1/1 dumpable=0\nOK\n" : "1/1 dumpable=1\nOK\n", "");
        else
            live_expect(&outcome, 125, "",
                        "sandlock: setrlimit(RLIMIT_CORE): Operation not permitted: the hard limit "
                        "of core files is 0, which a core_pattern with a pipe does not heed; raise "
                        "it to 1\n");
        run(&outcome, face, LIST(READ), "0:0", LIST("core"));
        live_expect(&outcome, 0, "0/0 dumpable=1\nOK\n", "");
    }
}

/* Removes the core files in %/in, and returns how many there were. */
static int cores_take(void)
{
    int found = 0;
    const char *in = live_expand("%/in");
    DIR *directory = opendir(in);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strncmp(entry->d_name, "core", 4) == 0) {
            char path[512];
            snprintf(path, sizeof path, "%s/%s", in, entry->d_name);
            assert_int_equal(unlink(path), 0);
            found++;
        }
    closedir(directory);
    return found;
}

/* Crashes in %/in, where it may write, and returns how many core files that left. */
static int cores_of_crash(enum face face, const char *setting)
{
    struct outcome outcome;
    char preload[256];
    const char *argv[12] = {"/usr/bin/env", "-C", "%/in"};
    size_t len = 3;
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", live_file("libsandlock_shim.so"));
    if (face == PRELOAD)
        argv[len++] = preload;
    if (face == PROGRAM)
        argv[len++] = "&/libsandlock_shim.so";
    argv[len++] = "&/probe";
    argv[len] = "crash";
    live_run(&outcome, BARE, LIST(READ, "SANDLOCK_FS_WRITABLE=%/in", setting), argv);
    live_expect(&outcome, 128 + SIGSEGV, "", "");
    return cores_take();
}

static void test_a_crash_leaves_nothing(void **state)
{
    struct rlimit limit;
    char pattern[128] = "";
    FILE *file = fopen("/proc/sys/kernel/core_pattern", "r");
    (void)state;
    if (file != NULL && fgets(pattern, sizeof pattern, file) == NULL)
        *pattern = '\0';
    if (file != NULL)
        fclose(file);
    if (strncmp(pattern, "core", 4) != 0 || strchr(pattern, '/') != NULL || !has_core_limit()) {
        live_skip("core files in the working directory, by core_pattern and a hard limit");
        return;
    }
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
    assert_int_equal(cores_of_crash(BARE, "A=1"), 1);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        assert_int_equal(cores_of_crash(face, "A=1"), 1);
        assert_int_equal(cores_of_crash(face, "SANDLOCK_NO_COREDUMP=off"), 1);
        assert_int_equal(cores_of_crash(face, NO_CORE), 0);
    }
}

/* Paths of the policy by way of /proc/self, as /dev/stdout is one, are still there. */
static void test_paths_by_way_of_proc(void **state)
{
    static const char *const paths[] = {"/proc/self/fd/1", "/dev/stdout"};
    struct outcome outcome;
    char setting[64], line[64];
    static const char script[] =
        "exec >%/in/file env LD_PRELOAD=&/libsandlock_shim.so /bin/sh -c 'echo >>%/in/file good'";
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (int quiet = 0; quiet <= 1; quiet++) {
            snprintf(setting, sizeof setting, "SANDLOCK_FS_WRITABLE=%s", paths[i]);
            live_run(&outcome, BARE, LIST(READ, setting, quiet ? NO_CORE : "A=1"),
                     LIST("/bin/sh", "-c", script));
            live_expect(&outcome, 0, "", "");
            FILE *file = fopen(live_expand("%/in/file"), "r");
            assert_non_null(file);
            assert_non_null(fgets(line, sizeof line, file));
            assert_string_equal(line, "good\n");
            fclose(file);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_limits),
        TEST(test_limits_before),
        TEST(test_hard_limit_of_zero),
        TEST(test_a_crash_leaves_nothing),
        TEST(test_paths_by_way_of_proc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
