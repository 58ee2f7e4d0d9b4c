/* SPDX-License-Identifier: Apache-2.0 */
/* steady: prints the nanoseconds that one of several things takes in this process as it is, a line
 * each. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int zero, null;

static void parent_ask(void)
{
    syscall(SYS_getppid);
}

static void file_open(void)
{
    close(open("/usr/lib/os-release", O_RDONLY));
}

static void file_stat(void)
{
    struct stat st;
    stat("/usr/lib/os-release", &st);
}

static void read_write(void)
{
    char bytes[64];
    if (read(zero, bytes, sizeof bytes) < 0 || write(null, bytes, sizeof bytes) < 0)
        exit(2);
}

/* Nobody listens there; where the port is not granted, nobody is asked. */
static void connect_refused(void)
{
    struct sockaddr_in to = {AF_INET, htons(9), {htonl(INADDR_LOOPBACK)}, {0}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ||
        (errno != ECONNREFUSED && errno != EACCES))
        exit(2);
    close(fd);
}

static const struct {
    const char *name;
    void (*body)(void);
    long rounds;
} loops[] = {
    {"getppid", parent_ask, 300000},    {"open+close", file_open, 50000},
    {"stat", file_stat, 100000},        {"read+write", read_write, 200000},
    {"connect", connect_refused, 8000},
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void)
{
    zero = open("/dev/zero", O_RDONLY);
    null = open("/dev/null", O_WRONLY);
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        double start = now();
        for (long round = 0; round < loops[i].rounds; round++)
            loops[i].body();
        printf("%s %.1f\n", loops[i].name, (now() - start) / (double)loops[i].rounds);
    }
    return 0;
}
