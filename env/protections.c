/* SPDX-License-Identifier: Apache-2.0 */
#include "protections.h"

#include "value.h"
#include "vars.h"

/* In the order of enum protection. */
static const char names[] = "fs_refer\0fs_truncate\0net_tcp\0fs_ioctl_dev\0signal_scope\0"
                            "abstract_unix_socket_scope\0fs_resolve_unix\0net_udp\0";

const char *protection_name(enum protection p)
{
    return string_at(names, p);
}

const char *protections_parse(struct span value, struct protection_list *out, struct fault *fault)
{
    struct protection_list list = {0};
    struct span word;
    while (word_next(&value, &word)) {
        unsigned p;
        if (choice_parse(word, names, &p)) {
            list.named |= PROTECTION_BIT(p);
        } else if (name_equal(word, "all")) {
            list.all = true;
        } else {
            fault->entry = word;
            fault->word = name_nearest(word, names);
            return "unknown protection: did you mean %?";
        }
    }
    *out = list;
    return NULL;
}

/* The wishes whose list names protection p, or, for PROTECTIONS, says "all": one bit for each. */
static unsigned wishes_for(const struct protection_list *lists, unsigned p)
{
    unsigned wishes = 0;
    for (unsigned wish = WISH_DEGRADED; wish <= WISH_DISABLED; wish++)
        if (p < PROTECTIONS ? lists[wish].named & PROTECTION_BIT(p) : lists[wish].all)
            wishes |= 1U << wish;
    return wishes;
}

/* The wish in a set that has at most one; a second one is a fault. */
static const char *only_wish(unsigned set, enum wish *wish, struct fault *fault)
{
    unsigned found = WISH_DEFAULT;
    for (unsigned w = WISH_DEGRADED; w <= WISH_DISABLED; w++) {
        if (!(set & 1U << w))
            continue;
        if (found != WISH_DEFAULT) {
            fault->subject = variable_name(KIND_PROTECTIONS, w);
            fault->word = variable_name(KIND_PROTECTIONS, found);
            return "stands in % too; only one of the two can hold";
        }
        found = w;
    }
    *wish = (enum wish)found;
    return NULL;
}

/* Whether any list has anything in it. */
static bool any_wish(const struct protection_list *lists)
{
    for (unsigned wish = WISH_DEGRADED; wish <= WISH_DISABLED; wish++)
        if (lists[wish].all || lists[wish].named != 0)
            return true;
    return false;
}

const char *protections_settle(const struct protection_list *lists, struct policy *policy,
                               struct fault *fault)
{
    enum wish all, wish;
    if (!any_wish(lists)) /* as a rule, at each start */
        return NULL;
    const char *reason = only_wish(wishes_for(lists, PROTECTIONS), &all, fault);
    if (reason != NULL)
        fault->entry = span_of("all");
    for (unsigned p = 0; p < PROTECTIONS && reason == NULL; p++) {
        reason = only_wish(wishes_for(lists, p), &wish, fault);
        if (reason == NULL && p == FS_REFER && wish == WISH_DISABLED) {
            fault->subject = variable_name(KIND_PROTECTIONS, WISH_DISABLED);
            reason = "cannot be disabled: the kernel denies it unasked";
        }
        if (reason != NULL) {
            fault->entry = span_of(protection_name((enum protection)p));
            return reason;
        }
        if (wish != WISH_DEFAULT)
            policy->named |= PROTECTION_BIT(p);
        else if (!(p == FS_REFER && all == WISH_DISABLED))
            wish = all;
        policy->wishes[p] = wish;
    }
    return reason;
}
