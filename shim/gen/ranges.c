/* SPDX-License-Identifier: Apache-2.0 */
#include "ranges.h"

#include "die.h"

#include <stdbool.h>

/* What an instruction costs by being there (it is checked, translated twice and written), against
 * being run once: about 0.1 us and 1 to 2 ns. */
enum { INSTRUCTION_COST = 80 };

/* As many single numbers as one run of comparisons may have. */
enum { SINGLES_MAX = 16 };

/* How the ranges from one to another are searched, and what that costs. */
struct search {
    unsigned long cost;
    unsigned long weight; /* of all of them */
    size_t split;         /* the first of the upper part; 0: they are a run */
};

/* Those of all pairs. */
struct searches {
    const struct ranges *ranges;
    struct search of[RANGES_MAX][RANGES_MAX];
};

void ranges_add(struct ranges *ranges, uint32_t first, size_t place, unsigned weight)
{
    if (ranges->len > 0 && ranges->at[ranges->len - 1].place == place) {
        ranges->at[ranges->len - 1].weight += weight;
        return;
    }
    if (ranges->len == RANGES_MAX)
        die("too many ranges of system calls");
    ranges->at[ranges->len++] = (struct range){first, place, weight};
}

/* Whether a range is that of a single number. */
static bool is_single(const struct ranges *ranges, size_t i)
{
    return i + 1 < ranges->len && ranges->at[i + 1].first == ranges->at[i].first + 1;
}

/* Whether ranges are a run: of the first and each second one from there on, all of one place, and
 * of single numbers between them. Writes what to compare for these in turn costs. */
static bool is_run(const struct ranges *ranges, size_t from, size_t to, unsigned long *cost)
{
    size_t singles = (to - from + 1) / 2, behind = 0;
    if (singles > SINGLES_MAX)
        return false;
    *cost = INSTRUCTION_COST * singles;
    for (size_t i = from; i <= to; i++) {
        bool between = (i - from) % 2 == 1;
        if (between ? !is_single(ranges, i) : ranges->at[i].place != ranges->at[from].place)
            return false;
        behind += between;
        *cost += ranges->at[i].weight * (between ? behind : singles);
    }
    return true;
}

/* Finds the best search among ranges whose parts have theirs. */
static void decide(struct searches *searches, size_t from, size_t to)
{
    struct search *best = &searches->of[from][to];
    unsigned long cost;
    *best = (struct search){.cost = ~0UL};
    for (size_t i = from; i <= to; i++)
        best->weight += searches->ranges->at[i].weight;
    if (is_run(searches->ranges, from, to, &cost))
        best->cost = cost;
    for (size_t split = from + 1; split <= to; split++) {
        cost = searches->of[from][split - 1].cost + searches->of[split][to].cost + best->weight +
               INSTRUCTION_COST;
        if (cost < best->cost) {
            best->cost = cost;
            best->split = split;
        }
    }
}

/* Puts the search among ranges in front of the program. Its depth is that of the tree. */
static size_t put(const struct searches *searches, struct program *program, size_t from, size_t to)
{
    const struct range *at = searches->ranges->at;
    size_t split = searches->of[from][to].split;
    if (split != 0) {
        size_t yes = put(searches, program, split, to);
        size_t no = put(searches, program, from, split - 1);
        return program_compare(program, BPF_JGE, at[split].first, yes, no);
    }
    size_t place = at[from].place, last = from + (to - from + 1) / 2 * 2;
    for (size_t i = last; i > from; i -= 2)
        place = program_compare(program, BPF_JEQ, at[i - 1].first, at[i - 1].place, place);
    return place;
}

size_t ranges_search(const struct ranges *ranges, struct program *program)
{
    static struct searches searches;
    searches.ranges = ranges;
    for (size_t len = 0; len < ranges->len; len++)
        for (size_t from = 0; from + len < ranges->len; from++)
            decide(&searches, from, from + len);
    return put(&searches, program, 0, ranges->len - 1);
}
