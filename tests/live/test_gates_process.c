/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates that look at arguments, besides those of sockets, live: what they close, and what
 * stands right beside it and is open.
 */
#include "calls.h"

#define NESTED "SANDLOCK_SECCOMP=nested"

/* An argument that is wrong besides makes these harmless: the bit 1 of unshare's, and CLONE_SIGHAND
 * without CLONE_VM. The flags are NEWTIME (of unshare alone), NEWNS, NEWCGROUP, NEWUTS, NEWIPC,
 * NEWUSER, NEWPID, NEWNET. */
static void test_namespaces(void **state)
{
    static const struct step steps[] = {
        {"unshare 0x00000081", "EINVAL", "EPERM"},
        {"unshare 0x00020001", "EINVAL", "EPERM"},
        {"unshare 0x02000001", "EINVAL", "EPERM"},
        {"unshare 0x04000001", "EINVAL", "EPERM"},
        {"unshare 0x08000001", "EINVAL", "EPERM"},
        {"unshare 0x10000001", "EINVAL", "EPERM"},
        {"unshare 0x20000001", "EINVAL", "EPERM"},
        {"unshare 0x40000001", "EINVAL", "EPERM"},
        {"unshare 0x7e020081", "EINVAL", "EPERM"},
        {"unshare 0x100000001", "EINVAL", "EINVAL"},
        {"clone 0x00020800", "EINVAL", "EPERM"},
        {"clone 0x02000800", "EINVAL", "EPERM"},
        {"clone 0x04000800", "EINVAL", "EPERM"},
        {"clone 0x08000800", "EINVAL", "EPERM"},
        {"clone 0x10000800", "EINVAL", "EPERM"},
        {"clone 0x20000800", "EINVAL", "EPERM"},
        {"clone 0x40000800", "EINVAL", "EPERM"},
        {"clone 0xffffffff10000800", "EINVAL", "EPERM"},
        {"setns -1 0", "EBADF", "EPERM"},
        {"clone3 0 0", "EINVAL", "ENOSYS"},
        /* what programs do all the time */
        {"unshare 0", "OK", "OK"},
        {"unshare 0x200", "OK", "OK"}, /* FS */
        {"unshare 0x400", "OK", "OK"}, /* FILES */
        {"clone 0x11", "OK", "OK"},    /* fork */
        {"clone 0x800", "EINVAL", "EINVAL"},
        {"thread", "OK", "OK"},
        {"child", "OK", "OK"},
        /* and for once in earnest, last, for it changes who this is */
        {"clone 0x10000011", "OK", "EPERM"},
        {"unshare 0x10000000", "OK", "EPERM"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, NESTED));
    steps_expect(steps, LIST(READ, NESTED, "SANDLOCK_SECCOMP_DENY=@namespaces"),
                 LIST(READ, GROUP "@namespaces"));
}

/* With a program that is made for it. */
static void test_user_namespace_of_a_program(void **state)
{
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(READ, NESTED), LIST("unshare", "-U", "echo", "inside"));
        live_expect(&outcome, 0, "inside\n", "");
        live_run(&outcome, face, LIST(READ), LIST("unshare", "-U", "echo", "inside"));
        live_expect(&outcome, 1, "", "unshare: unshare failed: Operation not permitted\n");
    }
}

/* TIOCSTI puts a byte into the input of whoever reads the terminal next; TIOCLINUX pastes on a
 * console, and is unknown to this terminal. */
static void test_terminal(void **state)
{
    char legacy[4] = "1";
    FILE *file = fopen("/proc/sys/dev/tty/legacy_tiocsti", "r");
    if (file != NULL) {
        if (fgets(legacy, sizeof legacy, file) == NULL)
            *legacy = '1';
        fclose(file);
    }
    const char *types = *legacy == '1' || geteuid() == 0 ? "OK" : "EIO";
    const struct step steps[] = {
        {"pty", "OK", "OK"},
        {"ioctl $ 0x5412 buf", types, "EPERM"},
        {"ioctl $ 0x100005412 buf", types, "EPERM"},
        {"ioctl $ 0xffffffff00005412 buf", types, "EPERM"},
        {"ioctl $ 0x541c buf", "ENOTTY", "EPERM"},
        {"ioctl $ 0x800000000000541c buf", "ENOTTY", "EPERM"},
        {"ioctl $ 0x10000541c buf", "ENOTTY", "EPERM"},
        {"ioctl -1 0x5412 buf", "EBADF", "EPERM"},
        {"ioctl $ 0x15412 buf", "ENOTTY", "ENOTTY"},
        {"ioctl $ 0x5401 buf", "OK", "OK"}, /* TCGETS */
        {"ioctl $ 0x5413 buf", "OK", "OK"}, /* TIOCGWINSZ */
        {"ioctl $ 0x5414 buf", "OK", "OK"}, /* TIOCSWINSZ */
        {"ioctl $ 0x541b buf", "OK", "OK"}, /* FIONREAD */
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ, "SANDLOCK_FS_WRITABLE=/dev"),
                 LIST(READ, "SANDLOCK_FS_WRITABLE=/dev", GROUP "@terminal"));
}

/* That of CPU time, set to nothing, is a way to kill. A pointer whose lower half is zero is one. */
static void test_prlimit(void **state)
{
    static const struct step steps[] = {
        {"child", "OK", "OK"},
        {"prlimit64 $ 7 0 buf", "OK", "OK"},
        {"prlimit64 $ 4 buf 0", "OK", "EPERM"},
        {"prlimit64 $ 4 buf buf", "OK", "EPERM"},
        {"prlimit64 $ 4 0x100000000 0", "EFAULT", "EPERM"},
        {"prlimit64 $ 4 0xffffffff00000000 0", "EFAULT", "EPERM"},
        {"prlimit64 0 7 0 buf", "OK", "OK"},
        {"prlimit64 0 4 buf 0", "OK", "OK"},
        {"prlimit64 0x100000000 4 buf buf", "OK", "OK"}, /* a pid is an int */
        {"prlimit64 0 4 0x100000000 0", "EFAULT", "EFAULT"},
        {"prlimit64 $ 0 buf 0", "OK", "EPERM"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, GROUP "@prlimit"));
    steps_expect(steps, LIST(READ, NESTED), LIST(READ, "SANDLOCK_DISABLE=signal_scope"));
}

static void test_system_v_ipc_and_io_uring(void **state)
{
    static const struct step steps[] = {
        {"shmget 0 4096 0x180", "OK", "EPERM"},  {"shmctl $ 0 0", "OK", "EPERM"},
        {"msgget 0 0x180", "OK", "EPERM"},       {"msgctl $ 0 0", "OK", "EPERM"},
        {"semget 0 1 0x180", "OK", "EPERM"},     {"semctl $ 0 0", "OK", "EPERM"},
        {"io_uring_setup 1 buf", NULL, "EPERM"}, {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, GROUP "@sysv_ipc,@io_uring"));
    steps_expect(steps, LIST(READ, NESTED), LIST(READ, GROUP "@sysv_ipc @io_uring"));
}

/* That of POSIX is files, and is granted as such. */
static void test_posix_shared_memory(void **state)
{
    struct outcome outcome;
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/dev/shm/sandlock-test-%d", (int)getpid());
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(READ), LIST("probe", "create", path));
        live_expect(&outcome, 0, "EACCES\n", "");
        live_run(&outcome, face, LIST(READ, "SANDLOCK_FS_WRITABLE=@shm"),
                 LIST("probe", "create", path));
        unlink(path);
        live_expect(&outcome, 0, "OK\n", "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_user_namespace_of_a_program),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_prlimit),
        cmocka_unit_test(test_system_v_ipc_and_io_uring),
        cmocka_unit_test(test_posix_shared_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
