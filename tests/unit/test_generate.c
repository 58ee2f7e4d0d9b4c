/* SPDX-License-Identifier: Apache-2.0 */
/* The generator of the filter: that the build took what it makes, that it makes all, and that its
 * part by numbers is what libseccomp makes of the same names when it is asked directly. */
#include "../../shim/gates.h"
#include "../../shim/gen/compile.h"
#include "bpf.h"
#include "filter_program.h"
#include "random.h"
#include "unit.h"

#include <errno.h>
#include <seccomp.h>

enum { NUMBERS = 600, ROUNDS = 40 };

static struct call calls[CALLS_MAX];
static size_t calls_len;

/* The target that the build is for. */
static const struct target *host(void)
{
    static const char *const names[] = {"x86", "arm", "riscv64"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (target_find(names[i])->halves[0] == seccomp_arch_native())
            return target_find(names[i]);
    fail_msg("no target for this machine");
    return NULL;
}

static size_t compile_for(const struct target *target, struct sock_filter *program)
{
    calls_len = calls_list(target, calls);
    size_t len = compile(target, calls, calls_len, program);
    bpf_check(program, len);
    return len;
}

static void test_the_build_took_it(void **state)
{
    static struct sock_filter program[PROGRAM_MAX];
    (void)state;
    assert_int_equal(compile_for(host(), program), COUNT(filter_program));
    for (size_t i = 0; i < COUNT(filter_gates); i++) {
        assert_int_equal(program[filter_gates[i].at].k, GATE_PLACEHOLDER(filter_gates[i].gate));
        program[filter_gates[i].at].k =
            SECCOMP_RET_ERRNO | (uint32_t)gate_rows[filter_gates[i].gate].error;
    }
    assert_memory_equal(program, filter_program, sizeof filter_program);
}

static bool has_gate(const struct sock_filter *program, size_t len, unsigned gate)
{
    for (size_t i = 0; i < len; i++)
        if (program[i].code == (BPF_RET | BPF_K) && program[i].k == GATE_PLACEHOLDER(gate))
            return true;
    return false;
}

static void test_every_target_has_every_gate(void **state)
{
    static const struct {
        const char *name;
        gate_set lacks;
    } rows[] = {
        {"x86", 0},
        {"arm", GATE_BIT(GATE_RAWIO) | GATE_BIT(GATE_I386_SOCKETS)},
        {"riscv64", GATE_BIT(GATE_RAWIO) | GATE_BIT(GATE_I386_SOCKETS)},
    };
    static struct sock_filter program[PROGRAM_MAX];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct target *target = target_find(rows[i].name);
        assert_non_null(target);
        size_t len = compile_for(target, program);
        for (unsigned gate = 0; gate < GATES; gate++)
            if (has_gate(program, len, gate) != !(rows[i].lacks & GATE_BIT(gate)))
                fail_msg("%s: gate %u", rows[i].name, gate);
    }
    assert_null(target_find("x8"));
}

/* Every call is found by its name, and none that there is not. */
static void test_names(void **state)
{
    (void)state;
    calls_len = calls_list(host(), calls);
    for (size_t i = 0; i < calls_len; i++) {
        assert_ptr_equal(call_find(calls, calls_len, calls[i].name), &calls[i]);
        assert_true(i == 0 || strcmp(calls[i - 1].name, calls[i].name) < 0);
    }
    assert_null(call_find(calls, calls_len, "no_such_call"));
}

/* Whether a gate's whole calls count on an architecture: 32-bit x86 has one for all sockets. */
static bool counts(uint32_t arch, unsigned gate)
{
    bool sockets = gate >= GATE_FAMILIES && gate <= GATE_LISTEN;
    return arch == SCMP_ARCH_X86 ? !sockets : gate != GATE_I386_SOCKETS;
}

/* What libseccomp makes of the names of the closed gates on one architecture. Returns its length.
 */
static size_t direct(uint32_t arch, gate_set closed, struct sock_filter *program)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    assert_non_null(filter);
    if (arch != seccomp_arch_native()) {
        assert_int_equal(seccomp_arch_add(filter, arch), 0);
        assert_int_equal(seccomp_arch_remove(filter, seccomp_arch_native()), 0);
    }
    for (unsigned gate = 0; gate < GATES; gate++) {
        char text[512];
        snprintf(text, sizeof text, "%s", gate_calls((enum gate)gate));
        for (char *name = strtok(text, " "); name != NULL; name = strtok(NULL, " ")) {
            int number = seccomp_syscall_resolve_name(name);
            if (number != __NR_SCMP_ERROR && counts(arch, gate) && closed & GATE_BIT(gate))
                assert_int_equal(
                    seccomp_rule_add(filter, SCMP_ACT_ERRNO(gate_rows[gate].error), number, 0), 0);
        }
    }
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(seccomp_export_bpf(filter, fileno(file)), 0);
    rewind(file);
    size_t len = fread(program, sizeof *program, PROGRAM_MAX, file);
    fclose(file);
    seccomp_release(filter);
    return len;
}

/* The compiled filter with these gates closed and the others open. */
static void patch(struct sock_filter *program, gate_set closed)
{
    memcpy(program, filter_program, sizeof filter_program);
    for (size_t i = 0; i < COUNT(filter_gates); i++)
        if (!(closed & GATE_BIT(filter_gates[i].gate)))
            program[filter_gates[i].at].k = SECCOMP_RET_ALLOW;
}

/* Whether libseccomp, asked for names alone, knows all that there is to know of a number. */
static bool is_decided_by_name(uint32_t arch, int nr)
{
    static const char *const others[] = {"socket",   "socketpair", "sendto",        "sendmsg",
                                         "sendmmsg", "clone",      "unshare",       "ioctl",
                                         "prctl",    "prlimit64",  "open_tree_attr"};
    int half = arch == host()->halves[1];
    for (size_t i = 0; i < COUNT(others); i++)
        if (call_find(calls, calls_len, others[i])->number[half] == nr &&
            !(arch == SCMP_ARCH_X86 && others[i][0] == 's'))
            return false;
    return true;
}

static void test_numbers_are_libseccomps(void **state)
{
    static struct sock_filter ours[COUNT(filter_program)], theirs[PROGRAM_MAX];
    (void)state;
    calls_len = calls_list(host(), calls);
    for (unsigned round = 0; round < ROUNDS; round++) {
        gate_set closed = round == 0 ? ~0ULL : random_next() & random_next();
        patch(ours, closed);
        for (int half = 0; half < HALVES; half++) {
            uint32_t arch = host()->halves[half];
            if (arch == 0)
                continue;
            size_t len = direct(arch, closed, theirs);
            for (int nr = 0; nr < NUMBERS; nr++) {
                struct seccomp_data call = {.nr = nr, .arch = arch};
                uint32_t got = bpf_run(ours, COUNT(ours), &call);
                if (is_decided_by_name(arch, nr) && got != bpf_run(theirs, len, &call))
                    fail_msg("%x:%d: got %x", arch, nr, got);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_build_took_it),
        cmocka_unit_test(test_every_target_has_every_gate),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers_are_libseccomps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
