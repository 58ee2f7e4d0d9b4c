/* SPDX-License-Identifier: Apache-2.0 */
/* GPUs on a made-up /dev, and what a failure of each call on the way comes to. */
#include "start.h"

#include <errno.h>

/* What /dev has in it, beside what every one has. The names end as sys_list gives them. */
static const char names[] = ".\0..\0null\0nvidia0\0nvidia10\0nvidiactl\0nvidia255\0nvidia256\0"
                            "nvidia-uvm\0nvidia0x\0nvidia\0nvidia00\0xnvidia0\0nvidia1-2\0"
                            "nvidia4294967296\0nvidia-1\0nvidia+2\0nvidia 3\0Nvidia4\0nvidia5/\0";

/* Starts over the fake, which lists names. Returns whether main would run. */
static bool starts_with_names(const char *const strings[])
{
    fake.names = names;
    fake.names_len = sizeof names - 1;
    return starts(strings);
}

/* Where the path of an "open ..." in the log begins; NULL: it is another call. */
static const char *path_of(const char *call)
{
    const char *path = strchr(call, '/');
    return strncmp(call, "open ", 5) == 0 ? path : NULL;
}

/* The rules of the log: the rights of each and the path that was opened for it, line by line. */
static const char *rules(void)
{
    static char text[4096];
    const char *path = "";
    size_t len = 0;
    *text = '\0';
    for (unsigned i = 0; i < fake.len; i++) {
        const char *call = fake.calls[i], rule[] = "landlock_add_rule ";
        if (path_of(call) != NULL)
            path = path_of(call);
        if (strncmp(call, rule, sizeof rule - 1) == 0)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s %s\n",
                                    call + sizeof rule - 1, path);
    }
    return text;
}

/* What every GPU needs. ffff: all of ABI 7; d: read, list and execute. */
#define SHARED                                                                                     \
    "ffff /dev/nvidiactl\nffff /dev/nvidia-uvm\nffff /dev/nvidia-uvm-tools\n"                      \
    "ffff /dev/nvidia-modeset\nd /proc/driver/nvidia\nd /sys/bus/pci/devices\n"                    \
    "d /sys/module/nvidia\n"

/* The numbers of those that there are; nvidia00 is another way to write nvidia0. */
#define EVERY                                                                                      \
    SHARED "ffff /dev/dri\nffff /dev/kfd\nffff /dev/nvidia0\nffff /dev/nvidia10\n"                 \
           "ffff /dev/nvidia255\nffff /dev/nvidia0\n"

static void test_values(void **state)
{
    static const struct {
        const char *setting, *rules;
    } rows[] = {
        {"SANDLOCK_GPU_DEVICES=all", EVERY},
        {"SANDLOCK_GPU_DEVICES=0", SHARED "ffff /dev/nvidia0\n"},
        {"SANDLOCK_GPU_DEVICES=1", SHARED "ffff /dev/nvidia1\n"},
        {"SANDLOCK_GPU_DEVICES=0,1", SHARED "ffff /dev/nvidia0\nffff /dev/nvidia1\n"},
        {"SANDLOCK_GPU_DEVICES= 10 2,", SHARED "ffff /dev/nvidia10\nffff /dev/nvidia2\n"},
        {"SANDLOCK_GPU_DEVICES=255,100,99,9", SHARED "ffff /dev/nvidia255\nffff /dev/nvidia100\n"
                                                     "ffff /dev/nvidia99\nffff /dev/nvidia9\n"},
        {"SANDLOCK_GPU_DEVICES=000,007", SHARED "ffff /dev/nvidia0\nffff /dev/nvidia7\n"},
        {"SANDLOCK_FS_READABLE=@none", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_reset();
        assert_true(starts_with_names(LIST(rows[i].setting)));
        assert_string_equal(rules(), rows[i].rules);
    }
    /* A list that names no GPU used to grant the control nodes all the same. */
    fake_reset();
    assert_false(starts_with_names(LIST("SANDLOCK_GPU_DEVICES=,")));
    assert_string_equal(rules(), "");
}

/* However the kernel deals the names out. */
static void test_many_chunks(void **state)
{
    (void)state;
    for (size_t chunk = 1; chunk <= sizeof names; chunk++) {
        fake_reset();
        fake.chunk = chunk;
        assert_true(starts_with_names(LIST("SANDLOCK_GPU_DEVICES=all")));
        assert_string_equal(rules(), EVERY);
        fake_reset();
        fake.chunk = chunk;
        assert_true(starts_with_names(LIST("SANDLOCK_GPU_DEVICES=all", "SANDLOCK_CHROOT=/srv")));
        assert_string_equal(rules(), EVERY);
    }
}

/* A device is no directory, which the kernel says when it is granted as one: of the rights, those
 * that a file can have. */
static void test_rights_of_a_device(void **state)
{
    (void)state;
    fake_reset();
    fake.file = "/dev/nvidia3";
    assert_true(starts_with_names(LIST("SANDLOCK_GPU_DEVICES=3")));
    assert_string_equal(rules(), SHARED "ffff /dev/nvidia3\nc007 /dev/nvidia3\n");
    fake_reset();
    fake.file = "/dev/nvidia3";
    assert_true(starts_with_names(LIST("SANDLOCK_GPU_DEVICES=3", "SANDLOCK_FS_EXECUTABLE=@none")));
    assert_non_null(strstr(rules(), "c006 /dev/nvidia3\n"));
    assert_non_null(strstr(rules(), "c /proc/driver/nvidia\n"));
}

/* All of them are optional, and the lookup of each is inside the chroot, if there is one. */
static void test_missing_ones(void **state)
{
    static const char *const paths[] = {"/dev/nvidiactl", "/proc/driver/nvidia", "/dev/kfd",
                                        "/dev/nvidia10", "/dev"};
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++)
        for (int inside = 0; inside <= 1; inside++) {
            fake_reset();
            fake.missing = paths[i];
            assert_true(starts_with_names(
                LIST("SANDLOCK_GPU_DEVICES=all", inside ? "SANDLOCK_CHROOT=/srv" : "A=1")));
            char line[64];
            snprintf(line, sizeof line, " %s\n", paths[i]);
            assert_null(strstr(rules(), line));
            assert_non_null(strstr(rules(), "ffff /dev/nvidia-uvm\n"));
            for (unsigned c = 0; c < fake.len; c++)
                if (path_of(fake.calls[c]) != NULL && strcmp(fake.calls[c], "open /srv") != 0)
                    assert_int_equal(strncmp(fake.calls[c], "open in 20 ", 11) == 0, inside);
        }
}

/* A /dev that is a file is skipped, and does not stay open. */
static void test_file_in_the_place_of_dev(void **state)
{
    (void)state;
    for (int inside = 0; inside <= 1; inside++) {
        fake_reset();
        assert_true(starts_with_names(
            LIST("SANDLOCK_GPU_DEVICES=all", inside ? "SANDLOCK_CHROOT=/srv" : "A=1")));
        unsigned at = 0;
        while (!begins(fake.calls[at], "open_listing"))
            at++;
        fake_reset();
        fake.fail_at = at + 1;
        fake.fail_with = -ENOTDIR;
        assert_true(starts_with_names(
            LIST("SANDLOCK_GPU_DEVICES=all", inside ? "SANDLOCK_CHROOT=/srv" : "A=1")));
        assert_string_equal(fake.calls[at + 1], "close 20");
        assert_string_equal(rules(), SHARED "ffff /dev/dri\nffff /dev/kfd\n");
    }
}

/* All that goes by way of calls that test_start.c has no row for. */
#define WHOLE_POLICY                                                                               \
    "SANDLOCK_GPU_DEVICES=all", "SANDLOCK_FS_READABLE=/usr", "SANDLOCK_NET_ALLOW=443",             \
        "SANDLOCK_NET_BIND=0", "SANDLOCK_CLOSE_FDS=1", "SANDLOCK_KEEP_FDS=5",                      \
        "SANDLOCK_NO_COREDUMP=1"

/* What follows the text of an error. */
static const char *advice(const char *call, const char *subject, int error)
{
    if (error == EXDEV && begins(subject, "SANDLOCK_"))
        return ": it leads through a magic link of /proc, which is not followed inside "
               "SANDLOCK_CHROOT; write the path behind it";
    if (error != EPERM)
        return "";
    if (begins(call, "landlock_add_rule"))
        return ": blocked by an outer seccomp filter, as an old container profile does";
    if (begins(call, "setrlimit"))
        return ": the hard limit of core files is 0, which a core_pattern with a pipe does not "
               "heed; raise it to 1";
    return begins(call, "not_dumpable") ? ": blocked by an outer seccomp filter" : "";
}

/* The line for call number at of a log that is whole; *optional: it may find nothing there. */
static const char *line_for(const struct fake *log, unsigned at, int error, bool *optional)
{
    static char line[512];
    const char *call = log->calls[at - 1], *path = "", *subject = "";
    bool chroot = false, gpu = false, listed = false;
    for (unsigned i = 0; i < at; i++) {
        if (path_of(log->calls[i]) != NULL)
            path = path_of(log->calls[i]);
        chroot |= strcmp(log->calls[i], "open /srv") == 0;
        gpu |= strstr(log->calls[i], "/dev/nvidiactl") != NULL;
        listed |= begins(log->calls[i], "list ");
    }
    if (listed && begins(call, "close ") && begins(log->calls[at - 2], "list "))
        path = "/dev"; /* the listing */
    if (at > 2 && listed && begins(call, "close 20") && begins(log->calls[at - 2], "close 40"))
        path = "/dev";
    if (begins(call, "list "))
        path = "/dev";
    if (begins(log->calls[at], "landlock_add_rule port 0") && chroot)
        path = "/srv"; /* the root, which is closed before that */
    *optional = (path_of(call) != NULL && (gpu || (chroot && strcmp(path, "/srv") != 0))) ||
                begins(call, "open_listing");
    if (path_of(call) != NULL || begins(call, "open_listing") || begins(call, "list ") ||
        (begins(call, "statx") && strcmp(path, "/srv") == 0))
        subject = strcmp(path, "/srv") == 0 ? "SANDLOCK_CHROOT"
                  : gpu                     ? "SANDLOCK_GPU_DEVICES"
                                            : "SANDLOCK_FS_READABLE";
    else if (begins(call, "setrlimit"))
        subject = "setrlimit(RLIMIT_CORE)", path = "";
    else if (begins(call, "not_dumpable"))
        subject = "prctl(PR_SET_DUMPABLE)", path = "";
    else if (begins(call, "landlock_add_rule port") || begins(call, "close_range"))
        path = "";
    static char name[64];
    if (*subject == '\0') {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(call, " "), call);
        subject = name;
    }
    snprintf(line, sizeof line, "sandlock: %s: %s%s%s%s%s\n", subject, *path != '\0' ? "\"" : "",
             path, *path != '\0' ? "\": " : "", strerror(error), advice(call, subject, error));
    return line;
}

static void fail_each(const char *const env[])
{
    static const int errors[] = {EPERM, ENOENT, EIO, ENOTDIR, EACCES, EXDEV, ELOOP, ENOSYS, ENOMEM};
    fake_reset();
    assert_true(starts_with_names(env));
    const struct fake log = fake;
    int wrong = 0;
    for (unsigned at = 2; at <= log.len && !begins(log.calls[at - 1], "no_new_privs"); at++)
        for (size_t e = 0; e < COUNT(errors); e++) {
            bool optional;
            const char *line = line_for(&log, at, errors[e], &optional);
            if (begins(log.calls[at - 1], "landlock_create_ruleset"))
                continue; /* test_start.c */
            fake_reset();
            fake.fail_at = at;
            fake.fail_with = -errors[e];
            bool ran = starts_with_names(env);
            if (optional && (errors[e] == ENOENT || errors[e] == ENOTDIR)) {
                assert_true(ran);
                continue;
            }
            if (!ran && fake.status_of_end == 125 && fake.len == at + 2 &&
                strcmp(fake.said, line) == 0)
                continue;
            print_error("call %u, %s: expected %sgot      %s", at, log.calls[at - 1], line,
                        ran ? "a start\n" : fake.said);
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

static void test_every_call_that_fails_ends_the_start(void **state)
{
    (void)state;
    fail_each(LIST(WHOLE_POLICY));
}

static void test_every_call_that_fails_in_a_chroot_ends_the_start(void **state)
{
    (void)state;
    fail_each(LIST(WHOLE_POLICY, "SANDLOCK_CHROOT=/srv"));
}

/* A root that is a file. */
static void test_root_that_is_no_directory(void **state)
{
    (void)state;
    fake_reset();
    fake.file = "/srv";
    assert_false(starts_with_names(LIST("SANDLOCK_CHROOT=/srv")));
    assert_string_equal(fake.said, "sandlock: SANDLOCK_CHROOT: \"/srv\": Not a directory\n");
}

/* A rule for a port that "succeeds" with anything but 0 was not added. */
static void test_only_exactly_zero_is_success(void **state)
{
    (void)state;
    fake_reset();
    fake.fail_at = 4;
    fake.fail_with = 1;
    assert_false(starts_with_names(LIST("SANDLOCK_NET_ALLOW=443")));
    assert_string_equal(fake.calls[3], "landlock_add_rule port 443 2");
    assert_string_equal(fake.said, "sandlock: landlock_add_rule: Protocol error\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_many_chunks),
        cmocka_unit_test(test_rights_of_a_device),
        cmocka_unit_test(test_missing_ones),
        cmocka_unit_test(test_file_in_the_place_of_dev),
        cmocka_unit_test(test_every_call_that_fails_ends_the_start),
        cmocka_unit_test(test_every_call_that_fails_in_a_chroot_ends_the_start),
        cmocka_unit_test(test_root_that_is_no_directory),
        cmocka_unit_test(test_only_exactly_zero_is_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
