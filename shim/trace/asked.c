/* SPDX-License-Identifier: Apache-2.0 */
#include "asked.h"

#include "report.h"

#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint64_t asked_argument(const struct asked *asked, int n)
{
    uint64_t value = asked->target.call->args[n];
    return asked->target.narrow ? value & 0xffffffff : value;
}

bool asked_inherited(const struct asked *asked, const struct file *file)
{
    for (size_t i = 0; i < asked->inherited_count; i++)
        if (file_same(&asked->inherited[i], file))
            return true;
    return false;
}

/* Whether who asks still waits: else the process of this number may be another by now. */
static bool is_valid(const struct asked *asked)
{
    return seccomp_notify_id_valid(asked->listener, asked->id) == 0;
}

void asked_blind(const struct asked *asked)
{
    static const struct advice none;
    struct identity identity;
    char what[32];
    identity_find(asked->target.tid, &identity);
    snprintf(what, sizeof what, "%d", (int)identity.pid);
    if (is_valid(asked) && !report_known(identity.name, what, &none))
        report_line("%s[%d]: cannot be looked into: what it is denied of files is not reported",
                    identity.name, (int)identity.pid);
}

/* Says "self" of what is the process's own in /proc, which is no other thing for each of many. */
static void own_rename(char *what, pid_t pid)
{
    char own[32];
    size_t len = (size_t)snprintf(own, sizeof own, "/proc/%d/", (int)pid);
    char *at = strstr(what, own);
    size_t self = strlen("/proc/self/");
    if (at == NULL)
        return;
    memmove(at + self, at + len, strlen(at + len) + 1);
    memcpy(at, "/proc/self/", self);
}

void asked_denied(const struct asked *asked, const struct advice *advice, const char *format, ...)
{
    static char what[6 * PATH_MAX + 8];
    struct identity identity;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what - 8, format, arguments); /* which "self" may be longer by */
    va_end(arguments);
    identity_find(asked->target.tid, &identity);
    own_rename(what, identity.pid);
    const char *name = asked->name != NULL ? asked->name : identity.name;
    if (is_valid(asked) && !report_known(name, what, advice))
        report_denied(name, identity.pid, what, asked->logged, advice);
}
