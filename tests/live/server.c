/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STRINGS = 64, LOG_MAX = 16384 };

/* The ports, in the order of their names. */
enum { PORT, SPARE, PEER, WRONG, PORTS };
static const char *const names[] = {"$PORT", "$SPARE", "$PEER", "$WRONG"};
static unsigned ports[PORTS];

static pid_t peer, server; /* 0: none */

static void must(bool good, const char *what)
{
    if (!good)
        fail_msg("%s: %s", what, strerror(errno));
}

/* --- Ports and the peer ---------------------------------------------------------------------- */

/* A socket that is bound to a port of the loopback; 0: any. Returns -1 when it is taken. */
static int bound(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)*port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, len) != 0) {
        close(fd);
        return -1;
    }
    must(getsockname(fd, (struct sockaddr *)&address, &len) == 0, "getsockname");
    *port = ntohs(address.sin_port);
    return fd;
}

void server_ports(void)
{
    /* Below those that the kernel hands out by itself. */
    unsigned port = 12000 + (unsigned)getpid() % 16384;
    for (int i = PORT; i <= SPARE; port++) {
        ports[i] = port;
        int fd = bound(&port);
        if (fd < 0)
            continue;
        close(fd);
        i++;
    }
}

static _Noreturn void serve(const int fds[2])
{
    static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\npeer\n";
    struct pollfd polled[] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        poll(polled, 2, -1);
        for (int i = 0; i < 2; i++) {
            char request[4096];
            int fd = polled[i].revents != 0 ? accept(fds[i], NULL, NULL) : -1;
            struct pollfd asked = {.fd = fd, .events = POLLIN};
            if (fd >= 0 && poll(&asked, 1, 1000) == 1 && read(fd, request, sizeof request) > 0 &&
                write(fd, answer, sizeof answer - 1) > 0)
                shutdown(fd, SHUT_WR);
            close(fd);
        }
    }
}

bool server_peer_start(void)
{
    int fds[2];
    ports[PEER] = ports[WRONG] = 0;
    for (int i = 0; i < 2; i++) {
        fds[i] = bound(&ports[PEER + i]);
        if (fds[i] < 0 || listen(fds[i], 16) != 0)
            return false;
    }
    peer = fork();
    if (peer == 0)
        serve(fds);
    close(fds[0]), close(fds[1]);
    return peer > 0;
}

bool server_peer_stop(void)
{
    kill(peer, SIGKILL);
    return waitpid(peer, NULL, 0) == peer;
}

char *server_expanded(const char *string)
{
    char ours[PATH_MAX];
    size_t len = 0;
    while (*string != '\0') {
        int name = PORT;
        while (name < PORTS && strncmp(string, names[name], strlen(names[name])) != 0)
            name++;
        assert_true(len < sizeof ours - 8);
        if (name < PORTS)
            len += (size_t)sprintf(ours + len, "%u", ports[name]);
        else
            ours[len++] = *string;
        string += name < PORTS ? strlen(names[name]) : 1;
    }
    ours[len] = '\0';
    char *copy = strdup(live_expand(ours));
    must(copy != NULL, "strdup");
    return copy;
}

/* Appends the strings of list, expanded, to those that to holds already. */
static size_t append(char **to, size_t len, const char *const list[])
{
    for (; list != NULL && *list != NULL; list++) {
        assert_true(len < STRINGS - 1);
        to[len++] = server_expanded(*list);
    }
    to[len] = NULL;
    return len;
}

static void release(char **list)
{
    for (; *list != NULL; list++)
        free(*list);
}

void server_run(struct outcome *outcome, enum face face, const char *const env[],
                const char *const argv[])
{
    char *full_env[STRINGS], *full_argv[STRINGS];
    append(full_env, 0, env);
    append(full_argv, 0, argv);
    live_run(outcome, face, (const char *const *)full_env, (const char *const *)full_argv);
    release(full_env);
    release(full_argv);
}

/* --- The server ------------------------------------------------------------------------------ */

bool server_ended(int milliseconds)
{
    struct pollfd polled = {.events = POLLIN};
    polled.fd = (int)syscall(SYS_pidfd_open, server, 0);
    must(polled.fd >= 0, "pidfd_open");
    bool has = poll(&polled, 1, milliseconds) == 1;
    close(polled.fd);
    return has;
}

int server_status(void)
{
    siginfo_t info = {0};
    must(waitid(P_PID, (id_t)server, &info, WEXITED | WNOWAIT) == 0, "waitid");
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

bool server_stop(void)
{
    bool good = true;
    if (server == 0)
        return true;
    if (!server_ended(0)) {
        kill(server, SIGINT);
        good = server_ended(SERVER_SECONDS * 1000);
    }
    kill(-server, SIGKILL); /* the process group that it made */
    waitpid(server, NULL, 0);
    server = 0;
    return good;
}

static _Noreturn void become(char *const argv[], char *const env[], int log)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    int null = open("/dev/null", O_RDONLY);
    if (dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(99);
    syscall(SYS_close_range, 3U, ~0U, 0);
    execvpe(argv[0], argv, env);
    _exit(98);
}

static bool has_path(const char *const env[])
{
    while (*env != NULL && strncmp(*env, "PATH=", 5) != 0)
        env++;
    return *env != NULL;
}

void server_start(enum face face, const char *const env[], const char *const argv[])
{
    char *full_env[STRINGS], *full_argv[STRINGS];
    size_t args = append(full_argv, 0, face == PROGRAM ? LIST("&/libsandlock_shim.so") : NULL);
    append(full_argv, args, argv);
    size_t envs = append(full_env, 0, env);
    if (face == PRELOAD)
        envs = append(full_env, envs, LIST("LD_PRELOAD=&/libsandlock_shim.so"));
    if (!has_path(env))
        append(full_env, envs, LIST("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    int log = open(live_expand("%/log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    must(log >= 0, "log");
    server = fork();
    must(server >= 0, "fork");
    if (server == 0)
        become(full_argv, full_env, log);
    close(log);
    release(full_env);
    release(full_argv);
}

const char *server_log(void)
{
    static char text[LOG_MAX];
    FILE *file = fopen(live_expand("%/log"), "r");
    size_t len = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    text[len] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}
