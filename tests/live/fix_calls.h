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

#define OWN(name)                                                                                  \
    {                                                                                              \
#name, __NR_##name                                                                         \
    }
static const struct {
    const char *name;
    long number;
} own_numbers[] = {
    OWN(acct),
    OWN(add_key),
    OWN(adjtimex),
    OWN(bind),
    OWN(bpf),
    OWN(clock_adjtime),
    OWN(clock_settime),
    OWN(clone),
    OWN(clone3),
    OWN(connect),
    OWN(delete_module),
    OWN(finit_module),
    OWN(fsconfig),
    OWN(fsmount),
    OWN(fsopen),
    OWN(fspick),
    OWN(getpid),
    OWN(getppid),
    OWN(init_module),
    OWN(ioctl),
    OWN(io_uring_enter),
    OWN(io_uring_register),
    OWN(io_uring_setup),
    OWN(kcmp),
    OWN(kexec_load),
    OWN(keyctl),
    OWN(listen),
    OWN(lookup_dcookie),
    OWN(mount),
    OWN(mount_setattr),
    OWN(move_mount),
    OWN(msgctl),
    OWN(msgget),
    OWN(msgrcv),
    OWN(msgsnd),
    OWN(name_to_handle_at),
    OWN(nfsservctl),
    OWN(open_by_handle_at),
    OWN(open_tree),
    OWN(open_tree_attr),
    OWN(perf_event_open),
    OWN(personality),
    OWN(pidfd_getfd),
    OWN(pivot_root),
    OWN(prctl),
    OWN(prlimit64),
    OWN(process_vm_readv),
    OWN(process_vm_writev),
    OWN(ptrace),
    OWN(quotactl),
    OWN(quotactl_fd),
    OWN(reboot),
    OWN(request_key),
    OWN(semctl),
    OWN(semget),
    OWN(sendmmsg),
    OWN(sendmsg),
    OWN(sendto),
    OWN(setdomainname),
    OWN(sethostname),
    OWN(setns),
    OWN(settimeofday),
    OWN(shmat),
    OWN(shmctl),
    OWN(shmdt),
    OWN(shmget),
    OWN(socket),
    OWN(socketpair),
    OWN(swapoff),
    OWN(swapon),
    OWN(syslog),
    OWN(umount2),
    OWN(unshare),
    OWN(userfaultfd),
#if defined __x86_64__ || defined __i386__
    OWN(ioperm),
    OWN(iopl),
    OWN(sysfs),
    OWN(uselib),
    OWN(ustat),
#endif
#ifdef __i386__
    OWN(clock_adjtime64),
    OWN(clock_settime64),
    OWN(ipc),
    OWN(semtimedop_time64),
    OWN(socketcall),
    OWN(stime),
    OWN(umount),
#else
    OWN(kexec_file_load),
    OWN(semop),
    OWN(semtimedop),
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
