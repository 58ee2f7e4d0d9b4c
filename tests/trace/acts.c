/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts: does what standard input says, a line each, and prints the error of each: "NUMBER ERROR",
 * or "NUMBER other" where it is one that policies give too, and the kernel before: of a rename into
 * another mount, and of executing what is no file. Before each it takes the
 * name "aNUMBER", by which what is reported of it can be told apart.
 *
 * The words of a line are separated by tabs. A path behind '@' is seen from the directory that was
 * held last, by those calls that take one; others are seen from the working directory.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 8 };

/* The directory that is held. */
static int held = AT_FDCWD;

/* Where a path is seen from, and the path. */
static int from(const char *path)
{
    return *path == '@' ? held : AT_FDCWD;
}

static const char *path_of(const char *path)
{
    return *path == '@' ? path + 1 : path;
}

static int done(int fd)
{
    if (fd >= 0)
        close(fd);
    return fd < 0 ? -1 : 0;
}

static long number(const char *word)
{
    return strtol(word, NULL, 0);
}

static int act_open(char *const words[])
{
    return done(openat(from(words[0]), path_of(words[0]), (int)number(words[1]), 0600));
}

static int act_open_how(char *const words[])
{
    struct open_how how = {.flags = (uint64_t)number(words[1]),
                           .resolve = (uint64_t)number(words[2])};
    how.mode = how.flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? 0600 : 0;
    return done((int)syscall(SYS_openat2, from(words[0]), path_of(words[0]), &how, sizeof how));
}

static int act_mkdir(char *const words[])
{
    return mkdirat(from(words[0]), path_of(words[0]), 0700);
}

static int act_mknod(char *const words[])
{
    return mknodat(from(words[0]), path_of(words[0]), (mode_t)number(words[1]) | 0600, 0);
}

static int act_symlink(char *const words[])
{
    return symlinkat("target", from(words[0]), path_of(words[0]));
}

static int act_unlink(char *const words[])
{
    return unlinkat(from(words[0]), path_of(words[0]), (int)number(words[1]));
}

static int act_rename(char *const words[])
{
    return renameat2(from(words[0]), path_of(words[0]), from(words[1]), path_of(words[1]),
                     (unsigned)number(words[2]));
}

static int act_link(char *const words[])
{
    return linkat(from(words[0]), path_of(words[0]), from(words[1]), path_of(words[1]),
                  (int)number(words[2]));
}

static int act_truncate(char *const words[])
{
    return truncate(words[0], 1);
}

static int act_bind(char *const words[])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", words[0]);
    int result = bind(fd, (struct sockaddr *)&address, sizeof address), error = errno;
    done(fd);
    errno = error;
    return result;
}

/* TCP: "connect PORT" and "listen PORT", on loopback. */
static int act_port(char *const words[], int (*call)(int, const struct sockaddr *, socklen_t))
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)number(words[0])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    int result = call(fd, (struct sockaddr *)&address, sizeof address), error = errno;
    done(fd);
    errno = error;
    return result;
}

static int act_connect(char *const words[])
{
    return act_port(words, connect);
}

static int act_local(char *const words[])
{
    return act_port(words, bind);
}

/* Executes it in a child, which says what comes of that. */
static int act_execute(char *const words[])
{
    int ends[2], error = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        char *const argv[] = {words[0], NULL};
        execve(words[0], argv, argv + 1);
        error = errno;
        _exit(write(ends[1], &error, sizeof error) < 0);
    }
    close(ends[1]);
    if (read(ends[0], &error, sizeof error) == 0)
        error = 0;
    close(ends[0]);
    waitpid(child, NULL, 0);
    errno = error;
    return error != 0 ? -1 : 0;
}

static int act_go(char *const words[])
{
    return chdir(words[0]);
}

static int act_hold(char *const words[])
{
    int fd = open(words[0], O_PATH | O_DIRECTORY);
    if (fd < 0)
        return -1;
    if (held >= 0)
        close(held);
    held = fd;
    return 0;
}

static int act_chroot(char *const words[])
{
    return chroot(words[0]) < 0 ? -1 : chdir("/");
}

static int act_ioctl(char *const words[])
{
    int fd = open(words[0], O_RDONLY | O_NOCTTY), count;
    if (fd < 0)
        return -1;
    int result = ioctl(fd, FIONREAD, &count), error = errno;
    done(fd);
    errno = error;
    return result;
}

static const struct act {
    const char *name;
    int (*act)(char *const words[]);
} acts[] = {
    {"open", act_open},         {"openhow", act_open_how},
    {"mkdir", act_mkdir},       {"mknod", act_mknod},
    {"symlink", act_symlink},   {"unlink", act_unlink},
    {"rename", act_rename},     {"link", act_link},
    {"truncate", act_truncate}, {"bind", act_bind},
    {"connect", act_connect},   {"local", act_local},
    {"execute", act_execute},   {"go", act_go},
    {"hold", act_hold},         {"chroot", act_chroot},
    {"ioctl", act_ioctl},
};

/* Where a file is mounted. */
static uint64_t mount_at(const char *path)
{
    struct statx st;
    const char *at = path_of(path);
    return statx(from(path), at, AT_SYMLINK_NOFOLLOW, 0x1000, &st) == 0 ? st.stx_mnt_id : 0;
}

/* Where a path's directory is. */
static uint64_t mount_of(const char *path)
{
    char dir[4096];
    struct statx st;
    snprintf(dir, sizeof dir, "%s", path_of(path));
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        dir[--len] = '\0';
    char *slash = strrchr(dir, '/');
    if (slash == NULL)
        strcpy(dir, ".");
    else
        slash[slash == dir] = '\0';
    return statx(from(path), dir, 0, 0x1000 /* STATX_MNT_ID */, &st) == 0 ? st.stx_mnt_id : 0;
}

/* Whether an error of this act is none that a policy gives. */
static bool is_other(const char *act, char *const words[], int error)
{
    struct stat st;
    if (strcmp(act, "rename") == 0 || strcmp(act, "link") == 0)
        return error == EXDEV && (mount_of(words[0]) != mount_of(words[1]) ||
                                  (*act == 'l' && mount_at(words[0]) != mount_of(words[1])));
    if (strcmp(act, "openhow") == 0)
        return error == EXDEV;
    return strcmp(act, "execute") == 0 && error == EACCES && stat(words[0], &st) == 0 &&
           (!S_ISREG(st.st_mode) || access(words[0], X_OK) != 0);
}

/* Does what a line says. Returns its error. */
static int act(char *line, char *words[WORDS])
{
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < WORDS; i++)
        words[i] = strsep(&line, "\t");
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, words[0]) == 0)
            return acts[i].act(words + 1) < 0 ? errno : 0;
    exit(3);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    for (unsigned n = 0; getline(&line, &size, stdin) > 0; n++) {
        char name[16], *words[WORDS];
        snprintf(name, sizeof name, "a%u", n);
        prctl(PR_SET_NAME, name);
        int error = act(line, words);
        if (is_other(words[0], words + 1, error))
            printf("%u other\n", n);
        else
            printf("%u %d\n", n, error);
    }
    return fflush(stdout) != 0;
}
