/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libc NAME...: uses a function of libc that makes system calls which some policies close, and
 * prints "NAME: OK", or what it says instead.
 */
#include <errno.h>
#include <grp.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* Each returns what went wrong, or NULL. */
typedef const char *function(void);

static const char *error(int failed)
{
    return failed ? strerrorname_np(errno) : NULL;
}

static void *nothing(void *data)
{
    return data;
}

static const char *thread(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        if ((errno = pthread_create(&threads[i], NULL, nothing, NULL)) != 0)
            return error(1);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return NULL;
}

static const char *resolve(const char *host)
{
    struct addrinfo *found, hints = {.ai_flags = AI_ADDRCONFIG};
    int failed = getaddrinfo(host, "80", &hints, &found);
    return failed != 0 ? gai_strerror(failed) : NULL;
}

static const char *localhost(void)
{
    return resolve("localhost");
}

/* There is no such name (RFC 6761); what matters is that this is soon known. */
static const char *unknown_host(void)
{
    return resolve("name.invalid") != NULL ? NULL : "found";
}

static const char *user(void)
{
    return getpwuid(0) == NULL || getpwnam("root") == NULL ? "not found" : NULL;
}

static const char *group(void)
{
    return getgrgid(0) == NULL || getgrnam("root") == NULL ? "not found" : NULL;
}

/* Says nothing of whether anybody listens. */
static const char *log_line(void)
{
    openlog("sandlock-test", LOG_NDELAY | LOG_PID, LOG_USER);
    syslog(LOG_DEBUG, "a line of the tests");
    closelog();
    return NULL;
}

static const char *interfaces(void)
{
    struct ifaddrs *list;
    struct if_nameindex *names;
    int failed = getifaddrs(&list);
    if (!failed)
        freeifaddrs(list);
    names = failed ? NULL : if_nameindex();
    return error(names == NULL);
}

static const char *shell(void)
{
    return system("exit 0") == 0 ? NULL : "failed";
}

static const char *limits(void)
{
    struct rlimit limit;
    return error(getrlimit(RLIMIT_NOFILE, &limit) < 0 || setrlimit(RLIMIT_NOFILE, &limit) < 0);
}

static const char *timer(void)
{
    timer_t made;
    return error(timer_create(CLOCK_MONOTONIC, NULL, &made) < 0);
}

static const char *abort_child(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        abort();
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? NULL : "no SIGABRT";
}

static const struct {
    const char *name;
    function *run;
} rows[] = {
    {"thread", thread},     {"localhost", localhost},   {"unknown-host", unknown_host},
    {"user", user},         {"group", group},           {"syslog", log_line},
    {"shell", shell},       {"limits", limits},         {"timer", timer},
    {"abort", abort_child}, {"interfaces", interfaces},
};

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
            if (strcmp(argv[i], rows[row].name) == 0) {
                const char *wrong = rows[row].run();
                printf("%s: %s\n", argv[i], wrong == NULL ? "OK" : wrong);
                fflush(stdout);
            }
    return 0;
}
