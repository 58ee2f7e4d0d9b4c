/* SPDX-License-Identifier: Apache-2.0 */
/* --check: what it says of this kernel, and of what is in force around it. */
#include "explained.h"

#define ALL    "SANDLOCK_FS_WRITABLE=/"
#define POLICY "SANDLOCK_FS_READABLE=@base"

static void check_in(struct outcome *outcome, enum face face, const char *const env[])
{
    live_run(outcome, face, env, LIST(SHIM, "--check"));
}

static void expect_line(const struct outcome *outcome, const char *line)
{
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", live_expand(line));
    if (strstr(outcome->out, whole) == NULL)
        fail_msg("no line \"%s\" in:\n%s", line, outcome->out);
}

static void test_this_kernel(void **state)
{
    struct outcome outcome;
    char line[160];
    (void)state;
    live_needs(6);
    check_in(&outcome, BARE, LIST("A=1"));
    live_expect(&outcome, live_abi() >= 6 ? 0 : 1, NULL, "");
    for (size_t i = 0; i < PROTECTIONS; i++) {
        const char *there = live_abi() >= protections[i].abi ? "enforced"
                            : protections[i].abi <= 6        ? "missing, and required"
                                                             : "missing";
        snprintf(line, sizeof line, "  %s %s since ABI %d %s", protections[i].name, there,
                 protections[i].abi, protections[i].about);
        expect_line(&outcome, line);
    }
    snprintf(line, sizeof line, "\n  ABI %d\n  fixed errata: ", live_abi());
    assert_non_null(strstr(outcome.out, line));
    assert_non_null(strstr(outcome.out, " of 16\n"));
    if (live_abi() >= 6)
        expect_line(&outcome, "  yes: " POLICY " can be enforced here");
}

/* The variables of the environment are not what is checked. */
static void test_policy_is_none_of_its_business(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    check_in(&outcome, BARE, LIST("SANDLOCK_FS_READABLE=/no/where", "SANDLOCK_NO_SUCH=1"));
    live_expect(&outcome, 0, NULL, "");
    expect_line(&outcome, "  yes: " POLICY " can be enforced here");
}

static void test_what_is_in_force(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    check_in(&outcome, BARE, LIST("A=1"));
    assert_non_null(strstr(outcome.out, "none is in force; for "));
    assert_non_null(strstr(outcome.out, " layers in force: 0 of 16\n"));
    check_in(&outcome, PROGRAM, LIST(ALL, "SANDLOCK_SECCOMP=off"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "none is in force; for "));
    assert_non_null(strstr(outcome.out, " layers in force: 1 of 16\n"));
    check_in(&outcome, PROGRAM, LIST(ALL));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "another one is in force already; for "));
    assert_non_null(strstr(outcome.out, " layers in force: 1 of 16\n"));
}

/* Asks from within so many layers. */
static void check_within(struct outcome *outcome, unsigned layers)
{
    char count[16];
    snprintf(count, sizeof count, "%u", layers);
    live_write("%/nest",
               "case $1 in\n"
               "0) exec " SHIM " --check ;;\n"
               "*) exec env " ALL " SANDLOCK_SECCOMP=off " SHIM " sh \"$0\" $(($1 - 1)) ;;\n"
               "esac\n",
               0644);
    live_run(outcome, BARE, LIST("A=1"), LIST("sh", "%/nest", count));
}

static void test_last_layers(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    check_within(&outcome, 15);
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, " layers in force: 15 of 16\n"));
    check_within(&outcome, 16);
    live_expect(&outcome, 1, NULL, "");
    assert_non_null(strstr(outcome.out, " layers in force: 16 of 16\n"));
    unwrap(outcome.out);
    assert_non_null(strstr(outcome.out, "16 Landlock layers are in use already"));
}

/* An outer filter that does not know Landlock, or lets nobody install another: it says so, and does
 * not when it denies something else. */
static void test_blocked_from_outside(void **state)
{
    static const struct {
        const char *denied, *words;
    } rows[] = {
        {"landlock_create_ruleset", "landlock_create_ruleset: Operation not permitted: blocked by"},
        {"landlock_restrict_self", "landlock_restrict_self: Operation not permitted: blocked by"},
        {"seccomp", "seccomp: Operation not permitted: blocked by an outer seccomp filter"},
    };
    struct outcome outcome;
    char deny[80];
    (void)state;
    live_needs(6);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(deny, sizeof deny, "SANDLOCK_SECCOMP_DENY=%s", rows[i].denied);
        check_in(&outcome, PROGRAM, LIST(ALL, deny));
        live_expect(&outcome, 1, NULL, "");
        unwrap(outcome.out);
        if (strstr(outcome.out, rows[i].words) == NULL)
            fail_msg("%s: not in:\n%s", rows[i].words, outcome.out);
    }
    check_in(&outcome, PROGRAM, LIST(ALL, "SANDLOCK_SECCOMP_DENY=chmod"));
    live_expect(&outcome, 0, NULL, "");
}

static void test_json(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    live_run(&outcome, BARE, LIST("A=1"), LIST(SHIM, "--check=json"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "\"starts\":true"));
    assert_non_null(strstr(outcome.out, "\"layers\":0,\"layers_max\":16"));
    live_run(&outcome, PROGRAM, LIST(ALL, "SANDLOCK_SECCOMP_DENY=seccomp"),
             LIST(SHIM, "--check=json"));
    live_expect(&outcome, 1, NULL, "");
    assert_non_null(strstr(outcome.out, "\"starts\":false"));
    assert_non_null(strstr(outcome.out, "\"in_force\":true"));
}

static void test_wrong(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST("A=1"), LIST(SHIM, "--check", "true"));
    live_expect(&outcome, 125, "",
                "sandlock: \"true\": an argument that this option does not take\n");
    live_run(&outcome, BARE, LIST("A=1"), LIST(SHIM, "--check=xml"));
    live_expect(&outcome, 125, "", "sandlock: \"--check=xml\": unknown option; see --help\n");
    live_run(&outcome, BARE, LIST("A=1"), LIST("sh", "-c", "exec " SHIM " --check >/dev/full"));
    live_expect(&outcome, 125, "", "sandlock: standard output: No space left on device\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_this_kernel),
        TEST(test_policy_is_none_of_its_business),
        TEST(test_what_is_in_force),
        TEST(test_last_layers),
        TEST(test_blocked_from_outside),
        TEST(test_json),
        TEST(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
