/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filter decides by arguments, as instructions of classic BPF.
 *
 * compile.c branches on architecture and number; what it branches to continues here.
 *
 * All comparisons are with the low 32 bits of an argument, which are all that the kernel reads of
 * an int. The program holds one value: the argument that was loaded last. A block that is entered
 * ends with an answer.
 */
#ifndef GEN_ARGUMENTS_H
#define GEN_ARGUMENTS_H

#include "../gates.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

/* Loads a field of the call (seccomp(2)). */
#define LOAD_FIELD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

/* Loads argument n, or its bits of mask. (Little-endian, as every architecture here.) */
#define LOAD(n)              BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (n))
#define LOAD_MASKED(n, mask) LOAD(n), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask))

/* Answers. */
#define ALLOW       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define CLOSED(row) BPF_STMT(BPF_RET | BPF_K, GATE_PLACEHOLDER(GATE_##row))
#define MARKED      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0)
#define REFUSED     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)

/* The block that follows is for a value, for one of two, for any of some bits. */
#define LENGTH(...) (sizeof((struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter))
#define WHEN(value, ...)                                                                           \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, LENGTH(__VA_ARGS__)), __VA_ARGS__
#define WHEN_EITHER(one, other, ...)                                                               \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (one), 1, 0), WHEN(other, __VA_ARGS__)
#define WHEN_ANY(bits, ...)                                                                        \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, LENGTH(__VA_ARGS__)), __VA_ARGS__

/* Numbers of the kernel's: include/uapi/linux/{socket,net,in,netlink,sched}.h, asm-generic/ioctls.h
 * (the same on x86, arm and riscv). Not by their names, for a build machine may lack the newer. */
enum {
    FAMILY_UNIX = 1,
    FAMILY_INET = 2,
    FAMILY_INET6 = 10,
    FAMILY_NETLINK = 16,
    TYPE_MASK = 0xf, /* above are SOCK_NONBLOCK and SOCK_CLOEXEC */
    TYPE_STREAM = 1,
    TYPE_DGRAM = 2,
    TYPE_SEQPACKET = 5,
    TYPE_PACKET = 10, /* of INET: a name of old for sockets of the family PACKET (packet(7)) */
    PROTOCOL_DEFAULT = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_ROUTE = 0, /* NETLINK_ROUTE */
    SEND_FASTOPEN = 0x20000000,
    COMMAND_TIOCSTI = 0x5412,
    COMMAND_TIOCLINUX = 0x541c
};

/* CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; CLONE_NEWTIME is a bit that in
 * clone(2) belongs to the signal. */
#define CLONE_NEW      0x7e020000U
#define CLONE_NEW_TIME 0x00000080U

/* UNSHARE_EMPTY_MNTNS, of unshare(2) alone, from 7.1 on: a new mount namespace too. */
#define CLONE_EMPTY_MNTNS 0x00100000U

static const struct sock_filter socket_arguments[] = {
    LOAD(0),
    WHEN(FAMILY_UNIX, CLOSED(UNIX)),
    WHEN(FAMILY_NETLINK, LOAD(2), WHEN(PROTOCOL_ROUTE, ALLOW), CLOSED(NETLINK)),
    WHEN_EITHER(
        FAMILY_INET, FAMILY_INET6, LOAD_MASKED(1, TYPE_MASK),
        WHEN(TYPE_STREAM, LOAD(2), WHEN_EITHER(PROTOCOL_DEFAULT, PROTOCOL_TCP, CLOSED(TCP)),
             CLOSED(STREAM)),
        WHEN(TYPE_DGRAM, LOAD(2), WHEN_EITHER(PROTOCOL_DEFAULT, PROTOCOL_UDP, CLOSED(UDP)),
             WHEN(PROTOCOL_ICMP, LOAD(0), WHEN(FAMILY_INET, CLOSED(ICMP)), CLOSED(DATAGRAM)),
             WHEN(PROTOCOL_ICMPV6, LOAD(0), WHEN(FAMILY_INET6, CLOSED(ICMP)), CLOSED(DATAGRAM)),
             CLOSED(DATAGRAM)),
        WHEN(TYPE_PACKET, CLOSED(FAMILIES)), CLOSED(RAW)),
    CLOSED(FAMILIES),
};

static const struct sock_filter socketpair_arguments[] = {
    LOAD(0),
    WHEN(FAMILY_UNIX, LOAD_MASKED(1, TYPE_MASK), WHEN_EITHER(TYPE_STREAM, TYPE_SEQPACKET, ALLOW),
         CLOSED(UNIX)),
    CLOSED(FAMILIES), /* INET and NETLINK have no pairs, but would load modules for them */
};

/* Flags are argument 3 of sendto(2) and sendmmsg(2), and argument 2 of sendmsg(2). */
static const struct sock_filter sendto_arguments[] = {
    LOAD(3),
    WHEN_ANY(SEND_FASTOPEN, CLOSED(FASTOPEN)),
    ALLOW,
};
static const struct sock_filter sendmsg_arguments[] = {
    LOAD(2),
    WHEN_ANY(SEND_FASTOPEN, CLOSED(FASTOPEN)),
    ALLOW,
};

static const struct sock_filter clone_arguments[] = {
    LOAD(0),
    WHEN_ANY(CLONE_NEW, CLOSED(NAMESPACES)),
    ALLOW,
};
static const struct sock_filter unshare_arguments[] = {
    LOAD(0),
    WHEN_ANY(CLONE_NEW | CLONE_NEW_TIME | CLONE_EMPTY_MNTNS, CLOSED(NAMESPACES)),
    ALLOW,
};

static const struct sock_filter ioctl_arguments[] = {
    LOAD(1),
    WHEN_EITHER(COMMAND_TIOCSTI, COMMAND_TIOCLINUX, CLOSED(TERMINAL)),
    ALLOW,
};

/* Argument 2 is a pointer, of which both halves count. */
static const struct sock_filter prlimit_arguments[] = {
    LOAD(0),
    WHEN(0, ALLOW),
    LOAD(2),
    WHEN(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * 2 + 4),
         WHEN(0, ALLOW), CLOSED(PRLIMIT)),
    CLOSED(PRLIMIT),
};

static const struct sock_filter prctl_arguments[] = {
    LOAD(0),
    WHEN(MARK_OPTION, LOAD(1), WHEN(0, LOAD(2), WHEN(0, MARKED), ALLOW),
         WHEN(MARK_LOW_PLACEHOLDER, LOAD(2), WHEN(MARK_HIGH_PLACEHOLDER, MARKED), ALLOW), ALLOW),
    ALLOW,
};

/* Which system calls the instructions are for. */
static const struct {
    const char *call;
    bool socket; /* not on i386: see GATE_I386_SOCKETS */
    const struct sock_filter *code;
    size_t len;
} arguments[] = {
#define ARGUMENTS(call, socket, code)                                                              \
    {                                                                                              \
        call, socket, code, sizeof(code) / sizeof *(code)                                          \
    }
    ARGUMENTS("socket", true, socket_arguments),
    ARGUMENTS("socketpair", true, socketpair_arguments),
    ARGUMENTS("sendto", true, sendto_arguments),
    ARGUMENTS("sendmmsg", true, sendto_arguments),
    ARGUMENTS("sendmsg", true, sendmsg_arguments),
    ARGUMENTS("clone", false, clone_arguments),
    ARGUMENTS("unshare", false, unshare_arguments),
    ARGUMENTS("ioctl", false, ioctl_arguments),
    ARGUMENTS("prlimit64", false, prlimit_arguments),
    ARGUMENTS("prctl", false, prctl_arguments),
#undef ARGUMENTS
};

#endif
