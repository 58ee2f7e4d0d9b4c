/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel does with a filter of system calls: check it, and run it for a call. */
#ifndef TESTS_BPF_H
#define TESTS_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

/* Fails the test unless seccomp(2) would take the program, as far as our programs go: of the
 * instructions that it takes, those that a filter of ours has no use for fail too. */
void bpf_check(const struct sock_filter *program, size_t len);

/* What a checked program answers to a call. */
uint32_t bpf_run(const struct sock_filter *program, size_t len, const struct seccomp_data *call);

#endif
