/* SPDX-License-Identifier: Apache-2.0 */
#include "groups.h"

#include "../env/value.h"
#include "../env/vars.h"

/* The gates of a group. */
static gate_set group_find(struct span name)
{
    gate_set set = 0;
    for (unsigned gate = 0; gate < GATES; gate++)
        if (*gate_rows[gate].group != '\0' && name_equal(name, gate_rows[gate].group))
            set |= GATE_BIT(gate);
    return set;
}

/* Why name, which is no group, is none: near with the nearest one, if it can be meant, else far. */
static const char *no_group(struct span name, struct fault *fault, const char *near,
                            const char *far)
{
    struct nearest nearest = nearest_to(name);
    for (unsigned gate = 0; gate < GATES; gate++)
        if (*gate_rows[gate].group != '\0')
            nearest_offer(&nearest, gate_rows[gate].group);
    fault->word = nearest.name;
    return nearest.cost <= 1 + name.len / 2 ? near : far;
}

static bool is_word_of(struct span word, const char *text)
{
    struct span rest = span_of(text), other;
    while (word_next(&rest, &other))
        if (span_same(word, other))
            return true;
    return false;
}

/* A group that closes a system call, whole or by its arguments, or none. */
static struct span group_of_call(struct span call)
{
    unsigned gates = call_find(call) != 0 ? GATES : 0;
    for (unsigned gate = 0; gate < gates; gate++)
        if (*gate_rows[gate].group != '\0' && (is_word_of(call, gate_calls((enum gate)gate)) ||
                                               is_word_of(call, gate_rule((enum gate)gate))))
            return span_of(gate_rows[gate].group);
    return (struct span){0};
}

/* Takes "@group". Returns NULL, or the reason. */
static const char *group_take(struct span entry, gate_set *set, struct fault *fault)
{
    struct span name = {entry.at + 1, entry.len - 1};
    gate_set found = group_find(name);
    *set |= found;
    if (found != 0)
        return NULL;
    return no_group(name, fault, "unknown group: did you mean @%?",
                    "unknown group; --help has them all");
}

/* Why a word that is no group cannot be left open. */
static const char *opened_reason(struct span word, struct fault *fault)
{
    if (group_find(word) != 0) {
        fault->word = word;
        return "groups are written with '@': @%";
    }
    fault->word = group_of_call(word);
    if (fault->word.at != NULL)
        return "groups are left open, not system calls: see @%";
    return no_group(word, fault, "no group: did you mean @%?", "no group; --help has them all");
}

static const char *opened_read(struct span list, struct groups *groups, struct fault *fault)
{
    const char *reason = NULL;
    while (reason == NULL && word_next(&list, &fault->entry))
        reason = *fault->entry.at == '@' ? group_take(fault->entry, &groups->opened, fault)
                                         : opened_reason(fault->entry, fault);
    return reason;
}

/* Takes the name of a system call. Returns NULL, or the reason. */
static const char *call_take(struct span name, struct groups *groups, struct fault *fault)
{
    unsigned place = call_find(name);
    if (place == 0 && group_find(name) != 0) {
        fault->word = name;
        return "groups are written with '@': @%";
    }
    if (place == 0) {
        fault->call = call_nearest(name);
        return "unknown system call: did you mean %?";
    }
    groups->denied_calls[place / 64] |= 1ULL << place % 64;
    groups->calls = place > groups->calls ? place : groups->calls;
    return NULL;
}

static const char *denied_read(struct span list, struct groups *groups, struct fault *fault)
{
    const char *reason = NULL;
    while (reason == NULL && word_next(&list, &fault->entry)) {
        gate_set named = 0;
        reason = *fault->entry.at == '@' ? group_take(fault->entry, &named, fault)
                                         : call_take(fault->entry, groups, fault);
        groups->denied |= named;
        if (reason == NULL && named & groups->opened)
            reason = "stands in SANDLOCK_SECCOMP_ALLOW too; only one of the two can hold";
    }
    return reason;
}

const char *groups_read(const struct policy *policy, struct groups *groups, struct fault *fault)
{
    const struct filter_wishes *wishes = &policy->filter;
    enum variable_kind kind = KIND_OPENED;
    *groups = (struct groups){0};
    *fault = (struct fault){0};
    const char *reason = opened_read(wishes->opened, groups, fault);
    if (reason == NULL) {
        kind = KIND_DENIED;
        *fault = (struct fault){0};
        reason = denied_read(wishes->denied, groups, fault);
    }
    if (reason != NULL) {
        fault->subject = variable_name(kind, 0);
    } else if (policy->knobs[KNOB_KEEP_ENV] && groups_deny(groups, span_of("prctl"))) {
        *fault = (struct fault){.subject = variable_name(KIND_BOOLEAN, KNOB_KEEP_ENV)};
        reason = "not with prctl in SANDLOCK_SECCOMP_DENY: children ask by it whether they are"
                 " confined already";
    }
    fault->reason = reason;
    return reason;
}

bool groups_deny(const struct groups *groups, struct span call)
{
    return groups->calls != 0 && groups_deny_at(groups, call_find(call));
}

bool groups_deny_at(const struct groups *groups, unsigned place)
{
    return groups->denied_calls[place / 64] >> place % 64 & 1;
}
