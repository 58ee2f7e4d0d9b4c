/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --explain and --check print: one walk, in which each fact is said once, comes out as text or
 * as JSON.
 *
 * A document is sections, a section is rows, a row is values; each has the key that it bears in
 * JSON, and what only one of the two kinds shows is said so. Text is aligned and coloured on a
 * terminal alone (colours not where NO_COLOR is set), and is wrapped to 100 columns. JSON is one
 * object. In it a string is valid UTF-8 whatever the bytes are: one that is not has U+FFFD in
 * their place, and beside it stands KEY_hex with the bytes.
 */
#ifndef SHIM_DOCUMENT_H
#define SHIM_DOCUMENT_H

#include "layout.h"

struct document {
    bool json;
    bool aligned;        /* text for a terminal */
    bool coloured;       /* and in colours */
    bool comma;          /* JSON: something stands before the next value */
    const char *heading; /* text: what is to stand above the next row; or NULL */
    struct layout layout;
    struct output out;
};

/* Begins a document on standard output. */
void document_begin(struct document *doc, bool json, char *const envp[]);

/* Ends it. Returns 0, or -errno when it could not be written. */
int document_end(struct document *doc);

/* Begins a section: in JSON an array of rows, or, when it always is one, that object; in text a
 * heading, if there are rows. */
void document_section(struct document *doc, const char *key, const char *heading, bool one);

/* Ends it. */
void document_section_end(struct document *doc, bool one);

/* A heading, for text alone, for those of the rows of a section that follow. */
void document_heading(struct document *doc, struct span heading);

/* Begins and ends a row, which is a line of text. That of a section of one row is a row too. */
void document_row(struct document *doc);
void document_row_end(struct document *doc);

/* In text, goes on on a line of its own. */
void document_row_break(struct document *doc);

/* A value: a string. In text it is padded to so many columns on a terminal; 0: to none. */
void document_string(struct document *doc, const char *key, struct span value, size_t width);

/* The same that JSON alone shows. */
void document_hidden(struct document *doc, const char *key, struct span value);

/* A number, and whether something is so, which JSON alone shows. */
void document_number(struct document *doc, const char *key, unsigned long value);
void document_flag(struct document *doc, const char *key, bool value);

/* What is not known, in JSON. */
void document_null(struct document *doc, const char *key);

/* A list of strings: document_item between its begin and its end. In text they are words. */
void document_list(struct document *doc, const char *key);
void document_item(struct document *doc, struct span item);
void document_list_end(struct document *doc);

/* A value: that of a variable, which text wraps behind the separators of a list where there is no
 * room for all of it. */
void document_value(struct document *doc, const char *key, struct span value);

/* A value: a sentence, which text wraps between its words. */
void document_sentence(struct document *doc, const char *key, const char *sentence);

/* Words for text alone, wrapped between them. */
void document_say(struct document *doc, const char *words);

/* Words and a number, for text alone. */
void document_say_number(struct document *doc, unsigned long value);

/* What follows in text is shown in a colour until document_plain. */
enum document_colour { COLOUR_BOLD = 1, COLOUR_RED = 31, COLOUR_GREEN = 32, COLOUR_YELLOW = 33 };
void document_colour(struct document *doc, enum document_colour colour);
void document_plain(struct document *doc);

#endif
