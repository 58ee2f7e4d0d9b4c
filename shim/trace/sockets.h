/* SPDX-License-Identifier: Apache-2.0 */
/* UNIX sockets that were made inside, which everybody inside may connect to. */
#ifndef TRACE_SOCKETS_H
#define TRACE_SOCKETS_H

#include <stdbool.h>
#include <sys/types.h>

/* Notes that one of a name is about to be made inside: a path, or an abstract name with '@' for
 * each '\0'. */
void socket_note(const char *name);

/* Whether it was. */
bool socket_noted(const char *name);

/* Whether there is an abstract one of this name, as a process sees it (proc(5), net/unix). Those
 * that the kernel has named itself, which nobody was seen to make, are none. */
bool socket_listens(pid_t tid, const char *name);

#endif
