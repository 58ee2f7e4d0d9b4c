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
    KIND_DENIED,
    KIND_CONFIG
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

enum { VARIABLES = 22 };

/* All VARIABLES of them, and one without a name behind the last. */
extern const struct variable variables[];

/* The name of the first variable of a kind and slot, which exists, for messages. */
struct span variable_name(enum variable_kind kind, unsigned slot);

/* Writes the variable of a name that begins with our prefix into *found, or NULL where it is none.
 * Returns NULL, or the reason why it may not be set, unless it is set to nothing (empty), with the
 * word for it in *fault. */
const char *variable_look_up(struct span name, bool empty, const struct variable **found,
                             struct fault *fault);

/* Variables with their values as they are written; a set has one bit for each of the table. */
struct settings {
    unsigned set;                  /* those that are not empty, but for SANDLOCK_CONFIG */
    unsigned seen;                 /* those that are there, be they empty */
    struct span values[VARIABLES]; /* of those that are set, and nothing for others */
    struct span config;            /* of SANDLOCK_CONFIG, which ends with a '\0', or none */
};

/* Finds all SANDLOCK_* of envp. Their values are not looked into, but for that of SANDLOCK_CONFIG.
 * An empty variable counts as unset. Returns NULL, or the reason, which *fault has too, with the
 * variable at fault. */
const char *vars_collect(char *const envp[], struct settings *settings, struct fault *fault);

/* Whether vars_read is to be given bits for ports; the file may want them. */
bool vars_may_name_ports(const struct settings *settings);

struct config;

/* Reads settings, to which is added what config sets and they do not (NULL, or one without a name:
 * there is no file), into *policy, whose ports go into bits, NET_ACCESSES of them, which need not
 * be set to anything and, where there are no ports, need not be there. That nothing but knobs is
 * set is no fault here, but policy->empty. The lists of the filter are not looked into: see
 * gates.h. Returns NULL, or the reason, which *fault has too, with the variable and the entry at
 * fault; *policy is written only on success. The spans of both point to where the settings do, and
 * into config. */
const char *vars_read(struct settings *settings, struct config *config, struct policy *policy,
                      struct port_bits *bits, struct fault *fault);

#endif
