/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of SANDLOCK_CONFIG: variables that the environment does not set.
 *
 * Each line is empty, a comment that begins with '#', or NAME=VALUE, all of them trimmed of white
 * space; there are no quotes and no escapes but those of path lists. A list that is set again goes
 * on: its pieces are joined by newlines, which separate the entries of every list, so that what
 * reads a value sees one span, as it does of the environment.
 */
#ifndef ENV_CONFIG_H
#define ENV_CONFIG_H

#include "policy.h"
#include "vars.h"

/* A file that was read. Whoever reads it sets all but the values. */
struct config {
    struct span name; /* its path; .at is NULL where there is no file, and no more is of use */
    struct span text; /* its bytes */
    char *room;       /* for as many again: values are put together here */
    unsigned set;     /* the variables that the policy has of it; at first none */
    struct span values[VARIABLES]; /* of these */
};

/* Reads the lines, and writes the values. What they mean is not looked into. Takes as long as the
 * text is, whatever stands in it. Returns NULL, or the reason, with what it is about in *fault;
 * these are written only on success. */
const char *config_parse(struct config *config, struct fault *fault);

/* The line in which at lies, be it in the text or in a value; 0 where it is in neither. */
unsigned config_line_of(const struct config *config, const char *at);

/* A place in the file: before all lines, or behind the one of this number. */
struct config_place {
    size_t offset;
    unsigned line;
};

/* The next line behind place that sets a variable which the policy has of the file, and moves place
 * behind it; 0 where there is none. */
unsigned config_line_setting(const struct config *config, struct span name,
                             struct config_place *place);

/* Finds out where in the file a fault is, and writes that into it; nothing where it is not there or
 * there is no file. */
void config_locate(const struct config *config, struct fault *fault);

#endif
