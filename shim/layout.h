/* SPDX-License-Identifier: Apache-2.0 */
/* Words on lines: indented, wrapped to a width, and shown so that a terminal does nothing else. */
#ifndef SHIM_LAYOUT_H
#define SHIM_LAYOUT_H

#include "output.h"

enum { LAYOUT_WIDTH = 100, LAYOUT_INDENT = 2 };

struct layout {
    struct output *out;
    size_t indent; /* of lines that begin something; those that go on have 4 more */
    size_t column; /* how far the line has got */
    bool gap;      /* a blank is due before the next word */
};

/* Ends the line. */
void layout_line(struct layout *at);

/* Begins one; more: it goes on with what the one before has begun. */
void layout_indent(struct layout *at, bool more);

/* Adds blanks. */
void layout_spaces(struct layout *at, size_t count);

/* Adds a word, behind a blank or, where there is no room for it, on the next line. What is not
 * printable is escaped. */
void layout_word(struct layout *at, struct span word);

/* How many columns they take, more or less: wide characters are counted as others are. */
size_t layout_columns(struct span bytes);

#endif
