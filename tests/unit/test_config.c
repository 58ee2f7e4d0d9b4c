/* SPDX-License-Identifier: Apache-2.0 */
/* The file of SANDLOCK_CONFIG: what becomes of its lines. */
#include "../../env/net.h"
#include "random.h"
#include "read.h"

#include <time.h>

#define LIST(...) ((char *const[]){__VA_ARGS__, NULL})
#define NAME      "SANDLOCK_CONFIG=/x.conf"
#define R         "SANDLOCK_FS_READABLE="

static struct port_bits bits[NET_ACCESSES];

static struct policy read_good(char *const env[], struct config *config)
{
    struct policy policy;
    struct fault fault;
    const char *reason = policy_read(env, config, &policy, bits, &fault);
    if (reason != NULL)
        fail_msg("%s", reason);
    return policy;
}

/* What a file says of the paths to read. */
static unsigned first_line(const struct config *config, const char *name)
{
    struct config_place place = {0};
    return config_line_setting(config, span_of(name), &place);
}

static void test_values(void **state)
{
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"", NULL},
        {"\n", NULL},
        {"\r\n \r\n\t", NULL},
        {"# " R "/", NULL},
        {"  #" R "/\n#", NULL},
        {R, NULL},
        {R " \t \n" R, NULL},
        {"SANDLOCK_NO_SUCH=\nSANDLOCK_MAX_MEMORY= ", NULL},
        {R "/", "/"},
        {R "/\n", "/"},
        {R "/\r\n", "/"},
        {R "/\r\r\n", "/"},
        {"\v\f\t " R "\v\f\t /a b\v\f\t ", "/a b"},
        {R "/a#b", "/a#b"},
        {R "/a#", "/a#"},
        {R "/a=b", "/a=b"},
        {R "/a\"b'", "/a\"b'"},
        {R ":", ":"},
        {R "/a\\\\", "/a\\\\"},
        {R "/a\n" R "/b", "/a\n/b"},
        {R "/a\r\n" R "\r\n# x\r\n\r\n" R "/b:/c\r\n", "/a\n/b:/c"},
        {R "/a\\\\\n" R "/b\\:\\n", "/a\\\\\n/b\\:\\n"},
        {R "/a\nSANDLOCK_FS_WRITABLE=/w\n" R "-/b\nSANDLOCK_FS_WRITABLE=/v", "/a\n-/b"},
        {R "/a\n" R "/a\n" R "/a", "/a\n/a\n/a"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config = config_of(rows[i].text, strlen(rows[i].text));
        struct policy policy = read_good(LIST(NAME), &config);
        expect_span(policy.paths[PATH_READABLE], rows[i].value);
        assert_false(policy.empty); /* be it of nothing */
        config_free(&config);
    }
}

/* Each list goes on, and they do not get into each other's way. */
static void test_each_list_goes_on(void **state)
{
    static const char text[] =
        "SANDLOCK_NET_ALLOW=443\nSANDLOCK_NET_BIND=80\nSANDLOCK_HTTP_PORTS=8000\n"
        "SANDLOCK_REQUIRE=net_tcp\nSANDLOCK_SECCOMP_ALLOW=@bpf\nSANDLOCK_SECCOMP_DENY=kcmp\n"
        "SANDLOCK_GPU_DEVICES=0\nSANDLOCK_KEEP_FDS=3\nSANDLOCK_CLOSE_FDS=1\n"
        "SANDLOCK_UNIX_CONNECT=/run\nSANDLOCK_CHROOT=/srv\nSANDLOCK_SECCOMP=nested\n"
        "SANDLOCK_SECCOMP_ACTION=log\nSANDLOCK_KEEP_ENV=1\nSANDLOCK_NO_COREDUMP=0\n"
        "SANDLOCK_NET_ALLOW=icmp://*\nSANDLOCK_NET_BIND=81\nSANDLOCK_HTTP_PORTS=8001\n"
        "SANDLOCK_REQUIRE=fs-refer\nSANDLOCK_SECCOMP_ALLOW=@perf\nSANDLOCK_SECCOMP_DENY=bpf\n"
        "SANDLOCK_GPU_DEVICES=2\nSANDLOCK_KEEP_FDS=4-5\nSANDLOCK_UNIX_CONNECT=@tmp\n";
    struct config config = config_of(text, strlen(text));
    struct policy policy = read_good(LIST(NAME), &config);
    (void)state;
    assert_true(policy.net.icmp);
    static const unsigned ports[] = {80, 81, 443, 8000, 8001, PORTS};
    for (unsigned i = 0, port = 0; i < COUNT(ports); i++, port++)
        assert_int_equal(port = net_next(&policy.net, port), ports[i]);
    assert_int_equal(policy.wishes[NET_TCP], WISH_REQUIRED);
    assert_int_equal(policy.wishes[FS_REFER], WISH_REQUIRED);
    expect_span(policy.filter.opened, "@bpf\n@perf");
    expect_span(policy.filter.denied, "kcmp\nbpf");
    expect_span(policy.gpus, "0\n2");
    expect_span(policy.keep_fds, "3\n4-5");
    expect_span(policy.paths[PATH_UNIX], "/run\n@tmp");
    expect_span(policy.chroot, "/srv");
    assert_int_equal(policy.filter.mode, FILTER_NESTED);
    assert_int_equal(policy.filter.action, ACTION_LOG);
    assert_true(policy.knobs[KNOB_KEEP_ENV] && policy.knobs[KNOB_CLOSE_FDS]);
    assert_false(policy.knobs[KNOB_NO_COREDUMP]);
    config_free(&config);
}

static void test_the_environment_overrides(void **state)
{
    static const char text[] = R "/f\n" R "/g\nSANDLOCK_FS_WRITABLE=/w\nSANDLOCK_VERBOSE=1\n"
                                 "SANDLOCK_NET_ALLOW=nonsense\nSANDLOCK_CHROOT=nonsense\n";
    struct config config = config_of(text, strlen(text));
    struct policy policy =
        read_good(LIST(NAME, R "/e", "SANDLOCK_FS_WRITABLE=", "SANDLOCK_VERBOSE=0",
                       "SANDLOCK_NET_ALLOW=443", "SANDLOCK_CHROOT=/c"),
                  &config);
    (void)state;
    expect_span(policy.paths[PATH_READABLE], "/e");
    expect_span(policy.paths[PATH_WRITABLE], "/w"); /* what is empty overrides nothing */
    assert_false(policy.knobs[KNOB_VERBOSE]);
    assert_int_equal(net_next(&policy.net, 0), 443);
    expect_span(policy.chroot, "/c");
    /* Only what is the file's is in its lines. */
    assert_int_equal(first_line(&config, "SANDLOCK_FS_READABLE"), 0);
    assert_int_equal(first_line(&config, "SANDLOCK_FS_WRITABLE"), 3);
    assert_int_equal(first_line(&config, "SANDLOCK_VERBOSE"), 0);
    assert_int_equal(config_line_of(&config, policy.paths[PATH_READABLE].at), 0);
    assert_int_equal(config_line_of(&config, policy.paths[PATH_WRITABLE].at), 3);
    config_free(&config);
}

/* A policy is its values: not the name of the file, nor which of them come from there. */
static void test_the_digest(void **state)
{
    static const char text[] = "SANDLOCK_VERBOSE=1\n" R "/a\n" R "/b\nSANDLOCK_NET_BIND=80";
    static char *const environments[][4] = {
        {NAME},
        {"SANDLOCK_CONFIG=/elsewhere"},
        {R "/a\n/b", "SANDLOCK_NET_BIND=80", NAME},
        {"SANDLOCK_NET_BIND=80", NAME, "SANDLOCK_VERBOSE=0"},
    };
    struct policy plain = read_good(LIST(R "/a\n/b", "SANDLOCK_NET_BIND=80"), NULL);
    (void)state;
    for (size_t i = 0; i < COUNT(environments); i++) {
        struct config config = config_of(text, strlen(text));
        assert_int_equal(read_good(environments[i], &config).digest, plain.digest);
        config_free(&config);
    }
    struct config config = config_of(text, strlen(text));
    assert_int_not_equal(read_good(LIST(NAME, R "/a"), &config).digest, plain.digest);
    config_free(&config);
    config = config_of("", 0);
    struct policy nothing = read_good(LIST(NAME), &config);
    assert_false(nothing.empty);
    assert_true(read_good(LIST("A=1"), &config).empty); /* that of a file that nobody names */
    assert_int_not_equal(nothing.digest, read_good(LIST(R "@none"), NULL).digest);
    config_free(&config);
}

/* Each byte of the file, and of what the policy has of it, is in its line. */
static void test_lines(void **state)
{
    static const char text[] = "# " R "/no\n\n" R "/a:/b\nSANDLOCK_FS_WRITABLE=/w\n" R "\n"
                               "SANDLOCK_VERBOSE=1\r\n  " R "  /c\\:d \n" R "@tmp:/e\nSANDLOCK_A=";
    static const unsigned lines[] = {3, 7, 8, 0};
    struct config config = config_of(text, strlen(text));
    struct policy policy = read_good(LIST(NAME), &config);
    (void)state;
    for (size_t i = 0, line = 1; i < strlen(text); i++) {
        assert_int_equal(config_line_of(&config, config.text.at + i), line);
        line += text[i] == '\n';
    }
    struct span list = policy.paths[PATH_READABLE];
    expect_span(list, "/a:/b\n/c\\:d\n@tmp:/e");
    for (size_t i = 0, piece = 0; i < list.len; i++) {
        assert_int_equal(config_line_of(&config, list.at + i), lines[piece]);
        piece += list.at[i] == '\n';
    }
    assert_int_equal(config_line_of(&config, policy.paths[PATH_WRITABLE].at), 4);
    assert_int_equal(config_line_of(&config, text), 0);
    assert_int_equal(config_line_of(&config, NULL), 0);
    struct config_place place = {0};
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_int_equal(config_line_setting(&config, span_of("SANDLOCK_FS_READABLE"), &place),
                         lines[i]);
    assert_int_equal(config_line_setting(&config, span_of("SANDLOCK_FS_READABLE"), &place), 0);
    assert_int_equal(first_line(&config, "SANDLOCK_VERBOSE"), 6);
    assert_int_equal(first_line(&config, "SANDLOCK_A"), 0);
    assert_int_equal(first_line(&config, "statx"), 0);
    config_free(&config);
}

/* As large as a file may be, of the lines that are the most work: it takes no time to speak of, and
 * what is wrong with the last one is found. */
static void test_large_files(void **state)
{
    enum { SIZE = 1 << 20 };
    static const char last[] = "SANDLOCK_FS_WRITABLE=x";
    static const char *const lines[] = {
        "\n",
        " \r\n",
        "#\n",
        R "/a\n",
        R "/a:/b:/c:/d:/e:@base:@tmp\n",
        R "/a\n\nSANDLOCK_FS_EXECUTABLE=/w\n",
        R "/a\\\\\\\\\\\\\\\\\\\\\\\\\n",
        "SANDLOCK_SECCOMP_DENY=kcmp\n",
        "SANDLOCK_SECCOMP_ALLOW=@bpf\n",
        "SANDLOCK_NET_BIND=0-65535\n",
        "SANDLOCK_HTTP_PORTS=1,2,3,4,5,6,7,8,9\n",
        "SANDLOCK_REQUIRE=net_tcp\n",
        "SANDLOCK_KEEP_FDS=3\n",
        "SANDLOCK_GPU_DEVICES=3\n",
        "SANDLOCK_=\n",
    };
    static char text[SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct policy policy;
        struct fault fault;
        size_t len = strlen(lines[i]), at = 0;
        unsigned number = 1;
        for (; at + len + sizeof last <= SIZE; at += len)
            memcpy(text + at, lines[i], len);
        strcpy(text + at, last);
        for (const char *c = text; *c != '\0'; c++)
            number += *c == '\n';
        struct config config = config_of(text, strlen(text));
        clock_t start = clock();
        assert_non_null(policy_read(LIST(NAME), &config, &policy, bits, &fault));
        config_locate(&config, &fault);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        assert_int_equal(fault.line, number);
        if (seconds > 2) /* under the sanitizers */
            fail_msg("%s: %f seconds", lines[i], seconds);
        config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_each_list_goes_on),
        cmocka_unit_test(test_the_environment_overrides),
        cmocka_unit_test(test_the_digest),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_large_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
