/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generate TARGET program|names: prints the compiled filter, or the table of system calls, as C.
 *
 * It runs on the build machine, whatever the target is.
 */
#include "../calls_format.h"
#include "../gates.h"
#include "compile.h"
#include "die.h"

#include <linux/seccomp.h>
#include <string.h>

/* Where the comparison with a placeholder of the mark stands. */
static size_t place_of(const struct sock_filter *program, uint32_t k)
{
    size_t i = 0;
    while (program[i].k != k || program[i].code != (BPF_JMP | BPF_JEQ | BPF_K))
        i++;
    return i;
}

/* The gate whose answer an instruction returns, or GATES. */
static unsigned gate_of(const struct sock_filter *instruction)
{
    uint32_t gate = instruction->k - GATE_PLACEHOLDER(0);
    return instruction->code == (BPF_RET | BPF_K) && gate < GATES ? gate : GATES;
}

/* Gates that are closed, as a policy that opens none has them, need nothing put in at a start. */
static uint32_t value_of(const struct sock_filter *instruction)
{
    unsigned gate = gate_of(instruction);
    return gate < GATES ? SECCOMP_RET_ERRNO | gate_rows[gate].error : instruction->k;
}

static void print_program(const struct target *target, const struct call *calls, size_t len)
{
    static struct sock_filter program[PROGRAM_MAX];
    size_t program_len = compile(target, calls, len, program);
    puts("static const struct sock_filter filter_program[] = {");
    for (size_t i = 0; i < program_len; i++)
        printf("    {0x%02x, %3u, %3u, 0x%08x},\n", program[i].code, program[i].jt, program[i].jf,
               value_of(&program[i]));
    puts("};\nstatic const struct {\n    uint16_t at, gate;\n} filter_gates[] = {");
    for (size_t i = 0; i < program_len; i++)
        if (gate_of(&program[i]) < GATES)
            printf("    {%zu, %u},\n", i, gate_of(&program[i]));
    puts("};");
    printf("enum { MARK_LOW_AT = %zu, MARK_HIGH_AT = %zu };\n",
           place_of(program, MARK_LOW_PLACEHOLDER), place_of(program, MARK_HIGH_PLACEHOLDER));
}

/* How much of its beginning a name has in common with another. */
static unsigned shared(const char *name, const char *other)
{
    unsigned len = 0;
    while (name[len] != '\0' && name[len] == other[len])
        len++;
    return len;
}

/* Which of call_bases a number is counted from. */
static unsigned kind_of(int number)
{
    unsigned kind = sizeof call_bases / sizeof *call_bases - 1;
    while (number < call_bases[kind])
        kind--;
    if (number - call_bases[kind] > UINT8_MAX)
        die("system call %d: no room for this number", number);
    return kind;
}

/* Prints a call of the table (calls_format.h); before is the name in front of it. Returns how many
 * bytes it has. */
static size_t print_call(const struct call *call, const char *before)
{
    unsigned common = shared(call->name, before), bits = CALL_NAME_END;
    size_t size = 2 + strlen(call->name) - common;
    for (int half = 0; half < HALVES; half++)
        bits |= kind_of(call->number[half]) << 2 * half;
    if (call->mux != 0)
        bits |= CALL_PART;
    printf("    %u, ", common);
    for (const char *c = call->name + common; *c != '\0'; c++)
        printf("'%c', ", *c);
    printf("0x%02x, ", bits);
    for (int half = 0; half < HALVES; half++)
        if (call->number[half] >= 0) {
            printf("%d, ", call->number[half] - call_bases[kind_of(call->number[half])]);
            size++;
        }
    if (call->mux != 0) {
        printf("%d, ", call->mux);
        size++;
    }
    printf("/* %s */\n", call->name);
    return size;
}

static void print_names(const struct target *target, const struct call *calls, size_t len)
{
    size_t begin[CALLS_MAX], end = 0;
    puts("static const uint8_t call_table[] = {");
    for (size_t i = 0; i < len; i++) {
        begin[i] = end;
        end += print_call(&calls[i], i > 0 ? calls[i - 1].name : "");
    }
    printf("};\nenum { CALLS = %zu };\nstatic const struct call_letter call_letters[] = {\n", len);
    for (size_t i = 0; i < len; i++)
        if (i == 0 || *calls[i].name != *calls[i - 1].name)
            printf("    {'%c', %zu, %zu},\n", *calls[i].name, i, begin[i]);
    puts("};");
    printf("static const uint32_t call_archs[] = {0x%08x, 0x%08x};\n", target->halves[0],
           target->halves[1]);
}

int main(int argc, char **argv)
{
    static struct call calls[CALLS_MAX];
    const struct target *target = argc == 3 ? target_find(argv[1]) : NULL;
    if (target == NULL)
        die("usage: generate x86|arm|riscv64 program|names");
    size_t len = calls_list(target, calls);
    printf("/* made by shim/gen for %s */\n", target->name);
    if (strcmp(argv[2], "program") == 0)
        print_program(target, calls, len);
    else
        print_names(target, calls, len);
    if (fflush(stdout) != 0 || ferror(stdout))
        die("standard output");
    return 0;
}
