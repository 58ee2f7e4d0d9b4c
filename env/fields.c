/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include "vars.h"

#define SUPERVISOR "needs a supervisor, which sandlock has and the shim does without"
#define HTTP       "reading requests " SUPERVISOR
#define COW        "copying on write " SUPERVISOR
#define LIMIT      "limits of resources are set by prlimit(1), ulimit or a cgroup"
#define DENIED     "all is denied that is not granted, and no grant can be taken back in part"

const struct field fields_not_offered[] = {
    {VARS_PREFIX "FS_DENIED", DENIED ": grant what lies beside it"},
    {VARS_PREFIX "NET_DENY", DENIED ": see SANDLOCK_NET_ALLOW"},
    {VARS_PREFIX "NET_DENY_BIND", DENIED ": see SANDLOCK_NET_BIND"},
    {VARS_PREFIX "NET_ALLOW_BIND", "it is called SANDLOCK_NET_BIND here"},
    {VARS_PREFIX "PROTECTION_POLICY",
     "see SANDLOCK_ALLOW_DEGRADED, SANDLOCK_REQUIRE and SANDLOCK_DISABLE"},
    {VARS_PREFIX "EXTRA_DENY_SYSCALLS", "there is no filter of system calls"},
    {VARS_PREFIX "EXTRA_ALLOW_SYSCALLS", "there is no filter of system calls"},
    {VARS_PREFIX "HTTP_ALLOW", HTTP},
    {VARS_PREFIX "HTTP_DENY", HTTP},
    {VARS_PREFIX "HTTP_CA", HTTP},
    {VARS_PREFIX "HTTP_KEY", HTTP},
    {VARS_PREFIX "HTTP_INJECT_CA", HTTP},
    {VARS_PREFIX "HTTP_CA_OUT", HTTP},
    {VARS_PREFIX "MAX_MEMORY", LIMIT},
    {VARS_PREFIX "MAX_PROCESSES", LIMIT},
    {VARS_PREFIX "MAX_OPEN_FILES", LIMIT},
    {VARS_PREFIX "MAX_CPU", LIMIT},
    {VARS_PREFIX "MAX_DISK", COW},
    {VARS_PREFIX "WORKDIR", COW},
    {VARS_PREFIX "FS_STORAGE", COW},
    {VARS_PREFIX "ON_EXIT", COW},
    {VARS_PREFIX "ON_ERROR", COW},
    {VARS_PREFIX "FS_MOUNT", "showing one path at another " SUPERVISOR ": see bwrap(1)"},
    {VARS_PREFIX "RANDOM_SEED", "answering for the kernel " SUPERVISOR},
    {VARS_PREFIX "TIME_START", "answering for the kernel " SUPERVISOR},
    {VARS_PREFIX "DETERMINISTIC_DIRS", "answering for the kernel " SUPERVISOR},
    {VARS_PREFIX "NUM_CPUS", "answering for the kernel " SUPERVISOR},
    {VARS_PREFIX "PORT_REMAP", "answering for the kernel " SUPERVISOR},
    {VARS_PREFIX "POLICY_FN", "asking a function " SUPERVISOR},
    {VARS_PREFIX "NO_SUPERVISOR", "there never is one"},
    {VARS_PREFIX "NAME", "a name is for a supervisor, and there is none"},
    {VARS_PREFIX "NO_RANDOMIZE_MEMORY", "see setarch(8), option -R"},
    {VARS_PREFIX "NO_HUGE_PAGES", "see prctl(2), PR_SET_THP_DISABLE"},
    {VARS_PREFIX "CPU_CORES", "see taskset(1)"},
    {VARS_PREFIX "CWD", "see env(1), option -C"},
    {VARS_PREFIX "CLEAN_ENV", "see env(1), option -i"},
    {VARS_PREFIX "ENV", "see env(1)"},
    {VARS_PREFIX "UID", "see setpriv(1)"},
    {NULL, NULL},
};

const char *field_reason(struct span name)
{
    const struct field *f = fields_not_offered;
    while (f->name != NULL && !span_equals(name, f->name))
        f++;
    return f->reason;
}
