/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to a file that is not granted. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <mqueue.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* read PATH */
static int read_path(char **args)
{
    return read_open(open(args[0], O_RDONLY | O_NONBLOCK));
}

/* symlink PATH LINK: reads PATH by a link to it. */
static int read_symlink(char **args)
{
    return symlink(args[0], args[1]) < 0 ? -1 : read_open(open(args[1], O_RDONLY));
}

/* chdir DIRECTORY NAME: reads NAME, seen from DIRECTORY. */
static int read_from_directory(char **args)
{
    return chdir(args[0]) < 0 ? -1 : read_open(open(args[1], O_RDONLY));
}

/* openat DIRECTORY NAME: the same, seen from a descriptor of DIRECTORY. */
static int read_from_descriptor(char **args)
{
    int directory = open(args[0], O_PATH);
    return directory < 0 ? -1 : read_open(openat(directory, args[1], O_RDONLY));
}

/* held FD [NAME]: reads what was opened before, or a file seen from there. */
static int read_held(char **args)
{
    int fd = atoi(args[0]);
    return read_open(args[1] == NULL ? fd : openat(fd, args[1], O_RDONLY));
}

/* held-list FD: lists a directory that was opened before. */
static int list_held(char **args)
{
    char entries[4096];
    return (int)syscall(SYS_getdents64, atoi(args[0]), entries, sizeof entries);
}

/* Opens anew what a descriptor is of. */
static int open_again(int fd, int flags)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return fd < 0 ? -1 : open(path, flags);
}

/* held-again FD: opens for writing what was opened before. */
static int write_held(char **args)
{
    return open_again(atoi(args[0]), O_WRONLY);
}

/* opath PATH: finds a file first, and opens it then. */
static int read_found(char **args)
{
    return read_open(open_again(open(args[0], O_PATH), O_RDONLY));
}

/* openat2 DIRECTORY NAME FLAGS */
static int read_resolved(char **args)
{
    struct open_how how = {.flags = O_RDONLY, .resolve = strtoull(args[2], NULL, 0)};
    int directory = open(args[0], O_PATH);
    return read_open((int)syscall(SYS_openat2, directory, args[1], &how, sizeof how));
}

/* link FROM TO */
static int link_path(char **args)
{
    return link(args[0], args[1]);
}

/* link-held FROM TO: by way of a descriptor. */
static int link_descriptor(char **args)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", open(args[0], O_PATH));
    return linkat(AT_FDCWD, path, AT_FDCWD, args[1], AT_SYMLINK_FOLLOW);
}

/* link-new DIRECTORY TO: gives a name to a file that is made without one. */
static int link_new(char **args)
{
    char path[32];
    int fd = open(args[0], O_TMPFILE | O_WRONLY, 0666);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return fd < 0 ? -1 : linkat(AT_FDCWD, path, AT_FDCWD, args[1], AT_SYMLINK_FOLLOW);
}

/* rename FROM TO */
static int rename_path(char **args)
{
    return rename(args[0], args[1]);
}

/* exchange FROM TO */
static int exchange(char **args)
{
    return renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_EXCHANGE);
}

/* move-link LINK DIRECTORY: moves a relative link to where it leads elsewhere, and reads there. */
static int move_link(char **args)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/moved", args[1]);
    if (symlink("../../out/file", args[0]) < 0 || rename(args[0], path) < 0)
        return -1;
    return read_open(open(path, O_RDONLY));
}

/* handle PATH DIRECTORY: reads a file by its handle; the directory is of the same file system. */
static int read_handle(char **args)
{
    struct {
        struct file_handle head;
        unsigned char bytes[MAX_HANDLE_SZ];
    } handle = {.head.handle_bytes = MAX_HANDLE_SZ};
    int mount, directory = open(args[1], O_RDONLY);
    if (name_to_handle_at(AT_FDCWD, args[0], &handle.head, &mount, 0) < 0)
        return -1;
    return read_open(open_by_handle_at(directory, &handle.head, O_RDONLY));
}

/* mount FROM TO NAME: reads NAME where FROM is mounted on. */
static int read_mounted(char **args)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", args[1], args[2]);
    return mount(args[0], args[1], NULL, MS_BIND, NULL) < 0 ? -1 : read_open(open(path, O_RDONLY));
}

/* open-tree FROM NAME: the same by a mount that is nowhere. */
static int read_tree(char **args)
{
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, args[0], OPEN_TREE_CLONE);
    return tree < 0 ? -1 : read_open(openat(tree, args[1], O_RDONLY));
}

/* move-mount FROM TO NAME */
static int read_moved(char **args)
{
    char path[4096];
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, args[0], OPEN_TREE_CLONE);
    snprintf(path, sizeof path, "%s/%s", args[1], args[2]);
    if (tree < 0 ||
        syscall(SYS_move_mount, tree, "", AT_FDCWD, args[1], MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return -1;
    return read_open(open(path, O_RDONLY));
}

/* fsmount: makes a file in a new file system that is nowhere. */
static int write_new_filesystem(char **args)
{
    (void)args;
    int context = (int)syscall(SYS_fsopen, "tmpfs", 0);
    if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return -1;
    int root = (int)syscall(SYS_fsmount, context, 0, 0);
    return root < 0 ? -1 : openat(root, "file", O_CREAT | O_WRONLY, 0666);
}

/* pivot-root DIRECTORY: makes it the root, which it has to be mounted for: confined it cannot be,
 * and is tried all the same. */
static int pivot(char **args)
{
    mount(args[0], args[0], NULL, MS_BIND, NULL);
    if (chdir(args[0]) < 0)
        return -1;
    return (int)syscall(SYS_pivot_root, ".", ".");
}

/* chroot DIRECTORY PATH: reads PATH as it is called in there. */
static int read_in_chroot(char **args)
{
    return chroot(args[0]) < 0 ? -1 : read_path(args + 1);
}

/* run PROGRAM [ARG...]: executes it; run-found: having found it first. It has to exit with 7. */
static int wait_for_7(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid)
        return -1;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
    return status == 7 << 8 ? 0 : -1;
}

static int run_path(char **args)
{
    pid_t pid = fork();
    if (pid == 0) {
        execv(args[0], args);
        _exit(errno);
    }
    return wait_for_7(pid);
}

static int run_descriptor(int fd, char **args)
{
    pid_t pid = fork();
    if (pid == 0) {
        char *none[] = {NULL};
        syscall(SYS_execveat, fd, "", args, none, AT_EMPTY_PATH);
        _exit(errno);
    }
    return wait_for_7(pid);
}

static int run_found(char **args)
{
    int fd = open(args[0], O_PATH);
    return fd < 0 ? -1 : run_descriptor(fd, args);
}

/* run-memory PROGRAM: executes a copy in memory. */
static int run_memory(char **args)
{
    char bytes[4096];
    int from = open(args[0], O_RDONLY), to = memfd_create("copy", 0);
    ssize_t len;
    while ((len = read(from, bytes, sizeof bytes)) > 0)
        if (write(to, bytes, (size_t)len) != len)
            return -1;
    return len < 0 ? -1 : run_descriptor(to, args);
}

/* core DIRECTORY: leaves a core dump there. */
static int dump_core(char **args)
{
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    int status;
    if (chdir(args[0]) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &all);
        abort();
    }
    waitpid(pid, &status, 0);
    errno = EACCES;
    return WCOREDUMP(status) ? 0 : -1;
}

/* mknod PATH: makes a device like /dev/zero, and reads it. */
static int make_device(char **args)
{
    dev_t zero = makedev(1, 5);
    return mknod(args[0], S_IFCHR | 0600, zero) < 0 ? -1 : read_open(open(args[0], O_RDONLY));
}

/* fanotify PATH: opens a file by an event about it. */
static int read_event(char **args)
{
    struct fanotify_event_metadata event;
    int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY);
    if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, args[0]) < 0)
        return -1;
    (void)!open(args[0], O_PATH);
    pid_t pid = fork();
    if (pid == 0)
        _exit(access(args[0], R_OK) < 0 || open(args[0], O_RDONLY) < 0);
    waitpid(pid, NULL, 0);
    if (read(fd, &event, sizeof event) != sizeof event)
        return -1;
    return read_open(event.fd);
}

/* inotify DIRECTORY: watches what others do there. */
static int watch(char **args)
{
    return inotify_add_watch(inotify_init(), args[0], IN_ALL_EVENTS);
}

/* flags PATH: sets a flag of a file that can be read (ioctl_iflags(2)). */
static int set_flags(char **args)
{
    int flags = 0, fd = open(args[0], O_RDONLY);
    if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
        return -1;
    flags |= FS_NODUMP_FL;
    return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

/* queue NAME: opens a message queue. queue-remove NAME */
static int open_queue(char **args)
{
    return mq_open(args[0], O_RDWR);
}

static int remove_queue(char **args)
{
    return mq_unlink(args[0]);
}

/* shared-memory NAME */
static int open_shared_memory(char **args)
{
    return shm_open(args[0], O_RDWR, 0);
}

const struct attack attacks_on_files[] = {
    {"read", read_path},
    {"symlink", read_symlink},
    {"chdir", read_from_directory},
    {"openat", read_from_descriptor},
    {"held", read_held},
    {"held-list", list_held},
    {"held-again", write_held},
    {"opath", read_found},
    {"openat2", read_resolved},
    {"link", link_path},
    {"link-held", link_descriptor},
    {"link-new", link_new},
    {"rename", rename_path},
    {"exchange", exchange},
    {"move-link", move_link},
    {"handle", read_handle},
    {"mount", read_mounted},
    {"open-tree", read_tree},
    {"move-mount", read_moved},
    {"fsmount", write_new_filesystem},
    {"pivot-root", pivot},
    {"chroot", read_in_chroot},
    {"run", run_path},
    {"run-found", run_found},
    {"run-memory", run_memory},
    {"core", dump_core},
    {"mknod", make_device},
    {"fanotify", read_event},
    {"inotify", watch},
    {"flags", set_flags},
    {"queue", open_queue},
    {"queue-remove", remove_queue},
    {"shared-memory", open_shared_memory},
    {NULL, NULL},
};
