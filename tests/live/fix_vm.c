/* SPDX-License-Identifier: Apache-2.0 */
/* A library that comes before the shim (-z initfirst) and leaves a process that shares all memory
 * with this one, yet is no thread of it. */
#include <sched.h>
#include <signal.h>
#include <unistd.h>

static char stack[65536];

/* It does not outlive the test by much, and keeps none of its pipes open. */
static int stay(void *data)
{
    (void)data;
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    sleep(3);
    return 0;
}

__attribute__((constructor)) static void share(void)
{
    clone(stay, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
}
