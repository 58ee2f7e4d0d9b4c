/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to standard output, gathered and written in pieces; and how JSON has it. */
#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include "text.h"

struct output {
    int error; /* -errno of the first write that failed, or 0; nothing is written after it */
    size_t len;
    char at[TEXT_MAX];
};

/* Writes what is still to be written. */
void output_flush(struct output *out);

/* Adds a byte, a string, n in decimal, a byte as two digits. */
void output_byte(struct output *out, char c);
void output_put(struct output *out, const char *s);
void output_number(struct output *out, unsigned long n);
void output_hex(struct output *out, unsigned char c);

/* Adds bytes as a string of JSON (RFC 8259), with U+FFFD for what is no UTF-8. Returns whether all
 * of it is. */
bool output_json(struct output *out, struct span bytes);

#endif
