/* SPDX-License-Identifier: Apache-2.0 */
/* The environment that PROGRAM gets: the one that was given, without what is the shim's. */
#include "live.h"

#define SHIM "&/libsandlock_shim.so"
#define READ "SANDLOCK_FS_READABLE=@system:/proc"
#define PATH "PATH=/usr/bin:/bin"

/* Every string of the environment ends with "^@" in what this prints, an empty one too. */
#define SHOW LIST("cat", "-v", "/proc/self/environ")

static void expect_environment(const char *const env[], const char *out)
{
    struct outcome outcome;
    live_run(&outcome, PROGRAM, env, SHOW);
    live_expect(&outcome, 0, out, "");
}

static void test_twin_unconfined(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    live_run(&outcome, BARE, LIST("A=1", READ, PATH, ""), SHOW);
    live_expect(&outcome, 0, "A=1^@" READ "^@" PATH "^@^@", "");
}

/* However many strings go, nothing is left in their place. */
static void test_ours_are_gone(void **state)
{
    (void)state;
    live_needs(6);
    expect_environment(LIST(READ, PATH), PATH "^@");
    expect_environment(LIST(READ, "SANDLOCK_VERBOSE=0", PATH), PATH "^@");
    expect_environment(LIST(READ, PATH, "SANDLOCK_DISABLE=", "SANDLOCK_VERBOSE=off"), PATH "^@");
    expect_environment(
        LIST("SANDLOCK_FS_WRITABLE=", READ, PATH, "SANDLOCK_REQUIRE=net_tcp", "SANDLOCK_NO_SUCH="),
        PATH "^@");
}

static void test_others_stay_in_order(void **state)
{
    (void)state;
    expect_environment(LIST("A=1", READ, "B=", PATH, "SANDLOCK_VERBOSE=0", "C=x=y z", "A=2"),
                       "A=1^@B=^@" PATH "^@C=x=y z^@A=2^@");
    expect_environment(LIST("Z", PATH, "=x", READ, "SANDLOCK=1", "XSANDLOCK_A=1", "sandlock_a=1"),
                       "Z^@" PATH "^@=x^@SANDLOCK=1^@XSANDLOCK_A=1^@sandlock_a=1^@");
}

/* An entry of LD_PRELOAD is ours by its file name, wherever it leads. The loader itself says on
 * stderr that there is nothing there. */
static void test_own_entry_of_preload_is_gone(void **state)
{
    static const struct {
        const char *given, *left;
    } rows[] = {
        {"LD_PRELOAD=libc.so.6", "LD_PRELOAD=libc.so.6^@"},
        {"LD_PRELOAD=/nowhere/libsandlock_shim.so", ""},
        {"LD_PRELOAD=libc.so.6:/nowhere/libsandlock_shim.so", "LD_PRELOAD=libc.so.6^@"},
        {"LD_PRELOAD=/nowhere/libsandlock_shim.so libc.so.6", "LD_PRELOAD=libc.so.6^@"},
        {"LD_PRELOAD=/nowhere/xlibsandlock_shim.so", "LD_PRELOAD=/nowhere/xlibsandlock_shim.so^@"},
        {"LD_PRELOAD_=/nowhere/libsandlock_shim.so", "LD_PRELOAD_=/nowhere/libsandlock_shim.so^@"},
    };
    struct outcome outcome;
    char expected[256];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        live_run(&outcome, PROGRAM, LIST("A=1", rows[i].given, READ, PATH), SHOW);
        snprintf(expected, sizeof expected, "A=1^@%s" PATH "^@", rows[i].left);
        live_expect(&outcome, 0, expected, NULL);
    }
}

/* What the program itself is told by getenv(3) and passes on. */
static void test_children_see_none_of_it(void **state)
{
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST("A=1", READ, PATH, "SANDLOCK_VERBOSE=0"),
                 LIST("sh", "-c", "env | grep -c -e SANDLOCK -e LD_PRELOAD; env | grep ^A="));
        live_expect(&outcome, 0, "0\nA=1\n", "");
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_twin_unconfined),         TEST(test_ours_are_gone),
        TEST(test_others_stay_in_order),    TEST(test_own_entry_of_preload_is_gone),
        TEST(test_children_see_none_of_it),
    };
    unsetenv("LIVE_FILTER"); /* these count variables: none may come to them */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
