/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

enum { ESCAPED_MAX = 200 };
_Static_assert(4 * 4 * ESCAPED_MAX + 512 <= TEXT_MAX,
               "a file, an entry and two words, all of them escaped, leave room for the reason");

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

size_t text_utf8(const char *at, size_t len)
{
    const unsigned char *c = (const unsigned char *)at;
    if (*c < 0x80)
        return 1;
    size_t size = *c >= 0xf0 ? 4 : *c >= 0xe0 ? 3 : 2;
    if (*c < 0xc2 || *c > 0xf4 || size > len)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool surrogate = c[0] == 0xed && c[1] >= 0xa0, beyond = c[0] == 0xf4 && c[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : size;
}

/* C1 and the marks that turn the direction of a line are not printable: they make a terminal show
 * something else than what is there. */
size_t text_printable(const char *at, size_t len)
{
    const unsigned char *c = (const unsigned char *)at;
    size_t size = text_utf8(at, len);
    if (size == 1)
        return *c >= 0x20 && *c != 0x7f;
    bool c1 = size == 2 && ((c[0] == 0xc2 && c[1] < 0xa0) || (c[0] == 0xd8 && c[1] == 0x9c));
    bool format = size == 3 && c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0x8b) || c[1] == 0x81);
    return c1 || format ? 0 : size;
}

void text_escaped(struct text *text, struct span bytes)
{
    static const char hex[] = "0123456789abcdef";
    size_t shown = bytes.len < ESCAPED_MAX ? bytes.len : ESCAPED_MAX;
    for (size_t i = 0; i < shown;) {
        unsigned char c = (unsigned char)bytes.at[i];
        size_t size = text_printable(bytes.at + i, bytes.len - i);
        if (size > 0) {
            text_span(text, (struct span){bytes.at + i, size});
        } else if (c == '\n') {
            text_put(text, "\\n");
        } else {
            text_put(text, "\\x");
            put(text, hex[c >> 4]);
            put(text, hex[c & 15]);
        }
        i += size > 0 ? size : 1;
    }
    if (shown < bytes.len)
        text_put(text, "...");
}
