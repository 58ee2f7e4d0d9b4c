/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsandlock_shim: confines the process that it is loaded into.
 *
 * Theory of operation. The loader runs our constructor before any other (-z initfirst), so before
 * main, before the constructors of every library and before preinit_array. The constructor reads
 * SANDLOCK_* from the environment, makes a policy of it (env/), a plan for this kernel of the
 * policy (plan.c) and a Landlock domain of the plan (landlock.c). The kernel enforces that domain
 * on this process and on all that it starts, and nobody can take it off again. From then on the
 * shim is not in the way of anything: it interposes nothing, and no code of it runs any more.
 *
 * The order, which shim_confine follows:
 *
 *   1. AT_SECURE    An environment that its sender may not choose is not read at all.
 *   2. parse        All that can be known to be wrong is, before anything changes.
 *   3. threads      Landlock confines the calling thread. One that it missed would be a hole.
 *   4. probe        What the kernel knows; does the policy live with what it lacks?
 *   5. ruleset      Created, paths opened, rules added. Still nothing has changed.
 *   6. enforce      no_new_privs, then restrict_self: from here on the process is confined.
 *   7. consume      Our configuration leaves the environment; children inherit the domain.
 *
 * Whatever fails, at whichever step, ends the process in shim_end: one line, status 125. There is
 * no other way out of a step but the next one. On this way no malloc, stdio, exit or abort is
 * called: libc itself may not be initialised yet, and its handlers would run unconfined.
 *
 * Where the main program is this very file, its main (program.c) confines, and then executes the
 * program that it was given; the constructor leaves it all to it.
 */
#include "shim.h"

#include "../env/strip.h"
#include "../env/vars.h"
#include "landlock.h"
#include "report.h"
#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <unistd.h> /* environ */

/* The file name that we are known by in LD_PRELOAD, however this copy was reached. */
#define SHIM_NAME "libsandlock_shim.so"

/* The entry point of this object, which its own libc's Scrt1.o brings. */
extern const char _start[] __attribute__((visibility("hidden")));

/* What the constructor has enforced. It is written before anything else of the process runs. */
static struct policy enforced;
static bool has_enforced;

const struct policy *shim_enforced(void)
{
    return has_enforced ? &enforced : NULL;
}

_Noreturn void shim_end(int status, const struct text *line)
{
    sys_say(STDERR_FILENO, line->at, line->len);
    sys_exit(status);
}

_Noreturn void shim_fault(int status, const struct fault *fault)
{
    struct text line = {.len = 0};
    report_fault(&line, fault);
    shim_end(status, &line);
}

/* Reads the number behind "\nThreads:\t" out of /proc/self/status (proc_pid_status(5)), in which
 * the line of groups before it may be as long as it likes. Returns -errno where there is none. */
static int threads_count(void)
{
    static const char key[] = "\nThreads:\t";
    char buffer[512];
    size_t matched = 0;
    int count = 0, len;
    int fd = sys_open_read("/proc/self/status");
    if (fd < 0)
        return fd;
    while ((len = sys_read(fd, buffer, sizeof buffer)) > 0)
        for (int i = 0; i < len; i++) {
            char c = buffer[i];
            if (matched < sizeof key - 1)
                matched = c == key[matched] ? matched + 1 : c == '\n';
            else if (c >= '0' && c <= '9' && count < 1000)
                count = 10 * count + (c - '0');
            else
                return (len = sys_close(fd)) < 0 ? len : count;
        }
    return len < 0 ? len : -ENODATA;
}

/* A process with threads is not confined: restrict_self would pass its other threads by, and
 * LANDLOCK_RESTRICT_SELF_TSYNC would replace a tighter domain of theirs (landlock(7)). */
static void refuse_threads(void)
{
    struct fault fault = {.reason = "this process has threads already, which would stay unconfined;"
                                    " start the program with " SHIM_NAME " PROGRAM"};
    int error = sys_unshare_thread();
    if (error == -EPERM || error == -ENOSYS) { /* an outer filter does not let us ask that way */
        int count = threads_count();
        if (count == 1)
            return;
        if (count < 0)
            fault = (struct fault){.subject = span_of("/proc/self/status"),
                                   .error = -count,
                                   .reason = "cannot tell whether this process has threads"};
        error = -EINVAL;
    } else if (error != -EINVAL && error != 0) {
        fault = (struct fault){.subject = span_of("unshare(CLONE_THREAD)"),
                               .error = -error,
                               .reason = "cannot tell whether this process has threads"};
    }
    if (error != 0)
        shim_fault(EXIT_SHIM, &fault);
}

/* Steps 4 to 6. */
static void enforce(const struct policy *policy)
{
    struct landlock landlock;
    struct fault fault;
    struct text line = {.len = 0};
    landlock.rules = 0;
    landlock.missing = 0;
    if (landlock_probe(&landlock, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
    if (landlock_create(&landlock, policy, &fault) < 0) {
        if (landlock.missing == 0)
            shim_fault(EXIT_SHIM, &fault);
        report_missing(&line, policy, landlock.missing, landlock.kernel_abi);
        shim_end(EXIT_SHIM, &line);
    }
    if (landlock_add_paths(&landlock, policy, &fault) < 0 ||
        landlock_enforce(&landlock, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
    if (policy->knobs[KNOB_VERBOSE]) {
        report_enforced(&line, &landlock.plan, landlock.rules);
        sys_say(STDERR_FILENO, line.at, line.len);
    }
}

/* The file name of this object as the loader found it. */
static struct span own_name(void)
{
    const char *path = sys_own_path(), *slash = strrchr(path, '/');
    return span_of(slash != NULL ? slash + 1 : path);
}

size_t shim_confine(char **envp, struct policy *policy)
{
    struct fault fault = {0};
    if (sys_auxval(AT_SECURE) != 0) {
        fault.reason = "refused in a program that is setuid, setgid or has capabilities of its own"
                       " (AT_SECURE); start it with " SHIM_NAME " PROGRAM";
        shim_fault(EXIT_SHIM, &fault);
    }
    if (envp == NULL) {
        fault.reason = "there is no environment";
        shim_fault(EXIT_SHIM, &fault);
    }
    if (vars_read(envp, policy, &fault) != NULL)
        shim_fault(EXIT_SHIM, &fault);
    refuse_threads();
    enforce(policy);
    return env_strip(envp, own_name(), span_of(SHIM_NAME));
}

/* With -z initfirst this runs before glibc has set environ, which then takes envp from the third
 * argument; musl passes no arguments but has set environ. */
__attribute__((constructor)) static void shim_load(int argc, char **argv, char **envp)
{
    (void)argc, (void)argv;
    if (sys_auxval(AT_ENTRY) == (unsigned long)_start)
        return; /* the program's face */
    char **start = environ != NULL ? environ : envp;
    env_seal(start, shim_confine(start, &enforced));
    has_enforced = true;
}
