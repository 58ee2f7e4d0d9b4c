/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SANDLOCK_CHROOT, live: paths are looked up inside a directory, and no link leads out of it.
 *
 * The root is %/root, which the confined process still calls so: it grants by paths of its own, and
 * changes no root directory. What it must never grant is %/out, and the system's own files.
 */
#include "chroot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_bare(const char *path)
{
    live_probe(BARE, LIST("A=1", ""), "read", path, true);
}

/* Only inside, be the path one of outside as well or not. */
static void test_paths_are_inside(void **state)
{
    (void)state;
    const char *const *readable = LIST(ROOT, READ "/data/file:" SHARED);
    live_probe(PRELOAD, readable, "read", "%/root/data/file", true);
    live_probe(PRELOAD, readable, "read", "%/root" SHARED, true);
    live_probe(PRELOAD, readable, "read", "%/root/data/twin", false);
    live_probe(PRELOAD, readable, "read", SHARED, false);
    live_probe(PRELOAD, readable, "write", "%/root/data/file", false);
    live_probe(PRELOAD, LIST(ROOT, WRITE "/data"), "write", "%/root/data/file", true);
    live_probe(PRELOAD, LIST(ROOT, WRITE "/data"), "write", "%/root" SHARED, false);
    live_probe(PRELOAD, LIST(ROOT, READ "@users"), "read", "%/root" SHARED, true);
    live_probe(PRELOAD, LIST(ROOT, READ "@users"), "read", SHARED, false);
    read_bare("%/root/data/file");
    read_bare("%/root/data/twin");
    read_bare(SHARED);
    live_probe(BARE, LIST("A=1", ""), "write", "%/root/data/file", true);
    live_probe(BARE, LIST("A=1", ""), "write", "%/root" SHARED, true);
}

static void test_the_whole_root(void **state)
{
    static const char *const lists[] = {"/",  "/..",    "/data/../..", "/../../../../../..",
                                        "./", "./../.."};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char setting[64];
        snprintf(setting, sizeof setting, READ "%s", lists[i]);
        live_probe(PRELOAD, LIST(ROOT, setting), "read", "%/root/data/file", true);
        live_probe(PRELOAD, LIST(ROOT, setting), "read", "%/outside", false);
        live_probe(PRELOAD, LIST(ROOT, setting), "read", SHARED, false);
    }
    live_probe(PRELOAD, LIST(ROOT, "A=1"), "read", "%/root/data/file", false);
    read_bare("%/outside");
}

/* The program's face executes by the paths of outside, which the ones inside may well be. */
static void test_by_the_programs_face(void **state)
{
    struct outcome outcome;
    const char *const *argv = LIST("%/root/bin/probe", "read", "%/root/data/file");
    (void)state;
    make_directory("%/root/bin");
    live_run(&outcome, BARE, LIST("A=1"), LIST("/bin/cp", "&/probe-static", "%/root/bin/probe"));
    live_expect(&outcome, 0, "", "");
    live_run(&outcome, PROGRAM, LIST(ROOT, READ "/bin:/data"), argv);
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, PROGRAM, LIST(ROOT, READ "/bin"), argv);
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, PROGRAM, LIST(ROOT, READ "/data"), argv);
    live_expect(&outcome, 126, "", NULL);
}

/* What is not there is skipped, whatever the list says of it; outside of a chroot it is an error.
 */
static void test_missing_paths(void **state)
{
    struct outcome outcome;
    static const char *const lists[] = {
        READ "/nowhere:/data", READ "/data/file/below:/data", READ "@base:/data:@tls",
        READ "%/out:/data",    READ "./nowhere:./data",       WRITE "/nowhere:/data",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        live_probe(PRELOAD, LIST(ROOT, lists[i]), "read", "%/root/data/file", true);
        live_probe(PRELOAD, LIST(ROOT, lists[i]), "read", "%/root/out/file", false);
        live_probe(PRELOAD, LIST(ROOT, lists[i]), "read", "%/out/file", false);
    }
    read_bare("%/out/file");
    live_run(&outcome, PRELOAD, LIST(READ "/nowhere:/tmp"), LIST("probe", "stat", "/"));
    live_expect(&outcome, 125, "",
                "sandlock: SANDLOCK_FS_READABLE: \"/nowhere\": No such file or directory\n");
}

/* The root itself has to be there, whatever the lists say, and to be a directory. */
static void test_wrong_roots(void **state)
{
    static const struct {
        const char *root, *line;
    } rows[] = {
        {"%/nowhere", "\"%/nowhere\": No such file or directory"},
        {"%/outside", "\"%/outside\": Not a directory"},
        {"%/outside/x", "\"%/outside/x\": Not a directory"},
        {"%/in/fifo", "\"%/in/fifo\": Not a directory"},
        {"%/dangling", "\"%/dangling\": No such file or directory"},
        {"%/loop", "\"%/loop\": Too many levels of symbolic links"},
        {"-%/root", "\"-%/root\": a path starts with '/', './' or '../'"},
        {"root", "\"root\": a path starts with '/', './' or '../'"},
        {"@tmp", "\"@tmp\": a path starts with '/', './' or '../'"},
        {"%/root:/", "\"%/root:/\": No such file or directory"},
        {" /", "\" /\": a path starts with '/', './' or '../'"},
    };
    struct outcome outcome;
    char setting[128], line[256];
    (void)state;
    make_link("nowhere", "%/dangling");
    make_link("loop", "%/loop");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            snprintf(setting, sizeof setting, "SANDLOCK_CHROOT=%s", rows[i].root);
            snprintf(line, sizeof line, "sandlock: SANDLOCK_CHROOT: %s\n",
                     live_expand(rows[i].line));
            live_run(&outcome, face, LIST(setting, READ "/"), LIST("probe", "stat", "/"));
            live_expect(&outcome, 125, "", line);
        }
}

/* A link to the root, a path with "..", and one relative to the working directory will do. */
static void test_right_roots(void **state)
{
    static const char *const roots[] = {"%/linked",      "%/in/../root", "%/root/.",    "./root",
                                        "./in/../root/", "../root",      "%/odd:na\\me"};
    struct outcome outcome;
    static const char script[] =
        "cd %/\"$2\"; exec env \"SANDLOCK_CHROOT=$0\" SANDLOCK_FS_READABLE=/data "
        "LD_PRELOAD=&/libsandlock_shim.so &/probe read \"$1\"";
    (void)state;
    live_needs(6);
    make_link("root", "%/linked");
    make_link("root", "%/odd:na\\me"); /* it is no list: nothing in it is special */
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        const char *where = roots[i][0] == '.' && roots[i][1] == '.' ? "in" : ".";
        live_run(&outcome, BARE, LIST("A=1"),
                 LIST("/bin/sh", "-c", script, roots[i], "%/root/data/file", where));
        live_expect(&outcome, 0, "OK\n", "");
        live_run(&outcome, BARE, LIST("A=1"),
                 LIST("/bin/sh", "-c", script, roots[i], "%/out/file", where));
        live_expect(&outcome, 0, "EACCES\n", "");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_paths_are_inside), TEST(test_the_whole_root), TEST(test_by_the_programs_face),
        TEST(test_missing_paths),    TEST(test_wrong_roots),    TEST(test_right_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
