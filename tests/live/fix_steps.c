/* SPDX-License-Identifier: Apache-2.0 */
/* steps [NAME=VALUE...] PROGRAM [ARG...]: runs PROGRAM, with these variables alone, one instruction
 * at a time, and prints how many of its own it took; a system call is one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status;
    unsigned long steps = 0;
    char **program = argv + 1;
    clearenv();
    for (; *program != NULL && strchr(*program, '=') != NULL; program++)
        putenv(*program);
    if (argc < 2 || *program == NULL)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        personality(ADDR_NO_RANDOMIZE);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(*program, program);
        _exit(127);
    }
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        steps++;
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) < 0)
            return 2;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "steps: status %#x\n", (unsigned)status);
        return 2;
    }
    printf("%lu\n", steps);
    return 0;
}
