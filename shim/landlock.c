/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock.h"

#include "../env/path.h"
#include "../env/vars.h"
#include "sys.h"

#include <errno.h>

/* Fills *fault for a call that answered with an error. Returns error. */
static int call_failed(struct fault *fault, const char *call, int error)
{
    *fault = (struct fault){.subject = span_of(call), .error = -error};
    return error;
}

/* For the calls that answer 0 and nothing else on success. An outer seccomp filter may make them
 * return anything; then nothing was enforced. */
static int exactly_zero(int returned)
{
    return returned > 0 ? -EPROTO : returned;
}

int landlock_probe(struct landlock *landlock, struct fault *fault)
{
    int abi = sys_landlock_create_ruleset(NULL, CREATE_RULESET_VERSION);
    if (abi == 0)
        abi = -EPROTO;
    if (abi < 0)
        return call_failed(fault, "landlock_create_ruleset", abi);
    landlock->kernel_abi = abi;
    return 0;
}

int landlock_create(struct landlock *landlock, const struct policy *policy, struct fault *fault)
{
    int abi = landlock->kernel_abi < ABI_LAST ? landlock->kernel_abi : ABI_LAST;
    for (;; abi--) {
        landlock->missing = plan_make(policy, abi, &landlock->plan);
        if (landlock->missing != 0) {
            landlock->kernel_abi = abi;
            return -ENOTSUP;
        }
        int ruleset = sys_landlock_create_ruleset(&landlock->plan.handled, 0);
        if (ruleset >= 0) {
            landlock->ruleset = ruleset;
            return 0;
        }
        /* A vendor's kernel may claim an ABI and reject a right of it, or (E2BIG) a field. */
        if ((ruleset != -EINVAL && ruleset != -E2BIG) || abi == 1)
            return call_failed(fault, "landlock_create_ruleset", ruleset);
    }
}

/* Adds the rule for an opened path. Rights that the plan does not handle are not in it; a rule
 * without any is one that the kernel rejects (ENOMSG), and would grant nothing. */
static int rule_add(struct landlock *landlock, enum path_class class, int fd, struct fault *fault)
{
    int directory = sys_is_directory(fd);
    if (directory < 0)
        return call_failed(fault, "fstat", directory);
    uint64_t rights = plan_rights(&landlock->plan, class, directory);
    if (rights == 0)
        return 0;
    int added = exactly_zero(sys_landlock_add_path(landlock->ruleset, fd, rights));
    if (added < 0)
        return call_failed(fault, "landlock_add_rule", added);
    landlock->rules++;
    return 0;
}

/* Opens landlock->path and adds its rule; a missing one passes when it is optional. */
static int path_add(struct landlock *landlock, enum path_class class, bool optional,
                    struct fault *fault)
{
    int fd = sys_open_path(landlock->path);
    if (optional && (fd == -ENOENT || fd == -ENOTDIR))
        return 0;
    if (fd < 0) {
        call_failed(fault, "", fd);
        fault->subject = variable_of_paths(class);
    }
    int error = fd < 0 ? fd : rule_add(landlock, class, fd, fault);
    if (error < 0) {
        fault->entry = span_of(landlock->path);
        return error;
    }
    int closed = sys_close(fd);
    return closed < 0 ? call_failed(fault, "close", closed) : 0;
}

int landlock_add_paths(struct landlock *landlock, const struct policy *policy, struct fault *fault)
{
    for (unsigned class = 0; class < PATH_CLASSES; class ++) {
        struct path_iter it = path_iterate(policy->paths[class], class == PATH_WRITABLE);
        while (path_next(&it, landlock->path)) {
            int error = path_add(landlock, class, it.optional, fault);
            if (error < 0)
                return error;
        }
        if (it.reason != NULL) { /* cannot be: vars_read has walked the same list */
            *fault = (struct fault){.subject = variable_of_paths(class),
                                    .entry = it.entry,
                                    .reason = it.reason,
                                    .word = it.word};
            return -EINVAL;
        }
    }
    return 0;
}

int landlock_enforce(struct landlock *landlock, struct fault *fault)
{
    int error = exactly_zero(sys_no_new_privs());
    if (error < 0)
        return call_failed(fault, "prctl(PR_SET_NO_NEW_PRIVS)", error);
    error = exactly_zero(sys_landlock_restrict_self(landlock->ruleset));
    if (error < 0)
        return call_failed(fault, "landlock_restrict_self", error);
    error = sys_close(landlock->ruleset);
    return error < 0 ? call_failed(fault, "close", error) : 0;
}
