/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include "../../env/value.h"
#include "../../shim/gates.h"
#include "unit.h"

#include <errno.h>
#include <linux/audit.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

const struct model_row model_rows[GATES] = {
    [GATE_MOUNT] = {EPERM, "mount umount umount2 pivot_root fsopen fsmount fsconfig fspick"
                           " open_tree open_tree_attr move_mount mount_setattr"},
    [GATE_NAMESPACES] = {EPERM, "setns"},
    [GATE_CLONE3] = {ENOSYS, "clone3"},
    [GATE_PTRACE] = {EPERM, "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp"},
    [GATE_KEYRING] = {EPERM, "add_key request_key keyctl"},
    [GATE_HOSTNAME] = {EPERM, "sethostname setdomainname"},
    [GATE_HANDLES] = {EPERM, "open_by_handle_at name_to_handle_at"},
    [GATE_USERFAULTFD] = {EPERM, "userfaultfd"},
    [GATE_PERSONALITY] = {EPERM, "personality"},
    [GATE_QUOTA] = {EPERM, "quotactl quotactl_fd"},
    [GATE_ACCOUNTING] = {EPERM, "acct"},
    [GATE_OBSOLETE] = {EPERM, "lookup_dcookie nfsservctl uselib ustat sysfs"},
    [GATE_SWAP] = {EPERM, "swapon swapoff"},
    [GATE_REBOOT] = {EPERM, "reboot kexec_load kexec_file_load"},
    [GATE_MODULES] = {EPERM, "init_module finit_module delete_module"},
    [GATE_PERF] = {EPERM, "perf_event_open"},
    [GATE_BPF] = {EPERM, "bpf"},
    [GATE_RAWIO] = {EPERM, "ioperm iopl"},
    [GATE_CLOCK] = {EPERM, "settimeofday stime clock_settime clock_settime64 adjtimex"
                           " clock_adjtime clock_adjtime64"},
    [GATE_KLOG] = {EPERM, "syslog"},
    [GATE_IO_URING] = {EPERM, "io_uring_setup io_uring_enter io_uring_register"},
    [GATE_SYSV_IPC] = {EPERM, "shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop"
                              " semtimedop semtimedop_time64 semctl ipc"},
    [GATE_TERMINAL] = {EPERM, ""},
    [GATE_PRLIMIT] = {EPERM, ""},
    [GATE_FAMILIES] = {EAFNOSUPPORT, ""},
    [GATE_NETLINK] = {EPROTONOSUPPORT, ""},
    [GATE_RAW] = {EACCES, ""},
    [GATE_STREAM] = {EPROTONOSUPPORT, ""},
    [GATE_DATAGRAM] = {EPROTONOSUPPORT, ""},
    [GATE_TCP] = {EACCES, ""},
    [GATE_FASTOPEN] = {EOPNOTSUPP, ""},
    [GATE_UDP] = {EPROTONOSUPPORT, ""},
    [GATE_ICMP] = {EACCES, ""},
    [GATE_UNIX] = {EACCES, ""},
    [GATE_LISTEN] = {EACCES, "listen"},
    [GATE_I386_SOCKETS] = {EACCES, "socketcall socket socketpair listen sendto sendmsg sendmmsg"},
};

struct call_numbers model_numbers(const char *call, unsigned arch)
{
    struct call found = call_at(call_find(span_of(call)));
    if (found.place == 0)
        fail_msg("no system call %s", call);
    return call_numbers(&found, arch);
}

bool model_is_i386(unsigned arch)
{
    return call_arch(arch) == AUDIT_ARCH_I386;
}

/* The calls whose arguments count; on 32-bit x86 those before SOCKETS_END are closed whole. */
enum {
    SOCKET,
    SOCKETPAIR,
    SENDTO,
    SENDMSG,
    SENDMMSG,
    CLONE,
    UNSHARE,
    IOCTL,
    PRLIMIT,
    PRCTL,
    CALLS
};
enum { SOCKETS_END = CLONE };

static const char *const names[CALLS] = {
    "socket", "socketpair", "sendto", "sendmsg",   "sendmmsg",
    "clone",  "unshare",    "ioctl",  "prlimit64", "prctl",
};

/* All of that by number, looked up once. */
enum { NUMBERS = 1024 };
static struct {
    bool ready;
    gate_set whole[CALL_ARCHS][NUMBERS];
    int by_arguments[CALL_ARCHS][CALLS];
} known;

static void whole_note(unsigned arch, enum gate gate)
{
    struct span rest = span_of(model_rows[gate].calls), word;
    while (word_next(&rest, &word)) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)word.len, word.at);
        int number = model_numbers(name, arch).own;
        if (number >= 0)
            known.whole[arch][number] |= GATE_BIT(gate);
    }
}

static void know(void)
{
    for (unsigned arch = 0; arch < CALL_ARCHS && !known.ready; arch++) {
        for (unsigned gate = 0; gate < GATES; gate++)
            if (model_is_i386(arch) ? gate != GATE_LISTEN : gate != GATE_I386_SOCKETS)
                whole_note(arch, (enum gate)gate);
        for (unsigned i = 0; i < CALLS; i++)
            known.by_arguments[arch][i] = model_numbers(names[i], arch).own;
    }
    known.ready = true;
}

/* What the kernel reads of an int. */
static uint32_t int_of(uint64_t argument)
{
    return (uint32_t)argument;
}

static gate_set set_if(bool holds, enum gate gate)
{
    return holds ? GATE_BIT(gate) : 0;
}

static gate_set inet_gates(uint32_t family, uint32_t type, uint32_t protocol)
{
    bool stream = type == SOCK_STREAM, dgram = type == SOCK_DGRAM;
    bool tcp = stream && (protocol == 0 || protocol == IPPROTO_TCP);
    bool udp = dgram && (protocol == 0 || protocol == IPPROTO_UDP);
    bool ping = dgram && ((family == AF_INET && protocol == IPPROTO_ICMP) ||
                          (family == AF_INET6 && protocol == IPPROTO_ICMPV6));
    return set_if(tcp, GATE_TCP) | set_if(udp, GATE_UDP) | set_if(ping, GATE_ICMP) |
           set_if(type == SOCK_PACKET, GATE_FAMILIES) | /* which the kernel makes PF_PACKET of */
           set_if(!stream && !dgram && type != SOCK_PACKET, GATE_RAW) |
           set_if(stream && !tcp, GATE_STREAM) | set_if(dgram && !udp && !ping, GATE_DATAGRAM);
}

static bool is_inet(uint32_t family)
{
    return family == AF_INET || family == AF_INET6;
}

static gate_set socket_gates(const uint64_t *args)
{
    uint32_t family = int_of(args[0]), type = int_of(args[1]) & 0xf, protocol = int_of(args[2]);
    return set_if(family == AF_UNIX, GATE_UNIX) |
           set_if(family == AF_NETLINK && protocol != 0, GATE_NETLINK) |
           set_if(family != AF_UNIX && family != AF_NETLINK && !is_inet(family), GATE_FAMILIES) |
           (is_inet(family) ? inet_gates(family, type, protocol) : 0);
}

static gate_set socketpair_gates(const uint64_t *args)
{
    uint32_t family = int_of(args[0]), type = int_of(args[1]) & 0xf;
    return set_if(family == AF_UNIX && type != SOCK_STREAM && type != SOCK_SEQPACKET, GATE_UNIX) |
           set_if(family != AF_UNIX, GATE_FAMILIES);
}

/* The gates of a call by its arguments alone. */
static gate_set argument_gates(unsigned which, const uint64_t *args)
{
    enum { UNSHARE_EMPTY_MNTNS = 0x00100000 }; /* sched.h of 7.1 */
    static const uint32_t new = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    switch (which) {
    case SOCKET:
        return socket_gates(args);
    case SOCKETPAIR:
        return socketpair_gates(args);
    case SENDTO:
    case SENDMMSG:
        return set_if(int_of(args[3]) & MSG_FASTOPEN, GATE_FASTOPEN);
    case SENDMSG:
        return set_if(int_of(args[2]) & MSG_FASTOPEN, GATE_FASTOPEN);
    case CLONE: /* where the bit of CLONE_NEWTIME belongs to the signal */
        return set_if(int_of(args[0]) & new, GATE_NAMESPACES);
    case UNSHARE:
        return set_if(int_of(args[0]) & (new | CLONE_NEWTIME | UNSHARE_EMPTY_MNTNS),
                      GATE_NAMESPACES);
    case IOCTL:
        return set_if(int_of(args[1]) == TIOCSTI || int_of(args[1]) == TIOCLINUX, GATE_TERMINAL);
    case PRLIMIT:
        return set_if(int_of(args[0]) != 0 && args[2] != 0, GATE_PRLIMIT);
    default:
        return 0;
    }
}

gate_set model_gates(unsigned arch, const struct seccomp_data *call)
{
    gate_set set = 0;
    know();
    if (call->nr >= 0 && call->nr < NUMBERS)
        set = known.whole[arch][call->nr];
    for (unsigned i = 0; i < CALLS; i++)
        if (call->nr == known.by_arguments[arch][i] && !(model_is_i386(arch) && i < SOCKETS_END))
            set |= argument_gates(i, (const uint64_t *)call->args);
    return set;
}

uint32_t model_answer_of_action(enum filter_action action)
{
    switch (action) {
    case ACTION_LOG:
        return SECCOMP_RET_LOG;
    case ACTION_KILL:
        return SECCOMP_RET_KILL_PROCESS;
    case ACTION_TRAP:
        return SECCOMP_RET_TRAP;
    default:
        return SECCOMP_RET_ERRNO | EPERM;
    }
}

/* Whether the call is prctl(MARK) with the mark or with nothing. */
static bool is_marked(unsigned arch, const struct seccomp_data *call, const struct mark *mark)
{
    uint32_t low = int_of(call->args[1]), high = int_of(call->args[2]);
    return call->nr == known.by_arguments[arch][PRCTL] && int_of(call->args[0]) == MARK_OPTION &&
           ((low == 0 && high == 0) || (low == mark->low && high == mark->high));
}

uint32_t model_answer(const struct seccomp_data *call, gate_set open, enum filter_action action,
                      const struct mark *mark)
{
    unsigned arch = 0;
    while (arch < CALL_ARCHS && (call_arch(arch) != call->arch || call->arch == 0))
        arch++;
    /* With what lies above, which no call has; -1 is what a tracer puts in the place of one. */
    bool x32 =
        call->arch == AUDIT_ARCH_X86_64 && (unsigned)call->nr >= 0x40000000 && call->nr != -1;
    if (arch == CALL_ARCHS || x32)
        return SECCOMP_RET_ERRNO | ENOSYS;
    gate_set closed = model_gates(arch, call) & ~open;
    for (unsigned gate = 0; gate < GATES; gate++)
        if (closed & GATE_BIT(gate))
            return model_rows[gate].error == EPERM
                       ? model_answer_of_action(action)
                       : SECCOMP_RET_ERRNO | (uint32_t)model_rows[gate].error;
    return is_marked(arch, call, mark) ? SECCOMP_RET_ERRNO | 0 : SECCOMP_RET_ALLOW;
}
