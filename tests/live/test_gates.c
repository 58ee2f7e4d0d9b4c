/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates that a grant does not open, live: every system call that they close, with arguments
 * that make it fail, or do nothing, where it is not.
 *
 * EPERM is what many of these say to an ordinary user anyway. So each is also made with
 * SANDLOCK_SECCOMP_ACTION=trap, under which a gate that is closed shows itself by SIGSYS.
 */
#include "calls.h"

#define TRAP "SANDLOCK_SECCOMP_ACTION=trap"

enum { NESTED = 1 };

/* A group, whether SANDLOCK_SECCOMP=nested opens it, and its calls. */
static const struct row {
    const char *group;
    int nested;
    const char *calls[17];
} rows[] = {
    {"mount",
     NESTED,
     {"mount 0 0 0 0 0", "umount2 0 0x1000", "pivot_root 0 0", "fsopen 0 -1", "fsmount -1 -1 0",
      "fsconfig -1 -1", "fspick -1 0 -1", "open_tree -1 0 -1", "open_tree_attr -1 0 -1",
      "move_mount -1 0 -1 0 -1", "mount_setattr -1 0 -1", "umount 0"}},
    {"namespaces", NESTED, {"setns -1 0", "unshare 0x10000001", "clone 0x10000800"}},
    {"ptrace",
     NESTED,
     {"ptrace 16 0", "process_vm_readv 0x7fffffff 0 0 0 0 1",
      "process_vm_writev 0x7fffffff 0 0 0 0 1", "pidfd_getfd -1 0 1",
      "kcmp 0x7fffffff 0x7fffffff"}},
    {"keyring", NESTED, {"add_key 0 0 0 0 0", "request_key 0 0 0 0", "keyctl 0xffff"}},
    {"hostname", NESTED, {"sethostname 0 -1", "setdomainname 0 -1"}},
    {"handles", NESTED, {"open_by_handle_at -1 0 0", "name_to_handle_at -1 0 0 0 -1"}},
    {"userfaultfd", NESTED, {"userfaultfd 0x4001"}},
    {"personality", NESTED, {"personality 0xffffffff"}},
    {"quota", NESTED, {"quotactl -1 0 0 0", "quotactl_fd -1 -1 0 0"}},
    {"accounting", NESTED, {"acct 1"}},
    {"obsolete",
     NESTED,
     {"lookup_dcookie 0 0 0", "nfsservctl 0 0 0", "uselib 0", "ustat 0 0", "sysfs 9"}},
    {"swap", 0, {"swapon 0 -1", "swapoff 0"}},
    {"reboot", 0, {"reboot 0 0 0 0", "kexec_load 0 17 0 -1", "kexec_file_load -1 -1 0 0 -1"}},
    {"modules", 0, {"init_module 0 0 0", "finit_module -1 0 -1", "delete_module 0 0"}},
    {"perf", 0, {"perf_event_open 0 0 0 0 -1"}},
    {"bpf", 0, {"bpf 9999 0 0"}},
    {"rawio", 0, {"ioperm -1 1 1", "iopl 9"}},
    {"clock",
     0,
     {"settimeofday 1 0", "stime 0", "clock_settime 99 0", "clock_settime64 99 0", "adjtimex 0",
      "clock_adjtime 99 0", "clock_adjtime64 99 0"}},
    {"klog", 0, {"syslog 99 0 0"}},
    {"io_uring",
     0,
     {"io_uring_setup 0 0", "io_uring_enter -1 0 0 -1 0 0", "io_uring_register -1 -1 0 0"}},
    {"sysv_ipc",
     0,
     {"shmget 0 0 0", "shmat -1 0 0", "shmctl -1 9999 0", "shmdt 1", "msgget 0x7fff1234 0",
      "msgsnd -1 0 0 0", "msgrcv -1 0 0 0 0", "msgctl -1 9999 0", "semget 0x7fff1234 -1 0",
      "semop -1 0 0", "semtimedop -1 0 0 0", "semctl -1 0 9999 0", "semtimedop_time64 -1 0 0 0",
      "ipc 23 0 0 0", "ipc 0x10017 0 0 0"}},
};

static void run_row(struct outcome *outcome, const char *program, enum face face,
                    const char *const env[], const struct row *row)
{
    const char *argv[20] = {program};
    for (size_t i = 0; row->calls[i] != NULL; i++)
        argv[i + 1] = row->calls[i];
    live_run(outcome, face, env, argv);
}

/* Every call is answered so, but those that this architecture does not have. */
static void expect_each(const struct outcome *outcome, const struct row *row, bool answered,
                        const char *with)
{
    char text[sizeof outcome->out], *left = text;
    strcpy(text, outcome->out);
    for (const char *const *call = row->calls; *call != NULL; call++) {
        const char *line = strtok_r(NULL, "\n", &left);
        if (line == NULL || (strcmp(line, "absent") != 0 && (strcmp(line, with) == 0) != answered))
            fail_msg("@%s: \"%s\": %s (not) expected, got %s (status %d)\n--- err: %s", row->group,
                     *call, with, line == NULL ? "nothing" : line, outcome->status, outcome->err);
    }
    assert_int_equal(outcome->status, 0);
}

/* Every call is answered as it is without a filter. */
static void expect_same(const struct outcome *outcome, const struct outcome *bare,
                        const struct row *row)
{
    if (strcmp(outcome->out, bare->out) != 0 || outcome->status != 0)
        fail_msg("@%s: open it says (status %d)\n%sand unconfined\n%s--- err: %s", row->group,
                 outcome->status, outcome->out, bare->out, outcome->err);
}

static void try_row(const char *program, enum face first, const struct row *row)
{
    struct outcome bare, outcome;
    char allow[64];
    snprintf(allow, sizeof allow, "SANDLOCK_SECCOMP_ALLOW=@%s", row->group);
    run_row(&bare, program, BARE, NULL, row);
    expect_each(&bare, row, false, "SIGSYS");
    if (geteuid() == 0) /* so that EPERM is the gate's, and no other's */
        expect_each(&bare, row, false, "EPERM");
    for (enum face face = first; face <= PROGRAM; face++) {
        run_row(&outcome, program, face, LIST(READ), row);
        expect_each(&outcome, row, true, "EPERM");
        run_row(&outcome, program, face, LIST(READ, TRAP), row);
        expect_each(&outcome, row, true, "SIGSYS");
        run_row(&outcome, program, face, LIST(READ, TRAP, allow), row);
        expect_same(&outcome, &bare, row);
        run_row(&outcome, program, face, LIST(READ, TRAP, "SANDLOCK_SECCOMP=nested"), row);
        if (row->nested)
            expect_same(&outcome, &bare, row);
        else
            expect_each(&outcome, row, true, "SIGSYS");
    }
    run_row(&outcome, program, PROGRAM, LIST(READ, "SANDLOCK_SECCOMP=off"), row);
    expect_same(&outcome, &bare, row);
}

static void test_calls_of_each_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        try_row("calls", PRELOAD, &rows[i]);
}

/* i386 has the same ones, under its own numbers. (The fixture is static: see the faces.) */
static void test_calls_of_each_group_in_a_32_bit_program(void **state)
{
    (void)state;
    const char *program = calls32();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        try_row(program, PROGRAM, &rows[i]);
}

/* The flags of clone3 lie where a filter cannot see them: it is as if the kernel did not have it,
 * and libc does without. */
static void test_clone3(void **state)
{
    static const struct step steps[] = {
        {"clone3 0 0", "EINVAL", "ENOSYS"},
        {"thread", "OK", "OK"},
        {"child", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, "SANDLOCK_SECCOMP=nested"));
    steps_expect(steps, LIST(READ, TRAP), LIST(READ, "SANDLOCK_SECCOMP_ALLOW=@namespaces"));
}

static void test_a_group_opens_itself_alone(void **state)
{
    static const struct step steps[] = {
        {"swapon 0 -1", "EINVAL", "EINVAL"},
        {"bpf 9999 0 0", NULL, "SIGSYS"},
        {"userfaultfd 0x4001", "EINVAL", "SIGSYS"},
        {"socket 17 3 0", NULL, "EAFNOSUPPORT"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_expect(steps, LIST(READ, TRAP, "SANDLOCK_SECCOMP_ALLOW=@swap"),
                 LIST(READ, TRAP, "SANDLOCK_SECCOMP_ALLOW=@swap,@bpf,@userfaultfd,@families"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_of_each_group),
        cmocka_unit_test(test_calls_of_each_group_in_a_32_bit_program),
        cmocka_unit_test(test_clone3),
        cmocka_unit_test(test_a_group_opens_itself_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
