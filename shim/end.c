/* SPDX-License-Identifier: Apache-2.0 */
#include "end.h"

#include "report.h"
#include "shim.h"
#include "sys.h"

#include <unistd.h> /* STDERR_FILENO */

_Noreturn void shim_end(int status, const struct text *line)
{
    sys_say(STDERR_FILENO, line->at, line->len);
    sys_exit(status);
}

_Noreturn void shim_fault(int status, const struct fault *fault)
{
    struct text line;
    line.len = 0; /* and no more: to clear all of it would cost more than to fill it */
    report_fault(&line, fault);
    shim_end(status, &line);
}

_Noreturn void end_policy(const struct config *config, struct fault *fault)
{
    config_locate(config, fault);
    shim_fault(EXIT_SHIM, fault);
}

void shim_printed(int error)
{
    struct fault fault = {.subject = span_of("standard output"), .error = -error};
    if (error < 0)
        shim_fault(EXIT_SHIM, &fault);
}

_Noreturn void end_missing(const struct landlock *landlock, const struct policy *policy,
                           const struct config *config)
{
    struct fault fault = {.subject = report_asker(policy, landlock->missing)};
    struct text line;
    config_locate(config, &fault);
    line.len = 0;
    report_missing(&line, &fault, policy, landlock->missing, landlock->abi);
    shim_end(EXIT_SHIM, &line);
}

void say_enforced(const struct policy *policy, const struct landlock *landlock, gate_set open)
{
    struct text line;
    line.len = 0;
    report_enforced(&line, policy, &landlock->plan, open, landlock->rules, landlock->ports);
    sys_say(STDERR_FILENO, line.at, line.len);
}

void say_confined(void)
{
    struct text line;
    line.len = 0;
    report_confined(&line);
    sys_say(STDERR_FILENO, line.at, line.len);
}
