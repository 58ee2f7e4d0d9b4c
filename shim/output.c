/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include "sys.h"

#include <unistd.h> /* STDOUT_FILENO */

void output_flush(struct output *out)
{
    if (out->error == 0 && out->len > 0)
        out->error = sys_write_all(STDOUT_FILENO, out->at, out->len);
    out->len = 0;
}

void output_byte(struct output *out, char c)
{
    if (out->len == sizeof out->at)
        output_flush(out);
    out->at[out->len++] = c;
}

void output_put(struct output *out, const char *s)
{
    for (; *s != '\0'; s++)
        output_byte(out, *s);
}

void output_number(struct output *out, unsigned long n)
{
    struct text digits;
    digits.len = 0;
    text_number(&digits, n);
    for (size_t i = 0; i < digits.len; i++)
        output_byte(out, digits.at[i]);
}

void output_hex(struct output *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    output_byte(out, hex[c >> 4]);
    output_byte(out, hex[c & 15]);
}

bool output_json(struct output *out, struct span bytes)
{
    bool valid = true;
    output_byte(out, '"');
    for (size_t i = 0; i < bytes.len;) {
        unsigned char c = (unsigned char)bytes.at[i];
        size_t size = text_utf8(bytes.at + i, bytes.len - i);
        if (size == 0) {
            output_put(out, "\\ufffd");
            valid = false;
        } else if (c < 0x20) {
            output_put(out, "\\u00");
            output_hex(out, c);
        } else if (c == '"' || c == '\\') {
            output_byte(out, '\\');
            output_byte(out, (char)c);
        } else {
            for (size_t j = 0; j < size; j++)
                output_byte(out, bytes.at[i + j]);
        }
        i += size > 0 ? size : 1;
    }
    output_byte(out, '"');
    return valid;
}
