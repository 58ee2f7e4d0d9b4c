/* SPDX-License-Identifier: Apache-2.0 */
#include "sys.h"

#include "gates.h"
#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
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
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000 /* include/uapi/linux/fcntl.h, 6.14 */
#endif
#ifndef RESOLVE_IN_ROOT
#define RESOLVE_IN_ROOT 0x10 /* include/uapi/linux/openat2.h, 5.6 */
#endif

int sys_unshare_memory(void)
{
    return CALL(SYS_unshare, CLONE_VM);
}

int sys_open_path(const char *path)
{
    return CALL(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
}

int sys_open_path_in(int root, const char *path)
{
    const struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT}; /* struct open_how */
    int fd;
    /* EAGAIN: something was renamed meanwhile, and ".." could not be told to be safe. */
    do
        fd = CALL(SYS_openat2, root, path, &how, sizeof how);
    while (fd == -EAGAIN);
    return fd;
}

int sys_open_listing(int fd)
{
    return CALL(SYS_openat, fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int sys_list(int fd, char *names, size_t size)
{
    /* getdents64(2): an inode number, an offset, the entry's length, a type, the name */
    enum { ENTRY_LENGTH = 16, ENTRY_NAME = 19 };
    char *to = names;
    /* The entries are longer than their names: these replace them in place, front to back. */
    int len = CALL(SYS_getdents64, fd, names, size);
    for (const char *at = names; len > 0 && at < names + len;) {
        uint16_t entry_len;
        memcpy(&entry_len, at + ENTRY_LENGTH, sizeof entry_len);
        size_t name_size = strlen(at + ENTRY_NAME) + 1;
        memmove(to, at + ENTRY_NAME, name_size);
        to += name_size;
        at += entry_len;
    }
    return len < 0 ? len : (int)(to - names);
}

int sys_open_read(const char *path)
{
    return CALL(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

int sys_read(int fd, char *buffer, size_t size)
{
    return CALL(SYS_read, fd, buffer, size);
}

int sys_read_at(int fd, char *buffer, size_t size, uint64_t offset)
{
#ifdef __i386__ /* which has registers of half of it; ARM would want them to be an even pair */
    return CALL(SYS_pread64, fd, buffer, size, (uint32_t)offset, offset >> 32);
#else
    return CALL(SYS_pread64, fd, buffer, size, offset);
#endif
}

void *sys_map(size_t size, bool shared)
{
    int flags = MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE);
    long at = system_map(SYS_mmap, size, PROT_READ | PROT_WRITE, flags);
    return at < 0 && at >= -4095 ? NULL : (void *)at;
}

int sys_unmap(void *at, size_t size)
{
    return CALL(SYS_munmap, at, size);
}

/* struct statx of include/uapi/linux/stat.h, which is the same on every architecture. */
struct stat_buffer {
    uint32_t before_mode[7];
    uint16_t mode, before_inode;
    uint64_t inode, size, before_times[6];
    uint64_t changed[4]; /* stx_ctime and stx_mtime */
    uint8_t after_times[256 - 128];
};
_Static_assert(sizeof(struct stat_buffer) == 256, "as long as the kernel's");
enum { STAT_TYPE = 0x1, STAT_MODE = 0x2, STAT_SIZE = 0x200, STAT_TIMES = 0xc0 };

static int stat_read(int fd, unsigned wanted, struct stat_buffer *st)
{
    return CALL(SYS_statx, fd, "", AT_EMPTY_PATH, wanted, st);
}

int sys_stat(int fd, struct file_status *status)
{
    /* Of no type, if an outer filter lets the call succeed where nothing was done. */
    struct stat_buffer st = {.mode = 0};
    int error = stat_read(fd, STAT_TYPE | STAT_MODE | STAT_SIZE | STAT_TIMES, &st);
    if (error < 0)
        return error;
    *status = (struct file_status){.mode = st.mode, .size = st.size};
    memcpy(status->changed, st.changed, sizeof status->changed);
    return 0;
}

int sys_is_directory(int fd)
{
    struct stat_buffer st;
    int error = stat_read(fd, STAT_TYPE, &st);
    return error < 0 ? error : S_ISDIR(st.mode);
}

int sys_close(int fd)
{
    return CALL(SYS_close, fd);
}

int sys_landlock_create_ruleset(const struct ruleset_attr *attr, unsigned flags)
{
    return CALL(SYS_landlock_create_ruleset, attr, attr != NULL ? sizeof *attr : 0, flags);
}

int sys_landlock_add_path(int ruleset, int fd, uint64_t rights)
{
    const struct path_beneath_attr attr = {.allowed_access = rights, .parent_fd = fd};
    return CALL(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr);
}

int sys_landlock_add_port(int ruleset, unsigned port, uint64_t rights)
{
    const struct net_port_attr attr = {.allowed_access = rights, .port = port};
    return CALL(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &attr);
}

int sys_landlock_restrict_self(int ruleset)
{
    return CALL(SYS_landlock_restrict_self, ruleset);
}

int sys_no_new_privs(void)
{
    return CALL(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
}

int sys_seccomp_mode(void)
{
    return CALL(SYS_prctl, PR_GET_SECCOMP);
}

int sys_mark(uint32_t low, uint32_t high)
{
    return CALL(SYS_prctl, MARK_OPTION, low, high);
}

int sys_seccomp_filter(const struct sock_filter *program, size_t len)
{
    const struct {
        unsigned short len;
        const struct sock_filter *program;
    } filter = {(unsigned short)len, program}; /* struct sock_fprog */
    return CALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

int sys_working_directory(char *path, size_t size)
{
    return CALL(SYS_getcwd, path, size);
}

unsigned sys_pid(void)
{
    return (unsigned)CALL(SYS_getpid, 0);
}

int sys_close_range(unsigned first, unsigned last)
{
    return CALL(SYS_close_range, first, last);
}

int sys_limit_core(void)
{
    const uint64_t one[2] = {1, 1}; /* struct rlimit64, soft and hard */
    return CALL(SYS_prlimit64, 0, RLIMIT_CORE, one, NULL);
}

int sys_not_dumpable(void)
{
    return CALL(SYS_prctl, PR_SET_DUMPABLE, 0);
}

/* Sets what a signal does, and writes what it did before; both as the kernel has them, which begins
 * with the handler on every architecture here (rt_sigaction(2)). */
struct action {
    unsigned long words[8];
};

static void act(int signal, const struct action *action, struct action *before)
{
    CALL(SYS_rt_sigaction, signal, action, before, 8);
}

void sys_say(int fd, const char *bytes, size_t len)
{
    static const struct action ignore = {{1 /* SIG_IGN */}};
    struct action pipe, size;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    const uint64_t at_once[2] = {0, 0}; /* a struct timespec of any width */
    if (CALL(SYS_ppoll, &ready, 1, at_once, NULL) != 1 || ready.revents != POLLOUT)
        return;
    act(SIGPIPE, &ignore, &pipe);
    act(SIGXFSZ, &ignore, &size);
    CALL(SYS_write, fd, bytes, len);
    act(SIGXFSZ, &size, NULL);
    act(SIGPIPE, &pipe, NULL);
}

_Noreturn void sys_exit(int status)
{
    CALL(SYS_exit_group, status);
    CALL(SYS_exit, status); /* the policy denies even that one */
    __builtin_trap();
}

int sys_write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        int written = CALL(SYS_write, fd, bytes, len);
        if (written <= 0)
            return written < 0 ? written : -EIO;
        bytes += written;
        len -= (size_t)written;
    }
    return 0;
}

int sys_may_execute(const char *path)
{
    return CALL(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS);
}

int sys_check_execute(const char *path)
{
    char *const none[] = {NULL};
    int error = CALL(SYS_execveat, AT_FDCWD, path, none, none, AT_EXECVE_CHECK);
    if (error != -EINVAL)
        return error;
    /* Arguments that are nowhere can execute nothing; from 6.8 on the file is opened before that
     * is noticed. */
    error = CALL(SYS_execveat, AT_FDCWD, path, UINTPTR_MAX, none, 0);
    return error == -EACCES ? error : -EINVAL;
}

int sys_execute(const char *path, char *const argv[], char *const envp[])
{
    return CALL(SYS_execve, path, argv, envp);
}
