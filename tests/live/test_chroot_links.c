/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SANDLOCK_CHROOT and links that try to leave, live. The root is %/root; what must never be granted
 * is %/out, %/outside and the system's own files.
 */
#include "chroot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC                                                                                      \
    "Invalid cross-device link: it leads through a magic link of /proc, which is not followed "    \
    "inside SANDLOCK_CHROOT; write the path behind it\n"

static void read_bare(const char *path)
{
    live_probe(BARE, LIST("A=1", ""), "read", path, true);
}

/* Links that try to leave arrive inside, or at nothing; what they point to outside is not granted.
 */
static void test_links_that_try_to_leave(void **state)
{
    static const struct {
        const char *link, *target;
        const char *inside;  /* where it arrives; NULL: nowhere */
        const char *outside; /* what it would be outside */
    } rows[] = {
        {"%/root/to", "/out/file", "%/root/out/file", "%/out/file"},
        {"%/root/to", SHARED, "%/root" SHARED, SHARED},
        {"%/root/to", "%/outside", NULL, "%/outside"},
        {"%/root/to", "%/out/file", NULL, "%/out/file"},
        {"%/root/to", "..", "%/root/data/file", "%/out/file"},
        {"%/root/to", "../out/file", "%/root/out/file", "%/out/file"},
        {"%/root/to", "../outside", NULL, "%/outside"},
        {"%/root/to", "/", "%/root/data/file", "%/out/file"},
        {"%/root/to", "/..", "%/root/data/file", "%/out/file"},
        {"%/root/to", "data/../../../out/file", "%/root/out/file", "%/out/file"},
        {"%/root/to", "/../../../../../../../../../../../../.." SHARED, "%/root" SHARED, SHARED},
        {"%/root/deep/er/to", "../../../out/file", "%/root/out/file", "%/out/file"},
        {"%/root/deep/er/to", "../../../outside", NULL, "%/outside"},
        {"%/root/deep/er/to", "../../../../../../../../../../../../.." SHARED, "%/root" SHARED,
         SHARED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_link(rows[i].target, rows[i].link);
        const char *const *lists[] = {
            LIST(ROOT, READ "/to:/deep/er/to"),
            LIST(ROOT, WRITE "-/to:/deep/er/to"),
        };
        for (size_t list = 0; list < 2; list++) {
            if (rows[i].inside != NULL)
                live_probe(PRELOAD, lists[list], "read", rows[i].inside, true);
            live_probe(PRELOAD, lists[list], "read", rows[i].outside, false);
            live_probe(PRELOAD, lists[list], "read", "%/outside", false);
        }
        read_bare(rows[i].outside);
        assert_int_equal(unlink(live_expand(rows[i].link)), 0);
    }
}

/* A link to a link to a directory link, and a path that goes on behind it. */
static void test_chains_of_links(void **state)
{
    const char *const *policy = LIST(ROOT, READ "/first/file");
    (void)state;
    make_link("deep/second", "%/root/first");
    make_link("/deep/er/third", "%/root/deep/second");
    make_link("../../../out", "%/root/deep/er/third");
    live_probe(PRELOAD, policy, "read", "%/root/out/file", true);
    live_probe(PRELOAD, policy, "read", "%/out/file", false);
    live_probe(PRELOAD, policy, "read", "%/root/data/file", false);
    /* Without the chroot the same chain, by its own way, grants what lies outside. */
    make_link("../out", "%/root/leaves");
    live_probe(PRELOAD, LIST(READ "%/root/leaves/file"), "read", "%/out/file", true);
    live_probe(PRELOAD, LIST(ROOT, READ "/leaves/file"), "read", "%/out/file", false);
    live_probe(PRELOAD, LIST(ROOT, READ "/leaves/file"), "read", "%/root/out/file", true);
    read_bare("%/out/file");
}

/* A link of /proc's that is a file, and no path, would leave: that is an error, not a grant, be it
 * optional or not. */
static void test_magic_links(void **state)
{
    static const struct {
        const char *root, *path;
    } rows[] = {
        {"/", "/proc/self/root" SHARED},
        {"/", "/proc/self/root"},
        {"/", "/proc/self/cwd"},
        {"/", "/proc/self/exe"},
        {"/", "/proc/self/fd/0"},
        {"/", "/proc/thread-self/root" SHARED},
        {"/", "/dev/fd/0"},
        {"/", "/proc/1/../self/cwd/.."},
        {"/proc", "/self/root" SHARED},
        {"/proc", "/self/cwd"},
        {"/proc", "/self/fd/0"},
        {"/proc/self", "/root" SHARED},
        {"/proc/self", "/exe"},
        {"/proc/self/fd", "/0"},
        {"/proc/self/root", "/proc/self/root" SHARED},
    };
    struct outcome outcome;
    char root[64], list[128], line[512];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int optional = 0; optional <= 1; optional++) {
            snprintf(root, sizeof root, "SANDLOCK_CHROOT=%s", rows[i].root);
            snprintf(list, sizeof list, READ "%s%s", optional ? "-" : "", rows[i].path);
            snprintf(line, sizeof line, "sandlock: SANDLOCK_FS_READABLE: \"%s\": " MAGIC,
                     rows[i].path);
            live_run(&outcome, PRELOAD, LIST(root, list), LIST("probe", "stat", "/"));
            live_expect(&outcome, 125, "", line);
        }
    /* An ordinary link of /proc's (self) is one; and without the chroot the magic ones work. */
    live_probe(PRELOAD, LIST("SANDLOCK_CHROOT=/proc", READ "/self/status"), "read",
               "/proc/self/status", true);
    live_probe(PRELOAD, LIST("SANDLOCK_CHROOT=/proc", READ "/self/status"), "read", "/proc/uptime",
               false);
    live_probe(PRELOAD, LIST(READ "/proc/self/root" SHARED, ""), "read", SHARED, true);
    read_bare("/proc/uptime");
}

/* The magic links are not reached from a root without /proc, whose own namesakes are files. */
static void test_magic_links_by_way_of_links(void **state)
{
    static const char *const targets[] = {"/proc/self/root", "/proc/self/cwd", "/proc/self/fd/0",
                                          "../../../proc/self/root"};
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const char *const *policy = LIST(ROOT, READ "/to" SHARED ":/to:/data");
        make_link(targets[i], "%/root/to");
        live_probe(PRELOAD, policy, "read", "%/root/data/file", true);
        live_probe(PRELOAD, policy, "read", SHARED, false);
        assert_int_equal(unlink(live_expand("%/root/to")), 0);
    }
    read_bare(SHARED);
    /* Where /proc is inside, they are, and are an error there as well. */
    struct outcome outcome;
    char line[512];
    make_link("/proc/self/root", "%/root/to");
    live_run(&outcome, PRELOAD, LIST("SANDLOCK_CHROOT=/", READ "-%/root/to" SHARED),
             LIST("probe", "stat", "/"));
    snprintf(line, sizeof line, "sandlock: SANDLOCK_FS_READABLE: \"%s\": " MAGIC,
             live_expand("%/root/to" SHARED));
    live_expect(&outcome, 125, "", line);
}

/* Only what is missing is skipped: any other trouble on the way ends the start. */
static void test_what_is_not_missing_is_an_error(void **state)
{
    struct outcome outcome;
    char line[128];
    (void)state;
    make_link("loop", "%/root/loop");
    live_run(&outcome, PRELOAD, LIST(ROOT, READ "/data:-/loop"), LIST("probe", "stat", "/"));
    live_expect(&outcome, 125, "",
                "sandlock: SANDLOCK_FS_READABLE: \"/loop\": Too many levels of symbolic links\n");
    char list[400] = READ "/";
    memset(list + strlen(list), 'x', 300);
    live_run(&outcome, PRELOAD, LIST(ROOT, list), LIST("probe", "stat", "/"));
    live_expect(&outcome, 125, "", NULL);
    assert_non_null(strstr(outcome.err, "...\": File name too long\n"));
    if (geteuid() == 0)
        return; /* root may search everything; uid 65534 runs this too */
    assert_int_equal(chmod(live_expand("%/root/data"), 0), 0);
    static const char *const lists[] = {READ "/data/file", READ "-/data/file",
                                        READ "/data/nowhere"};
    for (size_t i = 0; i < 3; i++) {
        live_run(&outcome, PRELOAD, LIST(ROOT, lists[i]), LIST("probe", "stat", "/"));
        snprintf(line, sizeof line, "sandlock: SANDLOCK_FS_READABLE: \"%s\": Permission denied\n",
                 strchr(lists[i], '/'));
        live_expect(&outcome, 125, "", line);
    }
    assert_int_equal(chmod(live_expand("%/root/data"), 0777), 0);
    live_probe(PRELOAD, LIST(ROOT, READ "-/data/file"), "read", "%/root/data/file", true);
    /* The root itself, the same. */
    assert_int_equal(chmod(live_expand("%/root"), 0), 0);
    live_run(&outcome, PRELOAD, LIST("SANDLOCK_CHROOT=%/root/data", READ "/file"),
             LIST("probe", "stat", "/"));
    snprintf(line, sizeof line, "sandlock: SANDLOCK_CHROOT: \"%s/root/data\": Permission denied\n",
             live_expand("%"));
    live_expect(&outcome, 125, "", line);
    assert_int_equal(chmod(live_expand("%/root"), 0777), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_links_that_try_to_leave),
        TEST(test_chains_of_links),
        TEST(test_magic_links),
        TEST(test_magic_links_by_way_of_links),
        TEST(test_what_is_not_missing_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
