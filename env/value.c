/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include <limits.h>
#include <stdint.h>

const char filter_modes[] = "default\0nested\0off\0";
const char filter_actions[] = "errno\0log\0kill\0trap\0";

const char *string_at(const char *strings, unsigned place)
{
    for (; place > 0; place--)
        strings += strlen(strings) + 1;
    return strings;
}

static bool is_separator(char c)
{
    return c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
}

bool word_next(struct span *rest, struct span *word)
{
    while (rest->len > 0 && is_separator(*rest->at))
        rest->at++, rest->len--;
    if (rest->len == 0)
        return false;
    word->at = rest->at;
    while (rest->len > 0 && !is_separator(*rest->at))
        rest->at++, rest->len--;
    word->len = (size_t)(rest->at - word->at);
    return true;
}

/* One spelling of a byte of a name. The libc's tolower would ask the locale. */
static char folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '-' ? '_' : c;
}

bool name_equal(struct span word, const char *name)
{
    for (size_t i = 0; i < word.len; i++)
        if (name[i] == '\0' || folded(word.at[i]) != folded(name[i]))
            return false;
    return name[word.len] == '\0';
}

const char *boolean_parse(struct span value, bool *out)
{
    static const struct {
        const char word[6];
        bool meaning;
    } words[] = {
        {"1", true},  {"true", true},   {"yes", true}, {"on", true},
        {"0", false}, {"false", false}, {"no", false}, {"off", false},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (name_equal(value, words[i].word)) {
            *out = words[i].meaning;
            return NULL;
        }
    return "neither 1 true yes on nor 0 false no off";
}

enum { DISTANCE_MAX = 63 };

/* What it costs to turn a into b, of each of which the first DISTANCE_MAX bytes count. People leave
 * out more than they make up ("ioctl" is fs_ioctl_dev): a byte that is only in b costs 1, one that
 * is only in a or is another costs 2, two in the wrong order cost 1. */
static size_t name_distance(struct span a, struct span b)
{
    /* Three rows of the table of costs for the beginnings of a and of b. */
    uint8_t rows[3][DISTANCE_MAX + 1];
    uint8_t *older = rows[0], *old = rows[1], *row = rows[2];
    size_t rows_len = a.len < DISTANCE_MAX ? a.len : DISTANCE_MAX;
    size_t width = b.len < DISTANCE_MAX ? b.len : DISTANCE_MAX;

    for (size_t j = 0; j <= width; j++)
        row[j] = (uint8_t)j;
    for (size_t i = 1; i <= rows_len; i++) {
        uint8_t *spare = older;
        older = old, old = row, row = spare;
        row[0] = (uint8_t)(2 * i);
        for (size_t j = 1; j <= width; j++) {
            char x = folded(a.at[i - 1]), y = folded(b.at[j - 1]);
            unsigned best = old[j - 1] + (x != y ? 2U : 0U);
            if (row[j - 1] + 1U < best)
                best = row[j - 1] + 1U;
            if (old[j] + 2U < best)
                best = old[j] + 2U;
            if (i > 1 && j > 1 && x == folded(b.at[j - 2]) && y == folded(a.at[i - 2]) &&
                older[j - 2] + 1U < best)
                best = older[j - 2] + 1U;
            row[j] = (uint8_t)best;
        }
    }
    return row[width];
}

struct nearest nearest_to(struct span word)
{
    return (struct nearest){.word = word, .cost = SIZE_MAX};
}

bool nearest_offer(struct nearest *nearest, const char *name)
{
    size_t cost = name_distance(nearest->word, span_of(name));
    if (cost >= nearest->cost)
        return false;
    nearest->cost = cost;
    nearest->name = span_of(name);
    return true;
}

struct span name_nearest(struct span word, const char *names)
{
    struct nearest nearest = nearest_to(word);
    for (; *names != '\0'; names = string_at(names, 1))
        nearest_offer(&nearest, names);
    return nearest.name;
}

bool choice_parse(struct span value, const char *names, unsigned *out)
{
    for (unsigned i = 0; *names != '\0'; i++, names = string_at(names, 1))
        if (name_equal(value, names)) {
            *out = i;
            return true;
        }
    return false;
}

/* Takes a number off the beginning of *text. */
static enum range_fault number_take(struct span *text, unsigned max, unsigned *out)
{
    uint64_t number = 0;
    size_t digits = 0;
    for (; digits < text->len && text->at[digits] >= '0' && text->at[digits] <= '9'; digits++)
        if (number <= max) /* one step beyond max is enough to know, and cannot overflow */
            number = 10 * number + (uint64_t)(text->at[digits] - '0');
    if (digits == 0)
        return RANGE_NO_NUMBER;
    text->at += digits;
    text->len -= digits;
    if (number > max)
        return RANGE_TOO_LARGE;
    *out = (unsigned)number;
    return RANGE_GOOD;
}

enum range_fault range_parse(struct span text, unsigned max, unsigned *low, unsigned *high)
{
    unsigned first = 0, last;
    enum range_fault wrong = number_take(&text, max, &first);
    last = first;
    if (wrong != RANGE_NO_NUMBER && text.len > 0 && *text.at == '-') {
        text.at++, text.len--;
        enum range_fault too = number_take(&text, max, &last);
        if (wrong == RANGE_GOOD || too == RANGE_NO_NUMBER)
            wrong = too;
    }
    if (text.len > 0)
        return RANGE_NO_NUMBER;
    if (wrong == RANGE_GOOD && last < first)
        return RANGE_BACKWARDS;
    if (wrong == RANGE_GOOD)
        *low = first, *high = last;
    return wrong;
}

const char *fds_parse(struct span list, struct fault *fault)
{
    unsigned low, high;
    while (word_next(&list, &fault->entry))
        switch (range_parse(fault->entry, INT_MAX, &low, &high)) {
        case RANGE_NO_NUMBER:
            return "neither a descriptor such as 3 nor a range such as 7-9";
        case RANGE_TOO_LARGE:
            return "no descriptor is as high as that";
        case RANGE_BACKWARDS:
            return "the range is written backwards";
        case RANGE_GOOD:
            break;
        }
    return NULL;
}

/* Moves heap[at] down to where it belongs. In the heap, each of the len ranges begins no lower than
 * the two below it do. */
static void heap_sink(struct fd_range *heap, size_t len, size_t at)
{
    for (size_t below; (below = 2 * at + 1) < len; at = below) {
        if (below + 1 < len && heap[below + 1].low > heap[below].low)
            below++;
        if (heap[below].low <= heap[at].low)
            return;
        struct fd_range range = heap[at];
        heap[at] = heap[below], heap[below] = range;
    }
}

size_t fds_lowest(struct span list, unsigned from, struct fd_range ranges[static FD_RANGES])
{
    struct fd_range range;
    struct span word;
    size_t found = 0;
    for (size_t i = 0; i < FD_RANGES; i++)
        ranges[i].low = UINT_MAX; /* nothing yet: higher than any */
    while (word_next(&list, &word))
        if (range_parse(word, INT_MAX, &range.low, &range.high) == RANGE_GOOD &&
            range.high >= from && range.low < ranges[0].low) {
            ranges[0] = range; /* in the place of the highest */
            heap_sink(ranges, FD_RANGES, 0);
            found += found < FD_RANGES;
        }
    for (size_t len = FD_RANGES; len-- > 1;) {
        range = ranges[0];
        ranges[0] = ranges[len], ranges[len] = range;
        heap_sink(ranges, len, 0);
    }
    return found;
}

const char *gpus_parse(struct span list, struct fault *fault)
{
    unsigned low, high;
    struct span word;
    bool some = false;
    if (span_equals(list, "all"))
        return NULL;
    fault->entry = list;
    for (; word_next(&list, &word); some = true) {
        fault->entry = word;
        if (range_parse(word, GPU_MAX, &low, &high) != RANGE_GOOD || low != high)
            return "neither 'all' alone nor the number of a GPU (0 to 255)";
    }
    /* The control nodes come with any GPU: with none, they are not granted either. */
    return some ? NULL : "neither 'all' alone nor the number of a GPU (0 to 255)";
}
