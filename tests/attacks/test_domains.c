/* SPDX-License-Identifier: Apache-2.0 */
/* Ways out of the domain itself: namespaces and mounts, the environment, the shim once more. */
#include "attacks.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NARROW LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in")

/* Whether this user may make user namespaces, in which everybody may mount. */
static void need_namespaces(void)
{
    struct outcome outcome;
    live_run(&outcome, BARE, LIST("A=1"), LIST("unshare", "-Urm", "true"));
    if (outcome.status != 0)
        live_skip("user namespaces");
}

/* NEWNS 0x20000, NEWUSER 0x10000000 */
static void test_namespaces(void **state)
{
    static const struct row rows[] = {
        {ATTACK("unshare", "0x10000000"), "EPERM", "OK"},
        {ATTACK("unshare", "0x10020000"), "EPERM", "OK"},
        {ATTACK("clone", "0x10000000"), "EPERM", "OK"},
        {ATTACK("clone3", "0x10000000"), "ENOSYS", "OK"},
        {{NULL}, NULL, NULL},
    };
    static const struct row mounts[] = {
        {ATTACK("user-mount", "%/out/file"), STOPPED("EPERM")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    need_namespaces();
    attacks_run(rows, NARROW, LIST(BASE, live_open("@namespaces")));
    attacks_run(mounts, NARROW, NULL);
    attacks_run(mounts, LIST("SANDLOCK_FS_WRITABLE=/", live_open("@namespaces,@mount")), NULL);
}

/* Makes an attack in a mount namespace, with every privilege in there. */
static void expect_mounting(enum face face, const char *const policy[], const char *const attack[],
                            const char *expected)
{
    struct outcome outcome;
    char line[32];
    const char *argv[16] = {"unshare", "-Urm"};
    size_t args = 2;
    if (face == PRELOAD)
        argv[args++] = "env", argv[args++] = "LD_PRELOAD=&/libsandlock_shim.so";
    if (face == PROGRAM)
        argv[args++] = "&/libsandlock_shim.so";
    for (argv[args++] = "&/attack"; *attack != NULL; attack++)
        argv[args++] = *attack;
    live_scratch();
    live_run(&outcome, BARE, policy, argv);
    snprintf(line, sizeof line, "%s\n", expected);
    live_expect(&outcome, 0, line, "");
}

static void test_mounts(void **state)
{
    static const struct row rows[] = {
        {ATTACK("mount", "%/out", "%/in/empty", "file"), STOPPED("EPERM")},
        {ATTACK("move-mount", "%/out", "%/in/empty", "file"), STOPPED("EPERM")},
        {ATTACK("open-tree", "%/out", "file"), "EPERM", "EACCES"},
        {ATTACK("fsmount"), "EPERM", "EACCES"},
        {ATTACK("pivot-root", "%/in"), STOPPED("EPERM")},
        {ATTACK("chroot", "%", "/out/file"), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    need_namespaces();
    for (const struct row *row = rows; row->arguments[0] != NULL; row++) {
        const char *expected = live_filter() || row->alone == NULL ? row->confined : row->alone;
        expect_mounting(BARE, LIST("A=1"), row->arguments, "OK");
        for (enum face face = PRELOAD; face <= PROGRAM; face++)
            expect_mounting(face, NARROW, row->arguments, expected);
    }
    /* It changes what names mean, and grants nothing: a limit, and its twin. */
    expect_mounting(PROGRAM, NARROW, LIST("chroot", "%", "/in/file"), "OK");
}

static void test_no_new_privs_stays(void **state)
{
    (void)state;
    attack_expect(PROGRAM, NARROW, LIST("no-new-privs"), "EINVAL");
}

#define WIDER  "SANDLOCK_FS_READABLE=/"
#define LOADED "LD_PRELOAD=&/libsandlock_shim.so"
#define SHIM   "&/libsandlock_shim.so"
#define READ   "&/attack", "read", "%/out/file"

/* A wider policy is enforced on top, and so grants nothing; nor does one that goes away. */
static void test_environment_and_wider_policies(void **state)
{
    static const struct row rows[] = {
        {ATTACK("reexecute", READ), STOPPED("EACCES")},
        {ATTACK("reexecute", READ, "--", WIDER), STOPPED("EACCES")},
        {ATTACK("reexecute", READ, "--", WIDER, LOADED), STOPPED("EACCES")},
        {ATTACK("reexecute", READ, "--", WIDER, LOADED, "SANDLOCK_SECCOMP=off"), STOPPED("EACCES")},
        {ATTACK("reexecute", SHIM, READ, "--", WIDER), STOPPED("EACCES")},
        {ATTACK("reexecute", READ, "--", "LD_PRELOAD=", "LD_AUDIT="), STOPPED("EACCES")},
        {ATTACK("reexecute", READ, "--", "LD_AUDIT=&/libaudit.so", "READS=%/out/file"),
         STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in:%/out"));
}

#define MARK "0x736c6b31" /* MARK_OPTION of shim/gates.h */

/* Who fakes the mark, inside, keeps a shim from adding a layer: the outer ones stay. */
static void test_faked_mark_inside(void **state)
{
    static const struct row rows[] = {
        {ATTACK("fake-mark", MARK, SHIM, READ), STOPPED("EACCES")},
        {ATTACK("fake-mark", MARK, READ, "--", LOADED), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in:%/out"));
}

/* Outside it is a filter that lies: a limit. One that says yes to everything is not believed. */
static void test_limit_faked_mark_outside(void **state)
{
    struct outcome outcome;
    (void)state;
    attack_expect(BARE, LIST("A=1"), LIST("fake-mark", MARK, SHIM, READ), "OK");
    live_run(&outcome, BARE, LIST("A=1"), LIST("attack", "fake-mark", "0", SHIM, READ));
    live_expect(&outcome, 125, "",
                "sandlock: no policy is set, or it is consumed already; "
                "SANDLOCK_FS_READABLE=@base would be one to start with\n");
}

/* Sends what is at path over a pair of sockets, makes the attack that receives it. */
static void expect_sent(const char *path, const char *const attack[], const char *expected)
{
    char control[CMSG_SPACE(sizeof(int))] = "", byte = 'x';
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    for (enum face face = BARE; face <= PROGRAM; face++) {
        int ends[2];
        live_scratch();
        int fd = open(live_expand(path), O_RDONLY);
        assert_true(fd >= 0);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
        assert_int_equal(sendmsg(ends[0], &message, 0), 1);
        assert_int_equal(dup2(ends[1], HELD), HELD);
        close(fd), close(ends[1]);
        attack_again(face, LIST(BASE), attack, face == BARE ? "OK" : expected);
        close(ends[0]), close(HELD);
    }
}

/* A descriptor that is sent works, as one that is inherited does: a limit. It opens nothing else.
 */
static void test_descriptors_that_are_sent(void **state)
{
    (void)state;
    expect_sent("%/out/file", LIST("receive", "70"), "OK");
    expect_sent("%/out", LIST("receive", "70", "file"), "EACCES");
    expect_sent("%/out/file", LIST("receive-again", "70"), "EACCES");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_namespaces),
        TEST(test_mounts),
        TEST(test_no_new_privs_stays),
        TEST(test_environment_and_wider_policies),
        TEST(test_faked_mark_inside),
        TEST(test_limit_faked_mark_outside),
        TEST(test_descriptors_that_are_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
