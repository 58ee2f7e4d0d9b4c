/* SPDX-License-Identifier: Apache-2.0 */
/* A library for LD_AUDIT, which runs before any other: it reads the file that READS names, and ends
 * the program when it may. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

unsigned la_version(unsigned version);

unsigned la_version(unsigned version)
{
    const char *path = getenv("READS");
    char byte;
    if (path != NULL && read(open(path, O_RDONLY), &byte, 1) == 1)
        _exit(write(STDOUT_FILENO, "OK\n", 3) == 3 ? 0 : 1);
    return version;
}
