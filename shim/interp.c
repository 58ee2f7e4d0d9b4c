/* SPDX-License-Identifier: Apache-2.0 */

/* What makes a program of a shared object: the loader by way of which the kernel starts it (elf(5),
 * PT_INTERP). It is the loader that this compiler's own programs ask for. */
static const char interpreter[] __attribute__((section(".interp"), used)) = SHIM_INTERPRETER;
