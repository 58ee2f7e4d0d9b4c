/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe OPERATION [ARGUMENT...]: tries one thing and prints "OK" or the name of the error.
 *
 * It exits with 0 whatever comes of it, so that a status other than 0 is the shim's or a crash.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Every operation returns -1 with errno, or anything else; args ends with NULL. */
typedef int operation(char **args);

static int open_close(const char *path, int flags)
{
    int fd = open(path, flags, 0666);
    return fd < 0 ? -1 : close(fd);
}

static int op_read(char **args)
{
    char byte;
    int fd = open(args[0], O_RDONLY | O_NONBLOCK);
    return fd < 0 ? -1 : (int)read(fd, &byte, 1);
}

static int op_write(char **args)
{
    return open_close(args[0], O_WRONLY | O_APPEND);
}

static int op_create(char **args)
{
    return open_close(args[0], O_WRONLY | O_CREAT | O_EXCL);
}

static int op_opath(char **args)
{
    return open_close(args[0], O_PATH);
}

static int op_open_truncate(char **args)
{
    return open_close(args[0], O_WRONLY | O_TRUNC);
}

static int op_truncate(char **args)
{
    return truncate(args[0], 1);
}

static int op_ftruncate(char **args)
{
    int fd = open(args[0], O_WRONLY);
    return fd < 0 ? -1 : ftruncate(fd, 1);
}

static int op_list(char **args)
{
    return opendir(args[0]) == NULL ? -1 : 0;
}

static int op_stat(char **args)
{
    struct stat st;
    return stat(args[0], &st);
}

static int op_chmod(char **args)
{
    return chmod(args[0], 0777);
}

static int op_mkdir(char **args)
{
    return mkdir(args[0], 0777);
}

static int op_mkfifo(char **args)
{
    return mkfifo(args[0], 0666);
}

/* A character device 0:0 (a whiteout) is the one that needs no privilege (mknod(2)). */
static int op_mkchar(char **args)
{
    return mknod(args[0], S_IFCHR | 0666, makedev(0, 0));
}

static int op_mkblock(char **args)
{
    return mknod(args[0], S_IFBLK | 0666, makedev(7, 250));
}

static int op_symlink(char **args)
{
    return symlink("anywhere", args[0]);
}

static int op_unlink(char **args)
{
    return unlink(args[0]);
}

static int op_rmdir(char **args)
{
    return rmdir(args[0]);
}

static int op_rename(char **args)
{
    return rename(args[0], args[1]);
}

static int op_link(char **args)
{
    return link(args[0], args[1]);
}

/* A terminal's or a block device's ioctl may be refused for itself: FIONREAD is any device's. */
static int op_ioctl(char **args)
{
    int bytes, fd = open(args[0], O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -1;
    return ioctl(fd, FIONREAD, &bytes) == 0 || errno == ENOTTY ? 0 : -1;
}

/* The address of a UNIX socket: a path, or a name in the abstract namespace behind '@'. */
static socklen_t unix_address(struct sockaddr_un *address, const char *name)
{
    size_t len = strlen(name);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name, len);
    if (*name == '@')
        *address->sun_path = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int op_unix_bind(char **args)
{
    struct sockaddr_un address;
    socklen_t len = unix_address(&address, args[0]);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, len);
}

static int op_unix_connect(char **args)
{
    struct sockaddr_un address;
    socklen_t len = unix_address(&address, args[0]);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, len);
}

static int op_unix_send(char **args)
{
    struct sockaddr_un address;
    socklen_t len = unix_address(&address, args[0]);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    return fd < 0 ? -1 : (int)sendto(fd, "x", 1, 0, (struct sockaddr *)&address, len);
}

/* Accepts one connection on a socket of its own; says when one may come. */
static int op_unix_serve(char **args)
{
    struct sockaddr_un address;
    socklen_t len = unix_address(&address, args[0]);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 1) < 0)
        return -1;
    printf("ready\n");
    fflush(stdout);
    return accept(fd, NULL, NULL);
}

/* Connects to a socket of its own. */
static int op_unix_own(char **args)
{
    struct sockaddr_un address;
    socklen_t len = unix_address(&address, args[0]);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 1) < 0)
        return -1;
    return op_unix_connect(args);
}

static int pair(int type)
{
    int fds[2];
    return socketpair(AF_UNIX, type, 0, fds);
}

static int op_unix_pair(char **args)
{
    (void)args;
    return pair(SOCK_STREAM);
}

static int op_unix_pair_dgram(char **args)
{
    (void)args;
    return pair(SOCK_DGRAM);
}

static struct sockaddr_in loopback(const char *port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((in_port_t)atoi(port)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int op_udp_send(char **args)
{
    struct sockaddr_in address = loopback(args[0]);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd < 0 ? -1 : (int)sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address);
}

static int op_udp_bind(char **args)
{
    struct sockaddr_in address = loopback(args[0]);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof address);
}

/* Makes a socket and uses it for nothing. */
static int op_tcp_socket(char **args)
{
    (void)args;
    return socket(AF_INET, SOCK_STREAM, 0);
}

static int tcp(const char *port, int (*use)(int, const struct sockaddr *, socklen_t))
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd < 0 ? -1 : use(fd, (struct sockaddr *)&address, sizeof address);
}

static int op_tcp_connect(char **args)
{
    return tcp(args[0], connect);
}

static int op_tcp_bind(char **args)
{
    return tcp(args[0], bind);
}

static int op_kill(char **args)
{
    return kill((pid_t)atoi(args[0]), atoi(args[1]));
}

/* Signals a process of the same domain. */
static int op_kill_child(char **args)
{
    (void)args;
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    return pid < 0 ? -1 : kill(pid, SIGKILL);
}

/* Waits for SIGUSR1, to be signalled from outside; the pipe that it says so on is stdout. */
static int op_await_signal(char **args)
{
    sigset_t set;
    int number;
    (void)args;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    printf("ready\n");
    fflush(stdout);
    return sigwait(&set, &number) == 0 ? 0 : -1;
}

/* Prints argv[0], and the arguments behind the name of the operation. */
static int op_arguments(char **args)
{
    printf("[%s]\n", args[-2]);
    for (; *args != NULL; args++)
        printf("[%s]\n", *args);
    return 0;
}

static int op_exec(char **args)
{
    execv(args[0], args);
    return -1;
}

/* What a child exits with when it could not execute anything. */
enum { CANNOT_EXECUTE = 99 };

/* Waits for a child of one of the kinds below; ECHILD: it could not execute its program. */
static int wait_for(pid_t pid)
{
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    errno = ECHILD;
    return WIFEXITED(status) && WEXITSTATUS(status) != CANNOT_EXECUTE ? 0 : -1;
}

static int op_fork(char **args)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execv(args[0], args);
        _exit(CANNOT_EXECUTE);
    }
    return wait_for(pid);
}

static int op_vfork(char **args)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execv(args[0], args);
        _exit(CANNOT_EXECUTE);
    }
    return wait_for(pid);
}

static int op_spawn(char **args)
{
    pid_t pid;
    errno = posix_spawn(&pid, args[0], NULL, NULL, args, environ);
    return errno != 0 ? -1 : wait_for(pid);
}

/* Prints the numbers of the descriptors that are open, as far as 65536. */
static int op_fds(char **args)
{
    const char *gap = "";
    (void)args;
    for (int fd = 0; fd < 65536; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%s%d", gap, fd), gap = " ";
    putchar('\n');
    return 0;
}

/* Prints the limits of core files, and whether there would be one of this process. */
static int op_core(char **args)
{
    struct rlimit limit;
    (void)args;
    getrlimit(RLIMIT_CORE, &limit);
    printf("%ld/%ld dumpable=%d\n", (long)limit.rlim_cur, (long)limit.rlim_max,
           prctl(PR_GET_DUMPABLE));
    return 0;
}

/* Ends as a program with a mistake in it does. */
static int op_crash(char **args)
{
    (void)args;
    return raise(SIGSEGV);
}

static const struct row {
    const char *name;
    operation *run;
} rows[];

static const struct row *find(const char *name);

static void *thread_main(void *data)
{
    char **args = data;
    errno = 0;
    return find(args[0])->run(args + 1) < 0 ? (void *)(intptr_t)errno : NULL;
}

/* Runs another operation in a thread. */
static int op_thread(char **args)
{
    pthread_t thread;
    void *error;
    pthread_create(&thread, NULL, thread_main, args);
    pthread_join(thread, &error);
    errno = (int)(intptr_t)error;
    return errno != 0 ? -1 : 0;
}

/* Executes itself n times over, then runs the operation: chain N PROBE OPERATION... */
static int op_chain(char **args)
{
    int left = atoi(args[0]);
    if (left == 0)
        return find(args[2])->run(args + 3);
    char number[16];
    snprintf(number, sizeof number, "%d", left - 1);
    char *argv[32] = {args[1], "chain", number, args[1]};
    for (int i = 2; args[i] != NULL && i < 28; i++)
        argv[i + 2] = args[i];
    execv(args[1], argv);
    return -1;
}

static const struct row rows[] = {
    {"read", op_read},
    {"write", op_write},
    {"create", op_create},
    {"opath", op_opath},
    {"open-truncate", op_open_truncate},
    {"truncate", op_truncate},
    {"ftruncate", op_ftruncate},
    {"list", op_list},
    {"stat", op_stat},
    {"chmod", op_chmod},
    {"mkdir", op_mkdir},
    {"mkfifo", op_mkfifo},
    {"mkchar", op_mkchar},
    {"mkblock", op_mkblock},
    {"symlink", op_symlink},
    {"unlink", op_unlink},
    {"rmdir", op_rmdir},
    {"rename", op_rename},
    {"link", op_link},
    {"ioctl", op_ioctl},
    {"unix-bind", op_unix_bind},
    {"unix-connect", op_unix_connect},
    {"unix-send", op_unix_send},
    {"unix-serve", op_unix_serve},
    {"unix-own", op_unix_own},
    {"unix-pair", op_unix_pair},
    {"unix-pair-dgram", op_unix_pair_dgram},
    {"udp-send", op_udp_send},
    {"udp-bind", op_udp_bind},
    {"kill-child", op_kill_child},
    {"tcp-socket", op_tcp_socket},
    {"tcp-connect", op_tcp_connect},
    {"tcp-bind", op_tcp_bind},
    {"kill", op_kill},
    {"await-signal", op_await_signal},
    {"arguments", op_arguments},
    {"exec", op_exec},
    {"fork", op_fork},
    {"vfork", op_vfork},
    {"spawn", op_spawn},
    {"thread", op_thread},
    {"fds", op_fds},
    {"core", op_core},
    {"crash", op_crash},
    {"chain", op_chain},
    {NULL, NULL},
};

static const struct row *find(const char *name)
{
    for (const struct row *row = rows; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    fprintf(stderr, "probe: no operation %s\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    int done = find(argv[1])->run(argv + 2);
    puts(done < 0 ? strerrorname_np(errno) : "OK");
    return 0;
}
