/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system call as such, by no function of libc's.
 *
 * Whatever the shim imported could be somebody else's by the time it runs: a program that defines
 * open(), or a sanitizer that wraps strlen(), comes before libc in the loader's search (ld.so(8)),
 * and its code would run before anything is confined, or tell us that it is. So nothing is imported
 * that is needed before restrict_self: system calls are made here, and the functions of <string.h>
 * are those of string.c.
 *
 * The registers are those of syscall(2), "Architecture calling conventions".
 */
#ifndef SHIM_SYSCALL_H
#define SHIM_SYSCALL_H

#include <stddef.h>

/* Makes the call. Returns what the kernel does: -4095 to -1 is -errno. */
static inline long system_call(long number, long a, long b, long c, long d, long e)
{
#if defined __x86_64__
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e;
    long result = number;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
#elif defined __i386__
    long result = number;
    __asm__ volatile("int $0x80"
                     : "+a"(result)
                     : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "memory");
    return result;
#elif defined __aarch64__
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c, x3 __asm__("x3") = d, x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#elif defined __riscv && __riscv_xlen == 64
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c, a3 __asm__("a3") = d, a4 __asm__("a4") = e;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4) : "memory");
    return a0;
#else
#error "no system call for this architecture yet: see syscall(2)"
#endif
}

/* mmap(2) of new memory, of which the arguments that are left out say that it is no file's. Returns
 * what the kernel does. It is the only call of six arguments here. */
static inline long system_map(long number, size_t size, int protection, int flags)
{
#if defined __x86_64__
    register long r10 __asm__("r10") = flags, r8 __asm__("r8") = -1, r9 __asm__("r9") = 0;
    long result = number;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(0L), "S"(size), "d"((long)protection), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined __i386__ /* the old one takes them in memory; the number is that one's */
    const unsigned long arguments[6] = {0, size, (unsigned)protection, (unsigned)flags, -1UL, 0};
    return system_call(number, (long)arguments, 0, 0, 0, 0);
#elif defined __aarch64__
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = 0, x1 __asm__("x1") = (long)size;
    register long x2 __asm__("x2") = protection, x3 __asm__("x3") = flags;
    register long x4 __asm__("x4") = -1, x5 __asm__("x5") = 0;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
#else
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = 0, a1 __asm__("a1") = (long)size;
    register long a2 __asm__("a2") = protection, a3 __asm__("a3") = flags;
    register long a4 __asm__("a4") = -1, a5 __asm__("a5") = 0;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory");
    return a0;
#endif
}

/* A system call whose arguments are integers or pointers, five of them at the most; those that are
 * left out are 0. An int is all that the shim's calls return. */
#define ARGUMENT(n, a, b, c, d, e, ...) (long)(a), (long)(b), (long)(c), (long)(d), (long)(e)
#define CALL(...)                       call(PAD(__VA_ARGS__, 0, 0, 0, 0, 0))
#define PAD(n, ...)                     n, ARGUMENT(n, __VA_ARGS__, 0)

static inline int call(long number, long a, long b, long c, long d, long e)
{
    return (int)system_call(number, a, b, c, d, e);
}

#endif
