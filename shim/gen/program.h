/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of classic BPF that is written from its end to its beginning.
 *
 * Its jumps only lead forwards, so what an instruction jumps to stands already when it is put in
 * front. A place is counted from the end, and stays what it is: the number of instructions from
 * there on.
 */
#ifndef GEN_PROGRAM_H
#define GEN_PROGRAM_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

/* As many instructions as the kernel takes (BPF_MAXINSNS, include/uapi/linux/bpf_common.h). */
enum { PROGRAM_MAX = 4096 };

struct program {
    struct sock_filter reversed[PROGRAM_MAX];
    size_t len;
};

/* Puts code in front. Returns its place; ends the process where the program gets too long. */
size_t program_put(struct program *program, const struct sock_filter *code, size_t len);

/* Puts a comparison (BPF_JEQ, BPF_JGE) of what is loaded with k in front, which goes on at one
 * place or the other. Where one is too far for a conditional jump, a jump to it comes between.
 * Returns its place. */
size_t program_compare(struct program *program, uint16_t comparison, uint32_t k, size_t yes,
                       size_t no);

/* Writes the program as it is run to at, PROGRAM_MAX instructions. Returns how many it has. */
size_t program_export(const struct program *program, struct sock_filter *at);

#endif
