/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --explain: the policy of the environment as it would be enforced here, without enforcing it.
 *
 * What is said comes from where a start takes it: the policy, the plan, the walk over the paths.
 * And whether a start, and PROGRAM, would succeed is not worked out but tried, in a child
 * (trial.h).
 */
#ifndef SHIM_EXPLAIN_H
#define SHIM_EXPLAIN_H

#include "document.h"
#include "libraries.h"
#include "shim.h"
#include "trial.h"

#include <limits.h> /* PATH_MAX */

/* What a confined child has found out, in memory that it shares with its parent. The numbers are 0
 * or -errno. */
struct findings {
    bool confined;       /* it got as far as to find out the rest */
    bool keeps;          /* SANDLOCK_KEEP_ENV: its children will load the shim again */
    bool usable;         /* the program was found, and can be executed */
    bool asked;          /* one has noted what of its needs is refused, */
    bool executed;       /* and went on to execute it */
    int directory;       /* reading the working directory, */
    int null_device;     /* writing to /dev/null, */
    int config;          /* reading the file of SANDLOCK_CONFIG, if children will */
    char path[PATH_MAX]; /* of the program; empty: no file has its name */
};

struct explanation {
    struct document doc;
    struct survey survey;
    struct trial trial;
    struct findings *findings;
    struct need_list *needs;  /* of the program; the child has noted what is refused to it */
    struct need_list *inside; /* the same as they are found from inside */
    int layers;               /* of Landlock, that this process is in; or -errno */
    char *const *envp;
    char **program;       /* and its arguments; NULL: none is asked about */
    int unknown;          /* 0, or -errno: why it is not known what the program needs */
    gate_set open;        /* the gates that are open; all of them where there is no filter */
    bool some;            /* there is a row that the next words belong to */
    struct span variable; /* whose paths are being said */
};

/* Prints the explanation, as text or JSON, and ends the process: with status 0, or, where a start
 * would fail, with its line and its status. */
_Noreturn void explain(char *program[], char *const envp[], bool json);

/* Finds out what a start comes to: fills in the trial, what it has found, and what the program
 * needs. Returns 0, or -errno with *fault filled in. */
int explain_try(struct explanation *it, struct fault *fault);

/* The sections on the program and what it needs; there are none without one. */
void explain_program(struct explanation *it);

/* Its warnings: what is refused to it from inside. */
void explain_needs_warn(struct explanation *it);

/* A warning: what kind it is, what it is about (or nothing), and what there is to know. */
void explain_warn(struct explanation *it, const char *id, struct span subject, const char *text);

/* The sections on Landlock: variables, paths, ports, protections (explain_rules.c). */
void explain_rules(struct explanation *it);

/* The section of warnings: what is likely not meant, or not known (explain_warnings.c). */
void explain_warnings(struct explanation *it);

#endif
