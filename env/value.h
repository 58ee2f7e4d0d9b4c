/* SPDX-License-Identifier: Apache-2.0 */
/* Values: words, booleans, choices, numbers, and the nearest name to a mistyped one. */
#ifndef ENV_VALUE_H
#define ENV_VALUE_H

#include "policy.h"

/* Several strings in one: each ended by '\0', and after the last an empty one. (Tables here are
 * made of these, of arrays and of offsets, for a pointer would be work for the loader at every
 * start.) This is the one at a place, from 0 on, at which there is one. */
const char *string_at(const char *strings, unsigned place);

/* The names of what SANDLOCK_SECCOMP and SANDLOCK_SECCOMP_ACTION can say, in the order of their
 * enums. */
extern const char filter_modes[];
extern const char filter_actions[];

/* Takes the next word off *rest into *word. Words are separated by commas and white space.
 * Returns whether there was one. */
bool word_next(struct span *rest, struct span *word);

/* Whether word is name, in any case and with '-' for '_'. */
bool name_equal(struct span word, const char *name);

/* Reads one of several names into *out, as its place among them. Returns whether it is one. */
bool choice_parse(struct span value, const char *names, unsigned *out);

/* Reads one of 1 0 true false yes no on off, in any case, into *out.
 * Returns NULL, or the reason; *out is written only on success. */
const char *boolean_parse(struct span value, bool *out);

/* What is wrong with a number or a range of numbers. */
enum range_fault { RANGE_GOOD, RANGE_NO_NUMBER, RANGE_TOO_LARGE, RANGE_BACKWARDS };

/* Reads "N" or "N-M", decimal and at most max, into *low and *high, which are written only on
 * success. */
enum range_fault range_parse(struct span text, unsigned max, unsigned *low, unsigned *high);

/* Checks a list of descriptors, "3,7-9". Returns NULL, or the reason with the entry in *fault. */
const char *fds_parse(struct span list, struct fault *fault);

/* Some descriptors in a row. */
struct fd_range {
    unsigned low, high;
};

enum { FD_RANGES = 512 };

/* Finds the ranges of a checked list that reach from or more: FD_RANGES of them, or all when they
 * are fewer, those that begin lowest. Writes them in the order in which they begin, and returns how
 * many they are. What lies behind them in ranges is of no use. */
size_t fds_lowest(struct span list, unsigned from, struct fd_range ranges[static FD_RANGES]);

/* The highest number that a GPU can have: that of a minor device number of the driver's. */
enum { GPU_MAX = 255 };

/* Checks GPUs: "all", or a list of numbers up to GPU_MAX. Returns NULL, or the reason with the
 * entry in *fault. */
const char *gpus_parse(struct span list, struct fault *fault);

/* The name that a word was most likely meant to be (an edit distance, case aside), of those that
 * are offered one by one. Only the first 63 bytes of the word count. */
struct nearest {
    struct span word;
    struct span name; /* the best so far; none before the first offer */
    size_t cost;
};
struct nearest nearest_to(struct span word);

/* Offers it a name. Returns whether it is the best so far. */
bool nearest_offer(struct nearest *nearest, const char *name);

/* The same of several names; there is at least one. */
struct span name_nearest(struct span word, const char *names);

#endif
