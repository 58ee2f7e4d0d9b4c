/* SPDX-License-Identifier: Apache-2.0 */
/* A process that is not alone, over a fake system. */
#include "start.h"

#include <errno.h>

#define THREADS                                                                                    \
    "this process has threads already, or shares its memory: they would stay unconfined; start "   \
    "the program with libsandlock_shim.so PROGRAM"

static void test_threads_are_refused(void **state)
{
    (void)state;
    fake_reset();
    fake.unshare = -EINVAL;
    assert_false(starts(LIST(POLICY)));
    expect_end(THREADS);
    assert_int_equal(fake.len, 3);
}

static void test_threads_are_counted_where_unshare_is_blocked(void **state)
{
    static const struct {
        const char *status, *line; /* NULL: it starts */
    } rows[] = {
        {"Name:\tx\nThreads:\t1\n", NULL},
        {"Name:\tThreads:\t9\nGroups:\t0 1 2\nThreads:\t1\nSigQ:\n", NULL},
        {"\n\nThreads:\t1\n", NULL},
        {"x\nThread\nThreads:\t1\n", NULL},
        {"Name:\tx\nThreads:\t2\n", THREADS},
        {"Name:\tx\nThreads:\t11\n", THREADS},
        {"Name:\tx\nThreads:\t0\n", THREADS},
        {"Name:\tx\nThreads:\t\n", THREADS},
        {"Name:\tx\nThreads:\t99999999999999999999\n", THREADS},
        {"Threads:\t1\n",
         "/proc/self/status: No data available: cannot tell whether this process has threads"},
        {"Name:\tx\n",
         "/proc/self/status: No data available: cannot tell whether this process has threads"},
        {"Name:\tx\nThreads:\t1",
         "/proc/self/status: No data available: cannot tell whether this process has threads"},
        {"", "/proc/self/status: No data available: cannot tell whether this process has threads"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t chunk = 0; chunk <= 3; chunk++) {
            fake_reset();
            fake.unshare = chunk % 2 == 0 ? -EPERM : -EACCES;
            fake.status = rows[i].status;
            fake.chunk = chunk;
            assert_int_equal(starts(LIST(POLICY)), rows[i].line == NULL);
            if (rows[i].line != NULL)
                expect_end(rows[i].line);
        }
}

static void test_failures_of_counting_threads(void **state)
{
    static const int numbers[] = {EACCES, EIO};
    (void)state;
    for (unsigned at = 2; at <= 4; at++) /* open, read, close */
        for (size_t e = 0; e < COUNT(numbers); e++) {
            char line[256];
            fake_reset();
            fake.unshare = -EPERM;
            fake.fail_at = at;
            fake.fail_with = -numbers[e];
            assert_false(starts(LIST(POLICY)));
            snprintf(line, sizeof line,
                     "/proc/self/status: %s: cannot tell whether this process has threads",
                     strerror(numbers[e]));
            expect_end(line);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_are_refused),
        cmocka_unit_test(test_threads_are_counted_where_unshare_is_blocked),
        cmocka_unit_test(test_failures_of_counting_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
