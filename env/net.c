/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include "value.h"

static void ports_add(struct network *net, enum net_access access, unsigned low, unsigned high)
{
    struct port_bits *bits = &net->bits[access];
    if (!(net->some & NET_BIT(access)))
        memset(bits, 0, sizeof *bits);
    net->some |= NET_BIT(access);
    for (unsigned word = low / 64; word <= high / 64; word++) {
        uint64_t from = word == low / 64 ? ~0ULL << low % 64 : ~0ULL;
        uint64_t to = word == high / 64 ? ~0ULL >> (63 - high % 64) : ~0ULL;
        bits->words[word] |= from & to;
    }
}

/* Takes the text up to the next comma, or all of it, off *list. */
static struct span element_take(struct span *list)
{
    const char *comma = memchr(list->at, ',', list->len);
    size_t len = comma != NULL ? (size_t)(comma - list->at) : list->len;
    struct span element = {list->at, len};
    list->at += len + (comma != NULL);
    list->len -= len + (comma != NULL);
    return element;
}

/* Adds one number or range. Returns NULL, or the reason. */
static const char *element_parse(struct span element, enum net_access access, struct network *net)
{
    unsigned low, high;
    if (element.len == 0)
        return "a port is missing";
    if (span_equals(element, "*"))
        return "'*' is every port, and stands alone";
    switch (range_parse(element, PORTS - 1, &low, &high)) {
    case RANGE_NO_NUMBER:
        return "neither a port such as 443 nor a range such as 8000-8010";
    case RANGE_TOO_LARGE:
        return "ports end at 65535";
    case RANGE_BACKWARDS:
        return "the range is written backwards";
    case RANGE_GOOD:
        break;
    }
    if (low == 0 && (access == CONNECT_TCP || access == CONNECT_UDP))
        return "nobody can connect to port 0";
    ports_add(net, access, low, high);
    return NULL;
}

/* Adds what stands behind the scheme and the ':'. Returns NULL, or the reason. */
static const char *ports_parse(struct span list, enum net_access access, struct network *net)
{
    const char *reason = NULL;
    bool more = true;
    if (span_equals(list, "*")) {
        net->all |= NET_BIT(access);
        return NULL;
    }
    while (more && reason == NULL) {
        const char *end = list.at + list.len;
        struct span element = element_take(&list);
        more = element.at + element.len < end; /* a comma, be there something behind it or not */
        reason = element_parse(element, access, net);
    }
    return reason;
}

/* Whether what stands before the first ':' of text is meant for a scheme. */
static bool has_scheme(struct span text)
{
    const char *colon = memchr(text.at, ':', text.len);
    return colon != NULL &&
           span_starts((struct span){colon, text.len - (size_t)(colon - text.at)}, "://");
}

/* Takes a word, in any case, and what divides it from the rest off *text. Returns whether it stands
 * there. */
static bool scheme_take(struct span *text, const char *name)
{
    static const char dividers[] = ":/,";
    struct span rest = *text;
    for (; *name != '\0'; name++, rest.at++, rest.len--)
        if (rest.len == 0 || (*rest.at | ('a' - 'A')) != *name)
            return false;
    if (rest.len > 0 && strchr(dividers, *rest.at) == NULL)
        return false;
    while (rest.len > 0 && strchr(dividers, *rest.at) != NULL)
        rest.at++, rest.len--;
    *text = rest;
    return true;
}

/* What stands behind the last ':' of text, or all of it. */
static struct span behind_colon(struct span text)
{
    size_t at = text.len;
    while (at > 0 && text.at[at - 1] != ':')
        at--;
    return (struct span){text.at + at, text.len - at};
}

/* The reason why text, which should begin with ports, has a scheme that is not written as it is
 * here: "udp:53", "443/tcp"; NULL when it has none. What to write behind "://" is in *word. */
static const char *scheme_reason(struct span text, struct span *word)
{
    static const struct {
        char name[4], in_front[43], behind[40];
    } schemes[] = {
        {"tcp", "a scheme is followed by ://: write tcp://%",
         "a scheme stands in front: write tcp://%"},
        {"udp", "a scheme is followed by ://: write udp://%",
         "a scheme stands in front: write udp://%"},
    };
    const char *slash = memchr(text.at, '/', text.len);
    struct span head = {text.at, slash != NULL ? (size_t)(slash - text.at) : text.len};
    struct span tail = {head.at + head.len, text.len - head.len};
    if (tail.len > 0)
        tail.at++, tail.len--;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        bool in_front = scheme_take(&text, schemes[i].name);
        if (!in_front && !scheme_take(&tail, schemes[i].name))
            continue;
        struct span ports = in_front ? text : behind_colon(head);
        *word = ports.len > 0 ? ports : span_of("443");
        return in_front ? schemes[i].in_front : schemes[i].behind;
    }
    return NULL;
}

#define SEES "a rule in the process sees ports, not "

/* The reason why text, which should begin with ports, names a host; NULL when it does not. What
 * could be written in its place is in *word. */
static const char *host_reason(struct span text, bool udp, struct span *word)
{
    size_t dots = 0, letters = 0, colons = 0;
    *word = span_of("443");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        dots += c == '.';
        letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        colons += c == ':';
        if (c == ':' && i + 1 < text.len && (colons == 1 || text.at[i - 1] == ']'))
            *word = (struct span){text.at + i + 1, text.len - i - 1};
    }
    if (colons > 1 && text.at[0] != '[') /* an IPv6 address has no port then */
        *word = span_of("443");
    /* Without its scheme, a port for UDP would be granted for TCP. */
    if (memchr(text.at, '/', text.len) != NULL)
        return udp ? SEES "ranges of addresses: write the port alone, as in udp://443"
                   : SEES "ranges of addresses: write the port alone, as in :443";
    if (text.at[0] == '[' || colons > 1 || (dots > 0 && letters == 0))
        return udp ? SEES "addresses: write udp://%" : SEES "addresses: write :%";
    if (letters > 0 && (dots > 0 || !(text.at[0] >= '0' && text.at[0] <= '9')))
        return udp ? SEES "hosts: write udp://%" : SEES "hosts: write :%";
    return NULL;
}

/* Adds what is granted of ICMP. Returns NULL, or the reason. */
static const char *icmp_parse(struct span spec, enum net_direction direction, struct network *net)
{
    if (direction == NET_LOCAL)
        return "an echo socket has no port: it is granted in SANDLOCK_NET_ALLOW";
    if (!span_equals(spec, "icmp://*"))
        return "ICMP has no ports: write icmp://*";
    net->icmp = true;
    return NULL;
}

/* Adds one spec. Returns NULL, or the reason. */
static const char *spec_parse(struct span spec, enum net_direction direction, struct network *net,
                              struct span *word)
{
    bool outbound = direction == NET_OUTBOUND;
    enum net_access tcp = outbound ? CONNECT_TCP : BIND_TCP;
    enum net_access udp = outbound ? CONNECT_UDP : BIND_UDP;
    enum net_access access = tcp;
    struct span rest = spec;
    if (span_equals(spec, "*")) {
        net->all |= NET_BIT(tcp) | NET_BIT(udp);
        net->icmp |= outbound;
        return NULL;
    }
    if (scheme_take(&rest, "icmp"))
        return icmp_parse(spec, direction, net);
    size_t scheme = 0;
    if (span_starts(spec, "udp://"))
        access = udp, scheme = sizeof "udp://" - 1;
    else if (span_starts(spec, "tcp://"))
        scheme = sizeof "tcp://" - 1;
    spec.at += scheme, spec.len -= scheme;
    if (has_scheme(spec))
        return scheme > 0 ? "a spec has one scheme, not two"
                          : "unknown scheme: it is tcp, udp or icmp";

    if (span_starts(spec, "*:"))
        spec.at += 2, spec.len -= 2;
    else if (span_starts(spec, ":") && !span_starts(spec, "::"))
        spec.at += 1, spec.len -= 1;
    const char *reason = spec.len > 0 ? scheme_reason(spec, word) : NULL;
    if (reason == NULL && spec.len > 0)
        reason = host_reason(spec, access == udp, word);
    return reason != NULL ? reason : ports_parse(spec, access, net);
}

/* Takes the text up to the next white space off *rest. Returns whether there was any. */
static bool spec_next(struct span *rest, struct span *spec)
{
    static const char blanks[] = " \t\n\v\f\r";
    while (rest->len > 0 && strchr(blanks, *rest->at) != NULL)
        rest->at++, rest->len--;
    *spec = (struct span){rest->at, 0};
    while (rest->len > 0 && strchr(blanks, *rest->at) == NULL)
        rest->at++, rest->len--, spec->len++;
    return spec->len > 0;
}

const char *net_parse(struct span specs, enum net_direction direction, struct network *net,
                      struct fault *fault)
{
    const char *reason = NULL;
    while (reason == NULL && spec_next(&specs, &fault->entry))
        reason = spec_parse(fault->entry, direction, net, &fault->word);
    return reason;
}

const char *net_http_parse(struct span ports, struct network *net, struct fault *fault)
{
    const char *reason = NULL;
    while (reason == NULL && word_next(&ports, &fault->entry))
        reason = span_equals(fault->entry, "*")
                     ? "these are numbers: for every port set SANDLOCK_NET_ALLOW=*"
                     : element_parse(fault->entry, CONNECT_TCP, net);
    return reason;
}

net_set net_at(const struct network *net, unsigned port)
{
    net_set set = 0;
    for (unsigned access = 0; access < NET_ACCESSES; access++)
        if (net->some & NET_BIT(access) && net->bits[access].words[port / 64] >> port % 64 & 1)
            set |= NET_BIT(access);
    return set & ~net->all;
}

unsigned net_next(const struct network *net, unsigned port)
{
    net_set set = net->some & ~net->all;
    if (set == 0)
        return PORTS;
    for (; port < PORTS; port = (port / 64 + 1) * 64) {
        uint64_t word = 0;
        for (unsigned access = 0; access < NET_ACCESSES; access++)
            if (set & NET_BIT(access))
                word |= net->bits[access].words[port / 64];
        word >>= port % 64;
        if (word != 0)
            return port + (unsigned)__builtin_ctzll(word);
    }
    return PORTS;
}
