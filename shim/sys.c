/* SPDX-License-Identifier: Apache-2.0 */
#include "sys.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers may be older than the kernel; the numbers are the same on every architecture. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef RESOLVE_IN_ROOT
#define RESOLVE_IN_ROOT 0x10 /* include/uapi/linux/openat2.h, 5.6 */
#endif
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000 /* include/uapi/linux/fcntl.h, 6.14 */
#endif

/* The result of a call in our convention. */
static int result(long returned)
{
    return returned < 0 ? -errno : (int)returned;
}

unsigned long sys_auxval(unsigned long type)
{
    return getauxval(type);
}

const char *sys_own_path(void)
{
    static const char anchor;
    Dl_info info;
    return dladdr(&anchor, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "";
}

int sys_unshare_thread(void)
{
    return result(unshare(CLONE_THREAD));
}

int sys_open_path(const char *path)
{
    return result(open(path, O_PATH | O_CLOEXEC));
}

int sys_open_path_in(int root, const char *path)
{
    /* struct open_how of include/uapi/linux/openat2.h, for headers without it */
    const struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int fd;
    /* EAGAIN: something was renamed meanwhile, and ".." could not be told to be safe. */
    do
        fd = result(syscall(SYS_openat2, root, path, &how, sizeof how));
    while (fd == -EAGAIN);
    return fd;
}

int sys_open_listing(int fd)
{
    return result(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int sys_list(int fd, char *names, size_t size)
{
    char *to = names;
    /* The entries are longer than their names: these replace them in place, front to back. */
    long len = syscall(SYS_getdents64, fd, names, size);
    if (len < 0)
        return -errno;
    for (char *at = names; at < names + len;) {
        uint16_t entry_len; /* behind an inode number and an offset (getdents64(2)) */
        memcpy(&entry_len, at + offsetof(struct dirent, d_reclen), sizeof entry_len);
        const char *name = at + offsetof(struct dirent, d_name);
        size_t name_size = strlen(name) + 1;
        memmove(to, name, name_size);
        to += name_size;
        at += entry_len;
    }
    return (int)(to - names);
}

int sys_open_read(const char *path)
{
    return result(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

int sys_read(int fd, char *buffer, size_t size)
{
    return result(read(fd, buffer, size));
}

int sys_is_directory(int fd)
{
    struct stat st;
    return fstat(fd, &st) < 0 ? -errno : S_ISDIR(st.st_mode);
}

int sys_close(int fd)
{
    return result(close(fd));
}

int sys_landlock_create_ruleset(const struct ruleset_attr *attr, unsigned flags)
{
    size_t size = attr != NULL ? sizeof *attr : 0;
    return result(syscall(SYS_landlock_create_ruleset, attr, size, flags));
}

int sys_landlock_add_path(int ruleset, int fd, uint64_t rights)
{
    struct path_beneath_attr attr = {.allowed_access = rights, .parent_fd = fd};
    return result(syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr, 0));
}

int sys_landlock_add_port(int ruleset, unsigned port, uint64_t rights)
{
    struct net_port_attr attr = {.allowed_access = rights, .port = port};
    return result(syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &attr, 0));
}

int sys_landlock_restrict_self(int ruleset)
{
    return result(syscall(SYS_landlock_restrict_self, ruleset, 0));
}

int sys_no_new_privs(void)
{
    return result(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
}

unsigned sys_pid(void)
{
    return (unsigned)getpid();
}

int sys_close_range(unsigned first, unsigned last)
{
    return result(syscall(SYS_close_range, first, last, 0));
}

int sys_limit_core(void)
{
    const struct rlimit one = {1, 1};
    return result(setrlimit(RLIMIT_CORE, &one));
}

int sys_not_dumpable(void)
{
    return result(prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L));
}

int sys_may_execute(const char *path)
{
    return result(faccessat(AT_FDCWD, path, X_OK, AT_EACCESS));
}

int sys_check_execute(const char *path)
{
    char *const none[] = {NULL};
    return result(syscall(SYS_execveat, AT_FDCWD, path, none, none, AT_EXECVE_CHECK));
}

int sys_execute(const char *file, char *const argv[])
{
    return result(execvp(file, argv));
}

void sys_say(int fd, const char *bytes, size_t len)
{
    static const int signals[] = {SIGPIPE, SIGXFSZ};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before[2];
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1 || ready.revents != POLLOUT)
        return;
    for (int i = 0; i < 2; i++)
        sigaction(signals[i], &ignore, &before[i]);
    (void)!write(fd, bytes, len);
    for (int i = 0; i < 2; i++)
        sigaction(signals[i], &before[i], NULL);
}

int sys_write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0)
            return -errno;
        bytes += written;
        len -= (size_t)written;
    }
    return 0;
}

_Noreturn void sys_exit(int status)
{
    _exit(status);
}
