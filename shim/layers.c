/* SPDX-License-Identifier: Apache-2.0 */
#include "layers.h"

#include "sys.h"
#include "trial.h"

#include <errno.h>

/* In a child: enforces layers for as long as the kernel takes them. */
static void count(void *context, bool traced)
{
    int *taken = context;
    const struct ruleset_attr any = {.handled_access_fs = ACCESS_FS_EXECUTE};
    (void)traced;
    for (int layers = 0; layers <= LAYERS_MAX; layers++) {
        int ruleset = sys_landlock_create_ruleset(&any, 0), error = ruleset;
        if (error >= 0)
            error = sys_no_new_privs();
        if (error == 0)
            error = sys_landlock_restrict_self(ruleset);
        *taken = error < 0 && error != -E2BIG ? error : layers;
        if (error < 0)
            return;
        sys_close(ruleset);
    }
}

int layers_in_force(void)
{
    struct trial trial;
    struct fault fault;
    int *taken = sys_map(sizeof *taken, true);
    if (taken == NULL)
        return -ENOMEM;
    int error = trial_run(count, taken, &trial, &fault);
    if (error == 0 && (trial.end != TRIAL_EXITED || *taken > LAYERS_MAX))
        error = -EPROTO; /* an outer filter ended it, or answers for the kernel */
    int layers = error < 0 ? error : *taken < 0 ? *taken : LAYERS_MAX - *taken;
    sys_unmap(taken, sizeof *taken);
    return layers;
}
