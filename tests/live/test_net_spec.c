/* SPDX-License-Identifier: Apache-2.0 */
/* What is no grant of the network ends the start with its line, and nothing runs. */
#include "live.h"

#define READ        "SANDLOCK_FS_READABLE=@system:&"
#define ALLOW       "SANDLOCK_NET_ALLOW"
#define LOCAL       "SANDLOCK_NET_BIND"
#define HTTP        "SANDLOCK_HTTP_PORTS"

#define NO_PORT     "neither a port such as 443 nor a range such as 8000-8010"
#define HOST        "a rule in the process sees ports, not hosts: write :"
#define ADDRESS     "a rule in the process sees ports, not addresses: write :"
#define UDP_HOST    "a rule in the process sees ports, not hosts: write udp://"
#define UDP_ADDRESS "a rule in the process sees ports, not addresses: write udp://"
#define IN_FRONT    "a scheme is followed by ://: write "
#define BEHIND      "a scheme stands in front: write "
#define TWO         "a spec has one scheme, not two"
#define ADDRESSES                                                                                  \
    "a rule in the process sees ports, not ranges of addresses: write the port alone, as in :443"
#define TOO_HIGH  "ports end at 65535"
#define BACKWARDS "the range is written backwards"
#define ALL       "'*' is every port, and stands alone"
#define SCHEME    "unknown scheme: it is tcp, udp or icmp"
#define MISSING   "a port is missing"
#define ZERO      "nobody can connect to port 0"
#define ICMP      "ICMP has no ports: write icmp://*"
#define EVERY     "these are numbers: for every port set SANDLOCK_NET_ALLOW=*"
#define ECHO      "an echo socket has no port: it is granted in SANDLOCK_NET_ALLOW"

struct row {
    const char *variable, *value;
    const char *entry; /* as the line shows it; NULL: all of the value */
    const char *reason;
};

/* Tries a value by either face; the twin next to it, without the variable, runs. */
static void wrong(const struct row *row)
{
    struct outcome outcome;
    char setting[256], line[512];
    snprintf(setting, sizeof setting, "%s=%s", row->variable, row->value);
    snprintf(line, sizeof line, "sandlock: %s: \"%s\": %s\n", row->variable,
             row->entry != NULL ? row->entry : row->value, row->reason);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(READ, setting), LIST("probe", "stat", "/"));
        live_expect(&outcome, 125, "", line);
    }
}

static void rows_try(const struct row *rows, size_t len)
{
    struct outcome outcome;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(READ), LIST("probe", "stat", "/"));
        live_expect(&outcome, 0, "OK\n", "");
    }
    for (size_t i = 0; i < len; i++)
        wrong(&rows[i]);
}

#define WRONG(...)                                                                                 \
    do {                                                                                           \
        static const struct row rows[] = {__VA_ARGS__};                                            \
        (void)state;                                                                               \
        rows_try(rows, sizeof rows / sizeof *rows);                                                \
    } while (0)

static void test_hosts(void **state)
{
    WRONG({ALLOW, "api.example.com:443", NULL, HOST "443"},
          {LOCAL, "api.example.com:443", NULL, HOST "443"}, {ALLOW, "localhost", NULL, HOST "443"},
          {ALLOW, "example.com", NULL, HOST "443"}, {ALLOW, "tcp://localhost:80", NULL, HOST "80"},
          {ALLOW, "udp://dns.example:53", NULL, UDP_HOST "53"},
          {ALLOW, "443 *.example.com:443", "*.example.com:443", HOST "443"},
          {ALLOW, "80 my_host:8000-8010 81", "my_host:8000-8010", HOST "8000-8010"});
}

/* A name of a host may begin with a digit (RFC 1123). */
static void test_hosts_with_a_digit_in_front(void **state)
{
    WRONG({ALLOW, "1password.com:443", NULL, HOST "443"},
          {ALLOW, "tcp://3.pool.ntp.org:123", NULL, HOST "123"});
}

static void test_addresses(void **state)
{
    WRONG({ALLOW, "[::1]:443", NULL, ADDRESS "443"}, {LOCAL, "[::1]:443", NULL, ADDRESS "443"},
          {ALLOW, "udp://[fe80::1]:53", NULL, UDP_ADDRESS "53"},
          {ALLOW, "127.0.0.1:443", NULL, ADDRESS "443"}, {ALLOW, "1.2.3.4", NULL, ADDRESS "443"},
          {LOCAL, "0.0.0.0:80", NULL, ADDRESS "80"}, {ALLOW, "10.0.0.0/8", NULL, ADDRESSES},
          {LOCAL, "10.0.0.0/8", NULL, ADDRESSES}, {ALLOW, "0.0.0.0/0", NULL, ADDRESSES},
          {ALLOW, "443 fd00::/8", "fd00::/8", ADDRESSES},
          {ALLOW, "192.168.0.0/16:443", NULL, ADDRESSES});
}

/* The end of an address is no port to be written in its place. */
static void test_addresses_without_brackets(void **state)
{
    WRONG({ALLOW, "::1", NULL, ADDRESS "443"}, {ALLOW, "2001:db8::1", NULL, ADDRESS "443"});
}

static void test_numbers(void **state)
{
    WRONG({ALLOW, "443x", NULL, NO_PORT}, {ALLOW, "+443", NULL, NO_PORT},
          {ALLOW, "-443", NULL, NO_PORT}, {ALLOW, "443-", NULL, NO_PORT},
          {ALLOW, "0x50", NULL, NO_PORT}, {ALLOW, "8e1", NULL, NO_PORT},
          {ALLOW, "443;80", NULL, NO_PORT}, {LOCAL, "8000-8010-8020", NULL, NO_PORT},
          {LOCAL, "8000--8010", NULL, NO_PORT}, {ALLOW, "tcp://443x", NULL, NO_PORT},
          {ALLOW, "443\001", "443\\x01", NO_PORT}, {ALLOW, "\xd9\xa4", NULL, NO_PORT},
          {ALLOW, "80 443x 81", "443x", NO_PORT});
}

static void test_sizes(void **state)
{
    WRONG({ALLOW, "70000", NULL, TOO_HIGH}, {LOCAL, "70000", NULL, TOO_HIGH},
          {ALLOW, "65536", NULL, TOO_HIGH}, {ALLOW, "65536-65537", NULL, TOO_HIGH},
          {ALLOW, "1-65536", NULL, TOO_HIGH}, {ALLOW, "4294967739", NULL, TOO_HIGH},
          {ALLOW, "18446744073709552059", NULL, TOO_HIGH},
          {ALLOW, "99999999999999999999999999999999999999999", NULL, TOO_HIGH},
          {ALLOW, "udp://65536", NULL, TOO_HIGH}, {ALLOW, "9-5", NULL, BACKWARDS},
          {LOCAL, "65535-0", NULL, BACKWARDS}, {ALLOW, "80,9-5", NULL, BACKWARDS},
          {ALLOW, "0", NULL, ZERO}, {ALLOW, "0-9", NULL, ZERO}, {ALLOW, ":0", NULL, ZERO},
          {ALLOW, "udp://0", NULL, ZERO}, {ALLOW, "80 000", "000", ZERO});
}

static void test_wildcards(void **state)
{
    WRONG({ALLOW, "80,*", NULL, ALL}, {LOCAL, "80,*", NULL, ALL}, {ALLOW, "*,80", NULL, ALL},
          {ALLOW, "*,*", NULL, ALL}, {ALLOW, "udp://53,*", NULL, ALL}, {ALLOW, "**", NULL, NO_PORT},
          {ALLOW, "*443", NULL, NO_PORT}, {ALLOW, "*-80", NULL, NO_PORT},
          {ALLOW, "80-*", NULL, NO_PORT}, {ALLOW, "443*", NULL, NO_PORT});
}

static void test_missing_ports(void **state)
{
    WRONG({ALLOW, ":", NULL, MISSING}, {LOCAL, ":", NULL, MISSING}, {ALLOW, "*:", NULL, MISSING},
          {ALLOW, "tcp://", NULL, MISSING}, {ALLOW, "udp://", NULL, MISSING},
          {ALLOW, "udp://*:", NULL, MISSING}, {ALLOW, ",", NULL, MISSING},
          {ALLOW, "80,", NULL, MISSING}, {ALLOW, ",80", NULL, MISSING},
          {ALLOW, "80,,81", NULL, MISSING}, {ALLOW, "80, 81", "80,", MISSING});
}

static void test_schemes(void **state)
{
    WRONG({ALLOW, "sctp://1", NULL, SCHEME}, {LOCAL, "sctp://1", NULL, SCHEME},
          {ALLOW, "https://example.com", NULL, SCHEME}, {ALLOW, "http://*", NULL, SCHEME},
          {ALLOW, "TCP://1", NULL, SCHEME}, {ALLOW, "://1", NULL, SCHEME},
          {ALLOW, "*://1", NULL, SCHEME}, {ALLOW, "icmp://1", NULL, ICMP},
          {ALLOW, "icmp://", NULL, ICMP}, {ALLOW, "icmp://:*", NULL, ICMP},
          {LOCAL, "icmp://*", NULL, ECHO}, {LOCAL, "icmp://1", NULL, ECHO});
}

/* A scheme as others write it. What the line offers in its place grants the same, and no TCP. */
static void test_schemes_of_others(void **state)
{
    WRONG({ALLOW, "udp:53", NULL, IN_FRONT "udp://53"},
          {ALLOW, "tcp:53", NULL, IN_FRONT "tcp://53"},
          {LOCAL, "443 UDP/53", "UDP/53", IN_FRONT "udp://53"},
          {ALLOW, "443/tcp", NULL, BEHIND "tcp://443"}, {LOCAL, "53/udp", NULL, BEHIND "udp://53"},
          {LOCAL, "127.0.0.1:80:8080/tcp", NULL, BEHIND "tcp://8080"},
          {ALLOW, "tcp://udp://1", NULL, TWO}, {ALLOW, "icmp:*", NULL, ICMP});
}

static void test_http_ports(void **state)
{
    WRONG({HTTP, "http", NULL, NO_PORT}, {HTTP, "80,443x", "443x", NO_PORT},
          {HTTP, ":80", NULL, NO_PORT}, {HTTP, "tcp://80", NULL, NO_PORT}, {HTTP, "*", NULL, EVERY},
          {HTTP, "* ", "*", EVERY}, {HTTP, "80 *", "*", EVERY}, {HTTP, "80,*", "*", EVERY},
          {HTTP, "0", NULL, ZERO}, {HTTP, "80 70000", "70000", TOO_HIGH},
          {HTTP, "9-5", NULL, BACKWARDS});
}

/* Next to each of those stands what is right, and runs: no line here is one about all values. */
static void test_right_ones(void **state)
{
    static const char *const settings[] = {
        ALLOW "=443",
        ALLOW "=:443 tcp://80,8000-8010",
        ALLOW "=1-65535",
        ALLOW "=*",
        ALLOW "=udp://* icmp://*",
        ALLOW "=*:*",
        LOCAL "=0",
        LOCAL "=0-65535",
        LOCAL "=udp://*",
        LOCAL "=5-9",
        ALLOW "=0443",
        ALLOW "=tcp://53 tcp://443",
        LOCAL "=udp://* tcp://8080",
        HTTP "=80,443",
        HTTP "=80 443,8000-8010",
        HTTP "=,",
    };
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            /* to be reached by UDP and not to send any is too fine before ABI 10: test_udp.c */
            live_run(&outcome, face, LIST(READ, settings[i], "SANDLOCK_ALLOW_DEGRADED=net_udp"),
                     LIST("probe", "stat", "/"));
            live_expect(&outcome, 0, "OK\n", "");
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hosts),      TEST(test_hosts_with_a_digit_in_front),
        TEST(test_addresses),  TEST(test_addresses_without_brackets),
        TEST(test_numbers),    TEST(test_sizes),
        TEST(test_wildcards),  TEST(test_missing_ports),
        TEST(test_schemes),    TEST(test_schemes_of_others),
        TEST(test_http_ports), TEST(test_right_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
