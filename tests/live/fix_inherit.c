/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inherit NUMBERS PROGRAM [ARGUMENT...]: executes PROGRAM with /dev/null open under each of
 * NUMBERS, "3,7,1000", and with no others beside 0 to 2. LISTEN_PID=self in the environment becomes
 * the number of this process, which executing keeps.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

int main(int argc, char **argv)
{
    struct rlimit limit;
    const char *listen_pid = getenv("LISTEN_PID");
    if (syscall(SYS_close_range, 3, ~0U, 0) < 0)
        return perror("close_range"), 2;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (argc < 3 || null < 0)
        return 2;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (char *number = strtok(argv[1], ","); number != NULL; number = strtok(NULL, ",")) {
        int fd = atoi(number);
        if (fd == null) /* it is closed on exec; its copy is not */
            fcntl(fd, F_SETFD, 0);
        else if (dup2(null, fd) < 0)
            return perror(number), 2;
    }
    if (listen_pid != NULL && strcmp(listen_pid, "self") == 0) {
        char text[16];
        snprintf(text, sizeof text, "%d", (int)getpid());
        setenv("LISTEN_PID", text, 1);
    }
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return 2;
}
