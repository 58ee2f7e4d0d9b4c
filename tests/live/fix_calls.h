/* SPDX-License-Identifier: Apache-2.0 */
/* Names of system calls, for fix_calls.c: of the architecture that it is built for, and of i386. */
#ifndef TESTS_FIX_CALLS_H
#define TESTS_FIX_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#ifndef __NR_open_tree_attr
#define __NR_open_tree_attr 467 /* the same everywhere, and newer than most headers */
#endif

/* Each of these may be missing on some architecture, or be newer than the headers. */
#define OWN(name)                                                                                  \
    {                                                                                              \
#name, __NR_##name                                                                         \
    }
static const struct {
    const char *name;
    long number;
} own_numbers[] = {
#ifdef __NR_accept
    OWN(accept),
#endif
#ifdef __NR_acct
    OWN(acct),
#endif
#ifdef __NR_add_key
    OWN(add_key),
#endif
#ifdef __NR_adjtimex
    OWN(adjtimex),
#endif
#ifdef __NR_bind
    OWN(bind),
#endif
#ifdef __NR_bpf
    OWN(bpf),
#endif
#ifdef __NR_clock_adjtime
    OWN(clock_adjtime),
#endif
#ifdef __NR_clock_adjtime64
    OWN(clock_adjtime64),
#endif
#ifdef __NR_clock_settime
    OWN(clock_settime),
#endif
#ifdef __NR_clock_settime64
    OWN(clock_settime64),
#endif
#ifdef __NR_clone
    OWN(clone),
#endif
#ifdef __NR_clone3
    OWN(clone3),
#endif
#ifdef __NR_connect
    OWN(connect),
#endif
#ifdef __NR_delete_module
    OWN(delete_module),
#endif
#ifdef __NR_finit_module
    OWN(finit_module),
#endif
#ifdef __NR_fsconfig
    OWN(fsconfig),
#endif
#ifdef __NR_fsmount
    OWN(fsmount),
#endif
#ifdef __NR_fsopen
    OWN(fsopen),
#endif
#ifdef __NR_fspick
    OWN(fspick),
#endif
#ifdef __NR_getpid
    OWN(getpid),
#endif
#ifdef __NR_getppid
    OWN(getppid),
#endif
#ifdef __NR_init_module
    OWN(init_module),
#endif
#ifdef __NR_ioctl
    OWN(ioctl),
#endif
#ifdef __NR_io_uring_enter
    OWN(io_uring_enter),
#endif
#ifdef __NR_io_uring_register
    OWN(io_uring_register),
#endif
#ifdef __NR_io_uring_setup
    OWN(io_uring_setup),
#endif
#ifdef __NR_ioperm
    OWN(ioperm),
#endif
#ifdef __NR_iopl
    OWN(iopl),
#endif
#ifdef __NR_ipc
    OWN(ipc),
#endif
#ifdef __NR_kcmp
    OWN(kcmp),
#endif
#ifdef __NR_kexec_file_load
    OWN(kexec_file_load),
#endif
#ifdef __NR_kexec_load
    OWN(kexec_load),
#endif
#ifdef __NR_keyctl
    OWN(keyctl),
#endif
#ifdef __NR_listen
    OWN(listen),
#endif
#ifdef __NR_lookup_dcookie
    OWN(lookup_dcookie),
#endif
#ifdef __NR_mount
    OWN(mount),
#endif
#ifdef __NR_mount_setattr
    OWN(mount_setattr),
#endif
#ifdef __NR_move_mount
    OWN(move_mount),
#endif
#ifdef __NR_msgctl
    OWN(msgctl),
#endif
#ifdef __NR_msgget
    OWN(msgget),
#endif
#ifdef __NR_msgrcv
    OWN(msgrcv),
#endif
#ifdef __NR_msgsnd
    OWN(msgsnd),
#endif
#ifdef __NR_name_to_handle_at
    OWN(name_to_handle_at),
#endif
#ifdef __NR_nfsservctl
    OWN(nfsservctl),
#endif
#ifdef __NR_open_by_handle_at
    OWN(open_by_handle_at),
#endif
#ifdef __NR_open_tree
    OWN(open_tree),
#endif
#ifdef __NR_open_tree_attr
    OWN(open_tree_attr),
#endif
#ifdef __NR_perf_event_open
    OWN(perf_event_open),
#endif
#ifdef __NR_personality
    OWN(personality),
#endif
#ifdef __NR_pidfd_getfd
    OWN(pidfd_getfd),
#endif
#ifdef __NR_pivot_root
    OWN(pivot_root),
#endif
#ifdef __NR_prctl
    OWN(prctl),
#endif
#ifdef __NR_prlimit64
    OWN(prlimit64),
#endif
#ifdef __NR_process_vm_readv
    OWN(process_vm_readv),
#endif
#ifdef __NR_process_vm_writev
    OWN(process_vm_writev),
#endif
#ifdef __NR_ptrace
    OWN(ptrace),
#endif
#ifdef __NR_quotactl
    OWN(quotactl),
#endif
#ifdef __NR_quotactl_fd
    OWN(quotactl_fd),
#endif
#ifdef __NR_reboot
    OWN(reboot),
#endif
#ifdef __NR_request_key
    OWN(request_key),
#endif
#ifdef __NR_semctl
    OWN(semctl),
#endif
#ifdef __NR_semget
    OWN(semget),
#endif
#ifdef __NR_semop
    OWN(semop),
#endif
#ifdef __NR_semtimedop
    OWN(semtimedop),
#endif
#ifdef __NR_semtimedop_time64
    OWN(semtimedop_time64),
#endif
#ifdef __NR_sendmmsg
    OWN(sendmmsg),
#endif
#ifdef __NR_sendmsg
    OWN(sendmsg),
#endif
#ifdef __NR_sendto
    OWN(sendto),
#endif
#ifdef __NR_setdomainname
    OWN(setdomainname),
#endif
#ifdef __NR_sethostname
    OWN(sethostname),
#endif
#ifdef __NR_setns
    OWN(setns),
#endif
#ifdef __NR_settimeofday
    OWN(settimeofday),
#endif
#ifdef __NR_shmat
    OWN(shmat),
#endif
#ifdef __NR_shmctl
    OWN(shmctl),
#endif
#ifdef __NR_shmdt
    OWN(shmdt),
#endif
#ifdef __NR_shmget
    OWN(shmget),
#endif
#ifdef __NR_socket
    OWN(socket),
#endif
#ifdef __NR_socketcall
    OWN(socketcall),
#endif
#ifdef __NR_socketpair
    OWN(socketpair),
#endif
#ifdef __NR_stime
    OWN(stime),
#endif
#ifdef __NR_swapoff
    OWN(swapoff),
#endif
#ifdef __NR_swapon
    OWN(swapon),
#endif
#ifdef __NR_sysfs
    OWN(sysfs),
#endif
#ifdef __NR_syslog
    OWN(syslog),
#endif
#ifdef __NR_umount
    OWN(umount),
#endif
#ifdef __NR_umount2
    OWN(umount2),
#endif
#ifdef __NR_unshare
    OWN(unshare),
#endif
#ifdef __NR_uselib
    OWN(uselib),
#endif
#ifdef __NR_userfaultfd
    OWN(userfaultfd),
#endif
#ifdef __NR_ustat
    OWN(ustat),
#endif
};
#undef OWN

static inline long number_of(const char *name)
{
    for (size_t i = 0; i < sizeof own_numbers / sizeof *own_numbers; i++)
        if (strcmp(own_numbers[i].name, name) == 0)
            return own_numbers[i].number;
    return -1;
}

/* Numbers of i386, which never change (arch/x86/entry/syscalls/syscall_32.tbl). */
static inline long number_of_i386(const char *name)
{
#ifdef __x86_64__
    static const struct {
        const char *name;
        int number;
    } rows[] = {
        {"getpid", 20},
        {"mount", 21},
        {"ptrace", 26},
        {"ioctl", 54},
        {"getppid", 64},
        {"socketcall", 102},
        {"ipc", 117},
        {"clone", 120},
        {"prctl", 172},
        {"unshare", 310},
        {"prlimit64", 340},
        {"socket", 359},
        {"socketpair", 360},
        {"listen", 363},
        {"sendmsg", 370},
        {"sendto", 369},
        {"sendmmsg", 345},
        {"shmget", 395},
        {"io_uring_setup", 425},
        {"clone3", 435},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].number;
#endif
    (void)name;
    return -1;
}

/* Makes a call with up to five arguments; returns what the kernel does. */
static inline long call_i386(long number, const long *args)
{
    long done = -1;
#ifdef __x86_64__
    __asm__ volatile("int $0x80"
                     : "=a"(done)
                     : "a"(number), "b"(args[0]), "c"(args[1]), "d"(args[2]), "S"(args[3]),
                       "D"(args[4])
                     : "memory", "r8", "r9", "r10", "r11");
    done = (int)done;
#else
    (void)number, (void)args;
#endif
    return done;
}

#endif
