/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting to UNIX sockets with a name in the file system, live. From ABI 9 on the kernel asks
 * Landlock about those that were made outside; before, a policy that grants some of them alone is
 * refused unless it says that this may go unenforced, and where nothing is granted the filter lets
 * nobody make a UNIX socket.
 */
#include "live.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define READ "SANDLOCK_FS_READABLE=@system:&"
#define UNIX "SANDLOCK_UNIX_CONNECT="

enum { ABI_UNIX = 9 };

/* Makes a socket of the test's own, outside of every domain, for all to connect to. */
static void serve(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, live_expand(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(chmod(address.sun_path, 0666), 0);
    /* It is closed with the test: fewer than a hundred. */
}

static int setup(void **state)
{
    live_setup(state);
    serve("%/in/stream", SOCK_STREAM);
    serve("%/in/datagram", SOCK_DGRAM);
    serve("%/out/stream", SOCK_STREAM);
    serve("%/out/datagram", SOCK_DGRAM);
    serve("%/out/full/stream", SOCK_STREAM);
    return 0;
}

/* Tries both kinds of sockets, in in/ and in out/. */
static void both_try(enum face face, const char *const policy[], bool in, bool out)
{
    live_probe(face, policy, "unix-connect", "%/in/stream", in);
    live_probe(face, policy, "unix-send", "%/in/datagram", in);
    live_probe(face, policy, "unix-connect", "%/out/stream", out);
    live_probe(face, policy, "unix-send", "%/out/datagram", out);
}

static void test_unconfined(void **state)
{
    (void)state;
    both_try(BARE, LIST("A=1", ""), true, true);
}

/* Whether sockets can be made that nothing is granted for: where Landlock watches over them. */
static bool are_made(void)
{
    return live_abi() >= ABI_UNIX || !live_filter();
}

static void test_nothing_granted(void **state)
{
    bool untold = live_abi() < ABI_UNIX, open = untold && are_made();
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        both_try(face, LIST(READ, ""), open, open);
        both_try(face, LIST(READ ":%/in:%/out", ""), open, open); /* to read is not to connect */
        both_try(face, LIST(READ, live_open("@unix")), untold, untold);
    }
}

static void test_everything_granted(void **state)
{
    static const char *const settings[] = {
        UNIX "*",
        "SANDLOCK_DISABLE=fs_resolve_unix",
    };
    static const char *const writable = "SANDLOCK_FS_WRITABLE=%/in:%/out";
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
            both_try(face, LIST(READ, settings[i]), true, true);
        both_try(face, LIST(READ, writable), are_made(), are_made());
        both_try(face, LIST(READ, writable, live_open("@unix")), true, true);
    }
}

/* A grant by path: of a directory, of a socket, by way of a link; and in a writable list. */
static void test_by_path(void **state)
{
    bool open = live_abi() < ABI_UNIX;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        const char *degraded = "SANDLOCK_ALLOW_DEGRADED=fs_resolve_unix";
        both_try(face, LIST(READ, UNIX "%/in", degraded), true, open);
        both_try(face, LIST(READ, UNIX "@none", degraded), are_made() && open, are_made() && open);
        both_try(face, LIST(READ, "SANDLOCK_FS_WRITABLE=%/in", live_open("@unix")), true, open);
        both_try(face, LIST(READ, "SANDLOCK_FS_WRITABLE=%/in"), are_made(), open && are_made());
        const char *const *one = LIST(READ, UNIX "-%/nowhere:%/in/stream", degraded);
        live_probe(face, one, "unix-connect", "%/in/stream", true);
        live_probe(face, one, "unix-send", "%/in/datagram", open);
        live_probe(face, one, "unix-connect", "%/out/full/stream", open);
        const char *const *deep = LIST(READ, UNIX "%/out/full", degraded);
        live_probe(face, deep, "unix-connect", "%/out/full/stream", true);
        live_probe(face, deep, "unix-connect", "%/out/stream", open);
    }
}

/* It grants connecting, and nothing else there. */
static void test_grants_nothing_else(void **state)
{
    static const char *const settings[] = {UNIX "*", UNIX "%/in"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *const *policy =
            LIST(READ, settings[i], "SANDLOCK_ALLOW_DEGRADED=fs_resolve_unix");
        live_probe(PRELOAD, policy, "read", "%/in/file", false);
        live_probe(PRELOAD, policy, "write", "%/in/file", false);
        live_probe(PRELOAD, policy, "list", "%/in", false);
        live_probe(PRELOAD, policy, "unix-bind", "%/in/new", false);
    }
    live_probe(BARE, LIST("A=1", ""), "read", "%/in/file", true);
    live_probe(BARE, LIST("A=1", ""), "write", "%/in/file", true);
    live_probe(BARE, LIST("A=1", ""), "list", "%/in", true);
    live_probe(BARE, LIST("A=1", ""), "unix-bind", "%/in/new", true);
}

/* What was made inside can be connected to; abstract names are another protection's. */
static void test_own_sockets(void **state)
{
    const char *const *policy = LIST(READ, "SANDLOCK_FS_WRITABLE=%/in");
    const char *const *opened = LIST(policy[0], policy[1], live_open("@unix,@listen"));
    const char *const *granted = LIST(policy[0], policy[1], UNIX "*");
    const char *const *const all[] = {policy, opened, granted};
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            bool made = i > 0 || are_made();
            live_probe(face, all[i], "unix-own", "%/in/own", made);
            assert_int_equal(unlink(live_expand("%/in/own")) == 0, made);
            live_probe(face, all[i], "unix-own", "@sandlock-test-own", made);
            live_probe(face, all[i], "unix-own", "%/out/own", false);
        }
}

/* A pair is connected to itself; but datagrams of one can be sent to any address (unix(7)). */
static void test_pairs(void **state)
{
    (void)state;
    for (enum face face = BARE; face <= PROGRAM; face++) {
        live_probe(face, LIST(READ, ""), "unix-pair", NULL, true);
        live_probe(face, LIST(READ, ""), "unix-pair-dgram", NULL, face == BARE || are_made());
        live_probe(face, LIST(READ, live_open("@unix")), "unix-pair-dgram", NULL, true);
        live_probe(face, LIST(READ, UNIX "*"), "unix-pair-dgram", NULL, true);
    }
}

#define LACKS                                                                                      \
    "sandlock: this kernel has Landlock ABI %d, which lacks fs_resolve_unix (ABI 9)%s; to run "    \
    "without, "
#define WIDER "set SANDLOCK_UNIX_CONNECT=* in place of paths, or "
#define NAMES "set SANDLOCK_ALLOW_DEGRADED="

static void test_paths_are_refused_where_they_cannot_be_told(void **state)
{
    static const struct {
        const char *value, *more, *also, *line;
    } rows[] = {
        {UNIX "%/in", "A=1", "", LACKS WIDER NAMES "fs_resolve_unix\n"},
        {UNIX "%/nowhere", "A=1", "", LACKS WIDER NAMES "fs_resolve_unix\n"},
        {UNIX "%/in", "SANDLOCK_ALLOW_DEGRADED=net_udp", "",
         LACKS WIDER NAMES "fs_resolve_unix,net_udp\n"},
        {UNIX "%/in", "SANDLOCK_REQUIRE=fs-resolve-unix", "",
         LACKS WIDER "take fs_resolve_unix out of SANDLOCK_REQUIRE and " NAMES "fs_resolve_unix\n"},
        {UNIX "*", "SANDLOCK_REQUIRE=fs-resolve-unix", "",
         LACKS "take fs_resolve_unix out of SANDLOCK_REQUIRE and " NAMES "fs_resolve_unix\n"},
        {UNIX "%/in", "SANDLOCK_NET_ALLOW=udp://53", ", net_udp (ABI 10)",
         LACKS "grant udp://* in SANDLOCK_NET_ALLOW, or " WIDER NAMES "fs_resolve_unix,net_udp\n"},
    };
    struct outcome outcome;
    char line[512];
    (void)state;
    live_needs(6);
    if (live_abi() >= ABI_UNIX)
        return; /* test_by_path */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            live_run(&outcome, face, LIST(READ, rows[i].value, rows[i].more),
                     LIST("probe", "stat", "/"));
            snprintf(line, sizeof line, rows[i].line, live_abi(), rows[i].also);
            live_expect(&outcome, 125, "", line);
        }
}

/* A path that goes unenforced still has to be right, and to be there. */
static void test_wrong_paths(void **state)
{
    static const struct {
        const char *value, *line;
    } rows[] = {
        {UNIX "%/nowhere", "SANDLOCK_UNIX_CONNECT: \"%/nowhere\": No such file or directory"},
        {UNIX "run", "SANDLOCK_UNIX_CONNECT: \"run\": neither a path nor a preset: did you mean "
                     "./run or /run?"},
        {UNIX "*:/run", "SANDLOCK_UNIX_CONNECT: \"*\": neither a path nor a preset: did you mean "
                        "./* or /*?"},
    };
    struct outcome outcome;
    char line[512];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            snprintf(line, sizeof line, "sandlock: %s\n", live_expand(rows[i].line));
            live_run(&outcome, face,
                     LIST(READ, rows[i].value, "SANDLOCK_ALLOW_DEGRADED=fs_resolve_unix"),
                     LIST("probe", "stat", "/"));
            live_expect(&outcome, 125, "", line);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unconfined),
        TEST(test_nothing_granted),
        TEST(test_everything_granted),
        TEST(test_by_path),
        TEST(test_grants_nothing_else),
        TEST(test_own_sockets),
        TEST(test_pairs),
        TEST(test_paths_are_refused_where_they_cannot_be_told),
        TEST(test_wrong_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
