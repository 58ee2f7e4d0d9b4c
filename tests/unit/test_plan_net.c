/* SPDX-License-Identifier: Apache-2.0 */
/* The plan for the network and for UNIX sockets. */
#include "../../env/net.h"
#include "../../shim/plan.h"
#include "unit.h"

static struct port_bits bits[NET_ACCESSES];

static struct policy policy_of_net(const char *out, const char *local)
{
    struct policy policy = {.net.bits = bits};
    struct fault fault;
    assert_null(net_parse(span_of(out), NET_OUTBOUND, &policy.net, &fault));
    assert_null(net_parse(span_of(local), NET_LOCAL, &policy.net, &fault));
    return policy;
}

/* Wildcards leave their right unhandled, and nothing else. */
static void test_network_wildcards(void **state)
{
    static const struct {
        const char *out, *local;
        uint64_t handled[2]; /* on ABI 7 and on ABI 10 */
    } rows[] = {
        {"", "", {3, 15}},         {"443", "80", {3, 15}},    {"*", "", {1, 5}},
        {"tcp://*", "", {1, 13}},  {"udp://*", "", {3, 7}},   {"", "*", {2, 10}},
        {"", ":*", {2, 14}},       {"", "udp://*", {3, 11}},  {"*", "*", {0, 0}},
        {"icmp://*", "", {3, 15}}, {"443 *", "80 *", {0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct policy policy = policy_of_net(rows[i].out, rows[i].local);
        struct plan plan;
        policy.wishes[NET_UDP] = WISH_DEGRADED;
        assert_int_equal(plan_make(&policy, 7, &plan), 0);
        assert_int_equal(plan.handled.handled_access_net, rows[i].handled[0]);
        assert_int_equal(plan_make(&policy, 10, &plan), 0);
        assert_int_equal(plan.handled.handled_access_net, rows[i].handled[1]);
        assert_int_equal(plan.handled.handled_access_fs, 0x1ffff);
    }
}

/* The rules for ports, as "PORT:RIGHTS", one for each port. */
static const char *rules_of(const struct policy *policy, int abi)
{
    static char text[256];
    struct plan plan;
    size_t len = 0;
    *text = '\0';
    assert_int_equal(plan_make(policy, abi, &plan), 0);
    for (unsigned port = plan_port_next(policy, 0); port < PORTS;
         port = plan_port_next(policy, port + 1)) {
        unsigned long rights = (unsigned long)plan_port_rights(&plan, policy, port);
        if (rights != 0)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%u:%lx", len > 0 ? " " : "",
                                    port, rights);
    }
    return text;
}

static void test_port_rules(void **state)
{
    static const struct {
        const char *out, *local, *abi_7, *abi_10;
    } rows[] = {
        {"", "", "", ""},
        {"443 80", "", "80:2 443:2", "80:2 443:2"},
        {"80", "80 0", "0:1 80:3", "0:1 80:3"},
        {"tcp://*", "80", "80:1", "80:1"},
        {"* 443", "", "", "0:4"},
        {"udp://*", "", "", "0:4"},
        {"udp://*", "udp://*", "", ""},
        {"udp://* 53", "", "53:2", "0:4 53:2"},
        {"icmp://*", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct policy policy = policy_of_net(rows[i].out, rows[i].local);
        assert_string_equal(rules_of(&policy, 7), rows[i].abi_7);
        assert_string_equal(rules_of(&policy, 10), rows[i].abi_10);
    }
}

/* UDP by port: on the kernels that know it, with the binding that the kernel does for a sender. */
static void test_udp_ports(void **state)
{
    struct policy policy = policy_of_net("udp://53", "");
    (void)state;
    assert_string_equal(rules_of(&policy, 10), "0:4 53:8");
    policy = policy_of_net("udp://53 53", "udp://0,5353");
    assert_string_equal(rules_of(&policy, 10), "0:4 53:a 5353:4");
    policy = policy_of_net("", "udp://53"); /* who may not send may not bind to port 0 either */
    assert_string_equal(rules_of(&policy, 10), "53:4");
    policy.wishes[NET_UDP] = WISH_DISABLED;
    assert_string_equal(rules_of(&policy, 10), "");
}

/* A grant that this kernel cannot make so fine: refused, unless that is accepted by name. */
static void test_grants_finer_than_the_kernel(void **state)
{
    struct policy udp = policy_of_net("udp://53", ""), local = policy_of_net("", "udp://53");
    struct policy both = policy_of_net("udp://53 udp://*", "");
    struct policy paths = {0}, all = {.unix_all = true};
    struct plan plan;
    (void)state;
    paths.paths[PATH_UNIX] = span_of("/run");
    assert_int_equal(plan_make(&udp, 9, &plan), PROTECTION_BIT(NET_UDP));
    assert_int_equal(plan_make(&local, 9, &plan), PROTECTION_BIT(NET_UDP));
    assert_int_equal(plan_make(&udp, 10, &plan), 0);
    assert_int_equal(plan_make(&both, 9, &plan), 0); /* "*" is what it can do */
    assert_int_equal(plan_make(&paths, 8, &plan), PROTECTION_BIT(FS_RESOLVE_UNIX));
    assert_int_equal(plan_make(&paths, 9, &plan), 0);
    assert_int_equal(plan_make(&all, 8, &plan), 0);
    udp.wishes[NET_UDP] = paths.wishes[FS_RESOLVE_UNIX] = WISH_DEGRADED;
    assert_int_equal(plan_make(&udp, 9, &plan), 0);
    assert_int_equal(plan.degraded & PROTECTION_BIT(NET_UDP), PROTECTION_BIT(NET_UDP));
    assert_int_equal(plan_make(&paths, 8, &plan), 0);
    local.wishes[NET_UDP] = WISH_DISABLED;
    assert_int_equal(plan_make(&local, 9, &plan), 0);
    assert_int_equal(plan.disabled, PROTECTION_BIT(NET_UDP));
}

static void test_unix_sockets(void **state)
{
    struct policy policy = {.unix_all = true};
    struct plan plan;
    (void)state;
    assert_int_equal(plan_make(&policy, 9, &plan), 0);
    assert_int_equal(plan.handled.handled_access_fs, 0xffff); /* "*": not handled */
    policy = (struct policy){0};
    policy.paths[PATH_UNIX] = span_of("/run");
    assert_int_equal(plan_make(&policy, 9, &plan), 0);
    assert_int_equal(plan.handled.handled_access_fs, 0x1ffff);
    assert_int_equal(plan_rights(&plan, PATH_UNIX, true), 0x10000);
    assert_int_equal(plan_rights(&plan, PATH_UNIX, false), 0x10000);
    policy.wishes[FS_RESOLVE_UNIX] = WISH_DEGRADED;
    assert_int_equal(plan_make(&policy, 7, &plan), 0);
    assert_int_equal(plan_rights(&plan, PATH_UNIX, true), 0); /* no rule at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_network_wildcards),
        cmocka_unit_test(test_port_rules),
        cmocka_unit_test(test_udp_ports),
        cmocka_unit_test(test_grants_finer_than_the_kernel),
        cmocka_unit_test(test_unix_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
