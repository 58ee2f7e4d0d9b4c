/* SPDX-License-Identifier: Apache-2.0 */
/* What is told: a line for each thing that is denied, when it is for the first time, and at the end
 * the settings that would grant them all. */
#ifndef TRACE_REPORT_H
#define TRACE_REPORT_H

#include "advice.h"

#include <sys/types.h>

/* Opens what it is told to: FILE, or standard error where that is NULL. */
void report_open(const char *file);

/* Says a line of its own. */
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether it was said that a program was denied this. Notes that it was. */
bool report_known(const char *name, const char *what, const struct advice *advice);

/* Says that a process was denied it. */
void report_denied(const char *name, pid_t pid, const char *what, bool logged,
                   const struct advice *advice);

/* Says what to add, if anything was denied. */
void report_summary(void);

#endif
