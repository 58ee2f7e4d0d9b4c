/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandlock-trace: runs a program confined by the shim, and tells what the policy denies it.
 *
 * Theory of operation. The child installs a filter that asks about calls (program.h), and executes
 * the shim, as a program, which confines itself and executes PROGRAM: the policy, its environment
 * and its enforcement are the same as without us. We are outside of its domain. Of each call that
 * is asked about, we read the arguments (target.h), see where its path leads (resolve.h), and hold
 * that against the rules that the shim made (terms.h, verdict.h). Then the call goes on, and the
 * kernel decides: what a thread makes of its arguments meanwhile can make a report wrong, and no
 * more than that. Gates alone are ours to keep, since a filter that denies by itself would hide
 * what it denies; they are answered with their own error, whatever the arguments point to.
 *
 * Nobody else can have a shim with gates that are kept elsewhere: it knows nothing of all this. It
 * is told that its filter is installed by the one who could as well have changed its policy.
 */
#include "die.h"
#include "help.h"
#include "notify.h"
#include "program.h"
#include "report.h"

#include "../shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How PROGRAM has ended. */
struct end {
    bool known;
    int status; /* as wait(2) has it */
};

/* Where the shim lies: beside us, as it is built, or as the command that it is installed as. */
static void shim_find(char path[static PATH_MAX])
{
    static const char *const names[] = {SHIM_NAME, "sandlock-shim"};
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 64);
    if (len < 0)
        die("/proc/self/exe: %s", strerror(errno));
    path[len] = '\0';
    char *name = strrchr(path, '/') + 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        strcpy(name, names[i]);
        if (access(path, F_OK) == 0)
            return;
    }
    *name = '\0';
    die("no %s in %s", SHIM_NAME, path);
}

/* Becomes the shim, which becomes the program. */
static _Noreturn void shim_execute(const char *shim, char **program)
{
    size_t count = 0;
    while (program[count] != NULL)
        count++;
    char **argv = calloc_or_die(count + 3, sizeof *argv);
    argv[0] = (char *)(uintptr_t)shim;
    argv[1] = (char *)(uintptr_t) "--";
    memcpy(argv + 2, program, count * sizeof *argv);
    execv(shim, argv);
    fprintf(stderr, "sandlock-trace: %s: %s\n", shim, strerror(errno));
    _exit(EXIT_SHIM);
}

/* What signals we take: those that are for the program, and that of children. Those of the terminal
 * the program gets as well, and decides. */
static const int signals[] = {SIGCHLD, SIGTERM, SIGINT,  SIGQUIT, SIGHUP,
                              SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH};

static void signals_mask(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(set, signals[i]);
}

/* The child, up to the shim. The number of its listener goes to its parent, who gets it before it
 * answers the first question, which is execve(2). */
static _Noreturn void child(const struct terms *terms, const char *shim, char **program, int pipe,
                            const sigset_t *mask)
{
    static struct sock_filter filter[PROGRAM_MAX];
    size_t len = program_make(terms, filter);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTTOU, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    int listener =
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ? -errno : program_install(filter, len);
    if (write(pipe, &listener, sizeof listener) != sizeof listener || listener < 0)
        _exit(EXIT_SHIM);
    shim_execute(shim, program);
}

/* Starts the child. */
static void start(struct session *session, const char *shim, char **program, const sigset_t *mask)
{
    int ends[2], listener = -EPIPE;
    if (pipe2(ends, O_CLOEXEC) != 0)
        die("pipe: %s", strerror(errno));
    session->child = fork();
    if (session->child < 0)
        die("fork: %s", strerror(errno));
    if (session->child == 0)
        child(session->terms, shim, program, ends[1], mask);
    close(ends[1]);
    if (read(ends[0], &listener, sizeof listener) != sizeof listener || listener < 0)
        die("seccomp: %s%s", strerror(listener < 0 ? -listener : EPIPE),
            listener == -EBUSY ? ": this process is traced in the same way already" : "");
    close(ends[0]);
    int process = (int)syscall(SYS_pidfd_open, session->child, 0);
    session->listener = (int)syscall(SYS_pidfd_getfd, process, listener, 0);
    if (session->listener < 0) {
        int error = errno;
        kill(session->child, SIGKILL);
        die("pidfd_getfd: %s: processes cannot be looked into here (kernel.yama.ptrace_scope, or a"
            " seccomp filter)",
            strerror(error));
    }
    close(process);
}

/* Takes the status of all that has ended. */
static void reap(const struct session *session, struct end *end)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == session->child)
            *end = (struct end){true, status};
}

/* Passes a signal on that somebody has sent us; those of the terminal have gone to all. */
static void signal_take(int fd, const struct session *session, struct end *end)
{
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGCHLD)
        reap(session, end);
    else if (info.ssi_code <= 0 && !end->known)
        kill(session->child, (int)info.ssi_signo);
    else if (end->known && info.ssi_signo != SIGCONT && info.ssi_signo != SIGWINCH) {
        report_summary(); /* who is left is not traced any more */
        exit(128 + (int)info.ssi_signo);
    }
}

/* Answers until nobody is left who could ask, and PROGRAM has ended. */
static int serve(struct session *session, int signals_fd)
{
    struct end end = {.known = false};
    struct pollfd polled[] = {{session->listener, POLLIN, 0}, {signals_fd, POLLIN, 0}};
    while (!end.known || polled[0].fd >= 0) {
        if (poll(polled, 2, -1) < 0 && errno != EINTR)
            die("poll: %s", strerror(errno));
        if (polled[0].revents & POLLIN)
            notify_answer(session);
        else if (polled[0].revents != 0)
            polled[0].fd = -1;
        if (polled[1].revents & POLLIN)
            signal_take(signals_fd, session, &end);
    }
    return end.status;
}

/* Ends as the program has ended. */
static _Noreturn void end_as(int status)
{
    if (WIFSIGNALED(status)) {
        const struct rlimit none = {0, 0};
        sigset_t set;
        setrlimit(RLIMIT_CORE, &none); /* there is one of the program already */
        sigfillset(&set);
        signal(WTERMSIG(status), SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        raise(WTERMSIG(status));
    }
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* Runs the program. */
static _Noreturn void trace(const struct terms *terms, const char *shim, char **program)
{
    struct session session = {.terms = terms, .phase = PHASE_START};
    sigset_t taken, before;
    session.program = span_file_name(span_of(program[0])).at;
    signals_mask(&taken);
    sigprocmask(SIG_BLOCK, &taken, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* who descends from us is inside, and may be looked into */
    int signals_fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals_fd < 0)
        die("signalfd: %s", strerror(errno));
    start(&session, shim, program, &before);
    notify_set_up(&session);
    int status = serve(&session, signals_fd);
    report_summary();
    end_as(status);
}

int main(int argc, char **argv, char **envp)
{
    static struct terms terms;
    char shim[PATH_MAX];
    const char *file = NULL;
    while (help_option(argc, argv) != -1)
        file = optarg;
    if (optind == argc)
        die("no program to run: sandlock-trace [-o FILE] [--] PROGRAM [ARG...]; see --help");
    shim_find(shim);
    if (!terms_read(envp, &terms))
        shim_execute(shim, argv + optind);
    report_open(file);
    trace(&terms, shim, argv + optind);
}
