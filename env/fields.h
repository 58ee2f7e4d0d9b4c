/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of sandlock's Sandbox that are not offered here, and why. */
#ifndef ENV_FIELDS_H
#define ENV_FIELDS_H

#include "policy.h"

/* All of them: the names of some, behind the prefix of variables and separated by blanks, and the
 * reason that is theirs, each ended by '\0'; after the last there is an empty name. (In one piece,
 * for a pointer to each would be work for the loader at every start.) */
extern const char fields_not_offered[];

/* The names behind those at fields. */
const char *field_next(const char *fields);

/* The reason for the names at fields. */
const char *field_reason_of(const char *fields);

/* Why the field that a variable is called after is not offered; NULL when it is none of these. */
const char *field_reason(struct span variable);

#endif
