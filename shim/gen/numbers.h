/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls that libseccomp 2.5 does not know by name, by number. From 424 on a call has the
 * same number on all architectures here (include/uapi/asm-generic/unistd.h and scripts/syscall.tbl;
 * x86's own: arch/x86/entry/syscalls/syscall_64.tbl). The kernel that brought each is beside it.
 */
#ifndef GEN_NUMBERS_H
#define GEN_NUMBERS_H

#include <seccomp.h>

static const struct {
    const char *name;
    int number;
    uint32_t arch; /* the only architecture that has it; 0: all have */
} numbers[] = {
    {"uretprobe", 335, SCMP_ARCH_X86_64}, /* 6.11 */
    {"uprobe", 336, SCMP_ARCH_X86_64},    /* 6.18 */
    {"cachestat", 451, 0},                /* 6.5 */
    {"fchmodat2", 452, 0},                /* 6.6 */
    {"map_shadow_stack", 453, 0},         /* 6.6 */
    {"futex_wake", 454, 0},               /* 6.7 */
    {"futex_wait", 455, 0},               /* 6.7 */
    {"futex_requeue", 456, 0},            /* 6.7 */
    {"statmount", 457, 0},                /* 6.8 */
    {"listmount", 458, 0},                /* 6.8 */
    {"lsm_get_self_attr", 459, 0},        /* 6.8 */
    {"lsm_set_self_attr", 460, 0},        /* 6.8 */
    {"lsm_list_modules", 461, 0},         /* 6.8 */
    {"mseal", 462, 0},                    /* 6.10 */
    {"setxattrat", 463, 0},               /* 6.13 */
    {"getxattrat", 464, 0},               /* 6.13 */
    {"listxattrat", 465, 0},              /* 6.13 */
    {"removexattrat", 466, 0},            /* 6.13 */
    {"open_tree_attr", 467, 0},           /* 6.15 */
    {"file_getattr", 468, 0},             /* 6.17 */
    {"file_setattr", 469, 0},             /* 6.17 */
    {"listns", 470, 0},                   /* 6.19 */
    {"rseq_slice_yield", 471, 0},         /* 7.0 */
};

#endif
