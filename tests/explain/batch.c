/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch: tries many things in one process, which is confined, and prints on a line of its own what
 * came of each: "OK" or the name of the error, of some operations behind a number.
 *
 * On standard input stand strings, each ended by '\0': the name of an operation and its arguments,
 * of which each operation has its own count, and again. All are read before the first is tried.
 */
#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct row {
    const char *name;
    int count;
    operation *run;
} rows[] = {
    {"read", 1, op_read},
    {"list", 1, op_list},
    {"write", 1, op_write},
    {"open-truncate", 1, op_open_truncate},
    {"truncate", 1, op_truncate},
    {"file", 1, op_file},
    {"directory", 1, op_directory},
    {"link", 1, op_link},
    {"pipe", 1, op_pipe},
    {"socket", 1, op_socket},
    {"device", 1, op_device},
    {"remove", 1, op_remove},
    {"remove-directory", 1, op_remove_directory},
    {"rename", 2, op_rename},
    {"hard-link", 2, op_hard_link},
    {"ioctl", 1, op_ioctl},
    {"execute", 1, op_execute},
    {"connect_tcp", 1, op_connect_tcp},
    {"connect_tcp6", 1, op_connect_tcp6},
    {"bind_tcp", 1, op_bind_tcp},
    {"connect_udp", 1, op_connect_udp},
    {"bind_udp", 1, op_bind_udp},
    {"connect", 1, op_connect},
    {"signal", 1, op_signal},
    {"no-new-privs", 0, op_no_new_privs},
    {"core", 0, op_core},
    {"environment", 0, op_environment},
    {"descriptors", 0, op_descriptors},
};

/* Takes an operation and its arguments off the strings that end at end, and tries it. Returns what
 * stands behind them. */
static char *try(char *at, const char *end)
{
    char *args[3] = {NULL, NULL, NULL};
    const struct row *row = rows, *last = rows + sizeof rows / sizeof *rows;
    while (row < last && strcmp(row->name, at) != 0)
        row++;
    if (row == last)
        exit(2);
    at += strlen(at) + 1;
    for (int i = 0; i < row->count && at < end; i++, at += strlen(at) + 1)
        args[i] = at;
    puts(row->run(args) < 0 ? strerrorname_np(errno) : "OK");
    return at;
}

int main(void)
{
    static char input[1 << 20];
    size_t len = fread(input, 1, sizeof input - 1, stdin);
    umask(0);
    for (char *at = input; at < input + len;)
        at = try(at, input + len);
    return 0;
}
