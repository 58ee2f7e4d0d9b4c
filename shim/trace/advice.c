/* SPDX-License-Identifier: Apache-2.0 */
#include "advice.h"

#include "../../env/path.h"
#include "../../env/protections.h"
#include "../../env/vars.h"

#include <stdio.h>

/* Whether path is at or beneath another. */
static bool is_beneath(const char *path, const char *above)
{
    size_t len = strlen(above);
    return strncmp(path, above, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Whether a preset is for what everybody keeps there: what lies beneath is somebody's own. */
static bool is_shared(const struct preset *preset)
{
    return strcmp(preset->name, "tmp") == 0 || strcmp(preset->name, "shm") == 0;
}

/* The path of a preset at or above path; *preset becomes its name. */
static const char *preset_path(const char *path, bool writing, const char **preset)
{
    for (const struct preset *p = presets; *p->name != '\0'; p++) {
        struct span paths = preset_paths(p);
        if (strcmp(p->name, "base") == 0 || (writing && !p->writable))
            continue;
        for (const char *at = paths.at; at < paths.at + paths.len; at += strlen(at) + 1)
            if (is_shared(p) ? strcmp(path, at) == 0 : is_beneath(path, at)) {
                *preset = p->name;
                return at;
            }
    }
    return NULL;
}

/* Whether path is of one process in /proc (proc(5)): granted by its number it is no later
 * process's. */
static bool is_of_process(const char *path)
{
    return string_starts(path, "/proc/") && path[6] >= '0' && path[6] <= '9';
}

/* Writes a path as an entry of a list (env/path.h). */
static void entry_write(const char *path, char entry[static 2 * PATH_MAX])
{
    for (; *path != '\0'; path++) {
        if (*path == ':' || *path == '\\' || *path == '\n')
            *entry++ = '\\';
        *entry++ = *path == '\n' ? 'n' : *path;
    }
    *entry = '\0';
}

/* The list in which an entry grants these rights. */
static enum path_class class_for(const struct terms *terms, uint64_t missing)
{
    if (missing & ACCESS_FS_EXECUTE && terms->policy.paths[PATH_EXECUTABLE].at != NULL)
        return PATH_EXECUTABLE;
    if (missing == ACCESS_FS_RESOLVE_UNIX)
        return PATH_UNIX;
    return missing & ~ACCESS_FS_READ ? PATH_WRITABLE : PATH_READABLE;
}

void advice_for_path(const struct terms *terms, uint64_t missing, const char *path,
                     struct advice *advice)
{
    enum path_class which = class_for(terms, missing);
    const char *entry = NULL;
    *advice = (struct advice){.variable = variable_name(KIND_PATHS, which).at};
    if (which == PATH_READABLE || which == PATH_WRITABLE)
        entry = preset_path(path, which == PATH_WRITABLE, &advice->preset);
    if (entry == NULL && is_of_process(path))
        entry = "/proc";
    if (*terms->chroot != '\0') {
        advice->preset = NULL;
        entry = is_beneath(path, terms->chroot) ? path + strlen(terms->chroot) : NULL;
        if (entry == NULL) {
            *advice = (struct advice){.instead = "it lies outside of SANDLOCK_CHROOT"};
            return;
        }
        entry = *entry != '\0' ? entry : "/";
    }
    entry_write(entry != NULL ? entry : path, advice->entry);
}

void advice_for_port(enum net_access access, unsigned port, struct advice *advice)
{
    bool outbound = access == CONNECT_TCP || access == CONNECT_UDP;
    bool udp = access == CONNECT_UDP || access == BIND_UDP;
    *advice = (struct advice){.variable = outbound ? "SANDLOCK_NET_ALLOW" : "SANDLOCK_NET_BIND"};
    snprintf(advice->entry, sizeof advice->entry, "%s%u", udp ? "udp://" : "", port);
}

void advice_for_protection(enum protection p, struct advice *advice)
{
    *advice = (struct advice){.variable = variable_name(KIND_PROTECTIONS, WISH_DISABLED).at};
    snprintf(advice->entry, sizeof advice->entry, "%s", protection_name(p));
}

/* What grants what a gate of sockets keeps from being made; NULL: only its name does. */
static const char *grant_for_gate(const struct terms *terms, enum gate gate, const char **variable)
{
    bool udp = terms->plan.active & PROTECTION_BIT(NET_UDP);
    *variable = "SANDLOCK_NET_ALLOW";
    switch (gate) {
    case GATE_TCP:
        return "PORT";
    case GATE_UDP:
        return udp ? "udp://PORT" : "udp://*";
    case GATE_ICMP:
        return "icmp://*";
    case GATE_LISTEN:
        *variable = "SANDLOCK_NET_BIND";
        return "PORT";
    case GATE_UNIX:
        *variable = "SANDLOCK_UNIX_CONNECT";
        return "*";
    default:
        return NULL;
    }
}

void advice_for_gate(const struct terms *terms, enum gate gate, struct advice *advice)
{
    enum gate_reason reason = plan_gate_reason(&terms->plan, &terms->policy, &terms->groups, gate);
    *advice = (struct advice){.variable = NULL};
    if (reason == REASON_DENIED || reason == REASON_DENIED_TOO) {
        advice->instead = "SANDLOCK_SECCOMP_DENY closes it";
        return;
    }
    if (gate == GATE_I386_SOCKETS) {
        advice->instead = "for 32-bit programs every gate of sockets has to be open";
        return;
    }
    const char *entry = grant_for_gate(terms, gate, &advice->variable);
    if (entry == NULL) {
        advice->variable = variable_name(KIND_OPENED, 0).at;
        snprintf(advice->entry, sizeof advice->entry, "@%s", gate_rows[gate].group);
        return;
    }
    snprintf(advice->entry, sizeof advice->entry, "%s", entry);
    if (gate == GATE_TCP)
        advice->instead = "with SANDLOCK_NET_BIND=PORT if it is to listen";
}
