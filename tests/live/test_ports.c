/* SPDX-License-Identifier: Apache-2.0 */
/* What comes with TCP ports, live: the last of them, all of them, their rules, and names. */
#include "live.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ "SANDLOCK_FS_READABLE=@system:&"

/* A socket of the loopback that holds port, and listens where backlog is not 0. The fixture, which
 * shares it, can bind to it all the same. */
static int hold(int port, int backlog)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (backlog > 0)
        assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

/* NAME=VALUE, or what cannot matter where VALUE is NULL. Its place is one of 4, in turn. */
static const char *setting(const char *name, const char *value)
{
    static char texts[4][128];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    snprintf(text, sizeof *texts, "%s=%s", value != NULL ? name : "A", value != NULL ? value : "");
    return text;
}

/* The last port that there is; 65534 is held too, so that nobody answers there. */
static void test_last_port(void **state)
{
    static const struct {
        const char *allow, *connects;
    } rows[] = {{"65535", "-+\n"},   {"65534", "r-\n"},   {"65534-65535", "r+\n"},
                {"1-65534", "r-\n"}, {"1-65535", "r+\n"}, {"*", "r+\n"},
                {"80", "--\n"}};
    struct outcome outcome;
    int quiet = hold(65534, 0), last = hold(65535, 8);
    const char *const *argv = LIST("sockets", "tcp-connect", "127.0.0.1", "65534", "65535");
    (void)state;
    live_needs(4);
    live_run(&outcome, BARE, LIST("A=1"), argv);
    live_expect(&outcome, 0, "r+\n", "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        live_run(&outcome, PRELOAD, LIST(READ, setting("SANDLOCK_NET_ALLOW", rows[i].allow)), argv);
        live_expect(&outcome, 0, rows[i].connects, "");
    }
    const char *const *bind = LIST("sockets", "tcp-bind", "127.0.0.1", "65534", "65535");
    live_run(&outcome, PRELOAD, LIST(READ, "SANDLOCK_NET_BIND=65535"), bind);
    live_expect(&outcome, 0, "-+\n", "");
    live_run(&outcome, BARE, LIST("A=1"), bind);
    live_expect(&outcome, 0, "++\n", "");
    close(quiet), close(last);
}

/* One rule for each port, whatever is written about it, and one for all that "*" grants: none. */
static void test_rules(void **state)
{
    static const struct {
        const char *allow, *bind, *http;
        int ports;
    } rows[] = {
        {"443", NULL, NULL, 1},       {"443,443 :443 tcp://443", NULL, "443", 1},
        {"443", "443", "443", 1},     {"1-100 50-150", NULL, "150", 150},
        {"1-100", "0-99", NULL, 101}, {"*", "*", "80", 0},
        {"*", "80-89", "80", 10},     {"1-65535", "0-65535", NULL, 65536},
    };
    struct outcome outcome;
    char end[64];
    (void)state;
    live_needs(4);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *policy = LIST("SANDLOCK_VERBOSE=1", "SANDLOCK_DISABLE=net_udp",
                                         setting("SANDLOCK_NET_ALLOW", rows[i].allow),
                                         setting("SANDLOCK_NET_BIND", rows[i].bind),
                                         setting("SANDLOCK_HTTP_PORTS", rows[i].http));
        live_run(&outcome, PRELOAD, policy, LIST("probe", "arguments"));
        live_expect(&outcome, 0, NULL, NULL);
        snprintf(end, sizeof end, " rules=0 ports=%d ", rows[i].ports);
        if (strstr(outcome.err, end) == NULL)
            fail_msg("%s: %s", policy[2], outcome.err);
    }
}

/* All ports one by one cost tens of milliseconds, where the processor is emulated seconds; a list
 * of them that is walked for each port would cost minutes. */
static void test_every_port_by_number_in_time(void **state)
{
    struct timespec from, to;
    struct outcome outcome;
    const char *const *policy =
        LIST(READ, "SANDLOCK_NET_ALLOW=1-65535", "SANDLOCK_NET_BIND=0-65535");
    const char *const *argv = LIST("sockets", "tcp-bind", "127.0.0.1", "0", "65535");
    (void)state;
    live_needs(4);
    live_run(&outcome, BARE, LIST("A=1"), argv);
    live_expect(&outcome, 0, "++\n", "");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        clock_gettime(CLOCK_MONOTONIC, &from);
        live_run(&outcome, face, policy, argv);
        clock_gettime(CLOCK_MONOTONIC, &to);
        live_expect(&outcome, 0, "++\n", "");
        assert_true(to.tv_sec - from.tv_sec < 30);
    }
    live_run(&outcome, PRELOAD, LIST(READ, "SANDLOCK_NET_BIND=0-65534"), argv);
    live_expect(&outcome, 0, "+-\n", "");
}

/* getaddrinfo needs the files of @dns, and for these no network at all. */
static void test_getaddrinfo(void **state)
{
    const char *const *argv = LIST("sockets", "resolve", "localhost", "80");
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST("A=1"), argv);
    live_expect(&outcome, 0, "+\n", "");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(READ ":@dns", "SANDLOCK_NET_ALLOW=443"), argv);
        live_expect(&outcome, 0, "+\n", "");
        live_run(&outcome, face, LIST(READ, "SANDLOCK_NET_ALLOW=443"), argv);
        live_expect(&outcome, 0, "-\n", "");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_last_port),
        TEST(test_rules),
        TEST(test_every_port_by_number_in_time),
        TEST(test_getaddrinfo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
