/* SPDX-License-Identifier: Apache-2.0 */
/* Ways out of the domain itself: new namespaces, the environment, the shim once more, its mark. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* unshare FLAGS */
static int leave(char **args)
{
    return unshare((int)strtol(args[0], NULL, 0));
}

static int child_of(long pid)
{
    if (pid == 0)
        _exit(0);
    return pid < 0 ? -1 : waitpid((pid_t)pid, NULL, 0);
}

/* clone FLAGS; clone3 FLAGS */
static int clone_away(char **args)
{
    return child_of(syscall(SYS_clone, strtol(args[0], NULL, 0) | SIGCHLD, 0, 0, 0, 0));
}

static int clone3_away(char **args)
{
    struct clone_args how = {.flags = strtoull(args[0], NULL, 0), .exit_signal = SIGCHLD};
    return child_of(syscall(SYS_clone3, &how, sizeof how));
}

/* user-mount PATH: reads PATH with the privileges of a user namespace of its own, over which a file
 * system was mounted. */
static int mount_in_namespace(char **args)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || mount("none", "/mnt", "tmpfs", 0, NULL) < 0)
        return -1;
    return read_open(open(args[0], O_RDONLY));
}

/* no-new-privs: takes it off. */
static int allow_privileges(char **args)
{
    (void)args;
    return prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

/* reexecute PROGRAM [ARG...] [-- NAME=VALUE...]: executes it with these variables besides. */
static int reexecute(char **args)
{
    char **argv = args;
    while (*args != NULL && strcmp(*args, "--") != 0)
        args++;
    if (*args != NULL)
        for (*args++ = NULL; *args != NULL; args++)
            putenv(*args);
    fflush(stdout);
    execv(argv[0], argv);
    return -1;
}

/* Has prctl answer 0 to OPTION for any arguments but (~LOW), as a process that bears the mark does
 * for those that the shim may ask for. */
static int fake_mark(uint32_t option, uint32_t other)
{
    enum { FIRST = offsetof(struct seccomp_data, args) };
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, option, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST + 8),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

/* fake-mark OPTION PROGRAM ...: as reexecute, where the shim without a policy finds a mark. */
static int reexecute_marked(char **args)
{
    if (fake_mark((uint32_t)strtoul(args[0], NULL, 0), UINT32_MAX) < 0)
        return -1;
    return reexecute(args + 1);
}

/* receive FD [NAME]: reads a file that is sent over a socket, or one seen from a directory that is.
 * receive-again FD: opens what is sent for writing. */
static int received(int socket)
{
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    int fd = -1;
    if (recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message) != NULL)
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static int read_received(char **args)
{
    int fd = received(atoi(args[0]));
    return read_open(args[1] == NULL || fd < 0 ? fd : openat(fd, args[1], O_RDONLY));
}

static int write_received(char **args)
{
    char path[32];
    int fd = received(atoi(args[0]));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return fd < 0 ? -1 : open(path, O_WRONLY);
}

const struct attack attacks_on_domains[] = {
    {"unshare", leave},
    {"clone", clone_away},
    {"clone3", clone3_away},
    {"user-mount", mount_in_namespace},
    {"no-new-privs", allow_privileges},
    {"reexecute", reexecute},
    {"fake-mark", reexecute_marked},
    {"receive", read_received},
    {"receive-again", write_received},
    {NULL, NULL},
};
