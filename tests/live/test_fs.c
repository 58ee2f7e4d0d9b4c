/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files, live. Each row is tried three ways: unconfined, where even what is denied works; confined
 * on what is granted, where it works too; and confined on what is not, where it fails with error.
 */
#include "live.h"

#include <sys/stat.h>
#include <unistd.h>

/* The probe itself has to be readable and executable. */
#define BASE  "@system:&"
#define READ  "SANDLOCK_FS_READABLE=" BASE
#define MORE  READ ":"
#define WRITE "SANDLOCK_FS_WRITABLE="
#define RUN   "SANDLOCK_FS_EXECUTABLE="
#define IN_RW LIST(READ, WRITE "%/in")
/* with sockets that can be made: the filter would refuse them as such */
#define IN_RW_UNIX LIST(READ, WRITE "%/in", live_open("@unix"))
#define IN_RO      LIST(MORE "%/in")

/* One operation of the probe, on granted and on denied ground. */
struct twin {
    const char *name;
    const char *const *policy;
    const char *operation;
    const char *granted[2];
    const char *denied[2];
    const char *error;
};

static void try(enum face face, const struct twin *twin, const char *const args[2],
                const char *expected)
{
    struct outcome outcome;
    char line[64];
    live_scratch();
    live_run(&outcome, face, face == BARE ? LIST("A=1") : twin->policy,
             LIST("probe", twin->operation, args[0], args[1]));
    snprintf(line, sizeof line, "%s\n", expected);
    if (outcome.status != 0 || strcmp(outcome.out, line) != 0 || *outcome.err != '\0')
        print_error("%s: %s %s %s\n", twin->name, twin->operation, args[0],
                    args[1] != NULL ? args[1] : "");
    live_expect(&outcome, 0, line, "");
}

static void twins_try(const struct twin *twins, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        try(BARE, &twins[i], twins[i].denied, "OK");
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            try(face, &twins[i], twins[i].granted, "OK");
            try(face, &twins[i], twins[i].denied, twins[i].error);
        }
    }
}

#define TWINS(...)                                                                                 \
    do {                                                                                           \
        const struct twin twins[] = {__VA_ARGS__};                                                 \
        twins_try(twins, sizeof twins / sizeof *twins);                                            \
    } while (0)

static void test_readable_grants_read_and_list(void **state)
{
    (void)state;
    TWINS(
        {"read", IN_RO, "read", {"%/in/file"}, {"%/out/file"}, "EACCES"},
        {"read deeper", IN_RO, "read", {"%/in/full/file"}, {"%/out/full/file"}, "EACCES"},
        {"list", IN_RO, "list", {"%/in/full"}, {"%/out/full"}, "EACCES"},
        {"list the directory itself", IN_RO, "list", {"%/in"}, {"%/out"}, "EACCES"},
        {"its parent is not granted", IN_RO, "list", {"%/in"}, {"%"}, "EACCES"},
        {"not by way of ..", IN_RO, "read", {"%/out/../in/file"}, {"%/in/../out/file"}, "EACCES"});
}

static void test_readable_denies_every_write(void **state)
{
    (void)state;
    live_needs(3);
    const char *const *policy = LIST(MORE "%/out", WRITE "%/in");
    TWINS({"write", policy, "write", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"create", policy, "create", {"%/in/new"}, {"%/out/new"}, "EACCES"},
          {"unlink", policy, "unlink", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"truncate", policy, "truncate", {"%/in/file"}, {"%/out/file"}, "EACCES"});
}

static void test_writable_grants_creation_of_every_type(void **state)
{
    (void)state;
    TWINS({"regular", IN_RW, "create", {"%/in/new"}, {"%/out/new"}, "EACCES"},
          {"directory", IN_RW, "mkdir", {"%/in/new"}, {"%/out/new"}, "EACCES"},
          {"fifo", IN_RW, "mkfifo", {"%/in/new"}, {"%/out/new"}, "EACCES"},
          {"socket", IN_RW_UNIX, "unix-bind", {"%/in/new"}, {"%/out/new"}, "EACCES"},
          {"symbolic link", IN_RW, "symlink", {"%/in/new"}, {"%/out/new"}, "EACCES"},
          {"character device", IN_RW, "mkchar", {"%/in/new"}, {"%/out/new"}, "EACCES"});
}

static void test_writable_grants_creation_of_block_devices(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        TWINS({"block device", IN_RW, "mkblock", {"%/in/new"}, {"%/out/new"}, "EACCES"});
        return;
    }
    /* Without CAP_MKNOD the kernel refuses by itself (EPERM), but asks Landlock before. */
    struct twin twin = {"block device", IN_RW, "mkblock", {"%/in/new"}, {"%/out/new"}, "EACCES"};
    try(BARE, &twin, twin.denied, "EPERM");
    try(PRELOAD, &twin, twin.granted, "EPERM");
    try(PRELOAD, &twin, twin.denied, "EACCES");
}

static void test_writable_grants_write_and_remove(void **state)
{
    (void)state;
    TWINS({"append", IN_RW, "write", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"unlink", IN_RW, "unlink", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"rmdir", IN_RW, "rmdir", {"%/in/empty"}, {"%/out/empty"}, "EACCES"},
          {"read", IN_RW, "read", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"list", IN_RW, "list", {"%/in"}, {"%/out"}, "EACCES"},
          {"execute", IN_RW, "fork", {"%/in/tool"}, {"%/out/tool"}, "ECHILD"});
}

/* Moving into or out of a granted tree: Landlock answers EXDEV where the rights on both sides do
 * not match, and EACCES where creating or removing is denied as such (landlock(7)). */
static void test_rename_and_link_across_directories(void **state)
{
    (void)state;
    const char *const *both = LIST(READ, WRITE "%/in:%/out/full");
    TWINS({"rename within",
           IN_RW,
           "rename",
           {"%/in/file", "%/in/new"},
           {"%/out/file", "%/out/new"},
           "EACCES"},
          {"rename across",
           IN_RW,
           "rename",
           {"%/in/file", "%/in/full/new"},
           {"%/in/file", "%/out/new"},
           "EACCES"},
          {"rename out of what is not granted",
           IN_RW,
           "rename",
           {"%/in/full/file", "%/in/new"},
           {"%/out/file", "%/in/new"},
           "EACCES"},
          {"rename between two granted trees",
           both,
           "rename",
           {"%/in/file", "%/out/full/new"},
           {"%/out/file", "%/in/new"},
           "EACCES"},
          {"link within",
           IN_RW,
           "link",
           {"%/in/file", "%/in/new"},
           {"%/out/file", "%/out/new"},
           "EACCES"},
          {"link across",
           IN_RW,
           "link",
           {"%/in/file", "%/in/full/new"},
           {"%/in/file", "%/out/new"},
           "EACCES"});
    /* A link gives its file a second place, whose rights must not be more than those of the first:
     * readable only outside, writable inside. */
    const char *const *wider = LIST(MORE "%/out", WRITE "%/in");
    TWINS({"link to where more is granted",
           wider,
           "link",
           {"%/in/file", "%/in/full/new"},
           {"%/out/file", "%/in/new"},
           "EXDEV"});
}

static void test_truncate_both_ways(void **state)
{
    (void)state;
    live_needs(3);
    TWINS({"truncate", IN_RW, "truncate", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"ftruncate", IN_RW, "ftruncate", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"O_TRUNC", IN_RW, "open-truncate", {"%/in/file"}, {"%/out/file"}, "EACCES"},
          {"a file rule has it",
           LIST(READ, WRITE "%/in/file"),
           "truncate",
           {"%/in/file"},
           {"%/in/full/file"},
           "EACCES"});
}

static void test_device_ioctl(void **state)
{
    (void)state;
    live_needs(5);
    TWINS({"writable grants it",
           LIST(READ ":/dev/zero", WRITE "/dev/null"),
           "ioctl",
           {"/dev/null"},
           {"/dev/zero"},
           "EACCES"},
          {"@dev grants it",
           LIST(READ ":/dev/tty:/proc", WRITE "@dev"),
           "ioctl",
           {"/dev/full"},
           {"/dev/ptmx"},
           "EACCES"});
}

static void test_file_rules_do_not_reach_beside(void **state)
{
    (void)state;
    TWINS({"readable file",
           LIST(MORE "%/in/file"),
           "read",
           {"%/in/file"},
           {"%/in/full/file"},
           "EACCES"},
          {"writable file",
           LIST(READ, WRITE "%/in/file"),
           "write",
           {"%/in/file"},
           {"%/in/full/file"},
           "EACCES"},
          {"a file rule creates nothing",
           LIST(READ, WRITE "%/in/file:%/in/full"),
           "create",
           {"%/in/full/new"},
           {"%/in/new"},
           "EACCES"},
          {"executable file",
           LIST(MORE "%/in/tool"),
           "spawn",
           {"%/in/tool"},
           {"%/out/tool"},
           "EACCES"});
}

/* Every list takes every type of file, and opening one waits for nobody. */
static void test_fifo_and_other_types_in_the_list(void **state)
{
    (void)state;
    TWINS(
        {"fifo readable", LIST(MORE "%/in/fifo"), "read", {"%/in/fifo"}, {"%/out/fifo"}, "EACCES"},
        {"fifo writable",
         LIST(READ, WRITE "%/in/fifo"),
         "read",
         {"%/in/fifo"},
         {"%/out/fifo"},
         "EACCES"},
        {"device", LIST(MORE "/dev/zero"), "read", {"/dev/zero"}, {"/dev/urandom"}, "EACCES"});
}

static void test_link_grants_its_target(void **state)
{
    (void)state;
    TWINS({"link in the list",
           LIST(MORE "%/in/link"),
           "read",
           {"%/in/file"},
           {"%/in/full/file"},
           "EACCES"},
          {"and itself", LIST(MORE "%/in/link"), "read", {"%/in/link"}, {"%/out/link"}, "EACCES"});
}

static void test_optional_paths(void **state)
{
    (void)state;
    TWINS(
        {"missing", LIST(MORE "-%/nowhere:%/in"), "read", {"%/in/file"}, {"%/out/file"}, "EACCES"},
        {"beneath a file",
         LIST(MORE "-%/in/file/x:%/in"),
         "read",
         {"%/in/file"},
         {"%/out/file"},
         "EACCES"},
        {"present", LIST(MORE "-%/in"), "read", {"%/in/file"}, {"%/out/file"}, "EACCES"});
}

static void test_what_landlock_never_restricts(void **state)
{
    (void)state;
    struct outcome outcome;
    const char *const operations[] = {"stat", "chmod", "opath"};
    for (size_t i = 0; i < 3; i++) {
        live_run(&outcome, PRELOAD, LIST(READ), LIST("probe", operations[i], "%/out/file"));
        live_expect(&outcome, 0, "OK\n", "");
    }
}

static void test_executable_narrows_the_other_lists(void **state)
{
    (void)state;
    const char *const *narrow =
        LIST(MORE "%", WRITE "%/in", RUN "/usr:/bin:/lib:-/lib64:&:%/out/full");
    struct outcome outcome;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        /* Readable, but not executable any more; writable neither. */
        live_run(&outcome, face, LIST(MORE "%"), LIST("probe", "exec", "%/out/tool"));
        live_expect(&outcome, 7, "", "");
        live_run(&outcome, face, narrow, LIST("probe", "exec", "%/out/tool"));
        live_expect(&outcome, 0, "EACCES\n", "");
        live_run(&outcome, face, narrow, LIST("probe", "exec", "%/in/tool"));
        live_expect(&outcome, 0, "EACCES\n", "");
        live_run(&outcome, face, narrow, LIST("probe", "read", "%/out/tool"));
        live_expect(&outcome, 0, "OK\n", "");
        /* It grants reading a file, and not listing a directory. */
        const char *const *only = LIST(READ, RUN BASE ":%/in");
        live_run(&outcome, face, only, LIST("probe", "exec", "%/in/tool"));
        live_expect(&outcome, 7, "", "");
        live_run(&outcome, face, only, LIST("probe", "read", "%/in/file"));
        live_expect(&outcome, 0, "OK\n", "");
        live_run(&outcome, face, only, LIST("probe", "list", "%/in"));
        live_expect(&outcome, 0, "EACCES\n", "");
    }
}

/* The policy is the executable list's alone to give: "@none" and a list of nothing give none. */
static void test_executable_of_nothing(void **state)
{
    (void)state;
    struct outcome outcome;
    const char *const values[] = {RUN "@none", RUN ":", RUN "-%/nowhere"};
    for (size_t i = 0; i < 3; i++) {
        live_run(&outcome, PRELOAD, LIST(READ, values[i]), LIST("probe", "exec", "/bin/true"));
        live_expect(&outcome, 0, "EACCES\n", "");
        live_run(&outcome, PRELOAD, LIST(READ), LIST("probe", "exec", "/bin/true"));
        live_expect(&outcome, 0, "", "");
    }
}

static void test_strange_names(void **state)
{
    struct outcome outcome;
    static const struct {
        const char *list, *path, *twin;
    } rows[] = {
        {MORE "%/a\\:b", "%/a:b", "%/a"},   {MORE "%/a\\nb", "%/a\nb", "%/a"},
        {MORE "%/a\\\\b", "%/a\\b", "%/a"}, {MORE " \t%/a b \n", "%/a b", "%/a"},
        {MORE "%/a=b", "%/a=b", "%/a"},     {MORE "%/\xff\x01", "%/\xff\x01", "%/a"},
    };
    (void)state;
    assert_int_equal(mkdir(live_expand("%/a"), 0777), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(mkdir(live_expand(rows[i].path), 0777), 0);
        live_run(&outcome, PRELOAD, LIST(rows[i].list), LIST("probe", "list", rows[i].path));
        live_expect(&outcome, 0, "OK\n", "");
        live_run(&outcome, PRELOAD, LIST(rows[i].list), LIST("probe", "list", rows[i].twin));
        live_expect(&outcome, 0, "EACCES\n", "");
    }
}

static void test_relative_paths(void **state)
{
    struct outcome outcome;
    static const char script[] = "cd %/in; exec env " READ ":./full:../out/full "
                                 "LD_PRELOAD=&/libsandlock_shim.so &/probe list \"$0\"";
    (void)state;
    live_needs(6);
    const char *const listable[] = {"full", "../out/full"}, *const denied[] = {"empty", "."};
    for (size_t i = 0; i < 2; i++) {
        live_run(&outcome, BARE, LIST("A=1"), LIST("/bin/sh", "-c", script, listable[i]));
        live_expect(&outcome, 0, "OK\n", "");
        live_run(&outcome, BARE, LIST("A=1"), LIST("/bin/sh", "-c", script, denied[i]));
        live_expect(&outcome, 0, "EACCES\n", "");
    }
}

/* What is wrong with a path ends the start, with its line; the twin without it runs. */
static void test_wrong_paths(void **state)
{
    static const struct {
        const char *list, *line;
    } rows[] = {
        {MORE "%/nowhere", "SANDLOCK_FS_READABLE: \"%/nowhere\": No such file or directory"},
        {MORE "%/in/file/x", "SANDLOCK_FS_READABLE: \"%/in/file/x\": Not a directory"},
        {MORE "%/loop", "SANDLOCK_FS_READABLE: \"%/loop\": Too many levels of symbolic links"},
        {MORE "-%/loop", "SANDLOCK_FS_READABLE: \"%/loop\": Too many levels of symbolic links"},
        {WRITE "%/no\033where", "SANDLOCK_FS_WRITABLE: \"%/no\\x1bwhere\": "
                                "No such file or directory"},
    };
    struct outcome outcome;
    (void)state;
    assert_int_equal(symlink("loop", live_expand("%/loop")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            char line[512];
            snprintf(line, sizeof line, "sandlock: %s\n", live_expand(rows[i].line));
            live_run(&outcome, face, LIST(rows[i].list), LIST("probe", "stat", "/"));
            live_expect(&outcome, 125, "", line);
        }
    live_run(&outcome, PRELOAD, LIST(READ), LIST("probe", "stat", "/"));
    live_expect(&outcome, 0, "OK\n", "");
}

/* What lies in no mounted file system takes no rule, and none is needed to open it. */
static void test_pipes_and_namespaces_need_no_grant(void **state)
{
    static const char *const paths[] = {"/proc/self/ns/net", "/proc/self/ns/mnt", "/dev/stderr",
                                        "/proc/self/fd/2"}; /* which live_run makes a pipe */
    struct outcome outcome;
    char list[128], open[64], line[256];
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            snprintf(list, sizeof list, MORE "%s", paths[i]);
            snprintf(open, sizeof open, "exec 3<%s", paths[i]);
            snprintf(
                line, sizeof line,
                "sandlock: SANDLOCK_FS_READABLE: \"%s\": File descriptor in bad state: a pipe, "
                "a socket, a namespace or the like cannot be granted, and need not be\n",
                paths[i]);
            live_run(&outcome, face, LIST(list), LIST("/bin/sh", "-c", open));
            live_expect(&outcome, 125, "", line);
            live_run(&outcome, face, LIST(READ ":/dev/null"), LIST("/bin/sh", "-c", open));
            live_expect(&outcome, 0, "", "");
        }
    live_probe(PRELOAD, LIST(READ), "read", "/proc/self/status", false);
    live_probe(BARE, LIST("A=1"), "read", "/proc/self/status", true);
}

/* An optional path is one that may be missing, not one that may fail. */
static void test_unsearchable_path_is_no_missing_path(void **state)
{
    struct outcome outcome;
    char line[512];
    (void)state;
    if (geteuid() == 0)
        return; /* root may search everything; uid 65534 runs this too */
    assert_int_equal(chmod(live_expand("%/out"), 0), 0);
    live_run(&outcome, PRELOAD, LIST(MORE "-%/out/file"), LIST("probe", "stat", "/"));
    snprintf(line, sizeof line, "sandlock: SANDLOCK_FS_READABLE: \"%s\": Permission denied\n",
             live_expand("%/out/file"));
    live_expect(&outcome, 125, "", line);
    assert_int_equal(chmod(live_expand("%/out"), 0777), 0);
    live_run(&outcome, PRELOAD, LIST(MORE "-%/out/file"), LIST("probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "OK\n", "");
}

/* As many entries as fit into one string of the environment (128 KiB: execve(2)). */
static void test_thousands_of_entries(void **state)
{
    struct outcome outcome;
    char *list = malloc(130000);
    (void)state;
    size_t len = (size_t)sprintf(list, MORE "%%/in");
    while (len < 120000)
        len += (size_t)sprintf(list + len, ":/dev/null:-/x");
    live_run(&outcome, PRELOAD, LIST(live_expand(MORE "%/in")), LIST("probe", "list", "%/in"));
    live_expect(&outcome, 0, "OK\n", "");
    free(list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_readable_grants_read_and_list),
        TEST(test_readable_denies_every_write),
        TEST(test_writable_grants_creation_of_every_type),
        TEST(test_writable_grants_creation_of_block_devices),
        TEST(test_writable_grants_write_and_remove),
        TEST(test_rename_and_link_across_directories),
        TEST(test_truncate_both_ways),
        TEST(test_device_ioctl),
        TEST(test_file_rules_do_not_reach_beside),
        TEST(test_fifo_and_other_types_in_the_list),
        TEST(test_link_grants_its_target),
        TEST(test_optional_paths),
        TEST(test_what_landlock_never_restricts),
        TEST(test_executable_narrows_the_other_lists),
        TEST(test_executable_of_nothing),
        TEST(test_strange_names),
        TEST(test_relative_paths),
        TEST(test_wrong_paths),
        TEST(test_pipes_and_namespaces_need_no_grant),
        TEST(test_unsearchable_path_is_no_missing_path),
        TEST(test_thousands_of_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
