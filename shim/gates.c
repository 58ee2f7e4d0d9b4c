/* SPDX-License-Identifier: Apache-2.0 */
#include "gates.h"

#include <errno.h>

#define NESTED  OPENED_BY(NESTED)
#define TCP     OPENED_BY(TCP_DISABLED)
#define UDP     OPENED_BY(UDP_DISABLED)
#define UNIX    OPENED_BY(UNIX_GRANT) | OPENED_BY(UNIX_ENFORCED) | OPENED_BY(UNIX_DISABLED)
#define NOTHING 0

/* GATE(name, group, errno, flags, opened by, system calls, rule). It is a macro so that the rows
 * and their texts become two tables without pointers, which would be work for the loader at every
 * start.
 *
 * EPERM is the answer that SANDLOCK_SECCOMP_ACTION replaces. The others are those that programs
 * expect of a kernel that has no such thing, and go on without it. */
/* clang-format off */
#define GATE_TABLE(GATE) \
    GATE(MOUNT, "mount", EPERM, 0, NESTED, \
         "mount umount umount2 pivot_root fsopen fsmount fsconfig fspick open_tree" \
         " open_tree_attr move_mount mount_setattr", "") \
    GATE(NAMESPACES, "namespaces", EPERM, 0, NESTED, \
         "setns", "unshare and clone with any CLONE_NEW flag") \
    /* The flags of clone3 lie in memory, where a filter cannot see them; ENOSYS makes libc use */ \
    /* clone (seccomp(2), clone(2)). */ \
    GATE(CLONE3, "namespaces", ENOSYS, 0, NESTED, "clone3", "") \
    GATE(PTRACE, "ptrace", EPERM, 0, NESTED, \
         "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp", "") \
    GATE(KEYRING, "keyring", EPERM, 0, NESTED, "add_key request_key keyctl", "") \
    GATE(HOSTNAME, "hostname", EPERM, 0, NESTED, "sethostname setdomainname", "") \
    GATE(HANDLES, "handles", EPERM, 0, NESTED, "open_by_handle_at name_to_handle_at", "") \
    GATE(USERFAULTFD, "userfaultfd", EPERM, 0, NESTED, "userfaultfd", "") \
    GATE(PERSONALITY, "personality", EPERM, 0, NESTED, "personality", "") \
    GATE(QUOTA, "quota", EPERM, 0, NESTED, "quotactl quotactl_fd", "") \
    GATE(ACCOUNTING, "accounting", EPERM, 0, NESTED, "acct", "") \
    GATE(OBSOLETE, "obsolete", EPERM, 0, NESTED, \
         "lookup_dcookie nfsservctl uselib ustat sysfs", "") \
    GATE(SWAP, "swap", EPERM, 0, NOTHING, "swapon swapoff", "") \
    GATE(REBOOT, "reboot", EPERM, 0, NOTHING, "reboot kexec_load kexec_file_load", "") \
    GATE(MODULES, "modules", EPERM, 0, NOTHING, "init_module finit_module delete_module", "") \
    GATE(PERF, "perf", EPERM, 0, NOTHING, "perf_event_open", "") \
    GATE(BPF, "bpf", EPERM, 0, NOTHING, "bpf", "") \
    GATE(RAWIO, "rawio", EPERM, 0, NOTHING, "ioperm iopl", "") \
    GATE(CLOCK, "clock", EPERM, 0, NOTHING, \
         "settimeofday stime clock_settime clock_settime64 adjtimex clock_adjtime" \
         " clock_adjtime64", "") \
    GATE(KLOG, "klog", EPERM, 0, NOTHING, "syslog", "") \
    GATE(IO_URING, "io_uring", EPERM, 0, NOTHING, \
         "io_uring_setup io_uring_enter io_uring_register", "") \
    GATE(SYSV_IPC, "sysv_ipc", EPERM, 0, NOTHING, \
         "shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop" \
         " semtimedop semtimedop_time64 semctl ipc", "") \
    GATE(TERMINAL, "terminal", EPERM, 0, NOTHING, "", "ioctl TIOCSTI and TIOCLINUX") \
    GATE(PRLIMIT, "prlimit", EPERM, 0, OPENED_BY(SIGNAL_DISABLED), \
         "", "prlimit64 that sets a limit of a process by its number") \
    GATE(FAMILIES, "families", EAFNOSUPPORT, GATE_SOCKET, NOTHING, \
         "", "socket of any family but UNIX, INET, INET6, NETLINK; INET of type PACKET;" \
         " socketpair of any family but UNIX") \
    GATE(NETLINK, "netlink", EPROTONOSUPPORT, GATE_SOCKET, NOTHING, \
         "", "socket of any NETLINK protocol but ROUTE") \
    GATE(RAW, "raw", EACCES, GATE_SOCKET, NOTHING, \
         "", "socket of INET and INET6 of any type but STREAM, DGRAM and PACKET") \
    /* Landlock's rules for ports see TCP and UDP alone: not MPTCP, SCTP, SMC, UDP-Lite. */ \
    GATE(STREAM, "stream", EPROTONOSUPPORT, GATE_SOCKET, OPENED_BY(TCP_ALL) | TCP, \
         "", "socket of INET and INET6, STREAM but TCP (MPTCP for one)") \
    GATE(DATAGRAM, "stream", EPROTONOSUPPORT, GATE_SOCKET, OPENED_BY(UDP_ALL) | UDP, \
         "", "socket of INET and INET6, DGRAM but UDP and ICMP (UDP-Lite for one)") \
    GATE(TCP, "tcp", EACCES, GATE_SOCKET, OPENED_BY(TCP_GRANT) | TCP, \
         "", "socket of INET and INET6, TCP") \
    GATE(FASTOPEN, "fastopen", EOPNOTSUPP, GATE_SOCKET, OPENED_BY(TCP_OUTBOUND_ALL) | TCP, \
         "", "sendto, sendmsg and sendmmsg with MSG_FASTOPEN") \
    GATE(UDP, "udp", EPROTONOSUPPORT, GATE_SOCKET, OPENED_BY(UDP_GRANT) | UDP, \
         "", "socket of INET and INET6, UDP") \
    GATE(ICMP, "icmp", EACCES, GATE_SOCKET, OPENED_BY(ICMP_GRANT), \
         "", "socket of INET and INET6, DGRAM with ICMP (ping)") \
    /* Datagrams of a pair can be sent to any address, not only to the other end (unix(7)). */ \
    GATE(UNIX, "unix", EACCES, GATE_SOCKET, UNIX, \
         "", "socket of UNIX, socketpair of UNIX of any type but STREAM and SEQPACKET") \
    GATE(LISTEN, "listen", EACCES, GATE_SOCKET, OPENED_BY(TCP_LOCAL_GRANT) | TCP, "listen", "") \
    /* Of what socketcall is asked for, a filter sees no argument; the calls of their own that do */ \
    /* the same go with it. It has no group: it is open when all those are that it stands for. */ \
    GATE(I386_SOCKETS, "", EACCES, 0, NOTHING, \
         "socketcall socket socketpair listen sendto sendmsg sendmmsg", \
         "of 32-bit x86 programs alone")

/* clang-format on */

#define ROW(name, group, error, flags, opened_by, calls, rule)                                     \
    [GATE_##name] = {group, error, flags, opened_by},
const struct gate_row gate_rows[GATES] = {GATE_TABLE(ROW)};

#define OR_SOCKET(name, group, error, flags, opened_by, calls, rule)                               \
    | ((flags)&GATE_SOCKET ? GATE_BIT(GATE_##name) : 0)
const gate_set gates_of_sockets = 0 GATE_TABLE(OR_SOCKET);

#define TEXTS(name, group, error, flags, opened_by, calls, rule) calls "\0" rule "\0"
static const char texts[] = GATE_TABLE(TEXTS);

/* The texts are found by counting: they have to be in the order of the gates. */
#define PLACE(name, group, error, flags, opened_by, calls, rule) PLACE_##name,
enum { GATE_TABLE(PLACE) PLACES };
#define IN_ORDER(name, group, error, flags, opened_by, calls, rule)                                \
    _Static_assert((int)PLACE_##name == (int)GATE_##name, "gates are in the order of their enum");
GATE_TABLE(IN_ORDER)
_Static_assert((int)PLACES == (int)GATES, "a row for every gate");

/* The text behind the first n. */
static const char *text_at(unsigned n)
{
    const char *at = texts;
    for (; n > 0; n--)
        at += strlen(at) + 1;
    return at;
}

const char *gate_calls(enum gate gate)
{
    return text_at(2 * (unsigned)gate);
}

const char *gate_rule(enum gate gate)
{
    return text_at(2 * (unsigned)gate + 1);
}
