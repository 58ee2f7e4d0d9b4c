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

enum { STACK_MAX = 64 << 20 }; /* more than a constructor of the main thread's has above it */
enum { AUXV_WORDS = 128 };     /* the kernel has some 50 (include/linux/auxvec.h) */

/* The kernel's own copy of the vector. Returns how many words it has, or -errno. */
static int auxv_copy(unsigned long vector[static AUXV_WORDS])
{
    size_t size = AUXV_WORDS * sizeof *vector;
    int len = CALL(SYS_prctl, PR_GET_AUXV, vector, size);
    if (len < 0) {
        int fd = sys_open_read("/proc/self/auxv");
        if (fd < 0)
            return fd;
        len = sys_read(fd, (char *)vector, size);
        sys_close(fd);
    }
    return len < 0 ? len : (int)((size_t)len < size ? (size_t)len : size) / (int)sizeof *vector;
}

int sys_auxval(char *const envp[], unsigned long type, unsigned long *value)
{
    unsigned long copy[AUXV_WORDS];
    while (*envp != NULL)
        envp++;
    if (auxv_find((const unsigned long *)(envp + 1), SIZE_MAX, type, value))
        return 0;
    /* Somebody has made envp shorter, so that its end is not where it was. */
    int len = auxv_copy(copy);
    if (len < 0)
        return len;
    return auxv_find(copy, (size_t)len, type, value) ? 0 : -ENOENT;
}

/* Finds the vector on the stack of the process, where it is above this frame and below the random
 * bytes of which it tells: it is what is the same as the kernel's copy. NULL: it is not there. */
static unsigned long *auxv_on_stack(void)
{
    unsigned long copy[AUXV_WORDS], *at = copy + AUXV_WORDS, random;
    int len = auxv_copy(copy);
    size_t used = 0;
    if (len < 0 || !auxv_find(copy, (size_t)len, AT_RANDOM, &random))
        return NULL;
    while (used + 2 < (size_t)len && copy[used] != AT_NULL)
        used += 2;
    if (random - (uintptr_t)at > STACK_MAX) /* dlopen on the stack of a thread */
        return NULL;
    __asm__("" : "+r"(at)); /* it goes beyond the array, which the compiler is not to know */
    for (; (uintptr_t)(at + used) <= random; at++)
        if (memcmp(at, copy, used * sizeof *at) == 0)
            return at;
    return NULL;
}

/* glibc passes envp to constructors, behind argv. musl passes nothing; what it calls __environ
 * would have to be looked up in all libraries, at each start and under every libc, and a program
 * may have one of its own, with a policy in it. */
char **sys_environment(int argc, char **argv, char **passed)
{
    if (argc >= 0 && (uintptr_t)argv > (uintptr_t)argc && passed == argv + argc + 1)
        return passed;
    unsigned long *at = auxv_on_stack();
    if (at == NULL)
        return NULL;
    /* Below it are the NULL behind envp, envp, and the NULL behind argv (execve(2)). A copy of the
     * shim that came first may have shortened envp: then there are pairs in between (env_seal). */
    while (at[-1] == 0 && at[-2] == AT_IGNORE)
        at -= 2;
    at--;
    while (at[-1] != 0)
        at--;
    return (char **)at;
}

/* Where the linker has put the beginning of this object. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* The entry of the main program's dynamic section, at which the loader has left what it tells
 * debuggers: all objects that it has loaded (elf(5), DT_DEBUG; <link.h>). NULL: there is none. */
static const struct r_debug *debug_of(const ElfW(Phdr) * headers, unsigned long len)
{
    const ElfW(Phdr) *self = NULL, *dynamic = NULL;
    for (unsigned long i = 0; i < len; i++)
        if (headers[i].p_type == PT_PHDR)
            self = &headers[i];
        else if (headers[i].p_type == PT_DYNAMIC)
            dynamic = &headers[i];
    if (dynamic == NULL)
        return NULL;
    uintptr_t base = self != NULL ? (uintptr_t)headers - self->p_vaddr : 0;
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(base + dynamic->p_vaddr);
    while (entry->d_tag != DT_DEBUG && entry->d_tag != DT_NULL)
        entry++;
    return entry->d_tag == DT_DEBUG ? (const struct r_debug *)entry->d_un.d_ptr : NULL;
}

/* dl_iterate_phdr(3) would tell the same. But the loader would look that name up in all libraries
 * at each start, which is as much work as all of the environment is to us. */
const char *sys_own_path(char *const envp[])
{
    unsigned long headers, len;
    if (sys_auxval(envp, AT_PHDR, &headers) < 0 || sys_auxval(envp, AT_PHNUM, &len) < 0)
        return "";
    const struct r_debug *debug = debug_of((const ElfW(Phdr) *)headers, len);
    for (const struct link_map *map = debug != NULL ? debug->r_map : NULL; map; map = map->l_next)
        if (map->l_addr == (uintptr_t)__ehdr_start && map->l_name != NULL)
            return map->l_name;
    return "";
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
