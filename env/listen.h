/* SPDX-License-Identifier: Apache-2.0 */
/* Socket activation: the descriptors that systemd and its like pass to a process. */
#ifndef ENV_LISTEN_H
#define ENV_LISTEN_H

/* How many descriptors from 3 on envp passes to process pid by socket activation: LISTEN_FDS, when
 * LISTEN_PID is pid (sd_listen_fds(3)); else 0. */
unsigned listen_fds(char *const envp[], unsigned pid);

#endif
