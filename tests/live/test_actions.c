/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SANDLOCK_SECCOMP, _ACTION and _DENY, live: what comes of a call that is closed, and which further
 * ones can be.
 */
#include "calls.h"

#define ACTION "SANDLOCK_SECCOMP_ACTION="
#define DENY   "SANDLOCK_SECCOMP_DENY="
#define SAY    "SANDLOCK_VERBOSE=1"

enum { SIGSYS_STATUS = 128 + 31 };

/* Calls of gates whose errno says that there is no such thing: they are asked for by programs that
 * do without, and stay as they are. */
static const struct step probes[] = {
    {"socket 2 1 0", "OK", "EACCES"},
    {"socket 2 1 262", "OK", "EPROTONOSUPPORT"},
    {"socket 17 3 0", NULL, "EAFNOSUPPORT"},
    {"socket 16 3 16", "OK", "EPROTONOSUPPORT"},
    {"socket 2 2 0", "OK", "EPROTONOSUPPORT"},
    {"clone3 0 0", "EINVAL", "ENOSYS"},
    {"thread", "OK", "OK"},
    {"child", "OK", "OK"},
    {NULL, NULL, NULL},
};

static void test_probes_are_answered_under_every_action(void **state)
{
    static const char *const actions[] = {ACTION "errno", ACTION "kill", ACTION "trap",
                                          ACTION "log"};
    (void)state;
    live_needs(1);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        steps_expect(probes, LIST(READ, actions[i]),
                     LIST(READ, actions[i], "SANDLOCK_NET_ALLOW=*", "SANDLOCK_NET_BIND=*",
                          GROUP "@families @netlink @namespaces"));
}

static void expect(enum face face, const char *const env[], const char *const calls[], int status,
                   const char *out)
{
    struct outcome outcome;
    const char *argv[16] = {"calls"};
    for (size_t i = 0; calls[i] != NULL; i++)
        argv[i + 1] = calls[i];
    live_run(&outcome, face, env, argv);
    live_expect(&outcome, status, out, "");
}

static void test_kill(void **state)
{
    const char *const calls[] = {"getpid", "swapon 0 -1", "getpid", NULL};
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        expect(face, LIST(READ, ACTION "kill"), calls, SIGSYS_STATUS, "OK\n");
        expect(face, LIST(READ, ACTION "kill", GROUP "@swap"), calls, 0, "OK\nEINVAL\nOK\n");
        expect(face, LIST(READ, ACTION "errno"), calls, 0, "OK\nEPERM\nOK\n");
        expect(face, LIST(READ), calls, 0, "OK\nEPERM\nOK\n");
    }
}

/* The fixture handles SIGSYS; a program that does not ends by it. */
static void test_trap(void **state)
{
    const char *const calls[] = {"getpid", "swapon 0 -1", "getpid", NULL};
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        expect(face, LIST(READ, ACTION "trap"), calls, 0, "OK\nSIGSYS\nOK\n");
        expect(face, LIST(READ, ACTION "trap", GROUP "@swap"), calls, 0, "OK\nEINVAL\nOK\n");
        live_run(&outcome, face, LIST(READ, ACTION "trap"), LIST("unshare", "-U", "true"));
        live_expect(&outcome, SIGSYS_STATUS, "", "");
        live_run(&outcome, face, LIST(READ, ACTION "trap", GROUP "@namespaces"),
                 LIST("unshare", "-U", "true"));
        live_expect(&outcome, 0, "", "");
    }
}

/* It lets everything through, and that is said wherever what is enforced is said. */
static void test_log_does_not_enforce(void **state)
{
    const char *const calls[] = {"swapon 0 -1", "unshare 0x10000001", NULL};
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        expect(face, LIST(READ, ACTION "log"), calls, 0, "EINVAL\nEINVAL\n");
        expect(face, LIST(READ, ACTION "errno"), calls, 0, "EPERM\nEPERM\n");
        live_run(&outcome, face, LIST(READ, ACTION "log", SAY), LIST("true"));
        assert_non_null(strstr(outcome.err, "action=log:not-enforced"));
        live_run(&outcome, face, LIST(READ, SAY), LIST("true"));
        assert_null(strstr(outcome.err, "not-enforced"));
        live_expect(&outcome, 0, "", NULL);
    }
}

/* The calls that a list of names closes, and one that it does not. */
static void test_denied_names(void **state)
{
    static const struct step steps[] = {
        {"getppid", "OK", "EPERM"},
        {"swapon 0 -1", "EINVAL", "EPERM"},
        {"getpid", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ, DENY "getppid"), LIST(READ, GROUP "@swap"));
    steps_expect(steps, LIST(READ, DENY "getppid,@swap"),
                 LIST(READ, GROUP "@swap", DENY "getpgrp"));
    /* By the action, too, and of the gates none but what it names. */
    expect(PRELOAD, LIST(READ, DENY "getppid", ACTION "trap"),
           LIST("getppid", "getpid", "socket 2 1 0"), 0, "SIGSYS\nOK\nEACCES\n");
    expect(PROGRAM, LIST(READ, DENY "getppid", ACTION "kill"), LIST("getpid", "getppid"),
           SIGSYS_STATUS, "OK\n");
    expect(PROGRAM, LIST(READ, DENY "getppid", ACTION "log"), LIST("getpid", "getppid"), 0,
           "OK\nOK\n");
}

/* A gate that something else opens. */
static void test_denied_groups(void **state)
{
    static const struct step bpf[] = {
        {"bpf 9999 0 0", NULL, "EPERM"},
        {"userfaultfd 0x4001", "EINVAL", "EPERM"},
        {"personality 0xffffffff", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    static const struct step tcp[] = {
        {"socket 2 1 0", "OK", "EACCES"}, {"socket 2 2 0", "OK", "OK"}, {NULL, NULL, NULL}};
    const char *const nested = "SANDLOCK_SECCOMP=nested", *const any = "SANDLOCK_NET_ALLOW=*";
    (void)state;
    steps_expect(bpf, LIST(READ, nested, DENY "@bpf,@userfaultfd"),
                 LIST(READ, nested, GROUP "@bpf"));
    steps_expect(tcp, LIST(READ, any, DENY "@tcp"), LIST(READ, any));
}

/* A name holds for the calls of 32-bit x86 too, and for what two of them do under that name. */
static void test_denied_names_of_both_architectures(void **state)
{
    static const struct step own[] = {
        {"getppid", "OK", "EPERM"},
        {"i386:getppid", NULL, "EPERM"},
        {"i386:getpid", NULL, "OK"},
        {NULL, NULL, NULL},
    };
    static const struct step shared[] = {
        {"shmget 0 0 0", "EINVAL", "EPERM"},
        {"i386:ipc 23 0 0 0", "EINVAL", "EPERM"},
        {"i386:ipc 0x10017 0 0 0", NULL, "EPERM"}, /* a version above the number */
        {"i386:ipc 13 0x7fff1234 0", "ENOENT", "ENOENT"},
        {"msgget 0x7fff1234 0", "ENOENT", "ENOENT"},
        {NULL, NULL, NULL},
    };
    (void)state;
    need_i386();
    steps_expect(own, LIST(READ, DENY "getppid"), LIST(READ, DENY "getpgrp"));
    steps_expect(shared, LIST(READ, GROUP "@sysv_ipc", DENY "shmget"),
                 LIST(READ, GROUP "@sysv_ipc", DENY "shmat"));
}

/* What /proc says of filters: the mode, 2 being that there are some. */
static void expect_mode(enum face face, const char *const env[], const char *line)
{
    struct outcome outcome;
    live_run(&outcome, face, env, LIST("grep", "^Seccomp:", "/proc/self/status"));
    live_expect(&outcome, 0, line, "");
}

static void test_off(void **state)
{
    static const struct step steps[] = {
        {"swapon 0 -1", "EINVAL", "EPERM"},
        {"socket 2 1 262", "OK", "EPROTONOSUPPORT"},
        {"clone3 0 0", "EINVAL", "ENOSYS"},
        {NULL, NULL, NULL},
    };
    struct outcome bare;
    (void)state;
    /* There may be one of somebody else's around the tests. */
    live_run(&bare, BARE, NULL, LIST("grep", "^Seccomp:", "/proc/self/status"));
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        expect_mode(face, LIST(READ ":@proc", "SANDLOCK_SECCOMP=off"), bare.out);
        expect_mode(face, LIST(READ ":@proc"), "Seccomp:\t2\n");
        expect_mode(face, LIST(READ ":@proc", "SANDLOCK_SECCOMP=default"), "Seccomp:\t2\n");
        expect_mode(face, LIST(READ ":@proc", "SANDLOCK_SECCOMP=nested"), "Seccomp:\t2\n");
    }
    steps_expect(steps, LIST(READ, "SANDLOCK_SECCOMP=default"), LIST(READ, "SANDLOCK_SECCOMP=off"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probes_are_answered_under_every_action),
        cmocka_unit_test(test_kill),
        cmocka_unit_test(test_trap),
        cmocka_unit_test(test_log_does_not_enforce),
        cmocka_unit_test(test_denied_names),
        cmocka_unit_test(test_denied_groups),
        cmocka_unit_test(test_denied_names_of_both_architectures),
        cmocka_unit_test(test_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
