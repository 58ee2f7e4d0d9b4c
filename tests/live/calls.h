/* SPDX-License-Identifier: Apache-2.0 */
/* System calls, one by one, where their gate is open and where it is closed: see fix_calls.c. */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#include "live.h"

#include <unistd.h>

#define READ    "SANDLOCK_FS_READABLE=@system:&"
#define ALLOW   "SANDLOCK_NET_ALLOW="
#define LOCAL   "SANDLOCK_NET_BIND="
#define CONNECT "SANDLOCK_UNIX_CONNECT="
#define GROUP   "SANDLOCK_SECCOMP_ALLOW="
#define DISABLE "SANDLOCK_DISABLE="

enum { ABI_UNIX = 9 }; /* from which on UNIX sockets are Landlock's, and their gate is open */

enum { STEPS = 48 };

/* A call, and what comes of it open and closed; NULL: whatever. A program that has no such call at
 * all ("absent") is as good. The last of a list has no call. */
struct step {
    const char *call, *open, *closed;
};

/* Makes the calls with program, all in one process. Fails unless they come out as expected. */
static inline void steps_run(const char *program, enum face face, const char *const env[],
                             const struct step *steps, bool open)
{
    struct outcome outcome;
    const char *argv[STEPS] = {program};
    for (size_t i = 0; steps[i].call != NULL; i++) {
        assert_true(i < STEPS - 2);
        argv[i + 1] = steps[i].call;
    }
    live_run(&outcome, face, env, argv);
    char *left = outcome.out;
    for (const struct step *step = steps; step->call != NULL; step++) {
        const char *expected = open ? step->open : step->closed;
        const char *line = strtok_r(NULL, "\n", &left);
        if (line == NULL ||
            (expected != NULL && strcmp(line, expected) != 0 && strcmp(line, "absent") != 0)) {
            print_error("%s under", program);
            for (; env != NULL && *env != NULL; env++)
                print_error(" %s", *env);
            fail_msg("face %d: \"%s\": expected %s, got %s (status %d)\n--- err: %s", (int)face,
                     step->call, expected, line == NULL ? "nothing" : line, outcome.status,
                     outcome.err);
        }
    }
    if (outcome.status != 0 || *outcome.err != '\0')
        fail_msg("%s: status %d\n--- err: %s", program, outcome.status, outcome.err);
}

/* The calls come out as open does unconfined and under opening, and as closed does under closing.
 */
static inline void steps_expect(const struct step *steps, const char *const closing[],
                                const char *const opening[])
{
    steps_run("calls", BARE, NULL, steps, true);
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        steps_run("calls", face, closing, steps, false);
        steps_run("calls", face, opening, steps, true);
    }
}

/* Skips the calling test where the kernel knows no system calls of 32-bit x86, and so runs none of
 * its programs. That fails when SANDLOCK_TEST_MUST_WORK is 1, but where MAY_LACK is i386. */
static inline void need_i386(void)
{
    const char *may_lack = getenv("MAY_LACK");
    struct outcome outcome;
    live_run(&outcome, BARE, NULL, LIST("calls", "i386:getpid"));
    if (strcmp(outcome.out, "OK\n") == 0)
        return;
    if (may_lack == NULL || strcmp(may_lack, "i386") != 0)
        live_skip("system calls of 32-bit x86");
    print_message("[  SKIPPED ] this machine may lack: system calls of 32-bit x86\n");
    skip();
}

/* The 32-bit build of the fixture; skips the test where there is none, or none can run. */
static inline const char *calls32(void)
{
#ifdef __x86_64__
    if (access(live_file("calls32"), X_OK) != 0)
        live_skip("programs of 32-bit x86");
    need_i386();
#else
    struct outcome outcome;
    if (access(live_file("calls32"), X_OK) != 0)
        live_skip("programs of 32 bits");
    live_run(&outcome, BARE, NULL, LIST("calls32", "getpid"));
    if (strcmp(outcome.out, "OK\n") != 0)
        live_skip("a processor or a kernel for programs of 32 bits");
#endif
    return "calls32";
}

#endif
