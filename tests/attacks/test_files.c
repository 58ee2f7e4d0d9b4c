/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to a file that is not granted. %/in may be written to, and %/out is what lies outside; the
 * twin of each attack is made where it may be written to as well.
 */
#include "attacks.h"

#include <fcntl.h>
#include <mqueue.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NARROW LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in")
#define WIDE   LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in:%/out")
/* What is readable: copies of it that may be written to would be more. */
#define READER LIST(BASE ":%/out", "SANDLOCK_FS_WRITABLE=%/in")

static void test_names(void **state)
{
    static const struct row rows[] = {
        {ATTACK("read", "%/out/file"), STOPPED("EACCES")},
        {ATTACK("read", "%/in/../out/file"), STOPPED("EACCES")},
        {ATTACK("read", "/proc/self/root%/out/file"), STOPPED("EACCES")},
        {ATTACK("symlink", "%/out/file", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("symlink", "../out/file", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("symlink", "/proc/self/root%/out/file", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("chdir", "%/out", "file"), STOPPED("EACCES")},
        {ATTACK("chdir", "%/out/empty", "../file"), STOPPED("EACCES")},
        {ATTACK("chdir", "%/out", "/proc/self/cwd/file"), STOPPED("EACCES")},
        {ATTACK("openat", "%/out", "file"), STOPPED("EACCES")},
        {ATTACK("openat", "%/in", "../out/file"), STOPPED("EACCES")},
        {ATTACK("opath", "%/out/file"), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, WIDE);
}

/* openat2(2): NO_XDEV 1, NO_MAGICLINKS 2, NO_SYMLINKS 4, BENEATH 8, IN_ROOT 0x10, CACHED 0x20. */
static void test_resolve_flags(void **state)
{
    static const struct row rows[] = {
        {ATTACK("openat2", "/", "%/out/file", "0"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "file", "1"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "file", "2"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "file", "4"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "file", "8"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "/file", "0x10"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "file", "0x20"), STOPPED("EACCES")},
        {ATTACK("openat2", "%/out", "/../file", "0x10"), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, WIDE);
}

static void test_links_and_renames(void **state)
{
    static const struct row rows[] = {
        {ATTACK("link", "%/out/file", "%/in/new"), STOPPED("EXDEV")},
        {ATTACK("link", "%/in/file", "%/out/new"), STOPPED("EACCES")},
        {ATTACK("link-held", "%/out/file", "%/in/new"), STOPPED("EXDEV")},
        {ATTACK("link-new", "%/in", "%/out/new"), STOPPED("EACCES")},
        {ATTACK("link-new", "%/out", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("rename", "%/out/file", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("rename", "%/out/full", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("rename", "%/in/file", "%/out/new"), STOPPED("EACCES")},
        {ATTACK("rename", "%/in/file", "%/out/file"), STOPPED("EACCES")},
        {ATTACK("exchange", "%/out/file", "%/in/file"), STOPPED("EACCES")},
        {ATTACK("exchange", "%/in/full", "%/out/full"), STOPPED("EACCES")},
        {ATTACK("move-link", "%/in/new", "%/in/full"), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, WIDE);
}

/* A link into where more is granted would be a way to write. */
static void test_links_gain_no_right(void **state)
{
    static const struct row rows[] = {
        {ATTACK("link", "%/out/file", "%/in/new"), STOPPED("EXDEV")},
        {ATTACK("link-held", "%/out/file", "%/in/new"), STOPPED("EXDEV")},
        {ATTACK("rename", "%/out/file", "%/in/new"), STOPPED("EACCES")},
        {ATTACK("exchange", "%/out/file", "%/in/file"), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, READER, WIDE);
}

static void test_execution(void **state)
{
    static const struct row rows[] = {
        {ATTACK("run", "%/out/tool"), STOPPED("EACCES")},
        {ATTACK("run-found", "%/out/tool"), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, WIDE);
}

/* SANDLOCK_FS_EXECUTABLE is no allowlist of code: what can be read can be run, by two ways. */
static void test_limit_code_that_can_be_read_runs(void **state)
{
    static const char *const narrow[] = {"SANDLOCK_FS_READABLE=/",
                                         "SANDLOCK_FS_EXECUTABLE=/usr:/lib:/lib64:&/attack", NULL};
    struct outcome outcome;
    (void)state;
    if (access("/usr/bin/ld.so", X_OK) != 0)
        live_skip("/usr/bin/ld.so");
    const char *copy = "cp /bin/sh %/in/copy; chmod 755 %/in/copy";
    live_run(&outcome, BARE, LIST("A=1"), LIST("sh", "-c", copy));
    live_expect(&outcome, 0, "", "");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, narrow, LIST("attack", "run", "%/in/copy", "-c", "exit 7"));
        live_expect(&outcome, 0, "EACCES\n", "");
        live_run(&outcome, face, narrow, LIST("attack", "run-memory", "%/in/copy", "-c", "exit 7"));
        live_expect(&outcome, 0, "OK\n", "");
        live_run(&outcome, face, narrow, LIST("/usr/bin/ld.so", "%/in/copy", "-c", "exit 7"));
        live_expect(&outcome, 7, "", "");
    }
}

/* Names and metadata are not Landlock's: the events of a directory belong to them. */
static void test_limit_metadata(void **state)
{
    static const struct row rows[] = {
        {ATTACK("inotify", "%/out"), LIMIT},
        {{NULL}, NULL, NULL},
    };
    static const struct row flags[] = {
        {ATTACK("flags", "%/out/file"), LIMIT}, /* of a file that may be read */
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, WIDE);
    attacks_run(flags, READER, WIDE);
}

/* By a handle a file is opened without its name, which only root may do. */
static void test_handles(void **state)
{
    static const struct row rows[] = {
        {ATTACK("handle", "%/out/file", "%/in"), "EPERM", "EACCES"},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    if (geteuid() != 0)
        return;
    attacks_run(rows, NARROW, NULL);
    attack_expect(PROGRAM, LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in:%/out", live_open("@handles")),
                  rows->arguments, "OK");
}

/* Events of fanotify(7) come with a descriptor of the file, which only root may ask for. */
static void test_events_open_nothing(void **state)
{
    static const char *const attack[] = {"fanotify", "%/out/file", NULL};
    struct outcome outcome;
    (void)state;
    if (geteuid() != 0)
        return;
    attack_expect(BARE, LIST("A=1"), attack, "OK");
    attack_expect(PROGRAM, WIDE, attack, "OK");
    live_run(&outcome, PROGRAM, NARROW, LIST("attack", "fanotify", "%/out/file"));
    assert_string_not_equal(outcome.out, "OK\n");
}

/* The kernel writes a core dump as the process that is to leave it, and where that is. */
static void test_core_dump(void **state)
{
    static const char *const attack[] = {"core", "%/out", NULL};
    char pattern[128] = "";
    FILE *file = fopen("/proc/sys/kernel/core_pattern", "r");
    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(pattern, sizeof pattern, file));
    fclose(file);
    if (*pattern == '|' || *pattern == '/' || *pattern == '@') {
        print_message("core dumps do not go to the working directory here: %s", pattern);
        return;
    }
    attack_expect(BARE, LIST("A=1"), attack, "OK");
    attack_expect(PROGRAM, WIDE, attack, "OK");
    attack_expect(PROGRAM, NARROW, attack, "EACCES");
}

/* Message queues and shared memory of POSIX: the names of the latter are files. */
static void test_posix_ipc(void **state)
{
    char name[32];
    (void)state;
    snprintf(name, sizeof name, "/sandlock-test-%d", getpid());
    mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
    int memory = shm_open(name, O_CREAT | O_RDWR, 0600);
    assert_true(queue >= 0 && memory >= 0);
    const struct row rows[] = {
        {ATTACK("queue", name), STOPPED("EACCES")},
        {ATTACK("shared-memory", name), STOPPED("EACCES")},
        {{NULL}, NULL, NULL},
    };
    attacks_run(rows, NARROW, NULL);
    attack_expect(PROGRAM, LIST(BASE, "SANDLOCK_FS_WRITABLE=@shm"), rows[1].arguments, "OK");
    /* A limit: they can be removed. */
    const char *const removal[] = {"queue-remove", name, NULL};
    attack_expect(PROGRAM, NARROW, removal, "OK");
    mq_close(queue), close(memory), shm_unlink(name);
}

/* Root makes what device root likes (here one that zeros come from), where everything may be made,
 * and opens it: a limit. */
static void test_limit_devices_of_root(void **state)
{
    static const char *const attack[] = {"mknod", "%/in/new", NULL};
    (void)state;
    if (geteuid() != 0)
        return;
    attack_expect(BARE, LIST("A=1"), attack, "OK");
    attack_expect(PROGRAM, NARROW, attack, "OK");
    attack_expect(PROGRAM, LIST(BASE ":%/in"), attack, "EACCES");
}

/* Makes an attack with a descriptor that was opened before, unconfined. */
static void expect_held(const char *opened, const char *const arguments[], const char *expected)
{
    for (enum face face = BARE; face <= PROGRAM; face++) {
        live_scratch();
        int fd = open(live_expand(opened), O_RDONLY);
        assert_int_equal(dup2(fd, HELD), HELD);
        close(fd);
        attack_again(face, LIST(BASE), arguments, face == BARE ? "OK" : expected);
        close(HELD);
    }
}

/* What is open stays open: a limit. It opens nothing else. */
static void test_descriptors_that_are_held(void **state)
{
    (void)state;
    expect_held("%/out/file", LIST("held", "70"), "OK");
    expect_held("%/out", LIST("held-list", "70"), "OK");
    expect_held("%/out", LIST("held", "70", "file"), "EACCES");
    expect_held("%/out/file", LIST("held-again", "70"), "EACCES");
    expect_held("/", LIST("held", "70", "etc/passwd"), "EACCES");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names),
        TEST(test_resolve_flags),
        TEST(test_links_and_renames),
        TEST(test_links_gain_no_right),
        TEST(test_execution),
        TEST(test_limit_code_that_can_be_read_runs),
        TEST(test_limit_metadata),
        TEST(test_handles),
        TEST(test_events_open_nothing),
        TEST(test_core_dump),
        TEST(test_posix_ipc),
        TEST(test_limit_devices_of_root),
        TEST(test_descriptors_that_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
