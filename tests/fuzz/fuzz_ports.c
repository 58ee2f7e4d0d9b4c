/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Specs of ports, compared with what a second reader makes of them: one that is written from the
 * grammar alone, goes by whole strings, and keeps one byte for each port.
 *
 * The first byte says which variable: 'a' SANDLOCK_NET_ALLOW, 'b' _NET_BIND, 'h' _HTTP_PORTS.
 */
#include "../../env/net.h"
#include "fuzz.h"

/* What is granted, the simple way. */
struct naive {
    bool every[NET_ACCESSES], icmp;
    bool port[NET_ACCESSES][PORTS];
};

static struct naive naive, expected;
static struct port_bits bits[NET_ACCESSES];

/* A number of nothing but digits; more than 65535 is no port. */
static bool naive_number(const char *text, unsigned *number)
{
    *number = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9')
            return false;
        *number = *number * 10 + (unsigned)(*c - '0');
        if (*number >= PORTS)
            return false;
    }
    return *text != '\0';
}

/* "N" or "LOW-HIGH". */
static bool naive_range(char *text, enum net_access access, bool zero)
{
    unsigned low, high;
    char *dash = strchr(text, '-');
    if (dash != NULL)
        *dash = '\0';
    if (!naive_number(text, &low) || !naive_number(dash != NULL ? dash + 1 : text, &high))
        return false;
    if (low > high || (low == 0 && !zero))
        return false;
    for (unsigned port = low; port <= high; port++)
        expected.port[access][port] = true;
    return true;
}

/* Ranges that are joined by commas. */
static bool naive_ports(char *text, enum net_access access, bool zero)
{
    for (char *next; text != NULL; text = next) {
        next = strchr(text, ',');
        if (next != NULL)
            *next++ = '\0';
        if (!naive_range(text, access, zero))
            return false;
    }
    return true;
}

/* [SCHEME://][*][:]PORTS, or "*". */
static bool naive_spec(char *text, bool local)
{
    enum net_access tcp = local ? BIND_TCP : CONNECT_TCP, udp = local ? BIND_UDP : CONNECT_UDP;
    enum net_access access = tcp;
    if (strcmp(text, "*") == 0) {
        expected.every[tcp] = expected.every[udp] = true;
        expected.icmp |= !local;
        return true;
    }
    if (strcmp(text, "icmp://*") == 0) { /* it has no ports, and no other spec */
        expected.icmp = true;
        return !local;
    }
    if (strncmp(text, "tcp://", 6) == 0)
        text += 6;
    else if (strncmp(text, "udp://", 6) == 0)
        text += 6, access = udp;
    if (strncmp(text, "*:", 2) == 0)
        text += 2;
    else if (*text == ':')
        text++;
    if (strcmp(text, "*") == 0)
        return expected.every[access] = true;
    return naive_ports(text, access, local);
}

/* A port by its number is of no account where every port is granted. */
static void naive_settle(void)
{
    for (unsigned access = 0; access < NET_ACCESSES; access++)
        if (expected.every[access])
            memset(expected.port[access], 0, sizeof expected.port[access]);
}

/* The whole value: words, each of which has to be good. */
static bool naive_read(char *text, char which)
{
    const char *separators = which == 'h' ? " \t\n\v\f\r," : " \t\n\v\f\r";
    char *rest = text, *word;
    while ((word = strtok_r(rest, separators, &rest)) != NULL)
        if (!(which == 'h' ? naive_range(word, CONNECT_TCP, false)
                           : naive_spec(word, which == 'b')))
            return false;
    return true;
}

/* What the shim has read, in the same terms. */
static void unfold(const struct network *net)
{
    memset(&naive, 0, sizeof naive);
    naive.icmp = net->icmp;
    for (unsigned access = 0; access < NET_ACCESSES; access++)
        naive.every[access] = net->all & NET_BIT(access);
    for (unsigned port = net_next(net, 0); port < PORTS; port = net_next(net, port + 1)) {
        net_set set = net_at(net, port);
        CHECK(set != 0);
        for (unsigned access = 0; access < NET_ACCESSES; access++)
            naive.port[access][port] = set & NET_BIT(access);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || strchr("abh", *data) == NULL || memchr(data, '\0', size) != NULL)
        return 0;
    char which = (char)*data, *text = copy_of(data + 1, size - 1), *string = calloc(size, 1);
    struct network net = {.bits = bits};
    struct fault fault = {.reason = NULL};
    struct span specs = {text, size - 1};
    memset(bits, 0x5a, sizeof bits); /* none is set before it is used */
    const char *reason =
        which == 'h' ? net_http_parse(specs, &net, &fault)
                     : net_parse(specs, which == 'b' ? NET_LOCAL : NET_OUTBOUND, &net, &fault);
    CHECK(string != NULL);
    memcpy(string, data + 1, size - 1);
    memset(&expected, 0, sizeof expected);
    bool good = naive_read(string, which);
    CHECK((reason == NULL) == good);
    if (good) {
        unfold(&net);
        naive_settle();
        CHECK(memcmp(&naive, &expected, sizeof naive) == 0);
    } else {
        CHECK(fault.entry.at >= text && fault.entry.at + fault.entry.len <= text + size - 1);
    }
    free(text);
    free(string);
    return 0;
}
