/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of batch.c. */
#ifndef TESTS_BATCH_H
#define TESTS_BATCH_H

/* An operation returns -1 with errno, or 0. Each needs what its comment says and no other right, so
 * that none hides another. */
typedef int operation(char *const args[]);

operation op_read, op_list, op_write, op_open_truncate, op_truncate, op_file, op_directory, op_link,
    op_pipe, op_socket, op_device, op_remove, op_remove_directory, op_rename, op_hard_link,
    op_ioctl, op_execute, op_connect_tcp, op_connect_tcp6, op_bind_tcp, op_bind_udp, op_connect_udp,
    op_connect, op_signal, op_no_new_privs, op_core, op_environment, op_descriptors;

#endif
