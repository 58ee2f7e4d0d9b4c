/* SPDX-License-Identifier: Apache-2.0 */
/* The words by which --explain and --check call things. */
#ifndef SHIM_WORDS_H
#define SHIM_WORDS_H

#include "gates.h"
#include "text.h"

/* What a protection is about. */
const char *words_of_protection(enum protection p);

/* The type of a file, as in st_mode (inode(7)). */
const char *words_of_type(int type);

/* Why a gate is open or closed. */
const char *words_of_reason(enum gate_reason reason);

/* What can be done with ports: for text, and as a key of JSON. */
const char *words_of_access(enum net_access access);
const char *words_of_access_key(enum net_access access);

/* The name of an architecture, an AUDIT_ARCH_* (seccomp(2)). */
const char *words_of_arch(uint32_t arch);

/* Appends the rights of a rule, separated by blanks. Those that are always granted together are one
 * word: "create" is every kind of file, "remove" files and directories. */
void words_put_rights(struct text *text, uint64_t rights);

#endif
