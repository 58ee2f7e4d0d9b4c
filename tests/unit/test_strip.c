/* SPDX-License-Identifier: Apache-2.0 */
#include "../../env/strip.h"
#include "unit.h"

#include <elf.h>

#define OWN   "libsandlock_shim.so"
#define ALIAS "other.so"

enum { SLOTS = 32, AUXV_VALUE = 0x5eed };

/* A stack as the kernel makes it: pointers to strings, NULL, pairs that end with AT_NULL. */
struct stack {
    char strings[SLOTS][256];
    uintptr_t words[SLOTS];
};

static void stack_make(struct stack *stack, const char *const env[])
{
    size_t i = 0;
    for (; env[i] != NULL; i++) {
        snprintf(stack->strings[i], sizeof stack->strings[i], "%s", env[i]);
        stack->words[i] = (uintptr_t)stack->strings[i];
    }
    stack->words[i++] = 0;
    stack->words[i++] = AT_PAGESZ;
    stack->words[i++] = 4096;
    stack->words[i++] = AT_ENTRY;
    stack->words[i++] = AUXV_VALUE;
    stack->words[i++] = AT_NULL;
    stack->words[i++] = 0;
}

/* Walks as Go's runtime does: past envp's NULL, then pairs. Returns the value of AT_ENTRY. */
static uintptr_t auxv_walk(const uintptr_t *words, size_t *ignored)
{
    uintptr_t found = 0;
    *ignored = 0;
    while (*words != 0)
        words++;
    for (words++; words[0] != AT_NULL; words += 2) {
        if (words[0] == AT_ENTRY)
            found = words[1];
        else if (words[0] == AT_IGNORE)
            ++*ignored, assert_int_equal(words[1], 0);
        else
            assert_int_equal(words[0], AT_PAGESZ); /* and no pointer that was left behind */
    }
    return found;
}

/* Strips and seals env; the result has to be kept, and behind it the auxiliary vector. */
static void expect(const char *const env[], const char *const kept[])
{
    struct stack stack;
    stack_make(&stack, env);
    char **envp = (char **)stack.words;
    size_t freed = env_strip(envp, span_of(OWN)), ignored, i = 0;
    freed += env_strip(envp, span_of(ALIAS));
    for (; kept[i] != NULL; i++)
        assert_string_equal(envp[i], kept[i]);
    assert_null(envp[i]);
    env_seal(envp, freed);
    for (size_t j = 0; j < i; j++)
        assert_string_equal(envp[j], kept[j]);
    if (freed % 2 == 1)
        assert_string_equal(envp[i++], "_=");
    assert_null(envp[i]);
    assert_int_equal(auxv_walk(stack.words, &ignored), AUXV_VALUE);
    assert_int_equal(ignored, freed / 2);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING   ((const char *const[]){NULL})

static void test_auxiliary_vector_behind_0_to_6_removed(void **state)
{
    (void)state;
    for (size_t kept = 0; kept <= 3; kept++)
        for (size_t removed = 0; removed <= 6; removed++) {
            const char *env[SLOTS] = {NULL}, *left[SLOTS] = {NULL};
            size_t len = 0;
            for (size_t i = 0; i < removed; i++) /* on both sides of those that stay */
                env[len++] = i % 2 == 0 ? "SANDLOCK_X=1" : "SANDLOCK_Y=";
            for (size_t i = 0; i < kept; i++)
                env[len++] = left[i] = i == 0 ? "A=1" : i == 1 ? "SANDLOC=2" : "";
            expect(env, left);
        }
    expect(LIST("SANDLOCK_A=1", "A=1", "SANDLOCK_B=1", "B=2", "SANDLOCK_C=1"), LIST("A=1", "B=2"));
    expect(LIST("A=1", "B=2"), LIST("A=1", "B=2"));
    expect(NOTHING, NOTHING);
}

static void test_what_is_ours_by_name(void **state)
{
    (void)state;
    expect(LIST("SANDLOCK_", "SANDLOCK_=", "SANDLOCK_UNKNOWN=1", "SANDLOCK_NO_EQUALS"), NOTHING);
    expect(LIST("SANDLOCK=1", "sandlock_x=1", "XSANDLOCK_Y=1", "A=SANDLOCK_X=1"),
           LIST("SANDLOCK=1", "sandlock_x=1", "XSANDLOCK_Y=1", "A=SANDLOCK_X=1"));
}

static void test_preload(void **state)
{
    static const struct {
        const char *list, *left; /* NULL: the variable goes too */
    } rows[] = {
        {OWN, NULL},
        {"/usr/lib/" OWN, NULL},
        {"/usr/$LIB/" OWN, NULL},
        {"./" OWN, NULL},
        {"/a/" ALIAS, NULL},
        {OWN ":/b/" OWN " " ALIAS, NULL},
        {" : " OWN " : ", NULL},
        {"/a.so:" OWN, "/a.so"},
        {OWN ":/a.so", "/a.so"},
        {"/a.so " OWN " /b.so", "/a.so /b.so"},
        {"/a.so:" OWN ":" OWN ":/b.so:/c.so", "/a.so:/b.so:/c.so"},
        {"/a.so", "/a.so"},
        {"", ""},
        {" :", " :"},
        {"/a.so  : b.so", "/a.so  : b.so"},
        {OWN "/", OWN "/"},
        {"x" OWN, "x" OWN},
        {OWN ".1", OWN ".1"},
        {"/" OWN "/lib.so", "/" OWN "/lib.so"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char variable[256], left[256];
        snprintf(variable, sizeof variable, "LD_PRELOAD=%s", rows[i].list);
        if (rows[i].left == NULL) {
            expect(LIST("A=1", variable, "B=2"), LIST("A=1", "B=2"));
            continue;
        }
        snprintf(left, sizeof left, "LD_PRELOAD=%s", rows[i].left);
        expect(LIST("A=1", variable, "B=2"), LIST("A=1", left, "B=2"));
    }
    expect(LIST("LD_PRELOAD", "LD_PRELOADS=" OWN), LIST("LD_PRELOAD", "LD_PRELOADS=" OWN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auxiliary_vector_behind_0_to_6_removed),
        cmocka_unit_test(test_what_is_ours_by_name),
        cmocka_unit_test(test_preload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
