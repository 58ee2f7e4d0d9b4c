/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program, or a library, that has names of libc's for its own: what the loader finds first is
 * then this. Calls between libc and itself are left alone, so that only who imports them is misled.
 *
 * own PATH: prints whether PATH can be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A policy of its own, in an environment of its own. */
#ifdef PROGRAM
static char *own[] = {"SANDLOCK_FS_WRITABLE=/", "PATH=/usr/bin", NULL};
char **environ = own;
#endif

/* Each says that all is well, and does nothing. */
int open(const char *path, int flags, ...)
{
    (void)path, (void)flags;
    return 0;
}

int close(int fd)
{
    (void)fd;
    return 0;
}

long syscall(long number, ...)
{
    return number == SYS_landlock_create_ruleset ? 7 : 0;
}

int prctl(int operation, ...)
{
    (void)operation;
    return 0;
}

int unshare(int flags)
{
    (void)flags;
    return 0;
}

unsigned long getauxval(unsigned long type)
{
    (void)type;
    return 0;
}

char *strerror(int error)
{
    (void)error;
    _exit(0);
}

/* As a sanitizer's, before the sanitizer is ready: whoever calls it crashes. */
size_t strcspn(const char *s, const char *reject)
{
    (void)s, (void)reject;
    __builtin_trap();
}

#ifdef PROGRAM
int main(int argc, char **argv)
{
    int fd = argc > 1 ? openat(AT_FDCWD, argv[1], O_RDONLY) : -1;
    puts(fd >= 0 ? "OK" : strerrorname_np(errno));
    return 0;
}
#endif
