/* SPDX-License-Identifier: Apache-2.0 */
#include "trial.h"

#include "inspect.h"
#include "report.h"
#include "shim.h"
#include "sys.h"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h> /* STDERR_FILENO */

/* The two ends of each pipe, as pipe(2) has them. */
enum { READ, WRITE };

/* How the child and its parent speak: it waits for the parent to say whether it is traced, and what
 * it says on stderr goes to the parent. */
struct pipes {
    int go[2], said[2];
};

static int pipes_open(struct pipes *pipes, struct fault *fault)
{
    int error = sys_pipe(pipes->go);
    if (error == 0 && (error = sys_pipe(pipes->said)) < 0) {
        sys_close(pipes->go[READ]);
        sys_close(pipes->go[WRITE]);
    }
    return error < 0 ? fault_of_call(fault, "pipe2", error) : 0;
}

static _Noreturn void child(void (*body)(void *, bool), void *context, const struct pipes *pipes)
{
    char traced = 0;
    sys_close(pipes->go[WRITE]);
    if (sys_read(pipes->go[READ], &traced, 1) != 1 ||
        (pipes->said[WRITE] != STDERR_FILENO &&
         sys_duplicate(pipes->said[WRITE], STDERR_FILENO) < 0))
        sys_exit(EXIT_SHIM);
    body(context, traced);
    sys_exit(0);
}

/* Reads what the child says until nobody can say more, and keeps its last line. */
static void listen(int fd, struct text *said)
{
    char rest[256];
    int len;
    said->len = 0;
    do {
        size_t room = sizeof said->at - said->len;
        len = room > 0 ? sys_read(fd, said->at + said->len, room) : sys_read(fd, rest, sizeof rest);
        said->len += room > 0 && len > 0 ? (size_t)len : 0;
    } while (len > 0);
    size_t begin = said->len > 0 ? said->len - 1 : 0; /* before the end of the last line */
    while (begin > 0 && said->at[begin - 1] != '\n')
        begin--;
    said->len -= begin;
    memmove(said->at, said->at + begin, said->len);
}

/* Waits for the end of the child, and sees it through whatever stops it but an execution. */
static int end_of(int pid, struct trial *trial)
{
    for (;;) {
        int status = sys_wait(pid);
        if (status < 0)
            return status;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            trial->end = WIFEXITED(status) ? TRIAL_EXITED : TRIAL_KILLED;
            trial->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
            return 0;
        }
        if (status >> 16 == PTRACE_EVENT_EXEC) {
            sys_kill(pid);
            status = sys_wait(pid);
            trial->end = TRIAL_EXECUTED;
            trial->code = 0;
            return status < 0 ? status : 0;
        }
        sys_continue(pid, status >> 16 != 0 ? 0 : WSTOPSIG(status));
    }
}

int trial_run(void (*body)(void *context, bool traced), void *context, struct trial *trial,
              struct fault *fault)
{
    struct pipes pipes;
    int error = pipes_open(&pipes, fault);
    if (error < 0)
        return error;
    int pid = sys_fork();
    if (pid == 0)
        child(body, context, &pipes);
    sys_close(pipes.go[READ]);
    sys_close(pipes.said[WRITE]);
    if (pid > 0) {
        char traced = sys_trace(pid) == 0;
        sys_write_all(pipes.go[WRITE], &traced, 1);
    }
    sys_close(pipes.go[WRITE]);
    error = pid > 0 ? end_of(pid, trial) : pid;
    /* Not before its end: one that has stopped says nothing, and waits for us. What it has to say
     * is a line or two, for which the pipe has room. */
    listen(pipes.said[READ], &trial->said);
    sys_close(pipes.said[READ]);
    return error < 0 ? fault_of_call(fault, pid < 0 ? "clone" : "wait4", error) : 0;
}

void trial_run_or_say(void (*body)(void *context, bool traced), void *context, struct trial *trial)
{
    struct fault fault;
    if (trial_run(body, context, trial, &fault) == 0)
        return;
    trial->end = TRIAL_IMPOSSIBLE;
    trial->code = 0;
    trial->said.len = 0;
    report_fault(&trial->said, &fault);
}

const char *trial_line(struct trial *trial)
{
    if (trial->end == TRIAL_KILLED)
        return "ended by a signal";
    size_t end = trial->said.len > 0 ? trial->said.len - 1 : 0;
    trial->said.at[end] = '\0';
    return trial->said.at;
}
