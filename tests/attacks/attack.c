/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attack NAME [ARGUMENT...]: tries one way out, and prints "OK" or the name of the error.
 *
 * It exits with 0 whatever comes of it, so that a status other than 0 is the shim's or a crash.
 */
#include "attack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int read_open(int fd)
{
    char byte;
    if (fd < 0)
        return -1;
    int len = (int)read(fd, &byte, 1), error = errno;
    close(fd);
    errno = len == 0 ? ENODATA : error;
    return len == 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
    const struct attack *const tables[] = {attacks_on_files, attacks_on_processes,
                                           attacks_on_domains};
    for (size_t i = 0; argc > 1 && i < sizeof tables / sizeof *tables; i++)
        for (const struct attack *attack = tables[i]; attack->name != NULL; attack++)
            if (strcmp(attack->name, argv[1]) == 0) {
                errno = 0;
                puts(attack->run(argv + 2) < 0 ? strerrorname_np(errno) : "OK");
                return 0;
            }
    fprintf(stderr, "attack: no attack %s\n", argc > 1 ? argv[1] : "");
    return 2;
}
