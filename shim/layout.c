/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include "text.h"

void layout_line(struct layout *at)
{
    output_byte(at->out, '\n');
    at->column = 0;
}

void layout_spaces(struct layout *at, size_t count)
{
    for (at->column += count; count > 0; count--)
        output_byte(at->out, ' ');
}

void layout_indent(struct layout *at, bool more)
{
    layout_spaces(at, at->indent + (more ? 2 * LAYOUT_INDENT : 0));
    at->gap = false;
}

size_t layout_columns(struct span bytes)
{
    size_t columns = 0;
    for (size_t i = 0; i < bytes.len;) {
        size_t size = text_printable(bytes.at + i, bytes.len - i);
        columns += size > 0 ? 1 : bytes.at[i] == '\n' ? 2 : 4;
        i += size > 0 ? size : 1;
    }
    return columns;
}

void layout_word(struct layout *at, struct span word)
{
    size_t columns = layout_columns(word);
    if (at->gap && at->column + 1 + columns > LAYOUT_WIDTH) {
        layout_line(at);
        layout_indent(at, true);
    }
    if (at->gap)
        layout_spaces(at, 1);
    at->gap = true;
    for (size_t i = 0; i < word.len;) {
        size_t size = text_printable(word.at + i, word.len - i);
        if (size == 0 && word.at[i] == '\n') {
            output_put(at->out, "\\n");
        } else if (size == 0) {
            output_put(at->out, "\\x");
            output_hex(at->out, (unsigned char)word.at[i]);
        }
        for (size_t j = 0; j < size; j++)
            output_byte(at->out, word.at[i + j]);
        i += size > 0 ? size : 1;
    }
    at->column += columns;
}
