/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a program of a shared object: an entry point, and the loader by way of which the
 * kernel starts it (elf(5), PT_INTERP), which is the one that this compiler's own programs ask for.
 *
 * The entry point is our own. libc's (Scrt1.o) would bring the newest symbol of all that the shim
 * needs, and start what the program face does not use.
 */
#include "shim.h"

#include <stdint.h>

static const char interpreter[] __attribute__((section(".interp"), used)) = SHIM_INTERPRETER;

/* Passes the stack, as the kernel has made it, on to program_start. */
__asm__(".text\n"
        ".hidden _start\n"
        ".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
#if defined __x86_64__
        "xor %ebp, %ebp\n"
        "mov %rsp, %rdi\n"
        "and $-16, %rsp\n"
        "call program_start\n"
        "hlt\n"
#elif defined __i386__
        "xor %ebp, %ebp\n"
        "mov %esp, %eax\n"
        "and $-16, %esp\n"
        "sub $12, %esp\n"
        "push %eax\n"
        "call program_start\n"
        "hlt\n"
#elif defined __aarch64__
        "mov x29, #0\n"
        "mov x30, #0\n"
        "mov x0, sp\n"
        "b program_start\n"
#elif defined __riscv
        "mv ra, zero\n"
        "mv a0, sp\n"
        "tail program_start\n"
#endif
        ".size _start, . - _start\n");

_Noreturn void program_start(uintptr_t *stack) __attribute__((visibility("hidden"), used));

_Noreturn void program_start(uintptr_t *stack)
{
    program_main((int)*stack, (char **)(stack + 1));
}
