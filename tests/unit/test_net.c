/* SPDX-License-Identifier: Apache-2.0 */
#include "../../env/net.h"
#include "unit.h"

#define TCP_OUT   NET_BIT(CONNECT_TCP)
#define TCP_LOCAL NET_BIT(BIND_TCP)
#define UDP_OUT   NET_BIT(CONNECT_UDP)
#define UDP_LOCAL NET_BIT(BIND_UDP)

/* The bits come uninitialised; only those that are in use may be looked at. */
static struct network network_make(void)
{
    static struct port_bits bits[NET_ACCESSES];
    memset(bits, 0x5a, sizeof bits);
    return (struct network){.bits = bits};
}

/* What is granted by port, as "80 443-445 u53" (u: UDP), walked by net_next. */
static const char *ports_of(const struct network *net)
{
    static char text[512];
    size_t len = 0;
    *text = '\0';
    for (unsigned low = net_next(net, 0); low < PORTS;) {
        net_set set = net_at(net, low);
        unsigned high = low;
        while (high + 1 < PORTS && net_at(net, high + 1) == set)
            high++;
        len += (size_t)snprintf(
            text + len, sizeof text - len, "%s%s%s%u", len > 0 ? " " : "",
            set & (UDP_OUT | UDP_LOCAL) ? "u" : "",
            set & (TCP_OUT | TCP_LOCAL) && set & (UDP_OUT | UDP_LOCAL) ? "t" : "", low);
        if (high > low)
            len += (size_t)snprintf(text + len, sizeof text - len, "-%u", high);
        low = high + 1 < PORTS ? net_next(net, high + 1) : PORTS;
    }
    return text;
}

static void test_good_specs(void **state)
{
    static const struct {
        const char *specs;
        enum net_direction direction;
        net_set all;
        bool icmp;
        const char *ports;
    } rows[] = {
        {"443", NET_OUTBOUND, 0, false, "443"},
        {":443", NET_OUTBOUND, 0, false, "443"},
        {"*:443", NET_OUTBOUND, 0, false, "443"},
        {"tcp://443", NET_OUTBOUND, 0, false, "443"},
        {"tcp://:443", NET_OUTBOUND, 0, false, "443"},
        {"tcp://*:443", NET_OUTBOUND, 0, false, "443"},
        {"443,80", NET_OUTBOUND, 0, false, "80 443"},
        {"  443\t80\n81 ", NET_OUTBOUND, 0, false, "80-81 443"},
        {"tcp://80,8000-8010", NET_OUTBOUND, 0, false, "80 8000-8010"},
        {"5-5", NET_OUTBOUND, 0, false, "5"},
        {"1-65535", NET_OUTBOUND, 0, false, "1-65535"},
        {"65535 1", NET_OUTBOUND, 0, false, "1 65535"},
        {"00443", NET_OUTBOUND, 0, false, "443"},
        {"63,64,127-128", NET_OUTBOUND, 0, false, "63-64 127-128"},
        {"udp://:53", NET_OUTBOUND, 0, false, "u53"},
        {"udp://53,123 53", NET_OUTBOUND, 0, false, "ut53 u123"},
        {"*", NET_OUTBOUND, TCP_OUT | UDP_OUT, true, ""},
        {"* 443", NET_OUTBOUND, TCP_OUT | UDP_OUT, true, ""},
        {":*", NET_OUTBOUND, TCP_OUT, false, ""},
        {"*:*", NET_OUTBOUND, TCP_OUT, false, ""},
        {"tcp://*", NET_OUTBOUND, TCP_OUT, false, ""},
        {"udp://*", NET_OUTBOUND, UDP_OUT, false, ""},
        {"udp://* 53", NET_OUTBOUND, UDP_OUT, false, "53"},
        {"icmp://*", NET_OUTBOUND, 0, true, ""},
        {"443 icmp://*", NET_OUTBOUND, 0, true, "443"},
        {"0", NET_LOCAL, 0, false, "0"},
        {"0-3 udp://0", NET_LOCAL, 0, false, "ut0 1-3"},
        {"0-65535", NET_LOCAL, 0, false, "0-65535"},
        {"*", NET_LOCAL, TCP_LOCAL | UDP_LOCAL, false, ""},
        {"udp://*", NET_LOCAL, UDP_LOCAL, false, ""},
        {" ", NET_OUTBOUND, 0, false, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network net = network_make();
        struct fault fault = {0};
        const char *reason = net_parse(span_of(rows[i].specs), rows[i].direction, &net, &fault);
        if (reason != NULL)
            fail_msg("%s: %s", rows[i].specs, reason);
        assert_int_equal(net.all, rows[i].all);
        assert_int_equal(net.icmp, rows[i].icmp);
        assert_string_equal(ports_of(&net), rows[i].ports);
    }
}

#define PORT_REASON        "neither a port such as 443 nor a range such as 8000-8010"
#define HOST_REASON        "a rule in the process sees ports, not hosts: write :%"
#define ADDRESS_REASON     "a rule in the process sees ports, not addresses: write :%"
#define UDP_HOST_REASON    "a rule in the process sees ports, not hosts: write udp://%"
#define UDP_ADDRESS_REASON "a rule in the process sees ports, not addresses: write udp://%"
#define UDP_RANGE_REASON                                                                           \
    "a rule in the process sees ports, not ranges of addresses: write the port alone, as in "      \
    "udp://443"
#define TCP_IN_FRONT "a scheme is followed by ://: write tcp://%"
#define UDP_IN_FRONT "a scheme is followed by ://: write udp://%"
#define TCP_BEHIND   "a scheme stands in front: write tcp://%"
#define UDP_BEHIND   "a scheme stands in front: write udp://%"
#define TWO          "a spec has one scheme, not two"
#define ICMP_REASON  "ICMP has no ports: write icmp://*"
#define RANGE_REASON                                                                               \
    "a rule in the process sees ports, not ranges of addresses: write the port alone, as in :443"

static void test_wrong_specs(void **state)
{
    static const struct {
        const char *specs;
        enum net_direction direction;
        const char *entry, *reason, *word;
    } rows[] = {
        {"api.example.com:443", NET_OUTBOUND, "api.example.com:443", HOST_REASON, "443"},
        {"80 localhost", NET_OUTBOUND, "localhost", HOST_REASON, "443"},
        {"tcp://host:80", NET_OUTBOUND, "tcp://host:80", HOST_REASON, "80"},
        {"host:", NET_OUTBOUND, "host:", HOST_REASON, "443"},
        {"a_b:1", NET_LOCAL, "a_b:1", HOST_REASON, "1"},
        {"10.0.0.0/8", NET_OUTBOUND, "10.0.0.0/8", RANGE_REASON, NULL},
        {"fe80::/10", NET_OUTBOUND, "fe80::/10", RANGE_REASON, NULL},
        {"10.0.0.1", NET_OUTBOUND, "10.0.0.1", ADDRESS_REASON, "443"},
        {"127.0.0.1:80", NET_LOCAL, "127.0.0.1:80", ADDRESS_REASON, "80"},
        {"[::1]:443", NET_OUTBOUND, "[::1]:443", ADDRESS_REASON, "443"},
        {"udp://[::]:53", NET_OUTBOUND, "udp://[::]:53", UDP_ADDRESS_REASON, "53"},
        {"udp://host:53", NET_OUTBOUND, "udp://host:53", UDP_HOST_REASON, "53"},
        {"udp://1.2.3.4:53", NET_LOCAL, "udp://1.2.3.4:53", UDP_ADDRESS_REASON, "53"},
        {"udp://10.0.0.0/8", NET_OUTBOUND, "udp://10.0.0.0/8", UDP_RANGE_REASON, NULL},
        {"udp:53", NET_OUTBOUND, "udp:53", UDP_IN_FRONT, "53"},
        {"UDP:53", NET_LOCAL, "UDP:53", UDP_IN_FRONT, "53"},
        {"udp:*:53", NET_OUTBOUND, "udp:*:53", UDP_IN_FRONT, "*:53"},
        {"udp/53", NET_OUTBOUND, "udp/53", UDP_IN_FRONT, "53"},
        {"udp:/53", NET_OUTBOUND, "udp:/53", UDP_IN_FRONT, "53"},
        {"udp//53", NET_OUTBOUND, "udp//53", UDP_IN_FRONT, "53"},
        {"udp,53", NET_OUTBOUND, "udp,53", UDP_IN_FRONT, "53"},
        {"udp:", NET_OUTBOUND, "udp:", UDP_IN_FRONT, "443"},
        {"udp", NET_OUTBOUND, "udp", UDP_IN_FRONT, "443"},
        {"443 tcp:80,8000-8010", NET_OUTBOUND, "tcp:80,8000-8010", TCP_IN_FRONT, "80,8000-8010"},
        {"tcp://udp:53", NET_OUTBOUND, "tcp://udp:53", UDP_IN_FRONT, "53"},
        {"443/tcp", NET_OUTBOUND, "443/tcp", TCP_BEHIND, "443"},
        {":443/TCP", NET_OUTBOUND, ":443/TCP", TCP_BEHIND, "443"},
        {"80:8080/tcp", NET_LOCAL, "80:8080/tcp", TCP_BEHIND, "8080"},
        {"443/tcp,80/udp", NET_OUTBOUND, "443/tcp,80/udp", TCP_BEHIND, "443"},
        {"53/udp", NET_OUTBOUND, "53/udp", UDP_BEHIND, "53"},
        {"host:53/udp", NET_OUTBOUND, "host:53/udp", UDP_BEHIND, "53"},
        {"udp://53/udp", NET_OUTBOUND, "udp://53/udp", UDP_BEHIND, "53"},
        {"/udp", NET_OUTBOUND, "/udp", UDP_BEHIND, "443"},
        {"tcp://udp://1", NET_OUTBOUND, "tcp://udp://1", TWO, NULL},
        {"udp://tcp://1", NET_LOCAL, "udp://tcp://1", TWO, NULL},
        {"tcp://https://host", NET_OUTBOUND, "tcp://https://host", TWO, NULL},
        {"udp://icmp://*", NET_OUTBOUND, "udp://icmp://*", TWO, NULL},
        {"icmp:*", NET_OUTBOUND, "icmp:*", ICMP_REASON, NULL},
        {"icmp", NET_OUTBOUND, "icmp", ICMP_REASON, NULL},
        /* Hosts that only begin so, and ranges that only have a slash. */
        {"udpx:53", NET_OUTBOUND, "udpx:53", HOST_REASON, "53"},
        {"tcp.example:53", NET_OUTBOUND, "tcp.example:53", HOST_REASON, "53"},
        {"icmp-host:7", NET_OUTBOUND, "icmp-host:7", HOST_REASON, "7"},
        {"443/tcpx", NET_OUTBOUND, "443/tcpx", RANGE_REASON, NULL},
        {"u", NET_OUTBOUND, "u", HOST_REASON, "443"},
        {"::1", NET_OUTBOUND, "::1", ADDRESS_REASON, "443"},
        {"2001:db8::1", NET_OUTBOUND, "2001:db8::1", ADDRESS_REASON, "443"},
        {"1host.example:80", NET_OUTBOUND, "1host.example:80", HOST_REASON, "80"},
        {"443x", NET_OUTBOUND, "443x", PORT_REASON, NULL},
        {"+443", NET_OUTBOUND, "+443", PORT_REASON, NULL},
        {"-443", NET_OUTBOUND, "-443", PORT_REASON, NULL},
        {"443-", NET_OUTBOUND, "443-", PORT_REASON, NULL},
        {"1-2-3", NET_OUTBOUND, "1-2-3", PORT_REASON, NULL},
        {"0x50", NET_OUTBOUND, "0x50", PORT_REASON, NULL},
        {"\xd9\xa3", NET_OUTBOUND, "\xd9\xa3", PORT_REASON, NULL},
        {"70000", NET_OUTBOUND, "70000", "ports end at 65535", NULL},
        {"65536", NET_OUTBOUND, "65536", "ports end at 65535", NULL},
        {"1-65536", NET_OUTBOUND, "1-65536", "ports end at 65535", NULL},
        {"70000-1", NET_OUTBOUND, "70000-1", "ports end at 65535", NULL},
        {"4294967739", NET_OUTBOUND, "4294967739", "ports end at 65535", NULL},
        {"18446744073709552059", NET_OUTBOUND, "18446744073709552059", "ports end at 65535", NULL},
        {"9-5", NET_OUTBOUND, "9-5", "the range is written backwards", NULL},
        {"0", NET_OUTBOUND, "0", "nobody can connect to port 0", NULL},
        {"udp://0-9", NET_OUTBOUND, "udp://0-9", "nobody can connect to port 0", NULL},
        {"80,*", NET_OUTBOUND, "80,*", "'*' is every port, and stands alone", NULL},
        {"*,80", NET_OUTBOUND, "*,80", "'*' is every port, and stands alone", NULL},
        {"**", NET_OUTBOUND, "**", PORT_REASON, NULL},
        {":", NET_OUTBOUND, ":", "a port is missing", NULL},
        {"*:", NET_OUTBOUND, "*:", "a port is missing", NULL},
        {"tcp://", NET_OUTBOUND, "tcp://", "a port is missing", NULL},
        {"udp://:", NET_LOCAL, "udp://:", "a port is missing", NULL},
        {",", NET_OUTBOUND, ",", "a port is missing", NULL},
        {"80,", NET_OUTBOUND, "80,", "a port is missing", NULL},
        {",80", NET_OUTBOUND, ",80", "a port is missing", NULL},
        {"80,,81", NET_OUTBOUND, "80,,81", "a port is missing", NULL},
        {"sctp://1", NET_OUTBOUND, "sctp://1", "unknown scheme: it is tcp, udp or icmp", NULL},
        {"TCP://1", NET_OUTBOUND, "TCP://1", "unknown scheme: it is tcp, udp or icmp", NULL},
        {"://1", NET_OUTBOUND, "://1", "unknown scheme: it is tcp, udp or icmp", NULL},
        {"https://example.com", NET_OUTBOUND, "https://example.com",
         "unknown scheme: it is tcp, udp or icmp", NULL},
        {"icmp://1", NET_OUTBOUND, "icmp://1", ICMP_REASON, NULL},
        {"icmp://", NET_OUTBOUND, "icmp://", ICMP_REASON, NULL},
        {"icmp://*", NET_LOCAL, "icmp://*",
         "an echo socket has no port: it is granted in SANDLOCK_NET_ALLOW", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network net = network_make();
        struct fault fault = {0};
        const char *reason = net_parse(span_of(rows[i].specs), rows[i].direction, &net, &fault);
        if (reason == NULL || strcmp(reason, rows[i].reason) != 0)
            fail_msg("%s: expected %s, got %s", rows[i].specs, rows[i].reason, reason);
        assert_true(span_equals(fault.entry, rows[i].entry));
        if (rows[i].word != NULL)
            assert_true(span_equals(fault.word, rows[i].word));
    }
}

#define EVERY_REASON "these are numbers: for every port set SANDLOCK_NET_ALLOW=*"

static void test_http_ports(void **state)
{
    static const struct {
        const char *list, *ports, *reason;
    } rows[] = {
        {"80,443", "80 443", NULL},
        {"80 443, 8080-8081", "80 443 8080-8081", NULL},
        {",", "", NULL},
        {"*", NULL, EVERY_REASON},
        {"* ", NULL, EVERY_REASON},
        {" *", NULL, EVERY_REASON},
        {"80 *", NULL, EVERY_REASON},
        {"80,*", NULL, EVERY_REASON},
        {"*,80", NULL, EVERY_REASON},
        {"80*", NULL, PORT_REASON},
        {"**", NULL, PORT_REASON},
        {":80", NULL, PORT_REASON},
        {"0", NULL, "nobody can connect to port 0"},
        {"80,65536", NULL, "ports end at 65535"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network net = network_make();
        struct fault fault = {0};
        const char *reason = net_http_parse(span_of(rows[i].list), &net, &fault);
        if (rows[i].reason != NULL) {
            if (reason == NULL || strcmp(reason, rows[i].reason) != 0)
                fail_msg("%s: expected %s, got %s", rows[i].list, rows[i].reason, reason);
            continue;
        }
        assert_null(reason);
        assert_string_equal(ports_of(&net), rows[i].ports);
    }
}

/* Specs of several variables land in one network, each in its own set of ports. */
static void test_variables_add_up(void **state)
{
    struct network net = network_make();
    struct fault fault;
    (void)state;
    assert_null(net_parse(span_of("80 udp://80"), NET_OUTBOUND, &net, &fault));
    assert_null(net_parse(span_of("80 0"), NET_LOCAL, &net, &fault));
    assert_null(net_http_parse(span_of("8080"), &net, &fault));
    assert_int_equal(net_at(&net, 80), TCP_OUT | UDP_OUT | TCP_LOCAL);
    assert_int_equal(net_at(&net, 0), TCP_LOCAL);
    assert_int_equal(net_at(&net, 8080), TCP_OUT);
    assert_int_equal(net_at(&net, 81), 0);
    assert_null(net_parse(span_of("tcp://*"), NET_OUTBOUND, &net, &fault));
    assert_int_equal(net_at(&net, 80), UDP_OUT | TCP_LOCAL);
    assert_int_equal(net_at(&net, 8080), 0);
    assert_int_equal(net_next(&net, 81), PORTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_specs),
        cmocka_unit_test(test_wrong_specs),
        cmocka_unit_test(test_http_ports),
        cmocka_unit_test(test_variables_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
