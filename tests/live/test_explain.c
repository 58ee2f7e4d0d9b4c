/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --explain, word by word, for some policies.
 *
 * What depends on the machine is replaced: the scratch directory is '%' again, and lines that are
 * wrapped are put together. What depends on the ABI of the kernel is put into what is expected.
 */
#include "explained.h"

/* The protections, of which one is in a state that the policy wants. */
static void expect_protections(const char *explanation, const char *changed, const char *state)
{
    char lines[1024] = "";
    for (size_t i = 0; i < PROTECTIONS; i++) {
        const char *now = strcmp(protections[i].name, changed) == 0 ? state
                          : live_abi() >= protections[i].abi        ? "active"
                                                                    : "degraded";
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "  %s %s %s %s\n",
                 protections[i].name, now,
                 strcmp(now, "active") == 0 ? "restricts" : "does not restrict",
                 protections[i].about);
    }
    expect_section(explanation, "Protections", lines);
}

/* What is closed in every policy that asks for nothing of it; the rest of the line differs. */
#define CLOSED                                                                                     \
    "  closed (as long as any gate of sockets is): sockets of 32-bit x86\n"                        \
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
    live_needs(6);
    explain(&outcome, LIST(READ "%/in:-%/nope:%/in/link", WRITE "%/out:%/out/file:/dev/null"),
            NULL);
    live_expect(&outcome, 0, NULL, "");
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
    expect_section(outcome.out, "Skipped, for they are missing", "  %/nope\n");
    expect_section(outcome.out, "Ports",
                   "  connect by TCP: none (@tcp is closed)\n"
                   "  bind by TCP: none (@tcp is closed)\n"
                   "  send by UDP: none (@udp is closed)\n"
                   "  bind by UDP: none (@udp is closed)\n");
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
    live_needs(6);
    explain(&outcome, LIST(READ "@tmp:/file", "SANDLOCK_CHROOT=%/in"), NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Variables",
                   "  SANDLOCK_FS_READABLE environment @tmp:/file\n"
                   "  SANDLOCK_CHROOT environment %/in\n");
    expect_section(outcome.out, "Paths",
                   "  SANDLOCK_FS_READABLE\n    file read execute /file -> %/in/file\n");
    expect_section(outcome.out, "Skipped, for they are missing", "  /tmp /var/tmp\n");
    explain(&outcome, LIST(READ "@shm"), NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Paths",
                   "  SANDLOCK_FS_READABLE\n    directory read list execute /dev/shm by @shm\n");
}

static void test_network(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    explain(&outcome,
            LIST("SANDLOCK_NET_ALLOW=443 8000-8003,8005 udp://*", "SANDLOCK_NET_BIND=0,80",
                 "SANDLOCK_HTTP_PORTS=80", "SANDLOCK_UNIX_CONNECT=*"),
            NULL);
    live_expect(&outcome, 0, NULL, "");
    expect_section(outcome.out, "Ports",
                   live_abi() >= 10 ? "  connect by TCP: 80 443 8000-8003 8005\n"
                                      "  bind by TCP: 0 80\n"
                                      "  send by UDP: all ports\n"
                                      "  bind by UDP: 0\n"
                                    : "  connect by TCP: 80 443 8000-8003 8005\n"
                                      "  bind by TCP: 0 80\n"
                                      "  send by UDP: all ports\n"
                                      "  bind by UDP: all ports\n");
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
                   "  send by UDP: none (@udp is closed)\n"
                   "  bind by UDP: none (@udp is closed)\n");
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
             "%s  closed (as long as any gate of sockets is): sockets of 32-bit x86\n"
             "  closed (SANDLOCK_SECCOMP_DENY): @mount @tcp\n"
             "  closed (SANDLOCK_SECCOMP_DENY names what this turns into, @tcp or @udp): @stream\n"
             "  closed (nothing grants it): @swap @reboot @modules @perf @bpf @rawio @clock @klog"
             " @io_uring @sysv_ipc @terminal @families @netlink @stream @fastopen @udp @icmp%s\n",
             seen ? "  open (fs_resolve_unix is active): @unix\n" : "",
             seen ? "  open (@unix is open): @listen\n" : "", seen ? "" : " @unix @listen");
    expect_section(outcome.out, "Gates", lines);
    assert_non_null(
        strstr(outcome.out, "\nFilter\n  mode: nested\n  action: kill\n  instructions: "));
    assert_non_null(strstr(outcome.out, "\n  denied by name: chmod\n"));
    expect_section(outcome.out, "Process",
                   "  no_new_privs close_fds keep_fds 7 no_coredump verbose keep_env\n");
    expect_protections(outcome.out, "signal_scope", "disabled");
}

/* The ports of what is not filtered are open. */
static void test_without_filter(void **state)
{
    struct outcome outcome;
    (void)state;
    live_needs(6);
    explain(&outcome, LIST(READ "/", "SANDLOCK_SECCOMP=off"), NULL);
    live_expect(&outcome, 0, NULL, "");
    assert_non_null(strstr(outcome.out, "\nGates\n  open (SANDLOCK_SECCOMP=off): @mount "));
    assert_null(strstr(outcome.out, "\n  closed ("));
    expect_section(outcome.out, "Filter", "  mode: off\n  action: errno\n  instructions: 0\n");
    expect_section(outcome.out, "Ports",
                   live_abi() >= 10 ? "  connect by TCP: none\n  bind by TCP: none\n"
                                      "  send by UDP: none\n  bind by UDP: none\n"
                                    : "  connect by TCP: none\n  bind by TCP: none\n"
                                      "  send by UDP: all ports\n  bind by UDP: all ports\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_files),          TEST(test_presets_and_chroot),
        TEST(test_network),        TEST(test_filter_and_process),
        TEST(test_without_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
