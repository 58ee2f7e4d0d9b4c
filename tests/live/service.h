/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers and clients under the tightest policy that they work under: a server runs in the
 * background, a job is done with it, and one of the two is confined.
 * In every string of a service, '%', '&' and the names of ports are expanded: see server.h.
 */
#ifndef TESTS_SERVICE_H
#define TESTS_SERVICE_H

#include "live.h"

#define READABLE   "SANDLOCK_FS_READABLE"
#define WRITABLE   "SANDLOCK_FS_WRITABLE"
#define EXECUTABLE "SANDLOCK_FS_EXECUTABLE"
#define CONNECT    "SANDLOCK_NET_ALLOW"
#define BIND       "SANDLOCK_NET_BIND"
#define GATES      "SANDLOCK_SECCOMP_ALLOW"

/* Who needs a grant. */
enum need {
    BY_ALL,
    BY_ROOT,    /* root alone */
    BY_PROGRAM, /* the program face alone: preloading comes after execve, and after the libraries */
    BY_OLD      /* whoever has a UNIX socket before ABI 9, from which on Landlock watches them */
};

/* An entry of a policy: the list that it stands in, and its text. */
struct grant {
    const char *list, *text;
    enum need need;
};

/* Something that only the unconfined can do. */
struct attempt {
    const char *name;
    const char *const *server; /* how the server is started for this; NULL: as ever */
    const char *const *argv;   /* NULL: the server alone is enough, and does not come up confined */
    const char *error;         /* part of what is said when it is refused, by either of them */
    const char *trace; /* a file that exists when it has been done, and only then; or NULL */
};

struct service {
    const char *needs[4]; /* programs, in full */
    const char *prepare;  /* for sh, unconfined: makes the files in the scratch directory */
    const struct grant policy[12]; /* those of one list side by side */
    const char *const *env;
    const char *const *server; /* NULL: none */
    const char *ready;         /* for sh: whether the server answers on $PORT */
    bool confines_job;         /* it is the job that is confined, not the server */
    const char *const *job;
    const char *out; /* what the job prints */
    const struct attempt refused[10];
};

/* An argv for a script. */
#define SH(script) LIST("/bin/sh", "-ec", script)

/* The tests, for a service as their state. */
void service_does_its_job(void **state);
void service_needs_each_grant(void **state);
void service_is_refused(void **state);

/* Fixtures: of the group, the peer; of each test, its end. */
int service_open(void **state);
int service_close(void **state);
int service_teardown(void **state);

#define SERVICE_TEST(test, service)                                                                \
    {                                                                                              \
#test "(" #service ")", service_##test, live_setup, service_teardown,                      \
            (void *)(uintptr_t) & (service)                                                        \
    }
#define SERVICE_TESTS(service)                                                                     \
    SERVICE_TEST(does_its_job, service), SERVICE_TEST(needs_each_grant, service),                  \
        SERVICE_TEST(is_refused, service)

#endif
