/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of attacks share: each is made unconfined and where what it is after is granted,
 * where it has to succeed; and confined in both faces, where it fails, or is a limit that README.md
 * names.
 */
#ifndef TESTS_ATTACKS_H
#define TESTS_ATTACKS_H

#include "../live/live.h"

#define BASE "SANDLOCK_FS_READABLE=@system:@proc:&"

enum {
    ATTACK_ARGUMENTS = 12,
    HELD = 70 /* a descriptor that live_run leaves open */
};

/* An attack, and what comes of it: with the filter, and by Landlock alone (NULL: the same). "OK" is
 * a limit. */
struct row {
    const char *arguments[ATTACK_ARGUMENTS];
    const char *confined, *alone;
};

#define ATTACK(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define STOPPED(error) error, NULL
#define LIMIT          "OK", NULL

/* Makes one attack, and expects this to come of it. */
static inline void attack_again(enum face face, const char *const policy[],
                                const char *const arguments[], const char *expected)
{
    struct outcome outcome;
    char line[32];
    const char *argv[ATTACK_ARGUMENTS + 2] = {"attack"};
    for (size_t i = 0; i < ATTACK_ARGUMENTS && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    live_run(&outcome, face, policy, argv);
    snprintf(line, sizeof line, "%s\n", expected);
    if (outcome.status != 0 || strcmp(outcome.out, line) != 0) {
        print_error("face %d: attack", (int)face);
        for (size_t i = 1; argv[i] != NULL; i++)
            print_error(" %s", argv[i]);
        for (print_error(" under"); policy != NULL && *policy != NULL; policy++)
            print_error(" %s", *policy);
        print_error("\n");
    }
    live_expect(&outcome, 0, line, "");
}

/* The same in a scratch directory that is made anew. */
static inline void attack_expect(enum face face, const char *const policy[],
                                 const char *const arguments[], const char *expected)
{
    live_scratch();
    attack_again(face, policy, arguments, expected);
}

/* Makes the attacks of a table, which ends with a row without arguments: unconfined, confined by
 * narrow, and by wide, which grants what they are after (NULL: nothing does). */
static inline void attacks_run(const struct row *rows, const char *const narrow[],
                               const char *const wide[])
{
    for (; rows->arguments[0] != NULL; rows++) {
        const char *expected = live_filter() || rows->alone == NULL ? rows->confined : rows->alone;
        attack_expect(BARE, LIST("A=1"), rows->arguments, "OK");
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            attack_expect(face, narrow, rows->arguments, expected);
            if (wide != NULL)
                attack_expect(face, wide, rows->arguments, "OK");
        }
    }
}

#endif
