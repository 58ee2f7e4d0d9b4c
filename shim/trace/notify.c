/* SPDX-License-Identifier: Apache-2.0 */
#include "notify.h"

#include "asked.h"
#include "die.h"
#include "program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Headers may be older than the kernel (include/uapi/linux/seccomp.h, 6.6). */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1UL
#endif

static struct seccomp_notif *question;
static struct seccomp_notif_resp *answer;

/* What the child has open, before it opens anything of its own. */
static void inherited_read(struct session *session)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)session->child);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct file file;
        int fd = *entry->d_name == '.' ? -1 : openat(dirfd(dir), entry->d_name, O_PATH | O_CLOEXEC);
        if (fd >= 0 && file_look(fd, &file) == 0) {
            session->inherited = realloc_or_die(session->inherited, (session->inherited_count + 1) *
                                                                        sizeof *session->inherited);
            session->inherited[session->inherited_count++] = file;
        }
        if (fd >= 0)
            close(fd);
    }
    closedir(dir);
}

void notify_set_up(struct session *session)
{
    if (seccomp_notify_alloc(&question, &answer) != 0)
        die("libseccomp: seccomp_notify_alloc");
    /* Where it is known: who waits and who answers take turns on one processor. */
    ioctl(session->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    inherited_read(session);
}

/* The call goes on, and the kernel decides. */
static void go_on(void)
{
    answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
}

/* The call is not made: it fails with an error, or returns 0. */
static void fail_with(int error)
{
    answer->error = -error;
}

/* Who tells what Landlock will do. */
static void (*const judges[])(const struct asked *asked) = {
    [DOES_OPEN] = judge_open,
    [DOES_OPEN_HOW] = judge_open,
    [DOES_CREATE] = judge_open,
    [DOES_EXECUTE] = judge_execute,
    [DOES_TRUNCATE] = judge_truncate,
    [DOES_TRUNCATE_FD] = judge_truncate,
    [DOES_MKDIR] = judge_make,
    [DOES_MKNOD] = judge_make,
    [DOES_SYMLINK] = judge_make,
    [DOES_UNLINK] = judge_remove,
    [DOES_RMDIR] = judge_remove,
    [DOES_RENAME] = judge_refer,
    [DOES_LINK] = judge_refer,
    [DOES_IOCTL] = judge_ioctl,
    [DOES_CONNECT] = judge_socket,
    [DOES_BIND] = judge_socket,
    [DOES_SENDTO] = judge_socket,
    [DOES_SENDMSG] = judge_socket,
    [DOES_SENDMMSG] = judge_socket,
    [DOES_SOCKETCALL] = judge_socket,
    [DOES_KILL] = judge_signal,
    [DOES_KILL_THREAD] = judge_signal,
    [DOES_KILL_FD] = judge_signal,
    [DOES_RESTRICT] = NULL,
    [DOES_FILTER] = NULL,
};

/* The shim, on its way to the program. Its filters are not installed, for ours is there in their
 * place; what they would do is done from then on. Returns whether the call is dealt with. */
static bool answer_shim(struct session *session, const struct asked *asked)
{
    enum gate gate;
    if (program_ruling(session->terms, asked->target.call, &gate) == RULING_MARK)
        return false;
    enum does does = asked->row != NULL ? (enum does)asked->row->does : DOES_OPEN;
    if (session->phase == PHASE_CONFINED && does == DOES_FILTER &&
        asked_argument(asked, 0) == SECCOMP_SET_MODE_FILTER) {
        session->installed++;
        return true; /* with 0 */
    }
    if (session->phase == PHASE_SHIM && does == DOES_RESTRICT)
        session->phase = PHASE_CONFINED;
    else if (session->phase == PHASE_CONFINED)
        return false;
    else if (does == DOES_EXECUTE)
        session->phase = session->phase == PHASE_START ? PHASE_SHIM : PHASE_RUNNING;
    go_on();
    return true;
}

/* What the filter denies that the program has by now: the gates, and then those by name. Returns
 * whether it has to do with the call. */
static bool answer_filter(const struct session *session, struct asked *asked)
{
    enum gate gate = GATES;
    enum ruling ruling = program_ruling(session->terms, asked->target.call, &gate);
    bool logs = session->terms->policy.filter.action == ACTION_LOG;
    int error = ruling == RULING_GATE ? gate_rows[gate].error : EPERM;
    if (ruling == RULING_MARK) {
        fail_with(session->installed > 0 ? 0 : EINVAL);
        return true;
    }
    if (ruling == RULING_NONE || session->installed < (ruling == RULING_NAME ? 2 : 1))
        return false;
    asked->logged = logs && error == EPERM;
    if (ruling == RULING_NAME)
        judge_name(asked);
    else if (gate != GATE_CLONE3) /* without which every libc goes on by itself */
        judge_gate(asked, gate);
    if (asked->logged)
        go_on();
    else
        fail_with(error);
    return true;
}

static void decide(struct session *session)
{
    struct asked asked = {
        .terms = session->terms,
        .target = {.tid = (pid_t)question->pid, .call = &question->data},
        .row = call_row_find(question->data.arch, question->data.nr),
        .id = question->id,
        .listener = session->listener,
        .inherited = session->inherited,
        .inherited_count = session->inherited_count,
        .name = session->phase < PHASE_RUNNING ? session->program : NULL,
    };
    asked.target.narrow =
        question->data.arch == SCMP_ARCH_X86 || question->data.arch == SCMP_ARCH_ARM;
    if (session->phase < PHASE_RUNNING && answer_shim(session, &asked))
        return;
    if (answer_filter(session, &asked))
        return;
    if (asked.row != NULL && judges[asked.row->does] != NULL)
        judges[asked.row->does](&asked);
    if (session->phase == PHASE_CONFINED && asked.row != NULL && asked.row->does == DOES_EXECUTE)
        session->phase = PHASE_RUNNING;
    go_on();
}

void notify_answer(struct session *session)
{
    memset(question, 0, sizeof *question);
    if (seccomp_notify_receive(session->listener, question) != 0)
        return; /* a signal came, or who asked is gone */
    memset(answer, 0, sizeof *answer);
    answer->id = question->id;
    decide(session);
    /* Where it does not wait any more there is nobody to answer. */
    if (seccomp_notify_id_valid(session->listener, question->id) == 0)
        seccomp_notify_respond(session->listener, answer);
}
