/* SPDX-License-Identifier: Apache-2.0 */
#include "terms.h"

#include "../landlock.h"
#include "file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Adds the rule for a path that is granted. */
static int rule_found(struct path_walk *walk)
{
    struct terms *terms = walk->context;
    struct file file;
    int error = file_look(walk->fd, &file);
    if (error < 0)
        return path_failed(walk, span_of("statx"), error);
    error = path_narrow(walk);
    if (error == 0)
        rules_add(&terms->rules, file.id, walk->rights);
    return error;
}

/* What the policy says. */
static bool policy_read(char *const envp[], struct terms *terms)
{
    struct settings settings;
    struct fault fault;
    return vars_collect(envp, &settings, &fault) == NULL &&
           (settings.config.at == NULL ||
            config_load(settings.config, &terms->config, &fault) == 0) &&
           vars_read(&settings, &terms->config, &terms->policy, terms->bits, &fault) == NULL &&
           groups_read(&terms->policy, &terms->groups, &fault) == NULL && !terms->policy.empty;
}

/* What this kernel makes of it. */
static bool plan_read(struct terms *terms)
{
    struct landlock landlock;
    struct path_walk walk = {.found = rule_found, .context = terms};
    struct fault fault;
    if (landlock_probe(&landlock, &fault) < 0 ||
        landlock_create(&landlock, &terms->policy, &fault) < 0)
        return false;
    close(landlock.ruleset);
    terms->plan = landlock.plan;
    terms->open = plan_gates(&terms->plan, &terms->policy, &terms->groups);
    return filter_mark(&terms->policy, &terms->mark, &fault) == 0 &&
           paths_walk(&walk, &terms->policy, &terms->plan, &fault) == 0;
}

bool terms_read(char *const envp[], struct terms *terms)
{
    if (!policy_read(envp, terms) || !plan_read(terms))
        return false;
    struct span chroot = terms->policy.chroot;
    if (chroot.at != NULL) {
        char path[PATH_MAX] = "";
        memcpy(path, chroot.at, chroot.len < sizeof path ? chroot.len : 0);
        if (realpath(path, terms->chroot) == NULL)
            return false;
        if (strcmp(terms->chroot, "/") == 0)
            *terms->chroot = '\0';
    }
    return true;
}
