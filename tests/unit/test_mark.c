/* SPDX-License-Identifier: Apache-2.0 */
/* Starting where a filter of ours is worn already, and which filters a start installs. */
#include "../../shim/gates.h"
#include "bpf.h"
#include "model.h"
#include "start.h"

#include <errno.h>

#define NO_POLICY                                                                                  \
    "no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be one to "     \
    "start with"

/* The filter that the process inherits, and what it answers to those who ask for the mark. */
static struct sock_filter worn[COUNT(fake.filters[0])];
static size_t worn_len;
static unsigned asked;

static int ask_worn(uint32_t low, uint32_t high)
{
    struct seccomp_data call = {.nr = model_numbers("prctl", 0).own,
                                .arch = call_arch(0),
                                .args = {MARK_OPTION, low, high}};
    asked++;
    return bpf_run(worn, worn_len, &call) == (SECCOMP_RET_ERRNO | 0) ? 0 : -EINVAL;
}

static int ask_whatever(uint32_t low, uint32_t high)
{
    (void)low, (void)high;
    asked++;
    return 0;
}

/* A process that has been started with a policy, and starts again. */
static void wear(const char *const policy[])
{
    fake_reset();
    assert_true(starts(policy));
    assert_true(fake.filters_count > 0);
    memcpy(worn, fake.filters[0], sizeof worn);
    worn_len = fake.filters_len[0];
    bpf_check(worn, worn_len);
    fake_reset();
    fake.seccomp = SECCOMP_MODE_FILTER;
    fake.marked = ask_worn;
    asked = 0;
}

static int reset(void **state)
{
    (void)state;
    fake_reset();
    return 0;
}

/* Whether the start made a domain and as many filters. */
static bool has_enforced(unsigned filters)
{
    bool restricted = false;
    for (unsigned i = 0; i < fake.len; i++)
        restricted |= begins(fake.calls[i], "landlock_restrict_self");
    return restricted && fake.filters_count == filters;
}

static void test_the_same_policy_is_enforced_once(void **state)
{
    (void)state;
    wear(LIST(POLICY));
    assert_true(starts(LIST(POLICY)));
    expect_calls(LIST(NULL));
    assert_true(asked > 0);
    wear(LIST("SANDLOCK_FS_READABLE=/usr", "SANDLOCK_FS_WRITABLE=/tmp"));
    assert_true(starts(LIST("SANDLOCK_FS_WRITABLE=/tmp", "A=1", "SANDLOCK_FS_READABLE=/usr")));
    expect_calls(LIST(NULL));
}

/* Its knobs, of which the mark knows nothing, are this process's own. */
static void test_knobs_are_applied_again(void **state)
{
    (void)state;
    wear(LIST(POLICY));
    assert_true(starts(
        LIST(POLICY, "SANDLOCK_CLOSE_FDS=1", "SANDLOCK_NO_COREDUMP=1", "SANDLOCK_VERBOSE=1")));
    expect_calls(LIST("close_range 3 4294967295", "setrlimit ", "not_dumpable ", "say 2"));
    assert_string_equal(fake.said, "sandlock: enforced: already\n");
    wear(LIST(POLICY));
    fake.fail_at = 1;
    fake.fail_with = -EINTR;
    assert_false(starts(LIST(POLICY, "SANDLOCK_CLOSE_FDS=1")));
    expect_end("close_range: Interrupted system call");
}

static void test_another_policy_is_enforced_on_top(void **state)
{
    const char *const *const others[] = {
        LIST("SANDLOCK_FS_READABLE=/usr"),
        LIST("SANDLOCK_FS_READABLE=/usr", "SANDLOCK_FS_WRITABLE=/tmp", "SANDLOCK_SECCOMP=nested"),
        LIST("SANDLOCK_FS_READABLE=/usr", "SANDLOCK_FS_WRITABLE=/var/tmp"),
        LIST("SANDLOCK_FS_READABLE=/tmp", "SANDLOCK_FS_WRITABLE=/usr"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        wear(LIST("SANDLOCK_FS_READABLE=/usr", "SANDLOCK_FS_WRITABLE=/tmp"));
        assert_true(starts(others[i]));
        assert_string_equal(fake.calls[0], "unshare ");
        assert_true(has_enforced(1));
    }
}

static void test_no_policy_where_one_is_enforced(void **state)
{
    (void)state;
    wear(LIST(POLICY));
    assert_true(starts(LIST("A=1")));
    expect_calls(LIST(NULL));
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=", "SANDLOCK_NO_COREDUMP=1")));
    expect_calls(LIST("setrlimit ", "not_dumpable "));
    wear(LIST(POLICY));
    assert_true(starts(LIST("SANDLOCK_VERBOSE=1")));
    assert_string_equal(fake.said, "sandlock: enforced: already\n");
}

static void test_no_policy_where_none_is_enforced(void **state)
{
    const char *const *const rows[] = {
        LIST("A=1"),
        LIST("SANDLOCK_VERBOSE=1"),
        LIST("SANDLOCK_FS_READABLE=", "SANDLOCK_UNKNOWN="),
        LIST("SANDLOCK_CLOSE_FDS=1", "SANDLOCK_KEEP_FDS=3", "SANDLOCK_NO_COREDUMP=1"),
        LIST("SANDLOCK_KEEP_ENV=1"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_reset();
        assert_false(starts(rows[i]));
        expect_end(NO_POLICY);
        assert_int_equal(fake.len, 2);
    }
}

/* A filter that answers 0 to everything bears no mark of ours. */
static void test_who_says_yes_to_everything_is_not_believed(void **state)
{
    (void)state;
    fake.seccomp = SECCOMP_MODE_FILTER;
    fake.marked = ask_whatever;
    assert_true(starts(LIST(POLICY)));
    assert_true(has_enforced(1));
    fake_reset();
    fake.seccomp = SECCOMP_MODE_FILTER;
    fake.marked = ask_whatever;
    assert_false(starts(LIST("A=1")));
    expect_end(NO_POLICY);
}

/* Without a filter nobody can answer; a kernel that did would know the option. */
static void test_without_a_filter_nobody_is_asked(void **state)
{
    static const int modes[] = {0, 1, -EINVAL, -EPERM, 3};
    (void)state;
    for (size_t i = 0; i < COUNT(modes); i++) {
        wear(LIST(POLICY));
        fake.seccomp = modes[i];
        assert_true(starts(LIST(POLICY)));
        assert_true(has_enforced(1));
        assert_int_equal(asked, 0);
    }
}

#define RELATIVE "SANDLOCK_FS_READABLE=./data"

static void test_relative_paths_mean_another_place(void **state)
{
    (void)state;
    wear(LIST(RELATIVE));
    assert_true(starts(LIST(RELATIVE)));
    expect_calls(LIST("getcwd "));
    wear(LIST(RELATIVE));
    fake.directory = "/worse";
    assert_true(starts(LIST(RELATIVE)));
    assert_true(has_enforced(1));
    wear(LIST("SANDLOCK_FS_READABLE=/data"));
    fake.directory = "/worse";
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=/data")));
    expect_calls(LIST(NULL));
}

static void test_no_working_directory(void **state)
{
    (void)state;
    fake.fail_at = 1;
    fake.fail_with = -ENOENT;
    assert_false(starts(LIST(RELATIVE)));
    expect_end("getcwd: No such file or directory");
    assert_int_equal(fake.len, 3);
}

static void test_off_installs_no_filter(void **state)
{
    (void)state;
    assert_true(starts(LIST(POLICY, "SANDLOCK_SECCOMP=off")));
    assert_true(has_enforced(0));
    for (unsigned i = 0; i < fake.len; i++)
        assert_false(begins(fake.calls[i], "seccomp"));
    wear(LIST(POLICY));
    assert_true(starts(LIST(POLICY, "SANDLOCK_SECCOMP=off")));
    assert_true(has_enforced(0));
}

static uint32_t answer_of(unsigned filter, const char *call)
{
    struct seccomp_data data = {.nr = model_numbers(call, 0).own, .arch = call_arch(0)};
    bpf_check(fake.filters[filter], fake.filters_len[filter]);
    return bpf_run(fake.filters[filter], fake.filters_len[filter], &data);
}

static void test_denied_calls_are_a_second_filter(void **state)
{
    (void)state;
    assert_true(starts(LIST(POLICY, "SANDLOCK_SECCOMP_DENY=mknodat,@bpf",
                            "SANDLOCK_SECCOMP_ALLOW=@ptrace", "SANDLOCK_SECCOMP_ACTION=kill")));
    assert_true(has_enforced(2));
    assert_string_equal(fake.calls[fake.len - 1], "seccomp ");
    assert_string_equal(fake.calls[fake.len - 2], "seccomp ");
    assert_int_equal(answer_of(0, "mknodat"), SECCOMP_RET_ALLOW);
    assert_int_equal(answer_of(0, "bpf"), SECCOMP_RET_KILL_PROCESS);
    assert_int_equal(answer_of(0, "kcmp"), SECCOMP_RET_ALLOW);
    assert_int_equal(answer_of(0, "keyctl"), SECCOMP_RET_KILL_PROCESS);
    assert_int_equal(answer_of(0, "clone3"), SECCOMP_RET_ERRNO | ENOSYS);
    assert_int_equal(answer_of(1, "mknodat"), SECCOMP_RET_KILL_PROCESS);
    assert_int_equal(answer_of(1, "bpf"), SECCOMP_RET_ALLOW);
    fake_reset();
    assert_true(starts(LIST(POLICY, "SANDLOCK_SECCOMP_DENY=@bpf")));
    assert_true(has_enforced(1));
}

/* A filter that was not installed, or of which that cannot be told, ends the start. */
static void test_every_filter_that_fails_ends_the_start(void **state)
{
    const char *const *policy = LIST(POLICY, "SANDLOCK_SECCOMP_DENY=kcmp");
    static const struct {
        int answer;
        const char *line;
    } rows[] = {
        {-EPERM, "seccomp: Operation not permitted: blocked by an outer seccomp filter"},
        {-EINVAL, "seccomp: Invalid argument: this kernel has no seccomp filters;"
                  " SANDLOCK_SECCOMP=off does without"},
        {-EFAULT, "seccomp: Bad address"},
        {1, "seccomp: Protocol error"},
    };
    (void)state;
    assert_true(starts(policy));
    for (unsigned last = fake.len, at = last - 1; at <= last; at++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            fake_reset();
            fake.fail_at = at;
            fake.fail_with = rows[i].answer;
            assert_false(starts(policy));
            expect_end(rows[i].line);
            assert_int_equal(fake.len, at + 2);
        }
}

#define TEST(function) cmocka_unit_test_setup(function, reset)

/* An outer filter can answer for seccomp(2), as for anything: a filter that does not know its mark
 * is not there. */
static void test_a_filter_that_is_only_said_to_be_there(void **state)
{
    (void)state;
    fake_reset();
    fake.lies = true;
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=@none")));
    expect_end("seccomp: Protocol error");
    fake_reset();
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=@none")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_policy_is_enforced_once),
        TEST(test_knobs_are_applied_again),
        TEST(test_another_policy_is_enforced_on_top),
        TEST(test_no_policy_where_one_is_enforced),
        TEST(test_no_policy_where_none_is_enforced),
        TEST(test_who_says_yes_to_everything_is_not_believed),
        TEST(test_without_a_filter_nobody_is_asked),
        TEST(test_relative_paths_mean_another_place),
        TEST(test_no_working_directory),
        TEST(test_off_installs_no_filter),
        TEST(test_denied_calls_are_a_second_filter),
        TEST(test_every_filter_that_fails_ends_the_start),
        TEST(test_a_filter_that_is_only_said_to_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
