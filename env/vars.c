/* SPDX-License-Identifier: Apache-2.0 */
#include "vars.h"

#include "check.h"
#include "config.h"
#include "fields.h"
#include "hash.h"
#include "net.h"
#include "path.h"
#include "protections.h"
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
    {VARS_PREFIX "SECCOMP", KIND_MODE, 0, true, "WORD",
     "the filter of system calls: default, nested or off"},
    {VARS_PREFIX "SECCOMP_ALLOW", KIND_OPENED, 0, true, "@GROUP,...", "groups that it leaves open"},
    {VARS_PREFIX "SECCOMP_DENY", KIND_DENIED, 0, true, "NAME,@GROUP,...",
     "further system calls that it denies"},
    {VARS_PREFIX "SECCOMP_ACTION", KIND_ACTION, 0, true, "WORD",
     "what it does then: errno, log, kill or trap"},
    {VARS_PREFIX "CONFIG", KIND_CONFIG, 0, true, "FILE", "read what is not set here from a file"},
    {VARS_PREFIX "VERBOSE", KIND_BOOLEAN, KNOB_VERBOSE, false, "BOOLEAN",
     "say on stderr what was enforced"},
    {VARS_PREFIX "CLOSE_FDS", KIND_BOOLEAN, KNOB_CLOSE_FDS, false, "BOOLEAN",
     "close inherited descriptors from 3 on"},
    {VARS_PREFIX "KEEP_FDS", KIND_FDS, 0, false, "N,N-M,...", "but not these"},
    {VARS_PREFIX "NO_COREDUMP", KIND_BOOLEAN, KNOB_NO_COREDUMP, false, "BOOLEAN",
     "write no core dumps"},
    {VARS_PREFIX "KEEP_ENV", KIND_BOOLEAN, KNOB_KEEP_ENV, false, "BOOLEAN",
     "keep all of these in the environment"},
    {"", KIND_BOOLEAN, 0, false, "", ""},
};

_Static_assert(VARIABLES == sizeof variables / sizeof *variables - 1, "all but the last");
_Static_assert(VARIABLES <= 32, "one bit of an unsigned for each variable");

/* Whether name, which has our prefix, is that of v. */
static bool is_called(const struct variable *v, struct span name)
{
    size_t i = sizeof VARS_PREFIX - 1;
    while (i < name.len && name.at[i] == v->name[i])
        i++;
    return i == name.len && v->name[i] == '\0';
}

static const struct variable *variable_find(struct span name)
{
    const struct variable *v = variables;
    while (*v->name != '\0' && !is_called(v, name))
        v++;
    return *v->name != '\0' ? v : NULL;
}

struct span variable_name(enum variable_kind kind, unsigned slot)
{
    const struct variable *v = variables;
    while (v->kind != kind || v->slot != slot)
        v++;
    return span_of(v->name);
}

static struct span variable_nearest(struct span name)
{
    struct nearest nearest = nearest_to(name);
    for (const struct variable *v = variables; *v->name != '\0'; v++)
        nearest_offer(&nearest, v->name);
    return nearest.name;
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
    if (which == PATH_UNIX && span_equals(list, "*")) {
        policy->unix_all = true;
        return NULL;
    }
    policy->paths[which] = list;
    struct path_iter it = path_iterate(list, which == PATH_WRITABLE);
    bool any = false;
    while (path_next(&it, NULL))
        any = true;
    policy->relative |= it.relative;
    if (which == PATH_UNIX && !any) /* "@none": that is no grant, and opens no gate */
        policy->paths[which] = (struct span){0};
    if (it.reason != NULL) {
        fault->entry = it.entry;
        fault->word = it.word;
    }
    return it.reason;
}

const char *variable_look_up(struct span name, bool empty, const struct variable **found,
                             struct fault *fault)
{
    const struct variable *v = *found = variable_find(name);
    if (v != NULL || empty)
        return NULL;
    if (field_reason(name) != NULL)
        return field_reason(name);
    if (is_service_link(name))
        return "made up by Kubernetes for a Service called sandlock; set enableServiceLinks: false";
    fault->word = variable_nearest(name);
    return "unknown variable: did you mean %?";
}

/* Takes one string of the environment that begins with our prefix. */
static const char *string_take(const char *string, struct settings *settings, struct fault *fault)
{
    const struct variable *v;
    struct span name = {string, sizeof VARS_PREFIX - 1};
    while (string[name.len] != '\0' && string[name.len] != '=')
        name.len++;
    *fault = (struct fault){.subject = name};
    if (string[name.len] == '\0')
        return "stands in the environment without '='";
    struct span value = span_of(string + name.len + 1);
    const char *reason = variable_look_up(name, value.len == 0, &v, fault);
    if (v == NULL)
        return reason;
    unsigned bit = 1U << (v - variables);
    if (settings->seen & bit)
        return "stands in the environment twice";
    settings->seen |= bit;
    if (value.len == 0)
        return NULL;
    if (v->kind == KIND_CONFIG) {
        settings->config = fault->entry = value;
        return path_check(value);
    }
    settings->set |= bit;
    settings->values[v - variables] = value;
    return NULL;
}

const char *vars_collect(char *const envp[], struct settings *settings, struct fault *fault)
{
    const char *reason = NULL;
    settings->set = settings->seen = 0;
    settings->config = (struct span){0};
    for (; *envp != NULL && reason == NULL; envp++)
        if (string_starts(*envp, VARS_PREFIX))
            reason = string_take(*envp, settings, fault);
    if (reason != NULL)
        fault->reason = reason;
    return reason;
}

bool vars_may_name_ports(const struct settings *settings)
{
    bool may = settings->config.at != NULL;
    for (unsigned rest = settings->set; rest != 0; rest &= rest - 1) {
        unsigned kind = variables[__builtin_ctz(rest)].kind;
        may |= kind == KIND_NET || kind == KIND_HTTP_PORTS;
    }
    return may;
}

/* Reads one value. Returns NULL, or the reason. */
static const char *value_read(const struct variable *v, struct span value, struct policy *policy,
                              struct protection_list *lists, struct fault *fault)
{
    switch (v->kind) {
    case KIND_PATHS:
        return paths_parse(value, (enum path_class)v->slot, policy, fault);
    case KIND_PROTECTIONS:
        return protections_parse(value, &lists[v->slot], fault);
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
        policy->relative |= *value.at == '.';
        return path_check(value);
    case KIND_FDS:
        policy->keep_fds = value;
        return fds_parse(value, fault);
    case KIND_MODE:
        fault->entry = value;
        return choice_parse(value, filter_modes, &policy->filter.mode)
                   ? NULL
                   : "neither default nor nested nor off";
    case KIND_ACTION:
        fault->entry = value;
        return choice_parse(value, filter_actions, &policy->filter.action)
                   ? NULL
                   : "neither errno nor log nor kill nor trap";
    case KIND_OPENED:
        policy->filter.opened = value;
        return NULL;
    case KIND_DENIED:
        policy->filter.denied = value;
        return NULL;
    case KIND_CONFIG: /* it is among no values */
        break;
    }
    return "of no known kind";
}

/* Adds what the file sets and the environment does not. What that does, is not the file's. */
static const char *config_add(struct config *config, struct settings *settings, struct fault *fault)
{
    const char *reason = config_parse(config, fault);
    if (reason != NULL)
        return reason;
    config->set &= ~settings->set;
    settings->set |= config->set;
    for (unsigned i = 0; i < VARIABLES; i++)
        if (config->set >> i & 1)
            settings->values[i] = config->values[i];
    return NULL;
}

/* Another one may mean something else by the same words. */
static uint64_t version(void)
{
    uint64_t key = 0;
    _Static_assert(sizeof SHIM_VERSION - 1 <= sizeof key, "all of the version makes a difference");
    memcpy(&key, SHIM_VERSION, sizeof SHIM_VERSION - 1);
    return key;
}

const char *vars_read(struct settings *settings, struct config *config, struct policy *policy,
                      struct port_bits *bits, struct fault *fault)
{
    struct policy read = {.net.bits = bits, .empty = settings->config.at == NULL};
    struct protection_list lists[WISH_DISABLED + 1] = {0}; /* by wish */
    struct hash hash = hash_begin(version());
    const char *reason = NULL;

    *fault = (struct fault){0};
    if (config != NULL && config->name.at != NULL)
        reason = config_add(config, settings, fault);
    /* In the order of the table, and so whatever that of the environment is. */
    for (unsigned rest = settings->set; rest != 0 && reason == NULL; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctz(rest);
        const struct variable *v = &variables[i];
        *fault = (struct fault){0};
        reason = value_read(v, settings->values[i], &read, lists, fault);
        if (reason != NULL)
            fault->subject = span_of(v->name);
        if (!v->policy)
            continue;
        read.empty = false;
        hash_add(&hash, i, settings->values[i]);
    }
    if (reason == NULL)
        reason = protections_settle(lists, &read, fault);
    if (reason == NULL)
        reason = policy_check(&read, fault);
    if (reason == NULL) {
        read.digest = hash_end(hash);
        *policy = read;
    }
    fault->reason = reason;
    return reason;
}
