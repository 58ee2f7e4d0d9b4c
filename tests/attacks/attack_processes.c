/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to a process outside. Where an argument is PID, that is its number. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

/* What is sent: nobody dies of it unless that is what is to be seen. */
enum { HARMLESS = SIGURG };

static int pid_of(char **args)
{
    return atoi(args[0]);
}

static int open_pidfd(char **args)
{
    return (int)syscall(SYS_pidfd_open, pid_of(args), 0);
}

static int send_kill(char **args)
{
    return kill(pid_of(args), HARMLESS);
}

static int send_tgkill(char **args)
{
    return (int)syscall(SYS_tgkill, pid_of(args), pid_of(args), HARMLESS);
}

static int send_tkill(char **args)
{
    return (int)syscall(SYS_tkill, pid_of(args), HARMLESS);
}

static int send_queued(char **args)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return (int)syscall(SYS_rt_sigqueueinfo, pid_of(args), HARMLESS, &info);
}

static int send_queued_to_thread(char **args)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return (int)syscall(SYS_rt_tgsigqueueinfo, pid_of(args), pid_of(args), HARMLESS, &info);
}

static int send_by_pidfd(char **args)
{
    return (int)syscall(SYS_pidfd_send_signal, open_pidfd(args), HARMLESS, NULL, 0);
}

/* Sends by way of a pair of sockets whose owner is another process, or a group of them. There is no
 * error where that fails: the test has to see what arrives. */
static int send_owned(int set, const void *owner)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return -1;
    int done = set == F_SETOWN      ? fcntl(ends[0], set, *(const int *)owner)
               : set == F_SETOWN_EX ? fcntl(ends[0], set, owner)
                                    : ioctl(ends[0], (unsigned long)set, owner);
    if (done < 0 || fcntl(ends[0], F_SETSIG, SIGUSR1) < 0 || fcntl(ends[0], F_SETFL, O_ASYNC) < 0)
        return -1;
    return write(ends[1], "x", 1) == 1 ? 0 : -1;
}

static int send_owned_by_pid(char **args)
{
    int owner = pid_of(args);
    return send_owned(F_SETOWN, &owner);
}

static int send_owned_by_ioctl(char **args)
{
    int owner = pid_of(args);
    return send_owned(FIOSETOWN, &owner);
}

static int send_owned_by_pid_ex(char **args)
{
    struct f_owner_ex owner = {F_OWNER_PID, pid_of(args)};
    return send_owned(F_SETOWN_EX, &owner);
}

static int send_owned_by_thread(char **args)
{
    struct f_owner_ex owner = {F_OWNER_TID, pid_of(args)};
    return send_owned(F_SETOWN_EX, &owner);
}

/* Having joined the group first, so that this process is the one of it that is looked at. */
static int send_owned_by_group(char **args)
{
    int owner = -pid_of(args);
    signal(SIGUSR1, SIG_IGN);
    return setpgid(0, -owner) < 0 ? -1 : send_owned(F_SETOWN, &owner);
}

static int send_owned_by_group_ex(char **args)
{
    struct f_owner_ex owner = {F_OWNER_PGRP, pid_of(args)};
    signal(SIGUSR1, SIG_IGN);
    return setpgid(0, pid_of(args)) < 0 ? -1 : send_owned(F_SETOWN_EX, &owner);
}

/* What changes in a directory is told to its descriptor's owner (F_NOTIFY of fcntl(2)):
 * dnotify PID DIRECTORY. */
static int send_notified(char **args)
{
    char path[4096];
    int fd = open(args[1], O_RDONLY);
    snprintf(path, sizeof path, "%s/notified", args[1]);
    if (fd < 0 || fcntl(fd, F_SETOWN, pid_of(args)) < 0 || fcntl(fd, F_SETSIG, SIGUSR1) < 0 ||
        fcntl(fd, F_NOTIFY, DN_CREATE) < 0)
        return -1;
    return open(path, O_CREAT | O_WRONLY, 0666);
}

/* To the whole group, which this process joins, so that somebody is reached in any case. */
static int send_to_group(char **args)
{
    signal(SIGUSR1, SIG_IGN);
    return setpgid(0, pid_of(args)) < 0 ? -1 : kill(-pid_of(args), SIGUSR1);
}

/* A timer that signals one thread: timer PID. */
static int send_by_timer(char **args)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    timer_t timer;
    event._sigev_un._tid = strcmp(args[0], "self") == 0 ? (pid_t)getpid() : pid_of(args);
    return (int)syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer);
}

static int limit(char **args)
{
    struct rlimit limit;
    if (syscall(SYS_prlimit64, pid_of(args), RLIMIT_CORE, NULL, &limit) < 0)
        return -1;
    return (int)syscall(SYS_prlimit64, pid_of(args), RLIMIT_CORE, &limit, NULL);
}

static int attach(char **args)
{
    int status;
    if (ptrace(PTRACE_ATTACH, pid_of(args), NULL, NULL) < 0)
        return -1;
    waitpid(pid_of(args), &status, __WALL);
    return (int)ptrace(PTRACE_DETACH, pid_of(args), NULL, NULL);
}

static int seize(char **args)
{
    return (int)ptrace(PTRACE_SEIZE, pid_of(args), NULL, NULL);
}

/* vm-readv PID ADDRESS; vm-writev PID ADDRESS */
static int transfer(char **args, bool writing)
{
    char bytes[8] = "changed";
    struct iovec own = {bytes, sizeof bytes};
    struct iovec its = {(void *)strtoull(args[1], NULL, 0), sizeof bytes}; /* NOLINT */
    return (int)(writing ? process_vm_writev(pid_of(args), &own, 1, &its, 1, 0)
                         : process_vm_readv(pid_of(args), &own, 1, &its, 1, 0));
}

static int read_memory(char **args)
{
    return transfer(args, false);
}

static int write_memory(char **args)
{
    return transfer(args, true);
}

/* proc-mem PID ADDRESS: the same by /proc. */
static int write_memory_file(char **args)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/mem", pid_of(args));
    int fd = open(path, O_RDWR);
    return fd < 0 ? -1 : (int)pwrite(fd, "changed", 8, (off_t)strtoull(args[1], NULL, 0));
}

/* madvise PID ADDRESS: pages it out. */
static int advise(char **args)
{
    struct iovec its = {(void *)strtoull(args[1], NULL, 0), 4096}; /* NOLINT */
    return (int)syscall(SYS_process_madvise, open_pidfd(args), &its, 1, MADV_COLD, 0);
}

static int get_descriptor(char **args)
{
    return (int)syscall(SYS_pidfd_getfd, open_pidfd(args), 0, 0);
}

static int compare(char **args)
{
    return (int)syscall(SYS_kcmp, getpid(), pid_of(args), KCMP_VM, 0, 0);
}

/* terminal PID FD: has the kernel send a signal to the process, by a terminal of its session. */
static int send_by_terminal(char **args)
{
    int terminal = atoi(args[1]);
    struct winsize size = {.ws_row = 7, .ws_col = 77};
    signal(SIGTTOU, SIG_IGN);
    return tcsetpgrp(terminal, pid_of(args)) < 0 ? -1 : ioctl(terminal, TIOCSWINSZ, &size);
}

static int robust_list(char **args)
{
    void *head;
    size_t len;
    return (int)syscall(SYS_get_robust_list, pid_of(args), &head, &len);
}

/* proc PID NAME: opens a file, or what a link leads to, and reads a byte. */
static int read_process(char **args)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid_of(args), args[1]);
    return read_open(open(path, O_RDONLY));
}

static int enter_namespace(char **args)
{
    int fd = open_pidfd(args);
    return fd < 0 ? -1 : setns(fd, CLONE_NEWNS);
}

/* What is changed here stays as it is. */
static int set_priority(char **args)
{
    return setpriority(PRIO_PROCESS, (id_t)pid_of(args), 10);
}

static int set_scheduler(char **args)
{
    const struct sched_param none = {0};
    return sched_setscheduler(pid_of(args), SCHED_BATCH, &none);
}

static int set_affinity(char **args)
{
    cpu_set_t set;
    if (sched_getaffinity(pid_of(args), sizeof set, &set) < 0)
        return -1;
    return sched_setaffinity(pid_of(args), sizeof set, &set);
}

static int set_io_priority(char **args)
{
    enum { WHO_PROCESS = 1, BEST_EFFORT_7 = 2 << 13 | 7 };
    return (int)syscall(SYS_ioprio_set, WHO_PROCESS, pid_of(args), BEST_EFFORT_7);
}

/* System V IPC of a KEY, and keys. */
static int shared_memory(char **args)
{
    return (int)syscall(SYS_shmget, strtol(args[0], NULL, 0), 0, 0);
}

static int message_queue(char **args)
{
    return (int)syscall(SYS_msgget, strtol(args[0], NULL, 0), 0);
}

static int semaphores(char **args)
{
    return (int)syscall(SYS_semget, strtol(args[0], NULL, 0), 0, 0);
}

static int add_key(char **args)
{
    enum { PROCESS_KEYRING = -2 };
    (void)args;
    return (int)syscall(SYS_add_key, "user", "sandlock-test", "x", 1, PROCESS_KEYRING);
}

static int io_uring(char **args)
{
    char parameters[120] = "";
    (void)args;
    return (int)syscall(SYS_io_uring_setup, 1, parameters);
}

const struct attack attacks_on_processes[] = {
    {"kill", send_kill},
    {"tgkill", send_tgkill},
    {"tkill", send_tkill},
    {"sigqueue", send_queued},
    {"tgsigqueue", send_queued_to_thread},
    {"pidfd-signal", send_by_pidfd},
    {"owner", send_owned_by_pid},
    {"owner-ioctl", send_owned_by_ioctl},
    {"owner-ex", send_owned_by_pid_ex},
    {"owner-thread", send_owned_by_thread},
    {"owner-group", send_owned_by_group},
    {"owner-group-ex", send_owned_by_group_ex},
    {"dnotify", send_notified},
    {"kill-group", send_to_group},
    {"timer", send_by_timer},
    {"prlimit", limit},
    {"attach", attach},
    {"seize", seize},
    {"vm-readv", read_memory},
    {"vm-writev", write_memory},
    {"proc-mem", write_memory_file},
    {"madvise", advise},
    {"pidfd-getfd", get_descriptor},
    {"kcmp", compare},
    {"terminal", send_by_terminal},
    {"robust-list", robust_list},
    {"proc", read_process},
    {"setns", enter_namespace},
    {"setpriority", set_priority},
    {"sched-setscheduler", set_scheduler},
    {"sched-setaffinity", set_affinity},
    {"ioprio-set", set_io_priority},
    {"shmget", shared_memory},
    {"msgget", message_queue},
    {"semget", semaphores},
    {"add-key", add_key},
    {"io-uring", io_uring},
    {NULL, NULL},
};
