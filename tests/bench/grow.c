/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grow paths|ports COUNT [FOLDER]: the floor of a policy that grants COUNT paths, FOLDER/0 and so
 * on, or COUNT ports from 1 on: the system calls that it takes, and no more.
 */
#include "../../shim/abi.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void must(long result)
{
    if (result < 0) {
        perror("grow");
        exit(2);
    }
}

static void grant_path(long ruleset, const char *folder, long i)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%ld", folder, i);
    int fd = open(path, O_PATH | O_CLOEXEC);
    must(fd);
    struct path_beneath_attr rule = {ACCESS_FS_READ, fd};
    must(syscall(445, ruleset, RULE_PATH_BENEATH, &rule, 0));
    must(close(fd));
}

static void grant_port(long ruleset, long port)
{
    struct net_port_attr rule = {ACCESS_NET_CONNECT_TCP, (unsigned long)port};
    must(syscall(445, ruleset, RULE_NET_PORT, &rule, 0));
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const struct ruleset_attr handled = {ACCESS_FS_READ, ACCESS_NET_CONNECT_TCP, 0};
    long ruleset = syscall(444, &handled, sizeof handled, 0);
    must(ruleset);
    for (long i = 0; i < atol(argv[2]); i++)
        if (strcmp(argv[1], "paths") == 0)
            grant_path(ruleset, argv[3], i);
        else
            grant_port(ruleset, i + 1);
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must(syscall(446, ruleset, 0));
    return 0;
}
