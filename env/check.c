/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "vars.h"

/* What cannot be where there is no filter. */
static const char *filter_check(const struct policy *policy, struct fault *fault)
{
    const struct filter_wishes *filter = &policy->filter;
    if (filter->mode != FILTER_OFF)
        return NULL;
    if (policy->knobs[KNOB_KEEP_ENV]) {
        fault->subject = variable_name(KIND_BOOLEAN, KNOB_KEEP_ENV);
        return "not with SANDLOCK_SECCOMP=off: it takes the filter to tell children that they are"
               " confined already";
    }
    if (filter->opened.at != NULL)
        fault->subject = variable_name(KIND_OPENED, 0);
    else if (filter->denied.at != NULL)
        fault->subject = variable_name(KIND_DENIED, 0);
    else if (filter->action != ACTION_ERRNO)
        fault->subject = variable_name(KIND_ACTION, 0);
    else
        return NULL;
    return "there is no filter with SANDLOCK_SECCOMP=off";
}

const char *policy_check(const struct policy *policy, struct fault *fault)
{
    *fault = (struct fault){0};
    if (policy->keep_fds.at != NULL && !policy->knobs[KNOB_CLOSE_FDS]) {
        fault->subject = variable_name(KIND_FDS, 0);
        return "all are kept where SANDLOCK_CLOSE_FDS=1 is not set";
    }
    return filter_check(policy, fault);
}
