/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of system call numbers, each with the place in a program where it is answered, and the
 * search among them.
 *
 * The kernel runs a filter for every number that there is when it is loaded, to know those that it
 * allows whatever their arguments, so both count at every start: how many instructions there are,
 * and how many are run for a number that is allowed.
 */
#ifndef GEN_RANGES_H
#define GEN_RANGES_H

#include "program.h"

enum { RANGES_MAX = 256 };

/* The numbers from first to the one before the next range's first, or to the last of all. */
struct range {
    uint32_t first;
    size_t place;    /* where they are answered */
    unsigned weight; /* how often they are asked for, against an instruction: see ranges.c */
};

struct ranges {
    struct range at[RANGES_MAX]; /* by number, the first from 0 on */
    size_t len;
};

/* Adds a range behind those that there are, or to the last one where that has the same place. */
void ranges_add(struct ranges *ranges, uint32_t first, size_t place, unsigned weight);

/* Puts the search for the number that is loaded in front of the program: with the least cost, of
 * all trees of comparisons with bounds whose leaves are ranges, or runs of ranges in which single
 * numbers are compared for one after another. Returns its place. */
size_t ranges_search(const struct ranges *ranges, struct program *program);

#endif
