/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets and signals, live, outward and inward. The test itself is what lies outside. */
#include "live.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ         LIST("SANDLOCK_FS_READABLE=@system:&")
#define OPEN(groups) LIST("SANDLOCK_FS_READABLE=@system:&", live_open(groups))

/* A listening UNIX socket, whose name is a path, or abstract where it begins with '@'. */
static int listen_on(const char *name, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type, 0);
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (*name == '@')
        *address.sun_path = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 8), 0);
    return fd;
}

/* Runs one operation of the probe bare, where it works, and confined. */
static void outward(const char *const policy[], const char *operation, const char *a, const char *b,
                    const char *expected)
{
    struct outcome outcome;
    live_run(&outcome, BARE, LIST("A=1"), LIST("probe", operation, a, b));
    live_expect(&outcome, 0, "OK\n", "");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, policy, LIST("probe", operation, a, b));
        live_expect(&outcome, 0, expected, "");
    }
}

/* What comes of a UNIX socket for which nothing is granted, where Landlock alone says otherwise:
 * the filter lets nobody make one before ABI 9. */
static const char *unix_error(const char *otherwise)
{
    return live_filter() && live_abi() < 9 ? "EACCES\n" : otherwise;
}

static void test_abstract_socket_outside(void **state)
{
    char name[64];
    const char *const *disabled =
        LIST("SANDLOCK_FS_READABLE=@system:&", "SANDLOCK_DISABLE=abstract-unix-socket-scope");
    (void)state;
    live_needs(6);
    snprintf(name, sizeof name, "@sandlock-test-%d", getpid());
    int stream = listen_on(name, SOCK_STREAM);
    outward(OPEN("@unix"), "unix-connect", name, NULL, "EPERM\n");
    outward(READ, "unix-connect", name, NULL, unix_error("EPERM\n"));
    close(stream);
    int datagram = listen_on(name, SOCK_DGRAM);
    outward(OPEN("@unix"), "unix-send", name, NULL, "EPERM\n");
    outward(READ, "unix-send", name, NULL, unix_error("EPERM\n"));
    outward(LIST(disabled[0], disabled[1], live_open("@unix")), "unix-send", name, NULL, "OK\n");
    outward(disabled, "unix-send", name, NULL, unix_error("OK\n"));
    close(datagram);
}

static void test_abstract_socket_inside(void **state)
{
    char name[64];
    (void)state;
    live_needs(6);
    snprintf(name, sizeof name, "@sandlock-test-%d", getpid());
    outward(OPEN("@unix,@listen"), "unix-own", name, NULL, "OK\n");
    outward(READ, "unix-own", name, NULL, unix_error("OK\n"));
}

/* Before ABI 9 the kernel does not ask Landlock about pathname sockets. */
static void test_pathname_socket_outside(void **state)
{
    (void)state;
    int fd = listen_on(live_expand("%/out/socket"), SOCK_STREAM);
    const char *expected = live_abi() < 9 ? "OK\n" : "EACCES\n";
    outward(OPEN("@unix"), "unix-connect", "%/out/socket", NULL, expected);
    outward(READ, "unix-connect", "%/out/socket", NULL, unix_error(expected));
    outward(
        LIST("SANDLOCK_FS_READABLE=@system:&", "SANDLOCK_FS_WRITABLE=%/out", live_open("@unix")),
        "unix-connect", "%/out/socket", NULL, "OK\n");
    close(fd);
}

static void test_signal_outward(void **state)
{
    char pid[16];
    (void)state;
    live_needs(6);
    snprintf(pid, sizeof pid, "%d", getpid());
    outward(READ, "kill", pid, "0", "EPERM\n");
    outward(READ, "kill-child", NULL, NULL, "OK\n");
    outward(LIST("SANDLOCK_FS_READABLE=@system:&", "SANDLOCK_DISABLE=signal_scope"), "kill", pid,
            "0", "OK\n");
}

/* Starts the probe confined, its standard output a pipe, and returns when it has said something. */
static pid_t start(const char *const argv[], int *out)
{
    int fds[2];
    char byte, policy[512], preload[512], filter[64];
    snprintf(policy, sizeof policy, "%s", live_expand("SANDLOCK_FS_READABLE=@system:&"));
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", live_file("libsandlock_shim.so"));
    snprintf(filter, sizeof filter, "%s", live_open("@unix,@listen"));
    const char *path = live_file("probe");
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(fds[1], 1);
        close(fds[0]);
        close(fds[1]);
        char *env[] = {policy, filter, preload, NULL};
        execve(path, (char **)(uintptr_t)argv, env);
        _exit(1);
    }
    close(fds[1]);
    assert_int_equal(read(fds[0], &byte, 1), 1);
    *out = fds[0];
    return pid;
}

static void test_signal_inward(void **state)
{
    int out, status;
    char text[64] = "";
    (void)state;
    live_needs(6);
    pid_t pid = start(LIST("probe", "await-signal"), &out);
    assert_int_equal(kill(pid, SIGUSR1), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(read(out, text, sizeof text - 1) > 0);
    assert_string_equal(text, "eady\nOK\n");
    close(out);
}

static void test_abstract_socket_inward(void **state)
{
    int out, status;
    char name[64], text[64] = "";
    struct outcome outcome;
    (void)state;
    live_needs(6);
    snprintf(name, sizeof name, "@sandlock-test-%d", getpid());
    pid_t pid = start(LIST("probe", "unix-serve", name), &out);
    live_run(&outcome, BARE, LIST("A=1"), LIST("probe", "unix-connect", name));
    live_expect(&outcome, 0, "OK\n", "");
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(read(out, text, sizeof text - 1) > 0);
    assert_string_equal(text, "eady\nOK\n");
    close(out);
}

/* A TCP port of the loopback address that somebody listens on. */
static int tcp_listen(char port[static 8])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(port, 8, "%d", ntohs(address.sin_port));
    return fd;
}

static void test_tcp(void **state)
{
    char port[8];
    const char *const *off = LIST("SANDLOCK_FS_READABLE=@system:&", "SANDLOCK_DISABLE=net_tcp");
    (void)state;
    live_needs(6);
    int fd = tcp_listen(port);
    outward(READ, "tcp-connect", port, NULL, "EACCES\n");
    outward(OPEN("@tcp"), "tcp-connect", port, NULL, "EACCES\n");
    /* The filter says EACCES too, but of the socket and not of what is done with it. */
    outward(READ, "tcp-socket", NULL, NULL, live_filter() ? "EACCES\n" : "OK\n");
    outward(OPEN("@tcp"), "tcp-socket", NULL, NULL, "OK\n");
    outward(off, "tcp-connect", port, NULL, "OK\n");
    outward(READ, "tcp-bind", "0", NULL, "EACCES\n");
    outward(OPEN("@tcp"), "tcp-bind", "0", NULL, "EACCES\n");
    outward(off, "tcp-bind", "0", NULL, "OK\n");
    close(fd);
}

/* Before ABI 10 the kernel does not ask Landlock about UDP; the filter lets nobody make a socket.
 */
static void test_udp(void **state)
{
    const char *const *off = LIST("SANDLOCK_FS_READABLE=@system:&", "SANDLOCK_DISABLE=net_udp");
    const char *expected = live_abi() < 10 ? "OK\n" : "EACCES\n";
    const char *unmade = live_filter() ? "EPROTONOSUPPORT\n" : expected;
    (void)state;
    outward(OPEN("@udp"), "udp-send", "9", NULL, expected);
    outward(OPEN("@udp"), "udp-bind", "0", NULL, expected);
    outward(READ, "udp-send", "9", NULL, unmade);
    outward(READ, "udp-bind", "0", NULL, unmade);
    outward(off, "udp-send", "9", NULL, "OK\n");
    outward(off, "udp-bind", "0", NULL, "OK\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_abstract_socket_outside),
        TEST(test_abstract_socket_inside),
        TEST(test_pathname_socket_outside),
        TEST(test_signal_outward),
        TEST(test_signal_inward),
        TEST(test_abstract_socket_inward),
        TEST(test_tcp),
        TEST(test_udp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
