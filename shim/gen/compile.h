/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the table of gates to the instructions of the filter.
 *
 * libseccomp knows the numbers (calls.c), and could compile them, too: but one by one, and with
 * neither ranges nor weights (ranges.h). Its filter for the same gates is a quarter longer, and
 * takes half as many steps again for a number, which is a good part of what a start costs. That
 * both answer alike, tests/unit/test_generate.c asks it.
 */
#ifndef GEN_COMPILE_H
#define GEN_COMPILE_H

#include "calls.h"
#include "program.h"

/* Compiles all gates for a target, each with its placeholder, into *to, PROGRAM_MAX
 * instructions. Returns how many it has; ends the process when anything is not as it has to be. */
size_t compile(const struct target *target, const struct call *calls, size_t calls_len,
               struct sock_filter *to);

#endif
