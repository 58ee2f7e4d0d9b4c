/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of sockets, live: which kinds of sockets can be made, and which grant opens them. The
 * numbers are the kernel's: families UNIX 1, INET 2, INET6 10, NETLINK 16, PACKET 17; types STREAM
 * 1, DGRAM 2, RAW 3, SEQPACKET 5; protocols ICMP 1, TCP 6, UDP 17, ICMPV6 58, UDPLITE 136, MPTCP
 * 262.
 */
#include "calls.h"

/* The calls come out as closed does under each of the environments. */
static void closed_under(const struct step *steps, const char *const env[])
{
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        steps_run("calls", face, env, steps, false);
}

static void open_under(const struct step *steps, const char *const env[])
{
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        steps_run("calls", face, env, steps, true);
}

#define SAYS(call, open, closed)                                                                   \
    {                                                                                              \
        call, open, closed                                                                         \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, NULL                                                                           \
    }

static const struct step tcp[] = {
    SAYS("socket 2 1 0", "OK", "EACCES"),
    SAYS("socket 2 1 6", "OK", "EACCES"),
    SAYS("socket 10 1 0", "OK", "EACCES"),
    SAYS("socket 10 1 6", "OK", "EACCES"),
    SAYS("socket 2 0x80801 0", "OK", "EACCES"), /* CLOEXEC, NONBLOCK */
    END,
};

static void test_tcp(void **state)
{
    (void)state;
    steps_expect(tcp, LIST(READ), LIST(READ, GROUP "@tcp"));
    closed_under(tcp, LIST(READ, ALLOW "udp://* icmp://*"));
    closed_under(tcp, LIST(READ, ALLOW "*", LOCAL "*", "SANDLOCK_SECCOMP_DENY=@tcp"));
    open_under(tcp, LIST(READ, ALLOW "443"));
    open_under(tcp, LIST(READ, LOCAL "443"));
    open_under(tcp, LIST(READ, "SANDLOCK_HTTP_PORTS=443"));
    open_under(tcp, LIST(READ, DISABLE "net_tcp"));
}

static const struct step udp[] = {
    SAYS("socket 2 2 0", "OK", "EPROTONOSUPPORT"),
    SAYS("socket 2 2 17", "OK", "EPROTONOSUPPORT"),
    SAYS("socket 10 2 0", "OK", "EPROTONOSUPPORT"),
    SAYS("socket 10 0x80802 17", "OK", "EPROTONOSUPPORT"),
    END,
};

/* Whatever the kernel's rules can tell of UDP, there is none where none is granted. */
static void test_udp(void **state)
{
    (void)state;
    steps_expect(udp, LIST(READ), LIST(READ, GROUP "@udp"));
    closed_under(udp, LIST(READ, ALLOW "443 icmp://*", LOCAL "443"));
    closed_under(udp, LIST(READ, ALLOW "tcp://*"));
    open_under(udp, LIST(READ, ALLOW "udp://*"));
    open_under(udp, LIST(READ, ALLOW "*"));
    open_under(udp, LIST(READ, ALLOW "udp://53", "SANDLOCK_ALLOW_DEGRADED=net_udp"));
    open_under(udp, LIST(READ, DISABLE "net_udp"));
}

/* What the kernel says to a user who may not ping is what the gate says. So this is tried in a
 * network of its own, where everyone may. */
static void expect_pings(const char *const policy[], bool confined, const char *expected)
{
    struct outcome outcome;
    live_run(&outcome, BARE, policy,
             LIST("unshare", "-rn", "sh", "-ec",
                  "echo 0 0 >/proc/sys/net/ipv4/ping_group_range; exec $0 \"$@\"",
                  confined ? "&/libsandlock_shim.so" : "env", "&/calls", "socket 2 2 1",
                  "socket 10 2 58", "socket 2 0x80802 0x100000001",
                  /* of the other family there are none */
                  "socket 2 2 58", "socket 10 2 1"));
    if (!confined && strncmp(outcome.err, "unshare: ", 9) == 0)
        live_skip("user namespaces");
    live_expect(&outcome, 0, expected, "");
}

static void test_ping(void **state)
{
    static const char open[] = "OK\nOK\nOK\nEPROTONOSUPPORT\nEPROTONOSUPPORT\n";
    static const char closed[] = "EACCES\nEACCES\nEACCES\nEPROTONOSUPPORT\nEPROTONOSUPPORT\n";
    (void)state;
    expect_pings(NULL, false, open);
    expect_pings(LIST(READ), true, closed);
    expect_pings(LIST(READ, ALLOW "443 udp://*", LOCAL "*"), true, closed);
    expect_pings(LIST(READ, ALLOW "icmp://*"), true, open);
    expect_pings(LIST(READ, ALLOW "*"), true, open);
    expect_pings(LIST(READ, GROUP "@icmp"), true, open);
    expect_pings(LIST(READ, ALLOW "*", "SANDLOCK_SECCOMP_DENY=@icmp"), true, closed);
}

/* Landlock's rules for ports see neither MPTCP nor UDP-Lite; both would be a way around them. */
static void test_what_is_neither_tcp_nor_udp(void **state)
{
    static const struct step steps[] = {
        SAYS("socket 2 1 262", "OK", "EPROTONOSUPPORT"),
        SAYS("socket 10 1 262", "OK", "EPROTONOSUPPORT"),
        SAYS("socket 2 0x80801 262", "OK", "EPROTONOSUPPORT"),
        SAYS("socket 2 1 132", NULL, "EPROTONOSUPPORT"), /* SCTP */
        SAYS("socket 2 1 256", NULL, "EPROTONOSUPPORT"), /* SMC */
        SAYS("socket 2 2 136", NULL, "EPROTONOSUPPORT"),
        SAYS("socket 10 2 136", NULL, "EPROTONOSUPPORT"),
        END,
    };
    (void)state;
    live_needs(1);
    steps_expect(steps, LIST(READ), LIST(READ, ALLOW "*", LOCAL "*"));
    closed_under(steps, LIST(READ, ALLOW "443 udp://*", LOCAL "1-65535"));
    closed_under(steps, LIST(READ, ALLOW "*"));
    closed_under(steps, LIST(READ, LOCAL "tcp://*"));
    open_under(steps, LIST(READ, GROUP "@stream"));
    open_under(steps, LIST(READ, DISABLE "net_tcp"));
}

/* The upper halves of the registers are not part of what the kernel reads. */
static void test_upper_halves_change_nothing(void **state)
{
    const char *unix_closed = live_abi() >= ABI_UNIX ? "OK" : "EACCES";
    const struct step steps[] = {
        SAYS("socket 0x100000002 0x100000001 0x100000000", "OK", "EACCES"),
        SAYS("socket 0xffffffff0000000a 1 0xffffffff00000106", "OK", "EPROTONOSUPPORT"),
        SAYS("socket 0x100000002 0xf000000000000002 0x100000011", "OK", "EPROTONOSUPPORT"),
        SAYS("socket 0x100000001 1 0", "OK", unix_closed),
        SAYS("socket 0x100000010 3 0x100000000", "OK", "OK"),
        SAYS("socketpair 0x100000001 0x100000002 0 buf", "OK", unix_closed),
        END,
    };
    (void)state;
    live_needs(1);
    steps_expect(steps, LIST(READ), LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*"));
}

/* Of a raw or a packet socket only root can tell whether the kernel was asked; the errno tells that
 * of the others. */
static void test_raw_and_other_families(void **state)
{
    const char *root = geteuid() == 0 ? "OK" : "EPERM";
    const struct step steps[] = {
        SAYS("socket 2 3 1", root, "EACCES"),
        SAYS("socket 2 3 255", root, "EACCES"),
        SAYS("socket 10 3 58", root, "EACCES"),
        SAYS("socket 2 5 0", "ESOCKTNOSUPPORT", "EACCES"),
        SAYS("socket 2 10 0", geteuid() == 0 ? NULL : "EPERM",
             "EAFNOSUPPORT"), /* PACKET, by type */
        SAYS("socket 17 3 0", root, "EAFNOSUPPORT"),
        SAYS("socket 17 2 0", root, "EAFNOSUPPORT"),
        SAYS("socket 0 1 0", "EAFNOSUPPORT", "EAFNOSUPPORT"),
        SAYS("socket 40 1 0", NULL, "EAFNOSUPPORT"), /* VSOCK */
        SAYS("socket 38 5 0", NULL, "EAFNOSUPPORT"), /* ALG */
        SAYS("socket 99 1 0", "EAFNOSUPPORT", "EAFNOSUPPORT"),
        SAYS("socketpair 17 3 0 buf", geteuid() == 0 ? "EOPNOTSUPP" : "EPERM", "EAFNOSUPPORT"),
        END,
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, GROUP "@raw,@families"));
    closed_under(steps, LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*", "SANDLOCK_SECCOMP=nested"));
}

/* Datagrams of UDP-Lite are none of TCP's, wherever that may go; and who denies TCP denies MPTCP,
 * which falls back to it. */
static void test_tcp_is_neither_udp_lite_nor_to_be_had_by_mptcp(void **state)
{
    static const struct step lite[] = {SAYS("socket 2 2 136", NULL, "EPROTONOSUPPORT"), END};
    static const struct step mptcp[] = {SAYS("socket 2 1 262", NULL, "EPROTONOSUPPORT"), END};
    (void)state;
    steps_expect(lite, LIST(READ, ALLOW "tcp://*", LOCAL "tcp://*"),
                 LIST(READ, ALLOW "*", LOCAL "*"));
    steps_expect(mptcp, LIST(READ, ALLOW "*", LOCAL "*", "SANDLOCK_SECCOMP_DENY=@tcp"),
                 LIST(READ, ALLOW "*", LOCAL "*"));
}

/* The kernel would look for a module before it says that there are no pairs of these. */
static void test_pairs_of_other_families_do_not_reach_the_kernel(void **state)
{
    static const struct step steps[] = {
        SAYS("socketpair 2 1 0 buf", "EOPNOTSUPP", "EAFNOSUPPORT"),
        SAYS("socketpair 10 1 132 buf", NULL, "EAFNOSUPPORT"),
        SAYS("socketpair 16 3 9 buf", NULL, "EAFNOSUPPORT"),
        END,
    };
    (void)state;
    steps_expect(steps, LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*"),
                 LIST(READ, GROUP "@families"));
}

/* An old name for packet sockets, which is a type of INET, is in the gate of the family. */
static void test_raw_opens_no_packet_sockets(void **state)
{
    const char *root = geteuid() == 0 ? "OK" : "EPERM";
    const struct step packet[] = {SAYS("socket 2 10 0", root, "EAFNOSUPPORT"), END};
    const struct step raw[] = {SAYS("socket 2 3 1", root, "EACCES"), END};
    (void)state;
    steps_expect(packet, LIST(READ, GROUP "@raw"), LIST(READ, GROUP "@raw,@families"));
    steps_expect(raw, LIST(READ), LIST(READ, GROUP "@raw"));
}

/* Programs that list interfaces ask ROUTE; of the others an ordinary user may open some. */
static void test_netlink(void **state)
{
    static const struct step steps[] = {
        SAYS("socket 16 3 0", "OK", "OK"),
        SAYS("socket 16 0x80002 0", "OK", "OK"),
        SAYS("socket 16 3 4", NULL, "EPROTONOSUPPORT"),  /* SOCK_DIAG */
        SAYS("socket 16 3 9", NULL, "EPROTONOSUPPORT"),  /* AUDIT */
        SAYS("socket 16 3 15", "OK", "EPROTONOSUPPORT"), /* KOBJECT_UEVENT */
        SAYS("socket 16 3 16", "OK", "EPROTONOSUPPORT"), /* GENERIC */
        END,
    };
    (void)state;
    steps_expect(steps, LIST(READ), LIST(READ, GROUP "@netlink"));
    closed_under(steps, LIST(READ, ALLOW "*", LOCAL "*", CONNECT "*", "SANDLOCK_SECCOMP=nested"));
}

/* A datagram that is sent from a pair goes to any path: where UNIX sockets are closed, so are those
 * pairs; connected ones lead nowhere else. */
static void test_unix(void **state)
{
    bool told = live_abi() >= ABI_UNIX; /* from then on Landlock decides, path by path */
    const struct step sockets[] = {
        SAYS("socket 1 1 0", "OK", told ? "OK" : "EACCES"),
        SAYS("socket 1 2 0", "OK", told ? "OK" : "EACCES"),
        SAYS("socket 1 5 0", "OK", told ? "OK" : "EACCES"),
        SAYS("socketpair 1 2 0 buf", "OK", told ? "OK" : "EACCES"),
        SAYS("socketpair 1 3 0 buf", "OK", told ? "OK" : "EACCES"), /* RAW is DGRAM there */
        SAYS("socketpair 1 0x80802 0 buf", "OK", told ? "OK" : "EACCES"),
        SAYS("socketpair 1 1 0 buf", "OK", "OK"),
        SAYS("sendto $ buf 1 0 0 0", "OK", "OK"),
        SAYS("socketpair 1 5 0 buf", "OK", "OK"),
        SAYS("sendto $ buf 1 0 0 0", "OK", "OK"),
        SAYS("socketpair 1 0x80801 0 buf", "OK", "OK"),
        END,
    };
    (void)state;
    steps_expect(sockets, LIST(READ), LIST(READ, CONNECT "*"));
    closed_under(sockets, LIST(READ, ALLOW "*", LOCAL "*", "SANDLOCK_SECCOMP=nested"));
    closed_under(sockets, LIST(READ, "SANDLOCK_FS_WRITABLE=%"));
    open_under(sockets, LIST(READ, GROUP "@unix"));
    open_under(sockets, LIST(READ, CONNECT "/", "SANDLOCK_ALLOW_DEGRADED=fs_resolve_unix"));
    open_under(sockets, LIST(READ, DISABLE "fs_resolve_unix"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_ping),
        cmocka_unit_test(test_what_is_neither_tcp_nor_udp),
        cmocka_unit_test(test_upper_halves_change_nothing),
        cmocka_unit_test(test_raw_and_other_families),
        cmocka_unit_test(test_raw_opens_no_packet_sockets),
        cmocka_unit_test(test_tcp_is_neither_udp_lite_nor_to_be_had_by_mptcp),
        cmocka_unit_test(test_pairs_of_other_families_do_not_reach_the_kernel),
        cmocka_unit_test(test_netlink),
        cmocka_unit_test_setup_teardown(test_unix, live_setup, live_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
