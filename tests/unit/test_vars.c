/* SPDX-License-Identifier: Apache-2.0 */
#include "../../env/vars.h"
#include "unit.h"

#define LIST(...) ((char *const[]){__VA_ARGS__, NULL})

static const struct span none = {NULL, 0};

static void expect_span(struct span got, const char *expected)
{
    if (expected == NULL)
        assert_null(got.at);
    else if (!span_equals(got, expected))
        fail_msg("expected \"%s\", got \"%.*s\"", expected, (int)got.len, got.at);
}

/* Environments that are wrong: what is said of which part of them. */
static void test_faults(void **state)
{
    const struct {
        char *const *env;
        const char *subject, *entry, *reason, *word;
    } rows[] = {
        {LIST("A=1"), NULL, NULL,
         "no policy is set; SANDLOCK_FS_READABLE=@base would be the start of one", NULL},
        {LIST("SANDLOCK_VERBOSE=1"), NULL, NULL,
         "no policy is set; SANDLOCK_FS_READABLE=@base would be the start of one", NULL},
        {LIST("SANDLOCK_FS_READABLE=", "SANDLOCK_UNKNOWN="), NULL, NULL,
         "no policy is set; SANDLOCK_FS_READABLE=@base would be the start of one", NULL},
        {LIST("SANDLOCK_FS_READBLE=/"), "SANDLOCK_FS_READBLE", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_FS_WRITEABLE=/"), "SANDLOCK_FS_WRITEABLE", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_WRITABLE"},
        {LIST("SANDLOCK_fs_readable=/"), "SANDLOCK_fs_readable", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_FS_READABLE =/"), "SANDLOCK_FS_READABLE ", NULL,
         "unknown variable: did you mean %?", "SANDLOCK_FS_READABLE"},
        {LIST("SANDLOCK_=/"), "SANDLOCK_", NULL, "unknown variable: did you mean %?", NULL},
        {LIST("SANDLOCK_FS_READABLE=/", "SANDLOCK_NET_ALLOW=443"), "SANDLOCK_NET_ALLOW", NULL,
         "unknown variable: did you mean %?", NULL},
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
        const char *reason = vars_read(rows[i].env, &policy, &fault);
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
    const char *reason = vars_read(env, &policy, &fault);
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

/* Each policy variable makes a policy by itself. */
static void test_what_makes_a_policy(void **state)
{
    (void)state;
    read_good(LIST("SANDLOCK_FS_WRITABLE=/tmp"));
    read_good(LIST("SANDLOCK_ALLOW_DEGRADED=all"));
    read_good(LIST("SANDLOCK_REQUIRE=net_tcp"));
    read_good(LIST("SANDLOCK_DISABLE=net_tcp"));
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
    for (const struct variable *v = variables; v->name != NULL; v++, len++) {
        assert_int_equal(strncmp(v->name, VARS_PREFIX, strlen(VARS_PREFIX)), 0);
        assert_true(*v->value != '\0' && *v->meaning != '\0');
        for (const struct variable *w = variables; w != v; w++)
            assert_true(strcmp(v->name, w->name) != 0 &&
                        (v->kind != w->kind || v->slot != w->slot));
    }
    assert_int_equal(len, 7);
    expect_span(variable_of_paths(PATH_READABLE), "SANDLOCK_FS_READABLE");
    expect_span(variable_of_paths(PATH_WRITABLE), "SANDLOCK_FS_WRITABLE");
    expect_span(variable_of_paths(PATH_EXECUTABLE), "SANDLOCK_FS_EXECUTABLE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_values_land_where_they_belong),
        cmocka_unit_test(test_empty_equals_unset),
        cmocka_unit_test(test_a_list_of_nothing_is_set),
        cmocka_unit_test(test_what_makes_a_policy),
        cmocka_unit_test(test_a_name_beats_all),
        cmocka_unit_test(test_disable_all_leaves_fs_refer),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
