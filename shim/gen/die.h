/* SPDX-License-Identifier: Apache-2.0 */
/* The end of the generator, and of the build, when something is not as it has to be. */
#ifndef GEN_DIE_H
#define GEN_DIE_H

#include <stdio.h>
#include <stdlib.h>

#define die(...)                                                                                   \
    do {                                                                                           \
        fputs("generate: ", stderr);                                                               \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fputc('\n', stderr);                                                                       \
        exit(1);                                                                                   \
    } while (0)

#endif
