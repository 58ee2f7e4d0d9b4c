/* SPDX-License-Identifier: Apache-2.0 */
/* The listener: each call that the kernel asks about is judged, and answered. */
#ifndef TRACE_NOTIFY_H
#define TRACE_NOTIFY_H

#include "file.h"
#include "terms.h"

#include <sys/types.h>

/* How far the program has come; so long it is not the program yet. */
enum phase {
    PHASE_START,    /* the child has yet to execute the shim, */
    PHASE_SHIM,     /* the shim to confine itself, */
    PHASE_CONFINED, /* and to execute the program */
    PHASE_RUNNING
};

struct session {
    const struct terms *terms;
    int listener;
    pid_t child;
    const char *program; /* its file name */
    enum phase phase;
    unsigned installed;     /* how many filters the shim believes it has installed */
    struct file *inherited; /* what the child had open at first */
    size_t inherited_count;
};

/* Prepares for asking. */
void notify_set_up(struct session *session);

/* Takes one question and answers it. Nothing is waited for. */
void notify_answer(struct session *session);

#endif
