/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "../env/net.h"
#include "../env/protections.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "calls.h"
#include "errors.h"

#include <errno.h>

/* What to do when a system call answers with an error: what its name, or that of the variable it is
 * made for, begins with, the error, and the advice. The first row that fits counts. */
#define ADVICES(ROW)                                                                               \
    ROW("landlock_create_ruleset", ENOSYS,                                                         \
        "this kernel is older than 5.13 or built without Landlock, or an outer seccomp filter "    \
        "hides it, as an old container profile does")                                              \
    ROW("landlock_create_ruleset", EOPNOTSUPP,                                                     \
        "this kernel has Landlock, but it is off; boot with landlock in lsm=")                     \
    ROW("landlock_restrict_self", E2BIG, "16 Landlock layers are in use already")                  \
    ROW("landlock_", EPERM,                                                                        \
        "blocked by an outer seccomp filter, as an old container profile does")                    \
    ROW("setrlimit", EPERM,                                                                        \
        "the hard limit of core files is 0, which a core_pattern with a pipe does not heed; "      \
        "raise it to 1")                                                                           \
    ROW("prctl", EPERM, "blocked by an outer seccomp filter")                                      \
    ROW("SANDLOCK_", EXDEV,                                                                        \
        "it leads through a magic link of /proc, which is not followed inside SANDLOCK_CHROOT; "   \
        "write the path behind it")                                                                \
    ROW("seccomp", EPERM, "blocked by an outer seccomp filter")                                    \
    ROW("seccomp", ENOSYS, NO_FILTERS)                                                             \
    ROW("seccomp", EINVAL, NO_FILTERS)                                                             \
    ROW("seccomp", ENOMEM, "as many seccomp filters are in use already as there can be")
#define NO_FILTERS "this kernel has no seccomp filters; SANDLOCK_SECCOMP=off does without"

/* Its errors, and of each row the call and the advice. */
#define ERROR_OF(call, error, advice) error,
#define TEXTS_OF(call, error, advice) call "\0" advice "\0"
static const uint8_t advice_errors[] = {ADVICES(ERROR_OF)};
static const char advices[] = ADVICES(TEXTS_OF);

static const char *advice_find(const struct fault *fault)
{
    for (unsigned i = 0; i < sizeof advice_errors; i++)
        if (fault->error == advice_errors[i] &&
            span_starts(fault->subject, string_at(advices, 2 * i)))
            return string_at(advices, 2 * i + 1);
    return NULL;
}

static void error_put(struct text *text, int error)
{
    const char *known = error_text(error);
    text_put(text, known != NULL ? known : "error ");
    if (known == NULL)
        text_number(text, (unsigned long)error);
}

/* Appends reason, with word in the place of each '%'. */
static void reason_put(struct text *text, const char *reason, struct span word)
{
    for (const char *mark; (mark = strchr(reason, '%')) != NULL; reason = mark + 1) {
        text_span(text, (struct span){reason, (size_t)(mark - reason)});
        text_escaped(text, word);
    }
    text_put(text, reason);
}

/* Begins a line: with the line of the file that it is about, if it is. */
static void begin(struct text *text, const struct fault *fault)
{
    text_put(text, REPORT_PREFIX);
    if (fault->file.at == NULL)
        return;
    text_escaped(text, fault->file);
    text_put(text, ":");
    text_number(text, fault->line);
    text_put(text, ": ");
}

void report_fault(struct text *text, const struct fault *fault)
{
    begin(text, fault);
    if (fault->subject.at != NULL) {
        text_escaped(text, fault->subject);
        text_put(text, ": ");
    }
    if (fault->entry.at != NULL) {
        text_put(text, "\"");
        text_escaped(text, fault->entry);
        text_put(text, "\": ");
    }
    if (fault->error != 0)
        error_put(text, fault->error);
    if (fault->error != 0 && fault->reason != NULL)
        text_put(text, ": ");
    if (fault->reason != NULL && fault->call != 0) {
        struct call call = call_at(fault->call);
        reason_put(text, fault->reason, span_of(call.name));
    } else if (fault->reason != NULL) {
        reason_put(text, fault->reason, fault->word);
    }
    const char *advice = advice_find(fault);
    if (advice != NULL) {
        text_put(text, ": ");
        text_put(text, advice);
    }
    text_end(text);
}

/* Appends the names of a set, with between them; or none where it is empty. */
static void protections_put(struct text *text, protection_set set, const char *none)
{
    const char *gap = "";
    if (set == 0)
        text_put(text, none);
    for (unsigned p = 0; p < PROTECTIONS; p++)
        if (set & PROTECTION_BIT(p)) {
            text_put(text, gap);
            text_put(text, protection_name((enum protection)p));
            gap = ",";
        }
}

/* The protections that the policy wishes so. */
static protection_set wished(const struct policy *policy, enum wish wish)
{
    protection_set set = 0;
    for (unsigned p = 0; p < PROTECTIONS; p++)
        if (policy->wishes[p] == wish)
            set |= PROTECTION_BIT(p);
    return set;
}

struct span report_asker(const struct policy *policy, protection_set missing)
{
    const struct network *net = &policy->net;
    if (missing & wished(policy, WISH_REQUIRED))
        return variable_name(KIND_PROTECTIONS, WISH_REQUIRED);
    if (missing & PROTECTION_BIT(NET_UDP) && plan_is_finer(policy, NET_UDP))
        return variable_name(KIND_NET, net->some & ~net->all & NET_BIT(CONNECT_UDP) ? NET_OUTBOUND
                                                                                    : NET_LOCAL);
    if (missing & PROTECTION_BIT(FS_RESOLVE_UNIX) && plan_is_finer(policy, FS_RESOLVE_UNIX))
        return variable_name(KIND_PATHS, PATH_UNIX);
    return (struct span){0};
}

void report_missing(struct text *text, const struct fault *place, const struct policy *policy,
                    protection_set missing, int abi)
{
    protection_set unrequire = missing & policy->named & wished(policy, WISH_REQUIRED);
    begin(text, place);
    text_put(text, "this kernel has Landlock ABI ");
    text_number(text, (unsigned long)abi);
    text_put(text, ", which lacks ");
    const char *gap = "";
    for (unsigned p = 0; p < PROTECTIONS; p++)
        if (missing & PROTECTION_BIT(p)) {
            text_put(text, gap);
            text_put(text, protection_name((enum protection)p));
            text_put(text, " (ABI ");
            text_number(text, (unsigned long)protection_rows[p].abi);
            text_put(text, ")");
            gap = ", ";
        }
    text_put(text, "; to run without, ");
    if (missing & PROTECTION_BIT(NET_UDP) && plan_is_finer(policy, NET_UDP)) {
        bool local = policy->net.some & ~policy->net.all & NET_BIT(BIND_UDP);
        bool outbound = !(policy->net.all & NET_BIT(CONNECT_UDP));
        text_put(text, "grant udp://* in ");
        text_put(text, outbound ? "SANDLOCK_NET_ALLOW" : "");
        text_put(text, outbound && local ? " and " : "");
        text_put(text, local ? "SANDLOCK_NET_BIND" : "");
        text_put(text, ", or ");
    }
    if (missing & PROTECTION_BIT(FS_RESOLVE_UNIX) && plan_is_finer(policy, FS_RESOLVE_UNIX))
        text_put(text, "set SANDLOCK_UNIX_CONNECT=* in place of paths, or ");
    if (unrequire != 0) {
        text_put(text, "take ");
        protections_put(text, unrequire, "");
        text_put(text, " out of SANDLOCK_REQUIRE and ");
    }
    /* What was accepted before stays accepted when the line is pasted. */
    text_put(text, "set SANDLOCK_ALLOW_DEGRADED=");
    protections_put(text, missing | wished(policy, WISH_DEGRADED), "");
    text_end(text);
}

/* How many members a set has. */
static unsigned long members(uint64_t set)
{
    unsigned long count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

/* Appends the names of a set; their number where they would make the line too long. */
static void protections_say(struct text *text, protection_set set, bool brief)
{
    if (brief)
        text_number(text, members(set));
    else
        protections_put(text, set, "-");
}

void report_enforced(struct text *text, const struct policy *policy, const struct plan *plan,
                     gate_set open, unsigned long rules, unsigned long ports)
{
    bool brief = members(plan->degraded | plan->disabled) > 3;
    text_put(text, REPORT_PREFIX "enforced: abi=");
    text_number(text, (unsigned long)plan->abi);
    text_put(text, " rules=");
    text_number(text, rules);
    text_put(text, " ports=");
    text_number(text, ports);
    text_put(text, " degraded=");
    protections_say(text, plan->degraded, brief);
    text_put(text, " disabled=");
    protections_say(text, plan->disabled, brief);
    text_put(text, " seccomp=");
    text_put(text, string_at(filter_modes, policy->filter.mode));
    bool off = policy->filter.mode == FILTER_OFF;
    text_put(text, " action=");
    text_put(text, off ? "-" : string_at(filter_actions, policy->filter.action));
    if (policy->filter.action == ACTION_LOG)
        text_put(text, ":not-enforced");
    text_put(text, " open=");
    if (off)
        text_put(text, "-");
    else
        text_number(text, members(open));
    text_end(text);
}

void report_confined(struct text *text)
{
    text_put(text, REPORT_PREFIX "enforced: already");
    text_end(text);
}
