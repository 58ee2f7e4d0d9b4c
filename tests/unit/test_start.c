/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a start, over a fake system: what is called, and what follows when it fails. */
#include "start.h"

#include <errno.h>

static void test_order(void **state)
{
    (void)state;
    fake_reset();
    fake.missing = "/opt";
    fake.file = "/etc/file";
    assert_true(starts(LIST(POLICY, "SANDLOCK_VERBOSE=1")));
    expect_calls(LIST("unshare ", "landlock_create_ruleset flags 1",
                      "landlock_create_ruleset fs ffff", "open /usr", "landlock_add_rule d",
                      "close 20", "open /opt", "open /etc/file", "landlock_add_rule d", "statx 21",
                      "landlock_add_rule 5", "close 21", "open /tmp", "landlock_add_rule ffff",
                      "close 20", "no_new_privs ", "landlock_restrict_self 10", "close 10",
                      "seccomp ", "say 2"));
    assert_string_equal(fake.said, "sandlock: enforced: abi=7 rules=3 ports=0 "
                                   "degraded=fs_resolve_unix,net_udp disabled=- "
                                   "seccomp=default action=errno open=0\n");
}

/* The same with everything else that a policy can ask for. */
static void test_order_of_the_whole_vocabulary(void **state)
{
    (void)state;
    fake_reset();
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=/usr", "SANDLOCK_NET_ALLOW=443",
                            "SANDLOCK_NET_BIND=0", "SANDLOCK_CHROOT=/srv", "SANDLOCK_CLOSE_FDS=1",
                            "SANDLOCK_KEEP_FDS=7-9,8", "SANDLOCK_NO_COREDUMP=1")));
    expect_calls(LIST("unshare ", "close_range 3 6", "close_range 10 4294967295", "setrlimit ",
                      "not_dumpable ", "landlock_create_ruleset flags 1",
                      "landlock_create_ruleset fs ffff", "open /srv", "statx 20", "open in 20 /usr",
                      "landlock_add_rule d", "close 20", "close 20", "landlock_add_rule port 0 1",
                      "landlock_add_rule port 443 2", "no_new_privs ", "landlock_restrict_self 10",
                      "close 10", "seccomp "));
}

static void test_socket_activation_keeps_its_descriptors(void **state)
{
    (void)state;
    fake_reset();
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=@none", "SANDLOCK_CLOSE_FDS=1", "LISTEN_PID=7",
                            "LISTEN_FDS=2")));
    assert_string_equal(fake.calls[1], "close_range 5 4294967295");
    fake_reset();
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=@none", "SANDLOCK_CLOSE_FDS=1", "LISTEN_PID=8",
                            "LISTEN_FDS=2")));
    assert_string_equal(fake.calls[1], "close_range 3 4294967295");
}

static void test_silent_unless_asked(void **state)
{
    (void)state;
    fake_reset();
    assert_true(starts(LIST(POLICY)));
    assert_string_equal(fake.said, "");
}

/* What the line says for each call; the errno's own text goes where '#' is. */
static const struct {
    const char *call, *line;
} lines[] = {
    {"landlock_create_ruleset", "landlock_create_ruleset: #"},
    {"open /usr", "SANDLOCK_FS_READABLE: \"/usr\": #"},
    {"open /opt", "SANDLOCK_FS_READABLE: \"/opt\": #"},
    {"open /etc/file", "SANDLOCK_FS_READABLE: \"/etc/file\": #"},
    {"open /tmp", "SANDLOCK_FS_WRITABLE: \"/tmp\": #"},
    {"statx", "statx: \"/\": #"},
    {"landlock_add_rule", "landlock_add_rule: \"/\": #"},
    {"close 10", "close: #"},
    {"close", "close: \"/\": #"},
    {"no_new_privs", "prctl(PR_SET_NO_NEW_PRIVS): #"},
    {"landlock_restrict_self", "landlock_restrict_self: #"},
    {"seccomp", "seccomp: #"},
};

static const struct {
    const char *call;
    int error;
    const char *advice;
} advices[] = {
    {"landlock_create_ruleset", ENOSYS,
     ": this kernel is older than 5.13 or built without Landlock, or an outer seccomp filter hides "
     "it,"
     " as an old container profile does"},
    {"landlock_create_ruleset", EOPNOTSUPP,
     ": this kernel has Landlock, but it is off; boot with landlock in lsm="},
    {"landlock_restrict_self", E2BIG, ": 16 Landlock layers are in use already"},
    {"landlock_", EPERM, ": blocked by an outer seccomp filter, as an old container profile does"},
    {"no_new_privs", EPERM, ": blocked by an outer seccomp filter"},
    {"seccomp", EPERM, ": blocked by an outer seccomp filter"},
    {"seccomp", ENOSYS, ": this kernel has no seccomp filters; SANDLOCK_SECCOMP=off does without"},
    {"seccomp", EINVAL, ": this kernel has no seccomp filters; SANDLOCK_SECCOMP=off does without"},
    {"seccomp", ENOMEM, ": as many seccomp filters are in use already as there can be"},
};

/* The line for a failed call of the log; path: what was being opened then. */
static const char *line_for(const char *name, int error, const char *path)
{
    static char line[512];
    size_t i = 0, len = 0;
    while (i < COUNT(lines) && !begins(name, lines[i].call))
        i++;
    if (i == COUNT(lines))
        fail_msg("no line for %s", name);
    for (const char *p = lines[i].line; *p != '\0'; p++) {
        const char *piece = *p == '#' ? strerror(error) : NULL;
        if (p > lines[i].line && p[-1] == '"' && strcmp(p, "/\": #") == 0)
            piece = path;
        if (piece != NULL)
            len += (size_t)snprintf(line + len, sizeof line - len, "%s", piece);
        else
            line[len++] = *p;
    }
    line[len] = '\0';
    for (i = 0; i < COUNT(advices); i++)
        if (begins(name, advices[i].call) && error == advices[i].error) {
            strcat(line, advices[i].advice);
            break;
        }
    return line;
}

/* The failures after which a start goes on as the contract says. */
static bool is_survived(const char *name, int error)
{
    if (begins(name, "unshare")) /* it is asked another way; EINVAL has a line of its own */
        return error != EINVAL;
    if (begins(name, "open /opt")) /* "-/opt" */
        return error == ENOENT || error == ENOTDIR;
    if (begins(name, "landlock_create_ruleset fs")) /* it steps down; see below */
        return error == EINVAL || error == E2BIG;
    return false;
}

/* The failure after which it is asked whether a path is a directory. */
static bool is_asked_for(const char *name, int error)
{
    return error == EINVAL && begins(name, "landlock_add_rule") &&
           strcmp(name, "landlock_add_rule 5") != 0;
}

static const int errors[] = {ENOSYS, EPERM,   EINVAL, ENOMEM, EMFILE,     EINTR,  EACCES,
                             ENOENT, ENOTDIR, ELOOP,  E2BIG,  EOPNOTSUPP, EBADF,  ENFILE,
                             EIO,    ENOMSG,  EFAULT, EAGAIN, EBADFD,     ENODEV, 4095};

static void fail_each(const char *const env[], unsigned calls)
{
    for (unsigned at = 1; at <= calls; at++)
        for (size_t e = 0; e < COUNT(errors); e++) {
            fake_reset();
            fake.file = "/etc/file";
            fake.fail_at = at;
            fake.fail_with = -errors[e];
            bool ran = starts(env);
            const char *name = fake.calls[at - 1], *path = "";
            if (is_survived(name, errors[e])) {
                assert_true(ran);
                continue;
            }
            if (begins(name, "unshare") && errors[e] == EINVAL)
                continue; /* test_threads_are_refused */
            for (unsigned i = 0; i < at; i++)
                if (begins(fake.calls[i], "open "))
                    path = fake.calls[i] + strlen("open ");
            unsigned further = 0;
            if (is_asked_for(name, errors[e])) {
                if (strcmp(fake.calls[at], "statx 21") == 0) { /* so it is with a file */
                    assert_true(ran);
                    continue;
                }
                assert_string_equal(fake.calls[at], "statx 20");
                further = 1;
            }
            if (ran || fake.len != at + 2 + further)
                fail_msg("%s went on after %s", name, strerror(errors[e]));
            const char *line = line_for(name, errors[e], path);
            char known[512];
            if (errors[e] == 4095) { /* a number that no kernel knows, yet a filter may return */
                const char *text = strstr(line, "Unknown error 4095");
                assert_non_null(text);
                snprintf(known, sizeof known, "%.*serror 4095%s", (int)(text - line), line,
                         text + strlen("Unknown error 4095"));
                line = known;
            }
            if (begins(name, "landlock_add_rule") && errors[e] == EBADFD) {
                snprintf(
                    known, sizeof known,
                    "SANDLOCK_FS_%s: \"%s\": File descriptor in bad state: a pipe, a socket, a "
                    "namespace or the like cannot be granted, and need not be",
                    strcmp(path, "/tmp") == 0 ? "WRITABLE" : "READABLE", path);
                line = known;
            }
            expect_end(line);
        }
}

static void test_every_call_that_fails_ends_the_start(void **state)
{
    (void)state;
    fake_reset();
    assert_true(starts(LIST(POLICY)));
    fail_each(LIST(POLICY), fake.len);
}

/* An outer filter may make calls "succeed" with any value, and then nothing was done. */
static void test_only_exactly_zero_is_success(void **state)
{
    (void)state;
    static const char *const calls[] = {"landlock_add_rule", "no_new_privs",
                                        "landlock_restrict_self"};
    fake_reset();
    assert_true(starts(LIST("SANDLOCK_FS_READABLE=/usr")));
    struct fake reference = fake;
    size_t tried = 0;
    for (unsigned at = 1; at <= reference.len; at++)
        for (size_t i = 0; i < COUNT(calls); i++) {
            if (!begins(reference.calls[at - 1], calls[i]))
                continue;
            fake_reset();
            fake.fail_at = at;
            fake.fail_with = 1;
            assert_false(starts(LIST("SANDLOCK_FS_READABLE=/usr")));
            assert_int_equal(fake.len, at + 2);
            expect_end(line_for(calls[i], EPROTO, "/usr"));
            tried++;
        }
    assert_int_equal(tried, COUNT(calls));
    fake_reset();
    fake.abi = 0;
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=/usr")));
    expect_end("landlock_create_ruleset: Protocol error");
}

static void test_secure_execution_reads_no_environment(void **state)
{
    (void)state;
    fake_reset();
    fake.secure = 1;
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=wrong")));
    expect_end("refused in a program that is setuid, setgid or has capabilities of its own"
               " (AT_SECURE); start it with libsandlock_shim.so PROGRAM");
    assert_int_equal(fake.len, 2);
    fake_reset();
    fake.auxv = -EINVAL;
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=/")));
    expect_end("auxiliary vector: Invalid argument");
}

/* --verify would read the file, and print of it what is no setting. */
static void test_secure_verification_reads_no_file(void **state)
{
    struct env env;
    (void)state;
    fake_reset();
    fake.secure = 1;
    char **envp = env_make(&env, LIST("SANDLOCK_CONFIG=/etc/secret"));
    if (setjmp(fake.end) == 0) {
        shim_verify(envp);
        fail_msg("it was verified");
    }
    expect_end("refused in a program that is setuid, setgid or has capabilities of its own"
               " (AT_SECURE); start it with libsandlock_shim.so PROGRAM");
    assert_int_equal(fake.len, 2);
    fake_reset();
    envp = env_make(&env, LIST("SANDLOCK_FS_READABLE=/"));
    assert_false(shim_verify(envp));
}

static void test_a_wrong_policy_calls_nothing(void **state)
{
    (void)state;
    fake_reset();
    assert_false(starts(LIST("SANDLOCK_FS_READABLE=/usr:wrong")));
    expect_end("SANDLOCK_FS_READABLE: \"wrong\": neither a path nor a preset: did you mean ./wrong"
               " or /wrong?");
    assert_int_equal(fake.len, 2);
    fake_reset();
    assert_false(starts(LIST("A=1")));
    expect_end("no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base would be "
               "one to start with");
}

/* The program face: confined first, then executed, and never the other way. */

/* Runs main of the program face until its process would end. */
static void program_run(char **argv)
{
    if (setjmp(fake.end) == 0)
        program_main(2, argv);
}

static void test_program_executes_after_confinement_alone(void **state)
{
    (void)state;
    for (unsigned at = 0; at <= 10; at++) {
        char policy[] = "SANDLOCK_FS_READABLE=/usr", other[] = "A=1";
        char preload[] = "LD_PRELOAD=/x/libsandlock_shim.so /y/renamed.so";
        char *stack[] = {"shim", "tool", NULL, policy, other, preload, NULL};
        fake_reset();
        fake.fail_at = at;
        fake.fail_with = -EIO;
        program_run(stack);
        assert_int_equal(fake.status_of_end, at == 0 || at == 1 ? FAKE_EXECUTED : 125);
        if (at == 0) {
            assert_string_equal(fake.calls[fake.len - 1], "execve /bin/tool");
            assert_string_equal(fake.calls[fake.len - 4], "landlock_restrict_self 10");
            assert_string_equal(fake.envp[0], "A=1");
            assert_string_equal(fake.envp[1], "LD_PRELOAD=/y/renamed.so");
            assert_null(fake.envp[2]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_order_of_the_whole_vocabulary),
        cmocka_unit_test(test_socket_activation_keeps_its_descriptors),
        cmocka_unit_test(test_silent_unless_asked),
        cmocka_unit_test(test_every_call_that_fails_ends_the_start),
        cmocka_unit_test(test_only_exactly_zero_is_success),
        cmocka_unit_test(test_secure_execution_reads_no_environment),
        cmocka_unit_test(test_secure_verification_reads_no_file),
        cmocka_unit_test(test_a_wrong_policy_calls_nothing),
        cmocka_unit_test(test_program_executes_after_confinement_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
