/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel and the loader have left in the process for those who look. */
#include "shim.h"
#include "sys.h"
#include "syscall.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856 /* include/uapi/linux/prctl.h, 6.4 */
#endif

/* Looks type up in a vector that ends with AT_NULL. */
static bool auxv_find(const unsigned long *vector, size_t len, unsigned long type,
                      unsigned long *value)
{
    for (size_t i = 0; i + 1 < len && vector[i] != AT_NULL; i += 2)
        if (vector[i] == type) {
            *value = vector[i + 1];
            return true;
        }
    return false;
}

int sys_auxval(char *const envp[], unsigned long type, unsigned long *value)
{
    unsigned long vector[64];
    while (*envp != NULL)
        envp++;
    if (auxv_find((const unsigned long *)(envp + 1), SIZE_MAX, type, value))
        return 0;
    /* Somebody has made envp shorter, so that its end is not where it was. */
    int size = CALL(SYS_prctl, PR_GET_AUXV, vector, sizeof vector);
    if (size < 0)
        return size;
    return auxv_find(vector, sizeof vector / sizeof *vector, type, value) ? 0 : -ENOENT;
}

#pragma weak dl_iterate_phdr /* nothing of libc's has to be there for the shim to be loaded */

/* Where the linker has put the beginning of this object. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static int own_path_note(struct dl_phdr_info *object, size_t size, void *path)
{
    (void)size;
    if (object->dlpi_addr != (uintptr_t)__ehdr_start || object->dlpi_name == NULL)
        return 0;
    *(const char **)path = object->dlpi_name;
    return 1;
}

const char *sys_own_path(void)
{
    const char *path = "";
    if (dl_iterate_phdr != NULL)
        dl_iterate_phdr(own_path_note, &path);
    return path;
}

/* Compilers call it by these names where a function finds its frame overwritten. */
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void)
{
    sys_exit(EXIT_SHIM);
}
#ifdef __i386__
_Noreturn void __stack_chk_fail_local(void) __attribute__((alias("__stack_chk_fail")));
#elif !defined __x86_64__
/* Elsewhere what guards a frame is no secret of each thread but a variable of the loader's, which
 * need not be in scope. The '\0' and the newline in this one end what a string could write. */
extern const uintptr_t __stack_chk_guard __attribute__((visibility("hidden")));
const uintptr_t __stack_chk_guard = (uintptr_t)0xff0a0d00ff0a0d00;
#endif
