/* SPDX-License-Identifier: Apache-2.0 */
/* kill(2) and what is like it. Inside of the domain is whoever descends from the tracer, which
 * becomes the parent of those that lose theirs. */
#include "asked.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether a process is inside. */
static bool is_inside(pid_t pid)
{
    for (pid_t tracer = getpid(); pid > 1; pid = process_parent(pid))
        if (process_parent(pid) == tracer)
            return true;
    return false;
}

/* The process of a pidfd of the target's, 0 for none. */
static pid_t pidfd_process(const struct asked *asked, int fd)
{
    char path[64], line[128];
    pid_t pid = 0;
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)asked->target.tid, fd);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "Pid:", 4) == 0)
            pid = (pid_t)strtol(line + 4, NULL, 10);
    if (file != NULL)
        fclose(file);
    return pid > 0 ? pid : 0;
}

/* Whether the target may send signals to a process but for Landlock: the real or the effective user
 * is the same, or it is root (kill(2)). */
static bool is_permitted(pid_t tid, pid_t pid)
{
    struct identity sender, receiver;
    identity_find(tid, &sender);
    identity_find(pid, &receiver);
    return sender.user[1] == 0 || sender.user[0] == receiver.user[0] ||
           sender.user[0] == receiver.user[2] || sender.user[1] == receiver.user[0] ||
           sender.user[1] == receiver.user[2];
}

void judge_signal(const struct asked *asked)
{
    static struct advice advice;
    struct identity receiver;
    int argument = (int)asked_argument(asked, asked->row->path);
    pid_t pid = asked->row->does == DOES_KILL_FD ? pidfd_process(asked, argument) : argument;
    if (!(asked->terms->plan.handled.scoped & SCOPE_SIGNAL) || pid == 0 || pid == -1)
        return;
    if (pid < 0 ? kill(pid, 0) != 0 || getpgid(asked->target.tid) == -pid || is_inside(-pid)
                : kill(pid, 0) != 0 || is_inside(pid) || !is_permitted(asked->target.tid, pid))
        return;
    identity_find(pid < 0 ? -pid : pid, &receiver);
    advice_for_protection(SIGNAL_SCOPE, &advice);
    asked_denied(asked, &advice, "signal to %s%s", pid < 0 ? "the group of " : "", receiver.name);
}
