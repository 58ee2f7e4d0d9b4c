/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of sandlock's Sandbox that are not offered here, and why. */
#ifndef ENV_FIELDS_H
#define ENV_FIELDS_H

#include "policy.h"

struct field {
    const char *name; /* as a variable */
    const char *reason;
};

/* All of them; the last one has no name. */
extern const struct field fields_not_offered[];

/* Why the field called name is not offered; NULL when it is none of these. */
const char *field_reason(struct span name);

#endif
