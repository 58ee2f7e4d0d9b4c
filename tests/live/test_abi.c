/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy comes to on a kernel of each Landlock ABI: with what is required by default, with
 * each protection required by name, with all that is missing accepted. Where Landlock itself is
 * missing, no variable helps. The other live tests take for granted what stands here.
 *
 * The settings reach the shim by env(1), and so without what live_run would add to them.
 */
#include "live.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FILES    "SANDLOCK_FS_READABLE=@system:&:%/out:/dev/zero", "SANDLOCK_FS_WRITABLE=%/in"
#define DEGRADED "SANDLOCK_ALLOW_DEGRADED="
#define REQUIRE  "SANDLOCK_REQUIRE="
#define OPEN     "SANDLOCK_SECCOMP_ALLOW="
#define EVERYTHING                                                                                 \
    "fs_refer,fs_truncate,net_tcp,fs_ioctl_dev,signal_scope,abstract_unix_socket_scope,"           \
    "fs_resolve_unix,net_udp"

enum { ABI_REQUIRED = 6, ABI_UNIX = 9, ABI_UDP = 10 };

/* What is outside of every domain: this process, a TCP port that it listens on and another, and two
 * sockets. */
static char own_pid[16], held_port[16], free_port[16], abstract[32];

/* Every protection: what it denies, and with which error, from which ABI on. What comes of it on an
 * older kernel, where that is accepted, is the same as unconfined. A gate would deny it as well:
 * that has to be opened. */
static const struct row {
    const char *protection;
    int abi;
    const char *gates, *operation, *args[2], *denied;
} rows[] = {
    {"fs_refer", 2, "", "link", {"%/out/file", "%/in/new"}, "EXDEV"},
    {"fs_truncate", 3, "", "truncate", {"%/out/file", NULL}, "EACCES"},
    {"net_tcp", 4, "@tcp", "tcp-bind", {"0", NULL}, "EACCES"},
    {"net_tcp", 4, "@tcp", "tcp-connect", {held_port, NULL}, "EACCES"},
    {"fs_ioctl_dev", 5, "", "ioctl", {"/dev/zero", NULL}, "EACCES"},
    {"signal_scope", 6, "", "kill", {own_pid, "0"}, "EPERM"},
    {"abstract_unix_socket_scope", 6, "@unix", "unix-connect", {abstract, NULL}, "EPERM"},
    {"fs_resolve_unix", 9, "@unix", "unix-connect", {"%/out/socket", NULL}, "EACCES"},
    {"net_udp", 10, "@udp", "udp-bind", {"0", NULL}, "EACCES"},
    {"net_udp", 10, "@udp", "udp-send", {"9", NULL}, "EACCES"},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* A TCP socket of the loopback, and its port. */
static int bind_tcp(char port[static 16])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(port, 16, "%d", ntohs(address.sin_port));
    return fd;
}

/* Listens at this address, whose name is that long. */
static int listen_unix(const struct sockaddr_un *address, size_t name_len)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_len);
    assert_int_equal(bind(fd, (const struct sockaddr *)address, len), 0);
    assert_int_equal(listen(fd, 64), 0);
    return fd;
}

static int fds[4];

static int setup(void **state)
{
    struct sockaddr_un named = {.sun_family = AF_UNIX}, nameless = named;
    live_setup(state);
    snprintf(own_pid, sizeof own_pid, "%d", (int)getpid());
    fds[0] = bind_tcp(held_port);
    assert_int_equal(listen(fds[0], 64), 0);
    fds[1] = bind_tcp(free_port);
    assert_int_equal(listen(fds[1], 64), 0);
    snprintf(abstract, sizeof abstract, "@sandlock-abi-%d", (int)getpid());
    strcpy(nameless.sun_path + 1, abstract + 1);
    fds[2] = listen_unix(&nameless, strlen(abstract));
    strcpy(named.sun_path, live_expand("%/out/socket"));
    fds[3] = listen_unix(&named, strlen(named.sun_path) + 1);
    assert_int_equal(chmod(named.sun_path, 0666), 0);
    return 0;
}

static int teardown(void **state)
{
    for (size_t i = 0; i < 4; i++)
        close(fds[i]);
    return live_teardown(state);
}

/* Runs an operation of the probe under FILES and two settings more, exactly. */
static void run(struct outcome *outcome, enum face face, const char *one, const char *other,
                const char *const operation[])
{
    const char *argv[16] = {"/usr/bin/env", "LD_PRELOAD=&/libsandlock_shim.so", FILES, one, other};
    size_t len = 6;
    if (face != PRELOAD)
        argv[1] = "A=1";
    if (face == BARE)
        argv[2] = argv[3] = argv[4] = argv[5] = "A=1";
    if (face == PROGRAM)
        argv[len++] = "&/libsandlock_shim.so";
    argv[len++] = "&/probe";
    for (; *operation != NULL; operation++)
        argv[len++] = *operation;
    argv[len] = NULL;
    live_run(outcome, BARE, LIST("A=1"), argv);
}

/* What every start comes to on a kernel that has no Landlock, or has it switched off. */
static bool is_absent(const struct outcome *outcome)
{
    static const char *const lines[] = {
        "sandlock: landlock_create_ruleset: Function not implemented: this kernel is older than "
        "5.13 or built without Landlock, or an outer seccomp filter hides it, as an old container "
        "profile does\n",
        "sandlock: landlock_create_ruleset: Operation not supported: this kernel has Landlock, but "
        "it is off; boot with landlock in lsm=\n"};
    if (live_abi() > 0)
        return false;
    if (strcmp(outcome->err, lines[0]) != 0)
        live_expect(outcome, 125, "", lines[1]);
    live_expect(outcome, 125, "", outcome->err);
    return true;
}

/* The start fails with this line, or, where line is empty, the operation is answered so; in both
 * faces. */
static void expect(const char *one, const char *other, const char *const operation[],
                   const char *answer, const char *line)
{
    struct outcome outcome;
    char out[32] = "", err[1024] = "";
    if (*line != '\0')
        snprintf(err, sizeof err, "sandlock: %s\n", line);
    else
        snprintf(out, sizeof out, "%s\n", answer);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        run(&outcome, face, one, other, operation);
        if (is_absent(&outcome))
            continue;
        if (strcmp(outcome.out, out) != 0 || strcmp(outcome.err, err) != 0)
            print_error("face %d: %s under %s %s\n", (int)face, *operation, one, other);
        live_expect(&outcome, *line != '\0' ? 125 : 0, out, err);
    }
}

/* Writes what this kernel says of lacking these, and what accepts them. */
static const char *lacks(const char *which, const char *to_run, const char *accepted)
{
    static char line[1024];
    snprintf(line, sizeof line,
             "this kernel has Landlock ABI %d, which lacks %s; to run without, %sset %s%s",
             live_abi(), which, to_run, DEGRADED, accepted);
    return line;
}

/* Those that are required by default and missing here, each with its ABI. */
static const char *lacking_with_abi(void)
{
    static char text[256];
    *text = '\0';
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].abi <= ABI_REQUIRED && rows[i].abi > live_abi() &&
            strstr(text, rows[i].protection) == NULL)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s (ABI %d)",
                     *text == '\0' ? "" : ", ", rows[i].protection, rows[i].abi);
    return text;
}

/* ABI 6 or more, or one line that says what is missing, and what to set to run without. That
 * setting is enough. */
static void test_what_is_required_by_default(void **state)
{
    const char *const stat[] = {"stat", "/", NULL};
    char setting[160];
    (void)state;
    if (live_abi() >= ABI_REQUIRED)
        expect("A=1", "B=1", stat, "OK", "");
    else
        expect("A=1", "B=1", stat, "", lacks(lacking_with_abi(), "", live_lacking(live_abi())));
    snprintf(setting, sizeof setting, DEGRADED "%s", live_lacking(live_abi()));
    expect(setting, "B=1", stat, "OK", "");
}

static void test_required_by_name(void **state)
{
    char setting[64], which[64], to_run[96];
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(setting, sizeof setting, REQUIRE "%s", rows[i].protection);
        snprintf(which, sizeof which, "%s (ABI %d)", rows[i].protection, rows[i].abi);
        snprintf(to_run, sizeof to_run, "take %s out of SANDLOCK_REQUIRE and ", rows[i].protection);
        expect(DEGRADED "all", setting, LIST("stat", "/"), "OK",
               live_abi() >= rows[i].abi ? "" : lacks(which, to_run, EVERYTHING));
    }
}

/* With all accepted, what the kernel has is enforced, and what it lacks is not. */
static void test_accepted_is_enforced_where_it_can_be(void **state)
{
    struct outcome outcome;
    char open[64], out[32];
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const char *const operation[] = {row->operation, row->args[0], row->args[1], NULL};
        bool enforced = live_abi() >= row->abi;
        snprintf(open, sizeof open, OPEN "%s", row->gates);
        for (enum face face = BARE; face <= PROGRAM; face++) {
            bool denied = enforced && face != BARE;
            snprintf(out, sizeof out, "%s\n", denied ? row->denied : "OK");
            run(&outcome, face, DEGRADED "all", open, operation);
            if (face != BARE && is_absent(&outcome))
                continue;
            if (strcmp(outcome.out, out) != 0)
                print_error("face %d: %s, by %s\n", (int)face, row->operation, row->protection);
            live_expect(&outcome, 0, out, "");
            teardown(state), setup(state); /* some make what can be made only once */
        }
    }
}

/* The rights of ABI 1 are denied everywhere. */
static void test_files_are_denied_on_every_abi(void **state)
{
    (void)state;
    expect(DEGRADED "all", "B=1", LIST("read", "/etc/passwd"), "EACCES", "");
    expect(DEGRADED "all", "B=1", LIST("write", "%/out/file"), "EACCES", "");
    expect(DEGRADED "all", "B=1", LIST("read", "%/out/file"), "OK", "");
    expect(DEGRADED "all", "B=1", LIST("write", "%/in/file"), "OK", "");
}

/* What Landlock cannot deny and nobody has granted, the filter denies, accepted or not. */
static void test_gates_stay_closed_where_landlock_is_blind(void **state)
{
    const bool seen = live_abi() >= ABI_UNIX;
    (void)state;
    expect(DEGRADED "all", "B=1", LIST("tcp-socket"), "EACCES", "");
    expect(DEGRADED "all", "B=1", LIST("tcp-bind", "0"), "EACCES", "");
    expect(DEGRADED "all", "B=1", LIST("tcp-connect", held_port), "EACCES", "");
    expect(DEGRADED "all", "B=1", LIST("udp-bind", "0"), "EPROTONOSUPPORT", "");
    expect(DEGRADED "all", "B=1", LIST("unix-connect", "%/out/socket"), "EACCES", "");
    expect(DEGRADED "all", "B=1", LIST("unix-connect", abstract), seen ? "EPERM" : "EACCES", "");
}

/* A port that is granted opens the gate; which port it is, the kernel has to tell. */
static void test_ports_go_by_number_where_the_kernel_tells_them_apart(void **state)
{
    char allow[64], udp[64];
    (void)state;
    snprintf(allow, sizeof allow, "SANDLOCK_NET_ALLOW=%s", held_port);
    expect(DEGRADED "all", allow, LIST("tcp-connect", held_port), "OK", "");
    expect(DEGRADED "all", allow, LIST("tcp-connect", free_port), live_abi() >= 4 ? "EACCES" : "OK",
           "");
    snprintf(udp, sizeof udp, "SANDLOCK_NET_ALLOW=udp://%s", held_port);
    expect(DEGRADED "all", udp, LIST("udp-send", held_port), "OK", "");
    expect(DEGRADED "all", udp, LIST("udp-send", free_port),
           live_abi() >= ABI_UDP ? "EACCES" : "OK", "");
}

/* A grant finer than the kernel can enforce is an error, unless its protection is accepted too. */
static void test_finer_than_this_kernel(void **state)
{
    char setting[160], accepted[200];
    const char *lacking = live_lacking(live_abi()), *comma = *lacking == '\0' ? "" : ",";
    (void)state;
    snprintf(setting, sizeof setting, DEGRADED "%s", lacking);
    snprintf(accepted, sizeof accepted, "%s%snet_udp", lacking, comma);
    expect(setting, "SANDLOCK_NET_ALLOW=udp://53", LIST("stat", "/"), "OK",
           live_abi() >= ABI_UDP
               ? ""
               : lacks("net_udp (ABI 10)", "grant udp://* in SANDLOCK_NET_ALLOW, or ", accepted));
    snprintf(accepted, sizeof accepted, "%s%sfs_resolve_unix", lacking, comma);
    expect(setting, "SANDLOCK_UNIX_CONNECT=%/in", LIST("stat", "/"), "OK",
           live_abi() >= ABI_UNIX
               ? ""
               : lacks("fs_resolve_unix (ABI 9)",
                       "set SANDLOCK_UNIX_CONNECT=* in place of paths, or ", accepted));
    expect(setting, "SANDLOCK_NET_ALLOW=udp://*", LIST("udp-send", "9"), "OK", "");
    expect(setting, "SANDLOCK_UNIX_CONNECT=*", LIST("unix-connect", "%/out/socket"), "OK", "");
}

/* The line of SANDLOCK_VERBOSE names what is not enforced. */
static void test_what_is_missing_is_said(void **state)
{
    struct outcome outcome;
    char expected[256] = "degraded=";
    size_t missing = 0;
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].abi > live_abi() && strstr(expected, rows[i].protection) == NULL)
            snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%s",
                     missing++ == 0 ? "" : ",", rows[i].protection);
    if (missing == 0)
        strcat(expected, "-");
    if (missing > 3) /* more than the line has room for: their number */
        snprintf(expected, sizeof expected, "degraded=%zu", missing);
    strcat(expected, missing > 3 ? " disabled=0 " : " disabled=- ");
    run(&outcome, PRELOAD, DEGRADED "all", "SANDLOCK_VERBOSE=1", LIST("stat", "/"));
    if (is_absent(&outcome))
        return;
    live_expect(&outcome, 0, "OK\n", NULL);
    if (strstr(outcome.err, expected) == NULL)
        fail_msg("no %s in %s", expected, outcome.err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_required_by_default),
        TEST(test_required_by_name),
        TEST(test_accepted_is_enforced_where_it_can_be),
        TEST(test_files_are_denied_on_every_abi),
        TEST(test_gates_stay_closed_where_landlock_is_blind),
        TEST(test_ports_go_by_number_where_the_kernel_tells_them_apart),
        TEST(test_finer_than_this_kernel),
        TEST(test_what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
