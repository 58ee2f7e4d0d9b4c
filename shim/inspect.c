/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect.h"

#include "sys.h"
#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>

enum { CREATE_RULESET_ERRATA = 2 }; /* include/uapi/linux/landlock.h, 6.15 */

bool sys_is_terminal(int fd)
{
    unsigned long attributes[16]; /* more than any kernel's struct termios */
    return CALL(SYS_ioctl, fd, TCGETS, attributes) == 0;
}

int sys_path_of(int fd, char path[static PATH_MAX])
{
    static const char folder[] = "/proc/self/fd/";
    char link[sizeof folder + 3 * sizeof fd];
    char *at = link + sizeof link;
    *--at = '\0';
    for (unsigned rest = (unsigned)fd, first = 1; first || rest > 0; rest /= 10, first = 0)
        *--at = (char)('0' + rest % 10);
    at -= sizeof folder - 1;
    memcpy(at, folder, sizeof folder - 1);
    int len = CALL(SYS_readlinkat, AT_FDCWD, at, path, PATH_MAX);
    if (len >= 0 && len == PATH_MAX)
        return -ENAMETOOLONG;
    if (len >= 0)
        path[len] = '\0';
    return len;
}

int sys_type_of(int fd)
{
    struct file_status status;
    int error = sys_stat(fd, &status);
    return error < 0 ? error : (int)status.mode;
}

int sys_release(char release[static RELEASE_MAX])
{
    struct utsname names;
    int error = CALL(SYS_uname, &names);
    if (error == 0)
        memcpy(release, names.release, RELEASE_MAX);
    return error;
}

int sys_landlock_errata(void)
{
    return sys_landlock_create_ruleset(NULL, CREATE_RULESET_ERRATA);
}

int sys_pipe(int ends[static 2])
{
    return CALL(SYS_pipe2, ends, O_CLOEXEC);
}

int sys_duplicate(int fd, int to)
{
    return CALL(SYS_dup3, fd, to, O_CLOEXEC);
}

int sys_fork(void)
{
    return CALL(SYS_clone, 0, 0, 0, 0, 0);
}

int sys_wait(int pid)
{
    int status, result;
    do
        result = CALL(SYS_wait4, pid, &status, __WALL, NULL);
    while (result == -EINTR);
    return result < 0 ? result : status;
}

int sys_trace(int pid)
{
    return CALL(SYS_ptrace, PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
}

int sys_continue(int pid, int signal)
{
    return CALL(SYS_ptrace, PTRACE_CONT, pid, 0, signal);
}

int sys_kill(int pid)
{
    return CALL(SYS_kill, pid, SIGKILL);
}

int sys_try_open(const char *path, bool writing)
{
    int flags = (writing ? O_WRONLY : O_RDONLY) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = CALL(SYS_openat, AT_FDCWD, path, flags);
    return fd < 0 ? fd : sys_close(fd);
}
