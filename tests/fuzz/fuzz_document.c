/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of whatever strings. What is written as JSON is read back by a reader of its own, which
 * knows RFC 8259 and nothing of the writer, and has to be the strings that went in. What is written
 * as text has nothing in it that a terminal would not show.
 *
 * The first byte says whether the text is for a terminal, and the strings stand behind it, ended by
 * NULs.
 */
#include "../../shim/document.h"
#include "../../shim/inspect.h"
#include "../../shim/sys.h"
#include "fuzz.h"

enum { ROWS = 8 };

static bool terminal;
static struct {
    size_t len;
    char at[1 << 20];
} written;

bool sys_is_terminal(int fd)
{
    return fd == 1 && terminal;
}

int sys_write_all(int fd, const char *bytes, size_t len)
{
    CHECK(fd == 1 && len < sizeof written.at - written.len);
    memcpy(written.at + written.len, bytes, len);
    written.len += len;
    return 0;
}

/* --- a reader of JSON --- */

static const char *json; /* what is still to be read; it ends with a '\0' */

static void json_blank(void)
{
    json += strspn(json, " \t\r\n");
}

/* Takes a character. Returns whether it was there. */
static bool json_take(char c)
{
    json_blank();
    if (*json != c)
        return false;
    json++;
    return true;
}

/* How many bytes are one character of UTF-8, by the table 3-7 of the Unicode standard. */
static size_t utf8_size(const unsigned char *at)
{
    static const struct {
        unsigned char first[2], second[2];
        size_t size;
    } rows[] = {
        {{0x00, 0x7f}, {0x00, 0xff}, 1}, {{0xc2, 0xdf}, {0x80, 0xbf}, 2},
        {{0xe0, 0xe0}, {0xa0, 0xbf}, 3}, {{0xe1, 0xec}, {0x80, 0xbf}, 3},
        {{0xed, 0xed}, {0x80, 0x9f}, 3}, {{0xee, 0xef}, {0x80, 0xbf}, 3},
        {{0xf0, 0xf0}, {0x90, 0xbf}, 4}, {{0xf1, 0xf3}, {0x80, 0xbf}, 4},
        {{0xf4, 0xf4}, {0x80, 0x8f}, 4},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (at[0] < rows[i].first[0] || at[0] > rows[i].first[1])
            continue;
        if (rows[i].size > 1 && (at[1] < rows[i].second[0] || at[1] > rows[i].second[1]))
            return 0;
        for (size_t j = 2; j < rows[i].size; j++)
            if (at[j] < 0x80 || at[j] > 0xbf)
                return 0;
        return rows[i].size;
    }
    return 0;
}

/* The number that so many digits at some place are. */
static unsigned hexadecimal(const char *at, size_t count)
{
    char digits[8] = "", *end;
    memcpy(digits, at, count);
    unsigned long number = strtoul(digits, &end, 16);
    CHECK(*digits >= '0' && end == digits + count);
    return (unsigned)number;
}

/* Reads an escape, the backslash being taken, into to. Returns how many bytes it has become. */
static size_t json_escape(char *to)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name = strchr(names, *json);
    CHECK(*json != '\0');
    if (name != NULL) {
        json++;
        *to = values[name - names];
        return 1;
    }
    CHECK(*json == 'u');
    unsigned code = hexadecimal(json + 1, 4);
    json += 5;
    if (code < 0x80) {
        *to = (char)code;
        return 1;
    }
    CHECK(code == 0xfffd); /* the one that the writer has a use for */
    memcpy(to, "\xef\xbf\xbd", 3);
    return 3;
}

/* Reads a string. Returns it, until the next one is read. */
static struct span json_string(void)
{
    static char string[1 << 16];
    size_t len = 0, size;
    CHECK(json_take('"'));
    while (*json != '"') {
        CHECK(len + 4 < sizeof string);
        if (*json == '\\') {
            json++;
            len += json_escape(string + len);
            continue;
        }
        size = utf8_size((const unsigned char *)json);
        CHECK(size > 0 && (unsigned char)*json >= 0x20);
        memcpy(string + len, json, size);
        json += size, len += size;
    }
    json++;
    return (struct span){string, len};
}

/* --- what should be in there --- */

/* The string as JSON has it, with U+FFFD for each byte that is no UTF-8, in memory to be freed. */
static struct span shown(const char *string, bool *valid)
{
    char *to = malloc(strlen(string) * 3 + 1);
    size_t len = 0;
    CHECK(to != NULL);
    *valid = true;
    while (*string != '\0') {
        size_t size = utf8_size((const unsigned char *)string);
        *valid &= size > 0;
        memcpy(to + len, size > 0 ? string : "\xef\xbf\xbd", size > 0 ? size : 3);
        len += size > 0 ? size : 3;
        string += size > 0 ? size : 1;
    }
    return (struct span){to, len};
}

static void expect_string(struct span wanted)
{
    CHECK(span_same(json_string(), wanted));
}

static void expect_key(const char *key)
{
    expect_string(span_of(key));
    CHECK(json_take(':'));
}

/* A member; where it is no UTF-8, there is one behind it that has its bytes. */
static void expect_member(const char *key, const char *string)
{
    char hex_key[32];
    bool valid;
    struct span wanted = shown(string, &valid);
    expect_key(key);
    expect_string(wanted);
    free((void *)wanted.at);
    if (valid)
        return;
    snprintf(hex_key, sizeof hex_key, "%s_hex", key);
    CHECK(json_take(','));
    expect_key(hex_key);
    struct span hex = json_string();
    CHECK(hex.len == 2 * strlen(string));
    for (size_t i = 0; i < strlen(string); i++)
        CHECK(hexadecimal(hex.at + 2 * i, 2) == (unsigned char)string[i]);
}

/* --- the document --- */

/* words are the strings, or what stands for them where each has to be one word of text. */
static void write_document(bool as_json, const struct strings *strings, const struct strings *words)
{
    char colour[] = "NO_COLOR=1", *envp[] = {colour, NULL};
    struct document doc;
    written.len = 0;
    document_begin(&doc, as_json, envp);
    document_section(&doc, "rows", "Rows", false);
    for (size_t i = 0; i < strings->len; i++) {
        document_row(&doc);
        document_string(&doc, "string", span_of(words->at[i]), 12);
        document_value(&doc, "value", span_of(strings->at[i]));
        document_sentence(&doc, "sentence", strings->at[i]);
        document_number(&doc, "number", i);
        document_row_break(&doc);
        document_list(&doc, "list");
        for (size_t j = 0; j < i; j++)
            document_item(&doc, span_of(words->at[j]));
        document_list_end(&doc);
        document_null(&doc, "null");
        document_row_end(&doc);
    }
    document_section_end(&doc, false);
    CHECK(document_end(&doc) == 0);
    written.at[written.len] = '\0';
}

static void expect_row(const struct strings *strings, size_t i)
{
    char number[16];
    CHECK(json_take('{'));
    expect_member("string", strings->at[i]);
    CHECK(json_take(','));
    expect_member("value", strings->at[i]);
    CHECK(json_take(','));
    expect_member("sentence", strings->at[i]);
    CHECK(json_take(','));
    expect_key("number");
    json_blank();
    CHECK(strspn(json, "0123456789") == (size_t)snprintf(number, sizeof number, "%zu", i));
    CHECK(strncmp(json, number, strlen(number)) == 0);
    json += strlen(number);
    CHECK(json_take(','));
    expect_key("list");
    CHECK(json_take('['));
    for (size_t j = 0; j < i; j++) {
        bool valid;
        struct span wanted = shown(strings->at[j], &valid);
        CHECK(j == 0 || json_take(','));
        expect_string(wanted);
        free((void *)wanted.at);
    }
    CHECK(json_take(']') && json_take(','));
    expect_key("null");
    json_blank();
    CHECK(strncmp(json, "null", 4) == 0);
    json += 4;
    CHECK(json_take('}'));
}

static void expect_json(const struct strings *strings)
{
    CHECK(strlen(written.at) == written.len);
    json = written.at;
    CHECK(json_take('{'));
    expect_key("rows");
    CHECK(json_take('['));
    for (size_t i = 0; i < strings->len; i++) {
        CHECK(i == 0 || json_take(','));
        expect_row(strings, i);
    }
    CHECK(json_take(']') && json_take('}'));
    json_blank();
    CHECK(*json == '\0');
}

/* Nothing but lines of what a terminal shows as it is, none wider than it has to be for a word. */
static void expect_text(void)
{
    CHECK(strlen(written.at) == written.len);
    for (const char *line = written.at; *line != '\0';) {
        const char *end = strchr(line, '\n');
        size_t columns = 0, words = 0;
        CHECK(end != NULL);
        for (const char *c = line; c < end; columns++) {
            size_t size = utf8_size((const unsigned char *)c);
            CHECK(size > 0 && (unsigned char)*c >= 0x20 && *c != 0x7f);
            CHECK(memcmp(c, "\xc2\x80", 2) < 0 || memcmp(c, "\xc2\x9f", 2) > 0); /* C1 */
            words += *c != ' ' && (c == line || c[-1] == ' ');
            c += size;
        }
        CHECK(columns <= LAYOUT_WIDTH || words == 1);
        line = end + 1;
    }
}

/* Takes every blank that is part of a word out of the strings, as far as text is concerned: one
 * that a backslash escapes, and, where the whole string is one word, all of them. */
static void one_word(char *string, bool whole)
{
    for (char *blank = string; (blank = strchr(blank, ' ')) != NULL; blank++) {
        if (whole)
            *blank = '_';
        else if (blank > string && blank[-1] == '\\')
            blank[-1] = '_';
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    struct strings strings = strings_of(data + 1, size - 1), rows = strings;
    struct strings words = strings_of(data + 1, size - 1);
    rows.len = strings.len < ROWS ? strings.len : ROWS;
    write_document(true, &rows, &rows);
    expect_json(&rows);
    terminal = *data % 2 == 1;
    for (size_t i = 0; i < rows.len; i++) {
        one_word(strings.at[i], false);
        one_word(words.at[i], true);
    }
    write_document(false, &rows, &words);
    expect_text();
    strings_free(&words);
    strings_free(&strings);
    return 0;
}
