/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that no start makes, but --explain and --check do.
 *
 * An int is 0 or more on success and -errno on failure, as in sys.h.
 */
#ifndef SHIM_INSPECT_H
#define SHIM_INSPECT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether fd is a terminal (TCGETS(2const)). */
bool sys_is_terminal(int fd);

/* Writes the path of the file that fd stands for, as /proc has it and ended by '\0', into path.
 * Returns its length. -ENOENT: there is no /proc; -ENAMETOOLONG: it does not fit. */
int sys_path_of(int fd, char path[static PATH_MAX]);

/* The type of the file that fd stands for, as in st_mode (inode(7)). */
int sys_type_of(int fd);

/* Writes the release of the kernel (uname(2)) into release, ended by '\0'. */
enum { RELEASE_MAX = 65 };
int sys_release(char release[static RELEASE_MAX]);

/* The Landlock errata that the kernel has fixed, one bit for each (landlock_create_ruleset(2),
 * LANDLOCK_CREATE_RULESET_ERRATA). -EINVAL before Linux 6.15. */
int sys_landlock_errata(void);

/* A pipe (pipe2(2)), both ends closed on exec. */
int sys_pipe(int ends[static 2]);

/* Makes to another descriptor of what fd stands for, closed on exec (dup3(2)). */
int sys_duplicate(int fd, int to);

/* A child that has a copy of this process, as fork(2) makes one: 0 in the child, its process ID
 * here. No signal tells of its end, so that nobody but sys_wait can take its status. */
int sys_fork(void);

/* Waits until the child has ended or stopped; returns its status as wait(2) has it. */
int sys_wait(int pid);

/* Traces a child, so that it stops when it has executed a program, before that does anything; and
 * ends with this process (ptrace(2): PTRACE_SEIZE, PTRACE_O_TRACEEXEC, PTRACE_O_EXITKILL). */
int sys_trace(int pid);

/* Lets a child that is traced and has stopped go on, with a signal or 0 (PTRACE_CONT). */
int sys_continue(int pid, int signal);

/* Ends a child by SIGKILL. */
int sys_kill(int pid);

/* Whether a file can be opened, for writing or for reading: 0, or -errno. It is closed again. */
int sys_try_open(const char *path, bool writing);

#endif
