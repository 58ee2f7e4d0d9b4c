/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_sys.h"

#include "../../shim/sys.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

struct fake fake;

static size_t read_so_far;

void fake_reset(void)
{
    free(fake.mapped);
    memset(&fake, 0, sizeof fake);
    fake.abi = 7;
    fake.known = (struct ruleset_attr){~0ULL, ~0ULL, ~0ULL};
    fake.status = "Name:\tx\nThreads:\t1\nSigQ:\t0/0\n";
    fake.missing = fake.file = "";
    fake.directory = "/work";
    fake.execute = 0;
    read_so_far = 0;
}

/* Logs a call; returns normal, or what the test wants in its place. */
static int call(int normal, const char *name, const char *format, unsigned long argument)
{
    int len = snprintf(fake.calls[fake.len], sizeof fake.calls[0], "%s ", name);
    snprintf(fake.calls[fake.len] + len, sizeof fake.calls[0] - (size_t)len, format, argument);
    fake.len++;
    return fake.len == fake.fail_at ? fake.fail_with : normal;
}

static int call_path(int normal, const char *name, const char *path)
{
    snprintf(fake.calls[fake.len], sizeof fake.calls[0], "%s %s", name, path);
    fake.len++;
    return fake.len == fake.fail_at ? fake.fail_with : normal;
}

/* The constructor asks for AT_ENTRY before main does anything: it must find itself a program. */
int sys_auxval(char *const envp[], unsigned long type, unsigned long *value)
{
    (void)envp;
    *value = type == AT_SECURE ? fake.secure : getauxval(type);
    return type == AT_SECURE ? fake.auxv : 0;
}

char **sys_environment(int argc, char **argv, char **passed)
{
    (void)argc, (void)argv;
    return passed;
}

const char *sys_own_path(char *const envp[])
{
    (void)envp;
    return "/usr/lib/renamed.so";
}

int sys_unshare_memory(void)
{
    return call(fake.unshare, "unshare", "", 0);
}

int sys_open_path(const char *path)
{
    int fd = strcmp(path, fake.file) == 0 ? 21 : 20;
    return call_path(strcmp(path, fake.missing) == 0 ? -ENOENT : fd, "open", path);
}

int sys_open_path_in(int root, const char *path)
{
    char name[32];
    int fd = strcmp(path, fake.file) == 0 ? 21 : 20;
    snprintf(name, sizeof name, "open in %d", root);
    return call_path(strcmp(path, fake.missing) == 0 ? -ENOENT : fd, name, path);
}

int sys_open_listing(int fd)
{
    return call(40, "open_listing", "%lu", (unsigned long)fd);
}

int sys_list(int fd, char *names, size_t size)
{
    size_t most = fake.chunk > 0 && fake.chunk < size ? fake.chunk : size, len = 0;
    while (len < fake.names_len) {
        size_t next = strlen(fake.names + len) + 1;
        if (len > 0 && len + next > most)
            break; /* whole names, and at least one */
        len += next;
    }
    memcpy(names, fake.names, len);
    fake.names += len;
    fake.names_len -= len;
    return call((int)len, "list", "%lu", (unsigned long)fd);
}

int sys_open_read(const char *path)
{
    read_so_far = 0;
    return call_path(strcmp(path, "/proc/self/status") == 0 ? 30 : 31, "open_read", path);
}

int sys_stat(int fd, struct file_status *status)
{
    *status = (struct file_status){.mode = fake.mode, .size = fake.size};
    status->changed[3] = fake.rewritten ? fake.len : 0;
    return call(0, "stat", "%lu", (unsigned long)fd);
}

int sys_read(int fd, char *buffer, size_t size)
{
    const char *text = fd == 31 ? fake.text : fake.status;
    size_t left = (fd == 31 ? fake.text_len : strlen(fake.status)) - read_so_far;
    size_t len = left < size ? left : size;
    if (fake.chunk > 0 && len > fake.chunk)
        len = fake.chunk;
    int answer = call((int)len, "read", "%lu", (unsigned long)fd);
    memcpy(buffer, text + read_so_far, len);
    read_so_far += len;
    return answer;
}

int sys_read_at(int fd, char *buffer, size_t size, uint64_t offset)
{
    (void)buffer, (void)size, (void)offset;
    return call(0, "pread", "%lu", (unsigned long)fd);
}

void *sys_map(size_t size, bool shared)
{
    (void)shared;
    return call(0, "mmap", "%lu", size) < 0 ? NULL : (fake.mapped = calloc(1, size));
}

int sys_unmap(void *at, size_t size)
{
    free(at);
    fake.mapped = NULL;
    return call(0, "munmap", "%lu", size);
}

int sys_is_directory(int fd)
{
    return call(fd != 21, "statx", "%lu", (unsigned long)fd);
}

int sys_close(int fd)
{
    return call(0, "close", "%lu", (unsigned long)fd);
}

int sys_landlock_create_ruleset(const struct ruleset_attr *attr, unsigned flags)
{
    if (attr == NULL)
        return call(fake.abi, "landlock_create_ruleset", "flags %lu", flags);
    bool good = (attr->handled_access_fs & ~fake.known.handled_access_fs) == 0 &&
                (attr->handled_access_net & ~fake.known.handled_access_net) == 0 &&
                (attr->scoped & ~fake.known.scoped) == 0;
    return call(good ? 10 : -EINVAL, "landlock_create_ruleset", "fs %lx", attr->handled_access_fs);
}

int sys_landlock_add_path(int ruleset, int fd, uint64_t rights)
{
    (void)ruleset;
    bool fits = fd != 21 || (rights & ~(uint64_t)ACCESS_FS_FILE) == 0;
    return call(fits ? 0 : -EINVAL, "landlock_add_rule", "%lx", rights);
}

int sys_landlock_add_port(int ruleset, unsigned port, uint64_t rights)
{
    char name[64];
    (void)ruleset;
    snprintf(name, sizeof name, "landlock_add_rule port %u", port);
    return call(0, name, "%lx", rights);
}

unsigned sys_pid(void)
{
    return 7;
}

int sys_close_range(unsigned first, unsigned last)
{
    char name[64];
    snprintf(name, sizeof name, "close_range %u", first);
    return call(0, name, "%lu", last);
}

int sys_limit_core(void)
{
    return call(0, "setrlimit", "", 0);
}

int sys_not_dumpable(void)
{
    return call(0, "not_dumpable", "", 0);
}

int sys_landlock_restrict_self(int ruleset)
{
    return call(0, "landlock_restrict_self", "%lu", (unsigned long)ruleset);
}

int sys_no_new_privs(void)
{
    return call(0, "no_new_privs", "", 0);
}

int sys_may_execute(const char *path)
{
    return call_path(0, "access", path);
}

int sys_check_execute(const char *path)
{
    return call_path(-EINVAL, "execveat", path);
}

int sys_seccomp_mode(void)
{
    return fake.seccomp;
}

int sys_mark(uint32_t low, uint32_t high)
{
    if (fake.filters_count > 0) /* that of the shim, which answers to its own */
        return fake.lies ? -EINVAL : 0;
    return fake.marked != NULL ? fake.marked(low, high) : -EINVAL;
}

int sys_seccomp_filter(const struct sock_filter *program, size_t len)
{
    if (fake.filters_count < 2) {
        memcpy(fake.filters[fake.filters_count], program, len * sizeof *program);
        fake.filters_len[fake.filters_count++] = len;
    }
    return call(0, "seccomp", "", 0);
}

int sys_working_directory(char *path, size_t size)
{
    int len = snprintf(path, size, "%s", fake.directory);
    return call(len + 1, "getcwd", "", 0);
}

int sys_execute(const char *path, char *const argv[], char *const envp[])
{
    (void)argv;
    fake.envp = envp;
    int answer = call_path(fake.execute, "execve", path);
    if (answer >= 0) {
        fake.status_of_end = FAKE_EXECUTED;
        longjmp(fake.end, 1);
    }
    return answer;
}

void sys_say(int fd, const char *bytes, size_t len)
{
    size_t had = strlen(fake.said);
    call(0, "say", "%lu", (unsigned long)fd);
    snprintf(fake.said + had, sizeof fake.said - had, "%.*s", (int)len, bytes);
}

int sys_write_all(int fd, const char *bytes, size_t len)
{
    size_t had = strlen(fake.said);
    snprintf(fake.said + had, sizeof fake.said - had, "%.*s", (int)len, bytes);
    return call(0, "write", "%lu", (unsigned long)fd);
}

_Noreturn void sys_exit(int status)
{
    call(0, "exit", "%lu", (unsigned long)status);
    fake.status_of_end = status;
    longjmp(fake.end, 1);
}
