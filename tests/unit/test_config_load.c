/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the file of SANDLOCK_CONFIG, over a fake system. */
#include "start.h"

#include <errno.h>
#include <sys/stat.h>

#define CONFIG "SANDLOCK_CONFIG=/etc/x.conf"
#define TEXT   "# x\nSANDLOCK_FS_READABLE=/usr\nSANDLOCK_FS_READABLE=/opt\n"
#define WHOLE  "SANDLOCK_CONFIG: \"/etc/x.conf\": "
#define CHANGED                                                                                    \
    WHOLE "it changed while it was read, or is no ordinary file, as those of /proc are not"

/* A healthy system with this file. */
static void file_reset(const char *text, size_t len)
{
    fake_reset();
    fake.mode = S_IFREG | 0644;
    fake.text = text;
    fake.size = fake.text_len = len;
}

/* Read before anything else is done, closed, and given back before the process is confined. */
static void test_order(void **state)
{
    char mapped[32], given[32];
    (void)state;
    file_reset(TEXT, strlen(TEXT));
    fake.chunk = 30;
    snprintf(mapped, sizeof mapped, "mmap %zu", 2 * strlen(TEXT) + 1);
    snprintf(given, sizeof given, "munmap %zu", 2 * strlen(TEXT) + 1);
    assert_true(starts(LIST(CONFIG)));
    expect_calls(LIST("open_read /etc/x.conf", "stat 31", mapped, "read 31", "read 31", "read 31",
                      "stat 31", "close 31", "unshare ", "landlock_create_ruleset flags 1",
                      "landlock_create_ruleset fs ffff", "open /usr", "landlock_add_rule d",
                      "close 20", "open /opt", "landlock_add_rule d", "close 20", given,
                      "no_new_privs ", "landlock_restrict_self 10", "close 10", "seccomp "));
    assert_null(fake.mapped);
    /* The last read is at the end of the file, where nothing may have come to it. */
    file_reset("", 0);
    assert_true(starts(LIST(CONFIG, "SANDLOCK_FS_READABLE=@none")));
    assert_string_equal(fake.calls[3], "read 31");
    assert_string_equal(fake.calls[5], "close 31");
    assert_null(fake.mapped);
}

static void test_no_file_no_call(void **state)
{
    (void)state;
    file_reset(TEXT, strlen(TEXT));
    assert_true(starts(LIST("SANDLOCK_CONFIG=", "SANDLOCK_FS_READABLE=/usr")));
    assert_string_equal(fake.calls[0], "unshare ");
    file_reset(TEXT, strlen(TEXT));
    assert_false(starts(LIST("SANDLOCK_CONFIG=etc/x.conf")));
    expect_end("SANDLOCK_CONFIG: \"etc/x.conf\": a path starts with '/', './' or '../'");
    assert_int_equal(fake.len, 2);
    file_reset(TEXT, strlen(TEXT));
    assert_false(starts(LIST(CONFIG, CONFIG)));
    expect_end("SANDLOCK_CONFIG: stands in the environment twice");
    assert_int_equal(fake.len, 2);
    file_reset(TEXT, strlen(TEXT));
    fake.secure = 1;
    assert_false(starts(LIST(CONFIG)));
    assert_int_equal(fake.len, 2);
}

/* Files that are not read, and those that are not what they say they are. */
static void test_refused(void **state)
{
    static const struct {
        mode_t mode;
        uint64_t size;
        size_t len;
        const char *line;
    } rows[] = {
        {S_IFIFO | 0644, 0, 0, WHOLE "not a regular file; write the variables into one"},
        {S_IFDIR | 0755, 4096, 0, WHOLE "not a regular file; write the variables into one"},
        {S_IFCHR | 0666, 0, 0, WHOLE "not a regular file; write the variables into one"},
        {S_IFBLK | 0600, 0, 0, WHOLE "not a regular file; write the variables into one"},
        {S_IFSOCK | 0600, 0, 0, WHOLE "not a regular file; write the variables into one"},
        {0, 0, 0, WHOLE "not a regular file; write the variables into one"}, /* statx did nothing */
        {S_IFREG | 0646, 8, 8, WHOLE "anybody may write to it; chmod o-w takes that away"},
        {S_IFREG | 0002, 8, 8, WHOLE "anybody may write to it; chmod o-w takes that away"},
        {S_IFREG | 0644, (1 << 20) + 1, 8, WHOLE "larger than 1 MiB"},
        {S_IFREG | 0644, UINT64_MAX, 8, WHOLE "larger than 1 MiB"},
        {S_IFREG | 0644, 1ULL << 32, 8, WHOLE "larger than 1 MiB"},
        {S_IFREG | 0644, 0, 8, CHANGED},
        {S_IFREG | 0644, 7, 8, CHANGED},
        {S_IFREG | 0644, 9, 8, CHANGED},
        {S_IFREG | 0644, 4096, 0, CHANGED},
        {S_IFREG | 0644, 1 << 20, 8, CHANGED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        file_reset("# xxxxxx", rows[i].len);
        fake.mode = rows[i].mode;
        fake.size = rows[i].size;
        assert_false(starts(LIST(CONFIG)));
        expect_end(rows[i].line);
    }
    /* written anew meanwhile, and no longer than before */
    file_reset("# xxxxxx", 8);
    fake.rewritten = true;
    assert_false(starts(LIST(CONFIG)));
    expect_end(CHANGED);
    static const mode_t good[] = {S_IFREG | 0664, S_IFREG | 0755, S_IFREG | 07664, S_IFREG};
    for (size_t i = 0; i < COUNT(good); i++) {
        file_reset("# xxxxxx", 8);
        fake.mode = good[i];
        assert_true(starts(LIST(CONFIG)));
    }
}

static void test_every_call_that_fails_ends_the_start(void **state)
{
    static const int errors[] = {EPERM, ENOENT, EAGAIN, EINTR, EIO, EISDIR, ENOSYS, ENOMEM};
    static const struct {
        const char *call, *line;
    } lines[] = {
        {"open_read", WHOLE}, {"stat 31", WHOLE},   {"mmap", "mmap: "},
        {"read", WHOLE},      {"close", "close: "}, {"munmap", "munmap: "},
    };
    static const unsigned at[] = {1, 2, 3, 4, 5, 6, 7, 8, 18};
    (void)state;
    for (size_t i = 0; i < COUNT(at); i++)
        for (size_t e = 0; e < COUNT(errors); e++) {
            char line[128];
            size_t row = 0;
            file_reset(TEXT, strlen(TEXT));
            fake.chunk = 30;
            fake.fail_at = at[i];
            fake.fail_with = -errors[e];
            assert_false(starts(LIST(CONFIG)));
            assert_int_equal(fake.len, at[i] + 2);
            while (!begins(fake.calls[at[i] - 1], lines[row].call))
                row++;
            int error = strcmp(lines[row].line, "mmap: ") == 0 ? ENOMEM : errors[e];
            snprintf(line, sizeof line, "%s%s", lines[row].line, strerror(error));
            expect_end(line);
        }
}

/* An outer filter makes calls succeed where nothing is done. */
static void test_calls_that_lie(void **state)
{
    static const int answers[] = {1, 56, 57, 58, 1 << 20, INT32_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        file_reset(TEXT, strlen(TEXT));
        fake.fail_at = 4; /* read: memory that stays 0 */
        fake.fail_with = answers[i];
        fake.text_len = 0;
        assert_false(starts(LIST(CONFIG)));
        assert_int_equal(fake.status_of_end, 125);
        if (answers[i] > (int)strlen(TEXT) + 1)
            expect_end(WHOLE "Protocol error");
        else if (answers[i] == (int)strlen(TEXT))
            expect_end("/etc/x.conf:1: a NUL byte, which no text has");
        else
            expect_end(CHANGED);
    }
}

/* What comes of the policy later has its line too. */
static void test_lines_of_later_faults(void **state)
{
    (void)state;
    file_reset(TEXT, strlen(TEXT));
    fake.missing = "/opt";
    assert_false(starts(LIST(CONFIG)));
    expect_end("/etc/x.conf:3: SANDLOCK_FS_READABLE: \"/opt\": No such file or directory");
    file_reset(TEXT, strlen(TEXT));
    fake.missing = "/opt";
    assert_false(starts(LIST(CONFIG, "SANDLOCK_FS_READABLE=/opt")));
    expect_end("SANDLOCK_FS_READABLE: \"/opt\": No such file or directory");
    file_reset(TEXT, strlen(TEXT));
    fake.missing = "/opt";
    assert_false(starts(LIST(CONFIG, "SANDLOCK_FS_WRITABLE=/opt")));
    expect_end("/etc/x.conf:3: SANDLOCK_FS_READABLE: \"/opt\": No such file or directory");
    static const char *const rows[][2] = {
        {"\nSANDLOCK_FS_WRITABLE=/a:@tmp\nSANDLOCK_FS_WRITABLE=/opt\\\\\n",
         "/etc/x.conf:3: SANDLOCK_FS_WRITABLE: \"/opt\\\": No such file or directory"},
        {"\nSANDLOCK_CHROOT=/opt",
         "/etc/x.conf:2: SANDLOCK_CHROOT: \"/opt\": No such file or directory"},
        {"SANDLOCK_SECCOMP_DENY=kcmp\nSANDLOCK_SECCOMP_DENY=@bpf, kcpm\n",
         "/etc/x.conf:2: SANDLOCK_SECCOMP_DENY: \"kcpm\": unknown system call: did you mean kcmp?"},
        {"SANDLOCK_SECCOMP_ALLOW=@bpf\n\nSANDLOCK_SECCOMP_DENY=kcmp,@bpf",
         "/etc/x.conf:3: SANDLOCK_SECCOMP_DENY: \"@bpf\": stands in SANDLOCK_SECCOMP_ALLOW too; "
         "only"
         " one of the two can hold"},
        {"SANDLOCK_SECCOMP_DENY=prctl\nSANDLOCK_KEEP_ENV=1",
         "/etc/x.conf:2: SANDLOCK_KEEP_ENV: not with prctl in SANDLOCK_SECCOMP_DENY: children ask "
         "by it whether they are confined already"},
        {"# \xff\nSANDLOCK_FS_\x1b\xff=x",
         "/etc/x.conf:2: SANDLOCK_FS_\\x1b\\xff: unknown variable: did you mean "
         "SANDLOCK_FS_READABLE?"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        file_reset(rows[i][0], strlen(rows[i][0]));
        fake.missing = strstr(rows[i][1], "\\\"") != NULL ? "/opt\\" : "/opt";
        assert_false(starts(LIST(CONFIG)));
        expect_end(rows[i][1]);
    }
}

/* The line has room for all that it says, however hostile each part of it. */
static void test_a_line_of_hostile_parts(void **state)
{
    static char path[400] = "SANDLOCK_CONFIG=/", text[1024] = "SANDLOCK_FS_EXECUTABLE=";
    (void)state;
    memset(path + strlen(path), '\x1b', 300);
    memset(text + strlen(text), '\x1b', 300);
    file_reset(text, strlen(text));
    assert_false(starts(LIST(path)));
    assert_true(strlen(fake.said) > 4 * 4 * 200 && strlen(fake.said) < 4096);
    const char *end = strstr(fake.said, ":1: SANDLOCK_FS_EXECUTABLE: \"\\x1b");
    assert_non_null(end);
    assert_non_null(strstr(end, "...\": neither a path nor a preset: did you mean ./\\x1b"));
    assert_string_equal(fake.said + strlen(fake.said) - 5, "...?\n");
}

/* Who is confined already gives the memory back as well. */
static int marked(uint32_t low, uint32_t high)
{
    static uint32_t first;
    (void)high;
    first = first == 0 ? low : first;
    return low == first ? 0 : -EINVAL;
}

static void test_confined_already(void **state)
{
    (void)state;
    file_reset(TEXT, strlen(TEXT));
    fake.seccomp = 2;
    fake.marked = marked;
    assert_true(starts(LIST(CONFIG)));
    assert_int_equal(fake.len, 8);
    assert_true(begins(fake.calls[7], "munmap"));
    assert_null(fake.mapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_no_file_no_call),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_call_that_fails_ends_the_start),
        cmocka_unit_test(test_calls_that_lie),
        cmocka_unit_test(test_lines_of_later_faults),
        cmocka_unit_test(test_a_line_of_hostile_parts),
        cmocka_unit_test(test_confined_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
