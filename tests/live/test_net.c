/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP, live. The test itself listens on five ports in a row of the loopback, by IPv4 and by IPv6,
 * which in every value here are called A to E.
 */
#include "live.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ "SANDLOCK_FS_READABLE=@system:&"

enum { NAMED = 5 };

static int first;           /* port A */
static int held[2 * NAMED]; /* listens on A to E, by IPv4 and IPv6; 0: not */

/* A socket of the loopback that holds port, and listens where backlog is not 0; -1: it is taken.
 * The fixture, which shares it, can bind to it all the same. */
static int hold(int family, int port, int backlog)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port)};
    int one = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if ((family == AF_INET ? bind(fd, (struct sockaddr *)&v4, sizeof v4)
                           : bind(fd, (struct sockaddr *)&v6, sizeof v6)) == 0 &&
        (backlog == 0 || listen(fd, backlog) == 0))
        return fd;
    close(fd);
    return -1;
}

static bool has_ipv6(void)
{
    int fd = hold(AF_INET6, 0, 0);
    close(fd);
    return fd >= 0;
}

/* Listens on ports A to E. A connection is one when it waits in the queue. */
static int listen_on_all(void **state)
{
    int len = 0;
    (void)state;
    for (int base = 20000 + getpid() % 5000; first == 0 && base < 32000; base += NAMED) {
        for (int i = 0; i < NAMED; i++) {
            held[len++] = hold(AF_INET, base + i, 4096);
            held[len++] = has_ipv6() ? hold(AF_INET6, base + i, 4096) : 0;
        }
        first = base;
        for (int i = 0; i < 2 * NAMED; i++)
            if (held[i] < 0)
                first = 0;
        while (first == 0 && len > 0)
            if (held[--len] > 0)
                close(held[len]);
    }
    return first == 0;
}

/* Takes the connections off the queues: with one there, which has no owner yet, some kernels (6.12
 * is one) let nobody but root bind to the port beside us. */
static void queues_empty(void)
{
    for (int i = 0; i < 2 * NAMED; i++)
        for (int fd = 0; held[i] > 0 && fd >= 0;)
            if ((fd = accept(held[i], NULL, NULL)) >= 0)
                close(fd);
}

/* The number of port 'A' + i. */
static const char *port(int i)
{
    static char numbers[NAMED][16];
    snprintf(numbers[i], sizeof numbers[i], "%d", first + i);
    return numbers[i];
}

/* NAME=VALUE with the ports in the places of their letters; what cannot matter where VALUE is NULL.
 * Its place is one of 4, in turn. */
static const char *setting(const char *name, const char *value)
{
    static char texts[4][256];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    size_t len = (size_t)sprintf(text, "%s=", value != NULL ? name : "A");
    for (; value != NULL && *value != '\0'; value++)
        len +=
            (size_t)(*value >= 'A' && *value <= 'E' ? sprintf(text + len, "%s", port(*value - 'A'))
                                                    : sprintf(text + len, "%c", *value));
    return text;
}

/* Tries ports A to E, and 0 where expected says something of it too. */
static void try(enum face face, const char *const policy[], const char *operation, const char *host,
                const char *expected)
{
    struct outcome outcome;
    char line[16];
    snprintf(line, sizeof line, "%s\n", expected);
    queues_empty();
    live_run(&outcome, face, policy,
             LIST("sockets", operation, host, port(0), port(1), port(2), port(3), port(4),
                  expected[NAMED] != '\0' ? "0" : NULL));
    if (strcmp(outcome.out, line) != 0)
        print_error("%s %s under %s %s %s\n", operation, host, policy[1], policy[2], policy[3]);
    live_expect(&outcome, 0, line, "");
}

/* An IPv4 address, an IPv6 one, and an IPv4 one in the clothes of IPv6. */
static const char *const hosts[] = {"127.0.0.1", "::1", "::ffff:127.0.0.1"};

/* What the filter makes of a line where no TCP port is granted either way: there is no socket. */
static const char *closed(const char *line)
{
    return line[NAMED] != '\0' ? "ssssss" : "sssss";
}

/* What some policy grants: of connecting to A to E, and of binding to these and to 0. */
struct row {
    const char *allow, *bind, *http, *connects, *binds;
};

/* Tries what row says, on one host, by one face. */
static void host_try(const struct row *row, enum face face, const char *const policy[],
                     const char *host, bool open)
{
    try(face, policy, "tcp-connect", host, open ? row->connects : closed(row->connects));
    try(face, policy, "tcp-bind", host, open ? row->binds : closed(row->binds));
}

static void row_try(const struct row *row)
{
    /* '*' is UDP too, and to be reached by it alone is too fine a grant before ABI 10: test_udp.c
     */
    bool udp = row->bind != NULL && strchr(row->bind, '*') != NULL;
    const char *const *policy = LIST(
        READ, setting("SANDLOCK_NET_ALLOW", row->allow), setting("SANDLOCK_NET_BIND", row->bind),
        setting("SANDLOCK_HTTP_PORTS", row->http), udp ? "SANDLOCK_ALLOW_DEGRADED=net_udp" : "A=1");
    const char *const *opened =
        LIST(policy[0], policy[1], policy[2], policy[3], policy[4], live_open("@tcp"));
    const char *const *bare = LIST("A=1", "", "", "");
    bool granted = strchr(row->connects, '+') != NULL || strchr(row->binds, '+') != NULL;
    bool open = granted || !live_filter();
    for (size_t i = 0; i < (has_ipv6() ? 3 : 1); i++) {
        try(BARE, bare, "tcp-connect", hosts[i], "+++++");
        try(BARE, bare, "tcp-bind", hosts[i], "++++++");
        host_try(row, PRELOAD, policy, hosts[i], open);
    }
    host_try(row, PROGRAM, policy, hosts[0], open);
    if (!open)
        host_try(row, PROGRAM, opened, hosts[0], true);
}

#define ROWS(...)                                                                                  \
    do {                                                                                           \
        const struct row rows[] = {__VA_ARGS__};                                                   \
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)                              \
            row_try(&rows[row]);                                                                   \
    } while (0)

/* Nothing is granted where nothing is set, be there other variables or not. */
static void test_nothing_set(void **state)
{
    (void)state;
    live_needs(4);
    ROWS({NULL, NULL, NULL, "-----", "------"}, {"", "", "", "-----", "------"},
         {" \t", "\n", ",", "-----", "------"});
}

static void test_one_port_in_every_spelling(void **state)
{
    static const char *const specs[] = {"C",        ":C",        "*:C",   "tcp://C",
                                        "tcp://:C", "tcp://*:C", "\tC\n", "C C,C"};
    (void)state;
    live_needs(4);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        ROWS({specs[i], NULL, NULL, "--+--", "------"}, {NULL, specs[i], NULL, "-----", "--+---"});
}

static void test_ranges_and_their_edges(void **state)
{
    (void)state;
    live_needs(4);
    ROWS({"B-D", NULL, NULL, "-+++-", "------"}, {NULL, "B-D", NULL, "-----", "-+++--"},
         {"C-C", "D-D", NULL, "--+--", "---+--"}, {"A-B,D-E", "A,C,E", NULL, "++-++", "+-+-+-"},
         {"B-C C-D", "A-D B-C", NULL, "-+++-", "++++--"},
         {"1-B", "D-65535", NULL, "++---", "---++-"},
         {"1-65535", "1-65535", NULL, "+++++", "+++++-"});
}

static void test_wildcards(void **state)
{
    static const char *const specs[] = {"*",        ":*",        "*:*", "tcp://*",
                                        "tcp://:*", "tcp://*:*", "C *"};
    (void)state;
    live_needs(4);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        ROWS({specs[i], NULL, NULL, "+++++", "------"}, {NULL, specs[i], NULL, "-----", "++++++"});
    ROWS({"*", "*", NULL, "+++++", "++++++"}, {"udp://*", "udp://*", NULL, "-----", "------"},
         {"icmp://*", NULL, NULL, "-----", "------"}, {"udp://* B", NULL, NULL, "-+---", "------"});
}

/* Each direction has its own variable, and one of them grants nothing of the other. */
static void test_directions(void **state)
{
    (void)state;
    live_needs(4);
    ROWS({"B", "D", NULL, "-+---", "---+--"}, {"A-E", NULL, NULL, "+++++", "------"},
         {NULL, "A-E", NULL, "-----", "+++++-"}, {"*", "C", NULL, "+++++", "--+---"},
         {"C", "*", NULL, "--+--", "++++++"});
}

/* Port 0 asks the kernel for any ephemeral port; its own rule decides. */
static void test_ephemeral_port(void **state)
{
    (void)state;
    live_needs(4);
    ROWS({NULL, "0", NULL, "-----", "-----+"}, {NULL, "0,C", NULL, "-----", "--+--+"},
         {NULL, "0-C", NULL, "-----", "+++--+"}, {NULL, "C", NULL, "-----", "--+---"},
         {NULL, "0-65535", NULL, "-----", "++++++"});
}

static void test_http_ports(void **state)
{
    (void)state;
    live_needs(4);
    ROWS({NULL, NULL, "C", "--+--", "------"}, {NULL, NULL, "A, C-D", "+-++-", "------"},
         {"B", NULL, "C", "-++--", "------"}, {"B-C", "E", "C-D", "-+++-", "----+-"},
         {"*", NULL, "C", "+++++", "------"}, {"udp://*", NULL, "C", "--+--", "------"});
}

/* Each of the three is policy enough: all else is denied. */
static void test_alone(void **state)
{
    static const char *const names[] = {"SANDLOCK_NET_ALLOW", "SANDLOCK_HTTP_PORTS"};
    struct outcome outcome;
    (void)state;
    live_needs(4);
    for (size_t i = 0; i < 2; i++) {
        const char *const *policy = LIST(setting(names[i], "C"), "", "", "");
        try(PRELOAD, policy, "tcp-connect", hosts[0], "--+--");
        try(PRELOAD, policy, "tcp-bind", hosts[0], "------");
        live_run(&outcome, PRELOAD, policy, LIST("probe", "read", "%/in/file"));
        live_expect(&outcome, 0, "EACCES\n", "");
    }
    try(PRELOAD, LIST(setting("SANDLOCK_NET_BIND", "C"), "", "", ""), "tcp-bind", hosts[0],
        "--+---");
    live_run(&outcome, BARE, LIST("A=1"), LIST("probe", "read", "%/in/file"));
    live_expect(&outcome, 0, "OK\n", "");
}

/* SANDLOCK_DISABLE=net_tcp: nothing of TCP is enforced, be it granted or not, and all else is. */
static void test_disabled(void **state)
{
    static const struct {
        const char *allow, *bind, *disable, *connects, *binds;
    } rows[] = {
        {"C", NULL, "A=1", "--+--", "------"},
        {"C", NULL, "SANDLOCK_DISABLE=net_tcp", "+++++", "++++++"},
        {"C", "D", "A=1", "--+--", "---+--"},
        {"C", "D", "SANDLOCK_DISABLE=net_tcp", "+++++", "++++++"},
        {NULL, NULL, "SANDLOCK_DISABLE=net_tcp", "+++++", "++++++"},
    };
    (void)state;
    live_needs(4);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            const char *const *policy =
                LIST(READ, setting("SANDLOCK_NET_ALLOW", rows[i].allow),
                     setting("SANDLOCK_NET_BIND", rows[i].bind), rows[i].disable);
            try(face, policy, "tcp-connect", hosts[0], rows[i].connects);
            try(face, policy, "tcp-bind", hosts[0], rows[i].binds);
            live_probe(face, policy, "read", "%/in/file", false);
        }
    live_probe(BARE, LIST("A=1"), "read", "%/in/file", true);
}

/* AF_UNSPEC: a connection may always be dissolved; a bind that hides behind it is one. */
static void test_unspecified_family(void **state)
{
    const char *const *bare = LIST("A=1", "", "", "");
    const char *const *policy =
        LIST(READ, setting("SANDLOCK_NET_ALLOW", "B"), setting("SANDLOCK_NET_BIND", "C"), "");
    const char *const *opened = LIST(READ, live_open("@tcp"), "", "");
    const char *const *nothing = LIST(READ, "", "", "");
    (void)state;
    live_needs(4);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        try(face, opened, "tcp-dissolve", hosts[0], "+++++");
        try(face, nothing, "tcp-dissolve", hosts[0], live_filter() ? "sssss" : "+++++");
        try(face, policy, "tcp-dissolve", hosts[0], "+++++");
        try(face, policy, "tcp-bind-unspec", hosts[0], "--+---");
    }
    try(BARE, bare, "tcp-dissolve", hosts[0], "+++++");
    try(BARE, bare, "tcp-bind-unspec", hosts[0], "++++++");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_set),
        TEST(test_one_port_in_every_spelling),
        TEST(test_ranges_and_their_edges),
        TEST(test_wildcards),
        TEST(test_directions),
        TEST(test_ephemeral_port),
        TEST(test_http_ports),
        TEST(test_alone),
        TEST(test_disabled),
        TEST(test_unspecified_family),
    };
    return cmocka_run_group_tests(tests, listen_on_all, NULL);
}
