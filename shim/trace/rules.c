/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include "die.h"

#include <stdbool.h>
#include <stdlib.h>

uint64_t file_id_hash(struct file_id id)
{
    uint64_t hash = (id.inode ^ id.device << 20) * 0x9e3779b97f4a7c15U; /* 2^64 / golden ratio */
    return hash ^ hash >> 32;
}

static bool is_same(struct file_id a, struct file_id b)
{
    return a.device == b.device && a.inode == b.inode;
}

/* The place of a file, or the one where it would be put. */
static struct rule *place_of(const struct rules *rules, struct file_id id)
{
    size_t mask = rules->size - 1, i = (size_t)file_id_hash(id) & mask;
    while (rules->at[i].rights != 0 && !is_same(rules->at[i].id, id))
        i = (i + 1) & mask;
    return &rules->at[i];
}

static void grow(struct rules *rules)
{
    struct rules larger = {.size = rules->size > 0 ? 2 * rules->size : 64};
    larger.at = calloc_or_die(larger.size, sizeof *larger.at);
    for (size_t i = 0; i < rules->size; i++)
        if (rules->at[i].rights != 0)
            *place_of(&larger, rules->at[i].id) = rules->at[i];
    larger.count = rules->count;
    free(rules->at);
    *rules = larger;
}

void rules_add(struct rules *rules, struct file_id id, uint64_t rights)
{
    if (rights == 0)
        return;
    if (rules->count * 2 >= rules->size)
        grow(rules);
    struct rule *rule = place_of(rules, id);
    if (rule->rights == 0)
        rules->count++;
    rule->id = id;
    rule->rights |= rights;
}

uint64_t rules_rights(const struct rules *rules, struct file_id id)
{
    return rules->size > 0 ? place_of(rules, id)->rights : 0;
}
