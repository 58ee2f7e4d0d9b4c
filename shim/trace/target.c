/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int target_read(const struct target *target, uint64_t at, void *to, size_t size)
{
    struct iovec local = {to, size}, remote = {(void *)(uintptr_t)at, size};
    ssize_t len = process_vm_readv(target->tid, &local, 1, &remote, 1, 0);
    if (len < 0)
        return -errno;
    return (size_t)len == size ? 0 : -EFAULT;
}

int target_string(const struct target *target, uint64_t at, char to[static PATH_MAX])
{
    enum { PAGE = 4096 }; /* no larger than any page: what lies behind one may not be there */
    for (size_t len = 0; len < PATH_MAX;) {
        size_t size = PAGE - (size_t)((at + len) % PAGE);
        size = size < PATH_MAX - len ? size : PATH_MAX - len;
        int error = target_read(target, at + len, to + len, size);
        if (error < 0)
            return error;
        if (memchr(to + len, '\0', size) != NULL)
            return 0;
        len += size;
    }
    return -ENAMETOOLONG;
}

int target_word(const struct target *target, uint64_t at, unsigned n, uint64_t *word)
{
    size_t size = target->narrow ? 4 : 8;
    *word = 0; /* little-endian, as every architecture here */
    return target_read(target, at + n * size, word, size);
}

int target_open(const struct target *target, const char *format, ...)
{
    char path[64];
    int len = snprintf(path, sizeof path, "/proc/%d/", (int)target->tid);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path + len, sizeof path - (size_t)len, format, arguments);
    va_end(arguments);
    int fd = open(path, O_PATH | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int target_take(const struct target *target, int fd)
{
    struct identity identity;
    identity_find(target->tid, &identity);
    int process = (int)syscall(SYS_pidfd_open, identity.pid, 0);
    if (process < 0)
        return -errno;
    int taken = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    int error = errno;
    close(process);
    return taken < 0 ? -error : taken;
}

/* Reads a small file of /proc/PID into text, ended by '\0'. Returns whether there is one. */
static bool small_read(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[len > 0 ? len : 0] = '\0';
    return len > 0;
}

void identity_find(pid_t tid, struct identity *identity)
{
    char status[1024];
    *identity = (struct identity){.pid = tid, .name = "?"};
    small_read(tid, "status", status, sizeof status);
    const char *tgid = strstr(status, "\nTgid:");
    char *users = strstr(status, "\nUid:");
    if (tgid != NULL)
        identity->pid = (pid_t)strtol(tgid + strlen("\nTgid:"), NULL, 10);
    users = users != NULL ? users + strlen("\nUid:") : NULL;
    for (int i = 0; i < 4 && users != NULL; i++)
        identity->user[i] = (uid_t)strtoul(users, &users, 10);
    if (!small_read(identity->pid, "comm", identity->name, sizeof identity->name))
        strcpy(identity->name, "?");
    identity->name[strcspn(identity->name, "\n")] = '\0';
}

pid_t process_parent(pid_t pid)
{
    char stat[512];
    if (!small_read(pid, "stat", stat, sizeof stat))
        return 0;
    const char *at = strrchr(stat, ')'); /* behind its name, which may have anything in it */
    return at != NULL && strlen(at) > 4 ? (pid_t)strtol(at + 4, NULL, 10) : 0;
}
