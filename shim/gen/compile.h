/* SPDX-License-Identifier: Apache-2.0 */
/* From the table of gates to the instructions of the filter, by way of libseccomp. */
#ifndef GEN_COMPILE_H
#define GEN_COMPILE_H

#include "calls.h"

#include <linux/filter.h>

/* As many instructions as the kernel takes (BPF_MAXINSNS, include/uapi/linux/bpf_common.h). */
enum { PROGRAM_MAX = 4096 };

/* Compiles all gates for a target, each with its placeholder, into program, PROGRAM_MAX
 * instructions. Returns how many it has; ends the process when anything is not as it has to be. */
size_t compile(const struct target *target, const struct call *calls, size_t calls_len,
               struct sock_filter *program);

#endif
