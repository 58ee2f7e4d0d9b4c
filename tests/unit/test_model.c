/* SPDX-License-Identifier: Apache-2.0 */
/* The filter against the model of the gates, over a million calls that a seed chooses. */
#include "../../env/vars.h"
#include "../../shim/gates.h"
#include "../../shim/plan.h"
#include "bpf.h"
#include "model.h"
#include "random.h"
#include "read.h"
#include "unit.h"

#include <linux/audit.h>

enum { ROUNDS = 1000000, CALLS_OF_A_STATE = 20, PROGRAM_MAX = 4096 };

/* Numbers of the calls that matter, of both architectures. */
static int numbers[256];
static size_t numbers_len;

static void numbers_note(const char *call)
{
    for (unsigned arch = 0; arch < CALL_ARCHS; arch++)
        if (model_numbers(call, arch).own >= 0)
            numbers[numbers_len++] = model_numbers(call, arch).own;
}

static int numbers_collect(void **state)
{
    static const char *const by_arguments[] = {"socket",  "socketpair", "sendto", "sendmsg",
                                               "clone",   "sendmmsg",   "ioctl",  "prlimit64",
                                               "unshare", "prctl"};
    char text[512];
    (void)state;
    for (unsigned gate = 0; gate < GATES; gate++) {
        snprintf(text, sizeof text, "%s", model_rows[gate].calls);
        for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
            numbers_note(word);
    }
    for (size_t i = 0; i < COUNT(by_arguments); i++)
        for (int weight = 0; weight < 5; weight++)
            numbers_note(by_arguments[i]);
    assert_true(numbers_len < COUNT(numbers));
    return 0;
}

static const struct mark mark = {0x12345678, 0x9abcdef0};

/* One of the values that something hangs on, or anything. */
static uint32_t argument(void)
{
    static const uint32_t special[] = {
        0,           1,          2,       10,     16,         5,          3,
        6,           17,         58,      132,    136,        255,        256,
        262,         0x5412,     0x541c,  0x5413, 0x12345678, 0x9abcdef0, 0xedcba987,
        MARK_OPTION, 0x20000000, 0x80000, 0x800,  0xffffffff};
    uint32_t low = (uint32_t)random_next();
    switch (random_below(4)) {
    case 0:
        return low;
    case 1:
        return 1U << low % 32;
    default:
        return special[low % COUNT(special)];
    }
}

/* The same for what sockets are made with: families, types with flags, protocols. */
static uint32_t argument_of_socket(unsigned i)
{
    static const uint8_t families[] = {1, 2, 2, 10, 10, 16}, types[] = {1, 1, 2, 2, 3, 5};
    static const uint32_t protocols[] = {0, 1, 6, 17, 58, 132, 136, 256, 262};
    uint32_t low = (uint32_t)random_next();
    bool any = random_below(4) == 0;
    switch (i) {
    case 0:
        return any ? low % 51 : families[low % COUNT(families)];
    case 1:
        return (any ? low % 16 : types[low % COUNT(types)]) | (low & 0x80800);
    case 2:
        return any ? low % 301 : protocols[low % COUNT(protocols)];
    default:
        return argument();
    }
}

static uint32_t architecture(void)
{
    static const uint32_t others[] = {0,
                                      AUDIT_ARCH_ARM,
                                      AUDIT_ARCH_AARCH64,
                                      AUDIT_ARCH_X86_64,
                                      AUDIT_ARCH_I386,
                                      AUDIT_ARCH_PPC,
                                      0xffffffff};
    unsigned which = random_below(20);
    return which == 0 ? others[random_below(COUNT(others))] : call_arch(which % CALL_ARCHS);
}

static struct seccomp_data call_make(void)
{
    struct seccomp_data call = {.arch = architecture(), .instruction_pointer = random_next()};
    call.nr = numbers[random_below((unsigned)numbers_len)];
    switch (random_below(16)) {
    case 0:
        call.nr++;
        break;
    case 1:
        call.nr--;
        break;
    case 2:
        call.nr |= 0x40000000; /* x32 */
        break;
    case 3:
        call.nr = (int)random_next();
        break;
    case 4:
        call.nr = (int)random_below(700) - 1;
        break;
    }
    bool socket = random_below(2);
    for (unsigned i = 0; i < COUNT(call.args); i++) {
        call.args[i] = socket ? argument_of_socket(i) : argument();
        if (random_below(2))
            call.args[i] |= random_next() << 32;
    }
    if (random_below(32) == 0) {
        const uint32_t halves[] = {0, mark.low, mark.high, ~mark.low};
        call.nr = model_numbers("prctl", random_below(CALL_ARCHS)).own;
        call.args[0] = (call.args[0] & ~0xffffffffULL) | MARK_OPTION;
        call.args[1] = halves[random_below(COUNT(halves))];
        call.args[2] = halves[random_below(COUNT(halves))];
    }
    return call;
}

/* States that policies come to, and between them whatever may be. */
static gate_set states[GATES + 3];
static size_t states_len;

static void state_note(char *variable)
{
    static struct port_bits bits[NET_ACCESSES];
    char *env[] = {variable, NULL};
    struct policy policy;
    struct groups groups;
    struct fault fault;
    struct plan plan;
    assert_null(policy_read(env, NULL, &policy, bits, &fault));
    assert_null(groups_read(&policy, &groups, &fault));
    assert_int_equal(plan_make(&policy, 7, &plan), 0);
    states[states_len++] = plan_gates(&plan, &policy, &groups);
}

static void states_collect(void)
{
    states[states_len++] = 0;
    states[states_len++] = ~0ULL;
    state_note("SANDLOCK_SECCOMP=nested");
    for (unsigned gate = 0; gate < GATES; gate++) {
        char variable[64];
        snprintf(variable, sizeof variable, "SANDLOCK_SECCOMP_ALLOW=@%s", gate_rows[gate].group);
        if (gate != GATE_I386_SOCKETS)
            state_note(variable);
    }
}

static gate_set state_choose(void)
{
    return random_below(2) ? states[random_below((unsigned)states_len)] : random_next();
}

static void test_filter_is_the_model(void **state)
{
    static struct sock_filter program[PROGRAM_MAX];
    size_t allowed = 0, marked = 0;
    (void)state;
    states_collect();
    for (size_t round = 0; round < ROUNDS / CALLS_OF_A_STATE; round++) {
        gate_set open = state_choose();
        enum filter_action action = (enum filter_action)random_below(4);
        filter_make(open, action, &mark, program);
        if (round < 100)
            bpf_check(program, filter_len());
        for (unsigned i = 0; i < CALLS_OF_A_STATE; i++) {
            struct seccomp_data call = call_make();
            uint32_t got = bpf_run(program, filter_len(), &call);
            uint32_t expected = model_answer(&call, open, action, &mark);
            allowed += got == SECCOMP_RET_ALLOW;
            marked += got == SECCOMP_RET_ERRNO;
            if (got != expected)
                fail_msg("%x:%d(%llx, %llx, %llx, %llx), open %llx: expected %x, got %x", call.arch,
                         call.nr, call.args[0], call.args[1], call.args[2], call.args[3],
                         (unsigned long long)open, expected, got);
        }
    }
    /* No answer is rare, or this would say little. */
    assert_true(marked > ROUNDS / 1000);
    assert_in_range(allowed, ROUNDS / 5, ROUNDS * 4 / 5);
}

/* An open gate answers in the place of any other: no call may belong to two. Each gate is met. */
static void test_gates_are_disjoint(void **state)
{
    gate_set met = 0, wanted = 0;
    (void)state;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct seccomp_data call = call_make();
        for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
            gate_set set = model_gates(arch, &call);
            met |= set;
            if ((set & (set - 1)) != 0)
                fail_msg("%d belongs to the gates %llx", call.nr, (unsigned long long)set);
        }
    }
    for (unsigned gate = 0; gate < GATES; gate++)
        if (gate != GATE_I386_SOCKETS || model_is_i386(1))
            wanted |= GATE_BIT(gate);
    assert_int_equal(met, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter_is_the_model),
        cmocka_unit_test(test_gates_are_disjoint),
    };
    return cmocka_run_group_tests(tests, numbers_collect, NULL);
}
