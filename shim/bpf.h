/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic BPF as seccomp(2) takes it: the kernel's own headers or, where a libc comes without them
 * (musl-gcc), what the shim needs of include/uapi/linux/{filter,bpf_common,seccomp}.h.
 */
#ifndef SHIM_BPF_H
#define SHIM_BPF_H

#if __has_include(<linux/filter.h>)
#include <linux/filter.h>
#include <linux/seccomp.h>
#else

#include <stdint.h>

struct sock_filter {
    uint16_t code;
    uint8_t jt, jf;
    uint32_t k;
};

struct seccomp_data {
    int nr;
    uint32_t arch;
    uint64_t instruction_pointer;
    uint64_t args[6];
};

#define BPF_STMT(code, k)                                                                          \
    {                                                                                              \
        (uint16_t)(code), 0, 0, k                                                                  \
    }
#define BPF_JUMP(code, k, jt, jf)                                                                  \
    {                                                                                              \
        (uint16_t)(code), jt, jf, k                                                                \
    }
enum {
    BPF_LD = 0x00,
    BPF_ALU = 0x04,
    BPF_JMP = 0x05,
    BPF_RET = 0x06,
    BPF_W = 0x00,
    BPF_ABS = 0x20,
    BPF_K = 0x00,
    BPF_AND = 0x50,
    BPF_JA = 0x00,
    BPF_JEQ = 0x10
};

#define SECCOMP_MODE_FILTER      2
#define SECCOMP_SET_MODE_FILTER  1
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#define SECCOMP_RET_TRAP         0x00030000U
#define SECCOMP_RET_ERRNO        0x00050000U
#define SECCOMP_RET_LOG          0x7ffc0000U
#define SECCOMP_RET_ALLOW        0x7fff0000U

#endif
#endif
