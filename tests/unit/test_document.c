/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: the same facts as text and as JSON, of whatever bytes. */
#include "../../shim/document.h"
#include "fake_sys.h"
#include "unit.h"

static char *const none[] = {NULL};

/* What a document of one row with one string comes to. */
static const char *json_of(const char *bytes, size_t len)
{
    struct document doc;
    fake_reset();
    document_begin(&doc, true, none);
    document_section(&doc, "s", "S", true);
    document_row(&doc);
    document_string(&doc, "k", (struct span){bytes, len}, 0);
    document_row_end(&doc);
    document_section_end(&doc, true);
    assert_int_equal(document_end(&doc), 0);
    return fake.said;
}

static void test_json_strings(void **state)
{
    static const struct {
        const char *bytes, *string;
    } rows[] = {
        {"", "\"k\":\"\""},
        {"plain", "\"k\":\"plain\""},
        {"\"\\/", "\"k\":\"\\\"\\\\/\""},
        {"\x01\n\t\x1f\x7f", "\"k\":\"\\u0001\\u000a\\u0009\\u001f\x7f\""},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"k\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\xe2\x80\xa8\xc2\x85", "\"k\":\"\xe2\x80\xa8\xc2\x85\""},
        {"\xef\xbf\xbd", "\"k\":\"\xef\xbf\xbd\""},
        {"\xf4\x8f\xbf\xbf", "\"k\":\"\xf4\x8f\xbf\xbf\""},
        /* no UTF-8: a byte of its own, cut off, too long, a surrogate, beyond what there is */
        {"a\xff", "\"k\":\"a\\ufffd\",\"k_hex\":\"61ff\""},
        {"\x80", "\"k\":\"\\ufffd\",\"k_hex\":\"80\""},
        {"\xc3", "\"k\":\"\\ufffd\",\"k_hex\":\"c3\""},
        {"\xe2\x82", "\"k\":\"\\ufffd\\ufffd\",\"k_hex\":\"e282\""},
        {"\xc0\xaf", "\"k\":\"\\ufffd\\ufffd\",\"k_hex\":\"c0af\""},
        {"\xe0\x80\xaf", "\"k\":\"\\ufffd\\ufffd\\ufffd\",\"k_hex\":\"e080af\""},
        {"\xed\xa0\x80", "\"k\":\"\\ufffd\\ufffd\\ufffd\",\"k_hex\":\"eda080\""},
        {"\xf4\x90\x80\x80", "\"k\":\"\\ufffd\\ufffd\\ufffd\\ufffd\",\"k_hex\":\"f4908080\""},
        {"\xf8\x88", "\"k\":\"\\ufffd\\ufffd\",\"k_hex\":\"f888\""},
        {"\xc3(", "\"k\":\"\\ufffd(\",\"k_hex\":\"c328\""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[256];
        snprintf(expected, sizeof expected, "{\"s\":\n{%s}}\n", rows[i].string);
        assert_string_equal(json_of(rows[i].bytes, strlen(rows[i].bytes)), expected);
    }
    assert_string_equal(json_of("a\0b", 3), "{\"s\":\n{\"k\":\"a\\u0000b\"}}\n");
}

/* A document that has one of everything. */
static void say_everything(struct document *doc)
{
    document_section(doc, "empty", "Nothing", false);
    document_section_end(doc, false);
    document_section(doc, "rows", "Rows", false);
    document_heading(doc, span_of("of a kind"));
    for (unsigned i = 0; i < 2; i++) {
        document_row(doc);
        document_string(doc, "name", span_of(i == 0 ? "one" : "two\x1b"), 6);
        document_number(doc, "number", i);
        document_flag(doc, "flag", i == 1);
        document_hidden(doc, "hidden", span_of("h"));
        document_say(doc, "words here");
        document_list(doc, "list");
        for (unsigned j = 0; j < i; j++)
            document_item(doc, span_of("item"));
        document_list_end(doc);
        document_row_end(doc);
    }
    document_section_end(doc, false);
    document_section(doc, "last", "Last", true);
    document_row(doc);
    document_sentence(doc, "text", "a sentence");
    document_say_number(doc, 7);
    document_row_end(doc);
    document_section_end(doc, true);
}

static void test_both_kinds(void **state)
{
    struct document doc;
    (void)state;
    fake_reset();
    document_begin(&doc, true, none);
    say_everything(&doc);
    assert_int_equal(document_end(&doc), 0);
    assert_string_equal(
        fake.said, "{\"empty\":[],\"rows\":[\n"
                   "{\"name\":\"one\",\"number\":0,\"flag\":false,\"hidden\":\"h\",\"list\":[]},\n"
                   "{\"name\":\"two\\u001b\",\"number\":1,\"flag\":true,\"hidden\":\"h\",\"list\":["
                   "\"item\"]}],"
                   "\"last\":\n{\"text\":\"a sentence\"}}\n");
    fake_reset();
    document_begin(&doc, false, none);
    doc.aligned = doc.coloured = false;
    say_everything(&doc);
    assert_int_equal(document_end(&doc), 0);
    assert_string_equal(fake.said, "Rows\n  of a kind\n    one words here\n"
                                   "    two\\x1b words here item\nLast\n  a sentence 7\n");
}

static void test_newlines_in_text(void **state)
{
    struct document doc;
    struct text line = {.len = 0};
    (void)state;
    fake_reset();
    document_begin(&doc, false, none);
    doc.heading = NULL;
    document_row(&doc);
    document_string(&doc, "s", span_of("a\nb"), 0);
    document_row_end(&doc);
    assert_int_equal(document_end(&doc), 0);
    assert_string_equal(fake.said, "a\\nb\n");
    text_escaped(&line, span_of("a\nb"));
    assert_memory_equal(line.at, "a\\nb", line.len);
    assert_int_equal(line.len, 4);
}

static void test_on_a_terminal(void **state)
{
    struct document doc;
    (void)state;
    fake_reset();
    document_begin(&doc, false, none);
    doc.aligned = doc.coloured = true;
    say_everything(&doc);
    assert_int_equal(document_end(&doc), 0);
    assert_string_equal(fake.said, "\x1b[1mRows\x1b[0m\n  of a kind\n    one    words here\n"
                                   "    two\\x1b words here item\n"
                                   "\x1b[1mLast\x1b[0m\n  a sentence 7\n");
}

/* No line is wider than 100 columns, but one of a single word. */
static void test_wrapping(void **state)
{
    struct document doc;
    char wide[151] = "", letters[] = "a\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9";
    (void)state;
    memset(wide, 'w', sizeof wide - 1);
    fake_reset();
    document_begin(&doc, false, none);
    doc.aligned = doc.coloured = false;
    document_section(&doc, "s", "S", false);
    document_row(&doc);
    for (unsigned i = 0; i < 40; i++)
        document_say(&doc, letters);
    document_string(&doc, "wide", span_of(wide), 0);
    document_say(&doc, "behind");
    document_row_end(&doc);
    assert_int_equal(document_end(&doc), 0);
    for (const char *line = fake.said; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t columns = 0;
        bool single = line[strspn(line, " ")] == 'w';
        for (const char *c = line; *c != '\n'; c++)
            columns += (*c & 0xc0) != 0x80;
        assert_true(columns <= 100 || (single && columns == 156));
    }
    assert_non_null(strstr(fake.said, "\n      behind\n"));
}

static void test_failing_write(void **state)
{
    struct document doc;
    (void)state;
    fake_reset();
    fake.fail_at = 1;
    fake.fail_with = -28;
    document_begin(&doc, true, none);
    for (unsigned i = 0; i < 2000; i++)
        document_hidden(&doc, "key", span_of("some value"));
    assert_int_equal(document_end(&doc), -28);
    assert_int_equal(fake.len, 1); /* and nothing after it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_strings),  cmocka_unit_test(test_both_kinds),
        cmocka_unit_test(test_on_a_terminal), cmocka_unit_test(test_wrapping),
        cmocka_unit_test(test_failing_write), cmocka_unit_test(test_newlines_in_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
