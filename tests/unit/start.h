/* SPDX-License-Identifier: Apache-2.0 */
/* Starting over the fake system, and what is expected of it. */
#ifndef TESTS_START_H
#define TESTS_START_H

#include "../../env/policy.h"
#include "../../shim/shim.h"
#include "fake_sys.h"
#include "unit.h"

/* A policy with a path that is optional, one that is a file, and one in another list. */
#define POLICY "SANDLOCK_FS_READABLE=/usr:-/opt:/etc/file", "SANDLOCK_FS_WRITABLE=/tmp"

static inline bool begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* An environment that may be changed. */
struct env {
    char strings[8][512];
    char *pointers[9];
};

static inline char **env_make(struct env *env, const char *const strings[])
{
    size_t i = 0;
    for (; strings[i] != NULL; i++) {
        snprintf(env->strings[i], sizeof env->strings[i], "%s", strings[i]);
        env->pointers[i] = env->strings[i];
    }
    env->pointers[i] = NULL;
    return env->pointers;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Starts over the fake. Returns whether shim_confine returned, that is, whether main would run. */
static inline bool starts(const char *const strings[])
{
    struct env env;
    char **envp = env_make(&env, strings);
    if (setjmp(fake.end) != 0)
        return false;
    shim_confine(envp);
    return true;
}

static inline void expect_calls(const char *const expected[])
{
    for (unsigned i = 0; i < fake.len; i++)
        if (expected[i] == NULL || strcmp(fake.calls[i], expected[i]) != 0)
            fail_msg("call %u: expected %s, got %s", i, expected[i], fake.calls[i]);
    assert_null(expected[fake.len]);
}

/* Ends with 125 and this line, and nothing was called after it. */
static inline void expect_end(const char *line)
{
    char full[4096] = "";
    if (*line != '\0')
        snprintf(full, sizeof full, "sandlock: %s\n", line);
    assert_string_equal(fake.said, full);
    assert_int_equal(fake.status_of_end, 125);
    assert_string_equal(fake.calls[fake.len - 1], "exit 125");
    assert_string_equal(fake.calls[fake.len - 2], "say 2");
}

#endif
