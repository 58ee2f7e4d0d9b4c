/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

#include "inspect.h"
#include "sys.h"

#include <unistd.h> /* STDOUT_FILENO */

enum { WIDTH = 100, INDENT = 2 };

/* --- JSON --- */

/* Separates the next value from the one before, and names it, if it is not one of a list. */
static void put_key(struct document *doc, const char *key)
{
    if (doc->comma)
        output_byte(&doc->out, ',');
    doc->comma = true;
    if (key != NULL) {
        output_json(&doc->out, span_of(key));
        output_byte(&doc->out, ':');
    }
}

static void json_string(struct document *doc, const char *key, struct span value)
{
    put_key(doc, key);
    if (output_json(&doc->out, value) || key == NULL)
        return;
    output_put(&doc->out, ",\"");
    output_put(&doc->out, key);
    output_put(&doc->out, "_hex\":\"");
    for (size_t i = 0; i < value.len; i++)
        output_hex(&doc->out, (unsigned char)value.at[i]);
    output_byte(&doc->out, '"');
}

static void open_bracket(struct document *doc, const char *bracket)
{
    output_put(&doc->out, bracket);
    doc->comma = false;
}

static void close_bracket(struct document *doc, const char *bracket)
{
    output_put(&doc->out, bracket);
    doc->comma = true;
}

/* --- text --- */

static void text_line(struct document *doc)
{
    output_byte(&doc->out, '\n');
    doc->column = 0;
}

static void text_spaces(struct document *doc, size_t count)
{
    for (doc->column += count; count > 0; count--)
        output_byte(&doc->out, ' ');
}

/* Begins a line; one that goes on is indented more. */
static void text_indent(struct document *doc, bool more)
{
    text_spaces(doc, doc->indent + (more ? 2 * INDENT : 0));
    doc->gap = false;
}

/* How many columns bytes take, more or less: wide characters are counted as others are. */
static size_t columns_of(struct span bytes)
{
    size_t columns = 0;
    for (size_t i = 0, size; i<bytes.len; i += size> 0 ? size : 1) {
        size = text_printable(bytes.at + i, bytes.len - i);
        columns += size > 0 ? 1 : bytes.at[i] == '\n' ? 2 : 4;
    }
    return columns;
}

/* A word, at the beginning of a line, behind a blank, or on the next line. */
static void text_word(struct document *doc, struct span word)
{
    size_t columns = columns_of(word);
    if (doc->gap && doc->column + 1 + columns > WIDTH) {
        text_line(doc);
        text_indent(doc, true);
    }
    if (doc->gap)
        text_spaces(doc, 1);
    doc->gap = true;
    for (size_t i = 0; i < word.len;) {
        size_t size = text_printable(word.at + i, word.len - i);
        if (size == 0 && word.at[i] == '\n') {
            output_put(&doc->out, "\\n");
        } else if (size == 0) {
            output_put(&doc->out, "\\x");
            output_hex(&doc->out, (unsigned char)word.at[i]);
        }
        for (size_t j = 0; j < size; j++)
            output_byte(&doc->out, word.at[i + j]);
        i += size > 0 ? size : 1;
    }
    doc->column += columns;
}

/* --- both --- */

void document_begin(struct document *doc, bool json, char *const envp[])
{
    doc->json = json;
    doc->aligned = !json && sys_is_terminal(STDOUT_FILENO);
    doc->coloured = doc->aligned;
    for (; *envp != NULL; envp++)
        if (span_starts(span_of(*envp), "NO_COLOR=") && (*envp)[sizeof "NO_COLOR=" - 1] != '\0')
            doc->coloured = false;
    doc->out.error = 0;
    doc->column = doc->out.len = 0;
    if (json)
        open_bracket(doc, "{");
}

int document_end(struct document *doc)
{
    if (doc->json)
        output_put(&doc->out, "}\n");
    output_flush(&doc->out);
    return doc->out.error;
}

void document_section(struct document *doc, const char *key, const char *heading, bool one)
{
    if (doc->json) {
        put_key(doc, key);
        doc->comma = false;
        if (!one)
            open_bracket(doc, "[");
        return;
    }
    doc->heading = heading;
    doc->indent = INDENT;
}

void document_section_end(struct document *doc, bool one)
{
    if (doc->json && !one)
        close_bracket(doc, "]");
    doc->comma = true;
}

/* Writes the heading of the section, if that is still to be done. */
static void text_heading(struct document *doc)
{
    if (doc->heading == NULL)
        return;
    document_colour(doc, COLOUR_BOLD);
    output_put(&doc->out, doc->heading);
    document_plain(doc);
    text_line(doc);
    doc->heading = NULL;
}

void document_heading(struct document *doc, struct span heading)
{
    if (doc->json)
        return;
    text_heading(doc);
    doc->indent = INDENT;
    text_indent(doc, false);
    text_word(doc, heading);
    text_line(doc);
    doc->indent = 2 * INDENT;
}

void document_row(struct document *doc)
{
    if (doc->json) {
        put_key(doc, NULL);
        open_bracket(doc, "\n{");
        return;
    }
    text_heading(doc);
    text_indent(doc, false);
}

void document_row_end(struct document *doc)
{
    if (doc->json)
        close_bracket(doc, "}");
    else
        text_line(doc);
}

void document_string(struct document *doc, const char *key, struct span value, size_t width)
{
    if (doc->json) {
        json_string(doc, key, value);
        return;
    }
    size_t columns = columns_of(value);
    text_word(doc, value);
    if (doc->aligned && columns < width && doc->column + width - columns <= WIDTH)
        text_spaces(doc, width - columns);
}

void document_hidden(struct document *doc, const char *key, struct span value)
{
    if (doc->json)
        json_string(doc, key, value);
}

void document_number(struct document *doc, const char *key, unsigned long value)
{
    if (!doc->json)
        return;
    put_key(doc, key);
    output_number(&doc->out, value);
}

void document_flag(struct document *doc, const char *key, bool value)
{
    if (!doc->json)
        return;
    put_key(doc, key);
    output_put(&doc->out, value ? "true" : "false");
}

void document_list(struct document *doc, const char *key)
{
    if (!doc->json)
        return;
    put_key(doc, key);
    open_bracket(doc, "[");
}

void document_item(struct document *doc, struct span item)
{
    document_string(doc, NULL, item, 0);
}

void document_list_end(struct document *doc)
{
    if (doc->json)
        close_bracket(doc, "]");
}

void document_say(struct document *doc, const char *words)
{
    if (doc->json)
        return;
    while (*words != '\0') {
        struct span word = {words, strcspn(words, " ")};
        if (word.len > 0)
            text_word(doc, word);
        words += word.len + (words[word.len] != '\0');
    }
}

void document_sentence(struct document *doc, const char *key, const char *sentence)
{
    document_hidden(doc, key, span_of(sentence));
    document_say(doc, sentence);
}

void document_say_number(struct document *doc, unsigned long value)
{
    struct text digits = {.len = 0};
    text_number(&digits, value);
    if (!doc->json)
        text_word(doc, (struct span){digits.at, digits.len});
}

static void put_colour(struct document *doc, unsigned code)
{
    if (!doc->coloured)
        return;
    output_put(&doc->out, "\x1b[");
    output_number(&doc->out, code);
    output_byte(&doc->out, 'm');
}

void document_colour(struct document *doc, enum document_colour colour)
{
    put_colour(doc, colour);
}

void document_plain(struct document *doc)
{
    put_colour(doc, 0);
}
