/* SPDX-License-Identifier: Apache-2.0 */
#include "../../env/protections.h"
#include "../../env/value.h"
#include "unit.h"

static void test_booleans(void **state)
{
    static const struct {
        const char *text;
        int meaning; /* -1: none */
    } rows[] = {
        {"1", 1},   {"true", 1},  {"yes", 1},     {"on", 1},   {"TRUE", 1},   {"On", 1},
        {"0", 0},   {"false", 0}, {"no", 0},      {"off", 0},  {"False", 0},  {"", -1},
        {"2", -1},  {"10", -1},   {"01", -1},     {"tru", -1}, {"truee", -1}, {" 1", -1},
        {"1 ", -1}, {"-1", -1},   {"enable", -1}, {"o", -1},   {"\xff", -1},  {"yes,no", -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool meaning = rows[i].meaning == 0; /* the opposite: it has to be written */
        const char *reason = boolean_parse(span_of(rows[i].text), &meaning);
        if (rows[i].meaning >= 0) {
            assert_null(reason);
            assert_int_equal(meaning, rows[i].meaning);
        } else {
            assert_string_equal(reason, "neither 1 true yes on nor 0 false no off");
            assert_false(meaning);
        }
    }
}

static void test_words(void **state)
{
    struct span rest = span_of(" ,\t a,b  c\n,d\v"), word;
    const char *const words[] = {"a", "b", "c", "d"};
    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_true(word_next(&rest, &word));
        assert_true(span_equals(word, words[i]));
    }
    assert_false(word_next(&rest, &word));
}

static void test_words_stop_at_the_end_of_the_span(void **state)
{
    struct span rest = {"ab,cd", 4}, word;
    (void)state;
    assert_true(word_next(&rest, &word));
    assert_true(word_next(&rest, &word));
    assert_int_equal(word.len, 1);
    assert_false(word_next(&rest, &word));
}

static void test_protections(void **state)
{
    static const struct {
        const char *text;
        protection_set named;
        bool all;
        const char *entry, *nearest; /* of a fault */
    } rows[] = {
        {"net_tcp", PROTECTION_BIT(NET_TCP), false, NULL, NULL},
        {"NET-TCP,Fs_Refer", PROTECTION_BIT(NET_TCP) | PROTECTION_BIT(FS_REFER), false, NULL, NULL},
        {"all", 0, true, NULL, NULL},
        {"ALL net_udp", PROTECTION_BIT(NET_UDP), true, NULL, NULL},
        {",", 0, false, NULL, NULL},
        {"net_tcp net_tcp", PROTECTION_BIT(NET_TCP), false, NULL, NULL},
        {"abstract-unix-socket-scope", PROTECTION_BIT(ABSTRACT_UNIX_SOCKET_SCOPE), false, NULL,
         NULL},
        {"fs_resolve_unix\nfs_truncate\tfs_ioctl_dev\rsignal_scope",
         PROTECTION_BIT(FS_RESOLVE_UNIX) | PROTECTION_BIT(FS_TRUNCATE) |
             PROTECTION_BIT(FS_IOCTL_DEV) | PROTECTION_BIT(SIGNAL_SCOPE),
         false, NULL, NULL},
        {"net_tpc", 0, false, "net_tpc", "net_tcp"},
        {"net_udp:net_tcp", 0, false, "net_udp:net_tcp", NULL},
        {"fs_refer,ioctl", 0, false, "ioctl", "fs_ioctl_dev"},
        {"fs_ioctl", 0, false, "fs_ioctl", "fs_ioctl_dev"},
        {"net_tc", 0, false, "net_tc", "net_tcp"},
        {"signals", 0, false, "signals", "signal_scope"},
        {"alll", 0, false, "alll", NULL},
        {"\xff\xfe", 0, false, "\xff\xfe", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct protection_list list = {.named = ~0U, .all = !rows[i].all};
        struct fault fault = {0};
        const char *reason = protections_parse(span_of(rows[i].text), &list, &fault);
        if (rows[i].entry == NULL) {
            assert_null(reason);
            assert_int_equal(list.named, rows[i].named);
            assert_int_equal(list.all, rows[i].all);
            continue;
        }
        assert_string_equal(reason, "unknown protection: did you mean %?");
        assert_true(span_equals(fault.entry, rows[i].entry));
        if (rows[i].nearest != NULL && !span_equals(fault.word, rows[i].nearest))
            fail_msg("%s: nearest is %.*s", rows[i].text, (int)fault.word.len, fault.word.at);
        assert_int_equal(list.named, ~0U); /* outputs are written only on success */
    }
}

static void test_nearest_name(void **state)
{
    static const char names[] = "readable\0writable\0executable\0";
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"readble", "readable"},   {"raedable", "readable"}, {"writeable", "writable"},
        {"exec", "executable"},    {"", "readable"},         {"WRITABLE", "writable"},
        {"xreadable", "readable"}, {"writabl", "writable"},
    };
    char huge[5000];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span nearest = name_nearest(span_of(rows[i].word), names);
        if (!span_equals(nearest, rows[i].nearest))
            fail_msg("%s: nearest is %s", rows[i].word, nearest.at);
    }
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_non_null(name_nearest(span_of(huge), names).at);
}

static void test_ranges(void **state)
{
    static const struct {
        const char *text;
        enum range_fault wrong;
        unsigned low, high;
    } rows[] = {
        {"0", RANGE_GOOD, 0, 0},
        {"7-9", RANGE_GOOD, 7, 9},
        {"100", RANGE_GOOD, 100, 100},
        {"007", RANGE_GOOD, 7, 7},
        {"101", RANGE_TOO_LARGE, 0, 0},
        {"7-101", RANGE_TOO_LARGE, 0, 0},
        {"101-7", RANGE_TOO_LARGE, 0, 0},
        {"9-7", RANGE_BACKWARDS, 0, 0},
        {"", RANGE_NO_NUMBER, 0, 0},
        {"-", RANGE_NO_NUMBER, 0, 0},
        {"-7", RANGE_NO_NUMBER, 0, 0},
        {"7-", RANGE_NO_NUMBER, 0, 0},
        {"101-", RANGE_NO_NUMBER, 0, 0},
        {"7x", RANGE_NO_NUMBER, 0, 0},
        {" 7", RANGE_NO_NUMBER, 0, 0},
        {"7-9-11", RANGE_NO_NUMBER, 0, 0},
        {"+7", RANGE_NO_NUMBER, 0, 0},
        {"101x", RANGE_NO_NUMBER, 0, 0},
        {"99999999999999999999999999999999", RANGE_TOO_LARGE, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned low = 0, high = 0;
        enum range_fault wrong = range_parse(span_of(rows[i].text), 100, &low, &high);
        if (wrong != rows[i].wrong || low != rows[i].low || high != rows[i].high)
            fail_msg("%s: fault %d, %u to %u", rows[i].text, (int)wrong, low, high);
    }
}

static void test_kept_descriptors(void **state)
{
    struct fault fault = {0};
    (void)state;
    assert_null(fds_parse(span_of("7-9, 3 8-12 2147483647,0"), &fault));
    assert_string_equal(fds_parse(span_of("3,2147483648"), &fault),
                        "no descriptor is as high as that");
    assert_true(span_equals(fault.entry, "2147483648"));
    assert_string_equal(fds_parse(span_of("9-7"), &fault), "the range is written backwards");
    assert_string_equal(fds_parse(span_of("stdin"), &fault),
                        "neither a descriptor such as 3 nor a range such as 7-9");
}

static void test_lowest_descriptors(void **state)
{
    static const struct {
        const char *list;
        unsigned from;
        const char *lowest;
    } rows[] = {
        {"7-9, 3 8-12 2147483647,0", 0, "0-0 3-3 7-9 8-12 2147483647-2147483647 "},
        {"7-9, 3 8-12 2147483647,0", 4, "7-9 8-12 2147483647-2147483647 "},
        {"7-9, 3 8-12 2147483647,0", 9, "7-9 8-12 2147483647-2147483647 "},
        {"7-9, 3 8-12 2147483647,0", 10, "8-12 2147483647-2147483647 "},
        {"7-9, 3 8-12 2147483647,0", 13, "2147483647-2147483647 "},
        {"7-9, 3 8-12 2147483647,0", 2147483648U, ""},
        {"5 4 5 4 5", 4, "4-4 4-4 5-5 5-5 5-5 "},
        {"0-2147483647,2147483647", 3, "0-2147483647 2147483647-2147483647 "},
        {",", 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fd_range ranges[FD_RANGES];
        char text[128] = "";
        size_t found = fds_lowest(span_of(rows[i].list), rows[i].from, ranges);
        for (size_t r = 0; r < found; r++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%u-%u ", ranges[r].low,
                     ranges[r].high);
        assert_string_equal(text, rows[i].lowest);
    }
    assert_int_equal(fds_lowest((struct span){NULL, 0}, 3, (struct fd_range[FD_RANGES]){{0}}), 0);
}

/* Of more ranges than there is room for, the lowest. */
static void test_as_many_descriptors_as_there_is_room_for(void **state)
{
    char list[16 * 1024];
    (void)state;
    for (unsigned many = FD_RANGES - 1; many <= 3 * FD_RANGES; many += FD_RANGES / 2) {
        struct fd_range ranges[FD_RANGES];
        size_t len = 0;
        for (unsigned i = many; i > 0; i--) /* 7 and many have no common divisor */
            len += (size_t)snprintf(list + len, sizeof list - len, "%u,", 7 * i % (many + 1));
        size_t found = fds_lowest((struct span){list, len}, 1, ranges);
        assert_int_equal(found, many < FD_RANGES ? many : FD_RANGES);
        for (unsigned i = 0; i < found; i++)
            assert_true(ranges[i].low == i + 1 && ranges[i].high == i + 1);
    }
}

static void test_gpus(void **state)
{
    static const char *const good[] = {"all", "0", "0,2", " 1 255 ", "007"};
    static const char *const wrong[] = {",", " ", "all,0", "0-1", "256", "x", "-1", "ALL", "0,all"};
    struct fault fault;
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_null(gpus_parse(span_of(good[i]), &fault));
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_string_equal(gpus_parse(span_of(wrong[i]), &fault),
                            "neither 'all' alone nor the number of a GPU (0 to 255)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_stop_at_the_end_of_the_span),
        cmocka_unit_test(test_protections),
        cmocka_unit_test(test_nearest_name),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_kept_descriptors),
        cmocka_unit_test(test_lowest_descriptors),
        cmocka_unit_test(test_as_many_descriptors_as_there_is_room_for),
        cmocka_unit_test(test_gpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
