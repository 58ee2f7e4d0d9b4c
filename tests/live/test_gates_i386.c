/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter and 32-bit x86, live: the calls of its programs, made by a 64-bit one (int $0x80) and
 * by one of their own, and those of x32.
 */
#include "calls.h"

static const char *const socket_groups[] = {"families", "netlink", "raw",  "stream", "tcp",
                                            "fastopen", "udp",     "icmp", "unix",   "listen"};
enum { SOCKET_GROUPS = sizeof socket_groups / sizeof *socket_groups };

/* What opens all groups of sockets, but for one; SOCKET_GROUPS: and no other is closed. */
static const char *all_but(size_t without)
{
    static char text[256];
    snprintf(text, sizeof text, "%s", GROUP);
    for (size_t i = 0; i < SOCKET_GROUPS; i++)
        if (i != without)
            snprintf(text + strlen(text), sizeof text - strlen(text), "@%s ", socket_groups[i]);
    return text;
}

/* What socketcall is asked for cannot be seen: so it is all or nothing. */
static const struct step sockets[] = {
    {"i386:getpid", "OK", "OK"},
    {"i386:socketcall 1 buf", "EAFNOSUPPORT", "EACCES"},
    {"i386:socketcall 99 buf", "EINVAL", "EACCES"},
    {"i386:socket 2 1 0", "OK", "EACCES"},
    {"i386:socket 2 1 262", "OK", "EACCES"},
    {"i386:socket 2 2 0", "OK", "EACCES"},
    {"i386:socket 16 3 0", "OK", "EACCES"},
    {"i386:socketpair 1 1 0 buf", "OK", "EACCES"},
    {"i386:socketpair 1 2 0 buf", "OK", "EACCES"},
    {"i386:listen -1 1", "EBADF", "EACCES"},
    {"i386:sendto -1 buf 1 0x20000000", "EBADF", "EACCES"},
    {"i386:sendto -1 buf 1 0", "EBADF", "EACCES"},
    {"i386:sendmsg -1 buf 0x20000000", "EBADF", "EACCES"},
    {"i386:sendmmsg -1 buf 1 0x20000000", "EBADF", "EACCES"},
    {NULL, NULL, NULL},
};

static void test_sockets_of_int_80(void **state)
{
    (void)state;
    live_needs(1);
    need_i386();
    steps_expect(sockets, LIST(READ), LIST(READ, all_but(SOCKET_GROUPS)));
    steps_expect(sockets, LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*", "SANDLOCK_SECCOMP=nested"),
                 LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*", GROUP "@families,@netlink,@raw"));
}

/* No group can be left out, unless a grant opens it too. */
static void test_sockets_need_every_group(void **state)
{
    (void)state;
    need_i386();
    for (size_t i = 0; i < SOCKET_GROUPS; i++) {
        char deny[64];
        snprintf(deny, sizeof deny, "SANDLOCK_SECCOMP_DENY=@%s", socket_groups[i]);
        steps_run("calls", PROGRAM, LIST(READ, all_but(i), deny), sockets, false);
    }
    steps_run("calls", PROGRAM, LIST(READ, all_but(SOCKET_GROUPS)), sockets, true);
}

static void test_other_calls_of_int_80(void **state)
{
    static const struct step steps[] = {
        {"i386:ipc 23 0 0 0", "EINVAL", "EPERM"},      /* SHMGET */
        {"i386:ipc 0x10017 0 0 0", "EINVAL", "EPERM"}, /* with a version above it */
        {"i386:shmget 0 0 0", "EINVAL", "EPERM"},
        {"i386:clone 0x10000800", "EINVAL", "EPERM"},
        {"i386:clone 0x800", "EINVAL", "EINVAL"},
        {"i386:clone3 0 0", "EINVAL", "ENOSYS"},
        {"i386:unshare 0x10000001", "EINVAL", "EPERM"},
        {"i386:unshare 0x200", "OK", "OK"},
        {"i386:ptrace 16 0", "ESRCH", "EPERM"},
        {"i386:mount 0 0 0 0 0", "EFAULT", "EPERM"},
        {"i386:io_uring_setup 0 0", "EFAULT", "EPERM"},
        {"i386:ioctl -1 0x5412 buf", "EBADF", "EPERM"},
        {"i386:ioctl -1 0x541c buf", "EBADF", "EPERM"},
        {"i386:ioctl -1 0x5413 buf", "EBADF", "EBADF"},
        {"child", "OK", "OK"},
        {"i386:prlimit64 $ 7 0 buf", "OK", "OK"},
        {"i386:prlimit64 $ 4 buf 0", "OK", "EPERM"},
        {"i386:prlimit64 0 4 buf 0", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    (void)state;
    need_i386();
    steps_expect(
        steps, LIST(READ),
        LIST(READ, GROUP "@sysv_ipc @namespaces @ptrace @mount @io_uring @terminal @prlimit"));
}

/* The mark is there for these too. */
static void test_mark_of_int_80(void **state)
{
    static const struct step steps[] = {
        {"i386:prctl 0x736c6b31 0 0", "EINVAL", "OK"},
        {"i386:prctl 0x736c6b31 1 0", "EINVAL", "EINVAL"},
        {NULL, NULL, NULL},
    };
    (void)state;
    need_i386();
    steps_expect(steps, LIST(READ), LIST(READ, "SANDLOCK_SECCOMP=off"));
}

/* No kernel is so old that it would lack getpid: it lacks x32, or the filter answers. */
static void test_x32(void **state)
{
    static const struct step steps[] = {
        {"getpid", "OK", "OK"},
        {"x32:getpid", NULL, "ENOSYS"},
        {"x32:socket 2 1 262", NULL, "ENOSYS"},
        {"x32:unshare 0x10000001", NULL, "ENOSYS"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, "SANDLOCK_SECCOMP=off"));
}

/* A program of its own, by way of a 64-bit one. */
static void expect32(const char *const policy[], const char *command, const char *out)
{
    struct outcome outcome;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, policy, LIST("sh", "-c", command));
        live_expect(&outcome, 0, out, "");
    }
}

static void test_32_bit_program_runs(void **state)
{
    static const struct {
        const char *command, *out;
    } rows[] = {
        {"exec &/probe32 read %/in/file", "OK\n"},
        {"exec &/probe32 read %/out/file", "EACCES\n"},
        {"exec &/probe32 thread read %/in/file", "OK\n"},
        {"exec &/probe32 fork /bin/true", "OK\n"},
        {"exec &/probe32 vfork /bin/true", "OK\n"},
        {"exec &/probe32 spawn &/probe32 read %/in/file", "OK\nOK\n"},
        {"exec &/probe32 kill-child", "OK\n"},
        {"&/probe32 read %/in/file; &/probe read %/in/file", "OK\nOK\n"},
    };
    struct outcome outcome;
    (void)state;
    calls32();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect32(LIST(READ ":%/in"), rows[i].command, rows[i].out);
    live_run(&outcome, PROGRAM, LIST(READ ":%/in"), LIST("&/probe32", "read", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, BARE, NULL, LIST("&/probe32", "read", "%/out/file"));
    live_expect(&outcome, 0, "OK\n", "");
}

static void test_32_bit_program_has_all_sockets_or_none(void **state)
{
    static const struct step steps[] = {
        {"socket 2 1 0", "OK", "EACCES"},
        {"bind $ in4:0 16", "OK", "EBADF"},
        {"listen $ 1", "OK", "EACCES"},
        {"socketpair 1 1 0 buf", "OK", "EACCES"},
        {"sendto $ buf 1 0 0 0", "OK", "EACCES"},
        {"socket 10 2 0", "OK", "EACCES"},
        {"socket 16 3 0", "OK", "EACCES"},
        {"sendmsg -1 buf 0", "EBADF", "EACCES"},
        {"sendmmsg -1 buf 1 0", "EBADF", "EACCES"},
        {"socketcall 1 buf", "EAFNOSUPPORT", "EACCES"},
        {"thread", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    (void)state;
    need_i386(); /* those of 32-bit ARM have calls of their own for each */
    const char *program = calls32();
    steps_run(program, BARE, NULL, steps, true);
    steps_run(program, PROGRAM, LIST(READ), steps, false);
    steps_run(program, PROGRAM, LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*"), steps, false);
    steps_run(program, PROGRAM, LIST(READ, ALLOW "*", LOCAL "*", all_but(SOCKET_GROUPS)), steps,
              true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sockets_of_int_80),
        cmocka_unit_test(test_sockets_need_every_group),
        cmocka_unit_test(test_other_calls_of_int_80),
        cmocka_unit_test(test_mark_of_int_80),
        cmocka_unit_test(test_x32),
        cmocka_unit_test_setup_teardown(test_32_bit_program_runs, live_setup, live_teardown),
        cmocka_unit_test(test_32_bit_program_has_all_sockets_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
