/* SPDX-License-Identifier: Apache-2.0 */
#include "protections.h"

#include "value.h"
#include "vars.h"

const char *const protection_names[PROTECTIONS + 1] = {
    [FS_REFER] = "fs_refer",
    [FS_TRUNCATE] = "fs_truncate",
    [NET_TCP] = "net_tcp",
    [FS_IOCTL_DEV] = "fs_ioctl_dev",
    [SIGNAL_SCOPE] = "signal_scope",
    [ABSTRACT_UNIX_SOCKET_SCOPE] = "abstract_unix_socket_scope",
    [FS_RESOLVE_UNIX] = "fs_resolve_unix",
    [NET_UDP] = "net_udp",
    [PROTECTIONS] = NULL,
};

/* The protection called word, or PROTECTIONS. */
static unsigned protection_find(struct span word)
{
    unsigned p = 0;
    while (p < PROTECTIONS && !name_equal(word, protection_names[p]))
        p++;
    return p;
}

const char *protections_parse(struct span value, struct protection_list *out, struct fault *fault)
{
    struct protection_list list = {0};
    struct span word;
    while (word_next(&value, &word)) {
        unsigned p = protection_find(word);
        if (p < PROTECTIONS) {
            list.named |= PROTECTION_BIT(p);
        } else if (name_equal(word, "all")) {
            list.all = true;
        } else {
            fault->entry = word;
            fault->word = name_nearest(word, protection_names);
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
static const char *only_wish(unsigned set, struct span word, enum wish *wish, struct fault *fault)
{
    unsigned found = WISH_DEFAULT;
    for (unsigned w = WISH_DEGRADED; w <= WISH_DISABLED; w++) {
        if (!(set & 1U << w))
            continue;
        if (found != WISH_DEFAULT) {
            fault->subject = variable_name(KIND_PROTECTIONS, w);
            fault->entry = word;
            fault->word = variable_name(KIND_PROTECTIONS, found);
            return "stands in % too; only one of the two can hold";
        }
        found = w;
    }
    *wish = (enum wish)found;
    return NULL;
}

const char *protections_settle(const struct protection_list *lists, struct policy *policy,
                               struct fault *fault)
{
    enum wish all, wish;
    const char *reason = only_wish(wishes_for(lists, PROTECTIONS), span_of("all"), &all, fault);
    for (unsigned p = 0; p < PROTECTIONS && reason == NULL; p++) {
        struct span name = span_of(protection_names[p]);
        reason = only_wish(wishes_for(lists, p), name, &wish, fault);
        if (reason != NULL)
            return reason;
        if (p == FS_REFER && wish == WISH_DISABLED) {
            fault->subject = variable_name(KIND_PROTECTIONS, WISH_DISABLED);
            fault->entry = name;
            return "cannot be disabled: the kernel denies it unasked";
        }
        if (wish != WISH_DEFAULT)
            policy->named |= PROTECTION_BIT(p);
        else if (!(p == FS_REFER && all == WISH_DISABLED))
            wish = all;
        policy->wishes[p] = wish;
    }
    return reason;
}
