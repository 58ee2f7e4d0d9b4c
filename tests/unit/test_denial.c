/* SPDX-License-Identifier: Apache-2.0 */
/* The filter that SANDLOCK_SECCOMP_DENY makes of names. */
#include "bpf.h"
#include "model.h"
#include "random.h"
#include "unit.h"

#include <errno.h>
#include <linux/audit.h>

enum { NUMBERS = 600, SOCKETCALL = 102, IPC = 117, KERNEL_MAX = 4096 };

#define DENIED  (SECCOMP_RET_ERRNO | EPERM)
#define ALLOWED SECCOMP_RET_ALLOW

static struct sock_filter program[DENIAL_MAX];
static size_t program_len;

static void program_make(const struct groups *groups, enum filter_action action)
{
    program_len = filter_make_denial(groups, action, program);
    assert_true(program_len <= DENIAL_MAX && program_len <= KERNEL_MAX);
    bpf_check(program, program_len);
}

static struct groups groups_of(const char *list)
{
    struct policy policy = {.filter.denied = span_of(list)};
    struct groups groups;
    struct fault fault;
    const char *reason = groups_read(&policy, &groups, &fault);
    if (reason != NULL)
        fail_msg("%s: %s", list, reason);
    return groups;
}

static void deny(struct groups *groups, unsigned place)
{
    groups->denied_calls[place / 64] |= 1ULL << place % 64;
}

static uint32_t answer_of(uint32_t arch, int nr, uint64_t first)
{
    struct seccomp_data call = {.nr = nr, .arch = arch, .args = {first}};
    return bpf_run(program, program_len, &call);
}

/* Whether a call is to be denied. */
static bool is_denied(const struct groups *groups, unsigned arch, int nr, uint64_t first)
{
    struct call call = {0};
    while (call_next(&call)) {
        struct call_numbers numbers = call_numbers(&call, arch);
        if (groups_deny_at(groups, call.place) &&
            (numbers.own == nr || (numbers.shared == nr && numbers.part == (first & 0xffff))))
            return true;
    }
    return false;
}

static void expect_all(const struct groups *groups)
{
    static const uint64_t firsts[] = {0, 1, 2, 23, 0x10002, 0xdeadbeef00000001};
    for (unsigned arch = 0; arch < CALL_ARCHS; arch++)
        for (int nr = 0; nr < NUMBERS && call_arch(arch) != 0; nr++)
            for (size_t i = 0; i < (nr == SOCKETCALL || nr == IPC ? COUNT(firsts) : 1); i++)
                if (answer_of(call_arch(arch), nr, firsts[i]) !=
                    (is_denied(groups, arch, nr, firsts[i]) ? DENIED : ALLOWED))
                    fail_msg("%x:%d(%llx)", call_arch(arch), nr, (unsigned long long)firsts[i]);
    assert_int_equal(answer_of(AUDIT_ARCH_MIPS, 1, 0), ALLOWED); /* the other filter has that one */
}

/* Each name by itself denies its own numbers, and nothing else. */
static void test_each_name(void **state)
{
    struct call call = {0};
    (void)state;
    while (call_next(&call)) {
        struct groups groups = {.calls = CALLS_MAX};
        deny(&groups, call.place);
        program_make(&groups, ACTION_ERRNO);
        for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
            struct call_numbers numbers = call_numbers(&call, arch);
            if (numbers.own >= 0) {
                assert_int_equal(answer_of(call_arch(arch), numbers.own, 0), DENIED);
                assert_int_equal(answer_of(call_arch(arch), numbers.own + 1, 0), ALLOWED);
                assert_int_equal(answer_of(call_arch(arch), numbers.own - 1, 0), ALLOWED);
            }
            for (uint32_t part = 0; numbers.shared >= 0 && part < 32; part++)
                assert_int_equal(answer_of(call_arch(arch), numbers.shared, part),
                                 part == numbers.part ? DENIED : ALLOWED);
        }
    }
}

/* Numbers as the kernel's headers have them: asm/unistd_64.h, unistd_32.h, linux/{net,ipc}.h. */
static void test_x86(void **state)
{
    static const struct {
        const char *list;
        bool i386;
        int nr;
        uint64_t first;
        uint32_t answer;
    } rows[] = {
        {"socket", false, 41, 1, DENIED},
        {"socket", false, SOCKETCALL, 1, ALLOWED}, /* getuid */
        {"socket", true, 359, 2, DENIED},
        {"socket", true, SOCKETCALL, 1, DENIED},
        {"socket", true, SOCKETCALL, 0xffffffff00000001, DENIED},
        {"socket", true, SOCKETCALL, 2, ALLOWED},
        {"accept4", true, SOCKETCALL, 18, DENIED},
        {"send", true, SOCKETCALL, 9, DENIED},
        {"sendmmsg", true, SOCKETCALL, 20, DENIED},
        {"socketcall", true, SOCKETCALL, 2, DENIED},
        {"socketcall", false, SOCKETCALL, 2, ALLOWED},
        {"shmget", false, 29, 0, DENIED},
        {"shmget", true, 395, 0, DENIED},
        {"shmget", true, IPC, 23, DENIED},
        {"shmget", true, IPC, 0x10017, DENIED}, /* the kernel takes a version off */
        {"shmget", true, IPC, 2, ALLOWED},
        {"semget", true, IPC, 2, DENIED},
        {"semop", true, IPC, 1, DENIED},
        {"msgctl", true, IPC, 14, DENIED},
        {"shmctl", true, IPC, 24, DENIED},
        {"ipc", true, IPC, 2, DENIED},
        {"open_tree_attr", false, 467, 0, DENIED},
        {"open_tree_attr", true, 467, 0, DENIED},
        {"uprobe", false, 336, 0, DENIED},
        {"uprobe", true, 336, 0, ALLOWED},
        {"ptrace,kcmp", false, 101, 0, DENIED},
        {"ptrace,kcmp", false, 312, 0, DENIED},
        {"ptrace,kcmp", true, 26, 0, DENIED},
        {"ptrace,kcmp", true, 349, 0, DENIED},
        {"ptrace,kcmp", true, 101, 0, ALLOWED},
        {"s390_pci_mmio_read", false, 0, 0, ALLOWED}, /* of another architecture */
    };
    (void)state;
    if (call_arch(0) != AUDIT_ARCH_X86_64)
        skip();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct groups groups = groups_of(rows[i].list);
        program_make(&groups, ACTION_ERRNO);
        if (answer_of(call_arch(rows[i].i386), rows[i].nr, rows[i].first) != rows[i].answer)
            fail_msg("row %zu", i);
    }
}

static void test_actions(void **state)
{
    struct groups groups = groups_of("kcmp");
    (void)state;
    for (unsigned action = ACTION_ERRNO; action <= ACTION_TRAP; action++) {
        program_make(&groups, (enum filter_action)action);
        assert_int_equal(answer_of(call_arch(0), model_numbers("kcmp", 0).own, 0),
                         model_answer_of_action((enum filter_action)action));
    }
}

static void test_everything_at_once(void **state)
{
    struct groups groups = {.calls = CALLS_MAX};
    struct call call = {0};
    (void)state;
    while (call_next(&call))
        deny(&groups, call.place);
    program_make(&groups, ACTION_ERRNO);
    expect_all(&groups);
}

static void test_some_of_all(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 40; round++) {
        struct groups groups = {.calls = CALLS_MAX};
        unsigned rarity = 1 + random_below(40);
        struct call call = {0};
        while (call_next(&call))
            if (random_below(rarity) == 0)
                deny(&groups, call.place);
        program_make(&groups, ACTION_ERRNO);
        expect_all(&groups);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_name),   cmocka_unit_test(test_x86),
        cmocka_unit_test(test_actions),     cmocka_unit_test(test_everything_at_once),
        cmocka_unit_test(test_some_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
