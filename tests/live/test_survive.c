/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ordinary programs survive what the filter refuses, live: they do without, or say what is wrong.
 * None of them makes a call that only the policy's enemies make: SANDLOCK_SECCOMP_ACTION=kill ends
 * none. (Those that Debian installs with servers are in test_survive_net.c.)
 */
#include "live.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ   "SANDLOCK_FS_READABLE=@base:@proc:&:%/in"
#define WRITE  "SANDLOCK_FS_WRITABLE=%/out:@dev"
#define ACTION "SANDLOCK_SECCOMP_ACTION="
#define HOME   "HOME=%/out"
#define PYTHON "/usr/bin/python3"

enum { ABI_UNIX = 9 };

static const char *const actions[] = {ACTION "errno", ACTION "kill"};

/* Runs argv, free and confined with these two settings besides, under each of the actions. */
static void expect_more(const char *one, const char *other, const char *const argv[],
                        const char *unconfined, const char *confined)
{
    struct outcome outcome;
    live_run(&outcome, BARE, LIST(HOME), argv);
    live_expect(&outcome, 0, unconfined, "");
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
            live_run(&outcome, face, LIST(HOME, READ, WRITE, actions[i], one, other), argv);
            live_expect(&outcome, 0, confined, "");
        }
}

static void expect(const char *const argv[], const char *out)
{
    expect_more("A=1", "B=1", argv, out, out);
}

static void test_libc(void **state)
{
    (void)state;
    expect(LIST("libc", "thread", "shell", "abort", "limits", "timer"),
           "thread: OK\nshell: OK\nabort: OK\nlimits: OK\ntimer: OK\n");
}

/* A socket for nscd's or for UDP cannot be made, the files can be read; nothing waits for long.
 * With AI_ADDRCONFIG musl makes UDP sockets, to see which addresses there are, and fails without.
 */
static void test_lookups(void **state)
{
    (void)state;
    expect(LIST("libc", "unknown-host", "user", "group", "syslog"),
           "unknown-host: OK\nuser: OK\ngroup: OK\nsyslog: OK\n");
    expect_more("A=1", "B=1", LIST("libc", "localhost"), "localhost: OK\n",
                live_musl("libc") ? "localhost: System error\n" : "localhost: OK\n");
    expect_more("SANDLOCK_SECCOMP_ALLOW=@udp", "B=1", LIST("libc", "localhost"), "localhost: OK\n",
                "localhost: OK\n");
    expect(LIST("logger", "a line of the tests"), "");
    expect(LIST("getent", "passwd", "root"), NULL);
    expect(LIST("getent", "ahosts", "localhost"), NULL);
}

/* By way of NETLINK_ROUTE, which is open. */
static void test_interfaces(void **state)
{
    (void)state;
    expect(LIST("libc", "interfaces"), "interfaces: OK\n");
    expect(LIST(PYTHON, "-c", "import socket; print(bool(socket.if_nameindex()))"), "True\n");
}

/* How a script sees the errno of each gate: as an error that it can handle. */
static void test_python_is_refused_sockets(void **state)
{
    static const struct {
        const char *arguments, *free, *confined;
    } rows[] = {
        {"AF_INET, s.SOCK_STREAM", "made", "13 PermissionError"},
        {"AF_INET, s.SOCK_DGRAM", "made", "93 OSError"},
        {"AF_INET6, s.SOCK_DGRAM", "made", "93 OSError"},
        {"AF_NETLINK, s.SOCK_RAW", "made", "made"},
        {"AF_NETLINK, s.SOCK_RAW, 16", "made", "93 OSError"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char code[256], unconfined[64], confined[64];
        snprintf(code, sizeof code,
                 "import socket as s\ntry:\n s.socket(s.%s)\n print('made')\n"
                 "except OSError as e:\n print(e.errno, type(e).__name__)\n",
                 rows[i].arguments);
        snprintf(unconfined, sizeof unconfined, "%s\n", rows[i].free);
        snprintf(confined, sizeof confined, "%s\n", rows[i].confined);
        expect_more("A=1", "B=1", LIST(PYTHON, "-c", code), unconfined, confined);
    }
}

static void test_python_asyncio_and_subprocesses(void **state)
{
    static const char code[] = "import asyncio, subprocess, sys\n"
                               "async def main():\n"
                               " p = await asyncio.create_subprocess_exec('/bin/echo', 'child')\n"
                               " await p.wait()\n"
                               " await asyncio.to_thread(print, 'thread')\n"
                               "asyncio.run(main())\n"
                               "print(subprocess.check_output(['/bin/echo', 'output']))\n";
    (void)state;
    expect(LIST(PYTHON, "-uc", code), "child\nthread\nb'output\\n'\n");
}

/* Unlike the other two, forkserver wants a UNIX socket: before Landlock ABI 9 that has to be
 * granted.
 */
#define POOL(method)                                                                               \
    "import multiprocessing as m\n"                                                                \
    "def square(x): return x * x\n"                                                                \
    "if __name__ == '__main__':\n"                                                                 \
    " m.set_start_method('" method "')\n"                                                          \
    " with m.Pool(2) as pool: print(pool.map(square, [1, 2, 3]))\n"
#define SHM "SANDLOCK_FS_WRITABLE=%/out:@dev:@shm"

static void test_python_multiprocessing(void **state)
{
    static const char *const methods[] = {POOL("fork"), POOL("spawn")};
    struct outcome outcome;
    const char *const argv[] = {PYTHON, "%/in/pool.py", NULL};
    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        live_write("%/in/pool.py", methods[i], 0666);
        for (enum face face = BARE; face <= PROGRAM; face++)
            for (size_t j = 0; j < 2; j++) {
                live_run(&outcome, face,
                         face == BARE ? LIST(HOME) : LIST(HOME, READ, SHM, actions[j]), argv);
                live_expect(&outcome, 0, "[1, 4, 9]\n", "");
            }
    }
}

static void test_python_forkserver(void **state)
{
    struct outcome outcome;
    const char *const argv[] = {PYTHON, "%/in/pool.py", NULL};
    (void)state;
    live_write("%/in/pool.py", POOL("forkserver"), 0666);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face,
                 LIST(HOME, READ, SHM, ACTION "kill", "SANDLOCK_UNIX_CONNECT=*", "TMPDIR=%/out"),
                 argv);
        live_expect(&outcome, 0, "[1, 4, 9]\n", "");
        live_run(&outcome, face, LIST(HOME, READ, SHM, ACTION "kill", "TMPDIR=%/out"), argv);
        if (live_abi() >= ABI_UNIX) {
            live_expect(&outcome, 0, "[1, 4, 9]\n", "");
            continue;
        }
        live_expect(&outcome, 1, "", NULL);
        assert_non_null(strstr(outcome.err, "PermissionError: [Errno 13] Permission denied\n"));
    }
}

static void test_git(void **state)
{
    static const char script[] =
        "export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null\ncd %/out\n"
        "git init -q --template= one\n"
        "git -C one -c user.name=n -c user.email=e commit -q --allow-empty -m first\n"
        "git clone -q --template= file://$PWD/one two\n"
        "git -C two gc -q\n"
        "git -C two cat-file commit HEAD | tail -n 1\n"
        "rm -rf one two\n";
    (void)state;
    expect(LIST("sh", "-ec", script), "first\n");
}

/* A port of the loopback that is free. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void test_go_listens(void **state)
{
    char at[32], allow[64], local[64], refused[128];
    int port = free_port();
    snprintf(at, sizeof at, "127.0.0.1:%d", port);
    snprintf(allow, sizeof allow, "SANDLOCK_NET_ALLOW=%d", port);
    snprintf(local, sizeof local, "SANDLOCK_NET_BIND=%d", port);
    snprintf(refused, sizeof refused, "listen tcp %s: bind: permission denied\n", at);
    (void)state;
    struct outcome outcome;
    live_run(&outcome, BARE, LIST(HOME), LIST("go-listen", at));
    live_expect(&outcome, 0, "hello <nil>\n", "");
    for (size_t i = 0; i < 2; i++) { /* the fixture is static */
        live_run(&outcome, PROGRAM, LIST(HOME, READ, actions[i], allow, local),
                 LIST("go-listen", at));
        live_expect(&outcome, 0, "hello <nil>\n", "");
        live_run(&outcome, PROGRAM, LIST(HOME, READ, actions[i], allow), LIST("go-listen", at));
        live_expect(&outcome, 0, refused, "");
        live_run(&outcome, PROGRAM, LIST(HOME, READ, actions[i]), LIST("go-listen", at));
        assert_non_null(strstr(outcome.out, "permission denied"));
        live_expect(&outcome, 0, NULL, "");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_libc),
        TEST(test_lookups),
        TEST(test_interfaces),
        TEST(test_python_is_refused_sockets),
        TEST(test_python_asyncio_and_subprocesses),
        TEST(test_python_multiprocessing),
        TEST(test_python_forkserver),
        TEST(test_git),
        TEST(test_go_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
