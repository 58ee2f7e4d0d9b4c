/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

enum { ESCAPED_MAX = 200 };
_Static_assert(2 * 4 * ESCAPED_MAX + 256 <= TEXT_MAX, "two entries, all escaped, and the reason");

static void put(struct text *text, char c)
{
    if (text->len < sizeof text->at - 1) /* the last one is text_end's */
        text->at[text->len++] = c;
}

void text_span(struct text *text, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        put(text, bytes.at[i]);
}

void text_put(struct text *text, const char *s)
{
    text_span(text, span_of(s));
}

void text_end(struct text *text)
{
    text->at[text->len++] = '\n';
}

void text_number(struct text *text, unsigned long n)
{
    char digits[3 * sizeof n + 1], *at = digits + sizeof digits;
    *--at = '\0';
    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    text_put(text, at);
}

/* Whether byte i would move the cursor or worse: C0, DEL, and C1 as UTF-8 has it (C2 80 to 9F). */
static bool is_control(struct span bytes, size_t i)
{
    unsigned char c = (unsigned char)bytes.at[i];
    if (c < 0x20 || c == 0x7f)
        return true;
    return c >= 0x80 && c < 0xa0 && i > 0 && (unsigned char)bytes.at[i - 1] == 0xc2;
}

void text_escaped(struct text *text, struct span bytes)
{
    static const char hex[] = "0123456789abcdef";
    size_t shown = bytes.len < ESCAPED_MAX ? bytes.len : ESCAPED_MAX;
    for (size_t i = 0; i < shown; i++) {
        char c = bytes.at[i];
        if (c == '\n') {
            text_put(text, "\\n");
        } else if (is_control(bytes, i)) {
            text_put(text, "\\x");
            put(text, hex[(unsigned char)c >> 4]);
            put(text, hex[c & 15]);
        } else {
            put(text, c);
        }
    }
    if (shown < bytes.len)
        text_put(text, "...");
}
