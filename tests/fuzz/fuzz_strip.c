/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment as the program sees it: what is left, that whoever walks past its NULL finds the
 * auxiliary vector, and that nothing else is found on the way.
 */
#include "../../env/strip.h"
#include "fuzz.h"

#include <elf.h>

#define OWN     "libsandlock_shim.so"
#define ALIAS   "shim.so"
#define PRELOAD "LD_PRELOAD="

/* Behind the NULL of the environment: pairs, the last of AT_NULL. */
static const uintptr_t vector[] = {AT_PAGESZ, 4096, AT_ENTRY, 0x5eed, AT_NULL, 0};

/* A stack as the kernel makes it. */
static uintptr_t words[STRINGS_MAX + 1 + COUNT(vector)];

/* Whether a word of LD_PRELOAD is the shim. */
static bool is_own(const char *word)
{
    const char *slash = strrchr(word, '/'), *name = slash != NULL ? slash + 1 : word;
    return strcmp(name, OWN) == 0 || strcmp(name, ALIAS) == 0;
}

/* The words of a list but for the shim, each with a blank behind it, in memory to be freed. Whether
 * the shim was one of them goes into *taken. */
static char *others(const char *list, bool *taken)
{
    char *copy = copy_of(list, strlen(list) + 1), *rest = copy, *word;
    char *kept = calloc(strlen(list) + 2, 1), *to = kept;
    CHECK(kept != NULL);
    *taken = false;
    while ((word = strtok_r(rest, " :", &rest)) != NULL) {
        if (is_own(word))
            *taken = true;
        else
            to += sprintf(to, "%s ", word);
    }
    free(copy);
    return kept;
}

/* Compares what has become of a string with what should have. Returns whether it should have gone.
 */
static bool string_gone(const char *before, const char *after)
{
    if (strncmp(before, "SANDLOCK_", 9) == 0)
        return true;
    if (strncmp(before, PRELOAD, strlen(PRELOAD)) != 0) {
        CHECK(strcmp(before, after) == 0);
        return false;
    }
    bool taken, again;
    char *wanted = others(before + strlen(PRELOAD), &taken);
    bool gone = taken && *wanted == '\0';
    if (!gone) {
        char *got = others(after + strlen(PRELOAD), &again);
        CHECK(!again && strcmp(got, wanted) == 0);
        CHECK(strncmp(after, PRELOAD, strlen(PRELOAD)) == 0);
        CHECK(taken || strcmp(before, after) == 0);
        free(got);
    }
    free(wanted);
    return gone;
}

/* Walks as Go's runtime does, which knows the beginning of envp alone. */
static void walk(size_t kept, size_t freed)
{
    const uintptr_t *at = words + kept;
    if (freed % 2 == 1)
        CHECK(strcmp((const char *)*at++, "_=") == 0);
    CHECK(*at++ == 0);
    for (size_t i = 0; i < freed / 2; i++, at += 2)
        CHECK(at[0] == AT_IGNORE && at[1] == 0);
    CHECK(memcmp(at, vector, sizeof vector) == 0);
    CHECK(at + COUNT(vector) == words + kept + freed + 1 + COUNT(vector));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strings env = strings_of(data, size), before = strings_of(data, size);
    size_t kept = 0;
    memset(words, 0x55, sizeof words);
    memcpy(words, env.at, env.len * sizeof *words);
    words[env.len] = 0;
    memcpy(words + env.len + 1, vector, sizeof vector);
    size_t freed = env_strip((char **)words, span_of(OWN));
    freed += env_strip((char **)words, span_of(ALIAS));
    CHECK(freed <= env.len);
    for (size_t i = 0; i < env.len; i++)
        if (!string_gone(before.at[i], env.at[i]))
            CHECK(words[kept++] == (uintptr_t)env.at[i]);
    CHECK(kept + freed == env.len);
    CHECK(words[kept] == 0);
    env_seal((char **)words, freed);
    walk(kept, freed);
    strings_free(&env);
    strings_free(&before);
    return 0;
}
