/* SPDX-License-Identifier: Apache-2.0 */
/* What the shim says, in both faces alike: why it does not start, or what it enforced. */
#include "live.h"

#define READ "SANDLOCK_FS_READABLE="
#define GOOD READ "/"
#define NONE                                                                                       \
    "no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be one to "     \
    "start with"

/* Runs the probe under env in both faces and expects status and what goes to stderr. */
static void expect(const char *const env[], int status, const char *out, const char *err)
{
    struct outcome outcome;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, env, LIST("probe", "stat", "/"));
        live_expect(&outcome, status, out, err);
    }
}

static void expect_run(const char *const env[])
{
    expect(env, 0, "OK\n", "");
}

static void expect_fault(const char *const env[], const char *line)
{
    char err[1024];
    snprintf(err, sizeof err, "sandlock: %s\n", line);
    expect(env, 125, "", err);
}

static void test_no_policy(void **state)
{
    (void)state;
    expect_fault(LIST("A=1"), NONE);
    expect_fault(LIST("SANDLOCK_VERBOSE=1"), NONE); /* which says how, and not what */
    expect_fault(LIST("SANDLOCK_VERBOSE=0"), NONE);
    expect_fault(LIST("sandlock_fs_readable=/", "SANDLOCKFS_READABLE=/"), NONE);
    expect_run(LIST(GOOD));
}

static void test_empty_is_unset(void **state)
{
    (void)state;
    live_needs(6);
    expect_fault(LIST(READ), NONE);
    expect_fault(
        LIST(READ, "SANDLOCK_FS_WRITABLE=", "SANDLOCK_FS_EXECUTABLE=", "SANDLOCK_ALLOW_DEGRADED=",
             "SANDLOCK_REQUIRE=", "SANDLOCK_DISABLE=", "SANDLOCK_VERBOSE="),
        NONE);
    expect_run(LIST(GOOD,
                    "SANDLOCK_FS_WRITABLE=", "SANDLOCK_FS_EXECUTABLE=", "SANDLOCK_ALLOW_DEGRADED=",
                    "SANDLOCK_REQUIRE=", "SANDLOCK_DISABLE=", "SANDLOCK_VERBOSE="));
    expect_run(LIST(GOOD, "SANDLOCK_SERVICE_HOST="));
}

/* Which variables make a policy; one that grants nothing denies everything, the probe too. */
static void test_each_list_is_a_policy(void **state)
{
    static const char *const settings[] = {"SANDLOCK_FS_WRITABLE=/", "SANDLOCK_FS_EXECUTABLE=/"};
    static const char *const denying[] = {"SANDLOCK_DISABLE=net_tcp", "SANDLOCK_REQUIRE=net_tcp",
                                          "SANDLOCK_ALLOW_DEGRADED=net_tcp", READ "@none"};
    struct outcome outcome;
    (void)state;
    live_needs(6);
    for (size_t i = 0; i < 2; i++)
        expect_run(LIST(settings[i]));
    for (size_t i = 0; i < sizeof denying / sizeof *denying; i++) {
        live_run(&outcome, PROGRAM, LIST(denying[i]), LIST("/bin/true"));
        live_expect(&outcome, 126, "",
                    "sandlock: /bin/true: Permission denied: the policy lets nobody execute "
                    "/bin/true; add it to SANDLOCK_FS_READABLE\n");
    }
}

static void test_wrong_variables(void **state)
{
    static const struct {
        const char *setting, *line;
    } rows[] = {
        {"SANDLOCK_FS_READBLE=/usr",
         "SANDLOCK_FS_READBLE: unknown variable: did you mean SANDLOCK_FS_READABLE?"},
        {"SANDLOCK_VERBOS=1", "SANDLOCK_VERBOS: unknown variable: did you mean SANDLOCK_VERBOSE?"},
        {"SANDLOCK_Disable=x",
         "SANDLOCK_Disable: unknown variable: did you mean SANDLOCK_DISABLE?"},
        {"SANDLOCK_SERVICE_HOST=10.0.0.1",
         "SANDLOCK_SERVICE_HOST: made up by Kubernetes for a Service called sandlock; set "
         "enableServiceLinks: false"},
        {"SANDLOCK_PORT_80_TCP=tcp://10.0.0.1:80",
         "SANDLOCK_PORT_80_TCP: made up by Kubernetes for a Service called sandlock; set "
         "enableServiceLinks: false"},
        {READ "/usr", "SANDLOCK_FS_READABLE: stands in the environment twice"},
        {"SANDLOCK_VERBOSE=maybe",
         "SANDLOCK_VERBOSE: \"maybe\": neither 1 true yes on nor 0 false no off"},
        {"SANDLOCK_FS_WRITABLE=@base", "SANDLOCK_FS_WRITABLE: \"@base\": this preset may not stand "
                                       "in a list that grants writing"},
        {"SANDLOCK_FS_WRITABLE=@tmp:@temp",
         "SANDLOCK_FS_WRITABLE: \"@temp\": unknown preset: did you mean @tmp?"},
        {"SANDLOCK_FS_WRITABLE=tmp",
         "SANDLOCK_FS_WRITABLE: \"tmp\": neither a path nor a preset: did you mean ./tmp or @tmp?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_fault(LIST(GOOD, rows[i].setting), rows[i].line);
        expect_fault(LIST(GOOD, "A=1", rows[i].setting, "B=2"), rows[i].line);
    }
    expect_run(LIST(GOOD, "SANDLOCK_FS_WRITABLE=@tmp", "SANDLOCK_VERBOSE=no"));
}

static void test_wrong_protections(void **state)
{
    static const struct {
        const char *settings[2], *line;
    } rows[] = {
        {{"SANDLOCK_DISABLE=net_tcp,net_tpc", NULL},
         "SANDLOCK_DISABLE: \"net_tpc\": unknown protection: did you mean net_tcp?"},
        {{"SANDLOCK_REQUIRE=fs_truncat", NULL},
         "SANDLOCK_REQUIRE: \"fs_truncat\": unknown protection: did you mean fs_truncate?"},
        {{"SANDLOCK_ALLOW_DEGRADED=udp", NULL},
         "SANDLOCK_ALLOW_DEGRADED: \"udp\": unknown protection: did you mean net_udp?"},
        {{"SANDLOCK_DISABLE=net_tcp", "SANDLOCK_REQUIRE=signal_scope net_tcp"},
         "SANDLOCK_DISABLE: \"net_tcp\": stands in SANDLOCK_REQUIRE too; only one of the two can "
         "hold"},
        {{"SANDLOCK_REQUIRE=net-tcp", "SANDLOCK_ALLOW_DEGRADED=NET_TCP"},
         "SANDLOCK_REQUIRE: \"net_tcp\": stands in SANDLOCK_ALLOW_DEGRADED too; only one of the "
         "two "
         "can hold"},
        {{"SANDLOCK_DISABLE=all", "SANDLOCK_ALLOW_DEGRADED=all"},
         "SANDLOCK_DISABLE: \"all\": stands in SANDLOCK_ALLOW_DEGRADED too; only one of the two "
         "can "
         "hold"},
        {{"SANDLOCK_DISABLE=fs_refer", NULL},
         "SANDLOCK_DISABLE: \"fs_refer\": cannot be disabled: the kernel denies it unasked"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_fault(LIST(GOOD, rows[i].settings[0], rows[i].settings[1]), rows[i].line);
    expect_run(LIST(GOOD, "SANDLOCK_DISABLE=net_tcp", "SANDLOCK_ALLOW_DEGRADED=fs_refer"));
}

/* The message ends with the setting that lets the program run; where this kernel lacks nothing, it
 * runs without. */
static void test_required_but_missing(void **state)
{
    const char *lacks =
        live_abi() >= 9 ? "net_udp (ABI 10)" : "fs_resolve_unix (ABI 9), net_udp (ABI 10)";
    const char *degraded = live_abi() >= 9 ? "net_udp" : "fs_resolve_unix,net_udp";
    char line[512], setting[128];
    (void)state;
    live_needs(6);
    snprintf(setting, sizeof setting, "SANDLOCK_ALLOW_DEGRADED=%s", degraded);
    expect_run(LIST(GOOD, setting));
    if (live_abi() >= 10) {
        expect_run(LIST(GOOD, "SANDLOCK_REQUIRE=net_udp"));
        expect_run(LIST(GOOD, "SANDLOCK_REQUIRE=all"));
        return;
    }
    snprintf(line, sizeof line,
             "this kernel has Landlock ABI %d, which lacks net_udp (ABI 10); to run without, take "
             "net_udp out of SANDLOCK_REQUIRE and set SANDLOCK_ALLOW_DEGRADED=net_udp",
             live_abi());
    expect_fault(LIST(GOOD, "SANDLOCK_REQUIRE=net_udp"), line);
    expect_run(LIST(GOOD, "SANDLOCK_ALLOW_DEGRADED=net_udp"));
    snprintf(line, sizeof line,
             "this kernel has Landlock ABI %d, which lacks %s; to run without, set %s", live_abi(),
             lacks, setting);
    expect_fault(LIST(GOOD, "SANDLOCK_REQUIRE=all"), line);
    expect_run(LIST(GOOD, "SANDLOCK_REQUIRE=all", setting));
}

/* Expects of SANDLOCK_VERBOSE one line, with these rules and disabled protections. */
/* What the line of SANDLOCK_VERBOSE ends with: some gates are open. */
static const char *filter(unsigned open)
{
    static char text[64];
    snprintf(text, sizeof text, "seccomp=default action=errno open=%u", open);
    return live_filter() ? text : "seccomp=off action=- open=-";
}

static void expect_verbose(const char *setting, const char *verbose, const char *rest)
{
    char line[512];
    int abi = live_abi() < 11 ? live_abi() : 11;
    snprintf(line, sizeof line, "sandlock: enforced: abi=%d %s %s\n", abi, rest,
             filter(abi >= 9 ? 2 : 0)); /* @unix and @listen */
    assert_true(strlen(line) < 200);
    expect(LIST(setting, verbose), 0, "OK\n", line);
}

static void test_verbose(void **state)
{
    const char *degraded = live_abi() >= 10  ? "-"
                           : live_abi() == 9 ? "net_udp"
                                             : "fs_resolve_unix,net_udp";
    static const char *const yes[] = {"1", "true", "yes", "on", "TRUE", "On"};
    char verbose[64], rest[200];
    (void)state;
    live_needs(6);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        snprintf(verbose, sizeof verbose, "SANDLOCK_VERBOSE=%s", yes[i]);
        snprintf(rest, sizeof rest, "rules=1 ports=0 degraded=%s disabled=-", degraded);
        expect_verbose(GOOD, verbose, rest);
    }
    snprintf(rest, sizeof rest, "rules=2 ports=0 degraded=%s disabled=-", degraded);
    expect_verbose(READ "/usr:/:-/no/where:@none", "SANDLOCK_VERBOSE=1", rest);
}

static void test_verbose_with_everything_disabled(void **state)
{
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(GOOD, "SANDLOCK_DISABLE=all", "SANDLOCK_VERBOSE=1"),
                 LIST("probe", "stat", "/"));
        char line[512];
        /* seven of them are more than the line has room for: their number */
        snprintf(line, sizeof line,
                 "sandlock: enforced: abi=%d rules=1 ports=0 degraded=0 disabled=7 %s\n",
                 live_abi() < 11 ? live_abi() : 11, filter(8));
        live_expect(&outcome, 0, "OK\n", line);
        assert_true(strlen(outcome.err) < 200);
    }
}

static void test_verbose_without_a_filter(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    live_run(&outcome, PROGRAM,
             LIST(GOOD, "SANDLOCK_VERBOSE=1", live_filter() ? "SANDLOCK_SECCOMP=off" : "A=1"),
             LIST("probe", "stat", "/"));
    live_expect(&outcome, 0, "OK\n", NULL);
    if (strstr(outcome.err, " seccomp=off action=- open=-\n") == NULL)
        fail_msg("%s", outcome.err);
}

static void test_silent_otherwise(void **state)
{
    static const char *const no[] = {"0", "false", "no", "off", "False", "OFF", ""};
    char verbose[64];
    (void)state;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        snprintf(verbose, sizeof verbose, "SANDLOCK_VERBOSE=%s", no[i]);
        expect_run(LIST(GOOD, verbose));
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_policy),
        TEST(test_empty_is_unset),
        TEST(test_each_list_is_a_policy),
        TEST(test_wrong_variables),
        TEST(test_wrong_protections),
        TEST(test_required_but_missing),
        TEST(test_verbose),
        TEST(test_verbose_with_everything_disabled),
        TEST(test_verbose_without_a_filter),
        TEST(test_silent_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
