/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filter is to answer, said in C and over again: written from the contract's table of the
 * gates, and from none of what the filter is made of but the numbers of system calls.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include "../../shim/filter.h"

#include <linux/seccomp.h>

struct model_row {
    int error;         /* what a closed call fails with */
    const char *calls; /* those that the gate closes whole */
};

extern const struct model_row model_rows[GATES];

/* The numbers of a call that exists somewhere. */
struct call_numbers model_numbers(const char *call, unsigned arch);

/* Whether one of the two architectures is 32-bit x86. */
bool model_is_i386(unsigned arch);

/* The gates that a call on an architecture of the target belongs to. */
gate_set model_gates(unsigned arch, const struct seccomp_data *call);

/* What a filter that keeps the gates answers to any call. */
uint32_t model_answer(const struct seccomp_data *call, gate_set open, enum filter_action action,
                      const struct mark *mark);

/* What a call comes to that an action is for. */
uint32_t model_answer_of_action(enum filter_action action);

#endif
