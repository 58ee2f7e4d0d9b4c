/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

#include "inspect.h"
#include "sys.h"

#include <unistd.h> /* STDOUT_FILENO */

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

/* --- both --- */

void document_begin(struct document *doc, bool json, char *const envp[])
{
    doc->json = json;
    doc->aligned = !json && sys_is_terminal(STDOUT_FILENO);
    doc->coloured = doc->aligned;
    for (; *envp != NULL; envp++)
        if ((span_starts(span_of(*envp), "NO_COLOR=") && (*envp)[sizeof "NO_COLOR=" - 1] != '\0') ||
            strcmp(*envp, "TERM=dumb") == 0)
            doc->coloured = false;
    doc->out.error = 0;
    doc->out.len = 0;
    doc->layout = (struct layout){.out = &doc->out};
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
    doc->layout.indent = LAYOUT_INDENT;
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
    layout_line(&doc->layout);
    doc->heading = NULL;
}

void document_heading(struct document *doc, struct span heading)
{
    if (doc->json)
        return;
    text_heading(doc);
    doc->layout.indent = LAYOUT_INDENT;
    layout_indent(&doc->layout, false);
    layout_word(&doc->layout, heading);
    layout_line(&doc->layout);
    doc->layout.indent = 2 * LAYOUT_INDENT;
}

void document_row(struct document *doc)
{
    if (doc->json) {
        put_key(doc, NULL);
        open_bracket(doc, "\n{");
        return;
    }
    text_heading(doc);
    layout_indent(&doc->layout, false);
}

void document_row_end(struct document *doc)
{
    if (doc->json)
        close_bracket(doc, "}");
    else
        layout_line(&doc->layout);
}

void document_row_break(struct document *doc)
{
    if (doc->json)
        return;
    layout_line(&doc->layout);
    layout_indent(&doc->layout, false);
}

void document_string(struct document *doc, const char *key, struct span value, size_t width)
{
    if (doc->json) {
        json_string(doc, key, value);
        return;
    }
    size_t columns = layout_columns(value);
    layout_word(&doc->layout, value);
    if (doc->aligned && columns < width && doc->layout.column + width - columns <= LAYOUT_WIDTH)
        layout_spaces(&doc->layout, width - columns);
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

void document_null(struct document *doc, const char *key)
{
    if (!doc->json)
        return;
    put_key(doc, key);
    output_put(&doc->out, "null");
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
            layout_word(&doc->layout, word);
        words += word.len + (words[word.len] != '\0');
    }
}

void document_value(struct document *doc, const char *key, struct span value)
{
    document_hidden(doc, key, value);
    if (!doc->json && doc->layout.column + 1 + layout_columns(value) <= LAYOUT_WIDTH &&
        memchr(value.at, '\n', value.len) == NULL) {
        layout_word(&doc->layout, value);
        return;
    }
    while (!doc->json && value.len > 0) {
        size_t len = 0;
        while (len < value.len && strchr(": \n\t,", value.at[len]) == NULL)
            len += value.at[len] == '\\' && len + 1 < value.len ? 2 : 1;
        size_t shown = len + (len < value.len && (value.at[len] == ':' || value.at[len] == ','));
        if (shown > 0)
            layout_word(&doc->layout, (struct span){value.at, shown});
        len += len < value.len;
        value.at += len, value.len -= len;
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
        layout_word(&doc->layout, (struct span){digits.at, digits.len});
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
