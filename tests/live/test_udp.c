/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UDP, live. From ABI 10 on the kernel tells ports apart; before, a policy that does so is refused
 * unless it says that this may go unenforced, and one that grants all or nothing runs. Where
 * nothing is granted, the filter lets nobody make such a socket, on every kernel.
 */
#include "live.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ     "SANDLOCK_FS_READABLE=@system:&"
#define ALLOW    "SANDLOCK_NET_ALLOW="
#define LOCAL    "SANDLOCK_NET_BIND="

#define DEGRADED "SANDLOCK_ALLOW_DEGRADED=net_udp"

enum { ABI_UDP = 10 };

/* Two ports in a row of the loopback, "B" and "C" in what follows, which the test holds. */
static char b[8], c[8];

/* A socket that holds port on the loopback, and that the fixture can share; -1: it is taken. */
static int hold(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static int hold_both(void **state)
{
    (void)state;
    for (int base = 25000 + getpid() % 5000; base < 32000; base += 2) {
        int fds[] = {hold(base), hold(base + 1)};
        if (fds[0] >= 0 && fds[1] >= 0) {
            snprintf(b, sizeof b, "%d", base);
            snprintf(c, sizeof c, "%d", base + 1);
            return 0;
        }
        close(fds[0]), close(fds[1]);
    }
    return 1;
}

/* "NAME=VALUE" with the number of port B behind it. */
static const char *with_b(const char *setting)
{
    static char texts[2][64];
    static unsigned turn;
    char *text = texts[turn++ % 2];
    snprintf(text, sizeof *texts, "%s%s", setting, b);
    return text;
}

/* Tries ports B and C, and 0 where expected says something of it too. */
static void try(enum face face, const char *const policy[], const char *operation,
                const char *expected)
{
    struct outcome outcome;
    char line[8];
    snprintf(line, sizeof line, "%s\n", expected);
    live_run(&outcome, face, policy,
             LIST("sockets", operation, "127.0.0.1", b, c, expected[2] != '\0' ? "0" : NULL));
    if (strcmp(outcome.out, line) != 0)
        print_error("%s under %s %s\n", operation, policy[0], policy[1]);
    live_expect(&outcome, 0, line, "");
}

/* What a policy grants: of sending and connecting to B and C, of binding to these and to 0. */
static void all_try(enum face face, const char *const policy[], const char *sends,
                    const char *binds)
{
    try(face, policy, "udp-send", sends);
    try(face, policy, "udp-connect", sends);
    try(face, policy, "udp-bind", binds);
}

static void test_unconfined(void **state)
{
    (void)state;
    all_try(BARE, LIST("A=1", ""), "++", "+++");
}

/* Before ABI 10 there is nothing to hold UDP back with but what denies all of it. */
static void test_nothing_granted(void **state)
{
    bool told = live_abi() >= ABI_UDP;
    const char *sends = told ? "--" : "++", *binds = told ? "---" : "+++";
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        all_try(face, LIST(READ, ALLOW "443"), live_filter() ? "pp" : sends,
                live_filter() ? "ppp" : binds);
        all_try(face, LIST(READ, ALLOW "443", live_open("@udp")), sends, binds);
    }
}

static void test_everything_granted(void **state)
{
    bool told = live_abi() >= ABI_UDP;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        /* who may send has to be allowed port 0, which the kernel binds a sender to */
        all_try(face, LIST(READ, ALLOW "udp://*"), "++", told ? "--+" : "+++");
        all_try(face, LIST(READ, ALLOW "*"), "++", told ? "--+" : "+++");
        all_try(face, LIST(READ, LOCAL "udp://*", DEGRADED), told ? "--" : "++", "+++");
        all_try(face, LIST(READ, ALLOW "*", LOCAL "*"), "++", "+++");
        all_try(face, LIST(READ, "SANDLOCK_DISABLE=net_udp"), "++", "+++");
    }
}

static void test_by_port(void **state)
{
    (void)state;
    if (live_abi() < ABI_UDP) {
        print_message("ABI %d cannot tell UDP ports apart: refused, see the next\n", live_abi());
        return;
    }
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        all_try(face, LIST(READ, with_b(ALLOW "udp://")), "+-", "--+");
        all_try(face, LIST(READ, with_b(LOCAL "udp://")), "--", "+--");
        all_try(face, LIST(READ, LOCAL "udp://0"), "--", "--+");
        all_try(face, LIST(READ, with_b(ALLOW "udp://"), with_b(LOCAL "udp://")), "+-", "+-+");
        all_try(face, LIST(READ, with_b(ALLOW "udp://1-")), "+-", "--+");
    }
}

#define LACKS                                                                                      \
    "sandlock: this kernel has Landlock ABI %d, which lacks net_udp (ABI 10); to run without, "
#define WIDER      "grant udp://* in SANDLOCK_NET_ALLOW, or "
#define WIDER_BOTH "grant udp://* in SANDLOCK_NET_ALLOW and SANDLOCK_NET_BIND, or "
#define WIDER_BIND "grant udp://* in SANDLOCK_NET_BIND, or "
#define NAMES      "set SANDLOCK_ALLOW_DEGRADED="

/* To be reached by UDP on every port and to send to none is as fine: who is reached can send. */
static void test_ports_are_refused_where_they_cannot_be_told(void **state)
{
    static const struct {
        const char *setting, *more, *line;
    } rows[] = {
        {ALLOW "udp://53", "A=1", LACKS WIDER NAMES "net_udp\n"},
        {ALLOW "443 udp://:53,123", "A=1", LACKS WIDER NAMES "net_udp\n"},
        {ALLOW "udp://1-65535", "A=1", LACKS WIDER NAMES "net_udp\n"},
        {LOCAL "udp://53", "A=1", LACKS WIDER_BOTH NAMES "net_udp\n"},
        {LOCAL "udp://0", "A=1", LACKS WIDER_BOTH NAMES "net_udp\n"},
        {LOCAL "udp://*", "A=1", LACKS WIDER NAMES "net_udp\n"},
        {LOCAL "*", "A=1", LACKS WIDER NAMES "net_udp\n"},
        {LOCAL "*", ALLOW "443", LACKS WIDER NAMES "net_udp\n"},
        {LOCAL "udp://*", ALLOW "udp://53", LACKS WIDER NAMES "net_udp\n"},
        {ALLOW "udp://*", LOCAL "udp://53", LACKS WIDER_BIND NAMES "net_udp\n"},
        {ALLOW "*", LOCAL "udp://53", LACKS WIDER_BIND NAMES "net_udp\n"},
        {ALLOW "udp://53", "SANDLOCK_ALLOW_DEGRADED=fs_resolve_unix",
         LACKS WIDER NAMES "fs_resolve_unix,net_udp\n"},
        {ALLOW "udp://53", "SANDLOCK_REQUIRE=net_udp",
         LACKS WIDER "take net_udp out of SANDLOCK_REQUIRE and " NAMES "net_udp\n"},
        {ALLOW "udp://*", "SANDLOCK_REQUIRE=net_udp",
         LACKS "take net_udp out of SANDLOCK_REQUIRE and " NAMES "net_udp\n"},
    };
    struct outcome outcome;
    char line[512];
    (void)state;
    live_needs(6);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            const char *const *policy = LIST(READ, rows[i].setting, rows[i].more);
            live_run(&outcome, face, policy, LIST("probe", "stat", "/"));
            snprintf(line, sizeof line, rows[i].line, live_abi());
            if (live_abi() < ABI_UDP)
                live_expect(&outcome, 125, "", line);
            else
                live_expect(&outcome, 0, "OK\n", "");
        }
}

/* Accepted by name, the ports go unenforced; TCP ports beside them do not. */
static void test_ports_are_accepted_by_name(void **state)
{
    static const char *const names[] = {"SANDLOCK_ALLOW_DEGRADED=net_udp",
                                        "SANDLOCK_ALLOW_DEGRADED=all", "SANDLOCK_DISABLE=NET-UDP"};
    (void)state;
    live_needs(6);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool told = live_abi() >= ABI_UDP && strstr(names[i], "DEGRADED") != NULL;
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            const char *const *outward = LIST(READ, with_b(ALLOW "udp://"), names[i]);
            const char *const *local = LIST(READ, with_b(LOCAL "udp://"), names[i]);
            all_try(face, outward, told ? "+-" : "++", told ? "--+" : "+++");
            all_try(face, local, told ? "--" : "++", told ? "+--" : "+++");
            try(face, outward, "tcp-connect", live_filter() ? "ss" : "--");
            try(face, local, "tcp-bind", live_filter() ? "sss" : "---");
            try(face, LIST(READ, outward[1], names[i], live_open("@tcp")), "tcp-connect", "--");
            try(face, LIST(READ, local[1], names[i], live_open("@tcp")), "tcp-bind", "---");
        }
    }
    try(BARE, LIST("A=1", ""), "tcp-bind", "+++");
    try(BARE, LIST("A=1", ""), "tcp-connect", "rr");
}

/* What was degraded, and that no rule came of it, stands in the line of SANDLOCK_VERBOSE. */
static void test_degradation_is_told(void **state)
{
    struct outcome outcome;
    const char *const *policy =
        LIST(READ, ALLOW "udp://53 443", "SANDLOCK_ALLOW_DEGRADED=net_udp", "SANDLOCK_VERBOSE=1");
    (void)state;
    live_needs(6);
    live_run(&outcome, PRELOAD, policy, LIST("probe", "stat", "/"));
    live_expect(&outcome, 0, "OK\n", NULL);
    bool told = live_abi() >= ABI_UDP;
    /* 443 and 53; and 0, which a sender is bound to */
    assert_non_null(strstr(outcome.err, told ? " ports=3 " : " ports=1 "));
    const char *degraded = strstr(outcome.err, "degraded=");
    assert_non_null(degraded);
    assert_int_equal(strstr(degraded, "net_udp") == NULL, told);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unconfined),
        TEST(test_nothing_granted),
        TEST(test_everything_granted),
        TEST(test_by_port),
        TEST(test_ports_are_refused_where_they_cannot_be_told),
        TEST(test_ports_are_accepted_by_name),
        TEST(test_degradation_is_told),
    };
    return cmocka_run_group_tests(tests, hold_both, NULL);
}
