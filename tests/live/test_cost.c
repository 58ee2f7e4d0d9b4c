/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a start costs, live: in instructions, which unlike times are the same every time, and in
 * system calls.
 */
#include "live.h"

#include <unistd.h>

/* Six paths, and the filter. */
#define POLICY "SANDLOCK_FS_READABLE=/usr:/etc:/bin:/lib:/lib64:/tmp"
#define SHIM   "LD_PRELOAD=&/libsandlock_shim.so"

enum { ADDED_MAX = 13500 };

static long steps(const char *const argv[])
{
    struct outcome outcome;
    live_run(&outcome, BARE, NULL, argv);
    if (strstr(outcome.err, "steps: status") == NULL && outcome.status != 0)
        live_skip("ptrace");
    live_expect(&outcome, 0, NULL, "");
    return atol(outcome.out);
}

static void test_instructions_that_a_start_adds(void **state)
{
    (void)state;
    long bare = steps(LIST("steps", "&/nothing"));
    long confined = steps(LIST("steps", POLICY, SHIM, "&/nothing"));
    assert_true(bare > 1000);
    if (confined - bare > ADDED_MAX)
        fail_msg("%ld instructions, and %ld confined: %ld more", bare, confined, confined - bare);
    /* It was there: what is confined has come further than the loader. */
    assert_true(confined - bare > 1000);
    print_message("instructions that the shim adds: %ld\n", confined - bare);
}

/* The trace of a program, a call on each line. */
static const char *trace(const char *const env[])
{
    static char text[65536];
    struct outcome outcome;
    const char *argv[16] = {"strace", "-o", "%/trace"};
    size_t args = 3, len;
    for (; *env != NULL; env++)
        argv[args++] = "-E", argv[args++] = *env;
    argv[args] = "/usr/bin/true";
    live_run(&outcome, BARE, NULL, argv);
    live_expect(&outcome, 0, "", "");
    FILE *file = fopen(live_expand("%/trace"), "r");
    assert_non_null(file);
    len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

static unsigned count(const char *text, const char *end, const char *call)
{
    unsigned n = 0;
    for (; (text = strstr(text, call)) != NULL && text < end; text++)
        n += text[-1] == '\n';
    return n;
}

/* One filter is loaded, last of all; and up to there the shim lives on its stack. */
static void test_system_calls_of_a_start(void **state)
{
    (void)state;
    if (access("/usr/bin/strace", X_OK) != 0)
        live_skip("strace");
    const char *text = trace(LIST("A=1"));
    assert_int_equal(count(text, text + strlen(text), "seccomp("), 0);
    text = trace(LIST(POLICY, SHIM));
    const char *first = strstr(text, "\nprctl(PR_GET_SECCOMP"), *last = strstr(text, "\nseccomp(");
    if (first == NULL || last == NULL || last < first)
        fail_msg("the shim's own calls are not to be found:\n%s", text);
    assert_int_equal(count(text, text + strlen(text), "seccomp("), 1);
    assert_int_equal(count(first, last, "landlock_restrict_self("), 1);
    assert_int_equal(count(first, last, "landlock_add_rule("), 6);
    assert_int_equal(count(first, last, "brk("), 0);
    assert_int_equal(count(first, last, "mmap("), 0);
    assert_int_equal(count(first, last, "munmap("), 0);
    assert_int_equal(count(first, last, "mprotect("), 0);
    /* The loader has done so, which shows that the trace would tell. */
    assert_true(count(text, first, "mmap(") > 0);
    assert_true(count(text, first, "mprotect(") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instructions_that_a_start_adds),
        cmocka_unit_test_setup_teardown(test_system_calls_of_a_start, live_setup, live_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
