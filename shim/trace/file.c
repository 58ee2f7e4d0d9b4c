/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* Headers may be older than the kernel. */
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U /* include/uapi/linux/stat.h, 5.8 */
#endif

int file_look(int fd, struct file *file)
{
    struct statx st;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MODE | STATX_INO | STATX_MNT_ID, &st) < 0)
        return -errno;
    *file = (struct file){
        .id = {makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino},
        .mount = st.stx_mnt_id,
        .mode = st.stx_mode,
    };
    return 0;
}

bool file_same(const struct file *a, const struct file *b)
{
    return a->id.device == b->id.device && a->id.inode == b->id.inode && a->mount == b->mount;
}

bool file_is_proc(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* What is granted beneath directories that were looked at, by hash; the last one wins a place. */
static struct known {
    struct file dir;
    uint64_t granted;
    bool set;
} known[1024];

/* When it was found out: who is outside may move directories as well, so it does not last. */
static time_t known_since;

void files_forget(void)
{
    memset(known, 0, sizeof known);
}

static struct known *known_at(const struct file *dir)
{
    return &known[file_id_hash(dir->id) % (sizeof known / sizeof *known)];
}

static bool is_known(const struct file *dir, uint64_t *granted)
{
    const struct known *at = known_at(dir);
    if (at->set && file_same(&at->dir, dir)) {
        *granted |= at->granted;
        return true;
    }
    return false;
}

static void know(const struct file *dir, uint64_t granted)
{
    *known_at(dir) = (struct known){*dir, granted, true};
}

static void known_expire(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (now.tv_sec != known_since)
        files_forget();
    known_since = now.tv_sec;
}

/* Goes on from a directory to the one above it. Returns 1, 0 at the root, or -errno. *dir becomes
 * another descriptor, which is the caller's to close unless it is the first. */
static int go_up(int *dir, int first, struct file *file)
{
    struct file above;
    int up = openat(*dir, "..", O_PATH | O_CLOEXEC);
    int error = up < 0 ? -errno : file_look(up, &above);
    if (*dir != first)
        close(*dir);
    *dir = up;
    if (error < 0)
        return error;
    if (file_same(&above, file))
        return 0;
    *file = above;
    return 1;
}

uint64_t dir_granted(const struct rules *rules, int dir)
{
    struct file start, file;
    uint64_t granted = 0;
    int at = dir, more = file_look(dir, &start);
    known_expire();
    if (more < 0)
        return 0;
    file = start;
    for (more = 1; more > 0 && !is_known(&file, &granted); more = go_up(&at, dir, &file))
        granted |= rules_rights(rules, file.id);
    if (at != dir && at >= 0)
        close(at);
    know(&start, granted);
    return granted;
}

int dir_chain(const struct rules *rules, int dir, struct level level[static CHAIN_MAX],
              struct chain *chain)
{
    struct file file;
    int at = dir, more = file_look(dir, &file);
    *chain = (struct chain){0, level};
    if (more < 0)
        return more;
    for (more = 1; more > 0 && chain->len < CHAIN_MAX; more = go_up(&at, dir, &file))
        level[chain->len++] = (struct level){rules_rights(rules, file.id), file.mount};
    if (at != dir && at >= 0)
        close(at);
    return more > 0 ? -ENAMETOOLONG : more;
}

bool dir_is_beneath(int dir, const struct file *above)
{
    struct file file;
    int at = dir, more = file_look(dir, &file);
    bool found = false;
    if (more < 0)
        return false;
    for (more = 1; more > 0 && !found; more = found ? 0 : go_up(&at, dir, &file))
        found = file_same(&file, above);
    if (at != dir && at >= 0)
        close(at);
    return found;
}

int file_path(int fd, char path[static PATH_MAX])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, PATH_MAX - 1);
    if (len < 0)
        return -errno;
    path[len] = '\0';
    return (int)len;
}

int file_parent(int fd)
{
    char path[PATH_MAX];
    int len = file_path(fd, path);
    if (len < 0)
        return len;
    char *slash = strrchr(path, '/');
    if (*path != '/' || slash == path || strncmp(path, "/memfd:", 7) == 0)
        return -ENOENT;
    *slash = '\0';
    int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return dir < 0 ? -errno : dir;
}
