/* SPDX-License-Identifier: Apache-2.0 */
/* The variables: from the environment to a policy, or to what is wrong with it. */
#ifndef ENV_VARS_H
#define ENV_VARS_H

#include "policy.h"

/* What every variable of ours begins with. */
#define VARS_PREFIX "SANDLOCK_"

/* How the value of a variable reads. */
enum variable_kind {
    KIND_PATHS,
    KIND_PROTECTIONS,
    KIND_BOOLEAN,
    KIND_NET,
    KIND_HTTP_PORTS,
    KIND_GPUS,
    KIND_DIRECTORY,
    KIND_FDS,
    KIND_MODE,
    KIND_ACTION,
    KIND_OPENED,
    KIND_DENIED
};

/* No pointers, which would be work for the loader at every start. */
struct variable {
    char name[25];
    uint8_t kind;     /* enum variable_kind */
    uint8_t slot;     /* which of its kind it is */
    bool policy;      /* whether setting it makes a policy */
    char value[17];   /* how its value reads, for --help */
    char meaning[55]; /* what it does, for --help */
};

/* All variables; the last one has no name. */
extern const struct variable variables[];

/* The name of the first variable of a kind and slot, which exists, for messages. */
struct span variable_name(enum variable_kind kind, unsigned slot);

/* Reads all SANDLOCK_* of envp into *policy, whose ports go into bits, NET_ACCESSES of them, which
 * need not be set to anything. An empty variable counts as unset. That nothing but knobs is set is
 * no fault here, but policy->empty. The lists of the filter are not looked into: see gates.h.
 * Returns NULL, or the reason, which *fault has too, with the variable and the entry at fault;
 * *policy is written only on success. The spans of both point into envp's strings. */
const char *vars_read(char *const envp[], struct policy *policy, struct port_bits *bits,
                      struct fault *fault);

/* How many descriptors from 3 on envp passes to process pid by socket activation: LISTEN_FDS, when
 * LISTEN_PID is pid (sd_listen_fds(3)); else 0. */
unsigned vars_listen_fds(char *const envp[], unsigned pid);

#endif
