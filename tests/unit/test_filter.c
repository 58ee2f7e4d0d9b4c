/* SPDX-License-Identifier: Apache-2.0 */
/* What the filter answers: each gate open and closed, on both architectures, and the mark. */
#include "../../shim/gates.h"
#include "bpf.h"
#include "filter_program.h"
#include "model.h"
#include "unit.h"

#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { NONE = -1, X32 = 0x40000000 };

#define ALLOWED  SECCOMP_RET_ALLOW
#define FAILS(n) (SECCOMP_RET_ERRNO | (uint32_t)(n))
#define ALL_OPEN (~(gate_set)0)
#define HIGH     0xdeadbeef00000000ULL

static const struct mark mark = {0x12345678, 0x9abcdef0};

static uint32_t answer_of(gate_set open, enum filter_action action, struct seccomp_data call)
{
    static struct sock_filter program[COUNT(filter_program)];
    assert_int_equal(filter_len(), COUNT(program));
    filter_make(open, action, &mark, program);
    return bpf_run(program, COUNT(program), &call);
}

static uint32_t answer_of_gate(enum gate gate, enum filter_action action)
{
    return model_rows[gate].error == EPERM ? model_answer_of_action(action)
                                           : FAILS(model_rows[gate].error);
}

/* The call, which belongs to this gate alone, in every state that differs for it. */
static void expect_gate(int gate, struct seccomp_data call)
{
    for (unsigned action = ACTION_ERRNO; action <= ACTION_TRAP; action++) {
        enum filter_action a = (enum filter_action)action;
        uint32_t closed = gate == NONE ? ALLOWED : answer_of_gate((enum gate)gate, a);
        gate_set bit = gate == NONE ? 0 : GATE_BIT(gate);
        uint32_t got[] = {answer_of(0, a, call), answer_of(ALL_OPEN & ~bit, a, call),
                          answer_of(bit, a, call), answer_of(ALL_OPEN, a, call)};
        if (got[0] != closed || got[1] != closed || got[2] != ALLOWED || got[3] != ALLOWED)
            fail_msg("gate %d, %x:%d(%llx, %llx, %llx), action %u: %x %x %x %x", gate, call.arch,
                     call.nr, call.args[0], call.args[1], call.args[2], action, got[0], got[1],
                     got[2], got[3]);
    }
}

/* The same, and with what no int has in the upper halves of the arguments but for that of keep. */
static void expect_gate_of_ints(int gate, struct seccomp_data call, int keep)
{
    expect_gate(gate, call);
    for (int i = 0; i < (int)COUNT(call.args); i++)
        if (i != keep)
            call.args[i] |= HIGH;
    expect_gate(gate, call);
}

static void test_whole_calls(void **state)
{
    (void)state;
    for (unsigned arch = 0; arch < CALL_ARCHS; arch++)
        for (unsigned gate = 0; gate < GATES; gate++) {
            char text[512];
            bool i386 = model_is_i386(arch);
            snprintf(text, sizeof text, "%s", model_rows[gate].calls);
            for (char *name = strtok(text, " "); name != NULL; name = strtok(NULL, " ")) {
                int number = model_numbers(name, arch).own;
                if (number < 0 || (i386 ? gate == GATE_LISTEN : gate == GATE_I386_SOCKETS))
                    continue;
                expect_gate_of_ints(
                    (int)gate, (struct seccomp_data){.nr = number, .arch = call_arch(arch)}, NONE);
            }
        }
}

static const struct {
    const char *call;
    uint64_t args[4];
    int gate;
} rows[] = {
    {"socket", {AF_UNIX, SOCK_STREAM}, GATE_UNIX},
    {"socket", {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC}, GATE_UNIX},
    {"socket", {AF_UNIX, SOCK_SEQPACKET, 1}, GATE_UNIX},
    {"socket", {AF_NETLINK, SOCK_RAW, 0}, NONE},
    {"socket", {AF_NETLINK, SOCK_DGRAM, 0}, NONE},
    {"socket", {AF_NETLINK, SOCK_RAW, 9}, GATE_NETLINK},
    {"socket", {AF_NETLINK, SOCK_RAW, 15}, GATE_NETLINK},
    {"socket", {AF_INET, SOCK_STREAM, 0}, GATE_TCP},
    {"socket", {AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 6}, GATE_TCP},
    {"socket", {AF_INET, SOCK_STREAM, 262 /* MPTCP */}, GATE_STREAM},
    {"socket", {AF_INET6, SOCK_STREAM, 132 /* SCTP */}, GATE_STREAM},
    {"socket", {AF_INET, SOCK_STREAM, 256 /* SMC */}, GATE_STREAM},
    {"socket", {AF_INET, SOCK_STREAM, 17}, GATE_STREAM},
    {"socket", {AF_INET, SOCK_STREAM, 0x80000000}, GATE_STREAM},
    {"socket", {AF_INET, SOCK_DGRAM, 0}, GATE_UDP},
    {"socket", {AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 17}, GATE_UDP},
    {"socket", {AF_INET, SOCK_DGRAM, 136 /* UDP-Lite */}, GATE_DATAGRAM},
    {"socket", {AF_INET6, SOCK_DGRAM, 6}, GATE_DATAGRAM},
    {"socket", {AF_INET, SOCK_DGRAM, 1}, GATE_ICMP},
    {"socket", {AF_INET6, SOCK_DGRAM, 58}, GATE_ICMP},
    {"socket", {AF_INET6, SOCK_DGRAM, 1}, GATE_DATAGRAM},
    {"socket", {AF_INET, SOCK_DGRAM, 58}, GATE_DATAGRAM},
    {"socket", {AF_INET, SOCK_RAW, 1}, GATE_RAW},
    {"socket", {AF_INET6, SOCK_RAW, 0}, GATE_RAW},
    {"socket", {AF_INET, SOCK_SEQPACKET, 132}, GATE_RAW},
    {"socket", {AF_INET, 10 /* SOCK_PACKET */, 0}, GATE_FAMILIES},
    {"socket", {AF_INET, 0, 0}, GATE_RAW},
    {"socket", {AF_UNSPEC}, GATE_FAMILIES},
    {"socket", {AF_PACKET, SOCK_RAW}, GATE_FAMILIES},
    {"socket", {AF_VSOCK, SOCK_STREAM}, GATE_FAMILIES},
    {"socket", {AF_ALG, SOCK_SEQPACKET}, GATE_FAMILIES},
    {"socket", {43 /* AF_SMC */, SOCK_STREAM}, GATE_FAMILIES},
    {"socket", {0xffffffff, SOCK_STREAM}, GATE_FAMILIES},
    {"socketpair", {AF_UNIX, SOCK_STREAM}, NONE},
    {"socketpair", {AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC}, NONE},
    {"socketpair", {AF_UNIX, SOCK_DGRAM}, GATE_UNIX},
    {"socketpair", {AF_UNIX, SOCK_RAW | SOCK_NONBLOCK}, GATE_UNIX},
    {"socketpair", {AF_INET, SOCK_STREAM}, GATE_FAMILIES},
    {"socketpair", {AF_TIPC, SOCK_STREAM}, GATE_FAMILIES},
    {"sendto", {3, 0, 0, 0x20000000}, GATE_FASTOPEN},
    {"sendto", {3, 0, 0, 0xffffffff}, GATE_FASTOPEN},
    {"sendto", {0x20000000, 0x20000000, 0x20000000, 0xdfffffff}, NONE},
    {"sendmmsg", {3, 0, 1, 0x20004000}, GATE_FASTOPEN},
    {"sendmmsg", {3, 0, 0x20000000, 0}, NONE},
    {"sendmsg", {3, 0, 0x20000000}, GATE_FASTOPEN},
    {"sendmsg", {3, 0, 0x4000, 0x20000000}, NONE},
    {"clone", {CLONE_NEWUSER | 17}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWNS}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWCGROUP}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWUTS}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWIPC}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWPID}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWNET}, GATE_NAMESPACES},
    {"clone", {CLONE_NEWTIME}, NONE}, /* a part of the signal */
    {"clone", {0x3d0f00 /* of a thread */}, NONE},
    {"clone", {CLONE_VM | CLONE_VFORK | 17}, NONE},
    {"unshare", {CLONE_NEWTIME}, GATE_NAMESPACES},
    {"unshare", {0x00100000 /* UNSHARE_EMPTY_MNTNS */}, GATE_NAMESPACES},
    {"clone", {0x00100000 /* CLONE_PARENT_SETTID */ | 17}, NONE},
    {"unshare", {CLONE_NEWNET | CLONE_FS}, GATE_NAMESPACES},
    {"unshare", {CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SYSVSEM}, NONE},
    {"ioctl", {0, TIOCSTI}, GATE_TERMINAL},
    {"ioctl", {0, TIOCLINUX}, GATE_TERMINAL},
    {"ioctl", {TIOCSTI, TIOCGWINSZ}, NONE},
    {"prlimit64", {0, 0, 1}, NONE},
    {"prlimit64", {1, 0, 0, 1}, NONE},
    {"prlimit64", {1, 0, 1}, GATE_PRLIMIT},
    {"prlimit64", {1, 0, 1ULL << 32}, GATE_PRLIMIT}, /* not NULL, though an int of it is 0 */
    {"prlimit64", {0xffffffff, 0, 0x7fff00000000}, GATE_PRLIMIT},
    {"prctl", {38 /* PR_SET_NO_NEW_PRIVS */, 1}, NONE},
};

static void test_calls_by_their_arguments(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
            struct seccomp_data call = {.nr = model_numbers(rows[i].call, arch).own,
                                        .arch = call_arch(arch)};
            bool one_gate = model_is_i386(arch) && (strncmp(rows[i].call, "so", 2) == 0 ||
                                                    strncmp(rows[i].call, "se", 2) == 0);
            memcpy(call.args, rows[i].args, sizeof rows[i].args);
            if (call.nr >= 0)
                expect_gate_of_ints(one_gate ? GATE_I386_SOCKETS : rows[i].gate, call,
                                    strcmp(rows[i].call, "prlimit64") == 0 ? 2 : NONE);
        }
}

static void test_other_architectures(void **state)
{
    static const uint32_t others[] = {0,
                                      AUDIT_ARCH_PPC64LE,
                                      AUDIT_ARCH_S390X,
                                      AUDIT_ARCH_MIPS,
                                      AUDIT_ARCH_X86_64 ^ __AUDIT_ARCH_64BIT,
                                      0xffffffff};
    static const int numbers[] = {0, 1, 39, 60, 157, 231, 0x10000, -1};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        for (size_t n = 0; n < COUNT(numbers); n++) {
            struct seccomp_data call = {.nr = numbers[n], .arch = others[i]};
            assert_int_equal(answer_of(0, ACTION_LOG, call), FAILS(ENOSYS));
            assert_int_equal(answer_of(ALL_OPEN, ACTION_ERRNO, call), FAILS(ENOSYS));
        }
}

static void test_x32(void **state)
{
    (void)state;
    if (call_arch(0) != AUDIT_ARCH_X86_64)
        skip();
    for (int number = 0; number < 600; number++) {
        struct seccomp_data call = {.nr = X32 | number, .arch = AUDIT_ARCH_X86_64};
        assert_int_equal(answer_of(0, ACTION_KILL, call), FAILS(ENOSYS));
        assert_int_equal(answer_of(ALL_OPEN, ACTION_LOG, call), FAILS(ENOSYS));
    }
}

static void test_the_mark(void **state)
{
    static const struct {
        uint64_t args[3];
        uint32_t answer;
    } marks[] = {
        {{MARK_OPTION, 0, 0}, FAILS(0)},
        {{MARK_OPTION, 0x12345678, 0x9abcdef0}, FAILS(0)},
        {{HIGH | MARK_OPTION, HIGH, HIGH}, FAILS(0)},
        {{MARK_OPTION, 0x12345678, 0}, ALLOWED},
        {{MARK_OPTION, 0, 0x9abcdef0}, ALLOWED},
        {{MARK_OPTION, 0x9abcdef0, 0x12345678}, ALLOWED},
        {{MARK_OPTION, ~0x12345678U, 0x9abcdef0}, ALLOWED},
        {{MARK_OPTION, 0x12345678, 0x9abcdef1}, ALLOWED},
        {{MARK_OPTION, 0xffffffff, 0}, ALLOWED},
        {{MARK_OPTION, MARK_LOW_PLACEHOLDER, MARK_HIGH_PLACEHOLDER}, ALLOWED},
        {{MARK_OPTION + 1, 0, 0}, ALLOWED},
        {{0, 0, 0}, ALLOWED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(marks); i++)
        for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
            struct seccomp_data call = {.nr = model_numbers("prctl", arch).own,
                                        .arch = call_arch(arch)};
            memcpy(call.args, marks[i].args, sizeof marks[i].args);
            if (call.nr < 0)
                continue;
            for (unsigned action = ACTION_ERRNO; action <= ACTION_TRAP; action++) {
                assert_int_equal(answer_of(0, (enum filter_action)action, call), marks[i].answer);
                assert_int_equal(answer_of(ALL_OPEN, (enum filter_action)action, call),
                                 marks[i].answer);
            }
        }
}

/* The program as it was compiled, into which nothing has been put: all gates are closed. */
static void test_without_states(void **state)
{
    (void)state;
    bpf_check(filter_program, COUNT(filter_program));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct seccomp_data call = {.nr = model_numbers(rows[i].call, 0).own, .arch = call_arch(0)};
        memcpy(call.args, rows[i].args, sizeof rows[i].args);
        assert_int_equal(bpf_run(filter_program, COUNT(filter_program), &call),
                         rows[i].gate == NONE ? ALLOWED : FAILS(gate_rows[rows[i].gate].error));
    }
    for (size_t i = 0; i < COUNT(filter_gates); i++)
        assert_int_equal(filter_program[filter_gates[i].at].k,
                         FAILS(gate_rows[filter_gates[i].gate].error));
    assert_int_equal(filter_program[MARK_LOW_AT].k, MARK_LOW_PLACEHOLDER);
    assert_int_equal(filter_program[MARK_HIGH_AT].k, MARK_HIGH_PLACEHOLDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_calls),
        cmocka_unit_test(test_calls_by_their_arguments),
        cmocka_unit_test(test_other_architectures),
        cmocka_unit_test(test_x32),
        cmocka_unit_test(test_the_mark),
        cmocka_unit_test(test_without_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
