/* SPDX-License-Identifier: Apache-2.0 */
#include "hash.h"

static uint64_t rotated(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void rounds(uint64_t v[4], unsigned count)
{
    for (; count > 0; count--) {
        v[0] += v[1], v[2] += v[3];
        v[1] = rotated(v[1], 13) ^ v[0], v[3] = rotated(v[3], 16) ^ v[2];
        v[0] = rotated(v[0], 32);
        v[2] += v[1], v[0] += v[3];
        v[1] = rotated(v[1], 17) ^ v[2], v[3] = rotated(v[3], 21) ^ v[0];
        v[2] = rotated(v[2], 32);
    }
}

static void word_add(struct hash *hash, uint64_t word)
{
    hash->v[3] ^= word;
    rounds(hash->v, 4);
    hash->v[0] ^= word;
}

struct hash hash_begin(uint64_t key)
{
    /* "somepseudorandomlygeneratedbytes", with a key of which the second half is 0 */
    return (struct hash){{0x736f6d6570736575 ^ key, 0x646f72616e646f6d, 0x6c7967656e657261 ^ key,
                          0x7465646279746573}};
}

void hash_add(struct hash *hash, unsigned what, struct span text)
{
    word_add(hash, (uint64_t)what << 56 | text.len);
    uint64_t word;
    for (; text.len >= sizeof word; text.at += sizeof word, text.len -= sizeof word) {
        memcpy(&word, text.at, sizeof word);
        word_add(hash, word);
    }
    if (text.len == 0)
        return;
    word = 0;
    memcpy(&word, text.at, text.len);
    word_add(hash, word);
}

uint64_t hash_end(struct hash hash)
{
    hash.v[2] ^= 0xff;
    rounds(hash.v, 8);
    return hash.v[0] ^ hash.v[1] ^ hash.v[2] ^ hash.v[3];
}
