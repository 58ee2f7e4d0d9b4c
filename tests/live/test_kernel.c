/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the kernel that the shim relies on. Where one of these fails, the shim has to change. */
#include "live.h"

#include "../../shim/abi.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2). */
static int create(uint64_t fs, uint64_t net, uint64_t scoped)
{
    struct ruleset_attr attr = {fs, net, scoped};
    return (int)syscall(444, &attr, sizeof attr, 0);
}

static int add(int ruleset, int fd, uint64_t rights)
{
    struct path_beneath_attr attr = {rights, fd};
    return (int)syscall(445, ruleset, RULE_PATH_BENEATH, &attr, 0);
}

static int restrict_self(int ruleset, unsigned flags)
{
    return (int)syscall(446, ruleset, flags);
}

/* Runs check in a process of its own, which it may confine. It returns 0, or the line that was not
 * as expected. */
static void in_child(int (*check)(void))
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(check());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("line %d (mod 256) does not hold", WEXITSTATUS(status));
}

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__ % 255 + 1;                                                             \
    } while (0)
#define FAILS(call, error) HOLDS((errno = 0, (call) < 0 && errno == (error)))

/* Adds layers that restrict next to nothing. */
static int layers_add(int count)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int ruleset = create(ACCESS_FS_MAKE_BLOCK, 0, 0);
    for (; count > 0; count--)
        HOLDS(restrict_self(ruleset, 0) == 0);
    return close(ruleset);
}

static int check_17th_layer(void)
{
    HOLDS(layers_add(16) == 0);
    FAILS(restrict_self(create(ACCESS_FS_MAKE_BLOCK, 0, 0), 0), E2BIG);
    return 0;
}

static void test_17th_layer_is_e2big(void **state)
{
    (void)state;
    live_needs(1);
    in_child(check_17th_layer);
}

static int check_unknown_bits(void)
{
    FAILS(create(1ULL << 40, 0, 0), EINVAL);
    FAILS(create(0, 1ULL << 40, 0), EINVAL);
    FAILS(create(0, 0, 1ULL << 40), EINVAL);
    FAILS(create(0, 0, 0), ENOMSG);
    if (live_abi() < 9)
        FAILS(create(ACCESS_FS_RESOLVE_UNIX, 0, 0), EINVAL);
    if (live_abi() < 10)
        FAILS(create(0, ACCESS_NET_BIND_UDP, 0), EINVAL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    FAILS(restrict_self(create(ACCESS_FS_MAKE_BLOCK, 0, 0), 1U << 20), EINVAL);
    return 0;
}

static void test_unknown_bits_are_einval(void **state)
{
    (void)state;
    live_needs(6);
    in_child(check_unknown_bits);
}

static int check_rules(void)
{
    int ruleset = create(ACCESS_FS_READ, 0, 0), file = open("/dev/null", O_PATH);
    FAILS(add(ruleset, file, 0), ENOMSG);                    /* no empty rule */
    FAILS(add(ruleset, file, ACCESS_FS_READ_DIR), EINVAL);   /* a directory's right on a file */
    FAILS(add(ruleset, file, ACCESS_FS_WRITE_FILE), EINVAL); /* a right that is not handled */
    HOLDS(add(ruleset, file, ACCESS_FS_READ_FILE) == 0);
    return 0;
}

static void test_rules_that_the_kernel_rejects(void **state)
{
    (void)state;
    live_needs(1);
    in_child(check_rules);
}

static int check_o_path(void)
{
    int ruleset = create(ACCESS_FS_READ, 0, 0);
    int fd = open(live_expand("%/in/file"), O_PATH);
    HOLDS(fd >= 0 && add(ruleset, fd, ACCESS_FS_READ_FILE) == 0);
    fd = open(live_expand("%/in/fifo"), O_PATH); /* nobody has the other end */
    HOLDS(fd >= 0 && add(ruleset, fd, ACCESS_FS_READ_FILE) == 0);
    if (geteuid() != 0)
        FAILS(open(live_expand("%/in/file"), O_RDONLY), EACCES);
    return 0;
}

static void test_o_path_needs_no_permission_and_does_not_wait(void **state)
{
    (void)state;
    live_needs(1);
    assert_int_equal(chmod(live_expand("%/in/file"), 0), 0);
    in_child(check_o_path);
}

static int check_no_new_privs(void)
{
    int ruleset = create(ACCESS_FS_READ, 0, 0);
    if (geteuid() != 0) /* or CAP_SYS_ADMIN */
        FAILS(restrict_self(ruleset, 0), EPERM);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    HOLDS(restrict_self(ruleset, 0) == 0);
    FAILS(open("/etc/passwd", O_RDONLY), EACCES);
    return 0;
}

static void test_restrict_self_wants_no_new_privs(void **state)
{
    (void)state;
    live_needs(1);
    in_child(check_no_new_privs);
}

static int pipes[2];

static void *open_later(void *data)
{
    char byte;
    (void)data;
    (void)!read(pipes[0], &byte, 1);
    return open("/etc/passwd", O_RDONLY) >= 0 ? "open" : NULL;
}

static int check_threads(void)
{
    pthread_t thread;
    void *opened;
    HOLDS(unshare(CLONE_VM) == 0);
    HOLDS(pipe(pipes) == 0 && pthread_create(&thread, NULL, open_later, NULL) == 0);
    FAILS(unshare(CLONE_VM), EINVAL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    HOLDS(restrict_self(create(ACCESS_FS_READ, 0, 0), 0) == 0);
    HOLDS(write(pipes[1], "x", 1) == 1 && pthread_join(thread, &opened) == 0);
    HOLDS(opened != NULL); /* the other thread is free as before */
    FAILS(open("/etc/passwd", O_RDONLY), EACCES);
    return 0;
}

static void test_threads_are_passed_by_and_unshare_sees_them(void **state)
{
    (void)state;
    live_needs(1);
    in_child(check_threads);
}

static int check_ioctl(void)
{
    int bytes, before = open("/dev/zero", O_RDONLY), ruleset = create(ACCESS_FS_IOCTL_DEV, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    HOLDS(restrict_self(ruleset, 0) == 0);
    FAILS(ioctl(before, FIONREAD, &bytes), ENOTTY); /* the device's own answer */
    FAILS(ioctl(open("/dev/zero", O_RDONLY), FIONREAD, &bytes), EACCES);
    return 0;
}

static void test_ioctl_is_decided_when_the_device_is_opened(void **state)
{
    (void)state;
    if (live_abi() < 5)
        live_skip("Landlock ABI 5");
    in_child(check_ioctl);
}

static int check_proc_self(void)
{
    int ruleset = create(ACCESS_FS_READ, 0, 0), status, fd = open("/proc/self", O_PATH);
    HOLDS(add(ruleset, fd, ACCESS_FS_READ) == 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    HOLDS(restrict_self(ruleset, 0) == 0);
    HOLDS(open("/proc/self/status", O_RDONLY) >= 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(open("/proc/self/status", O_RDONLY) < 0 && errno == EACCES ? 0 : 1);
    HOLDS(waitpid(pid, &status, 0) == pid && status == 0);
    return 0;
}

static void test_a_rule_on_proc_self_is_stale_in_children(void **state)
{
    (void)state;
    live_needs(1);
    in_child(check_proc_self);
}

/* The shim beneath layers of others: the 16th is its own, there is no 17th. */
static void shim_over_layers(int layers, int status, const char *out, const char *err)
{
    struct outcome outcome;
    int ended;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (layers_add(layers) != 0)
            _exit(1);
        live_run(&outcome, PRELOAD, LIST("SANDLOCK_FS_READABLE=@system:&"),
                 LIST("probe", "stat", "/"));
        fputs(outcome.err, stderr);
        _exit(outcome.status == status && strcmp(outcome.out, out) == 0 &&
                      strcmp(outcome.err, err) == 0
                  ? 0
                  : 2);
    }
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0)
        fail_msg("not as expected over %d layers", layers);
}

static void test_the_shim_is_the_16th_layer_and_not_the_17th(void **state)
{
    (void)state;
    live_needs(1);
    shim_over_layers(15, 0, "OK\n", "");
    shim_over_layers(16, 125, "",
                     "sandlock: landlock_restrict_self: Argument list too long: 16 Landlock layers "
                     "are in use already\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_17th_layer_is_e2big),
        TEST(test_unknown_bits_are_einval),
        TEST(test_rules_that_the_kernel_rejects),
        TEST(test_o_path_needs_no_permission_and_does_not_wait),
        TEST(test_restrict_self_wants_no_new_privs),
        TEST(test_threads_are_passed_by_and_unshare_sees_them),
        TEST(test_ioctl_is_decided_when_the_device_is_opened),
        TEST(test_a_rule_on_proc_self_is_stale_in_children),
        TEST(test_the_shim_is_the_16th_layer_and_not_the_17th),
    };
    if (live_abi() == 0)
        print_error("this kernel has no Landlock\n");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
