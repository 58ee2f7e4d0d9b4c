/* SPDX-License-Identifier: Apache-2.0 */
/* What is tried of files. */
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

/* Opens, and leaves nothing open. */
static int open_close(const char *path, int flags)
{
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
    return fd < 0 ? -1 : close(fd);
}

int op_read(char *const args[])
{
    return open_close(args[0], O_RDONLY);
}

int op_list(char *const args[])
{
    return open_close(args[0], O_RDONLY | O_DIRECTORY);
}

int op_write(char *const args[])
{
    return open_close(args[0], O_WRONLY);
}

/* The right to write and that to truncate. */
int op_open_truncate(char *const args[])
{
    return open_close(args[0], O_WRONLY | O_TRUNC);
}

/* The right to truncate alone. */
int op_truncate(char *const args[])
{
    return truncate(args[0], 1);
}

/* The right to create, in the directory above; open(2) would take the right to write besides. */
int op_file(char *const args[])
{
    return mknod(args[0], S_IFREG | 0666, 0);
}

int op_directory(char *const args[])
{
    return mkdir(args[0], 0777);
}

int op_link(char *const args[])
{
    return symlink("anywhere", args[0]);
}

int op_pipe(char *const args[])
{
    return mkfifo(args[0], 0666);
}

int op_socket(char *const args[])
{
    return mknod(args[0], S_IFSOCK | 0666, 0);
}

/* A character device 0:0 (a whiteout) is the one that needs no privilege (mknod(2)). */
int op_device(char *const args[])
{
    return mknod(args[0], S_IFCHR | 0666, makedev(0, 0));
}

int op_remove(char *const args[])
{
    return unlink(args[0]);
}

int op_remove_directory(char *const args[])
{
    return rmdir(args[0]);
}

int op_rename(char *const args[])
{
    return rename(args[0], args[1]);
}

int op_hard_link(char *const args[])
{
    return link(args[0], args[1]);
}

/* An ioctl that devices do not know, but terminals. FIONREAD and the like the kernel answers
 * itself. */
int op_ioctl(char *const args[])
{
    struct termios attributes;
    int fd = open(args[0], O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int done = ioctl(fd, TCGETS, &attributes), error = errno;
    close(fd);
    errno = error;
    return done;
}

/* The right to execute a file, and its interpreters. The child has nothing to say but whether it
 * got that far; ECHILD: it was killed. */
int op_execute(char *const args[])
{
    char *const argv[] = {args[0], NULL};
    volatile int error = 0;
    int status;
    pid_t pid = vfork();
    if (pid == 0) {
        execve(args[0], argv, environ);
        error = errno;
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    errno = WIFSIGNALED(status) ? ECHILD : error;
    return errno != 0 ? -1 : 0;
}
