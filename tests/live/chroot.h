/* SPDX-License-Identifier: Apache-2.0 */
/* The root that the tests of SANDLOCK_CHROOT are made in. */
#ifndef TESTS_CHROOT_H
#define TESTS_CHROOT_H

#include "live.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT  "SANDLOCK_CHROOT=%/root"
#define READ  "SANDLOCK_FS_READABLE="
#define WRITE "SANDLOCK_FS_WRITABLE="

static inline void make_directory(const char *path)
{
    assert_int_equal(mkdir(live_expand(path), 0777), 0);
}

static inline void make_file(const char *path)
{
    live_write(path, "text", 0666);
}

static inline void make_link(const char *target, const char *path)
{
    assert_int_equal(symlink(live_expand(target), live_expand(path)), 0);
}

/* A file of the system's that everybody may read, and that has a namesake inside. */
#define SHARED "/etc/passwd"

static inline int setup(void **state)
{
    live_setup(state);
    make_directory("%/root");
    make_directory("%/root/data");
    make_file("%/root/data/file");
    make_file("%/root/data/twin");
    make_directory("%/root/etc");
    make_file("%/root" SHARED);
    make_directory("%/root/out");
    make_file("%/root/out/file");
    make_directory("%/root/deep");
    make_directory("%/root/deep/er");
    make_file("%/outside");
    return 0;
}

#endif
