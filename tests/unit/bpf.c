/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf.h"

#include "unit.h"

#include <stdbool.h>

static uint32_t load(const struct seccomp_data *call, uint32_t at)
{
    uint32_t word;
    if (at % sizeof word != 0 || at > sizeof *call - sizeof word)
        fail_msg("a load at %u", at);
    memcpy(&word, (const char *)call + at, sizeof word);
    return word;
}

/* Fails the test unless this instruction may stand where it stands. */
static void instruction_check(const struct sock_filter *program, size_t len, size_t at)
{
    static const struct seccomp_data any;
    const struct sock_filter *i = &program[at];
    size_t left = len - at - 1;
    switch (i->code) {
    case BPF_LD | BPF_W | BPF_ABS:
        load(&any, i->k);
        break;
    case BPF_ALU | BPF_AND | BPF_K:
    case BPF_RET | BPF_K:
        return;
    case BPF_JMP | BPF_JA:
        if (i->k >= left)
            fail_msg("instruction %zu jumps out of the program", at);
        return;
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_K:
        if (i->jt >= left || i->jf >= left)
            fail_msg("instruction %zu jumps out of the program", at);
        return;
    default:
        fail_msg("instruction %zu is %#x", at, i->code);
    }
}

void bpf_check(const struct sock_filter *program, size_t len)
{
    if (len == 0 || len > BPF_MAXINSNS)
        fail_msg("a program of %zu instructions", len);
    for (size_t at = 0; at < len; at++)
        instruction_check(program, len, at);
    if (BPF_CLASS(program[len - 1].code) != BPF_RET)
        fail_msg("the program does not end with an answer");
}

/* Whether a conditional jump is taken. */
static bool holds(const struct sock_filter *i, uint32_t value)
{
    switch (BPF_OP(i->code)) {
    case BPF_JEQ:
        return value == i->k;
    case BPF_JGT:
        return value > i->k;
    case BPF_JGE:
        return value >= i->k;
    default:
        return (value & i->k) != 0;
    }
}

uint32_t bpf_run(const struct sock_filter *program, size_t len, const struct seccomp_data *call)
{
    uint32_t value = 0;
    for (size_t at = 0; at < len; at++) {
        const struct sock_filter *i = &program[at];
        switch (BPF_CLASS(i->code)) {
        case BPF_LD:
            value = load(call, i->k);
            break;
        case BPF_ALU:
            value &= i->k;
            break;
        case BPF_RET:
            return i->k;
        default:
            at += i->code == (BPF_JMP | BPF_JA) ? i->k : holds(i, value) ? i->jt : i->jf;
        }
    }
    fail_msg("the program went on behind its end");
    return 0;
}
