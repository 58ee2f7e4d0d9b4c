/* SPDX-License-Identifier: Apache-2.0 */
/* The warnings of --explain: each where there is reason for it, and not in its twin. */
#include "explained.h"

/* Whether --explain warns of it, started from a directory. */
static bool warns(const char *id, const char *const env[], const char *from, const char *program)
{
    struct outcome outcome;
    char line[32];
    live_run(&outcome, BARE, env,
             LIST("/bin/sh", "-c", "cd \"$1\"; exec \"$0\" --explain $2", SHIM, from, program));
    live_expect(&outcome, 0, NULL, "");
    const char *warnings = strstr(outcome.out, "\nWarnings\n");
    snprintf(line, sizeof line, "\n  %s ", id);
    return warnings != NULL && strstr(warnings, line) != NULL;
}

static void expect_warning(const char *id, const char *const env[], bool wanted)
{
    if (warns(id, env, "/", "") != wanted)
        fail_msg("%s: %s %s ...", wanted ? "no warning" : "a warning", id, env[0]);
}

static void test_paths(void **state)
{
    (void)state;
    expect_warning("proc-self", LIST(READ "/proc/self"), true);
    expect_warning("proc-self", LIST(READ "/proc/thread-self/fd"), true);
    expect_warning("proc-self", LIST(READ "/proc/1"), true);
    expect_warning("proc-self", LIST(READ "/proc"), false);
    expect_warning("proc-self", LIST(READ "/proc/sys"), false);
    expect_warning("replaced-file", LIST(READ "/etc/hosts"), true);
    expect_warning("replaced-file", LIST(READ "-/etc/hosts"), true);
    expect_warning("replaced-file", LIST(READ "/etc"), false);
    expect_warning("replaced-file", LIST(READ "@dns"), false);
    expect_warning("replaced-file", LIST(WRITE "%/in/file"), true);
    expect_warning("replaced-file", LIST(WRITE "%/in"), false);
    expect_warning("replaced-file", LIST(READ "%/in/file"), false);
    expect_warning("replaced-file", LIST(WRITE "/dev/null"), false);
    expect_warning("replaced-file", LIST(READ "/etc:/etc/hosts"), false); /* its directory is */
    expect_warning("replaced-file", LIST(WRITE "%/in/file", READ "%/in"), true);
}

static void test_what_is_seen_from_inside(void **state)
{
    (void)state;
    assert_true(warns("directory", LIST(READ "/usr"), "/", ""));
    assert_true(warns("directory", LIST(READ "%/in"), "%/out", ""));
    assert_false(warns("directory", LIST(READ "/"), "/", ""));
    assert_false(warns("directory", LIST(READ "%/in"), "%/in/empty", ""));
    expect_warning("dev-null", LIST(WRITE "%/in"), true);
    expect_warning("dev-null", LIST(READ "@base"), true);
    expect_warning("dev-null", LIST(WRITE "%/in:/dev/null"), false);
    expect_warning("dev-null", LIST(READ "@base", WRITE "@dev"), false);
}

#define NOTIFY "NOTIFY_SOCKET=/run/systemd/notify"
#define LIVES  "SANDLOCK_ALLOW_DEGRADED=net_udp"

static void test_network(void **state)
{
    bool old = live_abi() < 9; /* newer kernels tell UNIX sockets apart: their gate is open */
    (void)state;
    live_needs(6);
    expect_warning("notify-socket", LIST(READ "/", NOTIFY), old);
    expect_warning("notify-socket", LIST(READ "/", NOTIFY, "SANDLOCK_SECCOMP_DENY=@unix"), true);
    expect_warning("notify-socket", LIST(READ "/", NOTIFY, "SANDLOCK_UNIX_CONNECT=*"), false);
    expect_warning("notify-socket", LIST(READ "/", "NOTIFY_SOCKET=@x", "SANDLOCK_UNIX_CONNECT=*"),
                   true);
    expect_warning("notify-socket",
                   LIST(READ "/", "NOTIFY_SOCKET=@x", "SANDLOCK_UNIX_CONNECT=*",
                        "SANDLOCK_DISABLE=abstract_unix_socket_scope"),
                   false);
    expect_warning("notify-socket", LIST(READ "/"), false);
    expect_warning("notify-socket", LIST(READ "/", "NOTIFY_SOCKET="), false);
    expect_warning("udp-answers", LIST("SANDLOCK_NET_BIND=udp://53", LIVES), true);
    expect_warning("udp-answers",
                   LIST("SANDLOCK_NET_BIND=udp://53", "SANDLOCK_NET_ALLOW=udp://53", LIVES), true);
    expect_warning("udp-answers",
                   LIST("SANDLOCK_NET_BIND=udp://53", "SANDLOCK_NET_ALLOW=udp://*", LIVES), false);
    expect_warning("udp-answers", LIST("SANDLOCK_NET_BIND=53", LIVES), false);
    expect_warning("udp-answers", LIST("SANDLOCK_NET_BIND=udp://53", "SANDLOCK_DISABLE=net_udp"),
                   false);
    expect_warning("listen", LIST("SANDLOCK_NET_ALLOW=443", "SANDLOCK_UNIX_CONNECT=*"), true);
    expect_warning("listen", LIST("SANDLOCK_NET_BIND=80"), true);
    expect_warning("listen", LIST("SANDLOCK_NET_ALLOW=443", "SANDLOCK_SECCOMP_DENY=@listen"),
                   false);
    expect_warning("listen", LIST("SANDLOCK_NET_BIND=80", "SANDLOCK_SECCOMP_DENY=listen"), false);
    expect_warning("listen", LIST("SANDLOCK_UNIX_CONNECT=*"), false);
    expect_warning("listen", LIST("SANDLOCK_NET_BIND=80,0"), false);
    expect_warning("listen", LIST("SANDLOCK_NET_BIND=tcp://*"), false);
    expect_warning("listen", LIST("SANDLOCK_NET_BIND=80", "SANDLOCK_DISABLE=net_tcp"), false);
}

#define METADATA                                                                                   \
    "SANDLOCK_SECCOMP_DENY=chmod,fchmod,fchmodat,fchmodat2,chown,fchown,lchown,fchownat,utime,"    \
    "utimes,utimensat,futimesat,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,"            \
    "fremovexattr"

static void test_filter(void **state)
{
    (void)state;
    expect_warning("no-filter", LIST(READ "/", "SANDLOCK_SECCOMP=off"), true);
    expect_warning("no-filter", LIST(READ "/", "SANDLOCK_SECCOMP=nested"), false);
    expect_warning("io-uring", LIST(READ "/", "SANDLOCK_SECCOMP_ALLOW=@io_uring"), true);
    expect_warning("io-uring", LIST(READ "/", "SANDLOCK_SECCOMP_ALLOW=@bpf"), false);
    expect_warning("log", LIST(READ "/", "SANDLOCK_SECCOMP_ACTION=log"), true);
    expect_warning("log", LIST(READ "/", "SANDLOCK_SECCOMP_ACTION=kill"), false);
    expect_warning("denied-calls", LIST(READ "/", "SANDLOCK_SECCOMP_DENY=socket"), true);
    expect_warning("denied-calls", LIST(READ "/", "SANDLOCK_SECCOMP_DENY=@tcp"), false);
    expect_warning("metadata", LIST(READ "/"), true);
    expect_warning("metadata", LIST(READ "/", "SANDLOCK_SECCOMP_DENY=chmod,chown"), true);
    expect_warning("metadata", LIST(READ "/", METADATA, "SANDLOCK_SECCOMP_ACTION=log"), true);
    expect_warning("metadata", LIST(READ "/", METADATA), false);
}

#if defined __x86_64__
#define LOADER "/lib64/ld-linux-x86-64.so.2"
#else
#define LOADER "/lib/ld-linux-aarch64.so.1"
#endif

static void expect_need(const char *id, const char *const env[], const char *program, bool wanted)
{
    if (warns(id, env, "/", program) != wanted)
        fail_msg("%s: %s %s ... of %s", wanted ? "no warning" : "a warning", id, env[0], program);
}

/* What is in force around the process already. */
static void test_outer(void **state)
{
    static const char inside[] = READ "/usr exec " SHIM " --explain";
    struct outcome outcome;
    (void)state;
    live_needs(6);
    expect_warning("outer", LIST(READ "/"), false);
    live_run(&outcome, PROGRAM, LIST(READ "/"), LIST("sh", "-c", inside));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "\n  outer "));
    live_run(&outcome, PROGRAM, LIST(READ "/", "SANDLOCK_SECCOMP=off"), LIST("sh", "-c", inside));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "\n  outer "));
    /* of the same policy it is none */
    live_run(&outcome, PROGRAM, LIST(READ "/", "SANDLOCK_KEEP_ENV=1"), LIST(SHIM, "--explain"));
    live_expect(&outcome, 0, NULL, "");
    assert_null(strstr(outcome.out, "\n  outer "));
}

/* Children that load the shim again read the file again. */
static void test_keep_env(void **state)
{
    (void)state;
    live_write("%/conf", READ "/usr\nSANDLOCK_KEEP_ENV=1\n", 0644);
    expect_warning("keep-env", LIST("SANDLOCK_CONFIG=%/conf"), true);
    expect_warning("keep-env", LIST("SANDLOCK_CONFIG=%/conf", WRITE "%"), false);
    expect_warning("keep-env", LIST(READ "/usr", "SANDLOCK_KEEP_ENV=1"), false);
}

/* What the start of a program needs, and what is missing of it. */
static void test_needs(void **state)
{
    (void)state;
    live_needs(6);
    expect_need("interpreter", LIST(READ "%/in"), "%/in/tool", true);
    expect_need("interpreter", LIST(READ "%/in:@system"), "%/in/tool", false);
    expect_need("interpreter", LIST(READ "/usr/bin"), "true", true);
    expect_need("interpreter", LIST(READ "/usr/bin:" LOADER), "true", false);
    expect_need("library", LIST(READ "/usr/bin:" LOADER), "true", true);
    expect_need("library", LIST(READ "/usr"), "true", false);
    expect_need("preload", LIST(READ "/usr/bin:" LOADER, "LD_PRELOAD=libm.so.6"), "true", true);
    expect_need("preload", LIST(READ "/usr", "LD_PRELOAD=libm.so.6"), "true", false);
    expect_need("program", LIST(READ "/", "SANDLOCK_FS_EXECUTABLE=@none"), "true", true);
    expect_need("program", LIST(READ "/"), "true", false);
    /* It looks for the shim beside itself. */
    live_write("%/copy", "cp \"$1\" \"$2\"", 0644);
    struct outcome outcome;
    live_run(&outcome, BARE, LIST("A=1"), LIST("sh", "%/copy", "&/needed", "%/needed"));
    expect_need("library", LIST(READ "/"), "%/needed", true);
    expect_need("library", LIST(READ "/"), "&/needed", false);
}

/* Nothing is said of needs where nobody asks about a program, or its name means none. */
static void test_no_needs(void **state)
{
    (void)state;
    expect_need("library", LIST(READ "/usr/bin"), "", false);
    expect_need("interpreter", LIST(READ "/usr/bin"), "no-such-program", false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_outer),   TEST(test_keep_env),
        TEST(test_paths),   TEST(test_what_is_seen_from_inside),
        TEST(test_network), TEST(test_filter),
        TEST(test_needs),   TEST(test_no_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
