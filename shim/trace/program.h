/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter that the tracer puts on the program in place of the shim's.
 *
 * It asks about each call that Landlock may deny, and about each that the shim's filter would. Of
 * the latter the tracer's answer is the gate's own error, and never to go on; so a call that a gate
 * closes fails whatever its arguments become, and when the tracer is gone it fails as well, with
 * ENOSYS. Only its gates make it different from the shim's: an error that the kernel gives by
 * itself nobody could observe, for of several filters the sternest answer counts (seccomp(2)).
 *
 * Nobody can take this one's place either: of two filters that ask, the newer would be asked
 * instead. So those that come with a listener of their own are refused, with EBUSY, which the
 * kernel does too for as long as the tracer is there.
 */
#ifndef TRACE_PROGRAM_H
#define TRACE_PROGRAM_H

#include "terms.h"

#include <linux/filter.h>

/* As many instructions as the kernel takes. */
enum { PROGRAM_MAX = BPF_MAXINSNS };

/* Writes the filter for some terms. Returns its length. */
size_t program_make(const struct terms *terms, struct sock_filter program[static PROGRAM_MAX]);

/* Installs it in this process. Returns its listener, or -errno. */
int program_install(const struct sock_filter *program, size_t len);

/* What the shim's filter does to a call. */
enum ruling {
    RULING_NONE, /* nothing */
    RULING_GATE, /* it is that of a closed gate */
    RULING_NAME, /* SANDLOCK_SECCOMP_DENY names it */
    RULING_MARK  /* it is the question for the mark, which is answered with 0 */
};
enum ruling program_ruling(const struct terms *terms, const struct seccomp_data *call,
                           enum gate *gate);

#endif
