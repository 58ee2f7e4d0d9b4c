/* SPDX-License-Identifier: Apache-2.0 */
/* The protections: their names, and what the three lists of them come to. */
#ifndef ENV_PROTECTIONS_H
#define ENV_PROTECTIONS_H

#include "policy.h"

/* The name of a protection. */
const char *protection_name(enum protection p);

/* What one of the three lists of protections says. */
struct protection_list {
    protection_set named;
    bool all; /* the word "all" stands in it */
};

/* Reads names of protections ("-" for "_", any case, "all") into *out.
 * Returns NULL, or the reason, with the entry and the nearest name in *fault. */
const char *protections_parse(struct span value, struct protection_list *out, struct fault *fault);

/* Holds the three lists, by wish, against each other, and writes what the policy wishes of each
 * protection. A name beats "all". Returns NULL, or the reason, with the variable and the entry in
 * *fault. */
const char *protections_settle(const struct protection_list *lists, struct policy *policy,
                               struct fault *fault);

#endif
