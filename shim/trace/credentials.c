/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials.h"

#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GROUPS_MAX = 1024 };

struct credentials {
    uid_t user;
    gid_t group;
    gid_t groups[GROUPS_MAX];
    size_t count;
    uint64_t capabilities;
};

/* The numbers behind a word of /proc/PID/status, of which *n is where to begin. */
static char *field_of(char *status, const char *word)
{
    char *at = strstr(status, word);
    return at != NULL ? at + strlen(word) : NULL;
}

static bool credentials_read(pid_t tid, struct credentials *credentials)
{
    char path[32], status[16384];
    snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
    FILE *file = fopen(path, "re");
    size_t len = file != NULL ? fread(status, 1, sizeof status - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    status[len] = '\0';
    char *users = field_of(status, "\nUid:"), *groups = field_of(status, "\nGid:");
    char *others = field_of(status, "\nGroups:"), *effective = field_of(status, "\nCapEff:");
    if (users == NULL || groups == NULL || others == NULL || effective == NULL)
        return false;
    for (int i = 0; i < 4; i++) { /* real, effective, saved, that of files */
        credentials->user = (uid_t)strtoul(users, &users, 10);
        credentials->group = (gid_t)strtoul(groups, &groups, 10);
    }
    credentials->capabilities = strtoull(effective, NULL, 16);
    credentials->count = 0;
    while (credentials->count < GROUPS_MAX && *(others += strspn(others, " \t")) != '\n')
        credentials->groups[credentials->count++] = (gid_t)strtoul(others, &others, 10);
    return true;
}

/* Sets our effective capabilities to some of those that are permitted to us. */
static bool capabilities_set(uint64_t set)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0)
        return false;
    data[0].effective = data[0].permitted & (uint32_t)set;
    data[1].effective = data[1].permitted & (uint32_t)(set >> 32);
    return syscall(SYS_capset, &header, data) == 0;
}

/* Becomes somebody, as far as files are concerned. Who has the capabilities for it does so. */
static bool become(const struct credentials *credentials)
{
    if (setgroups(credentials->count, credentials->groups) != 0)
        return false;
    setfsgid(credentials->group);
    setfsuid(credentials->user);
    /* This one is about processes, and says nothing of files: it is to see what they see. */
    return capabilities_set(credentials->capabilities | 1ULL << CAP_SYS_PTRACE);
}

bool as_target(pid_t tid, bool (*ask)(void *context), void *context)
{
    static struct credentials own, target;
    if (!credentials_read(tid, &target) || !credentials_read(getpid(), &own))
        return false;
    if (geteuid() != 0) /* no_new_privs: it can only be of the same user */
        return ask(context);
    bool answer = become(&target) && ask(context);
    capabilities_set(own.capabilities);
    return become(&own) && answer;
}
