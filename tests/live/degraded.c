/* SPDX-License-Identifier: Apache-2.0 */
#include "degraded.h"

#include "live.h"

#include <ctype.h>

#define DEGRADED "SANDLOCK_ALLOW_DEGRADED="

bool makes_policy(char *const env[])
{
    static const char *const knobs[] = {
        "VERBOSE=", "CLOSE_FDS=", "KEEP_FDS=", "NO_COREDUMP=", "KEEP_ENV="};
    for (; *env != NULL; env++) {
        const char *name = *env + strlen("SANDLOCK_"), *value = strchr(*env, '=');
        if (strncmp(*env, "SANDLOCK_", strlen("SANDLOCK_")) != 0 || value == NULL)
            continue;
        bool knob = value[1] == '\0'; /* empty is unset */
        for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
            knob |= strncmp(name, knobs[i], strlen(knobs[i])) == 0;
        if (!knob)
            return true;
    }
    return false;
}

const char *live_lacking(int abi)
{
    static const struct {
        const char *name;
        int abi;
    } required[] = {{"fs_refer", 2},     {"fs_truncate", 3},  {"net_tcp", 4},
                    {"fs_ioctl_dev", 5}, {"signal_scope", 6}, {"abstract_unix_socket_scope", 6}};
    static char names[128];
    *names = '\0';
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (abi < required[i].abi)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     *names == '\0' ? "" : ",", required[i].name);
    return names;
}

/* Where env has this variable; NULL: nowhere. */
static char **find(char **env, const char *variable)
{
    for (; *env != NULL; env++)
        if (strncmp(*env, variable, strlen(variable)) == 0)
            return env;
    return NULL;
}

/* Whether a list of protections has this one, in whatever spelling. */
static bool is_named(const char *list, const char *name)
{
    char plain[256];
    size_t len = 0;
    for (; *list != '\0' && len < sizeof plain - 1; list++)
        plain[len++] = (char)(*list == '-' ? '_' : tolower((unsigned char)*list));
    plain[len] = '\0';
    return strstr(plain, name) != NULL || strcmp(plain, "all") == 0;
}

size_t degrade(char **env, size_t len)
{
    char lacking[128], setting[512], *left = lacking, *name;
    char **own = find(env, DEGRADED), **disabled = find(env, "SANDLOCK_DISABLE=");
    strcpy(lacking, live_lacking(live_abi()));
    if (*lacking == '\0' || !makes_policy(env) || find(env, "SANDLOCK_REQUIRE=") != NULL)
        return len;
    size_t begin = (size_t)snprintf(setting, sizeof setting, "%s", own == NULL ? DEGRADED : *own);
    while ((name = strsep(&left, ",")) != NULL)
        if ((disabled == NULL || !is_named(strchr(*disabled, '=') + 1, name)) &&
            (own == NULL || !is_named(strchr(*own, '=') + 1, name)))
            snprintf(setting + strlen(setting), sizeof setting - strlen(setting), "%s%s",
                     setting[strlen(setting) - 1] == '=' ? "" : ",", name);
    if (strlen(setting) == begin)
        return len;
    char *copy = strdup(setting);
    assert_non_null(copy);
    if (own != NULL) {
        free(*own);
        *own = copy;
        return len;
    }
    env[len] = copy;
    env[len + 1] = NULL;
    return len + 1;
}
