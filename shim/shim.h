/* SPDX-License-Identifier: Apache-2.0 */
/* What the two faces of the shim share: the constructor's (shim.c) and the program's (program.c).
 */
#ifndef SHIM_SHIM_H
#define SHIM_SHIM_H

#include "../env/config.h"
#include "plan.h"
#include "text.h"

/* The file name that the shim is known by, however it was reached. */
#define SHIM_NAME "libsandlock_shim.so"

/* Exit statuses, as env(1), timeout(1) and nohup(1) have them. */
enum {
    EXIT_UNCONFINED = 1,   /* --verify: it is not confined */
    EXIT_CANNOT_START = 1, /* --check: a start would fail */
    EXIT_SHIM = 125,       /* the shim failed; nothing ran */
    EXIT_CANNOT_RUN = 126, /* the program was found but cannot be executed */
    EXIT_NOT_FOUND = 127   /* it was not found */
};

/* What is left to know of a policy that is enforced. */
struct confinement {
    bool narrowed; /* SANDLOCK_FS_EXECUTABLE alone grants execution */
    bool no_exec;  /* SANDLOCK_SECCOMP_DENY names execve */
    bool keep_env; /* SANDLOCK_KEEP_ENV: nothing is to be consumed */
};

/* Confines this process by the SANDLOCK_* in envp, which is the kernel's. Whatever goes wrong, it
 * does not return: the process ends with EXIT_SHIM and one line. */
struct confinement shim_confine(char *const envp[]);

/* Whether this process is confined already: by the policy of the SANDLOCK_* in envp or, where they
 * set none, by any of ours. A policy with mistakes ends the process with EXIT_SHIM and one line. */
bool shim_verify(char *const envp[]);

/* What the SANDLOCK_* of an environment come to here. */
struct survey {
    struct config config; /* the file, which the policy points into */
    struct policy policy;
    struct port_bits bits[NET_ACCESSES]; /* of the policy */
    struct groups groups;
    struct plan plan;
    gate_set open;
    size_t filter_len; /* instructions of the filter, */
    size_t denial_len; /* and of the one for calls that are denied by name; 0: there is none */
    bool confined;     /* this process is confined by them already */
};

/* Fills in *survey, enforcing nothing. Where a start would fail so far, it ends as that does. */
void shim_survey(char *const envp[], struct survey *survey);

/* The confinement that the constructor of this very object has brought about already, or NULL:
 * where a loader is run by hand (ld.so libsandlock_shim.so PROGRAM) it may not say what the main
 * program is. */
const struct confinement *shim_confined(void);

/* The program face, with the arguments as the kernel lays them out: the environment is behind. */
_Noreturn void program_main(int argc, char **argv);

/* Says line on stderr and ends the process. */
_Noreturn void shim_end(int status, const struct text *line);

/* The same, with the line for a fault (report.h). */
_Noreturn void shim_fault(int status, const struct fault *fault);

/* Ends the process, with EXIT_SHIM and one line, when error is an -errno: standard output could not
 * be written to. */
void shim_printed(int error);

#endif
