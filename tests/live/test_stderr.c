/* SPDX-License-Identifier: Apache-2.0 */
/* A stderr that does not take the line: it is lost then, and nothing else. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_POLICY "A=1"
#define NO_PATH   "SANDLOCK_FS_READABLE=/no/where"
#define VERBOSE   "SANDLOCK_VERBOSE=1"
#define GOOD      "SANDLOCK_FS_READABLE=/"

enum { SECONDS = 20 };

/* In the child: executes the probe, or no-such-program, by way of face. A shim that waits is ended
 * by SIGALRM, which execve leaves on. */
static _Noreturn void start(enum face face, const char *const env[2], const char *program)
{
    char preload[4200];
    char *argv[] = {strdup(live_file("libsandlock_shim.so")), strdup(program), "stat", "/", NULL};
    char *envp[] = {strdup(env[0]), strdup(env[1]), "PATH=/usr/bin", NULL, NULL};
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", argv[0]);
    if (face == PRELOAD)
        envp[3] = preload;
    int null = open("/dev/null", O_WRONLY);
    signal(SIGPIPE, SIG_DFL);
    alarm(SECONDS);
    if (dup2(null, STDOUT_FILENO) == STDOUT_FILENO) {
        close(null);
        execve(argv[face == PRELOAD], argv + (face == PRELOAD), envp);
    }
    _exit(98);
}

/* Runs a program with fd for its stderr, or none where that is -1. Returns its status. */
static int run(enum face face, int fd, const char *const env[2], const char *program)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (fd < 0)
            close(STDERR_FILENO);
        else if (dup2(fd, STDERR_FILENO) < 0)
            _exit(97);
        start(face, env, program);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Each way to fail, and to succeed with a line, ends as it would with any other stderr. */
static void expect_statuses(int fd)
{
    const char *probe = live_file("probe");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        assert_int_equal(run(face, fd, LIST(NO_POLICY, "B=2"), probe), 125);
        assert_int_equal(run(face, fd, LIST(NO_PATH, "B=2"), probe), 125);
        assert_int_equal(run(face, fd, LIST(GOOD, "SANDLOCK_NO=1"), probe), 125);
        assert_int_equal(run(face, fd, LIST(GOOD, VERBOSE), probe), 0);
    }
    assert_int_equal(run(PROGRAM, fd, LIST(GOOD, "B=2"), "/no/where"), 127);
    assert_int_equal(run(PROGRAM, fd, LIST(GOOD, "B=2"), "/etc"), 126);
}

static void test_closed(void **state)
{
    (void)state;
    live_needs(6);
    expect_statuses(-1);
}

static void test_full_device(void **state)
{
    int fd = open("/dev/full", O_WRONLY);
    (void)state;
    live_needs(6);
    assert_true(fd >= 0);
    expect_statuses(fd);
    close(fd);
}

static void test_open_for_reading_only(void **state)
{
    int fd = open("/dev/null", O_RDONLY);
    (void)state;
    live_needs(6);
    assert_true(fd >= 0);
    expect_statuses(fd);
    close(fd);
}

static void test_full_pipe(void **state)
{
    static const char bytes[4096];
    int ends[2];
    (void)state;
    live_needs(6);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(ends[1], bytes, sizeof bytes) > 0)
        continue;
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
    expect_statuses(ends[1]);
    close(ends[0]), close(ends[1]);
}

static void test_pipe_without_a_reader(void **state)
{
    int ends[2];
    (void)state;
    live_needs(6);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    expect_statuses(ends[1]);
    close(ends[1]);
}

/* A regular file that may not grow: SIGXFSZ must not end the process in the place of 125. */
static void test_file_at_its_limit(void **state)
{
    FILE *file = tmpfile();
    struct rlimit before, none;
    (void)state;
    live_needs(6);
    assert_non_null(file);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    fflush(NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int status = run(PRELOAD, fileno(file), LIST(NO_POLICY, "B=2"), live_file("probe"));
    int verbose = run(PRELOAD, fileno(file), LIST(GOOD, VERBOSE), live_file("probe"));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, 125);
    assert_int_equal(verbose, 0);
    fclose(file);
}

/* One that takes it: the twin of all of them. */
static void test_pipe_with_a_reader(void **state)
{
    char text[4096];
    int ends[2];
    (void)state;
    live_needs(6);
    assert_int_equal(pipe(ends), 0);
    expect_statuses(ends[1]);
    close(ends[1]);
    ssize_t len = read(ends[0], text, sizeof text - 1);
    assert_true(len > 0);
    text[len] = '\0';
    assert_non_null(strstr(text, "sandlock: no policy is set, or"));
    assert_non_null(strstr(text, "sandlock: enforced: "));
    assert_non_null(strstr(text, "sandlock: /no/where: No such file or directory\n"));
    close(ends[0]);
}

/* Not one of the three standard descriptors has to be open. */
static void test_all_closed(void **state)
{
    int status;
    (void)state;
    live_needs(6);
    pid_t pid = fork();
    if (pid == 0) {
        for (int fd = 0; fd < 3; fd++)
            close(fd);
        alarm(SECONDS);
        char *argv[] = {strdup(live_file("libsandlock_shim.so")), "sh", "-c", "exit 7", NULL};
        char *envp[] = {"SANDLOCK_FS_READABLE=@system", VERBOSE, NULL};
        execve(argv[0], argv, envp);
        _exit(98);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_closed),     TEST(test_full_device),           TEST(test_open_for_reading_only),
        TEST(test_full_pipe),  TEST(test_pipe_without_a_reader), TEST(test_pipe_with_a_reader),
        TEST(test_all_closed), TEST(test_file_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
