/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include "calls.h"
#include "die.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter_program.h"

enum {
    GATES_LEN = sizeof filter_program / sizeof *filter_program,
    PLACES = sizeof filter_gates / sizeof *filter_gates
};

/* Headers may be older than the kernel (include/uapi/linux/seccomp.h). */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* 5.19 */
#endif

/* What answers yes to the question for the mark. */
#define MARKED (SECCOMP_RET_ERRNO | 0U)

/* A program that is being put together, of parts of which each is gone on from where it would
 * allow the call. */
struct parts {
    struct sock_filter *at;
    size_t len;
};

static void check(int error, const char *what)
{
    if (error < 0)
        die("libseccomp: %s: %s", what, strerror(-error));
}

/* Whether a call is asked about at all. */
static bool is_looked_at(const struct terms *terms, const struct call_row *row)
{
    bool unix_scope = terms->plan.handled.scoped & SCOPE_ABSTRACT_UNIX_SOCKET;
    bool udp = terms->plan.handled.handled_access_net &
               (ACCESS_NET_BIND_UDP | ACCESS_NET_CONNECT_SEND_UDP);
    gate_set open = terms_filtered(terms) ? terms->open : ~0ULL;
    if (row->when & WHEN_SENDING)
        return (unix_scope && open & GATE_BIT(GATE_UNIX)) || (udp && open & GATE_BIT(GATE_UDP));
    return true;
}

/* Of sendto(2) those with an address, of ioctl(2) not what servers do to every connection. */
static void row_add(scmp_filter_ctx filter, const struct call_row *row, int number)
{
    const struct scmp_arg_cmp address = {4, SCMP_CMP_NE, 0, 0};
    const struct scmp_arg_cmp command = {1, SCMP_CMP_NE, FIONBIO, 0};
    const struct scmp_arg_cmp *only = row->does == DOES_SENDTO  ? &address
                                      : row->does == DOES_IOCTL ? &command
                                                                : NULL;
    check(seccomp_rule_add_array(filter, SCMP_ACT_NOTIFY, number, only != NULL, only), row->name);
}

/* The calls that Landlock decides, for one architecture. */
static scmp_filter_ctx looked_at(const struct terms *terms, uint32_t arch)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL)
        die("libseccomp: seccomp_init");
    if (arch != seccomp_arch_native()) {
        check(seccomp_arch_add(filter, arch), "seccomp_arch_add");
        check(seccomp_arch_remove(filter, seccomp_arch_native()), "seccomp_arch_remove");
    }
    check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW), "BADARCH");
    check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "OPTIMIZE");
    for (size_t i = 0; i < call_rows_len; i++) {
        int number = seccomp_syscall_resolve_name_arch(arch, call_rows[i].name);
        if (number >= 0 && is_looked_at(terms, &call_rows[i]))
            row_add(filter, &call_rows[i], seccomp_syscall_resolve_name(call_rows[i].name));
    }
    return filter;
}

/* Reads what libseccomp has compiled, for all architectures. */
static void append_looked_at(const struct terms *terms, struct parts *parts)
{
    scmp_filter_ctx filter = looked_at(terms, call_architectures[0]);
    if (call_architectures[1] != 0)
        check(seccomp_merge(filter, looked_at(terms, call_architectures[1])), "seccomp_merge");
    int fd = memfd_create("filter", MFD_CLOEXEC);
    check(seccomp_export_bpf(filter, fd), "seccomp_export_bpf");
    seccomp_release(filter);
    size_t room = (PROGRAM_MAX - parts->len) * sizeof *parts->at;
    ssize_t size = pread(fd, parts->at + parts->len, room, 0);
    if (size <= 0 || (size_t)size == room)
        die("libseccomp: no filter came out of it");
    close(fd);
    parts->len += (size_t)size / sizeof *parts->at;
}

/* Refuses a filter that comes with a listener. */
static void append_listener_refusal(struct parts *parts)
{
    for (unsigned i = 0; i < 2 && call_architectures[i] != 0; i++) {
        int number = seccomp_syscall_resolve_name_arch(call_architectures[i], "seccomp");
        const struct sock_filter refusal[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call_architectures[i], 0, 7),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 5),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_SET_MODE_FILTER, 0, 3),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
            BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SECCOMP_FILTER_FLAG_NEW_LISTENER, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EBUSY),
        };
        memcpy(parts->at + parts->len, refusal, sizeof refusal);
        parts->len += sizeof refusal / sizeof *refusal;
    }
}

/* Whether an instruction of the shim's filter stands for one of its closed gates. */
static bool is_closed(const struct terms *terms, uint32_t answer)
{
    uint32_t gate = answer - GATE_PLACEHOLDER(0);
    return gate < GATES && !(terms->open & GATE_BIT(gate));
}

/* The shim's filter with the mark of the policy; for a gate it answers which one it is. */
static void gates_copy(const struct terms *terms, struct sock_filter *to)
{
    memcpy(to, filter_program, sizeof filter_program);
    to[MARK_LOW_AT].k = terms->mark.low;
    to[MARK_HIGH_AT].k = terms->mark.high;
    for (size_t i = 0; i < PLACES; i++)
        to[filter_gates[i].at].k = GATE_PLACEHOLDER(filter_gates[i].gate);
}

/* The shim's filter, asking where it would deny. */
static void append_gates(const struct terms *terms, struct parts *parts)
{
    struct sock_filter *at = parts->at + parts->len;
    if (parts->len + GATES_LEN > PROGRAM_MAX)
        die("the filter is too long");
    gates_copy(terms, at);
    for (size_t i = 0; i < PLACES; i++)
        at[filter_gates[i].at].k =
            is_closed(terms, at[filter_gates[i].at].k) ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
    for (size_t i = 0; i < GATES_LEN; i++)
        if (at[i].code == (BPF_RET | BPF_K) && at[i].k == MARKED)
            at[i].k = SECCOMP_RET_USER_NOTIF;
    parts->len += GATES_LEN;
}

/* And the one of the calls that are denied by name. */
static void append_denial(const struct terms *terms, struct parts *parts)
{
    struct sock_filter *at = parts->at + parts->len;
    if (parts->len + filter_denial_len(&terms->groups) > PROGRAM_MAX)
        die("the filter is too long: SANDLOCK_SECCOMP_DENY names too much");
    size_t len = filter_make_denial(&terms->groups, ACTION_ERRNO, at);
    for (size_t i = 0; i < len; i++)
        if (at[i].code == (BPF_RET | BPF_K) && at[i].k != SECCOMP_RET_ALLOW)
            at[i].k = SECCOMP_RET_USER_NOTIF;
    parts->len += len;
}

/* What the first part, up to here, would allow goes on with what follows. */
static void join(struct parts *parts, size_t from)
{
    for (size_t i = from; i < parts->len; i++)
        if (parts->at[i].code == (BPF_RET | BPF_K) && parts->at[i].k == SECCOMP_RET_ALLOW)
            parts->at[i] =
                (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(parts->len - i - 1));
}

size_t program_make(const struct terms *terms, struct sock_filter program[static PROGRAM_MAX])
{
    struct parts parts = {program, 0};
    append_listener_refusal(&parts); /* which has to come before what asks about seccomp(2) */
    size_t from = parts.len;
    append_looked_at(terms, &parts);
    if (!terms_filtered(terms))
        return parts.len;
    join(&parts, from);
    from = parts.len;
    append_gates(terms, &parts);
    if (terms->groups.calls == 0)
        return parts.len;
    join(&parts, from);
    append_denial(terms, &parts);
    return parts.len;
}

int program_install(const struct sock_filter *program, size_t len)
{
    const struct sock_fprog filter = {(unsigned short)len,
                                      (struct sock_filter *)(uintptr_t)program};
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
    if (fd < 0 && errno == EINVAL) /* before 5.19 a signal may interrupt what is being looked at */
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                     &filter);
    return fd < 0 ? -errno : (int)fd;
}

/* What the shim's filter answers to a call, as it was compiled: a placeholder for a gate. */
static uint32_t answer_to(const struct sock_filter *program, size_t len,
                          const struct seccomp_data *call)
{
    uint32_t value = 0;
    for (size_t at = 0; at < len; at++) {
        const struct sock_filter *i = &program[at];
        bool holds = value == i->k;
        switch (BPF_CLASS(i->code)) {
        case BPF_LD:
            memcpy(&value, (const char *)call + i->k, sizeof value);
            break;
        case BPF_ALU:
            value &= i->k;
            break;
        case BPF_RET:
            return i->k;
        case BPF_JMP:
            if (BPF_OP(i->code) == BPF_JGE)
                holds = value >= i->k;
            else if (BPF_OP(i->code) == BPF_JGT)
                holds = value > i->k;
            else if (BPF_OP(i->code) == BPF_JSET)
                holds = (value & i->k) != 0;
            at += i->code == (BPF_JMP | BPF_JA) ? i->k : holds ? i->jt : i->jf;
            break;
        default:
            die("the filter has an instruction that it cannot have");
        }
    }
    return SECCOMP_RET_ALLOW;
}

enum ruling program_ruling(const struct terms *terms, const struct seccomp_data *call,
                           enum gate *gate)
{
    static struct sock_filter denial[DENIAL_MAX];
    static struct sock_filter gates[GATES_LEN];
    static size_t denial_len;
    if (!terms_filtered(terms))
        return RULING_NONE;
    if (gates[0].code == 0) {
        gates_copy(terms, gates);
        if (terms->groups.calls != 0)
            denial_len = filter_make_denial(&terms->groups, ACTION_ERRNO, denial);
    }
    uint32_t answer = answer_to(gates, GATES_LEN, call);
    if (is_closed(terms, answer)) {
        *gate = (enum gate)(answer - GATE_PLACEHOLDER(0));
        return RULING_GATE;
    }
    if (denial_len > 0 && answer_to(denial, denial_len, call) != SECCOMP_RET_ALLOW)
        return RULING_NAME;
    return answer == MARKED ? RULING_MARK : RULING_NONE;
}
