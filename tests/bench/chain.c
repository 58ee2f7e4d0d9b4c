/* SPDX-License-Identifier: Apache-2.0 */
/* chain COUNT: executes itself COUNT times, one behind the other. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char rest[24];
    long count = argc > 1 ? atol(argv[1]) : 0;
    if (count <= 0)
        return 0;
    snprintf(rest, sizeof rest, "%ld", count - 1);
    execv(argv[0], (char *[]){argv[0], rest, NULL});
    return 2;
}
