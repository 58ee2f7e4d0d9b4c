/* SPDX-License-Identifier: Apache-2.0 */
/* The file of SANDLOCK_CONFIG: what is wrong with it, and in which line. */
#include "read.h"

#define LIST(...) ((char *const[]){__VA_ARGS__, NULL})
#define NAME      "SANDLOCK_CONFIG=/x.conf"
#define R         "SANDLOCK_FS_READABLE="

static struct port_bits bits[NET_ACCESSES];

/* What is said of a file, under an environment. */
struct row {
    const char *text;
    unsigned line;
    const char *subject, *entry, *reason, *word;
};

static void expect_fault(char *const env[], const char *text, size_t len, const struct row *row)
{
    struct policy policy, untouched;
    struct fault fault;
    struct config config = config_of(text, len);
    memset(&policy, 0x55, sizeof policy);
    untouched = policy;
    const char *reason = policy_read(env, &config, &policy, bits, &fault);
    if (reason == NULL || strcmp(reason, row->reason) != 0)
        fail_msg("%s: expected %s, got %s", text, row->reason, reason);
    assert_ptr_equal(reason, fault.reason);
    assert_int_equal(fault.error, 0);
    expect_span(fault.subject, row->subject);
    expect_span(fault.entry, row->entry);
    if (row->word != NULL)
        expect_span(fault.word, row->word);
    assert_memory_equal(&policy, &untouched, sizeof policy);
    config_locate(&config, &fault);
    if (fault.line != row->line)
        fail_msg("%s: expected line %u, got %u", text, row->line, fault.line);
    expect_span(fault.file, row->line > 0 ? "/x.conf" : NULL);
    config_free(&config);
}

#define NEITHER "neither NAME=VALUE nor a comment"
#define SHELL   "this is no shell: write NAME=VALUE alone"
#define BLANK   "write no blank before '='"
#define OTHERS  "only variables that begin with SANDLOCK_ can be set here"
#define ITSELF  "a file names no other one"
#define TWICE   "stands in the file twice, and is no list"
#define COMMENT "a comment takes a line of its own"
#define QUOTES  "quotes are not taken off: write the value without"
#define ESCAPE  "a backslash goes only before ':', '\\' and 'n'; write '\\\\' for itself"
#define UNKNOWN "unknown variable: did you mean %?"
#define RETURN  "a carriage return inside of a line: lines end with a newline"
#define BOM     "it begins with a byte order mark: save it without"
#define NUL     "a NUL byte, which no text has"
#define NO_PATH "neither a path nor a preset: did you mean ./% or /%?"

static void test_lines_that_are_wrong(void **state)
{
    static const struct row rows[] = {
        {"x", 1, NULL, "x", NEITHER, NULL},
        {"\n\n  x y  \n", 3, NULL, "x y", NEITHER, NULL},
        {"SANDLOCK_VERBOSE", 1, NULL, "SANDLOCK_VERBOSE", NEITHER, NULL},
        {R "/\n[Service]\n", 2, NULL, "[Service]", NEITHER, NULL},
        {"=/", 1, NULL, "=/", NEITHER, NULL},
        {" = ", 1, NULL, "=", NEITHER, NULL},
        {"\\\n", 1, NULL, "\\", NEITHER, NULL},
        {"export " R "/", 1, NULL, "export " R "/", SHELL, NULL},
        {"# a\n\texport\tX=\n", 2, NULL, "export\tX=", SHELL, NULL},
        {"SANDLOCK_VERBOSE =1", 1, "SANDLOCK_VERBOSE", NULL, BLANK, NULL},
        {"SANDLOCK_VERBOSE\t= 1", 1, "SANDLOCK_VERBOSE", NULL, BLANK, NULL},
        {"set X =1", 1, "set X", NULL, BLANK, NULL},
        {"PATH=/bin", 1, "PATH", NULL, OTHERS, NULL},
        {"LD_PRELOAD=", 1, "LD_PRELOAD", NULL, OTHERS, NULL},
        {"FS_READABLE=/", 1, "FS_READABLE", NULL, OTHERS, NULL},
        {"SANDLOCK=/", 1, "SANDLOCK", NULL, OTHERS, NULL},
        {"XANDLOCK_FS_READABLE=/", 1, "XANDLOCK_FS_READABLE", NULL, OTHERS, NULL},
        {"sandlock_fs_readable=/", 1, "sandlock_fs_readable", NULL, OTHERS, NULL},
        {"\"SANDLOCK_VERBOSE=1\"", 1, "\"SANDLOCK_VERBOSE", NULL, OTHERS, NULL},
        {"set SANDLOCK_VERBOSE=1", 1, "set SANDLOCK_VERBOSE", NULL, OTHERS, NULL},
        {"SANDLOCK_FS_READBLE=/", 1, "SANDLOCK_FS_READBLE", NULL, UNKNOWN, "SANDLOCK_FS_READABLE"},
        {"SANDLOCK_FS_READABLE /=/", 1, "SANDLOCK_FS_READABLE /", NULL, UNKNOWN,
         "SANDLOCK_FS_READABLE"},
        {R "/\nSANDLOCK_FS_READABLE+=/", 2, "SANDLOCK_FS_READABLE+", NULL, UNKNOWN,
         "SANDLOCK_FS_READABLE"},
        {"SANDLOCK_=/", 1, "SANDLOCK_", NULL, UNKNOWN, NULL},
        {"SANDLOCK_MAX_MEMORY=1G", 1, "SANDLOCK_MAX_MEMORY", NULL,
         "limits of resources are set by prlimit(1), ulimit or a cgroup", NULL},
        {"SANDLOCK_CONFIG=/y", 1, "SANDLOCK_CONFIG", NULL, ITSELF, NULL},
        {R "/\nSANDLOCK_CONFIG=", 2, "SANDLOCK_CONFIG", NULL, ITSELF, NULL},
        {"SANDLOCK_VERBOSE=1\n\nSANDLOCK_VERBOSE=1", 3, "SANDLOCK_VERBOSE", NULL, TWICE, NULL},
        {"SANDLOCK_VERBOSE=\nSANDLOCK_VERBOSE=1", 2, "SANDLOCK_VERBOSE", NULL, TWICE, NULL},
        {"SANDLOCK_CHROOT=/a\nSANDLOCK_CHROOT=/b", 2, "SANDLOCK_CHROOT", NULL, TWICE, NULL},
        {"SANDLOCK_SECCOMP=nested\n#\nSANDLOCK_SECCOMP=default", 3, "SANDLOCK_SECCOMP", NULL, TWICE,
         NULL},
        {"SANDLOCK_SECCOMP_ACTION=kill\nSANDLOCK_SECCOMP_ACTION=", 2, "SANDLOCK_SECCOMP_ACTION",
         NULL, TWICE, NULL},
        {R "/a # b", 1, "SANDLOCK_FS_READABLE", "/a # b", COMMENT, NULL},
        {R "-/a\t#", 1, "SANDLOCK_FS_READABLE", "-/a\t#", COMMENT, NULL},
        {R " #", 1, "SANDLOCK_FS_READABLE", "#", COMMENT, NULL},
        {R "\"/usr\"", 1, "SANDLOCK_FS_READABLE", "\"/usr\"", QUOTES, NULL},
        {R "/\n" R " '/usr", 2, "SANDLOCK_FS_READABLE", "'/usr", QUOTES, NULL},
        {"SANDLOCK_VERBOSE=\"\"", 1, "SANDLOCK_VERBOSE", "\"\"", QUOTES, NULL},
        {R "/a\\", 1, "SANDLOCK_FS_READABLE", "/a\\", ESCAPE, NULL},
        {R "/a\\\n" R "/b", 1, "SANDLOCK_FS_READABLE", "/a\\", ESCAPE, NULL},
        {R "/a\n" R "/b:/c\\\\\\ \r\n" R "/d", 2, "SANDLOCK_FS_READABLE", "/c\\\\\\", ESCAPE, NULL},
        {"SANDLOCK_FS_WRITABLE=@system:/c\\\n", 1, "SANDLOCK_FS_WRITABLE", "/c\\", ESCAPE, NULL},
        {"SANDLOCK_UNIX_CONNECT=*\\", 1, "SANDLOCK_UNIX_CONNECT", "*\\", NO_PATH, "*\\"},
        {R "\\", 1, "SANDLOCK_FS_READABLE", "\\", NO_PATH, "\\"},
        {R "/a\rSANDLOCK_VERBOSE=1", 1, NULL, NULL, RETURN, NULL},
        {"\n# a comment\r" R "/a\r", 2, NULL, NULL, RETURN, NULL},
        {R "/a\r\r \n", 1, NULL, NULL, RETURN, NULL},
        {"\xef\xbb\xbf" R "/a", 1, NULL, NULL, BOM, NULL},
        {"\xef\xbb\xbf# x\n", 1, NULL, NULL, BOM, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_fault(LIST(NAME), rows[i].text, strlen(rows[i].text), &rows[i]);
        /* What is overridden is read all the same. */
        expect_fault(LIST(R "/e", "SANDLOCK_VERBOSE=1", "SANDLOCK_CHROOT=/e", NAME), rows[i].text,
                     strlen(rows[i].text), &rows[i]);
    }
}

static void test_bytes_that_are_no_text(void **state)
{
    static const struct row rows[] = {
        {"\0", 1, NULL, NULL, NUL, NULL},
        {R "/\n#\n\0\n", 3, NULL, NULL, NUL, NULL},
        {R "/a\0b\nwrong", 1, NULL, NULL, NUL, NULL},
        {"wrong\n# \0", 2, NULL, NULL, NUL, NULL},
        {"\xff\xfeS\0A\0N\0", 1, NULL, NULL, NUL, NULL},
    };
    static const size_t lens[] = {1, 26, 31, 9, 8};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_fault(LIST(NAME), rows[i].text, lens[i], &rows[i]);
}

/* What is wrong with values, of which the environment is told the same, and the line. */
static void test_values_that_are_wrong(void **state)
{
    static const struct row rows[] = {
        {R "/usr\n" R "etc", 2, "SANDLOCK_FS_READABLE", "etc", NO_PATH, "etc"},
        {R "/usr\n\n# x\n" R "/a:@sytem:/b\n" R "/c", 4, "SANDLOCK_FS_READABLE", "@sytem",
         "unknown preset: did you mean @%?", "system"},
        {R "/usr\nSANDLOCK_FS_WRITABLE=/w\n" R "/a\nSANDLOCK_FS_WRITABLE=@system\n", 4,
         "SANDLOCK_FS_WRITABLE", "@system",
         "this preset may not stand in a list that grants writing", NULL},
        {"SANDLOCK_VERBOSE=maybe", 1, "SANDLOCK_VERBOSE", "maybe",
         "neither 1 true yes on nor 0 false no off", NULL},
        {"SANDLOCK_NET_ALLOW=443\nSANDLOCK_NET_ALLOW=8443\nSANDLOCK_NET_ALLOW=host:80", 3,
         "SANDLOCK_NET_ALLOW", "host:80", "a rule in the process sees ports, not hosts: write :%",
         "80"},
        {"SANDLOCK_GPU_DEVICES=0\nSANDLOCK_GPU_DEVICES=all", 2, "SANDLOCK_GPU_DEVICES", "all",
         "neither 'all' alone nor the number of a GPU (0 to 255)", NULL},
        {"SANDLOCK_UNIX_CONNECT=/run\nSANDLOCK_UNIX_CONNECT=*", 2, "SANDLOCK_UNIX_CONNECT", "*",
         NO_PATH, "*"},
        {"#\nSANDLOCK_CHROOT=srv", 2, "SANDLOCK_CHROOT", "srv",
         "a path starts with '/', './' or '../'", NULL},
        {"SANDLOCK_SECCOMP=on", 1, "SANDLOCK_SECCOMP", "on", "neither default nor nested nor off",
         NULL},
        {"SANDLOCK_REQUIRE=net_tcp\nSANDLOCK_REQUIRE=tcp", 2, "SANDLOCK_REQUIRE", "tcp",
         "unknown protection: did you mean %?", "net_tcp"},
        {"SANDLOCK_REQUIRE=net_tcp\n\nSANDLOCK_DISABLE=\nSANDLOCK_DISABLE=net_tcp", 4,
         "SANDLOCK_DISABLE", "net_tcp", "stands in % too; only one of the two can hold",
         "SANDLOCK_REQUIRE"},
        {"\nSANDLOCK_KEEP_FDS=3\nSANDLOCK_KEEP_FDS=4", 2, "SANDLOCK_KEEP_FDS", NULL,
         "all are kept where SANDLOCK_CLOSE_FDS=1 is not set", NULL},
        {"SANDLOCK_SECCOMP_DENY=kcmp\nSANDLOCK_SECCOMP=off", 1, "SANDLOCK_SECCOMP_DENY", NULL,
         "there is no filter with SANDLOCK_SECCOMP=off", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_fault(LIST(NAME), rows[i].text, strlen(rows[i].text), &rows[i]);
}

/* What is wrong with the environment stands in no line, whatever the file sets. */
static void test_faults_of_the_environment(void **state)
{
    static const char file[] = R "/a\nSANDLOCK_REQUIRE=net_tcp\nSANDLOCK_SECCOMP=off\n"
                                 "SANDLOCK_KEEP_FDS=3";
    const struct {
        char *const *env;
        struct row row;
    } rows[] = {
        {LIST(NAME, R "x"), {file, 0, "SANDLOCK_FS_READABLE", "x", NO_PATH, "x"}},
        {LIST(NAME, "SANDLOCK_FS_READBLE=x"),
         {"wrong", 0, "SANDLOCK_FS_READBLE", NULL, UNKNOWN, NULL}},
        {LIST(NAME, NAME),
         {file, 0, "SANDLOCK_CONFIG", NULL, "stands in the environment twice", NULL}},
        {LIST("SANDLOCK_CONFIG=", NAME),
         {file, 0, "SANDLOCK_CONFIG", NULL, "stands in the environment twice", NULL}},
        {LIST("SANDLOCK_CONFIG=x"),
         {file, 0, "SANDLOCK_CONFIG", "x", "a path starts with '/', './' or '../'", NULL}},
        {LIST("SANDLOCK_CONFIG"),
         {file, 0, "SANDLOCK_CONFIG", NULL, "stands in the environment without '='", NULL}},
        {LIST(NAME, "SANDLOCK_DISABLE=net_tcp"),
         {file, 0, "SANDLOCK_DISABLE", "net_tcp", "stands in % too; only one of the two can hold",
          NULL}},
        {LIST(NAME, "SANDLOCK_KEEP_FDS=4"),
         {file, 0, "SANDLOCK_KEEP_FDS", NULL, "all are kept where SANDLOCK_CLOSE_FDS=1 is not set",
          NULL}},
        {LIST(NAME, "SANDLOCK_CLOSE_FDS=1", "SANDLOCK_KEEP_ENV=1"),
         {file, 0, "SANDLOCK_KEEP_ENV", NULL,
          "not with SANDLOCK_SECCOMP=off: it takes the filter to tell children that they are"
          " confined already",
          NULL}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_fault(rows[i].env, rows[i].row.text, strlen(rows[i].row.text), &rows[i].row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_that_are_wrong),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_values_that_are_wrong),
        cmocka_unit_test(test_faults_of_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
