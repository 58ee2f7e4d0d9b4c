/* SPDX-License-Identifier: Apache-2.0 */
/* The file of SANDLOCK_CONFIG, live and in both faces: what it grants, and when nothing runs. */
#include "live.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONFIG "SANDLOCK_CONFIG=%/x.conf"
#define SYSTEM "SANDLOCK_FS_READABLE=@system:&\n"
#define SHIM   "&/libsandlock_shim.so"

enum { CONFIG_MAX = 1 << 20 };

static void write_config(const char *text)
{
    live_write("%/x.conf", text, 0644);
}

/* Writes a file of so many bytes: lines that mean nothing, and then text. */
static void write_large(size_t size, const char *text)
{
    FILE *file = fopen(live_expand("%/x.conf"), "w");
    assert_non_null(file);
    for (text = live_expand(text), size -= strlen(text); size > 0; size--)
        fputc(size == 1 ? '\n' : '#', file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(live_expand("%/x.conf"), 0644), 0);
}

static void expect_probe(const char *const env[], const char *path, bool good)
{
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        live_probe(face, env, "read", path, good);
}

static void test_it_grants_like_the_environment(void **state)
{
    (void)state;
    write_config("# a comment\r\n" SYSTEM "\n  SANDLOCK_FS_READABLE=%/in\t\n");
    live_probe(BARE, LIST(CONFIG), "read", "%/out/file", true);
    expect_probe(LIST(CONFIG), "%/in/file", true);
    expect_probe(LIST(CONFIG), "%/out/file", false);
    /* Beside it, what the file does not set; in its place, what it does. */
    expect_probe(LIST(CONFIG, "SANDLOCK_FS_WRITABLE=%/out"), "%/in/file", true);
    expect_probe(LIST(CONFIG, "SANDLOCK_FS_WRITABLE=%/out"), "%/out/file", true);
    expect_probe(LIST(CONFIG, "SANDLOCK_FS_READABLE=@system:&:%/out"), "%/in/file", false);
    expect_probe(LIST(CONFIG, "SANDLOCK_FS_READABLE=@system:&:%/out"), "%/out/file", true);
    expect_probe(LIST(CONFIG, "SANDLOCK_FS_READABLE="), "%/in/file", true);
    /* By a link, and by a path that is seen from the working directory. */
    assert_int_equal(symlink("x.conf", live_expand("%/link.conf")), 0);
    expect_probe(LIST("SANDLOCK_CONFIG=%/link.conf"), "%/in/file", true);
    expect_probe(LIST("SANDLOCK_CONFIG=%/link.conf"), "%/out/file", false);
    struct outcome outcome;
    live_run(&outcome, BARE, LIST("SANDLOCK_CONFIG=../x.conf"),
             LIST("env", "-C", "%/in", SHIM, "&/probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "EACCES\n", "");
}

static void test_the_rest_of_the_vocabulary(void **state)
{
    struct outcome outcome;
    char expected[256];
    (void)state;
    live_needs(6);
    write_config(SYSTEM "SANDLOCK_VERBOSE=yes\nSANDLOCK_NET_ALLOW=443\nSANDLOCK_NET_ALLOW=80\n"
                        "SANDLOCK_NET_BIND=0\nSANDLOCK_DISABLE=fs_truncate\n");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(CONFIG), LIST("probe", "tcp-bind", "1"));
        live_expect(&outcome, 0, "EACCES\n", NULL);
        snprintf(expected, sizeof expected, " ports=3 ");
        assert_non_null(strstr(outcome.err, expected));
        assert_non_null(strstr(outcome.err, " disabled=fs_truncate "));
        live_run(&outcome, face, LIST(CONFIG, "SANDLOCK_VERBOSE=0"), LIST("env"));
        live_expect(&outcome, 0, NULL, "");
        assert_null(strstr(outcome.out, "SANDLOCK")); /* it is consumed */
    }
}

/* A policy that grants nothing. */
static void test_an_empty_file(void **state)
{
    static const char *const texts[] = {"", "\n", "# nothing\n", "SANDLOCK_FS_READABLE=\n",
                                        "SANDLOCK_VERBOSE=0"};
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_config(texts[i]);
        live_probe(PRELOAD, LIST(CONFIG), "read", "%/in/file", false);
        live_run(&outcome, PROGRAM, LIST(CONFIG), LIST("/bin/true"));
        live_expect(&outcome, 126, "",
                    "sandlock: /bin/true: Permission denied: the policy lets nobody execute "
                    "/bin/true; add it to SANDLOCK_FS_READABLE\n");
        expect_probe(LIST(CONFIG, "SANDLOCK_FS_READABLE=/"), "%/in/file", true);
    }
}

/* Nothing runs, in either face, and this is why. */
static void expect_fault(const char *const env[], const char *line)
{
    struct outcome outcome;
    char err[2048];
    snprintf(err, sizeof err, "sandlock: %s\n", live_expand(line));
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, env, LIST("probe", "stat", "/"));
        live_expect(&outcome, 125, "", err);
    }
}

#define NOT_REGULAR "not a regular file; write the variables into one"
#define CHANGED     "it changed while it was read, or is no ordinary file, as those of /proc are not"

static void test_files_that_are_none(void **state)
{
    static const struct {
        const char *path, *reason;
    } rows[] = {
        {"%/in/fifo", NOT_REGULAR},
        {"%/in", NOT_REGULAR},
        {"%/in/", NOT_REGULAR},
        {"/dev/null", NOT_REGULAR},
        {"/dev/zero", NOT_REGULAR},
        {"/dev/tty", NULL},
        {"/proc/self/environ", CHANGED},
        {"/proc/self/status", CHANGED},
        {"/sys/kernel/mm/transparent_hugepage/enabled", NULL},
        {"/proc/kmsg", NULL},
        {"%/missing", "No such file or directory"},
        {"%/in/file/x", "Not a directory"},
        {"%/in/loop", "Too many levels of symbolic links"},
    };
    struct outcome outcome;
    char setting[128], line[512];
    (void)state;
    assert_int_equal(symlink("loop", live_expand("%/in/loop")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(setting, sizeof setting, "SANDLOCK_CONFIG=%s", rows[i].path);
        snprintf(line, sizeof line, "SANDLOCK_CONFIG: \"%s\": %s", rows[i].path,
                 rows[i].reason != NULL ? rows[i].reason : "");
        if (rows[i].reason != NULL)
            expect_fault(LIST(setting, "SANDLOCK_FS_READABLE=/"), line);
        else /* as this user and this machine have it */
            for (enum face face = PRELOAD; face <= PROGRAM; face++) {
                live_run(&outcome, face, LIST(setting), LIST("probe", "stat", "/"));
                live_expect(&outcome, 125, "", NULL);
                assert_non_null(strstr(outcome.err, line));
            }
    }
}

static void test_permissions(void **state)
{
    (void)state;
    static const mode_t bad[] = {0646, 0666, 0602, 0777}, good[] = {0644, 0664, 0600, 0400, 0755};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        live_write("%/x.conf", "SANDLOCK_FS_READABLE=/", bad[i]);
        expect_fault(LIST(CONFIG), "SANDLOCK_CONFIG: \"%/x.conf\": anybody may write to it; chmod "
                                   "o-w takes that away");
        assert_int_equal(unlink(live_expand("%/x.conf")), 0);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        live_write("%/x.conf", "SANDLOCK_FS_READABLE=/", good[i]);
        expect_probe(LIST(CONFIG), "%/in/file", true);
        assert_int_equal(unlink(live_expand("%/x.conf")), 0);
    }
    live_write("%/x.conf", "SANDLOCK_FS_READABLE=/", 0);
    if (geteuid() == 0)
        expect_probe(LIST(CONFIG), "%/in/file", true);
    else
        expect_fault(LIST(CONFIG), "SANDLOCK_CONFIG: \"%/x.conf\": Permission denied");
}

static void test_sizes(void **state)
{
    static const char grant[] = SYSTEM "SANDLOCK_FS_READABLE=%/in";
    (void)state;
    write_large(CONFIG_MAX, grant);
    expect_probe(LIST(CONFIG), "%/in/file", true);
    expect_probe(LIST(CONFIG), "%/out/file", false);
    write_large(CONFIG_MAX + 1, grant);
    expect_fault(LIST(CONFIG), "SANDLOCK_CONFIG: \"%/x.conf\": larger than 1 MiB");
    write_large(CONFIG_MAX, "SANDLOCK_FS_READABLE=%/missing");
    expect_fault(LIST(CONFIG),
                 "%/x.conf:2: SANDLOCK_FS_READABLE: \"%/missing\": No such file or directory");
    assert_int_equal(truncate(live_expand("%/x.conf"), 100), 0);
    write_large(100, "");
    assert_int_equal(truncate(live_expand("%/x.conf"), 101), 0);
    expect_fault(LIST(CONFIG), "%/x.conf:2: a NUL byte, which no text has");
}

/* What is wrong is told with its line, be it how it is written, what it says or what comes of it.
 */
static void test_lines(void **state)
{
    static const struct {
        const char *text, *line;
    } rows[] = {
        {"# x\n\nexport SANDLOCK_FS_READABLE=/",
         "%/x.conf:3: \"export SANDLOCK_FS_READABLE=/\": this is no shell: write NAME=VALUE alone"},
        {"SANDLOCK_FS_READABLE=\"/\"", "%/x.conf:1: SANDLOCK_FS_READABLE: \"\"/\"\": quotes are not"
                                       " taken off: write the value without"},
        {"\nSANDLOCK_FS_READBLE=/\n",
         "%/x.conf:2: SANDLOCK_FS_READBLE: unknown variable: did you mean SANDLOCK_FS_READABLE?"},
        {"\nSANDLOCK_CONFIG=/y\n", "%/x.conf:2: SANDLOCK_CONFIG: a file names no other one"},
        {SYSTEM "SANDLOCK_FS_READABLE=/usr:etc\n",
         "%/x.conf:2: SANDLOCK_FS_READABLE: \"etc\": neither a path nor a preset: did you mean "
         "./etc or /etc?"},
        {SYSTEM "# x\nSANDLOCK_FS_READABLE=%/in:-%/missing\nSANDLOCK_FS_READABLE=%/in:%/dta\n",
         "%/x.conf:4: SANDLOCK_FS_READABLE: \"%/dta\": No such file or directory"},
        {"SANDLOCK_CHROOT=%/dta\n",
         "%/x.conf:1: SANDLOCK_CHROOT: \"%/dta\": No such file or directory"},
        {"SANDLOCK_FS_READABLE=/\nSANDLOCK_KEEP_FDS=3\n",
         "%/x.conf:2: SANDLOCK_KEEP_FDS: all are kept where SANDLOCK_CLOSE_FDS=1 is not set"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_config(rows[i].text);
        expect_fault(LIST(CONFIG), rows[i].line);
    }
    write_config("SANDLOCK_FS_READABLE=%/in\nSANDLOCK_FS_READABLE=%/dta\n");
    expect_fault(LIST(CONFIG, "SANDLOCK_FS_READABLE=%/dta"),
                 "SANDLOCK_FS_READABLE: \"%/dta\": No such file or directory");
}

/* Adds lines to the file until it is ended. */
static _Noreturn void grow(void)
{
    int fd = open(live_expand("%/x.conf"), O_WRONLY | O_APPEND);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (write(fd, "#\n", 2) == 2)
        usleep(1000);
    _exit(1);
}

/* Between the questions how long it is and what is in it, something is added. */
static void test_a_file_that_grows(void **state)
{
    const char *const *slowly = LIST("strace", "-o", "/dev/null", "-e", "trace=statx", "-e",
                                     "inject=statx:delay_exit=200000", SHIM, "true");
    struct outcome outcome;
    char err[512];
    (void)state;
    if (access("/usr/bin/strace", X_OK) != 0)
        live_skip("strace");
    write_config("SANDLOCK_FS_READABLE=/\n");
    live_run(&outcome, BARE, LIST(CONFIG), slowly);
    live_expect(&outcome, 0, "", "");
    pid_t pid = fork();
    if (pid == 0)
        grow();
    live_run(&outcome, BARE, LIST(CONFIG), slowly);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    snprintf(err, sizeof err, "sandlock: SANDLOCK_CONFIG: \"%s\": " CHANGED "\n",
             live_expand("%/x.conf"));
    live_expect(&outcome, 125, "", err);
}

/* No memory stays in the program that held the file. */
static void test_no_memory_stays(void **state)
{
    struct outcome outcome;
    unsigned mappings = 0;
    (void)state;
    write_large(CONFIG_MAX, "SANDLOCK_FS_READABLE=/");
    live_run(&outcome, PRELOAD, LIST(CONFIG), LIST("cat", "/proc/self/maps"));
    live_expect(&outcome, 0, NULL, "");
    for (char *line = outcome.out; *line != '\0'; line = strchr(line, '\n') + 1, mappings++) {
        unsigned long from, to;
        assert_int_equal(sscanf(line, "%lx-%lx", &from, &to), 2);
        bool file = strchr(line, '/') != NULL && strchr(line, '/') < strchr(line, '\n');
        if (!file && to - from >= CONFIG_MAX)
            fail_msg("%.*s", (int)strcspn(line, "\n"), line);
    }
    assert_true(mappings > 8);
    assert_non_null(strstr(outcome.out, "libsandlock_shim.so"));
}

#define NOT_CONFINED "sandlock: this process is not confined, or not by this policy\n"

static void test_verify(void **state)
{
    static const char script[] = SHIM " --verify; echo $?; "
                                      "SANDLOCK_CONFIG=%/y.conf " SHIM " --verify; echo $?; "
                                      "SANDLOCK_CONFIG=%/missing " SHIM " --verify; echo $?";
    struct outcome outcome;
    char err[512];
    (void)state;
    live_needs(6);
    if (!live_filter())
        return; /* there is no mark without */
    write_config(SYSTEM "SANDLOCK_FS_READABLE=/\n");
    live_write("%/y.conf", "SANDLOCK_FS_READABLE=/\n", 0644);
    snprintf(err, sizeof err,
             NOT_CONFINED "sandlock: SANDLOCK_CONFIG: \"%s\": No such file or directory\n",
             live_expand("%/missing"));
    live_run(&outcome, PROGRAM, LIST(CONFIG, "SANDLOCK_KEEP_ENV=1"), LIST("sh", "-c", script));
    live_expect(&outcome, 0, "0\n1\n125\n", err);
    /* The same values under another name are the same policy. */
    live_write("%/y.conf", "# x\n" SYSTEM "SANDLOCK_FS_READABLE=/\nSANDLOCK_VERBOSE=0\n", 0644);
    live_run(&outcome, PROGRAM, LIST(CONFIG),
             LIST("sh", "-c", "SANDLOCK_CONFIG=%/y.conf " SHIM " --verify"));
    live_expect(&outcome, 0, "", "");
    live_run(&outcome, BARE, LIST(CONFIG), LIST(SHIM, "--verify"));
    live_expect(&outcome, 1, "", "sandlock: this process is not confined, or not by this policy\n");
}

/* Children that load the shim again read the file again. */
static void test_children_with_the_environment(void **state)
{
    struct outcome outcome;
    char err[256];
    (void)state;
    if (!live_filter())
        return;
    write_config(SYSTEM "SANDLOCK_FS_READABLE=%/in\nSANDLOCK_FS_READABLE=%/x.conf\n"
                        "SANDLOCK_KEEP_ENV=1\n");
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_run(&outcome, face, LIST(CONFIG),
                 LIST("sh", "-c",
                      SHIM " &/probe read %/in/file; " SHIM " &/probe read %/out/file; "
                           "LD_PRELOAD=" SHIM " &/probe read %/out/file"));
        live_expect(&outcome, 0, "OK\nEACCES\nEACCES\n", "");
    }
    write_config(SYSTEM "SANDLOCK_FS_READABLE=%/in\nSANDLOCK_KEEP_ENV=1\n");
    snprintf(err, sizeof err, "sandlock: SANDLOCK_CONFIG: \"%s\": Permission denied\n",
             live_expand("%/x.conf"));
    live_run(&outcome, PROGRAM, LIST(CONFIG),
             LIST("sh", "-c", SHIM " &/probe read %/in/file; echo $?"));
    live_expect(&outcome, 0, "125\n", err);
    live_run(&outcome, PRELOAD, LIST(CONFIG), LIST("sh", "-c", "&/probe read %/in/file; echo $?"));
    live_expect(&outcome, 0, "125\n", err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_grants_like_the_environment),
        TEST(test_the_rest_of_the_vocabulary),
        TEST(test_an_empty_file),
        TEST(test_files_that_are_none),
        TEST(test_permissions),
        TEST(test_sizes),
        TEST(test_lines),
        TEST(test_a_file_that_grows),
        TEST(test_no_memory_stays),
        TEST(test_verify),
        TEST(test_children_with_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
