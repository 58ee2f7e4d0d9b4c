/* SPDX-License-Identifier: Apache-2.0 */
#include "vars.h"

#include "fields.h"
#include "net.h"
#include "path.h"
#include "value.h"

#include <limits.h>

const struct variable variables[] = {
    {VARS_PREFIX "FS_READABLE", KIND_PATHS, PATH_READABLE, true, "PATH:...",
     "read, list and execute beneath each path"},
    {VARS_PREFIX "FS_WRITABLE", KIND_PATHS, PATH_WRITABLE, true, "PATH:...",
     "the same, and every kind of write"},
    {VARS_PREFIX "FS_EXECUTABLE", KIND_PATHS, PATH_EXECUTABLE, true, "PATH:...",
     "read and execute; the two above then grant no execute"},
    {VARS_PREFIX "UNIX_CONNECT", KIND_PATHS, PATH_UNIX, true, "PATH:... or *",
     "connect to UNIX sockets made outside"},
    {VARS_PREFIX "GPU_DEVICES", KIND_GPUS, 0, true, "N,... or all", "read and write GPU devices"},
    {VARS_PREFIX "CHROOT", KIND_DIRECTORY, 0, true, "DIRECTORY",
     "look all of these paths up inside it"},
    {VARS_PREFIX "NET_ALLOW", KIND_NET, NET_OUTBOUND, true, "SPEC ...", "ports to connect to"},
    {VARS_PREFIX "NET_BIND", KIND_NET, NET_LOCAL, true, "SPEC ...",
     "local ports; 0 is an ephemeral one"},
    {VARS_PREFIX "HTTP_PORTS", KIND_HTTP_PORTS, 0, true, "PORT,...",
     "TCP ports to connect to as well"},
    {VARS_PREFIX "ALLOW_DEGRADED", KIND_PROTECTIONS, WISH_DEGRADED, true, "NAME,...",
     "protections that this kernel may lack"},
    {VARS_PREFIX "REQUIRE", KIND_PROTECTIONS, WISH_REQUIRED, true, "NAME,...",
     "protections that it may not lack"},
    {VARS_PREFIX "DISABLE", KIND_PROTECTIONS, WISH_DISABLED, true, "NAME,...",
     "protections not to enforce"},
    {VARS_PREFIX "VERBOSE", KIND_BOOLEAN, KNOB_VERBOSE, false, "BOOLEAN",
     "say on stderr what was enforced"},
    {VARS_PREFIX "CLOSE_FDS", KIND_BOOLEAN, KNOB_CLOSE_FDS, false, "BOOLEAN",
     "close inherited descriptors from 3 on"},
    {VARS_PREFIX "KEEP_FDS", KIND_FDS, 0, false, "N,N-M,...", "but not these"},
    {VARS_PREFIX "NO_COREDUMP", KIND_BOOLEAN, KNOB_NO_COREDUMP, false, "BOOLEAN",
     "write no core dumps"},
    {NULL, KIND_BOOLEAN, 0, false, NULL, NULL},
};

enum { VARIABLES = sizeof variables / sizeof *variables - 1 };
_Static_assert(VARIABLES <= 32, "one bit of an unsigned for each variable");

/* What the variables say one by one, before they are held against each other. */
struct reading {
    struct policy policy;
    struct protection_list lists[WISH_DISABLED + 1]; /* by wish */
    unsigned seen;                                   /* one bit for each variable, in order */
    bool makes_policy;                               /* one of them is more than a knob */
};

static const struct variable *variable_find(struct span name)
{
    const struct variable *v = variables;
    while (v->name != NULL && !span_equals(name, v->name))
        v++;
    return v->name != NULL ? v : NULL;
}

struct span variable_name(enum variable_kind kind, unsigned slot)
{
    const struct variable *v = variables;
    while (v->kind != kind || v->slot != slot)
        v++;
    return span_of(v->name);
}

/* Names that Kubernetes makes up for a Service that is called "sandlock". */
static bool is_service_link(struct span name)
{
    return span_starts(name, VARS_PREFIX "SERVICE_") || span_starts(name, VARS_PREFIX "PORT");
}

/* Walks the path list for its faults alone; the paths are opened much later. */
static const char *paths_parse(struct span list, enum path_class which, struct policy *policy,
                               struct fault *fault)
{
    char path[PATH_MAX];
    if (which == PATH_UNIX && span_equals(list, "*")) {
        policy->unix_all = true;
        return NULL;
    }
    policy->paths[which] = list;
    struct path_iter it = path_iterate(list, which == PATH_WRITABLE);
    while (path_next(&it, path))
        continue;
    if (it.reason != NULL) {
        fault->entry = it.entry;
        fault->word = it.word;
    }
    return it.reason;
}

/* A directory is written as it is: it is no list, and has no escapes. */
static const char *directory_check(struct span path)
{
    if (path.len >= PATH_MAX)
        return "as long as PATH_MAX or longer";
    if (!span_starts(path, "/") && !span_starts(path, "./") && !span_starts(path, "../"))
        return "a directory starts with '/', './' or '../'";
    return NULL;
}

/* Reads one value. Returns NULL, or the reason. */
static const char *value_read(const struct variable *v, struct span value, struct reading *reading,
                              struct fault *fault)
{
    struct policy *policy = &reading->policy;
    switch (v->kind) {
    case KIND_PATHS:
        return paths_parse(value, (enum path_class)v->slot, policy, fault);
    case KIND_PROTECTIONS:
        return protections_parse(value, &reading->lists[v->slot], fault);
    case KIND_BOOLEAN:
        fault->entry = value;
        return boolean_parse(value, &policy->knobs[v->slot]);
    case KIND_NET:
        return net_parse(value, (enum net_direction)v->slot, &policy->net, fault);
    case KIND_HTTP_PORTS:
        return net_http_parse(value, &policy->net, fault);
    case KIND_GPUS:
        policy->gpus = value;
        return gpus_parse(value, fault);
    case KIND_DIRECTORY:
        policy->chroot = fault->entry = value;
        return directory_check(value);
    case KIND_FDS:
        policy->keep_fds = value;
        return fds_parse(value, fault);
    }
    return "of no known kind";
}

/* Reads one string of the environment that begins with our prefix. */
static const char *variable_read(const char *string, struct reading *reading, struct fault *fault)
{
    struct span name = {string, strcspn(string, "=")};
    *fault = (struct fault){.subject = name};
    if (string[name.len] == '\0')
        return "stands in the environment without '='";
    struct span value = span_of(string + name.len + 1);
    const struct variable *v = variable_find(name);
    if (v == NULL && value.len == 0)
        return NULL;
    if (v == NULL && field_reason(name) != NULL)
        return field_reason(name);
    if (v == NULL && is_service_link(name))
        return "made up by Kubernetes for a Service called sandlock; set enableServiceLinks: false";
    if (v == NULL) {
        fault->word = name_nearest(name, &variables->name, sizeof *variables);
        return "unknown variable: did you mean %?";
    }
    unsigned bit = 1U << (v - variables);
    if (reading->seen & bit)
        return "stands in the environment twice";
    reading->seen |= bit;
    if (value.len == 0)
        return NULL;
    reading->makes_policy |= v->policy;
    return value_read(v, value, reading, fault);
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

/* Holds the three lists against each other. A name beats "all". */
static const char *wishes_settle(const struct protection_list *lists, struct policy *policy,
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

/* The rules that hold between the variables. */
static const char *reading_check(struct reading *reading, struct fault *fault)
{
    const char *reason = wishes_settle(reading->lists, &reading->policy, fault);
    if (reason != NULL)
        return reason;
    *fault = (struct fault){0};
    if (reading->policy.keep_fds.at != NULL && !reading->policy.knobs[KNOB_CLOSE_FDS]) {
        fault->subject = variable_name(KIND_FDS, 0);
        return "all are kept where SANDLOCK_CLOSE_FDS=1 is not set";
    }
    if (!reading->makes_policy)
        return "no policy is set, or it is consumed already; " VARS_PREFIX
               "FS_READABLE=@base would be"
               " one to start with";
    return NULL;
}

const char *vars_read(char *const envp[], struct policy *policy, struct port_bits *bits,
                      struct fault *fault)
{
    struct reading reading = {.policy.net.bits = bits};
    const char *reason = NULL;

    *fault = (struct fault){0};
    for (; *envp != NULL && reason == NULL; envp++)
        if (strncmp(*envp, VARS_PREFIX, sizeof VARS_PREFIX - 1) == 0)
            reason = variable_read(*envp, &reading, fault);
    if (reason == NULL)
        reason = reading_check(&reading, fault);
    if (reason == NULL)
        *policy = reading.policy;
    else
        fault->reason = reason;
    return reason;
}

/* The value of a variable in envp that is one number; from is where it is not. */
static unsigned number_of(char *const envp[], const char *prefix, unsigned otherwise)
{
    unsigned low, high;
    for (; *envp != NULL; envp++)
        if (span_starts(span_of(*envp), prefix) &&
            range_parse(span_of(*envp + strlen(prefix)), INT_MAX, &low, &high) == RANGE_GOOD &&
            low == high)
            return low;
    return otherwise;
}

unsigned vars_listen_fds(char *const envp[], unsigned pid)
{
    return number_of(envp, "LISTEN_PID=", 0) == pid ? number_of(envp, "LISTEN_FDS=", 0) : 0;
}
