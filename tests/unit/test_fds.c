/* SPDX-License-Identifier: Apache-2.0 */
/* Which descriptors are closed, over the fake system: SANDLOCK_KEEP_FDS of any length and order. */
#include "../../shim/process.h"
#include "fake_sys.h"
#include "unit.h"

#include <limits.h>
#include <stdbool.h>
#include <time.h>

enum { FDS = 6000, LIST_MAX = 128 * 1024 }; /* MAX_ARG_STRLEN of the kernel, execve(2) */

/* A list that is being written, and what it says of descriptors 0 to FDS. */
static char list[LIST_MAX];
static size_t list_len;
static bool kept[FDS];

static void list_reset(void)
{
    list_len = 0;
    memset(kept, 0, sizeof kept);
}

static void list_add(unsigned low, unsigned high)
{
    list_len += (size_t)snprintf(list + list_len, sizeof list - list_len,
                                 low == high ? "%u," : "%u-%u,", low, high);
    for (unsigned fd = low; fd <= high && fd < FDS; fd++)
        kept[fd] = true;
}

/* Closes; every descriptor from 3 on is closed once, or is kept. */
static void expect_closed(void)
{
    static char *const no_environment[] = {NULL};
    struct policy policy = {.keep_fds = {list, list_len}, .knobs = {[KNOB_CLOSE_FDS] = true}};
    struct fault fault;
    unsigned low, high, next = 0;
    bool closed[FDS] = {false};
    fake_reset();
    assert_int_equal(process_settle(&policy, no_environment, &fault), 0);
    for (unsigned i = 0; i < fake.len; i++, next = high + 1) {
        assert_int_equal(sscanf(fake.calls[i], "close_range %u %u", &low, &high), 2);
        assert_true(next <= low && low <= high);
        for (unsigned fd = low; fd <= high && fd < FDS; fd++)
            closed[fd] = true;
    }
    assert_int_equal(high, UINT_MAX);
    for (unsigned fd = 0; fd < FDS; fd++)
        if (closed[fd] != (fd >= 3 && !kept[fd]))
            fail_msg("descriptor %u is %s", fd, closed[fd] ? "closed" : "not closed");
}

/* A number below max, one after the other as by chance. */
static unsigned chance(unsigned max)
{
    static uint64_t seed = 1;
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(seed >> 33) % max;
}

/* All but every hundredth, one by one. */
static void test_long_lists_in_order(void **state)
{
    (void)state;
    list_reset();
    for (unsigned fd = 0; fd < 5000; fd++)
        if (fd % 100 != 50)
            list_add(fd, fd);
    expect_closed();
    list_reset();
    for (unsigned fd = 5000; fd-- > 0;)
        if (fd % 100 != 50)
            list_add(fd, fd);
    expect_closed();
    list_reset();
    for (unsigned fd = 0; fd < 5000; fd++)
        if (fd * 7 % 5000 % 100 != 50)
            list_add(fd * 7 % 5000, fd * 7 % 5000);
    expect_closed();
}

/* Ranges that overlap, contain each other and stand there twice. */
static void test_long_lists_without_order(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        list_reset();
        for (unsigned i = 0; i < 1 + 100 * (round % 21); i++) {
            unsigned low = 100 * chance(FDS / 100) + chance(60), more = chance(40);
            list_add(low, low + (chance(50) == 0 ? 5 * more : more));
        }
        expect_closed();
    }
}

/* Those of which only the last, in the last walk, reaches far. */
static void test_many_that_begin_alike(void **state)
{
    (void)state;
    list_reset();
    for (unsigned i = 0; i < 2000; i++)
        list_add(3, 3);
    list_add(3, 100);
    list_add(102, 102);
    expect_closed();
    list_reset();
    for (unsigned i = 0; i < 2000; i++)
        list_add(3, 3 + i);
    list_add(0, INT_MAX);
    expect_closed();
}

/* As long as a variable can be. To walk all of it for each of its ranges would take minutes. */
static void test_longest_list_in_time(void **state)
{
    clock_t start = clock();
    (void)state;
    for (int backwards = 0; backwards <= 1; backwards++) {
        list_reset();
        for (unsigned i = 0; list_len < sizeof list - 8; i++)
            list_add(3 + (backwards ? 40000 - i : i), 3 + (backwards ? 40000 - i : i));
        expect_closed();
    }
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_lists_in_order),
        cmocka_unit_test(test_long_lists_without_order),
        cmocka_unit_test(test_many_that_begin_alike),
        cmocka_unit_test(test_longest_list_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
