/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rounds of SipHash-4-8 (Aumasson and Bernstein, 2012) over several texts, which tell policies
 * apart.
 *
 * Nothing about it is secret here, for every start has to come to the same. What it has to stand is
 * somebody who chooses a part of a policy, such as the name of a directory, and would have it taken
 * for another policy that is enforced already: hence no mere checksum.
 */
#ifndef ENV_HASH_H
#define ENV_HASH_H

#include "policy.h"

struct hash {
    uint64_t v[4];
};

/* A hash of nothing yet; one with another key comes to something else. */
struct hash hash_begin(uint64_t key);

/* Adds text to it, with what it is (a number of the caller's, below 256) and how long it is, so
 * that no two sequences of texts are the same. */
void hash_add(struct hash *hash, unsigned what, struct span text);

/* The hash of all that was added. */
uint64_t hash_end(struct hash hash);

#endif
