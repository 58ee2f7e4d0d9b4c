/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include "die.h"

size_t program_put(struct program *program, const struct sock_filter *code, size_t len)
{
    if (program->len + len > PROGRAM_MAX)
        die("the filter is too long");
    while (len > 0)
        program->reversed[program->len++] = code[--len];
    return program->len;
}

/* A place that a conditional jump, even one behind another jump, reaches: this one, or that of a
 * jump to it. */
static size_t within_reach(struct program *program, size_t place)
{
    enum { REACH = UINT8_MAX - 1 };
    const struct sock_filter jump = BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(program->len - place));
    return program->len - place > REACH ? program_put(program, &jump, 1) : place;
}

size_t program_compare(struct program *program, uint16_t comparison, uint32_t k, size_t yes,
                       size_t no)
{
    yes = within_reach(program, yes);
    no = within_reach(program, no);
    const struct sock_filter compare =
        BPF_JUMP(BPF_JMP | comparison | BPF_K, k, (uint8_t)(program->len - yes),
                 (uint8_t)(program->len - no));
    return program_put(program, &compare, 1);
}

size_t program_export(const struct program *program, struct sock_filter *at)
{
    for (size_t i = 0; i < program->len; i++)
        at[i] = program->reversed[program->len - 1 - i];
    return program->len;
}
