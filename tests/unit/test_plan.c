/* SPDX-License-Identifier: Apache-2.0 */
#include "../../shim/plan.h"
#include "unit.h"

/* The kernel's table, written out: what landlock(7) says of each ABI. */
static const struct ruleset_attr rows[] = {
    [1] = {0x1fff, 0, 0},  [2] = {0x3fff, 0, 0},    [3] = {0x7fff, 0, 0},    [4] = {0x7fff, 3, 0},
    [5] = {0xffff, 3, 0},  [6] = {0xffff, 3, 3},    [7] = {0xffff, 3, 3},    [8] = {0xffff, 3, 3},
    [9] = {0x1ffff, 3, 3}, [10] = {0x1ffff, 15, 3}, [11] = {0x1ffff, 15, 3},
};

static const int abi_of[PROTECTIONS] = {2, 3, 4, 5, 6, 6, 9, 10};

static const struct ruleset_attr bits_of[PROTECTIONS] = {
    {1 << 13, 0, 0}, {1 << 14, 0, 0}, {0, 3, 0},       {1 << 15, 0, 0},
    {0, 0, 2},       {0, 0, 1},       {1 << 16, 0, 0}, {0, 12, 0},
};

static struct policy policy_of(enum wish wish)
{
    struct policy policy = {0};
    for (unsigned p = 0; p < PROTECTIONS; p++)
        policy.wishes[p] = wish;
    return policy;
}

static void expect_handled(const struct plan *plan, struct ruleset_attr expected)
{
    assert_int_equal(plan->handled.handled_access_fs, expected.handled_access_fs);
    assert_int_equal(plan->handled.handled_access_net, expected.handled_access_net);
    assert_int_equal(plan->handled.scoped, expected.scoped);
}

/* Every protection, with every wish, on every ABI, one at a time among others that may be missing:
 * 8 * 4 * 11 plans. */
static void test_every_abi_and_wish(void **state)
{
    (void)state;
    for (int abi = 1; abi <= ABI_LAST; abi++)
        for (unsigned p = 0; p < PROTECTIONS; p++)
            for (unsigned wish = WISH_DEFAULT; wish <= WISH_DISABLED; wish++) {
                struct policy policy = policy_of(WISH_DEGRADED);
                struct plan plan;
                struct ruleset_attr expected = rows[abi];
                policy.wishes[p] = (enum wish)wish;
                protection_set missing = plan_make(&policy, abi, &plan);
                bool known = abi >= abi_of[p];
                bool refused =
                    !known && (wish == WISH_REQUIRED || (wish == WISH_DEFAULT && abi_of[p] <= 6));
                assert_int_equal(missing, refused ? PROTECTION_BIT(p) : 0);
                if (refused)
                    continue;
                if (wish == WISH_DISABLED) {
                    expected.handled_access_fs &= ~bits_of[p].handled_access_fs;
                    expected.handled_access_net &= ~bits_of[p].handled_access_net;
                    expected.scoped &= ~bits_of[p].scoped;
                }
                expect_handled(&plan, expected);
                assert_int_equal(plan.abi, abi);
                protection_set mine = wish == WISH_DISABLED ? plan.disabled
                                      : known               ? plan.active
                                                            : plan.degraded;
                assert_int_equal(mine & PROTECTION_BIT(p), PROTECTION_BIT(p));
                assert_int_equal(plan.active | plan.degraded | plan.disabled, 0xff);
                assert_int_equal(plan.active & plan.degraded, 0);
                assert_int_equal((plan.active | plan.degraded) & plan.disabled, 0);
            }
}

static void test_all_that_is_missing_is_named_at_once(void **state)
{
    static const protection_set missing[] = {0xff, 0xff, 0xfe, 0xfc, 0xf8, 0xf0,
                                             0xc0, 0xc0, 0xc0, 0x80, 0,    0};
    struct plan plan;
    (void)state;
    for (int abi = 1; abi <= ABI_LAST; abi++) {
        struct policy required = policy_of(WISH_REQUIRED), usual = policy_of(WISH_DEFAULT);
        assert_int_equal(plan_make(&required, abi, &plan), missing[abi]);
        assert_int_equal(plan_make(&usual, abi, &plan), missing[abi] & 0x3f);
    }
}

static void test_everything_disabled_still_handles_abi_1(void **state)
{
    struct policy policy = policy_of(WISH_DISABLED);
    struct plan plan;
    (void)state;
    policy.wishes[FS_REFER] = WISH_DEFAULT;
    assert_int_equal(plan_make(&policy, ABI_LAST, &plan), 0);
    expect_handled(&plan, (struct ruleset_attr){0x3fff, 0, 0});
}

static void test_a_newer_abi_is_the_last(void **state)
{
    struct policy policy = {0};
    struct plan plan;
    (void)state;
    assert_int_equal(plan_make(&policy, ABI_LAST + 1, &plan), 0);
    assert_int_equal(plan.abi, ABI_LAST);
    expect_handled(&plan, rows[ABI_LAST]);
}

/* What each list grants on a directory and on a file, on every ABI: never a right that is not
 * handled, and on a file never one that the kernel would reject. */
static void test_rights(void **state)
{
    (void)state;
    for (int abi = 1; abi <= ABI_LAST; abi++) {
        struct policy policy = policy_of(WISH_DEGRADED);
        uint64_t all = rows[abi].handled_access_fs, file = all & 0x1c007;
        struct plan plan;
        assert_int_equal(plan_make(&policy, abi, &plan), 0);
        assert_int_equal(plan_rights(&plan, PATH_READABLE, true), 0xd);
        assert_int_equal(plan_rights(&plan, PATH_READABLE, false), 0x5);
        assert_int_equal(plan_rights(&plan, PATH_WRITABLE, true), all);
        assert_int_equal(plan_rights(&plan, PATH_WRITABLE, false), file);

        policy.paths[PATH_EXECUTABLE] = span_of("@none");
        assert_int_equal(plan_make(&policy, abi, &plan), 0);
        assert_int_equal(plan_rights(&plan, PATH_READABLE, true), 0xc);
        assert_int_equal(plan_rights(&plan, PATH_READABLE, false), 0x4);
        assert_int_equal(plan_rights(&plan, PATH_WRITABLE, true), all & ~1ULL);
        assert_int_equal(plan_rights(&plan, PATH_WRITABLE, false), file & ~1ULL);
        assert_int_equal(plan_rights(&plan, PATH_EXECUTABLE, true), 0x5);
        assert_int_equal(plan_rights(&plan, PATH_EXECUTABLE, false), 0x5);
    }
}

static void test_rights_without_what_is_disabled(void **state)
{
    struct policy policy = {0};
    struct plan plan;
    (void)state;
    policy.wishes[FS_TRUNCATE] = policy.wishes[FS_IOCTL_DEV] = WISH_DISABLED;
    assert_int_equal(plan_make(&policy, 7, &plan), 0);
    assert_int_equal(plan_rights(&plan, PATH_WRITABLE, true), 0x3fff);
    assert_int_equal(plan_rights(&plan, PATH_WRITABLE, false), 0x7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_abi_and_wish),
        cmocka_unit_test(test_all_that_is_missing_is_named_at_once),
        cmocka_unit_test(test_everything_disabled_still_handles_abi_1),
        cmocka_unit_test(test_a_newer_abi_is_the_last),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_rights_without_what_is_disabled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
