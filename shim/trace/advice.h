/* SPDX-License-Identifier: Apache-2.0 */
/* Which setting would grant what was denied. */
#ifndef TRACE_ADVICE_H
#define TRACE_ADVICE_H

#include "terms.h"

struct advice {
    const char *variable;     /* NULL: no setting does */
    char entry[2 * PATH_MAX]; /* as it is to be written in a list */
    const char *preset;       /* the name of one that has it too, or NULL */
    const char *instead;      /* what there is to say besides, or NULL */
};

/* For rights on a path, as it is resolved. */
void advice_for_path(const struct terms *terms, uint64_t missing, const char *path,
                     struct advice *advice);

/* For a port. */
void advice_for_port(enum net_access access, unsigned port, struct advice *advice);

/* For a protection that allows no exception. */
void advice_for_protection(enum protection p, struct advice *advice);

/* For a gate that is closed. */
void advice_for_gate(const struct terms *terms, enum gate gate, struct advice *advice);

#endif
