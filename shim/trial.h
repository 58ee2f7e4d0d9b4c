/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trial: something done for real in a child process, so that the kernel itself says what comes of
 * it, while this process stays as it is.
 */
#ifndef SHIM_TRIAL_H
#define SHIM_TRIAL_H

#include "text.h"

enum trial_end {
    TRIAL_EXITED,    /* it ended with a status */
    TRIAL_KILLED,    /* it was ended by a signal */
    TRIAL_EXECUTED,  /* it executed a program, and was ended before that did anything */
    TRIAL_IMPOSSIBLE /* there is no child: what was said is why */
};

struct trial {
    enum trial_end end;
    int code;         /* the exit status, or the signal */
    struct text said; /* the last line that it said on stderr; may be empty */
};

/* Runs body in a child, and waits until it ends: with body, when that returns (status 0), with the
 * process, or when a program is executed. traced says whether that last is watched for; where it is
 * not (ptrace(2) is denied), body must not execute any. Returns 0, or -errno with *fault filled in.
 */
int trial_run(void (*body)(void *context, bool traced), void *context, struct trial *trial,
              struct fault *fault);

/* The same; where no child can be made, that is its end. */
void trial_run_or_say(void (*body)(void *context, bool traced), void *context, struct trial *trial);

/* The line that it said, without its end; that there was none, where it is the end that tells. */
const char *trial_line(struct trial *trial);

#endif
