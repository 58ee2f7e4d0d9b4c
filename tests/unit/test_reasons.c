/* SPDX-License-Identifier: Apache-2.0 */
/* Why a gate is open or closed: each reason by a policy that has it, and always one that fits. */
#include "../../shim/plan.h"
#include "random.h"
#include "read.h"
#include "unit.h"

static struct port_bits bits[NET_ACCESSES];

struct decided {
    struct policy policy;
    struct groups groups;
    struct plan plan;
};

/* Reads and plans a policy. Returns whether it can be. */
static bool decide(char *const env[], int abi, struct decided *decided)
{
    struct fault fault;
    return policy_read(env, NULL, &decided->policy, bits, &fault) == NULL &&
           groups_read(&decided->policy, &decided->groups, &fault) == NULL &&
           plan_make(&decided->policy, abi, &decided->plan) == 0;
}

static enum gate_reason reason_of(const struct decided *decided, enum gate gate)
{
    return plan_gate_reason(&decided->plan, &decided->policy, &decided->groups, gate);
}

static void test_each(void **state)
{
    static const struct {
        char *setting;
        int abi;
        enum gate gate;
        enum gate_reason reason;
    } rows[] = {
        {"SANDLOCK_SECCOMP=nested", 7, GATE_MOUNT, REASON_NESTED},
        {"SANDLOCK_NET_ALLOW=443", 7, GATE_TCP, REASON_TCP_GRANT},
        {"SANDLOCK_NET_BIND=0", 7, GATE_TCP, REASON_TCP_GRANT},
        {"SANDLOCK_NET_BIND=0", 7, GATE_LISTEN, REASON_TCP_LOCAL_GRANT},
        {"SANDLOCK_NET_ALLOW=tcp://*", 7, GATE_FASTOPEN, REASON_TCP_OUTBOUND_ALL},
        {"SANDLOCK_DISABLE=net_tcp", 7, GATE_STREAM, REASON_TCP_DISABLED},
        {"SANDLOCK_DISABLE=net_tcp", 7, GATE_LISTEN, REASON_TCP_DISABLED},
        {"SANDLOCK_NET_ALLOW=udp://*", 7, GATE_UDP, REASON_UDP_GRANT},
        {"SANDLOCK_DISABLE=net_udp", 7, GATE_DATAGRAM, REASON_UDP_DISABLED},
        {"SANDLOCK_NET_ALLOW=icmp://*", 7, GATE_ICMP, REASON_ICMP_GRANT},
        {"SANDLOCK_UNIX_CONNECT=*", 7, GATE_UNIX, REASON_UNIX_GRANT},
        {"SANDLOCK_UNIX_CONNECT=*", 7, GATE_LISTEN, REASON_UNIX_OPEN},
        {"SANDLOCK_FS_READABLE=/", 9, GATE_UNIX, REASON_UNIX_ENFORCED},
        {"SANDLOCK_DISABLE=fs_resolve_unix", 9, GATE_UNIX, REASON_UNIX_DISABLED},
        {"SANDLOCK_DISABLE=signal_scope", 7, GATE_PRLIMIT, REASON_SIGNAL_DISABLED},
        {"SANDLOCK_SECCOMP_ALLOW=@keyring", 7, GATE_KEYRING, REASON_ALLOWED},
        {"SANDLOCK_SECCOMP_ALLOW=@unix", 7, GATE_LISTEN, REASON_UNIX_OPEN},
        {"SANDLOCK_SECCOMP_DENY=@tcp", 7, GATE_TCP, REASON_DENIED},
        {"SANDLOCK_SECCOMP_DENY=@tcp", 7, GATE_STREAM, REASON_DENIED_TOO},
        {"SANDLOCK_SECCOMP_DENY=@udp", 7, GATE_DATAGRAM, REASON_DENIED_TOO},
        {"SANDLOCK_FS_READABLE=/", 7, GATE_BPF, REASON_NOT_GRANTED},
        {"SANDLOCK_FS_READABLE=/", 7, GATE_I386_SOCKETS, REASON_SOCKETS_CLOSED},
        {"SANDLOCK_SECCOMP_ALLOW=@families,@netlink,@raw,@stream,@tcp,@fastopen,@udp,@icmp,@unix,"
         "@listen",
         7, GATE_I386_SOCKETS, REASON_SOCKETS_OPEN},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct decided decided;
        char *const env[] = {rows[i].setting, NULL};
        assert_true(decide(env, rows[i].abi, &decided));
        enum gate_reason got = reason_of(&decided, rows[i].gate);
        if (got != rows[i].reason)
            fail_msg("%s: gate %d: expected reason %d, got %d", rows[i].setting, rows[i].gate,
                     rows[i].reason, got);
    }
}

/* Every TCP port both ways takes two variables. */
static void test_all_ports(void **state)
{
    struct decided decided;
    char *const env[] = {"SANDLOCK_NET_ALLOW=*", "SANDLOCK_NET_BIND=*", NULL};
    (void)state;
    assert_true(decide(env, 10, &decided));
    assert_int_equal(reason_of(&decided, GATE_STREAM), REASON_TCP_ALL);
    assert_int_equal(reason_of(&decided, GATE_DATAGRAM), REASON_UDP_ALL);
}

static bool opens(enum gate_reason reason)
{
    return reason < REASON_OWN || reason == REASON_ALLOWED || reason == REASON_UNIX_OPEN ||
           reason == REASON_SOCKETS_OPEN;
}

/* Whatever the policy, the reason of a gate that is open opens it, and the other way round. */
static void test_reasons_fit(void **state)
{
    static char *const settings[] = {
        "SANDLOCK_SECCOMP=nested",
        "SANDLOCK_NET_ALLOW=443",
        "SANDLOCK_NET_ALLOW=*",
        "SANDLOCK_NET_ALLOW=udp://*",
        "SANDLOCK_NET_BIND=80",
        "SANDLOCK_NET_BIND=*",
        "SANDLOCK_UNIX_CONNECT=*",
        "SANDLOCK_UNIX_CONNECT=/run",
        "SANDLOCK_DISABLE=net_tcp",
        "SANDLOCK_DISABLE=fs_resolve_unix,net_udp",
        "SANDLOCK_DISABLE=all",
        "SANDLOCK_SECCOMP_ALLOW=@unix,@stream",
        "SANDLOCK_SECCOMP_ALLOW=@bpf",
        "SANDLOCK_SECCOMP_DENY=@tcp,@udp",
        "SANDLOCK_SECCOMP_DENY=@listen",
        "SANDLOCK_SECCOMP_DENY=@unix,@prlimit",
        "SANDLOCK_ALLOW_DEGRADED=net_udp",
        "SANDLOCK_FS_READABLE=/",
    };
    unsigned decisions = 0;
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct decided decided;
        char *env[5] = {NULL};
        for (size_t i = 0; i < COUNT(env) - 1; i++)
            env[i] = settings[random_below(COUNT(settings))];
        if (!decide(env, 6 + (int)random_below(6), &decided))
            continue; /* a variable twice, a group in both lists, a kernel too old */
        decisions++;
        gate_set open = plan_gates(&decided.plan, &decided.policy, &decided.groups);
        for (unsigned gate = 0; gate < GATES; gate++)
            if (opens(reason_of(&decided, (enum gate)gate)) != ((open & GATE_BIT(gate)) != 0))
                fail_msg("%s %s %s %s: gate %u", env[0], env[1], env[2], env[3], gate);
    }
    assert_true(decisions > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_all_ports),
        cmocka_unit_test(test_reasons_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
