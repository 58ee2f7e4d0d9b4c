/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generate TARGET program|names: prints the compiled filter, or the table of system calls, as C.
 *
 * It runs on the build machine, whatever the target is.
 */
#include "../gates.h"
#include "compile.h"
#include "die.h"

#include <string.h>

/* Where the comparison with a placeholder of the mark stands. */
static size_t place_of(const struct sock_filter *program, uint32_t k)
{
    size_t i = 0;
    while (program[i].k != k || program[i].code != (BPF_JMP | BPF_JEQ | BPF_K))
        i++;
    return i;
}

static void print_program(const struct target *target, const struct call *calls, size_t len)
{
    static struct sock_filter program[PROGRAM_MAX];
    size_t program_len = compile(target, calls, len, program);
    puts("static const struct sock_filter filter_program[] = {");
    for (size_t i = 0; i < program_len; i++)
        printf("    {0x%02x, %3u, %3u, 0x%08x},\n", program[i].code, program[i].jt, program[i].jf,
               program[i].k);
    puts("};\nstatic const struct {\n    uint16_t at, gate;\n} filter_gates[] = {");
    for (size_t i = 0; i < program_len; i++)
        if (program[i].code == (BPF_RET | BPF_K) &&
            program[i].k - GATE_PLACEHOLDER(0) < (uint32_t)GATES)
            printf("    {%zu, %u},\n", i, program[i].k - GATE_PLACEHOLDER(0));
    puts("};");
    printf("enum { MARK_LOW_AT = %zu, MARK_HIGH_AT = %zu };\n",
           place_of(program, MARK_LOW_PLACEHOLDER), place_of(program, MARK_HIGH_PLACEHOLDER));
}

/* The number as shim/calls.c has it: in 16 bits, which takes moving those of ARM's own. */
static int packed(int number)
{
    enum { ARM_FIRST = 0xf0000, ARM_PACKED = 0x7000 };
    if (number >= ARM_FIRST)
        number += ARM_PACKED - ARM_FIRST;
    if (number > INT16_MAX)
        die("system call %d: too high a number", number);
    return number;
}

static void print_names(const struct target *target, const struct call *calls, size_t len)
{
    size_t offset = 0;
    puts("static const char call_names[] = {");
    for (size_t i = 0; i < len; i++) {
        for (const char *c = calls[i].name; *c != '\0'; c++)
            printf("'%c',", *c);
        puts("0,");
    }
    puts("};\nstatic const struct call_row call_rows[] = {");
    for (size_t i = 0; i < len; i++) {
        printf("    {%zu, %d, {%d, %d}}, /* %s */\n", offset, calls[i].mux,
               packed(calls[i].number[0]), packed(calls[i].number[1]), calls[i].name);
        offset += strlen(calls[i].name) + 1;
    }
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
