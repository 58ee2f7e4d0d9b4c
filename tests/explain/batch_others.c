/* SPDX-License-Identifier: Apache-2.0 */
/* What is tried besides files: ports, sockets, signals, and what the process is like. */
#include "batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

/* Uses a socket for an address, and leaves nothing open. */
static int use(int type, int (*call)(int, const struct sockaddr *, socklen_t), const void *address,
               socklen_t len)
{
    int fd = socket(((const struct sockaddr *)address)->sa_family, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int done = call(fd, address, len), error = errno;
    close(fd);
    errno = error;
    return done;
}

static int use_port(const char *port, int type,
                    int (*call)(int, const struct sockaddr *, socklen_t))
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return use(type, call, &address, sizeof address);
}

int op_connect_tcp(char *const args[])
{
    return use_port(args[0], SOCK_STREAM, connect);
}

/* The same right, by IPv6. */
int op_connect_tcp6(char *const args[])
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((in_port_t)atoi(args[0])),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return use(SOCK_STREAM, connect, &address, sizeof address);
}

int op_bind_tcp(char *const args[])
{
    return use_port(args[0], SOCK_STREAM, bind);
}

int op_bind_udp(char *const args[])
{
    return use_port(args[0], SOCK_DGRAM, bind);
}

static int send_to(int fd, const struct sockaddr *address, socklen_t len)
{
    return sendto(fd, "x", 1, 0, address, len) < 0 ? -1 : 0;
}

int op_connect_udp(char *const args[])
{
    return use_port(args[0], SOCK_DGRAM, send_to);
}

/* Connects to a UNIX socket: a path, or, behind '@', a name that is none. */
int op_connect(char *const args[])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strnlen(args[0], sizeof address.sun_path);
    memcpy(address.sun_path, args[0], len);
    if (*args[0] == '@')
        *address.sun_path = '\0';
    return use(SOCK_STREAM | SOCK_NONBLOCK, connect, &address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

/* Signals a process with no signal. */
int op_signal(char *const args[])
{
    return kill(atoi(args[0]), 0);
}

/* Of this process: what cannot fail prints a number by way of its name. */
int op_no_new_privs(char *const args[])
{
    (void)args;
    return printf("%d ", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)) < 0;
}

int op_core(char *const args[])
{
    struct rlimit limit = {0, 0};
    (void)args;
    getrlimit(RLIMIT_CORE, &limit);
    return printf("%lld/%lld ", (long long)limit.rlim_cur, (long long)limit.rlim_max) < 0;
}

/* How many of our variables are in the environment. */
int op_environment(char *const args[])
{
    int count = 0;
    (void)args;
    for (char **at = environ; *at != NULL; at++)
        count += strncmp(*at, "SANDLOCK_", 9) == 0;
    return printf("%d ", count) < 0;
}

/* The descriptors that were open before the first operation. */
int op_descriptors(char *const args[])
{
    (void)args;
    for (int fd = 3; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d,", fd);
    return printf(" ") < 0;
}
