/* SPDX-License-Identifier: Apache-2.0 */
#include "../../env/fields.h"
#include "../../env/listen.h"
#include "../../env/net.h"
#include "../../env/value.h"
#include "../../env/vars.h"
#include "read.h"
#include "unit.h"

#define LIST(...) ((char *const[]){__VA_ARGS__, NULL})

static const struct span none = {NULL, 0};

static struct port_bits bits[NET_ACCESSES];

/* Environments that are wrong: what is said of which part of them. */
static void test_faults(void **state)
{
    const struct {
        char *const *env;
        const char *subject, *entry, *reason, *word;
    } rows[] = {
        {LIST("SANDLOCK_FS_READBLE=/"), "SANDLOCK_FS_READBLE", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_FS_WRITEABLE=/"), "SANDLOCK_FS_WRITEABLE", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_WRITABLE"},
        {LIST("SANDLOCK_fs_readable=/"), "SANDLOCK_fs_readable", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_FS_READABLE =/"), "SANDLOCK_FS_READABLE ", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_=/"), "SANDLOCK_", NULL, "unknown variable: did you mean %?", NULL},
        {LIST("SANDLOCK_FS_READABLE"), "SANDLOCK_FS_READABLE", NULL,
         "stands in the environment without '='", NULL},
        {LIST("SANDLOCK_FS_READABLE=/", "SANDLOCK_FS_READABLE=/"), "SANDLOCK_FS_READABLE", NULL,
         "stands in the environment twice", NULL},
        {LIST("SANDLOCK_FS_READABLE=", "SANDLOCK_FS_READABLE=/"), "SANDLOCK_FS_READABLE", NULL,
         "stands in the environment twice", NULL},
        {LIST("SANDLOCK_SERVICE_HOST=10.0.0.1"), "SANDLOCK_SERVICE_HOST", NULL,
         "made up by Kubernetes for a Service called sandlock; set enableServiceLinks: false",
         NULL},
        {LIST("SANDLOCK_PORT_80_TCP=tcp://10.0.0.1:80"), "SANDLOCK_PORT_80_TCP", NULL,
         "made up by Kubernetes for a Service called sandlock; set enableServiceLinks: false",
         NULL},
        {LIST("SANDLOCK_FS_READABLE=/", "SANDLOCK_KEEP_FDS=3"), "SANDLOCK_KEEP_FDS", NULL,
         "all are kept where SANDLOCK_CLOSE_FDS=1 is not set", NULL},
        {LIST("SANDLOCK_KEEP_FDS=3-x", "SANDLOCK_CLOSE_FDS=1"), "SANDLOCK_KEEP_FDS", "3-x",
         "neither a descriptor such as 3 nor a range such as 7-9", NULL},
        {LIST("SANDLOCK_NET_ALLOW=443 host:80"), "SANDLOCK_NET_ALLOW", "host:80",
         "a rule in the process sees ports, not hosts: write :%", "80"},
        {LIST("SANDLOCK_HTTP_PORTS=80,0"), "SANDLOCK_HTTP_PORTS", "0",
         "nobody can connect to port 0", NULL},
        {LIST("SANDLOCK_GPU_DEVICES=all,0"), "SANDLOCK_GPU_DEVICES", "all",
         "neither 'all' alone nor the number of a GPU (0 to 255)", NULL},
        {LIST("SANDLOCK_CHROOT=srv"), "SANDLOCK_CHROOT", "srv",
         "a path starts with '/', './' or '../'", NULL},
        {LIST("SANDLOCK_UNIX_CONNECT=*:/run"), "SANDLOCK_UNIX_CONNECT", "*",
         "neither a path nor a preset: did you mean ./% or /%?", "*"},
        {LIST("SANDLOCK_VERBOSE=1", "SANDLOCK_FS_READBLE=/"), "SANDLOCK_FS_READBLE", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_FS_DENIED=/etc"), "SANDLOCK_FS_DENIED", NULL,
         "all is denied that is not granted, and no grant can be taken back in part: grant what "
         "lies"
         " beside it",
         NULL},
        {LIST("SANDLOCK_MAX_MEMORY=1G"), "SANDLOCK_MAX_MEMORY", NULL,
         "limits of resources are set by prlimit(1), ulimit or a cgroup", NULL},
        {LIST("SANDLOCK_HTTP_ALLOW=GET *"), "SANDLOCK_HTTP_ALLOW", NULL,
         "reading requests needs a supervisor, which sandlock has and the shim does without", NULL},
        {LIST("SANDLOCK_FS_READABLE=/usr:etc"), "SANDLOCK_FS_READABLE", "etc",
         "neither a path nor a preset: did you mean ./% or /%?", "etc"},
        {LIST("SANDLOCK_FS_WRITABLE=/x:@system"), "SANDLOCK_FS_WRITABLE", "@system",
         "this preset may not stand in a list that grants writing", NULL},
        {LIST("SANDLOCK_VERBOSE=maybe"), "SANDLOCK_VERBOSE", "maybe",
         "neither 1 true yes on nor 0 false no off", NULL},
        {LIST("SANDLOCK_REQUIRE=tcp"), "SANDLOCK_REQUIRE", "tcp",
         "unknown protection: did you mean %?", "net_tcp"},
        {LIST("SANDLOCK_DISABLE=fs_refer"), "SANDLOCK_DISABLE", "fs_refer",
         "cannot be disabled: the kernel denies it unasked", NULL},
        {LIST("SANDLOCK_DISABLE=fs-refer,all"), "SANDLOCK_DISABLE", "fs_refer",
         "cannot be disabled: the kernel denies it unasked", NULL},
        {LIST("SANDLOCK_REQUIRE=net_tcp", "SANDLOCK_DISABLE=NET-TCP"), "SANDLOCK_DISABLE",
         "net_tcp", "stands in % too; only one of the two can hold", "SANDLOCK_REQUIRE"},
        {LIST("SANDLOCK_ALLOW_DEGRADED=net_udp", "SANDLOCK_REQUIRE=net_udp"), "SANDLOCK_REQUIRE",
         "net_udp", "stands in % too; only one of the two can hold", "SANDLOCK_ALLOW_DEGRADED"},
        {LIST("SANDLOCK_ALLOW_DEGRADED=all", "SANDLOCK_DISABLE=all"), "SANDLOCK_DISABLE", "all",
         "stands in % too; only one of the two can hold", "SANDLOCK_ALLOW_DEGRADED"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct policy policy, untouched;
        struct fault fault;
        memset(&policy, 0x55, sizeof policy);
        untouched = policy;
        const char *reason = policy_read(rows[i].env, NULL, &policy, bits, &fault);
        if (reason == NULL || strcmp(reason, rows[i].reason) != 0)
            fail_msg("row %zu: expected %s, got %s", i, rows[i].reason, reason);
        assert_ptr_equal(reason, fault.reason);
        assert_int_equal(fault.error, 0);
        expect_span(fault.subject, rows[i].subject);
        expect_span(fault.entry, rows[i].entry);
        if (rows[i].word != NULL)
            expect_span(fault.word, rows[i].word);
        assert_memory_equal(&policy, &untouched, sizeof policy);
    }
}

static struct policy read_good(char *const env[])
{
    struct policy policy;
    struct fault fault;
    const char *reason = policy_read(env, NULL, &policy, bits, &fault);
    if (reason != NULL)
        fail_msg("%s", reason);
    return policy;
}

static void test_values_land_where_they_belong(void **state)
{
    (void)state;
    struct policy policy = read_good(
        LIST("PATH=/bin", "SANDLOCK_FS_READABLE=/r", "", "SANDLOCK_FS_WRITABLE=/w:/x", "=",
             "SANDLOCK_FS_EXECUTABLE=@none", "SANDLOCK_VERBOSE=yes", "SANDLOCK=ignored"));
    expect_span(policy.paths[PATH_READABLE], "/r");
    expect_span(policy.paths[PATH_WRITABLE], "/w:/x");
    expect_span(policy.paths[PATH_EXECUTABLE], "@none");
    assert_true(policy.knobs[KNOB_VERBOSE]);
    for (unsigned p = 0; p < PROTECTIONS; p++)
        assert_int_equal(policy.wishes[p], WISH_DEFAULT);
}

static void test_empty_equals_unset(void **state)
{
    (void)state;
    struct policy policy = read_good(LIST(
        "SANDLOCK_FS_READABLE=/r", "SANDLOCK_FS_WRITABLE=", "SANDLOCK_FS_EXECUTABLE=",
        "SANDLOCK_VERBOSE=", "SANDLOCK_DISABLE=", "SANDLOCK_NET_ALLOW=", "SANDLOCK_SERVICE_HOST="));
    assert_ptr_equal(policy.paths[PATH_WRITABLE].at, none.at);
    assert_ptr_equal(policy.paths[PATH_EXECUTABLE].at, none.at);
    assert_false(policy.knobs[KNOB_VERBOSE]);
}

/* A list of nothing is not empty: it was set, and it narrows what it narrows. */
static void test_a_list_of_nothing_is_set(void **state)
{
    (void)state;
    struct policy policy = read_good(LIST("SANDLOCK_FS_EXECUTABLE=:"));
    assert_non_null(policy.paths[PATH_EXECUTABLE].at);
}

static void test_the_rest_of_the_vocabulary(void **state)
{
    (void)state;
    struct policy policy = read_good(LIST(
        "SANDLOCK_UNIX_CONNECT=/run:@tmp", "SANDLOCK_GPU_DEVICES=0,2", "SANDLOCK_CHROOT=/srv",
        "SANDLOCK_CLOSE_FDS=1", "SANDLOCK_KEEP_FDS=3,7-9", "SANDLOCK_NO_COREDUMP=on",
        "SANDLOCK_NET_ALLOW=443 icmp://*", "SANDLOCK_NET_BIND=udp://*", "SANDLOCK_HTTP_PORTS=80"));
    expect_span(policy.paths[PATH_UNIX], "/run:@tmp");
    assert_false(policy.unix_all);
    expect_span(policy.gpus, "0,2");
    expect_span(policy.chroot, "/srv");
    expect_span(policy.keep_fds, "3,7-9");
    assert_true(policy.knobs[KNOB_CLOSE_FDS] && policy.knobs[KNOB_NO_COREDUMP]);
    assert_int_equal(policy.net.some, NET_BIT(CONNECT_TCP));
    assert_int_equal(policy.net.all, NET_BIT(BIND_UDP));
    assert_true(policy.net.icmp);
    assert_int_equal(net_next(&policy.net, 0), 80);
    assert_int_equal(net_next(&policy.net, 81), 443);
    assert_int_equal(net_next(&policy.net, 444), PORTS);
}

static void test_unix_wildcard(void **state)
{
    (void)state;
    struct policy policy = read_good(LIST("SANDLOCK_UNIX_CONNECT=*"));
    assert_true(policy.unix_all);
    assert_null(policy.paths[PATH_UNIX].at);
}

static void test_socket_activation(void **state)
{
    const struct {
        char *const *env;
        unsigned fds; /* for process 7 */
    } rows[] = {
        {LIST("LISTEN_PID=7", "LISTEN_FDS=2"), 2},
        {LIST("LISTEN_FDS=2", "LISTEN_PID=7"), 2},
        {LIST("LISTEN_PID=8", "LISTEN_FDS=2"), 0},
        {LIST("LISTEN_FDS=2"), 0},
        {LIST("LISTEN_PID=7"), 0},
        {LIST("LISTEN_PID=7", "LISTEN_FDS="), 0},
        {LIST("LISTEN_PID=7", "LISTEN_FDS=-1"), 0},
        {LIST("LISTEN_PID=7", "LISTEN_FDS=2x"), 0},
        {LIST("LISTEN_PID=7", "LISTEN_FDS=1-2"), 0},
        {LIST("XLISTEN_PID=7", "LISTEN_FDS=2"), 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(listen_fds(rows[i].env, 7), rows[i].fds);
}

/* Every field that is not offered is told why, and none of them is a variable. */
static void test_fields_not_offered(void **state)
{
    (void)state;
    for (const char *f = fields_not_offered; *f != '\0'; f = field_next(f)) {
        struct span rest = span_of(f), word;
        while (word_next(&rest, &word)) {
            char string[80], name[64];
            struct policy policy;
            struct fault fault;
            snprintf(name, sizeof name, VARS_PREFIX "%.*s", (int)word.len, word.at);
            snprintf(string, sizeof string, "%s=x", name);
            assert_string_equal(policy_read(LIST(string), NULL, &policy, bits, &fault),
                                field_reason_of(f));
            for (const struct variable *v = variables; *v->name != '\0'; v++)
                assert_string_not_equal(name, v->name);
        }
    }
}

static void test_a_name_beats_all(void **state)
{
    (void)state;
    struct policy policy = read_good(LIST("SANDLOCK_ALLOW_DEGRADED=all", "SANDLOCK_REQUIRE=net_tcp",
                                          "SANDLOCK_DISABLE=net-udp"));
    for (unsigned p = 0; p < PROTECTIONS; p++)
        assert_int_equal(policy.wishes[p], p == NET_TCP   ? WISH_REQUIRED
                                           : p == NET_UDP ? WISH_DISABLED
                                                          : WISH_DEGRADED);
}

/* "all" disables all that can be; fs_refer then stays as it is by default. */
static void test_disable_all_leaves_fs_refer(void **state)
{
    (void)state;
    struct policy policy = read_good(LIST("SANDLOCK_DISABLE=all"));
    for (unsigned p = 0; p < PROTECTIONS; p++)
        assert_int_equal(policy.wishes[p], p == FS_REFER ? WISH_DEFAULT : WISH_DISABLED);
}

/* The table is what help and messages are made of. */
static void test_table(void **state)
{
    size_t len = 0;
    (void)state;
    for (const struct variable *v = variables; *v->name != '\0'; v++, len++) {
        assert_int_equal(strncmp(v->name, VARS_PREFIX, strlen(VARS_PREFIX)), 0);
        assert_true(*v->value != '\0' && *v->meaning != '\0');
        for (const struct variable *w = variables; w != v; w++)
            assert_true(strcmp(v->name, w->name) != 0 &&
                        (v->kind != w->kind || v->slot != w->slot));
    }
    assert_int_equal(len, VARIABLES);
    expect_span(variable_name(KIND_PATHS, PATH_READABLE), "SANDLOCK_FS_READABLE");
    expect_span(variable_name(KIND_PATHS, PATH_WRITABLE), "SANDLOCK_FS_WRITABLE");
    expect_span(variable_name(KIND_PATHS, PATH_EXECUTABLE), "SANDLOCK_FS_EXECUTABLE");
    expect_span(variable_name(KIND_PATHS, PATH_UNIX), "SANDLOCK_UNIX_CONNECT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_values_land_where_they_belong),
        cmocka_unit_test(test_empty_equals_unset),
        cmocka_unit_test(test_a_list_of_nothing_is_set),
        cmocka_unit_test(test_the_rest_of_the_vocabulary),
        cmocka_unit_test(test_unix_wildcard),
        cmocka_unit_test(test_socket_activation),
        cmocka_unit_test(test_fields_not_offered),
        cmocka_unit_test(test_a_name_beats_all),
        cmocka_unit_test(test_disable_all_leaves_fs_refer),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
