/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that look random and are the same in every run (splitmix64). */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(void)
{
    static uint64_t seed;
    uint64_t z = seed += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

static inline unsigned random_below(unsigned end)
{
    return (unsigned)(random_next() >> 32) % end;
}

#endif
