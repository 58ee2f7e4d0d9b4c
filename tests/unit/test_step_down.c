/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that know less than they say, or than the policy asks for, over a fake system. */
#include "start.h"

#include <errno.h>

/* A vendor's kernel that says ABI 7 and rejects what came with 5 and 6. */
static void test_step_down(void **state)
{
    (void)state;
    fake_reset();
    fake.known = (struct ruleset_attr){0x7fff, 3, 0};
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=/usr")));
    expect_end("this kernel has Landlock ABI 5, which lacks signal_scope (ABI 6), "
               "abstract_unix_socket_scope (ABI 6); to run without, set "
               "SANDLOCK_ALLOW_DEGRADED=signal_scope,abstract_unix_socket_scope");
    fake_reset();
    fake.known = (struct ruleset_attr){0x7fff, 3, 0};
    assert_true(starts(LIST("SANDLOCK_FS_WRITABLE=/tmp", "SANDLOCK_ALLOW_DEGRADED=all")));
    expect_calls(LIST("unshare ", "landlock_create_ruleset flags 1",
                      "landlock_create_ruleset fs ffff", "landlock_create_ruleset fs ffff",
                      "landlock_create_ruleset fs ffff", "landlock_create_ruleset fs 7fff",
                      "open /tmp", "landlock_add_rule 7fff", "close 20", "no_new_privs ",
                      "landlock_restrict_self 10", "close 10", "seccomp "));
}

static void test_step_down_ends_at_abi_1(void **state)
{
    (void)state;
    fake_reset();
    fake.known = (struct ruleset_attr){0xfff, 0, 0};
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=/usr", "SANDLOCK_ALLOW_DEGRADED=all")));
    expect_end("landlock_create_ruleset: Invalid argument");
}

/* The line to paste keeps what was accepted before, and says what has to go elsewhere. */
static void test_missing_protections(void **state)
{
    const struct {
        const char *const *env;
        int abi;
        const char *line;
    } rows[] = {
        {LIST("SANDLOCK_FS_READABLE=/", "SANDLOCK_ALLOW_DEGRADED=fs-ioctl-dev"), 3,
         "this kernel has Landlock ABI 3, which lacks net_tcp (ABI 4), signal_scope (ABI 6), "
         "abstract_unix_socket_scope (ABI 6); to run without, set SANDLOCK_ALLOW_DEGRADED="
         "net_tcp,fs_ioctl_dev,signal_scope,abstract_unix_socket_scope"},
        {LIST("SANDLOCK_REQUIRE=net_udp"), 9,
         "this kernel has Landlock ABI 9, which lacks net_udp (ABI 10); to run without, take "
         "net_udp out of SANDLOCK_REQUIRE and set SANDLOCK_ALLOW_DEGRADED=net_udp"},
        {LIST("SANDLOCK_FS_READABLE=/", "SANDLOCK_DISABLE=net_tcp"), 5,
         "this kernel has Landlock ABI 5, which lacks signal_scope (ABI 6), "
         "abstract_unix_socket_scope (ABI 6); to run without, set "
         "SANDLOCK_ALLOW_DEGRADED=signal_scope,abstract_unix_socket_scope"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_reset();
        fake.abi = rows[i].abi;
        assert_false(starts(rows[i].env));
        expect_end(rows[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step_down),
        cmocka_unit_test(test_step_down_ends_at_abi_1),
        cmocka_unit_test(test_missing_protections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
