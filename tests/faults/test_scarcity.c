/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Too little of everything, and too much of some: the program runs confined, or nothing runs, and
 * one line says why. It reads %/out/file, which is not granted.
 */
#include "../live/live.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLICY "SANDLOCK_FS_READABLE=@system:&"

static bool is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return strncmp(text, "sandlock: ", 10) == 0 && end != NULL && end[1] == '\0';
}

/* Runs the program under a limit of prlimit(1), and expects that it is confined, or does not run:
 * for the shim's reason, or the loader's. Returns whether it has run. */
static bool run_limited(enum face face, const char *limit)
{
    struct outcome outcome;
    const char *preload = "LD_PRELOAD=&/libsandlock_shim.so";
    const char *const *argv =
        face == PRELOAD ? LIST("prlimit", limit, "env", preload, "&/probe", "read", "%/out/file")
                        : LIST("prlimit", limit, "&/libsandlock_shim.so", "&/probe-static", "read",
                               "%/out/file");
    live_run(&outcome, BARE, LIST(POLICY), argv);
    if (face == PRELOAD && strstr(outcome.err, "cannot be preloaded") != NULL)
        return false; /* the loader's rule, by which the program runs unconfined: see README.md */
    if (face == PRELOAD && strncmp(outcome.err, "env: ", 5) == 0)
        return false; /* it has not come as far as that */
    if (outcome.status == 0)
        assert_string_equal(outcome.out, "EACCES\n");
    else if (*outcome.out != '\0' || (outcome.status == 125 && !is_one_line(outcome.err)))
        fail_msg("%s: status %d: %s%s", limit, outcome.status, outcome.out, outcome.err);
    return outcome.status == 0;
}

static void test_few_descriptors(void **state)
{
    struct outcome outcome;
    (void)state;
    /* The loader has one at a time, and the shim two. */
    assert_true(run_limited(PROGRAM, "--nofile=6"));
    live_run(&outcome, BARE, LIST(POLICY), /* -- */
             LIST("prlimit", "--nofile=3", "&/libsandlock_shim.so", "&/probe-static", "stat", "/"));
    if (outcome.status != 125) /* the loader comes first, and says so */
        assert_int_equal(outcome.status, 127);
    assert_string_equal(outcome.out, "");
    live_run(&outcome, BARE, LIST(POLICY), /* one, which is the ruleset's */
             LIST("prlimit", "--nofile=4", "&/libsandlock_shim.so", "&/probe-static", "stat", "/"));
    live_expect(&outcome, 125, "", NULL);
    assert_true(is_one_line(outcome.err));
    assert_non_null(strstr(outcome.err, "Too many open files\n"));
    /* Without any, the loader does not get as far as the shim, and says so: see README.md. */
    live_run(&outcome, BARE, LIST(POLICY),
             LIST("prlimit", "--nofile=3", "env", "LD_PRELOAD=&/libsandlock_shim.so",
                  "&/probe-static", "stat", "/"));
    assert_string_not_equal(outcome.err, "");
}

static void test_small_stack(void **state)
{
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        assert_true(run_limited(face, "--stack=65536"));
}

/* From where the loader does not succeed to where all does; and locked memory, which is none. */
static void test_little_memory(void **state)
{
    char limit[32];
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        unsigned ran = 0;
        for (unsigned kib = 64; kib <= 16384; kib += kib / 2) {
            snprintf(limit, sizeof limit, "--as=%u", kib * 1024);
            ran += run_limited(face, limit);
        }
        assert_true(ran > 0);
        run_limited(face, "--data=0");
        run_limited(face, "--memlock=0");
        run_limited(face, "--nproc=0");
        run_limited(face, "--fsize=0");
    }
}

/* Executes the program by the shim with this environment and these arguments; expects what it
 * prints, and its status. */
static void expect_executed(char *const argv[], char *const env[], int status, const char *out)
{
    char text[256] = "";
    int ends[2], ended;
    assert_int_equal(pipe(ends), 0);
    char *shim = strdup(live_file("libsandlock_shim.so"));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (dup2(ends[1], 1) == 1)
            execve(shim, argv, env);
        _exit(98);
    }
    close(ends[1]);
    ssize_t len = read(ends[0], text, sizeof text - 1);
    assert_true(len >= 0);
    close(ends[0]), free(shim);
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), status);
    assert_string_equal(text, out);
}

/* 10,000 variables, and paths as long as the kernel takes them: 2 MB in all, or what it allows. */
static void test_large_environment(void **state)
{
    enum { VARIABLES = 10000, LONG = 120000 };
    static char names[VARIABLES][16], list[LONG + 256], filler[8][LONG + 16];
    static char *env[VARIABLES + 16];
    char *program = strdup(live_file("probe-static"));
    char *file = strdup(live_expand("%/out/file"));
    char *argv[] = {"shim", program, "read", file, NULL};
    size_t len = 0, count = 0;
    (void)state;
    for (; count < VARIABLES; count++) {
        snprintf(names[count], sizeof names[count], "V%zu=x", count);
        env[count] = names[count];
    }
    for (size_t i = 0; i < 8; i++) {
        memset(filler[i], 'x', LONG);
        memcpy(filler[i], "LONG", 4);
        filler[i][4] = (char)('0' + i), filler[i][5] = '=';
        env[count++] = filler[i];
    }
    len += (size_t)sprintf(list, "%s", live_expand(POLICY));
    while (len < LONG)
        len += (size_t)sprintf(list + len, ":-/no/where");
    env[count] = list;
    expect_executed(argv, env, 0, "EACCES\n");
    len += (size_t)sprintf(list + len, ":%s", file);
    expect_executed(argv, env, 0, "OK\n");
    sprintf(list + len, ":/no/where");
    expect_executed(argv, env, 125, "");
    free(program), free(file);
}

/* Whoever executes the shim without any argument, not even its name, gets what "" would; from Linux
 * 5.18 on the kernel makes that of it (execve(2)). */
static void test_no_arguments(void **state)
{
    char *policy = strdup(live_expand(POLICY)), *env[] = {policy, NULL}, *none[] = {NULL};
    (void)state;
    expect_executed(none, env, 125, "");
    free(policy);
}

/* Runs a shell command with every privilege in a mount namespace. */
static void expect_mounted(const char *prepare, enum face face, int status, const char *out)
{
    struct outcome outcome;
    char command[512];
    live_run(&outcome, BARE, LIST("A=1"), LIST("unshare", "-Urm", "true"));
    if (outcome.status != 0)
        live_skip("user namespaces");
    snprintf(command, sizeof command, "set -e; %s; %s", prepare,
             face == PRELOAD ? "LD_PRELOAD=&/libsandlock_shim.so exec &/probe read %/out/file"
                             : "exec &/libsandlock_shim.so &/probe-static read %/out/file");
    live_run(&outcome, BARE, LIST(POLICY), LIST("unshare", "-Urm", "sh", "-c", command));
    live_expect(&outcome, status, out, status == 0 ? "" : NULL);
}

static void test_without_proc(void **state)
{
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        expect_mounted("mount -t tmpfs none /proc", face, 0, "EACCES\n");
}

static void test_read_only_root(void **state)
{
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        expect_mounted("mount -o remount,bind,ro /; ! touch %/in/new 2>/dev/null", face, 0,
                       "EACCES\n");
}

/* An outer filter that ends whoever calls seccomp(2), by SIGSYS. */
static void test_outer_filter_that_kills(void **state)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    struct outcome outcome;
    int status;
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) < 0)
            _exit(1);
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            live_run(&outcome, face, LIST(POLICY), LIST("probe", "stat", "/"));
            if (outcome.status != 128 + 31 /* SIGSYS */ || *outcome.out != '\0')
                _exit(2);
            live_run(&outcome, face, LIST(POLICY, "SANDLOCK_SECCOMP=off"),
                     LIST("probe", "read", "%/out/file"));
            if (outcome.status != 0 || strcmp(outcome.out, "EACCES\n") != 0)
                _exit(3);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_few_descriptors), TEST(test_small_stack),
        TEST(test_little_memory),   TEST(test_large_environment),
        TEST(test_no_arguments),    TEST(test_without_proc),
        TEST(test_read_only_root),  TEST(test_outer_filter_that_kills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
