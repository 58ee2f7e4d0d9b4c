/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of the seccomp filter, as a table: what Landlock leaves open, in groups that are open
 * or closed as a whole.
 *
 * A gate closes system calls, either whole or as far as their arguments go (gen/arguments.h has the
 * instructions). No call belongs to two gates, or an open one would
 * hide the other. The generator (gen/) compiles this table; plan.c decides what is open; filter.c
 * puts that into what was compiled.
 */
#ifndef SHIM_GATES_H
#define SHIM_GATES_H

#include <stdint.h>
#include <string.h>

enum gate {
    GATE_MOUNT,
    GATE_NAMESPACES,
    GATE_CLONE3,
    GATE_PTRACE,
    GATE_KEYRING,
    GATE_HOSTNAME,
    GATE_HANDLES,
    GATE_USERFAULTFD,
    GATE_PERSONALITY,
    GATE_QUOTA,
    GATE_ACCOUNTING,
    GATE_OBSOLETE,
    GATE_SWAP,
    GATE_REBOOT,
    GATE_MODULES,
    GATE_PERF,
    GATE_BPF,
    GATE_RAWIO,
    GATE_CLOCK,
    GATE_KLOG,
    GATE_IO_URING,
    GATE_SYSV_IPC,
    GATE_TERMINAL,
    GATE_PRLIMIT,
    GATE_FAMILIES,
    GATE_NETLINK,
    GATE_RAW,
    GATE_STREAM,
    GATE_DATAGRAM,
    GATE_TCP,
    GATE_FASTOPEN,
    GATE_UDP,
    GATE_ICMP,
    GATE_UNIX,
    GATE_LISTEN,
    GATE_I386_SOCKETS,
    GATES
};

/* A set of gates: the union of GATE_BIT(gate) for its members. */
typedef uint64_t gate_set;
#define GATE_BIT(gate) (1ULL << (gate))

enum { GATE_SOCKET = 1 }; /* a flag: it tells sockets apart, which i386's socketcall(2) hides */

/* Why a gate is open or closed. Those of the first kind open every gate that has them in its row.
 */
enum gate_reason {
    REASON_NESTED,           /* SANDLOCK_SECCOMP=nested */
    REASON_TCP_GRANT,        /* some TCP port is granted, */
    REASON_TCP_LOCAL_GRANT,  /* to bind to, */
    REASON_TCP_OUTBOUND_ALL, /* or every one to connect to, */
    REASON_TCP_ALL,          /* or every one for both; */
    REASON_TCP_DISABLED,     /* or Landlock is not to look at TCP */
    REASON_UDP_GRANT,        /* the same for UDP */
    REASON_UDP_ALL,
    REASON_UDP_DISABLED,
    REASON_ICMP_GRANT,
    REASON_UNIX_GRANT,    /* some UNIX socket is granted, */
    REASON_UNIX_ENFORCED, /* or Landlock tells them apart, */
    REASON_UNIX_DISABLED, /* or it is not to look at them */
    REASON_SIGNAL_DISABLED,
    REASON_OWN,                  /* of the second kind: decided for this gate in particular */
    REASON_ALLOWED = REASON_OWN, /* SANDLOCK_SECCOMP_ALLOW names it */
    REASON_UNIX_OPEN,            /* @listen: @unix is open */
    REASON_SOCKETS_OPEN,         /* i386: all gates of sockets are open */
    REASON_SOCKETS_CLOSED,       /* or not all are */
    REASON_DENIED,               /* SANDLOCK_SECCOMP_DENY names it, */
    REASON_DENIED_TOO,           /* or what turns into it */
    REASON_NOT_GRANTED,          /* nothing opens it */
    REASON_OFF,                  /* there is no filter: all are open */
    REASONS
};
#define OPENED_BY(reason) (1U << REASON_##reason)

struct gate_row {
    char group[12]; /* its name, without the '@'; two gates may have one in common, one has none */
    uint8_t error;  /* what a closed call fails with */
    uint8_t flags;  /* of those above */
    uint16_t opened_by; /* the reasons of the first kind that open it: OPENED_BY of each */
};
_Static_assert(REASON_OWN <= 16, "one bit for each reason of the first kind");

extern const struct gate_row gate_rows[GATES];

/* The gates that have GATE_SOCKET in their row. */
extern const gate_set gates_of_sockets;

/* The system calls that a gate closes whole, separated by blanks. */
const char *gate_calls(enum gate gate);

/* What else it closes, in words; may be empty. */
const char *gate_rule(enum gate gate);

/* What an instruction returns for a gate while the filter is compiled: SECCOMP_RET_ERRNO with an
 * errno that there is not. What is printed has the gate closed, by its own errno. */
#define GATE_PLACEHOLDER(gate) (0x00050000U | (4000U + (unsigned)(gate)))

/* prctl(MARK, 0, 0) answers 0 in a process that bears a mark, prctl(MARK, low, high) in one whose
 * mark has these halves; the kernel knows no such option and says EINVAL (prctl(2)). */
#define MARK_OPTION 0x736c6b31

/* What the compiled filter compares the halves with until filter.c has put those of the policy
 * there. */
#define MARK_LOW_PLACEHOLDER  0x6d61726bU
#define MARK_HIGH_PLACEHOLDER 0x4b52414dU

#endif
