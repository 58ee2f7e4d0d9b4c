/* SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include "arguments.h"
#include "die.h"
#include "ranges.h"

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>

/* Numbers of other ABIs than the target's: x32's have this bit
 * (arch/x86/include/uapi/asm/unistd.h), and -1 is what a tracer sets for a call that is to be
 * skipped. */
enum { NUMBER_X32 = 0x40000000 };
static const uint32_t number_skipped = UINT32_MAX;

/* What numbers weigh in the search: those that the kernel asks for once, when the filter is loaded;
 * and those of which the arguments count, which it asks for at each call. */
enum { NUMBERS_END = 480, WEIGHT_ONCE = 1, WEIGHT_CALLED = 32 };

enum { ARGUMENTS_LEN = sizeof arguments / sizeof *arguments };

/* What is known of all calls. */
struct table {
    const struct call *calls;
    size_t len;
};

/* Where the program answers, */
struct places {
    size_t gates[GATES];          /* for a gate, */
    size_t blocks[ARGUMENTS_LEN]; /* by arguments, */
    size_t refusal;               /* and to another ABI */
};

/* Where each call of one architecture is answered; 0: it is allowed. */
struct answers {
    const struct table *table;
    const struct places *places;
    size_t of[CALLS_MAX];
    bool looks[CALLS_MAX]; /* at its arguments */
};

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

/* Calls f for each system call that a gate closes whole. */
static void for_each_call(const struct table *table, enum gate gate,
                          void (*f)(const struct call *, enum gate, void *), void *to)
{
    char names[512], *rest = names;
    if (strlen(gate_calls(gate)) >= sizeof names)
        die("gate %d: too many system calls", gate);
    strcpy(names, gate_calls(gate));
    for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;)
        f(find(table, name), gate, to);
}

/* Makes a call be answered at a place. */
static void answer(struct answers *answers, const struct call *call, size_t place, bool looks)
{
    size_t i = (size_t)(call - answers->table->calls);
    if (answers->of[i] != 0)
        die("%s: it belongs to two gates", call->name);
    answers->of[i] = place;
    answers->looks[i] = looks;
}

static void answer_for_gate(const struct call *call, enum gate gate, void *to)
{
    struct answers *answers = to;
    answer(answers, call, answers->places->gates[gate], false);
}

/* Decides where the calls of an architecture are answered. */
static void decide(struct answers *answers, uint32_t arch)
{
    for (unsigned gate = 0; gate < GATES; gate++)
        if (applies(arch, gate_rows[gate].flags & GATE_SOCKET, gate == GATE_I386_SOCKETS))
            for_each_call(answers->table, (enum gate)gate, answer_for_gate, answers);
    for (unsigned i = 0; i < ARGUMENTS_LEN; i++)
        if (applies(arch, arguments[i].socket, false))
            answer(answers, find(answers->table, arguments[i].call), answers->places->blocks[i],
                   true);
}

static int by_number(const void *a, const void *b)
{
    const struct range *one = a, *other = b;
    return (one->first > other->first) - (one->first < other->first);
}

/* What the numbers from first to the one before end weigh, unless arguments count. */
static unsigned weight_of(uint32_t first, uint32_t end)
{
    end = end < NUMBERS_END ? end : NUMBERS_END;
    return first < end ? (end - first) * WEIGHT_ONCE : 0;
}

/* Adds the calls by their numbers on an architecture, and what is allowed between them. Returns the
 * number behind. */
static uint32_t add_calls(const struct answers *answers, int half, size_t allowed,
                          struct ranges *ranges)
{
    struct range calls[CALLS_MAX];
    size_t len = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < answers->table->len; i++) {
        int number = answers->table->calls[i].number[half];
        if (number >= 0 && answers->of[i] != 0)
            calls[len++] = (struct range){(uint32_t)number, answers->of[i],
                                          answers->looks[i] ? WEIGHT_CALLED : WEIGHT_ONCE};
    }
    qsort(calls, len, sizeof *calls, by_number);
    for (size_t i = 0; i < len; next = calls[i++].first + 1) {
        if (calls[i].first < next)
            die("system call %u has two names", calls[i].first);
        if (calls[i].first > next)
            ranges_add(ranges, next, allowed, weight_of(next, calls[i].first));
        ranges_add(ranges, calls[i].first, calls[i].place, calls[i].weight);
    }
    return next;
}

/* Puts the part for one architecture in front: what is answered to each number. */
static size_t put_half(struct program *program, const struct answers *answers, int half,
                       uint32_t arch)
{
    struct ranges ranges = {.len = 0};
    size_t allowed = program_put(program, &(struct sock_filter)ALLOW, 1); /* one that is near */
    uint32_t next = add_calls(answers, half, allowed, &ranges);
    ranges_add(&ranges, next, allowed, weight_of(next, NUMBERS_END));
    if (arch == SCMP_ARCH_X86_64) {
        ranges_add(&ranges, NUMBER_X32, answers->places->refusal, 0);
        ranges_add(&ranges, number_skipped, allowed, 0);
    }
    ranges_search(&ranges, program);
    return program_put(program, &(struct sock_filter)LOAD_FIELD(nr), 1);
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

/* How often an instruction stands in the program. */
static size_t count(const struct sock_filter *program, size_t len, uint16_t code, uint32_t k)
{
    size_t found = 0;
    for (size_t i = 0; i < len; i++)
        found += program[i].code == code && program[i].k == k;
    return found;
}

/* A gate that does not stand in the program would be open whatever its state. */
static void check_placeholders(const struct target *target, const struct table *table,
                               const struct sock_filter *program, size_t len)
{
    for (unsigned gate = 0; gate < GATES; gate++) {
        bool wanted = gate_exists(target, table, (enum gate)gate);
        if ((count(program, len, BPF_RET | BPF_K, GATE_PLACEHOLDER(gate)) > 0) != wanted)
            die("gate %u: its placeholder is %s", gate, wanted ? "missing" : "there");
    }
    if (count(program, len, BPF_JMP | BPF_JEQ | BPF_K, MARK_LOW_PLACEHOLDER) != 1 ||
        count(program, len, BPF_JMP | BPF_JEQ | BPF_K, MARK_HIGH_PLACEHOLDER) != 1)
        die("the mark does not stand in the filter once");
}

/* Puts all that answers at the end of the program. */
static void put_answers(struct program *program, const struct target *target,
                        const struct table *table, struct places *places)
{
    for (unsigned i = 0; i < ARGUMENTS_LEN; i++)
        places->blocks[i] = program_put(program, arguments[i].code, arguments[i].len);
    for (unsigned gate = 0; gate < GATES; gate++) {
        const struct sock_filter closed = BPF_STMT(BPF_RET | BPF_K, GATE_PLACEHOLDER(gate));
        if (*gate_calls((enum gate)gate) != '\0' && gate_exists(target, table, (enum gate)gate))
            places->gates[gate] = program_put(program, &closed, 1);
    }
    places->refusal = program_put(program, &(struct sock_filter)REFUSED, 1);
}

size_t compile(const struct target *target, const struct call *calls, size_t calls_len,
               struct sock_filter *to)
{
    static struct program program;
    struct table table = {calls, calls_len};
    struct places places = {0};
    size_t halves[HALVES];
    program.len = 0;
    put_answers(&program, target, &table, &places);
    size_t next = places.refusal;
    for (int half = 0; half < HALVES && target->halves[half] != 0; half++) {
        struct answers answers = {.table = &table, .places = &places};
        decide(&answers, target->halves[half]);
        halves[half] = put_half(&program, &answers, half, target->halves[half]);
    }
    for (int half = HALVES - 1; half >= 0; half--)
        if (target->halves[half] != 0)
            next = program_compare(&program, BPF_JEQ, target->halves[half], halves[half], next);
    program_put(&program, &(struct sock_filter)LOAD_FIELD(arch), 1);

    size_t len = program_export(&program, to);
    check_placeholders(target, &table, to, len);
    return len;
}
