/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock.h"

#include "sys.h"

#include <errno.h>

int landlock_zero(int returned)
{
    return returned > 0 ? -EPROTO : returned;
}

int landlock_probe(struct landlock *landlock, struct fault *fault)
{
    int abi = sys_landlock_create_ruleset(NULL, CREATE_RULESET_VERSION);
    if (abi == 0)
        abi = -EPROTO;
    if (abi < 0)
        return fault_of_call(fault, "landlock_create_ruleset", abi);
    landlock->abi = abi;
    landlock->missing = 0;
    landlock->rules = landlock->ports = 0;
    return 0;
}

int landlock_create(struct landlock *landlock, const struct policy *policy, struct fault *fault)
{
    for (;; landlock->abi--) {
        landlock->missing = plan_make(policy, landlock->abi, &landlock->plan);
        if (landlock->missing != 0)
            return -ENOTSUP;
        int ruleset = sys_landlock_create_ruleset(&landlock->plan.handled, 0);
        if (ruleset >= 0) {
            landlock->ruleset = ruleset;
            return 0;
        }
        /* A vendor's kernel may claim an ABI and reject a right of it, or (E2BIG) a field. */
        if ((ruleset != -EINVAL && ruleset != -E2BIG) || landlock->abi == 1)
            return fault_of_call(fault, "landlock_create_ruleset", ruleset);
        if (landlock->abi > ABI_LAST)
            landlock->abi = ABI_LAST; /* the plan was made for that */
    }
}

/* Adds the rule for the current path. The kernel rejects one without any right (ENOMSG), which
 * would grant nothing. */
static int rule_add(const struct path_walk *walk, int ruleset)
{
    if (walk->rights == 0)
        return 0;
    return landlock_zero(sys_landlock_add_path(ruleset, walk->fd, walk->rights));
}

/* The kernel gives no file the rights of a directory (EINVAL). So what is a file is found out by
 * asking for them, which is one call for each directory, as most paths are, and not two. */
int landlock_add_path(struct path_walk *walk)
{
    struct landlock *landlock = walk->context;
    uint64_t as_directory = walk->rights;
    int error = rule_add(walk, landlock->ruleset);
    if (error == -EINVAL) {
        int narrowed = path_narrow(walk);
        if (narrowed < 0)
            return narrowed;
        if (walk->rights != as_directory)
            error = rule_add(walk, landlock->ruleset);
    }
    if (error == -EBADFD) {
        path_failed(walk, walk->variable, error);
        walk->fault->reason = "a pipe, a socket, a namespace or the like cannot be granted, and "
                              "need not be";
        return error;
    }
    if (error < 0)
        return path_failed(walk, span_of("landlock_add_rule"), error);
    landlock->rules += walk->rights != 0;
    return 0;
}

int landlock_add_ports(struct landlock *landlock, const struct policy *policy, struct fault *fault)
{
    for (unsigned port = plan_port_next(policy, 0); port < PORTS;
         port = plan_port_next(policy, port + 1)) {
        uint64_t rights = plan_port_rights(&landlock->plan, policy, port);
        if (rights == 0)
            continue;
        int error = landlock_zero(sys_landlock_add_port(landlock->ruleset, port, rights));
        if (error < 0)
            return fault_of_call(fault, "landlock_add_rule", error);
        landlock->ports++;
    }
    return 0;
}

int landlock_enforce(struct landlock *landlock, struct fault *fault)
{
    int error = landlock_zero(sys_no_new_privs());
    if (error < 0)
        return fault_of_call(fault, "prctl(PR_SET_NO_NEW_PRIVS)", error);
    error = landlock_zero(sys_landlock_restrict_self(landlock->ruleset));
    if (error < 0)
        return fault_of_call(fault, "landlock_restrict_self", error);
    error = sys_close(landlock->ruleset);
    return error < 0 ? fault_of_call(fault, "close", error) : 0;
}
