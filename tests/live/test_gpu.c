/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SANDLOCK_GPU_DEVICES, live: on a made-up /dev inside of a chroot, which is where GPU nodes are
 * looked up then, and on the nodes that this machine has.
 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ROOT "SANDLOCK_CHROOT=%/root"
#define GPUS "SANDLOCK_GPU_DEVICES="

/* The files inside, and who grants them: 'w' to read and to write, 'r' to read alone. */
static const struct node {
    const char *path;
    const char *grants; /* by "all", "0", "1", "0,1" and "10", in this order */
} nodes[] = {
    {"dev/nvidiactl", "wwwww"},
    {"dev/nvidia-uvm", "wwwww"},
    {"dev/nvidia-uvm-tools", "wwwww"},
    {"dev/nvidia-modeset", "wwwww"},
    {"dev/nvidia0", "ww-w-"},
    {"dev/nvidia1", "w-ww-"},
    {"dev/nvidia10", "w---w"},
    {"dev/nvidia255", "w----"},
    {"dev/nvidia256", "-----"},
    {"dev/nvidia0x", "-----"},
    {"dev/nvidia", "-----"},
    {"dev/xnvidia0", "-----"},
    {"dev/nvidia-nvswitch0", "-----"},
    {"dev/nvidia-caps/nvidia-cap1", "-----"},
    {"dev/dri/card0", "w----"},
    {"dev/dri/renderD128", "w----"},
    {"dev/kfd", "w----"},
    {"dev/null", "-----"},
    {"proc/driver/nvidia/version", "rrrrr"},
    {"proc/driver/other", "-----"},
    {"sys/bus/pci/devices/0000:01:00.0", "rrrrr"},
    {"sys/bus/pci/drivers", "-----"},
    {"sys/module/nvidia/version", "rrrrr"},
    {"sys/module/nvidia_uvm", "-----"},
};

enum { NODES = sizeof nodes / sizeof *nodes };

/* The values that grants speaks of, by their order, in several spellings. */
static const struct {
    const char *value;
    int column;
} values[] = {
    {"all", 0}, {"0", 1},      {"1", 2},      {"0,1", 3},   {"10", 4},
    {"00", 1},  {" 1 \n0", 3}, {"1,,0,1", 3}, {"0 0,0", 1}, {"010", 4},
};

/* Makes a file and the directories above it. */
static void make_file(const char *path)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", live_expand("%/root"), path);
    for (char *slash = full + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = '\0';
        assert_true(mkdir(full, 0777) == 0 || errno == EEXIST);
    }
    int fd = open(full, O_WRONLY | O_CREAT | O_EXCL, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "text", 4), 4);
    close(fd);
}

static int setup(void **state)
{
    live_setup(state);
    for (size_t i = 0; i < NODES; i++)
        make_file(nodes[i].path);
    return 0;
}

static void probe(const char *setting, const char *operation, const char *path, bool good)
{
    struct outcome outcome;
    const char *inside = live_expand("%/root");
    char full[256];
    snprintf(full, sizeof full, "%s%s%s", *path == '/' ? "" : inside, *path == '/' ? "" : "/",
             path);
    live_run(&outcome, setting == NULL ? BARE : PRELOAD, LIST(ROOT, setting),
             LIST("probe", operation, full));
    if (strcmp(outcome.out, good ? "OK\n" : "EACCES\n") != 0)
        print_error("%s %s under %s\n", operation, path, setting != NULL ? setting : "nothing");
    live_expect(&outcome, 0, good ? "OK\n" : "EACCES\n", "");
}

static void test_exactly_what_is_named(void **state)
{
    char setting[64];
    (void)state;
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (size_t i = 0; i < NODES; i++) {
            char grant = nodes[i].grants[values[v].column];
            snprintf(setting, sizeof setting, GPUS "%s", values[v].value);
            probe(setting, "read", nodes[i].path, grant != '-');
            probe(setting, "write", nodes[i].path, grant == 'w');
        }
    for (size_t i = 0; i < NODES; i++) {
        probe(NULL, "read", nodes[i].path, true);
        probe(NULL, "write", nodes[i].path, true);
    }
}

/* No GPU: another policy grants no node, and the number of none what all of them share. */
static void test_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < NODES; i++) {
        probe("SANDLOCK_FS_READABLE=@none", "read", nodes[i].path, false);
        probe("SANDLOCK_FS_READABLE=@base:@dev:@tmp:/etc", "write", nodes[i].path, false);
        /* one that is not there: what all of them share */
        probe(GPUS "77", "write", nodes[i].path, nodes[i].grants[4] == 'w' && i < 4);
    }
}

/* Nothing may be created beside the nodes, but in /dev/dri, which is granted as a directory. */
static void test_directories(void **state)
{
    (void)state;
    probe(GPUS "all", "create", "dev/nvidia2", false);
    probe(GPUS "all", "list", "dev", false);
    probe(GPUS "all", "list", "dev/dri", true);
    probe(GPUS "0", "list", "dev/dri", false);
    probe(GPUS "0", "list", "sys/bus/pci/devices", true);
    probe(GPUS "0", "create", "sys/bus/pci/devices/new", false);
    probe(NULL, "list", "dev", true);
    probe(NULL, "create", "dev/nvidia2", true);
    probe(NULL, "create", "sys/bus/pci/devices/new", true);
}

/* Links in the made-up /dev stay inside, as those of every list. */
static void test_links_that_try_to_leave(void **state)
{
    (void)state;
    assert_int_equal(symlink("../../out/file", live_expand("%/root/dev/nvidia2")), 0);
    assert_int_equal(symlink(live_expand("%/in/file"), live_expand("%/root/dev/nvidia3")), 0);
    assert_int_equal(symlink("null", live_expand("%/root/dev/nvidia4")), 0);
    for (int i = 0; i < 2; i++) {
        const char *setting = i == 0 ? GPUS "all" : GPUS "2,3,4";
        probe(setting, "read", live_expand("%/out/file"), false);
        probe(setting, "read", live_expand("%/in/file"), false);
        probe(setting, "read", "dev/null", true);
    }
    probe(NULL, "read", live_expand("%/out/file"), true);
    probe(NULL, "read", live_expand("%/in/file"), true);
}

/* A root whose /dev is a file has no GPU; what else is granted is granted all the same. */
static void test_file_in_the_place_of_dev(void **state)
{
    static const char *const numbers[] = {GPUS "all", GPUS "0"};
    (void)state;
    make_file("alone/dev");
    make_file("alone/file");
    for (size_t i = 0; i < 2; i++) {
        const char *const *policy =
            LIST("SANDLOCK_CHROOT=%/root/alone", numbers[i], "SANDLOCK_FS_READABLE=/file");
        live_probe(PRELOAD, policy, "read", "%/root/alone/file", true);
        live_probe(PRELOAD, policy, "read", "%/root/alone/dev", false);
    }
    live_probe(BARE, LIST("A=1"), "read", "%/root/alone/dev", true);
}

/* A device can be spoken to (ioctl(2)) where it is granted. */
static void test_device_ioctl(void **state)
{
    (void)state;
    live_needs(5);
    if (geteuid() != 0)
        return; /* root makes devices; it runs this too */
    for (int i = 2; i <= 3; i++) {
        char path[64];
        snprintf(path, sizeof path, "%%/root/dev/nvidia%d", i);
        assert_int_equal(mknod(live_expand(path), S_IFCHR | 0666, makedev(1, 3)), 0);
    }
    int fd = open(live_expand("%/root/dev/nvidia2"), O_RDONLY);
    close(fd);
    if (fd < 0) {
        live_skip("a /tmp that is not mounted nodev");
        return;
    }
    probe(NULL, "ioctl", "dev/nvidia3", true);
    probe(GPUS "all", "ioctl", "dev/nvidia3", true);
    probe(GPUS "2", "ioctl", "dev/nvidia2", true);
    probe(GPUS "2", "ioctl", "dev/nvidia3", false);
    probe("SANDLOCK_FS_READABLE=/dev", "read", "dev/nvidia3", true);
    probe("SANDLOCK_FS_READABLE=/dev", "ioctl", "dev/nvidia3", false);
}

/* Tries a node of this machine's, where it has one that this user may open at all. */
static bool real_try(const char *path)
{
    struct outcome outcome;
    live_run(&outcome, BARE, LIST("A=1"), LIST("probe", "write", path));
    if (strcmp(outcome.out, "OK\n") != 0)
        return false;
    live_run(&outcome, PRELOAD, LIST(GPUS "all"), LIST("probe", "write", path));
    live_expect(&outcome, 0, "OK\n", "");
    live_run(&outcome, PRELOAD, LIST("SANDLOCK_FS_READABLE=/dev"), LIST("probe", "write", path));
    live_expect(&outcome, 0, "EACCES\n", "");
    return true;
}

static void test_nodes_of_this_machine(void **state)
{
    static const char *const paths[] = {"/dev/nvidiactl", "/dev/nvidia0",   "/dev/nvidia-uvm",
                                        "/dev/kfd",       "/dev/dri/card0", "/dev/dri/renderD128"};
    struct outcome outcome;
    int tried = 0;
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        tried += real_try(paths[i]);
    print_message("GPU nodes of this machine: %d\n", tried);
    /* With or without any: it starts, and grants nothing else. */
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        for (int i = 0; i < 2; i++) {
            const char *setting = i == 0 ? GPUS "all" : GPUS "0,1";
            live_run(&outcome, face, LIST("SANDLOCK_FS_READABLE=@system:&", setting),
                     LIST("probe", "write", "/dev/null"));
            live_expect(&outcome, 0, "EACCES\n", "");
        }
    live_run(&outcome, BARE, LIST("A=1"), LIST("probe", "write", "/dev/null"));
    live_expect(&outcome, 0, "OK\n", "");
}

static void test_wrong_values(void **state)
{
    static const struct {
        const char *value, *entry;
    } rows[] = {
        {"every", "every"},
        {"ALL", "ALL"},
        {"all,0", "all"},
        {"0,all", "all"},
        {"0-1", "0-1"},
        {"-1", "-1"},
        {"256", "256"},
        {"0x0", "0x0"},
        {"0;1", "0;1"},
        {"nvidia0", "nvidia0"},
        {"0,1,4294967296", "4294967296"},
        {"*", "*"},
        {"none", "none"},
        {"1.0", "1.0"},
    };
    struct outcome outcome;
    char setting[64], line[128];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            snprintf(setting, sizeof setting, GPUS "%s", rows[i].value);
            snprintf(
                line, sizeof line,
                "sandlock: SANDLOCK_GPU_DEVICES: \"%s\": neither 'all' alone nor the number of "
                "a GPU (0 to 255)\n",
                rows[i].entry);
            live_run(&outcome, face, LIST(setting), LIST("probe", "stat", "/"));
            live_expect(&outcome, 125, "", line);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_exactly_what_is_named),    TEST(test_none),
        TEST(test_file_in_the_place_of_dev), TEST(test_directories),
        TEST(test_links_that_try_to_leave),  TEST(test_device_ioctl),
        TEST(test_nodes_of_this_machine),    TEST(test_wrong_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
