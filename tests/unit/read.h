/* SPDX-License-Identifier: Apache-2.0 */
/* From an environment, and a file, to a policy in one go. */
#ifndef TESTS_READ_H
#define TESTS_READ_H

#include "../../env/config.h"
#include "unit.h"

/* As vars_read does it, of what vars_collect finds in envp; config is that file, or NULL. */
static inline const char *policy_read(char *const envp[], struct config *config,
                                      struct policy *policy, struct port_bits *bits,
                                      struct fault *fault)
{
    struct settings settings;
    memset(&settings, 0x55, sizeof settings);
    const char *reason = vars_collect(envp, &settings, fault);
    return reason != NULL ? reason : vars_read(&settings, config, policy, bits, fault);
}

/* A file of these bytes, in memory that is as large as it has to be and no larger. */
static inline struct config config_of(const char *text, size_t len)
{
    char *memory = malloc(len + 1), *room = malloc(len + 1);
    memcpy(memory, text, len);
    memory = realloc(memory, len > 0 ? len : 1);
    room = realloc(room, len > 0 ? len : 1);
    return (struct config){.name = span_of("/x.conf"), .text = {memory, len}, .room = room};
}

static inline void config_free(struct config *config)
{
    free((void *)config->text.at);
    free(config->room);
}

static inline void expect_span(struct span got, const char *expected)
{
    if (expected == NULL)
        assert_null(got.at);
    else if (got.at == NULL || !span_equals(got, expected))
        fail_msg("expected \"%s\", got \"%.*s\"", expected, (int)got.len, got.at);
}

#endif
