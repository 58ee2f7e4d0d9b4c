/* SPDX-License-Identifier: Apache-2.0 */
/* What SANDLOCK_SECCOMP_ALLOW and SANDLOCK_SECCOMP_DENY name. */
#include "../../shim/groups.h"
#include "unit.h"

#define ALLOW "SANDLOCK_SECCOMP_ALLOW"
#define DENY  "SANDLOCK_SECCOMP_DENY"

static const char *read_lists(const char *opened, const char *denied, struct groups *groups,
                              struct fault *fault)
{
    struct policy policy = {0};
    if (opened != NULL)
        policy.filter.opened = span_of(opened);
    if (denied != NULL)
        policy.filter.denied = span_of(denied);
    return groups_read(&policy, groups, fault);
}

static void expect_span(size_t row, struct span got, const char *expected)
{
    if (expected != NULL && (got.at == NULL || !span_equals(got, expected)))
        fail_msg("row %zu: expected \"%s\", got \"%.*s\"", row, expected, (int)got.len,
                 got.at != NULL ? got.at : "");
}

#define UNKNOWN_GROUP "unknown group: did you mean @%?"
#define UNKNOWN_CALL  "unknown system call: did you mean %?"
#define NO_AT         "groups are written with '@': @%"
#define IS_A_CALL     "groups are left open, not system calls: see @%"
#define NO_GROUP      "no group: did you mean @%?"
#define FAR_GROUP     "unknown group; --help has them all"
#define FAR_NO_GROUP  "no group; --help has them all"
#define BOTH          "stands in SANDLOCK_SECCOMP_ALLOW too; only one of the two can hold"

static void test_faults(void **state)
{
    static const struct {
        const char *opened, *denied, *subject, *entry, *reason, *word;
    } rows[] = {
        {"@mont", NULL, ALLOW, "@mont", UNKNOWN_GROUP, "mount"},
        {"@mount,@iouring", NULL, ALLOW, "@iouring", UNKNOWN_GROUP, "io_uring"},
        {"@", NULL, ALLOW, "@", FAR_GROUP, NULL},
        {"@@mount", NULL, ALLOW, "@@mount", UNKNOWN_GROUP, "mount"},
        {"@mount2", NULL, ALLOW, "@mount2", UNKNOWN_GROUP, "mount"},
        {"@all", NULL, ALLOW, "@all", FAR_GROUP, NULL},
        {NULL, "@ptrac", DENY, "@ptrac", UNKNOWN_GROUP, "ptrace"},
        {"namespaces", NULL, ALLOW, "namespaces", NO_AT, "namespaces"},
        {"@bpf Sysv-Ipc", NULL, ALLOW, "Sysv-Ipc", NO_AT, "Sysv-Ipc"},
        {"ptrace", NULL, ALLOW, "ptrace", NO_AT, "ptrace"}, /* a group and a call */
        {"umount2", NULL, ALLOW, "umount2", IS_A_CALL, "mount"},
        {"clone3", NULL, ALLOW, "clone3", IS_A_CALL, "namespaces"},
        {"@mount,shmget", NULL, ALLOW, "shmget", IS_A_CALL, "sysv_ipc"},
        {"socketpair", NULL, ALLOW, "socketpair", IS_A_CALL, "families"},
        {"sendmmsg", NULL, ALLOW, "sendmmsg", IS_A_CALL, "fastopen"},
        {"prlimit64", NULL, ALLOW, "prlimit64", IS_A_CALL, "prlimit"},
        {"of", NULL, ALLOW, "of", FAR_NO_GROUP, NULL}, /* a word of the rules */
        {"listenn", NULL, ALLOW, "listenn", NO_GROUP, "listen"},
        {"read", NULL, ALLOW, "read", FAR_NO_GROUP, NULL},
        {NULL, "kcm", DENY, "kcm", UNKNOWN_CALL, "kcmp"},
        {NULL, "kcmp,ptrace,opennat", DENY, "opennat", UNKNOWN_CALL, "openat"},
        {NULL, "KCMP", DENY, "KCMP", UNKNOWN_CALL, "kcmp"},
        {NULL, "io-uring-setup", DENY, "io-uring-setup", UNKNOWN_CALL, "io_uring_setup"},
        {NULL, "namespaces", DENY, "namespaces", NO_AT, "namespaces"},
        {NULL, "sockets", DENY, "sockets", UNKNOWN_CALL, "socket"},
        {NULL, "kcmp:ptrace", DENY, "kcmp:ptrace", UNKNOWN_CALL, NULL},
        {"@mount", "@mount", DENY, "@mount", BOTH, NULL},
        {"@bpf,@sysv_ipc", "kcmp @SYSV-IPC", DENY, "@SYSV-IPC", BOTH, NULL},
        {"@wrong", "@wronger", ALLOW, "@wrong", FAR_GROUP, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct groups groups;
        struct fault fault;
        memset(&groups, 0x55, sizeof groups);
        const char *reason = read_lists(rows[i].opened, rows[i].denied, &groups, &fault);
        if (reason == NULL || strcmp(reason, rows[i].reason) != 0)
            fail_msg("row %zu: expected %s, got %s", i, rows[i].reason, reason);
        assert_ptr_equal(reason, fault.reason);
        assert_int_equal(fault.error, 0);
        expect_span(i, fault.subject, rows[i].subject);
        expect_span(i, fault.entry, rows[i].entry);
        struct call call = call_at(fault.call);
        expect_span(i, fault.call != 0 ? span_of(call.name) : fault.word, rows[i].word);
    }
}

#define NAMESPACES (GATE_BIT(GATE_NAMESPACES) | GATE_BIT(GATE_CLONE3))

static void test_groups(void **state)
{
    static const struct {
        const char *opened, *denied;
        gate_set open, closed;
        bool calls;
    } rows[] = {
        {NULL, NULL, 0, 0, false},
        {"", "", 0, 0, false},
        {" , ", ",", 0, 0, false},
        {"@mount", NULL, GATE_BIT(GATE_MOUNT), 0, false},
        {NULL, "@mount", 0, GATE_BIT(GATE_MOUNT), false},
        {"@namespaces", "@ptrace", NAMESPACES, GATE_BIT(GATE_PTRACE), false},
        {"@io_uring,@io-uring @IO_URING", NULL, GATE_BIT(GATE_IO_URING), 0, false},
        {"@Sysv-IPC\t@bpf", "kcmp", GATE_BIT(GATE_SYSV_IPC) | GATE_BIT(GATE_BPF), 0, true},
        {"@ptrace", "ptrace", GATE_BIT(GATE_PTRACE), 0, true},
        {NULL, "@listen,@unix,@tcp", 0,
         GATE_BIT(GATE_LISTEN) | GATE_BIT(GATE_UNIX) | GATE_BIT(GATE_TCP), false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct groups groups;
        struct fault fault;
        if (read_lists(rows[i].opened, rows[i].denied, &groups, &fault) != NULL)
            fail_msg("row %zu: %s", i, fault.reason);
        assert_int_equal(groups.opened, rows[i].open);
        assert_int_equal(groups.denied, rows[i].closed);
        assert_int_equal(groups.calls != 0, rows[i].calls);
    }
}

/* Children ask by prctl whether they are confined already. */
static void test_prctl_is_needed_where_children_load_the_shim(void **state)
{
    struct policy policy = {.filter.denied = span_of("kcmp,prctl")};
    struct groups groups;
    struct fault fault;
    (void)state;
    assert_null(groups_read(&policy, &groups, &fault));
    policy.knobs[KNOB_KEEP_ENV] = true;
    assert_string_equal(groups_read(&policy, &groups, &fault),
                        "not with prctl in SANDLOCK_SECCOMP_DENY: children ask by it whether they"
                        " are confined already");
    expect_span(0, fault.subject, "SANDLOCK_KEEP_ENV");
    policy.filter.denied = span_of("kcmp");
    assert_null(groups_read(&policy, &groups, &fault));
}

/* Every gate but that of 32-bit x86 has a group by which it can be opened. */
static void test_every_group(void **state)
{
    gate_set opened = 0;
    (void)state;
    for (unsigned gate = 0; gate < GATES; gate++) {
        char name[32];
        struct groups groups;
        struct fault fault;
        snprintf(name, sizeof name, "@%s", gate_rows[gate].group);
        if (gate == GATE_I386_SOCKETS) {
            assert_string_equal(name, "@");
            continue;
        }
        assert_null(read_lists(name, NULL, &groups, &fault));
        assert_true(groups.opened & GATE_BIT(gate));
        opened |= groups.opened;
    }
    assert_int_equal(opened, (GATE_BIT(GATES) - 1) & ~GATE_BIT(GATE_I386_SOCKETS));
}

static void test_calls(void **state)
{
    struct groups groups;
    struct fault fault;
    unsigned denied = 0;
    (void)state;
    assert_null(read_lists(NULL, "kcmp, execve\nopen_tree_attr,execve,@bpf", &groups, &fault));
    assert_true(groups_deny(&groups, span_of("kcmp")));
    assert_true(groups_deny(&groups, span_of("execve")));
    assert_true(groups_deny(&groups, span_of("open_tree_attr")));
    assert_false(groups_deny(&groups, span_of("execveat")));
    assert_false(groups_deny(&groups, span_of("bpf"))); /* the group's own gate does that */
    assert_false(groups_deny(&groups, span_of("no_such_call")));
    for (unsigned place = 0; place < CALLS_MAX; place++)
        denied += groups_deny_at(&groups, place);
    assert_int_equal(denied, 3);
    assert_null(read_lists(NULL, NULL, &groups, &fault));
    assert_false(groups_deny(&groups, span_of("execve")));
}

/* As many names as fit into a variable: what an ordinary list of all calls would be. */
static void test_many_calls(void **state)
{
    static const char *const some[] = {"read",   "write", "open",   "close",  "kcmp",
                                       "ptrace", "futex", "socket", "execve", "fsopen"};
    static char list[8192];
    struct groups groups;
    struct fault fault;
    size_t len = 0;
    (void)state;
    for (unsigned i = 0; i < 500; i++)
        len += (size_t)snprintf(list + len, sizeof list - len, "%s,", some[i % COUNT(some)]);
    assert_null(read_lists(NULL, list, &groups, &fault));
    for (size_t i = 0; i < COUNT(some); i++)
        assert_true(groups_deny(&groups, span_of(some[i])));
    snprintf(list + len, sizeof list - len, "wrong_one");
    assert_non_null(read_lists(NULL, list, &groups, &fault));
    expect_span(0, fault.entry, "wrong_one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_prctl_is_needed_where_children_load_the_shim),
        cmocka_unit_test(test_every_group),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_many_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
