/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include "../env/listen.h"
#include "../env/value.h"
#include "shim.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>

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

int process_refuse_threads(struct fault *fault)
{
    int error = sys_unshare_memory();
    if (error == 0)
        return 0;
    if (error != -EINVAL) { /* an outer filter does not let us ask that way: threads at least */
        int count = threads_count();
        if (count == 1)
            return 0;
        error = count < 0 ? count : -EINVAL;
    }
    *fault = (struct fault){.reason = "this process has threads already, or shares its memory: they"
                                      " would stay unconfined; start the program with"
                                      " " SHIM_NAME " PROGRAM"};
    if (error != -EINVAL)
        *fault = (struct fault){.subject = span_of("/proc/self/status"),
                                .error = -error,
                                .reason = "cannot tell whether this process has threads"};
    return error;
}

/* Closes the descriptors from 3 on but for those of a list and the first few. The list, which may
 * be in any order, is walked once for each FD_RANGES of its ranges, not for each of them. */
static int fds_close(struct span keep, unsigned listen)
{
    struct fd_range ranges[FD_RANGES];
    unsigned from = 3 + listen;
    size_t len;
    do {
        len = fds_lowest(keep, from, ranges);
        for (size_t i = 0; i < len; i++) {
            int error = ranges[i].low > from ? sys_close_range(from, ranges[i].low - 1) : 0;
            if (error < 0)
                return error;
            if (ranges[i].high >= from) /* it may lie within the one before */
                from = ranges[i].high + 1;
        }
    } while (len == FD_RANGES);
    return sys_close_range(from, UINT_MAX);
}

int process_settle(const struct policy *policy, char *const envp[], struct fault *fault)
{
    int error;
    if (policy->knobs[KNOB_CLOSE_FDS] &&
        (error = fds_close(policy->keep_fds, listen_fds(envp, sys_pid()))) < 0)
        return fault_of_call(fault, "close_range", error);
    if (!policy->knobs[KNOB_NO_COREDUMP])
        return 0;
    if ((error = sys_limit_core()) < 0)
        return fault_of_call(fault, "setrlimit(RLIMIT_CORE)", error);
    if ((error = sys_not_dumpable()) < 0)
        return fault_of_call(fault, "prctl(PR_SET_DUMPABLE)", error);
    return 0;
}
