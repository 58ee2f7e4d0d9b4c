/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets OPERATION HOST PORT...: tries one thing with each of several ports, every time with a
 * socket of its own, and prints a character for each: '+' it worked, '-' EACCES, 'r' ECONNREFUSED,
 * 's' the socket could not be made (EACCES), 'p' nor that one (EPROTONOSUPPORT); '?' is any other
 * error, whose name goes to stderr.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An address of either family, as the calls want it. */
struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } is;
    socklen_t len;
};

static struct address address_of(const char *host, const char *port)
{
    struct address address = {.len = 0};
    in_port_t number = htons((in_port_t)atoi(port));
    if (inet_pton(AF_INET, host, &address.is.v4.sin_addr) == 1) {
        address.is.v4.sin_family = AF_INET;
        address.is.v4.sin_port = number;
        address.len = sizeof address.is.v4;
    } else if (inet_pton(AF_INET6, host, &address.is.v6.sin6_addr) == 1) {
        address.is.v6.sin6_family = AF_INET6;
        address.is.v6.sin6_port = number;
        address.len = sizeof address.is.v6;
    }
    return address;
}

/* Each operation returns -1 with errno, or anything else. */
typedef int operation(const char *host, const char *port);

static bool has_socket; /* the last one could be made */

static int make_socket(int family, int type)
{
    int fd = socket(family, type, 0);
    has_socket = fd >= 0;
    return fd;
}

static int use(int type, int (*call)(int, const struct sockaddr *, socklen_t), const char *host,
               const char *port)
{
    struct address address = address_of(host, port);
    int one = 1, fd = make_socket(address.is.any.sa_family, type);
    if (fd < 0)
        return -1;
    /* The test holds the ports that it asks for, and lets us share them. */
    if (call == bind)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    return call(fd, &address.is.any, address.len);
}

static int tcp_connect(const char *host, const char *port)
{
    return use(SOCK_STREAM, connect, host, port);
}

static int tcp_bind(const char *host, const char *port)
{
    return use(SOCK_STREAM, bind, host, port);
}

static int udp_connect(const char *host, const char *port)
{
    return use(SOCK_DGRAM, connect, host, port);
}

static int udp_bind(const char *host, const char *port)
{
    return use(SOCK_DGRAM, bind, host, port);
}

static int udp_send(const char *host, const char *port)
{
    struct address address = address_of(host, port);
    int fd = make_socket(address.is.any.sa_family, SOCK_DGRAM);
    return fd < 0 ? -1 : (int)sendto(fd, "x", 1, 0, &address.is.any, address.len);
}

/* Connects, whatever comes of it, and dissolves that again (connect(2), AF_UNSPEC). */
static int tcp_dissolve(const char *host, const char *port)
{
    struct address address = address_of(host, port);
    int fd = make_socket(address.is.any.sa_family, SOCK_STREAM);
    if (fd < 0)
        return -1;
    (void)!connect(fd, &address.is.any, address.len);
    address.is.any.sa_family = AF_UNSPEC;
    return connect(fd, &address.is.any, address.len);
}

/* Binds by way of AF_UNSPEC, which an IPv4 socket takes for AF_INET when the address is 0. */
static int tcp_bind_unspec(const char *host, const char *port)
{
    struct address address = address_of(host, port);
    int one = 1, fd = make_socket(AF_INET, SOCK_STREAM);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    address.is.v4.sin_family = AF_UNSPEC;
    address.is.v4.sin_addr.s_addr = 0;
    return bind(fd, &address.is.any, address.len);
}

/* Looks a name up; what getaddrinfo makes of being denied a file is its own business. */
static int resolve(const char *host, const char *port)
{
    struct addrinfo *found;
    int error = getaddrinfo(host, port, NULL, &found);
    errno = EACCES;
    return error == 0 ? 0 : -1;
}

static const struct {
    const char *name;
    operation *run;
} rows[] = {
    {"tcp-connect", tcp_connect},
    {"tcp-bind", tcp_bind},
    {"udp-connect", udp_connect},
    {"udp-bind", udp_bind},
    {"udp-send", udp_send},
    {"tcp-dissolve", tcp_dissolve},
    {"tcp-bind-unspec", tcp_bind_unspec},
    {"resolve", resolve},
};

static operation *find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].run;
    exit(2);
}

static char letter(int error)
{
    if (!has_socket)
        return error == EACCES ? 's' : error == EPROTONOSUPPORT ? 'p' : '?';
    return error == EACCES ? '-' : error == ECONNREFUSED ? 'r' : '?';
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    for (char **port = argv + 3; *port != NULL; port++) {
        has_socket = true;
        char result = find(argv[1])(argv[2], *port) >= 0 ? '+' : letter(errno);
        if (result == '?')
            fprintf(stderr, "sockets: %s %s %s: %s\n", argv[1], argv[2], *port, strerror(errno));
        putchar(result);
    }
    putchar('\n');
    return 0;
}
