/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operating system: every system call of the shim, and what it asks the loader.
 *
 * An int is 0 or more on success and -errno on failure. Nothing is tried again after EINTR: at
 * start no signal handler of the program's is installed yet. Tests link a fake in place of this.
 * Each makes its system call itself (syscall.h); nothing is asked of libc.
 */
#ifndef SHIM_SYS_H
#define SHIM_SYS_H

#include "abi.h"
#include "bpf.h"

/* The environment as the kernel has laid it out, for a constructor that has got these arguments.
 * NULL: it is not to be found, as where the constructor runs on another stack, or there is neither
 * /proc nor PR_GET_AUXV (Linux 6.4; prctl(2)). */
char **sys_environment(int argc, char **argv, char **passed);

/* Writes an entry of the auxiliary vector (getauxval(3)), which lies behind the kernel's envp, into
 * *value. -ENOENT: it is not there; another error before Linux 6.4, where there is no /proc either.
 */
int sys_auxval(char *const envp[], unsigned long type, unsigned long *value);

/* The path by which the loader found this object, "" where it does not tell. It is told by memory
 * that is the program's to write: only for after. */
const char *sys_own_path(char *const envp[]);

/* unshare(CLONE_VM): 0 when nobody shares the memory of this process, and then without effect;
 * -EINVAL when it has threads, or another process shares it (unshare(2)). */
int sys_unshare_memory(void);

/* Opens a path for landlock_add_rule(2): O_PATH needs no permission on the file itself and does
 * not wait for the other end of a FIFO (open(2)). */
int sys_open_path(const char *path);

/* The same, looked up inside the directory root as chroot(2) would: no link and no ".." leads out
 * of it (openat2(2), RESOLVE_IN_ROOT). -EXDEV: a magic link of /proc; -ENOSYS before 5.6. */
int sys_open_path_in(int root, const char *path);

/* Opens the directory that fd, of either of the two, stands for, to list it. */
int sys_open_listing(int fd);

/* Lists a directory on: writes names, each ended by '\0', into names, and returns how many bytes
 * they are; 0 at the end. size is at least 512 (getdents64(2)). */
int sys_list(int fd, char *names, size_t size);

/* Opens a file for reading, without waiting. */
int sys_open_read(const char *path);

/* read(2): the number of bytes read, 0 at the end. */
int sys_read(int fd, char *buffer, size_t size);

/* The same from an offset of the file on, wherever others read (pread(2)). */
int sys_read_at(int fd, char *buffer, size_t size, uint64_t offset);

/* New memory, all of it 0; shared with the children that the process forks, or its own (mmap(2)).
 * NULL: there is none. */
void *sys_map(size_t size, bool shared);

/* Gives it back (munmap(2)). */
int sys_unmap(void *at, size_t size);

/* What a file is. */
struct file_status {
    unsigned mode; /* its type and permissions (inode(7)) */
    uint64_t size;
    uint64_t changed[4]; /* when: the bytes of its two times, to be compared */
};

/* Writes what the file is that fd stands for (statx(2)). */
int sys_stat(int fd, struct file_status *status);

/* Whether fd is a directory: 1 or 0 (statx(2)). */
int sys_is_directory(int fd);

/* close(2). */
int sys_close(int fd);

/* landlock_create_ruleset(2). With CREATE_RULESET_VERSION and no attr: the ABI. */
int sys_landlock_create_ruleset(const struct ruleset_attr *attr, unsigned flags);

/* landlock_add_rule(2) for the file or the hierarchy that fd stands for. */
int sys_landlock_add_path(int ruleset, int fd, uint64_t rights);

/* landlock_add_rule(2) for a port. */
int sys_landlock_add_port(int ruleset, unsigned port, uint64_t rights);

/* landlock_restrict_self(2): exactly 0 on success. */
int sys_landlock_restrict_self(int ruleset);

/* prctl(PR_SET_NO_NEW_PRIVS) (PR_SET_NO_NEW_PRIVS(2const)): exactly 0 on success. */
int sys_no_new_privs(void);

/* The seccomp mode of this process: 2 when it has a filter (PR_GET_SECCOMP(2const)). */
int sys_seccomp_mode(void);

/* prctl(MARK_OPTION, low, high), which a filter of ours answers (gates.h): 0, or -EINVAL. */
int sys_mark(uint32_t low, uint32_t high);

/* Installs a filter for this process and its children (seccomp(2)): exactly 0 on success. */
int sys_seccomp_filter(const struct sock_filter *program, size_t len);

/* Writes the path of the working directory, ended by '\0', into path. Returns its length with that
 * (getcwd(2)). -ERANGE, -ENAMETOOLONG: it is longer than that; -ENOENT: it
 * is gone. */
int sys_working_directory(char *path, size_t size);

/* The process ID (getpid(2)). */
unsigned sys_pid(void);

/* Closes the descriptors from first to last, as far as they are open (close_range(2)). -ENOSYS
 * before Linux 5.9. */
int sys_close_range(unsigned first, unsigned last);

/* Sets both limits of RLIMIT_CORE to 1: to write a core file takes more, and a core_pattern that is
 * a pipe, which ignores 0, takes 1 for "none" (core(5), setrlimit(2)). -EPERM: the hard limit is
 * less, and the process may not raise it. */
int sys_limit_core(void);

/* Makes the process not dumpable until it executes a program (PR_SET_DUMPABLE(2const)). */
int sys_not_dumpable(void);

/* Whether path can be executed as far as its permissions and mount go; Landlock has no say in
 * faccessat2(2). 0, or -errno. */
int sys_may_execute(const char *path);

/* Whether the kernel would begin to execute path, Landlock included, without doing it: execveat(2)
 * with AT_EXECVE_CHECK. 0, or -EACCES; before Linux 6.14 -EACCES or -EINVAL, before 6.8 always the
 * latter. */
int sys_check_execute(const char *path);

/* execve(2). Returns -errno, if at all. */
int sys_execute(const char *path, char *const argv[], char *const envp[]);

/* Writes to fd if that does not have to wait (poll(2)), with one write(2), which does not raise
 * SIGPIPE or SIGXFSZ. What is not taken is lost. */
void sys_say(int fd, const char *bytes, size_t len);

/* Writes all to fd, however long that takes. 0, or -errno. */
int sys_write_all(int fd, const char *bytes, size_t len);

/* Ends the process at once: no handlers, no flushing. */
_Noreturn void sys_exit(int status);

#endif
