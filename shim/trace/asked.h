/* SPDX-License-Identifier: Apache-2.0 */
/* A system call that the kernel asks about, while whoever makes it waits. */
#ifndef TRACE_ASKED_H
#define TRACE_ASKED_H

#include "advice.h"
#include "calls.h"
#include "resolve.h"
#include "terms.h"

struct asked {
    const struct terms *terms;
    struct target target;
    const struct call_row *row; /* NULL: none of those that are looked at */
    uint64_t id;                /* the kernel's number for it, */
    int listener;               /* and where it asks */
    bool logged;                /* what is denied is allowed, and logged: SANDLOCK_SECCOMP_ACTION */
    const struct file *inherited; /* what was open before the program was confined */
    size_t inherited_count;
    const char *name; /* of the program, where the process does not have it yet; or NULL */
};

/* An argument of the call. */
uint64_t asked_argument(const struct asked *asked, int n);

/* Whether a file was open before the program was confined: what was opened then may be done to. */
bool asked_inherited(const struct asked *asked, const struct file *file);

/* Says that the target cannot be looked into, once for each process. */
void asked_blind(const struct asked *asked);

/* Reports that something is denied, unless the target is gone meanwhile: what was tried, as
 * printf(3) has it, and what would grant it. */
void asked_denied(const struct asked *asked, const struct advice *advice, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What Landlock decides: each looks at one kind of call, and reports what will be denied. */
void judge_open(const struct asked *asked);
void judge_execute(const struct asked *asked);
void judge_truncate(const struct asked *asked);
void judge_ioctl(const struct asked *asked);
void judge_make(const struct asked *asked);   /* mkdir, mknod, symlink */
void judge_remove(const struct asked *asked); /* unlink, rmdir */
void judge_refer(const struct asked *asked);  /* rename, link */
void judge_socket(const struct asked *asked); /* connect, bind, send */
void judge_signal(const struct asked *asked);

/* What the filter decides: reports it. */
void judge_gate(const struct asked *asked, enum gate gate);
void judge_name(const struct asked *asked);

#endif
