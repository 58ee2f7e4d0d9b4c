/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rounds ROUNDS CASES: starts the programs of CASES, all of them once in each round and in random
 * order, on one processor, and prints for each start its round, its case, its wall time and its
 * processor time, in nanoseconds.
 *
 * A line of CASES is the number of a starter, variables and words, of which the first four of this
 * are fields that are separated by tabs:
 *
 *     STARTER <tab> NAME=VALUE <unit> NAME=VALUE... <tab> PROGRAM <unit> ARGUMENT...
 *
 * (<unit> is the byte 0x1f.) Starter 0 is this process; lines that begin with '=' are the commands
 * of the others, numbered from 1 on, which start what they are asked for by way of "rounds serve
 * CASES": processes that are confined already.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CASES_MAX = 64, STARTERS_MAX = 8, WORDS_MAX = 64 };

struct start {
    int starter;
    char *env[WORDS_MAX], *argv[WORDS_MAX];
};

/* What one start took. (This process is small, so that the peak is not that of a copy of it.) */
struct cost {
    long long wall, cpu; /* ns */
    long peak;           /* KiB */
};

/* A process that starts programs when it is sent the number of a case, and answers with their cost.
 */
struct starter {
    int to, from;
};

static struct start starts[CASES_MAX];
static struct starter starters[STARTERS_MAX];
static char *commands[STARTERS_MAX];
static int starts_len, starters_len = 1;

static void die(const char *what)
{
    fprintf(stderr, "rounds: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* Splits a field in place. */
static void split(char *field, char *words[WORDS_MAX])
{
    int len = 0;
    for (char *word; (word = strsep(&field, "\x1f")) != NULL;)
        if (*word != '\0' && len < WORDS_MAX - 1)
            words[len++] = word;
    words[len] = NULL;
}

static void cases_read(const char *path)
{
    static char line[65536];
    FILE *file = fopen(path, "re");
    if (file == NULL)
        die(path);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = strdup(line);
        if (*rest == '=') {
            commands[starters_len++] = rest + 1;
            continue;
        }
        struct start *start = &starts[starts_len++];
        start->starter = atoi(strsep(&rest, "\t"));
        split(strsep(&rest, "\t"), start->env);
        split(rest, start->argv);
        if (starts_len == CASES_MAX || starters_len == STARTERS_MAX)
            die("too many cases");
    }
    fclose(file);
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long cpu_of(const struct rusage *usage)
{
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000000LL +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000LL;
}

/* Starts a program and waits for its end, which has to be a good one. */
static struct cost start_once(const struct start *start)
{
    pid_t pid;
    int status;
    struct rusage usage;
    long long before = now();
    errno = posix_spawn(&pid, start->argv[0], NULL, NULL, start->argv, start->env);
    if (errno != 0)
        die(start->argv[0]);
    if (wait4(pid, &status, 0, &usage) != pid)
        die("wait4");
    long long wall = now() - before;
    if (status != 0) {
        fprintf(stderr, "rounds: %s: status %#x\n", start->argv[0], (unsigned)status);
        exit(2);
    }
    return (struct cost){wall, cpu_of(&usage), usage.ru_maxrss};
}

/* What a starter does: it is asked on descriptor 0, and answers on 1. */
static int serve(void)
{
    int which;
    while (read(0, &which, sizeof which) == sizeof which) {
        struct cost cost = start_once(&starts[which]);
        if (write(1, &cost, sizeof cost) != sizeof cost)
            die("answer");
    }
    return 0;
}

static void starter_begin(int i)
{
    char *argv[WORDS_MAX];
    int to[2], from[2];
    split(commands[i], argv);
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        die("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execv(argv[0], argv);
        die(argv[0]);
    }
    starters[i] = (struct starter){to[1], from[0]};
}

static struct cost start_by(const struct starter *starter, int which)
{
    struct cost cost;
    if (write(starter->to, &which, sizeof which) != sizeof which ||
        read(starter->from, &cost, sizeof cost) != sizeof cost)
        die("a starter");
    return cost;
}

/* Every case once, in random order. */
static void round_run(long round)
{
    int order[CASES_MAX];
    for (int i = 0; i < starts_len; i++) {
        int j = rand() % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (int i = 0; i < starts_len; i++) {
        int which = order[i], by = starts[which].starter;
        struct cost cost = by == 0 ? start_once(&starts[which]) : start_by(&starters[by], which);
        printf("%ld %d %lld %lld %ld\n", round, which, cost.wall, cost.cpu, cost.peak);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: rounds ROUNDS|serve CASES");
    cases_read(argv[2]);
    if (strcmp(argv[1], "serve") == 0)
        return serve();
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET((int)sysconf(_SC_NPROCESSORS_ONLN) - 1, &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    for (int i = 1; i < starters_len; i++)
        starter_begin(i);
    for (long round = -10; round < atol(argv[1]); round++) /* the first ones fill the caches */
        round_run(round);
    return 0;
}
