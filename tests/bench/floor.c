/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor: what a start costs at the very least. A preload that makes the system calls of the
 * shim for the policy of the benchmark and loads the filter that it loads, with all arguments at
 * hand; no libc, nothing parsed, nothing checked. It is a yardstick, and no sandbox. As a program
 * (-DPROGRAM) it does the same and executes its argument.
 */
#include "../../shim/abi.h"
#include "../../shim/syscall.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "floor_made.h" /* HANDLED, READ, WRITE, FILTER, MARK_OPTION, MARK_LOW, MARK_HIGH: by floor.py */

/* A path with its rights. */
static inline void grant(long ruleset, const char *path, uint64_t rights)
{
    long fd = CALL(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
    struct path_beneath_attr rule = {rights, (int32_t)fd};
    CALL(445, ruleset, RULE_PATH_BENEATH, &rule, 0);
    CALL(SYS_close, fd);
}

static inline void confine(void)
{
    static const struct sock_filter filter[] = FILTER;
    const struct sock_fprog program = {sizeof filter / sizeof *filter,
                                       (struct sock_filter *)filter};
    const struct ruleset_attr handled = HANDLED;
    CALL(SYS_prctl, PR_GET_SECCOMP);
    CALL(SYS_unshare, CLONE_VM);
    CALL(444, 0, 0, CREATE_RULESET_VERSION);
    long ruleset = CALL(444, &handled, sizeof handled, 0);
    grant(ruleset, "/usr", READ);
    grant(ruleset, "/lib", READ);
    grant(ruleset, "/lib64", READ);
    grant(ruleset, "/etc", READ);
    grant(ruleset, "/bin", READ);
    grant(ruleset, "/tmp", WRITE);
    CALL(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
    CALL(446, ruleset, 0);
    CALL(SYS_close, ruleset);
    CALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
    CALL(SYS_prctl, MARK_OPTION, MARK_LOW, MARK_HIGH);
}

#ifndef PROGRAM
__attribute__((constructor)) static void floor_load(void)
{
    confine();
}
#else
static const char interpreter[] __attribute__((section(".interp"), used)) = SHIM_INTERPRETER;

__asm__(".globl _start\n_start:\n"
        "mov %rsp, %rdi\n"
        "and $-16, %rsp\n"
        "call floor_start\n");

_Noreturn void floor_start(char **stack) __attribute__((used));
_Noreturn void floor_start(char **stack)
{
    char **argv = stack + 2;
    confine();
    for (;;)
        CALL(SYS_execve, argv[0], argv, stack + 2 + (long)stack[0]);
}
#endif
