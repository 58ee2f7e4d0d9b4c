/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the gates of sockets are for, live: traffic that Landlock's rules for ports do not see. The
 * test listens on two ports of the loopback, "P" and "Q" in what follows, and on two UNIX sockets.
 */
#include "calls.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static char p[8], q[8], allow_p[64], bind_p[64];

/* Listens on a port that the kernel chooses, by IPv4 and IPv6 alike. */
static bool listens(char text[8])
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 4096) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        return false;
    snprintf(text, 8, "%d", ntohs(address.sin6_port));
    return true;
}

static int listen_on_both(void **state)
{
    (void)state;
    if (!listens(p) || !listens(q))
        return -1;
    snprintf(allow_p, sizeof allow_p, ALLOW "%s", p);
    snprintf(bind_p, sizeof bind_p, LOCAL "%s", p);
    return 0;
}

/* Steps in which P and Q stand for the ports. */
static const struct step *with_ports(const struct step *steps)
{
    static struct step made[STEPS];
    static char texts[STEPS][128];
    size_t i = 0;
    for (; steps[i].call != NULL; i++) {
        size_t len = 0;
        for (const char *c = steps[i].call; *c != '\0'; c++) {
            const char *port = *c == 'P' ? p : *c == 'Q' ? q : NULL;
            len += (size_t)snprintf(texts[i] + len, sizeof *texts - len,
                                    port != NULL ? "%s" : "%.1s", port != NULL ? port : c);
        }
        made[i] = (struct step){texts[i], steps[i].open, steps[i].closed};
    }
    made[i] = (struct step){NULL, NULL, NULL};
    return made;
}

static void closed_under(const struct step *steps, const char *const env[])
{
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        steps_run("calls", face, env, with_ports(steps), false);
}

static void open_under(const struct step *steps, const char *const env[])
{
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        steps_run("calls", face, env, with_ports(steps), true);
}

static void test_mptcp(void **state)
{
    static const struct step steps[] = {
        {"socket 2 1 262", "OK", "EPROTONOSUPPORT"},
        {"connect $ in4:Q 16", "OK", "EBADF"},
        {"socket 10 1 262", "OK", "EPROTONOSUPPORT"},
        {"connect $ in6:Q 28", "OK", "EBADF"},
        {"socket 2 1 262", "OK", "EPROTONOSUPPORT"},
        {"bind $ in4:0 16", "OK", "EBADF"},
        {"listen $ 1", "OK", "EBADF"},
        {"socket 10 1 262", "OK", "EPROTONOSUPPORT"},
        {"bind $ in6:0 28", "OK", "EBADF"},
        {NULL, NULL, NULL},
    };
    (void)state;
    open_under(steps, LIST(READ, ALLOW "*", LOCAL "*"));
    closed_under(steps, LIST(READ, allow_p, bind_p));
    /* What the gate is there for: with it open, P is not the only port. */
    open_under(steps, LIST(READ, allow_p, bind_p, GROUP "@stream"));
    open_under(steps, LIST(READ, DISABLE "net_tcp"));
}

/* Fast Open connects and sends at once, of which Landlock's rule for connecting knows nothing, but
 * where this erratum is fixed. */
enum { ERRATUM_FAST_OPEN = 1 << 3 };

static void test_fast_open(void **state)
{
    static const struct step to_p[] = {
        {"socket 2 1 0", "OK", "OK"},
        {"sendto $ buf 1 0x20000000 in4:P 16", "OK", "EOPNOTSUPP"},
        {"socket 2 1 0", "OK", "OK"},
        {"sendto $ buf 1 0x2000c000 in4:P 16", "OK", "EOPNOTSUPP"}, /* NOSIGNAL, MORE */
        {"socket 2 1 0", "OK", "OK"},
        {"sendto $ buf 1 0xfffffff020000000 in4:P 16", "OK", "EOPNOTSUPP"},
        {"socket 10 1 0", "OK", "OK"},
        {"sendto $ buf 1 0x20000000 in6:P 28", "OK", "EOPNOTSUPP"},
        {"socket 2 1 0", "OK", "OK"},
        {"sendmsg $ msg:in4:P 0x20000000", "OK", "EOPNOTSUPP"},
        {"socket 2 1 0", "OK", "OK"},
        {"sendmsg $ msg:in4:P 0x12000c000", "OK", "EOPNOTSUPP"},
        {"socket 2 1 0", "OK", "OK"},
        {"sendmmsg $ mmsg:in4:P 1 0x20000000", "OK", "EOPNOTSUPP"},
        {"socket 10 1 0", "OK", "OK"},
        {"sendmmsg $ mmsg:in6:P 1 0x2000c000", "OK", "EOPNOTSUPP"},
        {NULL, NULL, NULL},
    };
    static const struct step to_q[] = {
        {"socket 2 1 0", "OK", "OK"}, {"sendto $ buf 1 0x20000000 in4:Q 16", "OK", "EOPNOTSUPP"},
        {"socket 2 1 0", "OK", "OK"}, {"sendmsg $ msg:in4:Q 0x20000000", "OK", "EOPNOTSUPP"},
        {"socket 2 1 0", "OK", "OK"}, {"sendmmsg $ mmsg:in4:Q 1 0x20000000", "OK", "EOPNOTSUPP"},
        {NULL, NULL, NULL},
    };
    static const struct step denied_q[] = {
        {"socket 2 1 0", "OK", NULL}, {"sendto $ buf 1 0x20000000 in4:Q 16", "EACCES", NULL},
        {"socket 2 1 0", "OK", NULL}, {"sendmsg $ msg:in4:Q 0x20000000", "EACCES", NULL},
        {"socket 2 1 0", "OK", NULL}, {"sendmmsg $ mmsg:in4:Q 1 0x20000000", "EACCES", NULL},
        {NULL, NULL, NULL},
    };
    bool seen = live_abi() >= 4 && live_errata() & ERRATUM_FAST_OPEN;
    (void)state;
    steps_run("calls", BARE, NULL, with_ports(to_p), true);
    closed_under(to_p, LIST(READ, allow_p));
    closed_under(to_p, LIST(READ, LOCAL "tcp://*", allow_p));
    open_under(to_p, LIST(READ, ALLOW "*"));
    open_under(to_p, LIST(READ, DISABLE "net_tcp"));
    closed_under(to_q, LIST(READ, allow_p));
    open_under(seen ? denied_q : to_q, LIST(READ, allow_p, GROUP "@fastopen"));
}

/* The same sends, on sockets that were connected. */
static void test_sends_without_fast_open(void **state)
{
    static const struct step steps[] = {
        {"socket 2 1 0", "OK", "OK"},
        {"connect $ in4:Q 16", "OK", "EACCES"},
        {"connect $ in4:P 16", "EISCONN", "OK"},
        {"sendto $ buf 1 0x4000 0 0", "OK", "OK"},
        {"socket 10 1 0", "OK", "OK"},
        {"connect $ in6:Q 28", "OK", "EACCES"},
        {"connect $ in6:P 28", "EISCONN", "OK"},
        {"sendto $ buf 1 0xc040 0 0", "OK", "OK"},
        {"sendmsg $ msg:in6:P 0x4000", "OK", "OK"},
        {"sendmmsg $ mmsg:in6:P 1 0x4000", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    (void)state;
    live_needs(4);
    steps_run("calls", BARE, NULL, with_ports(steps), true);
    closed_under(steps, LIST(READ, allow_p));
    open_under(steps, LIST(READ, ALLOW "*"));
}

/* A socket that was never bound listens on a port of the kernel's choice. */
static void test_listen(void **state)
{
    bool told = live_abi() >= ABI_UNIX; /* then UNIX sockets can be made, and may listen */
    const struct step steps[] = {
        {"socket 2 1 0", "OK", "OK"},
        {"listen $ 1", "OK", told ? "OK" : "EACCES"},
        {"socket 10 1 0", "OK", "OK"},
        {"listen $ 1", "OK", told ? "OK" : "EACCES"},
        {"listen -1 1", "EBADF", told ? "EBADF" : "EACCES"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_run("calls", BARE, NULL, steps, true);
    closed_under(steps, LIST(READ, allow_p));
    closed_under(steps, LIST(READ, ALLOW "*"));
    open_under(steps, LIST(READ, allow_p, bind_p));
    open_under(steps, LIST(READ, LOCAL "0"));
    open_under(steps, LIST(READ, allow_p, CONNECT "*"));
    open_under(steps, LIST(READ, allow_p, GROUP "@listen"));
    open_under(steps, LIST(READ, DISABLE "net_tcp"));
}

static void test_datagrams(void **state)
{
    static const struct step steps[] = {
        {"socket 2 2 0", "OK", "EPROTONOSUPPORT"},
        {"sendto $ buf 1 0 in4:P 16", "OK", "EBADF"},
        {"socket 10 2 0", "OK", "EPROTONOSUPPORT"},
        {"sendmmsg $ mmsg:in6:P 1 0", "OK", "EBADF"},
        {NULL, NULL, NULL},
    };
    (void)state;
    steps_run("calls", BARE, NULL, with_ports(steps), true);
    closed_under(steps, LIST(READ));
    closed_under(steps, LIST(READ, allow_p));
    open_under(steps, LIST(READ, ALLOW "udp://*"));
}

/* A UNIX socket of this type at a path of the scratch tree. */
static int hold(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", live_expand(path));
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_true(type == SOCK_DGRAM || listen(fd, 64) == 0);
    return fd;
}

/* Makes the calls, and takes the datagrams that have come: there is room for ten. */
static void unix_run(enum face face, const char *const env[], const struct step *steps, int fd,
                     int datagrams)
{
    char byte;
    int came = 0;
    steps_run("calls", face, env, steps, datagrams != 0);
    while (recv(fd, &byte, 1, MSG_DONTWAIT) >= 0)
        came++;
    assert_int_equal(came, datagrams);
}

static void test_unix_sockets_at_a_path(void **state)
{
    bool told = live_abi() >= ABI_UNIX; /* then it is the connection that is refused */
    const char *made = told ? "OK" : "EACCES", *used = told ? "EACCES" : "EBADF";
    const struct step steps[] = {
        {"socket 1 1 0", "OK", made},
        {"connect $ un:%/out/stream 110", "OK", used},
        {"socket 1 2 0", "OK", made},
        {"connect $ un:%/out/dgram 110", "OK", used},
        {"socket 1 2 0", "OK", made},
        {"sendto $ buf 1 0 un:%/out/dgram 110", "OK", used},
        {"socketpair 1 2 0 buf", "OK", made},
        {"sendto $ buf 1 0 un:%/out/dgram 110", "OK", used},
        {"socketpair 1 2 0 buf", "OK", made},
        {"connect $ un:%/out/dgram 110", "OK", used},
        {"socketpair 1 3 0 buf", "OK", made}, /* RAW is DGRAM there */
        {"sendmsg $ msg:un:%/out/dgram 0", "OK", used},
        /* These lead to their other end, whatever address they are given. */
        {"socketpair 1 1 0 buf", "OK", "OK"},
        {"sendto $ buf 1 0 un:%/out/dgram 110", "EISCONN", "EISCONN"},
        {"connect $ un:%/out/stream 110", "EISCONN", told ? "EACCES" : "EISCONN"},
        {"sendto $ buf 1 0 0 0", "OK", "OK"},
        {"socketpair 1 5 0 buf", "OK", "OK"},
        {"sendto $ buf 1 0 un:%/out/dgram 110", "OK", "OK"},
        {NULL, NULL, NULL},
    };
    (void)state;
    hold("%/out/stream", SOCK_STREAM);
    int fd = hold("%/out/dgram", SOCK_DGRAM);
    unix_run(BARE, NULL, steps, fd, 3);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        unix_run(face, LIST(READ), steps, fd, 0);
        unix_run(face, LIST(READ ":%/out", ALLOW "*", LOCAL "*"), steps, fd, 0);
        unix_run(face, LIST(READ, CONNECT "*"), steps, fd, 3);
        unix_run(face, LIST(READ, DISABLE "fs_resolve_unix"), steps, fd, 3);
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mptcp),
        cmocka_unit_test(test_fast_open),
        cmocka_unit_test(test_sends_without_fast_open),
        cmocka_unit_test(test_listen),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test_setup_teardown(test_unix_sockets_at_a_path, live_setup, live_teardown),
    };
    return cmocka_run_group_tests(tests, listen_on_both, NULL);
}
