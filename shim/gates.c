/* SPDX-License-Identifier: Apache-2.0 */
#include "gates.h"

#include <errno.h>

/* Parts a gate's text. */
#define RULE   "\0"

#define NESTED GATE_NESTED
#define SOCKET GATE_SOCKET

/* EPERM is the answer that SANDLOCK_SECCOMP_ACTION replaces. The others are those that programs
 * expect of a kernel that has no such thing, and go on without it. */
const struct gate_row gate_rows[GATES] = {
    [GATE_MOUNT] = {"mount", EPERM, NESTED,
                    "mount umount umount2 pivot_root fsopen fsmount fsconfig fspick open_tree"
                    " open_tree_attr move_mount mount_setattr" RULE ""},
    /* The flags of clone3 lie in memory, where a filter cannot see them; ENOSYS makes libc use
     * clone (seccomp(2), clone(2)). */
    [GATE_NAMESPACES] = {"namespaces", EPERM, NESTED,
                         "setns" RULE "unshare and clone with any CLONE_NEW flag"},
    [GATE_CLONE3] = {"namespaces", ENOSYS, NESTED, "clone3" RULE ""},
    [GATE_PTRACE] = {"ptrace", EPERM, NESTED,
                     "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp" RULE ""},
    [GATE_KEYRING] = {"keyring", EPERM, NESTED, "add_key request_key keyctl" RULE ""},
    [GATE_HOSTNAME] = {"hostname", EPERM, NESTED, "sethostname setdomainname" RULE ""},
    [GATE_HANDLES] = {"handles", EPERM, NESTED, "open_by_handle_at name_to_handle_at" RULE ""},
    [GATE_USERFAULTFD] = {"userfaultfd", EPERM, NESTED, "userfaultfd" RULE ""},
    [GATE_PERSONALITY] = {"personality", EPERM, NESTED, "personality" RULE ""},
    [GATE_QUOTA] = {"quota", EPERM, NESTED, "quotactl quotactl_fd" RULE ""},
    [GATE_ACCOUNTING] = {"accounting", EPERM, NESTED, "acct" RULE ""},
    [GATE_OBSOLETE] = {"obsolete", EPERM, NESTED,
                       "lookup_dcookie nfsservctl uselib ustat sysfs" RULE ""},
    [GATE_SWAP] = {"swap", EPERM, 0, "swapon swapoff" RULE ""},
    [GATE_REBOOT] = {"reboot", EPERM, 0, "reboot kexec_load kexec_file_load" RULE ""},
    [GATE_MODULES] = {"modules", EPERM, 0, "init_module finit_module delete_module" RULE ""},
    [GATE_PERF] = {"perf", EPERM, 0, "perf_event_open" RULE ""},
    [GATE_BPF] = {"bpf", EPERM, 0, "bpf" RULE ""},
    [GATE_RAWIO] = {"rawio", EPERM, 0, "ioperm iopl" RULE ""},
    [GATE_CLOCK] = {"clock", EPERM, 0,
                    "settimeofday stime clock_settime clock_settime64 adjtimex clock_adjtime"
                    " clock_adjtime64" RULE ""},
    [GATE_KLOG] = {"klog", EPERM, 0, "syslog" RULE ""},
    [GATE_IO_URING] = {"io_uring", EPERM, 0,
                       "io_uring_setup io_uring_enter io_uring_register" RULE ""},
    [GATE_SYSV_IPC] = {"sysv_ipc", EPERM, 0,
                       "shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop"
                       " semtimedop semtimedop_time64 semctl ipc" RULE ""},
    [GATE_TERMINAL] = {"terminal", EPERM, 0, "" RULE "ioctl TIOCSTI and TIOCLINUX"},
    [GATE_PRLIMIT] = {"prlimit", EPERM, 0,
                      "" RULE "prlimit64 that sets a limit of a process by its number"},
    [GATE_FAMILIES] = {"families", EAFNOSUPPORT, SOCKET,
                       "" RULE
                       "socket of any family but UNIX, INET, INET6, NETLINK; INET of type PACKET;"
                       " socketpair of any family but UNIX"},
    [GATE_NETLINK] = {"netlink", EPROTONOSUPPORT, SOCKET,
                      "" RULE "socket of any NETLINK protocol but ROUTE"},
    [GATE_RAW] = {"raw", EACCES, SOCKET,
                  "" RULE "socket of INET and INET6 of any type but STREAM, DGRAM and PACKET"},
    /* Landlock's rules for ports see TCP and UDP alone: not MPTCP, SCTP, SMC, UDP-Lite. */
    [GATE_STREAM] = {"stream", EPROTONOSUPPORT, SOCKET,
                     "" RULE "socket of INET and INET6, STREAM but TCP (MPTCP for one)"},
    [GATE_DATAGRAM] = {"stream", EPROTONOSUPPORT, SOCKET,
                       "" RULE
                       "socket of INET and INET6, DGRAM but UDP and ICMP (UDP-Lite for one)"},
    [GATE_TCP] = {"tcp", EACCES, SOCKET, "" RULE "socket of INET and INET6, TCP"},
    [GATE_FASTOPEN] = {"fastopen", EOPNOTSUPP, SOCKET,
                       "" RULE "sendto, sendmsg and sendmmsg with MSG_FASTOPEN"},
    [GATE_UDP] = {"udp", EPROTONOSUPPORT, SOCKET, "" RULE "socket of INET and INET6, UDP"},
    [GATE_ICMP] = {"icmp", EACCES, SOCKET,
                   "" RULE "socket of INET and INET6, DGRAM with ICMP (ping)"},
    /* Datagrams of a pair can be sent to any address, not only to the other end (unix(7)). */
    [GATE_UNIX] = {"unix", EACCES, SOCKET,
                   "" RULE
                   "socket of UNIX, socketpair of UNIX of any type but STREAM and SEQPACKET"},
    [GATE_LISTEN] = {"listen", EACCES, SOCKET, "listen" RULE ""},
    /* Of what socketcall is asked for, a filter sees no argument; the calls of their own that do
     * the same go with it. It has no group: it is open when all of those that it stands for are. */
    [GATE_I386_SOCKETS] = {"", EACCES, 0,
                           "socketcall socket socketpair listen sendto sendmsg sendmmsg" RULE
                           "of 32-bit x86 programs alone"},
};
