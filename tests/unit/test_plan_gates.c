/* SPDX-License-Identifier: Apache-2.0 */
/* Which gates a policy opens, from its variables on, on kernels of three ABIs. */
#include "../../env/vars.h"
#include "../../shim/gates.h"
#include "../../shim/plan.h"
#include "read.h"
#include "unit.h"

#define LIST(...) ((char *const[]){__VA_ARGS__, NULL})

/* The gates that policies open, in short. */
#define P GATE_BIT(GATE_PRLIMIT)
#define S GATE_BIT(GATE_STREAM)
#define G GATE_BIT(GATE_DATAGRAM)
#define T GATE_BIT(GATE_TCP)
#define F GATE_BIT(GATE_FASTOPEN)
#define D GATE_BIT(GATE_UDP)
#define I GATE_BIT(GATE_ICMP)
#define U GATE_BIT(GATE_UNIX)
#define L GATE_BIT(GATE_LISTEN)

#define NESTED                                                                                     \
    (GATE_BIT(GATE_MOUNT) | GATE_BIT(GATE_NAMESPACES) | GATE_BIT(GATE_CLONE3) |                    \
     GATE_BIT(GATE_PTRACE) | GATE_BIT(GATE_KEYRING) | GATE_BIT(GATE_HOSTNAME) |                    \
     GATE_BIT(GATE_HANDLES) | GATE_BIT(GATE_USERFAULTFD) | GATE_BIT(GATE_PERSONALITY) |            \
     GATE_BIT(GATE_QUOTA) | GATE_BIT(GATE_ACCOUNTING) | GATE_BIT(GATE_OBSOLETE))
#define SOCKETS                                                                                    \
    (GATE_BIT(GATE_FAMILIES) | GATE_BIT(GATE_NETLINK) | GATE_BIT(GATE_RAW) | S | G | T | F | D |   \
     I | U | L)
#define REFUSED (~(gate_set)0)

static gate_set gates_of(char *const env[], int abi)
{
    static struct port_bits bits[NET_ACCESSES];
    struct policy policy;
    struct groups groups;
    struct fault fault;
    struct plan plan;
    if (policy_read(env, NULL, &policy, bits, &fault) != NULL ||
        groups_read(&policy, &groups, &fault) != NULL)
        fail_msg("%s: %s", env[0], fault.reason);
    if (plan_make(&policy, abi, &plan) != 0)
        return REFUSED;
    return plan_gates(&plan, &policy, &groups);
}

struct row {
    char *const *env;
    gate_set open[3]; /* on ABI 7, 9 and 10 */
};

static void expect_rows(const struct row *rows, size_t len)
{
    static const int abis[] = {7, 9, 10};
    for (size_t i = 0; i < len; i++)
        for (size_t a = 0; a < COUNT(abis); a++) {
            gate_set got = gates_of(rows[i].env, abis[a]);
            if (got != rows[i].open[a])
                fail_msg("%s ... on ABI %d: expected %llx, got %llx", rows[i].env[0], abis[a],
                         (unsigned long long)rows[i].open[a], (unsigned long long)got);
        }
}

/* From ABI 9 on Landlock watches over UNIX sockets, and their gate is open. */
#define FROM_9(set)                                                                                \
    {                                                                                              \
        (set), (set) | U | L, (set) | U | L                                                        \
    }
#define ALWAYS(set)                                                                                \
    {                                                                                              \
        (set), (set), (set)                                                                        \
    }

static void test_grants(void **state)
{
    const struct row rows[] = {
        {LIST("SANDLOCK_FS_READABLE=/"), FROM_9(0)},
        {LIST("SANDLOCK_NET_ALLOW=443"), FROM_9(T)},
        {LIST("SANDLOCK_HTTP_PORTS=80"), FROM_9(T)},
        {LIST("SANDLOCK_NET_BIND=80"), FROM_9(T | L)},
        {LIST("SANDLOCK_NET_BIND=0"), FROM_9(T | L)},
        {LIST("SANDLOCK_NET_ALLOW=tcp://*"), FROM_9(T | F)},
        {LIST("SANDLOCK_NET_ALLOW=*"), FROM_9(T | F | D | I)},
        {LIST("SANDLOCK_NET_BIND=tcp://*"), FROM_9(T | L)},
        {LIST("SANDLOCK_NET_ALLOW=tcp://*", "SANDLOCK_NET_BIND=1-65535"), FROM_9(T | F | L)},
        {LIST("SANDLOCK_NET_ALLOW=1-65535", "SANDLOCK_NET_BIND=tcp://*"), FROM_9(T | L)},
        {LIST("SANDLOCK_NET_ALLOW=tcp://*", "SANDLOCK_NET_BIND=tcp://*"), FROM_9(T | F | S | L)},
        {LIST("SANDLOCK_NET_ALLOW=*", "SANDLOCK_NET_BIND=*"), FROM_9(T | F | S | G | L | D | I)},
        {LIST("SANDLOCK_NET_ALLOW=udp://*", "SANDLOCK_NET_BIND=udp://*"), FROM_9(D | G)},
        {LIST("SANDLOCK_NET_ALLOW=*", "SANDLOCK_NET_BIND=*", "SANDLOCK_SECCOMP_DENY=@tcp"),
         FROM_9(F | G | L | D | I)},
        {LIST("SANDLOCK_NET_ALLOW=*", "SANDLOCK_NET_BIND=*", "SANDLOCK_SECCOMP_DENY=@udp"),
         FROM_9(T | F | S | L | I)},
        {LIST("SANDLOCK_NET_ALLOW=*", "SANDLOCK_NET_BIND=*", "SANDLOCK_SECCOMP_DENY=@tcp",
              "SANDLOCK_SECCOMP_ALLOW=@stream"),
         FROM_9(F | S | G | L | D | I)},
        {LIST("SANDLOCK_NET_ALLOW=udp://*"), FROM_9(D)},
        {LIST("SANDLOCK_NET_ALLOW=udp://53"), {REFUSED, REFUSED, D | U | L}},
        {LIST("SANDLOCK_NET_BIND=udp://53"), {REFUSED, REFUSED, D | U | L}},
        {LIST("SANDLOCK_NET_ALLOW=udp://53", "SANDLOCK_ALLOW_DEGRADED=net_udp"), FROM_9(D)},
        {LIST("SANDLOCK_NET_BIND=udp://53", "SANDLOCK_ALLOW_DEGRADED=net_udp"), FROM_9(D)},
        {LIST("SANDLOCK_NET_ALLOW=icmp://*"), FROM_9(I)},
        {LIST("SANDLOCK_NET_ALLOW=443 udp://* icmp://*"), FROM_9(T | D | I)},
        {LIST("SANDLOCK_UNIX_CONNECT=*"), ALWAYS(U | L)},
        {LIST("SANDLOCK_UNIX_CONNECT=/run"), {REFUSED, U | L, U | L}},
        {LIST("SANDLOCK_UNIX_CONNECT=/run", "SANDLOCK_ALLOW_DEGRADED=fs_resolve_unix"),
         ALWAYS(U | L)},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

/* A protection that is disabled opens what it would decide; one that is degraded opens nothing. */
static void test_protections(void **state)
{
    const struct row rows[] = {
        {LIST("SANDLOCK_DISABLE=net_tcp"), FROM_9(T | F | S | L)},
        {LIST("SANDLOCK_DISABLE=net_udp"), FROM_9(D | G)},
        {LIST("SANDLOCK_DISABLE=signal_scope"), FROM_9(P)},
        {LIST("SANDLOCK_DISABLE=fs_resolve_unix"), ALWAYS(U | L)},
        {LIST("SANDLOCK_DISABLE=abstract_unix_socket_scope"), FROM_9(0)},
        {LIST("SANDLOCK_DISABLE=fs_ioctl_dev,fs_truncate"), FROM_9(0)},
        {LIST("SANDLOCK_DISABLE=all"), ALWAYS(P | T | F | S | G | L | D | U)},
        {LIST("SANDLOCK_ALLOW_DEGRADED=all"), FROM_9(0)},
        {LIST("SANDLOCK_REQUIRE=fs_resolve_unix"), {REFUSED, U | L, U | L}},
        {LIST("SANDLOCK_REQUIRE=net_udp"), {REFUSED, REFUSED, U | L}},
        {LIST("SANDLOCK_DISABLE=net_tcp", "SANDLOCK_NET_ALLOW=udp://*"), FROM_9(T | F | S | L | D)},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
    for (int abi = 1; abi < 9; abi++)
        assert_int_equal(gates_of(LIST("SANDLOCK_ALLOW_DEGRADED=all"), abi), 0);
}

static void test_lists(void **state)
{
    const struct row rows[] = {
        {LIST("SANDLOCK_SECCOMP_ALLOW=@prlimit"), FROM_9(P)},
        {LIST("SANDLOCK_SECCOMP_ALLOW=@namespaces"),
         FROM_9(GATE_BIT(GATE_NAMESPACES) | GATE_BIT(GATE_CLONE3))},
        {LIST("SANDLOCK_SECCOMP_ALLOW=@sysv-ipc,@bpf"),
         FROM_9(GATE_BIT(GATE_SYSV_IPC) | GATE_BIT(GATE_BPF))},
        {LIST("SANDLOCK_SECCOMP=nested"), FROM_9(NESTED)},
        {LIST("SANDLOCK_SECCOMP=nested", "SANDLOCK_SECCOMP_DENY=@ptrace"),
         FROM_9(NESTED & ~GATE_BIT(GATE_PTRACE))},
        {LIST("SANDLOCK_SECCOMP=nested", "SANDLOCK_SECCOMP_ALLOW=@perf"),
         FROM_9(NESTED | GATE_BIT(GATE_PERF))},
        {LIST("SANDLOCK_SECCOMP_DENY=@tcp", "SANDLOCK_NET_ALLOW=443"), FROM_9(0)},
        {LIST("SANDLOCK_SECCOMP_DENY=@tcp,@fastopen", "SANDLOCK_DISABLE=net_tcp"), FROM_9(L)},
        {LIST("SANDLOCK_SECCOMP_DENY=@prlimit", "SANDLOCK_DISABLE=signal_scope"), FROM_9(0)},
        {LIST("SANDLOCK_SECCOMP_DENY=@udp,@icmp", "SANDLOCK_NET_ALLOW=udp://* icmp://*"),
         FROM_9(0)},
        {LIST("SANDLOCK_SECCOMP_DENY=listen", "SANDLOCK_NET_BIND=80"), FROM_9(T | L)},
        {LIST("SANDLOCK_SECCOMP_DENY=@listen", "SANDLOCK_NET_BIND=80"), {T, T | U, T | U}},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

/* listen is closed while no TCP port may be bound and the gate of UNIX sockets is closed, whoever
 * opened or closed that. */
static void test_listen_goes_with_unix(void **state)
{
    const struct row rows[] = {
        {LIST("SANDLOCK_SECCOMP_ALLOW=@unix"), ALWAYS(U | L)},
        {LIST("SANDLOCK_SECCOMP_DENY=@unix"), ALWAYS(0)},
        {LIST("SANDLOCK_SECCOMP_DENY=@unix", "SANDLOCK_NET_ALLOW=443"), ALWAYS(T)},
        {LIST("SANDLOCK_SECCOMP_DENY=@unix", "SANDLOCK_UNIX_CONNECT=*"), ALWAYS(0)},
        {LIST("SANDLOCK_SECCOMP_DENY=@unix", "SANDLOCK_NET_BIND=80"), ALWAYS(T | L)},
        {LIST("SANDLOCK_SECCOMP_DENY=@unix", "SANDLOCK_SECCOMP_ALLOW=@listen"), ALWAYS(L)},
        {LIST("SANDLOCK_SECCOMP_ALLOW=@unix", "SANDLOCK_SECCOMP_DENY=@listen"), ALWAYS(U)},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

/* 32-bit x86 has one gate for all sockets: open when all the others are. */
static void test_i386_sockets(void **state)
{
    char *const all = "SANDLOCK_SECCOMP_ALLOW=@families,@netlink,@raw,@stream,@tcp,@fastopen,@udp,"
                      "@icmp,@unix,@listen";
    const struct row rows[] = {
        {LIST(all), ALWAYS(SOCKETS | GATE_BIT(GATE_I386_SOCKETS))},
        {LIST(all, "SANDLOCK_SECCOMP=nested"),
         ALWAYS(SOCKETS | NESTED | GATE_BIT(GATE_I386_SOCKETS))},
        {LIST("SANDLOCK_SECCOMP_ALLOW=@families,@netlink,@raw", "SANDLOCK_NET_BIND=*",
              "SANDLOCK_NET_ALLOW=* icmp://*", "SANDLOCK_UNIX_CONNECT=*"),
         ALWAYS(SOCKETS | GATE_BIT(GATE_I386_SOCKETS))},
    };
    static const enum gate gates[] = {GATE_FAMILIES, GATE_NETLINK,  GATE_RAW, GATE_STREAM,
                                      GATE_TCP,      GATE_FASTOPEN, GATE_UDP, GATE_ICMP,
                                      GATE_UNIX,     GATE_LISTEN};
    (void)state;
    expect_rows(rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(gates); i++) {
        char allow[160] = "SANDLOCK_SECCOMP_ALLOW=", deny[48];
        for (size_t j = 0; j < COUNT(gates); j++)
            if (j != i)
                snprintf(allow + strlen(allow), sizeof allow - strlen(allow), "@%s,",
                         gate_rows[gates[j]].group);
        snprintf(deny, sizeof deny, "SANDLOCK_SECCOMP_DENY=@%s", gate_rows[gates[i]].group);
        gate_set group = GATE_BIT(gates[i]) | (gates[i] == GATE_STREAM ? G : 0);
        assert_int_equal(gates_of(LIST(allow, deny), 7), SOCKETS & ~group);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grants),       cmocka_unit_test(test_protections),
        cmocka_unit_test(test_lists),        cmocka_unit_test(test_listen_goes_with_unix),
        cmocka_unit_test(test_i386_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
