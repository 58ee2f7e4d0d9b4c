/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mark, live: who is confined already is not confined twice, and runs without a policy; who is
 * not, or by another policy, is confined.
 */
#include "live.h"

#include <unistd.h>

#define SHIM  "&/libsandlock_shim.so"
#define READ  "SANDLOCK_FS_READABLE="
#define IN    READ "@system:&:%/in"
#define BOTH  READ "@system:&:%/in:%/out"
#define KEEP  "SANDLOCK_KEEP_ENV=1"
#define SAY   "SANDLOCK_VERBOSE=1"
#define OFF   "SANDLOCK_SECCOMP=off"
#define ON    "SANDLOCK_SECCOMP=default"
#define AGAIN "sandlock: enforced: already\n"
#define NO_POLICY                                                                                  \
    "sandlock: no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be "  \
    "one to start with\n"

static void expect(enum face face, const char *const env[], const char *const argv[], int status,
                   const char *out, const char *err)
{
    struct outcome outcome;
    live_run(&outcome, face, env, argv);
    live_expect(&outcome, status, out, err);
}

/* Reads the granted and the other file by way of a program, if of any. */
static void expect_reads(enum face face, const char *const env[], const char *before,
                         const char *other)
{
    expect(face, env, LIST("sh", "-c", "exec $0 &/probe read %/in/file", before), 0, "OK\n", "");
    expect(face, env, LIST("sh", "-c", "exec $0 &/probe read %/out/file", before), 0, other, "");
}

/* There are two copies in the process then, of which the second finds no policy any more. */
static void test_preloaded_into_itself(void **state)
{
    const char *const preload = "LD_PRELOAD=" SHIM;
    (void)state;
    expect(BARE, LIST(IN, ON, preload), LIST(SHIM, "&/probe", "read", "%/in/file"), 0, "OK\n", "");
    expect(BARE, LIST(IN, ON, preload), LIST(SHIM, "&/probe", "read", "%/out/file"), 0, "EACCES\n",
           "");
    expect(BARE, LIST(BOTH, ON, preload), LIST(SHIM, "&/probe", "read", "%/out/file"), 0, "OK\n",
           "");
    /* Without a filter nothing tells that it is confined; musl sees that it is one file, loaded
     * once. */
    if (live_musl("libsandlock_shim.so")) {
        expect(BARE, LIST(IN, OFF, preload), LIST(SHIM, "&/probe", "read", "%/out/file"), 0,
               "EACCES\n", "");
        return;
    }
    expect(BARE, LIST(IN, OFF, preload), LIST(SHIM, "&/probe", "read", "%/in/file"), 125, "",
           NO_POLICY);
}

static void test_two_copies_in_one_process(void **state)
{
    const char *const preload = "LD_PRELOAD=" SHIM ":%/copy.so";
    (void)state;
    expect(BARE, NULL, LIST("cp", SHIM, "%/copy.so"), 0, "", "");
    expect(BARE, LIST(IN, ON, preload), LIST("probe", "read", "%/in/file"), 0, "OK\n", "");
    expect(BARE, LIST(IN, ON, preload), LIST("probe", "read", "%/out/file"), 0, "EACCES\n", "");
    expect(BARE, LIST(IN, OFF, preload), LIST("probe", "read", "%/in/file"), 125, "", NO_POLICY);
}

/* A program that is linked with the shim, from inside and from outside, without a policy. */
static void test_linked_program_is_started_inside(void **state)
{
    const char *const run[] = {"sh", "-c", "exec &/needed-patched read %/in/file", NULL};
    const char *const other[] = {"sh", "-c", "exec &/needed-patched read %/out/file", NULL};
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        expect(face, LIST(IN, ON), run, 0, "OK\n", "");
        expect(face, LIST(IN, ON), other, 0, "EACCES\n", "");
        expect(face, LIST(IN, OFF), run, 125, "", NO_POLICY);
    }
    expect(BARE, LIST("A=1"), run, 125, "", NO_POLICY);
}

/* One with another policy is confined by both. */
static void test_another_policy_is_enforced_on_top(void **state)
{
    (void)state;
    live_needs(6);
    expect_reads(PROGRAM, LIST(BOTH, ON), "", "OK\n");
    expect_reads(PROGRAM, LIST(BOTH, ON), "env SANDLOCK_FS_READABLE=/usr:/lib:-/lib64:&:%/in " SHIM,
                 "EACCES\n");
    /* A wider one opens nothing. */
    expect_reads(PROGRAM, LIST(IN, ON), "env SANDLOCK_FS_READABLE=/ " SHIM, "EACCES\n");
}

static void test_kept_environment(void **state)
{
    const char *const show[] = {"sh", "-c", "env | grep -c -e ^SANDLOCK_ -e ^LD_PRELOAD=", NULL};
    (void)state;
    live_needs(6);
    expect(PRELOAD, LIST(IN, ON, KEEP), show, 0, "4\n", "");
    expect(PRELOAD, LIST(IN, ON, "SANDLOCK_KEEP_ENV=0"), show, 1, "0\n", "");
    expect(PROGRAM, LIST(IN, ON, KEEP), show, 0, "3\n", "");
    expect(PROGRAM, LIST(IN, ON), show, 1, "0\n", "");
}

/* Each process says so, the first by its own policy and the others that there is nothing to do. */
static void test_kept_environment_confines_once(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, PRELOAD, LIST(IN, ON, KEEP, SAY),
             LIST("sh", "-c", "exec sh -c 'exec &/probe read %/out/file'"));
    char *first = strchr(outcome.err, '\n');
    assert_non_null(first);
    assert_string_equal(first + 1, AGAIN AGAIN);
    *first = '\0';
    assert_non_null(strstr(outcome.err, "sandlock: enforced: abi="));
    assert_string_equal(outcome.out, "EACCES\n");
    assert_int_equal(outcome.status, 0);
}

/* As long a chain as one likes, where a layer for each would end at 16. */
static void test_chain_of_executions_adds_no_layers(void **state)
{
    static const char same[] = "if [ $1 = 0 ]; then exec &/probe read %/out/file; fi; "
                               "exec sh -c \"$0\" \"$0\" $(($1 - 1))";
    static const char other[] = "SANDLOCK_FS_READABLE=$SANDLOCK_FS_READABLE:/usr; "
                                "if [ $1 = 0 ]; then exec &/probe read %/out/file; fi; "
                                "exec sh -c \"$0\" \"$0\" $(($1 - 1))";
    (void)state;
    expect(PRELOAD, LIST(IN, ON, KEEP), LIST("sh", "-c", same, same, "40"), 0, "EACCES\n", "");
    expect(PRELOAD, LIST(IN, ON, KEEP), LIST("sh", "-c", other, other, "4"), 0, "EACCES\n", "");
    expect(PRELOAD, LIST(IN, ON, KEEP), LIST("sh", "-c", other, other, "40"), 125, "",
           "sandlock: landlock_restrict_self: Argument list too long: 16 Landlock layers are in use"
           " already\n");
}

/* What the process asks for itself is done all the same. */
static void test_knobs_apply_where_the_policy_does_already(void **state)
{
    static const char run[] = "exec 7</dev/null; exec sh -c '[ -e /proc/self/fd/7 ]; echo $?'";
    (void)state;
    expect(PRELOAD, LIST(IN ":@proc:/dev", ON, KEEP, "SANDLOCK_CLOSE_FDS=1"), LIST("sh", "-c", run),
           0, "1\n", "");
    expect(PRELOAD, LIST(IN ":@proc:/dev", ON, KEEP), LIST("sh", "-c", run), 0, "0\n", "");
}

/* A path that is seen from the working directory is another path from another one. */
static void test_relative_paths_are_those_of_their_directory(void **state)
{
    static const char run[] = "cd $0; exec &/probe read %/out/file";
    struct outcome outcome;
    const char *const env[] = {READ "@system:&:./in:%/out", ON, KEEP, SAY, NULL};
    (void)state;
    expect(BARE, NULL, LIST("mkdir", "%/out/in"), 0, "", "");
    live_run(&outcome, BARE, env,
             LIST("sh", "-c", "cd %; LD_PRELOAD=" SHIM " exec sh -c \"$0\" %", run));
    assert_non_null(strstr(outcome.err, AGAIN));
    assert_string_equal(outcome.out, "OK\n");
    live_run(&outcome, BARE, env,
             LIST("sh", "-c", "cd %; LD_PRELOAD=" SHIM " exec sh -c \"$0\" %/out", run));
    assert_null(strstr(outcome.err, AGAIN));
    assert_string_equal(outcome.out, "OK\n");
    /* Nor is it another where no path is. */
    live_run(&outcome, BARE, LIST(BOTH, ON, KEEP, SAY),
             LIST("sh", "-c", "cd %; LD_PRELOAD=" SHIM " exec sh -c \"$0\" %/out", run));
    assert_non_null(strstr(outcome.err, AGAIN));
}

/* Nothing but knobs is no policy; inside it need not be one. */
static void test_knobs_alone(void **state)
{
    (void)state;
    expect(PROGRAM, LIST(IN, ON), LIST("env", SAY, SHIM, "&/probe", "read", "%/in/file"), 0, "OK\n",
           AGAIN);
    expect(PROGRAM, LIST(SAY), LIST("&/probe", "read", "%/in/file"), 125, "", NO_POLICY);
}

/* For scripts that are to know before they start anything. */
static void test_verify(void **state)
{
    static const char not [] = "sandlock: this process is not confined, or not by this policy\n";
    const char *const verify[] = {SHIM, "--verify", NULL};
    (void)state;
    expect(BARE, LIST("A=1"), verify, 1, "", not );
    expect(BARE, LIST(IN), verify, 1, "", not );
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        const char *const inside[] = {"sh", "-c", "exec " SHIM " --verify", NULL};
        expect(face, LIST(IN, ON), inside, 0, "", "");
        expect(face, LIST(IN, ON, KEEP), inside, 0, "", "");
        expect(face, LIST(IN, OFF), inside, 1, "", not );
        expect(face, LIST(IN, ON),
               LIST("sh", "-c", "SANDLOCK_NET_ALLOW=443 exec " SHIM " --verify"), 1, "", not );
    }
    expect(BARE, LIST(READ "x"), verify, 125, "", NULL);
    expect(BARE, LIST(IN), LIST(SHIM, "--verify", "true"), 125, "",
           "sandlock: \"true\": an argument that this option does not take\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_preloaded_into_itself),
        TEST(test_two_copies_in_one_process),
        TEST(test_linked_program_is_started_inside),
        TEST(test_another_policy_is_enforced_on_top),
        TEST(test_kept_environment),
        TEST(test_kept_environment_confines_once),
        TEST(test_chain_of_executions_adds_no_layers),
        TEST(test_knobs_apply_where_the_policy_does_already),
        TEST(test_relative_paths_are_those_of_their_directory),
        TEST(test_knobs_alone),
        TEST(test_verify),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
