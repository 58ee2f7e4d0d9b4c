/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the ruleset for files: which rights are granted at, or beneath, which file. */
#ifndef TRACE_RULES_H
#define TRACE_RULES_H

#include <stddef.h>
#include <stdint.h>

/* Which file it is: a rule is bound to the file, and not to its name. */
struct file_id {
    uint64_t device, inode;
};

struct rule {
    struct file_id id;
    uint64_t rights; /* 0: there is no rule here */
};

/* A table of them, by hash; all of it 0 is an empty one. */
struct rules {
    struct rule *at;
    size_t size, count; /* size is a power of two */
};

/* Adds a rule; of several for one file the kernel unites the rights. */
void rules_add(struct rules *rules, struct file_id id, uint64_t rights);

/* The rights of the rule for a file; 0: there is none. */
uint64_t rules_rights(const struct rules *rules, struct file_id id);

/* A number that different files seldom have in common. */
uint64_t file_id_hash(struct file_id id);

#endif
