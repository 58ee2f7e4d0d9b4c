/* SPDX-License-Identifier: Apache-2.0 */
/* From an environment to a policy in one go. */
#ifndef TESTS_READ_H
#define TESTS_READ_H

#include "../../env/config.h"

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

#endif
