/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include "../env/hash.h"
#include "gates.h"
#include "landlock.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>

#include "filter_program.h"

enum { FILTER_LEN = sizeof filter_program / sizeof *filter_program };

int filter_mark(const struct policy *policy, struct mark *mark, struct fault *fault)
{
    char path[PATH_MAX];
    uint64_t sum = policy->digest;
    if (policy->relative) {
        struct hash hash = hash_begin(0);
        int len = sys_working_directory(path, sizeof path);
        if (len < 0)
            return fault_of_call(fault, "getcwd", len);
        hash_add(&hash, 0, (struct span){(const char *)&sum, sizeof sum});
        hash_add(&hash, 1, (struct span){path, (size_t)len});
        sum = hash_end(hash);
    }
    *mark = (struct mark){.low = (uint32_t)sum, .high = (uint32_t)(sum >> 32)};
    if (mark->low == 0)
        mark->low = 1;
    return 0;
}

bool filter_bears(const struct mark *mark)
{
    uint32_t low = mark != NULL ? mark->low : 0, high = mark != NULL ? mark->high : 0;
    /* A filter that answers 0 to whatever it is asked is none of ours. */
    return sys_seccomp_mode() == SECCOMP_MODE_FILTER && sys_mark(low, high) == 0 &&
           sys_mark(~low, high) < 0;
}

/* What comes of a call that is forbidden outright. */
static uint32_t answer_of(enum filter_action action)
{
    static const uint32_t answers[] = {
        [ACTION_ERRNO] = SECCOMP_RET_ERRNO | EPERM,
        [ACTION_LOG] = SECCOMP_RET_LOG,
        [ACTION_KILL] = SECCOMP_RET_KILL_PROCESS,
        [ACTION_TRAP] = SECCOMP_RET_TRAP,
    };
    return answers[action];
}

/* What a gate answers in its state. */
static uint32_t answer_of_gate(enum gate gate, gate_set open, enum filter_action action)
{
    if (open & GATE_BIT(gate))
        return SECCOMP_RET_ALLOW;
    if (gate_rows[gate].error == EPERM)
        return answer_of(action);
    return SECCOMP_RET_ERRNO | (uint32_t)gate_rows[gate].error;
}

size_t filter_len(void)
{
    return FILTER_LEN;
}

void filter_make(gate_set open, enum filter_action action, const struct mark *mark,
                 struct sock_filter *program)
{
    size_t places = sizeof filter_gates / sizeof *filter_gates;
    memcpy(program, filter_program, sizeof filter_program);
    if (open == 0 && action == ACTION_ERRNO)
        places = 0; /* that is how it was compiled */
    for (size_t i = 0; i < places; i++)
        program[filter_gates[i].at].k =
            answer_of_gate((enum gate)filter_gates[i].gate, open, action);
    program[MARK_LOW_AT].k = mark->low;
    program[MARK_HIGH_AT].k = mark->high;
}

/* A program that is being put together; there is room for all that can be in it. */
struct writer {
    struct sock_filter *at;
    size_t len;
};

static void put(struct writer *writer, struct sock_filter instruction)
{
    writer->at[writer->len++] = instruction;
}

/* Answers for a number that is loaded; for one that many calls share, for one of them alone. */
static void put_number(struct writer *writer, int number, const uint32_t *part, uint32_t answer)
{
    enum { FIRST_ARGUMENT = offsetof(struct seccomp_data, args), CALL_OF_IPC = 0xffff };
    uint8_t skip = part != NULL ? 4 : 1;
    if (number < 0)
        return;
    put(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, skip));
    if (part != NULL) {
        put(writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST_ARGUMENT));
        put(writer, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, CALL_OF_IPC));
        put(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, *part, 0, 1));
    }
    put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
    if (part != NULL) /* the number again, for what follows */
        put(writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                 offsetof(struct seccomp_data, nr)));
}

/* Answers for all denied calls of one architecture. */
static void put_arch(struct writer *writer, unsigned arch, const struct groups *groups,
                     uint32_t answer)
{
    put(writer,
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    struct call call = {0};
    while (call.place < groups->calls && call_next(&call)) {
        if (!groups_deny_at(groups, call.place))
            continue;
        struct call_numbers numbers = call_numbers(&call, arch);
        put_number(writer, numbers.own, NULL, answer);
        put_number(writer, numbers.shared, &numbers.part, answer);
    }
    put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

size_t filter_make_denial(const struct groups *groups, enum filter_action action,
                          struct sock_filter *program)
{
    struct writer writer = {program, 0};
    for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
        put(&writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                  offsetof(struct seccomp_data, arch)));
        put(&writer,
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call_arch(arch), 1, 0));
        size_t jump = writer.len; /* over the part of this architecture */
        put(&writer, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
        put_arch(&writer, arch, groups, answer_of(action));
        writer.at[jump].k = (uint32_t)(writer.len - jump - 1);
    }
    put(&writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    return writer.len;
}

static int install(const struct sock_filter *program, size_t len, struct fault *fault)
{
    int error = landlock_zero(sys_seccomp_filter(program, len));
    return error < 0 ? fault_of_call(fault, "seccomp", error) : 0;
}

/* On its own, for its array is large and few policies want it. */
static __attribute__((noinline)) int install_denial(const struct groups *groups,
                                                    enum filter_action action, struct fault *fault)
{
    struct sock_filter program[DENIAL_MAX];
    return install(program, filter_make_denial(groups, action, program), fault);
}

size_t filter_denial_len(const struct groups *groups)
{
    struct sock_filter program[DENIAL_MAX];
    return filter_make_denial(groups, ACTION_ERRNO, program);
}

int filter_enforce(const struct policy *policy, const struct groups *groups, gate_set open,
                   const struct mark *mark, struct fault *fault)
{
    struct sock_filter program[FILTER_LEN];
    enum filter_action action = (enum filter_action)policy->filter.action;
    if (policy->filter.mode == FILTER_OFF)
        return 0;
    filter_make(open, action, mark, program);
    int error = install(program, FILTER_LEN, fault);
    /* An outer filter can make the call return 0 where nothing was done: then there is no mark. */
    if (error == 0 && sys_mark(mark->low, mark->high) != 0)
        return fault_of_call(fault, "seccomp", -EPROTO);
    /* Last, for it may deny seccomp(2) itself. */
    if (error == 0 && groups->calls != 0)
        error = install_denial(groups, action, fault);
    return error;
}
