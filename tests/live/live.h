/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the live tests share: running a program with or without the shim, and a scratch tree.
 *
 * In every string that goes to live_run, '%' stands for the scratch directory of the test and '&'
 * for the directory that holds the tests, the shim and the probe.
 */
#ifndef TESTS_LIVE_H
#define TESTS_LIVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

/* How the shim gets into the process. */
enum face {
    BARE,    /* not at all: the unconfined twin */
    PRELOAD, /* LD_PRELOAD=.../libsandlock_shim.so PROGRAM */
    PROGRAM  /* .../libsandlock_shim.so PROGRAM */
};

/* How a run ended. */
struct outcome {
    int status;     /* exit status, or 128 + the signal that ended it */
    char out[8192]; /* its standard output */
    char err[8192]; /* its standard error */
};

/* A list of strings, for env and argv: LIST("a", "b"). */
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Whether the seccomp filter is on in this pass: with LIVE_FILTER=off in the environment of the
 * test it is off wherever a policy says nothing of SANDLOCK_SECCOMP*. */
bool live_filter(void);

/* The setting for a policy that leaves these groups of gates, "@tcp,@unix", to Landlock alone; it
 * stays good until the fourth call after. */
const char *live_open(const char *groups);

/* Runs argv with exactly env (and LD_PRELOAD for PRELOAD, PATH where env has none, and what
 * live_filter says), waits for it and fills *outcome. argv[0] without '/' is looked up beside the
 * tests, then in PATH. A run of more than 60 seconds is a failure (of
 * more than LIVE_SECONDS, where the environment has that). Where a policy fails for the lack of
 * Landlock, as test_abi.c wants it to, the test is skipped by name. */
void live_run(struct outcome *outcome, enum face face, const char *const env[],
              const char *const argv[]);

/* The file called name that lies beside the tests: "libsandlock_shim.so", "probe". */
const char *live_file(const char *name);

/* The loader that the program beside the tests called name asks for (elf(5), PT_INTERP); it stays
 * good until the next call. */
const char *live_loader(const char *name);

/* Whether the program beside the tests called name is one of musl: its loader knows neither
 * initfirst nor nodlopen, preinit_array nor LD_AUDIT, and runs the constructors of preloaded
 * libraries in the order of the list. */
bool live_musl(const char *name);

/* Creates the scratch directory anew, owned by this user, with
 *   in/ and out/     each with: file (regular, "text"), empty/ (directory), full/file,
 *                    tool (an executable script: "#!/bin/sh" exit 7), fifo, link -> file
 * Returns its path, which stays good until the next call. */
const char *live_scratch(void);

/* cmocka fixtures: scratch before, and its removal after, each test. */
int live_setup(void **state);
int live_teardown(void **state);

/* Expands the '%' and '&' of a string into one of 8 buffers, in turn. */
const char *live_expand(const char *string);

/* The Landlock ABI of this kernel, 0 for none. */
int live_abi(void);

/* The errata of Landlock that this kernel says it has fixed, bit 0 for the first of them. */
unsigned live_errata(void);

/* The protections that are required by default and that a kernel of this ABI lacks, "a,b". They are
 * accepted wherever a policy says nothing else of them (see degraded.h). */
const char *live_lacking(int abi);

/* Skips the calling test by name, with what it lacks; fails when SANDLOCK_TEST_MUST_WORK is 1. */
void live_skip(const char *lack);

/* Skips the calling test by name on a kernel of a smaller ABI than this one. */
void live_needs(int abi);

/* Asserts that a run ended with status and printed exactly out and err (NULL: whatever). On a
 * mismatch all three are shown. */
void live_expect(const struct outcome *outcome, int status, const char *out, const char *err);

/* Writes a file with these permissions; '%' and '&' are expanded in path and text. */
void live_write(const char *path, const char *text, mode_t mode);

/* Runs one operation of the probe on path, which has to work (good) or to be EACCES. */
void live_probe(enum face face, const char *const policy[], const char *operation, const char *path,
                bool good);

#endif
