/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include "value.h"
#include "vars.h"

/* Names, ARE, why, END. */
#define ARE        "\0"
#define END        "\0"

#define SUPERVISOR "needs a supervisor, which sandlock has and the shim does without"
#define DENIED     "all is denied that is not granted, and no grant can be taken back in part"

/* clang-format off */
const char fields_not_offered[] =
    "FS_DENIED" ARE DENIED ": grant what lies beside it" END
    "NET_DENY" ARE DENIED ": see SANDLOCK_NET_ALLOW" END
    "NET_DENY_BIND" ARE DENIED ": see SANDLOCK_NET_BIND" END
    "NET_ALLOW_BIND" ARE "it is called SANDLOCK_NET_BIND here" END
    "PROTECTION_POLICY"
    ARE "see SANDLOCK_ALLOW_DEGRADED, SANDLOCK_REQUIRE and SANDLOCK_DISABLE" END
    "EXTRA_DENY_SYSCALLS" ARE "it is called SANDLOCK_SECCOMP_DENY here" END
    "EXTRA_ALLOW_SYSCALLS"
    ARE "system calls are left open in groups, by SANDLOCK_SECCOMP_ALLOW" END
    "HTTP_ALLOW HTTP_DENY HTTP_CA HTTP_KEY HTTP_INJECT_CA HTTP_CA_OUT"
    ARE "reading requests " SUPERVISOR END
    "MAX_MEMORY MAX_PROCESSES MAX_OPEN_FILES MAX_CPU"
    ARE "limits of resources are set by prlimit(1), ulimit or a cgroup" END
    "MAX_DISK WORKDIR FS_STORAGE ON_EXIT ON_ERROR"
    ARE "copying on write " SUPERVISOR END
    "FS_MOUNT" ARE "showing one path at another " SUPERVISOR ": see bwrap(1)" END
    "RANDOM_SEED TIME_START DETERMINISTIC_DIRS NUM_CPUS PORT_REMAP"
    ARE "answering for the kernel " SUPERVISOR END
    "POLICY_FN" ARE "asking a function " SUPERVISOR END
    "NO_SUPERVISOR" ARE "there never is one" END
    "NAME" ARE "a name is for a supervisor, and there is none" END
    "NO_RANDOMIZE_MEMORY" ARE "see setarch(8), option -R" END
    "NO_HUGE_PAGES" ARE "see prctl(2), PR_SET_THP_DISABLE" END
    "CPU_CORES" ARE "see taskset(1)" END
    "CWD" ARE "see env(1), option -C" END
    "CLEAN_ENV" ARE "see env(1), option -i" END
    "ENV" ARE "see env(1)" END
    "UID" ARE "see setpriv(1)" END;
/* clang-format on */

const char *field_next(const char *fields)
{
    return field_reason_of(fields) + strlen(field_reason_of(fields)) + 1;
}

const char *field_reason_of(const char *fields)
{
    return fields + strlen(fields) + 1;
}

const char *field_reason(struct span variable)
{
    size_t prefix = sizeof VARS_PREFIX - 1;
    if (variable.len <= prefix)
        return NULL;
    variable.at += prefix, variable.len -= prefix;
    for (const char *fields = fields_not_offered; *fields != '\0'; fields = field_next(fields)) {
        struct span rest = span_of(fields), name;
        while (word_next(&rest, &name))
            if (span_same(name, variable))
                return field_reason_of(fields);
    }
    return NULL;
}
