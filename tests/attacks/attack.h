/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the attacks: see attack.c. */
#ifndef TESTS_ATTACK_H
#define TESTS_ATTACK_H

/* An attack returns -1 with errno, or anything else when it has succeeded; args ends with NULL. */
struct attack {
    const char *name;
    int (*run)(char **args);
};

/* Each table ends with a row without a name. */
extern const struct attack attacks_on_files[], attacks_on_processes[], attacks_on_domains[];

/* Reads a byte of an open file, and closes it; fails with the errno of a file that could not be
 * opened. */
int read_open(int fd);

#endif
