/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters of gcov(1) in a shim that is built to be measured.
 *
 * The shim has no libc, and when it ends its process is confined: nobody could write what was
 * counted into a file then. So before anything else the memory of the counters (counters.ld) is
 * replaced by that of a file, COUNTERS, which all processes share. Whatever one has run is counted
 * there, however it ends, be it by a signal; and its children, confined as they are, go on
 * counting.
 *
 * Run as a program with the one argument --dump-counters it writes what is in there into the files
 * that gcov reads.
 */
#include "../../shim/shim.h"
#include "../../shim/sys.h"
#include "../../shim/syscall.h"

#include <fcntl.h>
#include <gcov.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef __x86_64__
#error "it is 64-bit x86 on which coverage is measured"
#endif

/* Where the linker has put them, whole pages. */
extern uint64_t counters_begin[] __attribute__((visibility("hidden")));
extern uint64_t counters_end[] __attribute__((visibility("hidden")));

/* One for each source, in the section that -fprofile-info-section names. */
extern const struct gcov_info *const __start_gcov_info[] __attribute__((visibility("hidden")));
extern const struct gcov_info *const __stop_gcov_info[] __attribute__((visibility("hidden")));

/* Maps the file somewhere. Returns where, or -errno. */
static long file_map(int fd, size_t size)
{
    register long r10 __asm__("r10") = MAP_SHARED, r8 __asm__("r8") = fd, r9 __asm__("r9") = 0;
    long result = SYS_mmap;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(0L), "S"(size), "d"((long)(PROT_READ | PROT_WRITE)), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Where it cannot be done, as under a limit or a filter that a test has set, this process is not
 * counted. */
static void counters_share(void)
{
    static bool shared;
    size_t size = (size_t)((char *)counters_end - (char *)counters_begin);
    int fd = shared ? -1 : CALL(SYS_openat, AT_FDCWD, COUNTERS, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    long at = file_map(fd, size);
    CALL(SYS_close, fd);
    if (at < 0 && at >= -4095)
        return;
    for (size_t i = 0; i < size / sizeof *counters_begin; i++) /* what has been counted so far */
        __atomic_fetch_add((uint64_t *)at + i, counters_begin[i], __ATOMIC_RELAXED);
    long moved = system_call(SYS_mremap, at, (long)size, (long)size, MREMAP_MAYMOVE | MREMAP_FIXED,
                             (long)counters_begin);
    shared = moved == (long)counters_begin;
}

__attribute__((constructor(101))) static void counters_load(void)
{
    counters_share();
}

static void file_begin(const char *name, void *fd)
{
    *(int *)fd = CALL(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
}

static void file_write(const void *bytes, unsigned len, void *fd)
{
    if (sys_write_all(*(int *)fd, bytes, len) < 0)
        sys_exit(1);
}

static void *no_memory(unsigned size, void *fd)
{
    (void)size, (void)fd;
    return NULL; /* that is for other kinds of counters */
}

/* The linker puts it in place of program_main (--wrap). */
_Noreturn void __wrap_program_main(int argc, char **argv);
_Noreturn void __real_program_main(int argc, char **argv);

_Noreturn void __wrap_program_main(int argc, char **argv)
{
    counters_share();
    if (argc != 2 || strcmp(argv[1], "--dump-counters") != 0)
        __real_program_main(argc, argv);
    for (const struct gcov_info *const *info = __start_gcov_info; info < __stop_gcov_info; info++) {
        int fd = -1;
        __gcov_info_to_gcda(*info, file_begin, file_write, no_memory, &fd);
        sys_close(fd);
    }
    sys_exit(0);
}

/* What libgcov would have of itself and of libc. */
void __gcov_merge_add(void);
void __gcov_merge_add(void)
{
}

_Noreturn void abort(void)
{
    sys_exit(1);
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    (void)at, (void)size, (void)protection, (void)flags, (void)fd, (void)offset;
    return MAP_FAILED;
}
