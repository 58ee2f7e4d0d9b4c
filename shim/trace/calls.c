/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include <seccomp.h>

/* name, what it does, dirfd, path, flags, to_dirfd, to_path, when */
/* clang-format off */
const struct call_row call_rows[] = {
    {"open", DOES_OPEN, -1, 0, 1, -1, -1, 0},
    {"openat", DOES_OPEN, 0, 1, 2, -1, -1, 0},
    {"openat2", DOES_OPEN_HOW, 0, 1, 2, -1, -1, 0},
    {"creat", DOES_CREATE, -1, 0, -1, -1, -1, 0},
    {"execve", DOES_EXECUTE, -1, 0, -1, -1, -1, 0},
    {"execveat", DOES_EXECUTE, 0, 1, 4, -1, -1, 0},
    {"truncate", DOES_TRUNCATE, -1, 0, -1, -1, -1, 0},
    {"truncate64", DOES_TRUNCATE, -1, 0, -1, -1, -1, 0},
    {"ftruncate", DOES_TRUNCATE_FD, -1, 0, -1, -1, -1, 0},
    {"ftruncate64", DOES_TRUNCATE_FD, -1, 0, -1, -1, -1, 0},
    {"mkdir", DOES_MKDIR, -1, 0, -1, -1, -1, 0},
    {"mkdirat", DOES_MKDIR, 0, 1, -1, -1, -1, 0},
    {"mknod", DOES_MKNOD, -1, 0, 1, -1, -1, 0},
    {"mknodat", DOES_MKNOD, 0, 1, 2, -1, -1, 0},
    {"symlink", DOES_SYMLINK, -1, 1, -1, -1, -1, 0},
    {"symlinkat", DOES_SYMLINK, 1, 2, -1, -1, -1, 0},
    {"unlink", DOES_UNLINK, -1, 0, -1, -1, -1, 0},
    {"unlinkat", DOES_UNLINK, 0, 1, 2, -1, -1, 0},
    {"rmdir", DOES_RMDIR, -1, 0, -1, -1, -1, 0},
    {"rename", DOES_RENAME, -1, 0, -1, -1, 1, 0},
    {"renameat", DOES_RENAME, 0, 1, -1, 2, 3, 0},
    {"renameat2", DOES_RENAME, 0, 1, 4, 2, 3, 0},
    {"link", DOES_LINK, -1, 0, -1, -1, 1, 0},
    {"linkat", DOES_LINK, 0, 1, 4, 2, 3, 0},
    {"ioctl", DOES_IOCTL, -1, 0, 1, -1, -1, 0},
    {"connect", DOES_CONNECT, 0, 1, 2, -1, -1, 0},
    {"bind", DOES_BIND, 0, 1, 2, -1, -1, 0},
    {"sendto", DOES_SENDTO, 0, 4, 5, -1, -1, WHEN_SENDING},
    {"sendmsg", DOES_SENDMSG, 0, 1, -1, -1, -1, WHEN_SENDING},
    {"sendmmsg", DOES_SENDMMSG, 0, 1, 2, -1, -1, WHEN_SENDING},
    {"kill", DOES_KILL, -1, 0, -1, -1, -1, 0},
    {"tkill", DOES_KILL_THREAD, -1, 0, -1, -1, -1, 0},
    {"tgkill", DOES_KILL_THREAD, -1, 1, -1, -1, -1, 0},
    {"rt_sigqueueinfo", DOES_KILL, -1, 0, -1, -1, -1, 0},
    {"rt_tgsigqueueinfo", DOES_KILL_THREAD, -1, 1, -1, -1, -1, 0},
    {"pidfd_send_signal", DOES_KILL_FD, -1, 0, -1, -1, -1, 0},
    {"landlock_restrict_self", DOES_RESTRICT, -1, -1, -1, -1, -1, 0},
    {"seccomp", DOES_FILTER, -1, -1, 0, -1, -1, 0},
};
/* clang-format on */
const size_t call_rows_len = sizeof call_rows / sizeof *call_rows;

const uint32_t call_architectures[2] = {
#if defined __x86_64__
    SCMP_ARCH_X86_64,
    SCMP_ARCH_X86,
#elif defined __i386__
    SCMP_ARCH_X86,
    0,
#elif defined __aarch64__
    SCMP_ARCH_AARCH64,
    SCMP_ARCH_ARM,
#elif defined __riscv
    SCMP_ARCH_RISCV64,
    0,
#endif
};

/* socketcall(2) is i386's alone, and what it does stands in memory. */
static const struct call_row socketcall_row = {
    "socketcall", DOES_SOCKETCALL, -1, -1, -1, -1, -1, 0};
enum { SOCKETCALL = 102 };

const struct call_row *call_row_find(uint32_t arch, int number)
{
    enum { NUMBERS = 512 };
    static const struct call_row *rows[2][NUMBERS];
    static bool filled;
    for (unsigned which = 0; which < 2 && !filled; which++)
        for (size_t i = 0; i < call_rows_len && call_architectures[which] != 0; i++) {
            int n = seccomp_syscall_resolve_name_arch(call_architectures[which], call_rows[i].name);
            if (n >= 0 && n < NUMBERS)
                rows[which][n] = &call_rows[i];
        }
    filled = true;
    if (arch == SCMP_ARCH_X86 && number == SOCKETCALL)
        return &socketcall_row;
    if (number < 0 || number >= NUMBERS)
        return NULL;
    return rows[arch == call_architectures[0] ? 0 : 1][number];
}

char *call_name(uint32_t arch, int number)
{
    return seccomp_syscall_resolve_num_arch(arch, number);
}
