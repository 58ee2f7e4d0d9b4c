/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a policy grants: its lists, its GPUs, and where they are looked up. */
#ifndef SHIM_PATHS_H
#define SHIM_PATHS_H

#include "plan.h"

#include <limits.h> /* PATH_MAX */

/* A walk over them. The caller sets the first three, and is shown each path by the others. */
struct path_walk {
    int (*found)(struct path_walk *walk);    /* called for each; 0, or -errno, which ends the walk
                                                when it has filled in *fault */
    void (*missing)(struct path_walk *walk); /* called for each that is optional and missing, if not
                                                NULL */
    void *context;                           /* the caller's */
    /* -- */
    enum path_class which; /* the rights that the current path is granted, as a list, */
    uint64_t rights;       /* and as those of its rule, if it is a directory: 0 where it needs none
                              (path_narrow) */
    int fd;                /* the path, opened with O_PATH; the walk closes it */
    struct span variable;  /* where it stands */
    struct span entry;     /* and as what, in the value of the variable */
    const struct plan *plan;
    struct fault *fault;
    int root;            /* descriptor of the chroot, or -1 */
    char path[PATH_MAX]; /* as it is opened; faults point here */
};

/* Walks over the paths of the policy in the order of the variables. Returns 0, or -errno with
 * *fault filled in: of a path that is not there, or what found has returned. */
int paths_walk(struct path_walk *walk, const struct policy *policy, const struct plan *plan,
               struct fault *fault);

/* Leaves the current path, where it is no directory, the rights that a file can have. Returns 0, or
 * -errno with *fault filled in. */
int path_narrow(struct path_walk *walk);

/* Fills in the walk's fault for what could not be done with the current path: subject says what.
 * Returns error, an -errno. */
int path_failed(const struct path_walk *walk, struct span subject, int error);

#endif
