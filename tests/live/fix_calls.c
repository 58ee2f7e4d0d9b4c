/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls CALL...: makes system calls without libc, and prints on a line of its own what came of
 * each: "OK", the name of the error, "SIGSYS", or "absent" where this architecture has no such
 * call.
 *
 * A CALL is "NAME ARGUMENT..."; "i386:NAME" makes it as 32-bit programs do (int $0x80), "x32:NAME"
 * with the bit that marks those of x32. An ARGUMENT is a number, or
 *   $           what the last socket, socketpair (its first end), shmget, msgget, semget, pty or
 * child has made, or -1 buf         a page of zeros in4:PORT in6:PORT un:PATH    an address: of the
 * loopback, of a UNIX socket msg:ADDRESS mmsg:ADDRESS     a message of one byte to it, for sendmsg
 * and sendmmsg Some names are no system calls: "pty" opens a terminal and makes it that of this
 * process, "child" forks a process that ends with this one, "thread" starts one with libc.
 */
#include "fix_calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static volatile sig_atomic_t trapped;

static void on_sigsys(int number)
{
    (void)number;
    trapped = 1;
}

/* Memory of zeros that a 32-bit call can be given, too. */
static void *memory(size_t len)
{
    static char *next;
    if (next == NULL) {
        int low = 0;
#ifdef MAP_32BIT
        low = MAP_32BIT;
#endif
        next =
            mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | low, -1, 0);
    }
    char *given = next;
    next += (len + 63) / 64 * 64;
    return given;
}

static void *address(const char *text, socklen_t *len)
{
    if (strncmp(text, "in4:", 4) == 0) {
        struct sockaddr_in *in = memory(sizeof *in);
        *in = (struct sockaddr_in){.sin_family = AF_INET,
                                   .sin_port = htons((in_port_t)atoi(text + 4)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        *len = sizeof *in;
        return in;
    }
    if (strncmp(text, "in6:", 4) == 0) {
        struct sockaddr_in6 *in = memory(sizeof *in);
        *in = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                    .sin6_port = htons((in_port_t)atoi(text + 4)),
                                    .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        *len = sizeof *in;
        return in;
    }
    struct sockaddr_un *un = memory(sizeof *un);
    un->sun_family = AF_UNIX;
    snprintf(un->sun_path, sizeof un->sun_path, "%s", text + 3);
    *len = sizeof *un;
    return un;
}

static struct mmsghdr *message(const char *text)
{
    struct mmsghdr *message = memory(sizeof *message);
    struct iovec *vector = memory(sizeof *vector);
    *vector = (struct iovec){.iov_base = memory(1), .iov_len = 1};
    message->msg_hdr.msg_name = address(text, &message->msg_hdr.msg_namelen);
    message->msg_hdr.msg_iov = vector;
    message->msg_hdr.msg_iovlen = 1;
    return message;
}

static long argument(const char *text, long made)
{
    socklen_t len;
    if (strcmp(text, "$") == 0)
        return made;
    if (strcmp(text, "buf") == 0)
        return (long)memory(4096);
    if (strncmp(text, "in", 2) == 0 || strncmp(text, "un:", 3) == 0)
        return (long)address(text, &len);
    if (strncmp(text, "msg:", 4) == 0)
        return (long)message(text + 4);
    if (strncmp(text, "mmsg:", 5) == 0)
        return (long)message(text + 5);
    return (long)strtoull(text, NULL, 0);
}

static int open_terminal(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), fd;
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return -1;
    fd = open(ptsname(master), O_RDWR | O_NOCTTY);
    setsid();
    return fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 ? -1 : fd;
}

static pid_t start_child(void)
{
    int ends[2];
    char byte;
    pid_t pid = pipe(ends) < 0 ? -1 : fork();
    if (pid == 0) {
        close(ends[1]);
        (void)!read(ends[0], &byte, 1); /* until this process has ended */
        _exit(0);
    }
    return pid;
}

static void *nothing(void *data)
{
    return data;
}

/* The thread is gone to pthread_join a moment before it is to the kernel, which refuses to
 * unshare(2) until then. proc(5): a directory has a link for each that it has, and two for itself.
 */
static int start_thread(void)
{
    pthread_t thread;
    struct stat task;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    if (errno != 0 || pthread_join(thread, NULL) != 0)
        return -1;
    for (int i = 0; i < 1000 && stat("/proc/self/task", &task) == 0 && task.st_nlink > 3; i++)
        usleep(1000);
    return 0;
}

/* By way of libc, or into the kernel as a 32-bit program goes there. */
static long make(const char *name, const long *args)
{
    if (strcmp(name, "pty") == 0)
        return open_terminal();
    if (strcmp(name, "child") == 0)
        return start_child();
    if (strcmp(name, "thread") == 0)
        return start_thread();
    if (strncmp(name, "i386:", 5) == 0) {
        long done = call_i386(number_of_i386(name + 5), args);
        errno = (int)-done;
        return done < 0 && done > -4096 ? -1 : done;
    }
    bool x32 = strncmp(name, "x32:", 4) == 0;
    long number = number_of(x32 ? name + 4 : name) | (x32 ? 0x40000000 : 0);
    long done = syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
    if (done == 0 && strcmp(name, "clone") == 0)
        _exit(0);
    return done;
}

static bool exists(const char *name)
{
    if (strncmp(name, "i386:", 5) == 0)
        return number_of_i386(name + 5) >= 0;
    if (strncmp(name, "x32:", 4) == 0)
        return number_of_i386("getpid") >= 0 && number_of(name + 4) >= 0;
    return strcmp(name, "pty") == 0 || strcmp(name, "child") == 0 || strcmp(name, "thread") == 0 ||
           number_of(name) >= 0;
}

/* Whether what it returns is "$" from then on. */
static bool makes(const char *name)
{
    static const char *const names[] = {"socket", "socketpair", "pty",   "child",
                                        "shmget", "msgget",     "semget"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    long made = -1;
    signal(SIGSYS, on_sigsys);
    for (int i = 1; i < argc; i++) {
        long args[6] = {0};
        const char *name = strtok(argv[i], " "), *word;
        for (size_t n = 0; n < 6 && (word = strtok(NULL, " ")) != NULL; n++)
            args[n] = argument(word, made);
        trapped = 0;
        errno = 0;
        long done = exists(name) ? make(name, args) : -1;
        int error = errno;
        if (makes(name))
            made = done < 0 || trapped               ? -1
                   : strcmp(name, "socketpair") == 0 ? *(int *)args[3]
                                                     : done;
        puts(!exists(name) ? "absent"
             : trapped     ? "SIGSYS"
             : done >= 0   ? "OK"
                           : strerrorname_np(error));
        fflush(stdout);
    }
    return 0;
}
