/* SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include "arguments.h"
#include "die.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

/* What libseccomp's part returns where arguments[i] goes on: an errno that nothing else has. */
#define SPLICE(i) (SECCOMP_RET_ERRNO | (3000U + (unsigned)(i)))

enum { ARGUMENTS_LEN = sizeof arguments / sizeof *arguments };

/* A program that is being put together. */
struct program {
    struct sock_filter *at;
    size_t len;
};

/* What is known of all calls. */
struct table {
    const struct call *calls;
    size_t len;
};

static void check(int error, const char *what)
{
    if (error < 0)
        die("%s: %s", what, strerror(-error));
}

static const struct call *find(const struct table *table, const char *name)
{
    const struct call *call = call_find(table->calls, table->len, name);
    if (call == NULL)
        die("%s: not the name of a system call", name);
    return call;
}

/* On i386 one gate stands for all that tell sockets apart. */
static bool applies(uint32_t arch, bool socket, bool i386_sockets)
{
    return arch == SCMP_ARCH_X86 ? !socket : !i386_sockets;
}

/* Makes the filter answer a call with an errno. libseccomp wants the build machine's number for
 * the name, be it a pseudo one, and turns it into the target's. */
static void rule_add(scmp_filter_ctx filter, const struct call *call, unsigned error)
{
    int number = seccomp_syscall_resolve_name(call->name);
    if (number == __NR_SCMP_ERROR)
        die("%s: libseccomp does not know this name here", call->name);
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), number, 0), call->name);
}

/* Calls f for each system call that a gate closes whole. */
static void for_each_call(const struct table *table, enum gate gate,
                          void (*f)(const struct call *, enum gate, void *), void *to)
{
    char names[512], *rest = names;
    if (strlen(gate_calls((enum gate)gate)) >= sizeof names)
        die("gate %d: too many system calls", gate);
    strcpy(names, gate_calls((enum gate)gate));
    for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;)
        f(find(table, name), gate, to);
}

/* A filter of libseccomp's, and the architecture that it is for. */
struct half {
    scmp_filter_ctx filter;
    int which;
};

/* Adds a call that libseccomp knows; those that it does not, unnamed_add does. */
static void named_add(const struct call *call, enum gate gate, void *to)
{
    struct half *half = to;
    if (call->number[half->which] >= 0 && call->named[half->which])
        rule_add(half->filter, call, GATE_PLACEHOLDER(gate) & SECCOMP_RET_DATA);
}

/* The filter for one architecture. */
static scmp_filter_ctx half_make(uint32_t arch, int which, const struct table *table)
{
    struct half half = {seccomp_init(SCMP_ACT_ALLOW), which};
    if (half.filter == NULL)
        die("seccomp_init");
    if (arch != seccomp_arch_native()) {
        check(seccomp_arch_add(half.filter, arch), "seccomp_arch_add");
        check(seccomp_arch_remove(half.filter, seccomp_arch_native()), "seccomp_arch_remove");
    }
    check(seccomp_attr_set(half.filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "binary tree");
    check(seccomp_attr_set(half.filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)), "ENOSYS");
    for (unsigned gate = 0; gate < GATES; gate++)
        if (applies(arch, gate_rows[gate].flags & GATE_SOCKET, gate == GATE_I386_SOCKETS))
            for_each_call(table, (enum gate)gate, named_add, &half);
    for (unsigned i = 0; i < ARGUMENTS_LEN; i++)
        if (applies(arch, arguments[i].socket, false) &&
            find(table, arguments[i].call)->number[which] >= 0)
            rule_add(half.filter, find(table, arguments[i].call), SPLICE(i) & SECCOMP_RET_DATA);
    return half.filter;
}

/* Reads what libseccomp has compiled. */
static void export_filter(scmp_filter_ctx filter, struct program *program)
{
    FILE *file = tmpfile();
    if (file == NULL)
        die("tmpfile");
    check(seccomp_export_bpf(filter, fileno(file)), "seccomp_export_bpf");
    rewind(file);
    program->len = fread(program->at, sizeof *program->at, PROGRAM_MAX, file);
    if (program->len == 0 || program->len == PROGRAM_MAX || ferror(file))
        die("no filter came out of libseccomp");
    fclose(file);
}

static void append(struct program *program, const struct sock_filter *code, size_t len)
{
    if (program->len + len > PROGRAM_MAX)
        die("the filter is too long");
    memcpy(program->at + program->len, code, len * sizeof *code);
    program->len += len;
}

/* Makes what libseccomp's part, the first so many instructions, answers with go on at the end of
 * the program. Returns whether it answers so anywhere. */
static bool splice(struct program *program, size_t first, uint32_t answer)
{
    bool found = false;
    for (size_t i = 0; i < first; i++)
        if (program->at[i].code == (BPF_RET | BPF_K) && program->at[i].k == answer) {
            program->at[i] =
                (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(program->len - i - 1));
            found = true;
        }
    return found;
}

/* Adds a call that libseccomp has no name for. Its number has to be the same on both architectures,
 * for there is but one block for the two. */
static void unnamed_add(const struct call *call, enum gate gate, void *to)
{
    if (call->number[0] < 0 || call->named[0])
        return;
    if (call->number[1] >= 0 && (call->named[1] || call->number[1] != call->number[0]))
        die("%s: unnamed on one architecture alone", call->name);
    const struct sock_filter closed[] = {WHEN(
        (uint32_t)call->number[0], BPF_STMT(BPF_RET | BPF_K, GATE_PLACEHOLDER((unsigned)gate)))};
    append(to, closed, sizeof closed / sizeof *closed);
}

/* Adds them all, to where libseccomp's part would allow what it does not know. */
static void append_unnamed(struct program *program, size_t first, const struct table *table)
{
    static struct sock_filter code[PROGRAM_MAX];
    struct program block = {code, 0};
    for (unsigned gate = 0; gate < GATES; gate++)
        for_each_call(table, (enum gate)gate, unnamed_add, &block);
    if (block.len == 0)
        return;
    splice(program, first, SECCOMP_RET_ALLOW);
    append(program, (struct sock_filter[]){BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)}, 1);
    append(program, block.at, block.len);
    append(program, (struct sock_filter[]){ALLOW}, 1);
}

/* How often an instruction stands in the program. */
static size_t count(const struct program *program, uint16_t code, uint32_t k)
{
    size_t found = 0;
    for (size_t i = 0; i < program->len; i++)
        found += program->at[i].code == code && program->at[i].k == k;
    return found;
}

static void exists_note(const struct call *call, enum gate gate, void *to)
{
    (void)gate;
    *(bool *)to |= call->number[0] >= 0 || call->number[1] >= 0;
}

/* Whether the target has anything for a gate to close. */
static bool gate_exists(const struct target *target, const struct table *table, enum gate gate)
{
    bool exists = *gate_rule(gate) != '\0';
    for_each_call(table, gate, exists_note, &exists);
    return gate == GATE_I386_SOCKETS ? target->halves[1] == SCMP_ARCH_X86 : exists;
}

/* A gate that does not stand in the program would be open whatever its state. */
static void check_placeholders(const struct target *target, const struct table *table,
                               const struct program *program)
{
    for (unsigned gate = 0; gate < GATES; gate++) {
        bool wanted = gate_exists(target, table, (enum gate)gate);
        if ((count(program, BPF_RET | BPF_K, GATE_PLACEHOLDER(gate)) > 0) != wanted)
            die("gate %u: its placeholder is %s", gate, wanted ? "missing" : "there");
    }
    for (unsigned i = 0; i < ARGUMENTS_LEN; i++)
        if (count(program, BPF_RET | BPF_K, SPLICE(i)) > 0)
            die("%s: not spliced", arguments[i].call);
    if (count(program, BPF_JMP | BPF_JEQ | BPF_K, MARK_LOW_PLACEHOLDER) != 1 ||
        count(program, BPF_JMP | BPF_JEQ | BPF_K, MARK_HIGH_PLACEHOLDER) != 1)
        die("the mark does not stand in the filter once");
}

size_t compile(const struct target *target, const struct call *calls, size_t calls_len,
               struct sock_filter *at)
{
    struct table table = {calls, calls_len};
    struct program program = {at, 0};
    scmp_filter_ctx filter = half_make(target->halves[0], 0, &table);
    if (target->halves[1] != 0)
        check(seccomp_merge(filter, half_make(target->halves[1], 1, &table)), "seccomp_merge");
    export_filter(filter, &program);
    seccomp_release(filter);

    size_t first = program.len;
    append_unnamed(&program, first, &table);
    for (unsigned i = 0; i < ARGUMENTS_LEN; i++) {
        if (!splice(&program, first, SPLICE(i)))
            die("%s: not in the filter", arguments[i].call);
        append(&program, arguments[i].code, arguments[i].len);
    }
    check_placeholders(target, &table, &program);
    return program.len;
}
