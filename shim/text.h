/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a bounded length, put together without stdio: what does not fit is left out. */
#ifndef SHIM_TEXT_H
#define SHIM_TEXT_H

#include "../env/policy.h"

/* One write(2) of no more than PIPE_BUF bytes, which is that, comes out of a pipe in one piece
 * (pipe(7)). */
enum { TEXT_MAX = 4096 };

struct text {
    size_t len;
    char at[TEXT_MAX];
};

/* Appends s. */
void text_put(struct text *text, const char *s);

/* Appends bytes as they are. */
void text_span(struct text *text, struct span bytes);

/* Ends the line; there is always room for that. */
void text_end(struct text *text);

/* Appends n in decimal. */
void text_number(struct text *text, unsigned long n);

/* Appends bytes for a terminal to show: what is not printable is escaped, as "\x1b" or "\n", and of
 * more than 200 bytes the rest is "...". */
void text_escaped(struct text *text, struct span bytes);

/* How many bytes from at on, of len that there are, are one character of UTF-8; 0: none is. */
size_t text_utf8(const char *at, size_t len);

/* The same, where a terminal would show it as it is. */
size_t text_printable(const char *at, size_t len);

#endif
