/* SPDX-License-Identifier: Apache-2.0 */
/* Values: words, booleans, names of protections, and the nearest name to a mistyped one. */
#ifndef ENV_VALUE_H
#define ENV_VALUE_H

#include "policy.h"

/* The names of the protections, in the order of enum protection, and NULL. */
extern const char *const protection_names[PROTECTIONS + 1];

/* What one of the three lists of protections says. */
struct protection_list {
    protection_set named;
    bool all; /* the word "all" stands in it */
};

/* Takes the next word off *rest into *word. Words are separated by commas and white space.
 * Returns whether there was one. */
bool word_next(struct span *rest, struct span *word);

/* Reads one of 1 0 true false yes no on off, in any case, into *out.
 * Returns NULL, or the reason; *out is written only on success. */
const char *boolean_parse(struct span value, bool *out);

/* Reads names of protections ("-" for "_", any case, "all") into *out.
 * Returns NULL, or the reason, with the entry and the nearest name in *fault. */
const char *protections_parse(struct span value, struct protection_list *out, struct fault *fault);

/* The name that word was most likely meant to be (an edit distance, case aside). The names are
 * those at *first and every stride bytes after it, up to a NULL; there is at least one. Only the
 * first 63 bytes of word count. */
struct span name_nearest(struct span word, const char *const *first, size_t stride);

#endif
