/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --explain, word by word, for some policies.
 *
 * What depends on the machine is replaced: the scratch directory is '%' again, and lines that are
 * wrapped are put together. What depends on the ABI of the kernel is put into what is expected.
 */
#include "live.h"

#define SHIM  "&/libsandlock_shim.so"
#define READ  "SANDLOCK_FS_READABLE="
#define WRITE "SANDLOCK_FS_WRITABLE="

/* Puts lines that go on on the next together. */
static void unwrap(char *text)
{
    while ((text = strstr(text, "\n      ")) != NULL) {
        size_t blanks = strspn(text + 1, " ");
        memmove(text + 1, text + 1 + blanks, strlen(text + 1 + blanks) + 1);
        *text = ' ';
    }
}

/* Replaces each of what by one character. */
static void replace(char *text, const char *what, char by)
{
    size_t len = strlen(what);
    while ((text = strstr(text, what)) != NULL) {
        *text = by;
        memmove(text + 1, text + len, strlen(text + len) + 1);
    }
}

static void explain(struct outcome *outcome, const char *const env[], const char *program)
{
    live_run(outcome, BARE, env, LIST(SHIM, "--explain", program));
    unwrap(outcome->out);
    replace(outcome->out, live_expand("%"), '%');
}

/* The part of an explanation that begins with a heading. */
static void expect_section(const char *explanation, const char *heading, const char *lines)
{
    char begin[64];
    snprintf(begin, sizeof begin, "\n%s\n", heading);
    const char *at = strstr(explanation, begin), *end = at;
    if (at == NULL) {
        if (*lines != '\0')
            fail_msg("no section %s in:\n%s", heading, explanation);
        return;
    }
    at = end = at + strlen(begin);
    while (*end == ' ')
        end = strchr(end, '\n') + 1;
    if ((size_t)(end - at) != strlen(lines) || strncmp(at, lines, strlen(lines)) != 0)
        fail_msg("%s: expected\n%sgot\n%.*s", heading, lines, (int)(end - at), at);
}

/* The protections, of which this many newest are not in this state. */
static void expect_protections(const char *explanation, const char *changed, const char *state)
{
    static const struct {
        const char *name, *about;
        int abi;
    } rows[] = {
        {"fs_refer", "renaming and linking across directories", 2},
        {"fs_truncate", "truncating files", 3},
        {"net_tcp", "TCP, by port", 4},
        {"fs_ioctl_dev", "ioctl on devices", 5},
        {"signal_scope", "signals to processes outside", 6},
        {"abstract_unix_socket_scope", "abstract UNIX sockets made outside", 6},
        {"fs_resolve_unix", "UNIX sockets, by path", 9},
        {"net_udp", "UDP, by port", 10},
    };
    char lines[1024] = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "  %s %s %s\n", rows[i].name,
                 strcmp(rows[i].name, changed) == 0 ? state
                 : live_abi() >= rows[i].abi        ? "active"
                                                    : "degraded",
                 rows[i].about);
    expect_section(explanation, "Protections", lines);
}

/* What is closed in every policy that asks for nothing of it; the rest of the line differs. */
#define CLOSED                                                                                     \
    "  closed (some gate of sockets is closed): 32-bit x86: sockets\n"                             \
    "  closed (nothing grants it): @mount @namespaces @ptrace @keyring @hostname @handles"         \
    " @userfaultfd @personality @quota @accounting @obsolete @swap @reboot @modules @perf @bpf"    \
    " @rawio @clock @klog @io_uring @sysv_ipc @terminal @prlimit @families @netlink @raw @stream"
#define UNIX_SEEN                                                                                  \
    "  open (fs_resolve_unix is active): @unix\n"                                                  \
    "  open (@unix is open): @listen\n"
#define EVERYTHING "read list execute write create remove rename truncate ioctl"

static void test_files(void **state)
{
    bool seen = live_abi() >= 9; /* by the kernel: UNIX sockets, by path */
    struct outcome outcome;
    char lines[512];
    (void)state;
    explain(&outcome, LIST(READ "%/in:-%/nope:%/in/link", WRITE "%/out:%/out/file:/dev/null"),
            NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Variables",
                   "  SANDLOCK_FS_READABLE environment %/in:-%/nope:%/in/link\n"
                   "  SANDLOCK_FS_WRITABLE environment %/out:%/out/file:/dev/null\n");
    const char *connect = seen ? " connect" : "";
    snprintf(lines, sizeof lines,
             "  SANDLOCK_FS_READABLE\n"
             "    directory read list execute %%/in\n"
             "    file read execute %%/in/link -> %%/in/file\n"
             "  SANDLOCK_FS_WRITABLE\n"
             "    directory " EVERYTHING "%s %%/out\n"
             "    file read execute write truncate ioctl%s %%/out/file\n"
             "    device read execute write truncate ioctl%s /dev/null\n",
             connect, connect, connect);
    expect_section(outcome.out, "Paths", lines);
    expect_section(outcome.out, "Skipped, being optional and missing", "  %/nope\n");
    expect_section(outcome.out, "Ports",
                   "  connect by TCP: none, for its gate is closed\n"
                   "  bind by TCP: none, for its gate is closed\n"
                   "  send by UDP: none, for its gate is closed\n"
                   "  bind by UDP: none, for its gate is closed\n");
    expect_protections(outcome.out, "", "");
    expect_section(outcome.out, "Gates",
                   seen ? UNIX_SEEN CLOSED " @tcp @fastopen @udp @icmp\n"
                        : CLOSED " @tcp @fastopen @udp @icmp @unix @listen\n");
    expect_section(outcome.out, "Process", "  no_new_privs\n");
    expect_section(outcome.out, "Program", "");
}

static void test_presets_and_chroot(void **state)
{
    struct outcome outcome;
    (void)state;
    explain(&outcome, LIST(READ "@tmp:/file", "SANDLOCK_CHROOT=%/in"), NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Paths",
                   "  SANDLOCK_FS_READABLE\n    file read execute /file -> %/in/file\n");
    expect_section(outcome.out, "Skipped, being optional and missing", "  /tmp /var/tmp\n");
    explain(&outcome, LIST(READ "@shm"), NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Paths",
                   "  SANDLOCK_FS_READABLE\n    directory read list execute /dev/shm by @shm\n");
}

static void test_network(void **state)
{
    struct outcome outcome;
    (void)state;
    explain(&outcome,
            LIST("SANDLOCK_NET_ALLOW=443 8000-8003,8005 udp://*", "SANDLOCK_NET_BIND=0,80",
                 "SANDLOCK_HTTP_PORTS=80", "SANDLOCK_UNIX_CONNECT=*"),
            NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Ports",
                   live_abi() >= 10 ? "  connect by TCP: 80 443 8000-8003 8005\n"
                                      "  bind by TCP: 0 80\n"
                                      "  send by UDP: every one\n"
                                      "  bind by UDP: 0\n"
                                    : "  connect by TCP: 80 443 8000-8003 8005\n"
                                      "  bind by TCP: 0 80\n"
                                      "  send by UDP: every one\n"
                                      "  bind by UDP: every one\n");
    expect_section(outcome.out, "Gates",
                   "  open (a TCP port is granted): @tcp\n"
                   "  open (a TCP port is granted in SANDLOCK_NET_BIND): @listen\n"
                   "  open (a UDP port is granted): @udp\n"
                   "  open (SANDLOCK_UNIX_CONNECT): @unix\n" CLOSED " @fastopen @icmp\n");
    explain(&outcome, LIST("SANDLOCK_NET_BIND=1-65535"), NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Ports",
                   "  connect by TCP: none\n"
                   "  bind by TCP: 1-65535\n"
                   "  send by UDP: none, for its gate is closed\n"
                   "  bind by UDP: none, for its gate is closed\n");
}

static void test_filter_and_process(void **state)
{
    bool seen = live_abi() >= 9;
    struct outcome outcome;
    char lines[1024];
    (void)state;
    explain(&outcome,
            LIST("SANDLOCK_FS_EXECUTABLE=/usr", "SANDLOCK_SECCOMP=nested",
                 "SANDLOCK_SECCOMP_ALLOW=@raw", "SANDLOCK_SECCOMP_DENY=@mount,chmod,@tcp",
                 "SANDLOCK_SECCOMP_ACTION=kill", "SANDLOCK_DISABLE=signal_scope",
                 "SANDLOCK_CLOSE_FDS=1", "SANDLOCK_KEEP_FDS=7", "SANDLOCK_NO_COREDUMP=1",
                 "SANDLOCK_VERBOSE=1", "SANDLOCK_KEEP_ENV=1"),
            NULL);
    live_expect(&outcome, 0, NULL, "");
    snprintf(lines, sizeof lines,
             "  open (SANDLOCK_SECCOMP=nested): @namespaces @ptrace @keyring @hostname @handles"
             " @userfaultfd @personality @quota @accounting @obsolete\n"
             "%s  open (signal_scope is disabled): @prlimit\n"
             "  open (SANDLOCK_SECCOMP_ALLOW): @raw\n"
             "%s  closed (some gate of sockets is closed): 32-bit x86: sockets\n"
             "  closed (SANDLOCK_SECCOMP_DENY): @mount @tcp\n"
             "  closed (SANDLOCK_SECCOMP_DENY names what it turns into): @stream\n"
             "  closed (nothing grants it): @swap @reboot @modules @perf @bpf @rawio @clock @klog"
             " @io_uring @sysv_ipc @terminal @families @netlink @stream @fastopen @udp @icmp%s\n",
             seen ? "  open (fs_resolve_unix is active): @unix\n" : "",
             seen ? "  open (@unix is open): @listen\n" : "", seen ? "" : " @unix @listen");
    expect_section(outcome.out, "Gates", lines);
    assert_non_null(strstr(outcome.out, "\nFilter\n  mode nested action kill "));
    assert_non_null(strstr(outcome.out, " instructions denied by name: chmod\n"));
    expect_section(outcome.out, "Process",
                   "  no_new_privs close_fds keep_fds 7 no_coredump verbose keep_env\n");
    expect_protections(outcome.out, "signal_scope", "disabled");
}

/* The ports of what is not filtered are open. */
static void test_without_filter(void **state)
{
    struct outcome outcome;
    (void)state;
    explain(&outcome, LIST(READ "/", "SANDLOCK_SECCOMP=off"), NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Gates", "");
    expect_section(outcome.out, "Filter", "  mode off action errno 0 instructions\n");
    expect_section(outcome.out, "Ports",
                   live_abi() >= 10 ? "  connect by TCP: none\n  bind by TCP: none\n"
                                      "  send by UDP: none\n  bind by UDP: none\n"
                                    : "  connect by TCP: none\n  bind by TCP: none\n"
                                      "  send by UDP: every one\n  bind by UDP: every one\n");
}

static void test_program(void **state)
{
    static const struct {
        const char *program, *readable, *line;
    } rows[] = {
        {"%/in/tool", "%/in:@system", "  %/in/tool would be executed\n"},
        {"true", "@system", "  true would be executed\n"},
        {"true", "%/in",
         "  true would not be executed: sandlock: true: Permission denied: the policy lets nobody"
         " execute /usr/bin/true; add it to SANDLOCK_FS_READABLE\n"},
        {"%/in/tool", "%/in",
         "  %/in/tool would not be executed: sandlock: %/in/tool: Permission denied: the policy "
         "lets"
         " nobody execute /bin/sh; add it to SANDLOCK_FS_READABLE\n"},
        {"no-such-program", "/",
         "  no-such-program would not be executed: sandlock: no-such-program: No such file or"
         " directory\n"},
        {"%/in", "/",
         "  %/in would not be executed: sandlock: %/in: Permission denied: it is a directory\n"},
    };
    struct outcome outcome;
    char readable[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(readable, sizeof readable, READ "%s", rows[i].readable);
        explain(&outcome, LIST(readable, "PATH=/usr/bin"), rows[i].program);
        live_expect(&outcome, 0, NULL, "");
        expect_section(outcome.out, "Program", rows[i].line);
    }
}

/* It must not run: it would make a file. */
static void test_program_does_nothing(void **state)
{
    struct outcome outcome;
    (void)state;
    live_write("%/make", "#!/bin/sh\n: >%/out/made\n", 0755);
    explain(&outcome, LIST(READ "/", WRITE "%/out"), "%/make");
    live_expect(&outcome, 0, NULL, "");
    live_run(&outcome, BARE, LIST("A=1"), LIST("test", "-e", "%/out/made"));
    assert_int_equal(outcome.status, 1);
    live_run(&outcome, PROGRAM, LIST(READ "/", WRITE "%/out"), LIST("%/make"));
    live_expect(&outcome, 0, "", "");
    live_run(&outcome, BARE, LIST("A=1"), LIST("test", "-e", "%/out/made"));
    assert_int_equal(outcome.status, 0);
}

/* Where a start fails it ends as that does, and says nothing else. */
static void test_as_a_start_fails(void **state)
{
    static const char *const policies[] = {
        READ "/no/where",
        READ "usr",
        "SANDLOCK_NO_SUCH=1",
        "SANDLOCK_VERBOSE=1",
        "SANDLOCK_NET_ALLOW=x",
        "SANDLOCK_REQUIRE=net_udp",
        "SANDLOCK_SECCOMP_DENY=nothing",
        READ "%/in/fifo",
    };
    struct outcome outcome, start;
    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (strstr(policies[i], "net_udp") != NULL && live_abi() >= 10)
            continue; /* there it is no fault */
        live_run(&start, PROGRAM, LIST(policies[i]), LIST("true"));
        live_run(&outcome, BARE, LIST(policies[i]), LIST(SHIM, "--explain", "true"));
        if (strstr(policies[i], "fifo") != NULL)
            continue; /* a FIFO with a name can be granted: that is no fault either */
        live_expect(&start, 125, "", NULL);
        live_expect(&outcome, 125, "", start.err);
        live_run(&outcome, BARE, LIST(policies[i]), LIST(SHIM, "--explain=json"));
        live_expect(&outcome, 125, "", start.err);
    }
}

static void test_already_confined(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, PROGRAM, LIST(READ "/", "SANDLOCK_KEEP_ENV=1"), LIST(SHIM, "--explain"));
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "; this process is confined by this very policy already"));
    live_run(&outcome, BARE, LIST(READ "/", "SANDLOCK_KEEP_ENV=1"), LIST(SHIM, "--explain"));
    live_expect(&outcome, 0, NULL, "");
    assert_null(strstr(outcome.out, "already"));
}

/* Where an outer filter has the gate @ptrace, nothing can be tried, and nothing is executed. */
static void test_ptrace_denied(void **state)
{
    static const char inside[] = READ "/ exec " SHIM " --explain true";
    struct outcome outcome;
    (void)state;
    live_run(&outcome, PROGRAM, LIST(READ "/"), LIST("sh", "-c", inside));
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Program",
                   "  true cannot be tried: ptrace(2) is not permitted here\n");
    live_run(&outcome, PROGRAM, LIST(READ "/", "SANDLOCK_SECCOMP_ALLOW=@ptrace"),
             LIST("sh", "-c", inside));
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Program", "  true would be executed\n");
}

/* A call that ends the trial, by whatever signal, must not leave it waiting. */
static void test_killed_trial_ends(void **state)
{
    static const char *const actions[] = {"kill", "trap"};
    static const char *const calls[] = {"execve", "openat"};
    struct outcome outcome;
    char deny[64], action[64];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        snprintf(deny, sizeof deny, "SANDLOCK_SECCOMP_DENY=%s", calls[i / 2]);
        snprintf(action, sizeof action, "SANDLOCK_SECCOMP_ACTION=%s", actions[i % 2]);
        explain(&outcome, LIST(READ "/", deny, action), "true");
        live_expect(&outcome, 0, NULL, "");
        expect_section(outcome.out, "Program",
                       "  true cannot be tried: a call that is denied ends the process\n");
    }
    explain(&outcome, LIST(READ "/", "SANDLOCK_SECCOMP_DENY=chmod"), "true");
    expect_section(outcome.out, "Program", "  true would be executed\n");
}

static void test_no_output(void **state)
{
    struct outcome outcome;
    (void)state;
    live_run(&outcome, BARE, LIST(READ "/"),
             LIST("sh", "-c", "exec " SHIM " --explain >/dev/full"));
    live_expect(&outcome, 125, "", "sandlock: standard output: No space left on device\n");
    live_run(&outcome, BARE, LIST(READ "/"),
             LIST("sh", "-c", "eval \"exec 1>$(printf '\\046')-\"; exec " SHIM " --explain"));
    live_expect(&outcome, 125, "", "sandlock: standard output: Bad file descriptor\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_files),
        TEST(test_presets_and_chroot),
        TEST(test_network),
        TEST(test_filter_and_process),
        TEST(test_without_filter),
        TEST(test_program),
        TEST(test_program_does_nothing),
        TEST(test_as_a_start_fails),
        TEST(test_already_confined),
        TEST(test_ptrace_denied),
        TEST(test_killed_trial_ends),
        TEST(test_no_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
