/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code that runs before main. Built as a library, its constructor is that code; with -DPROGRAM it
 * is a function of preinit_array, which comes before the constructors of all libraries but one.
 *
 * EARLY_READ=PATH: tries to read PATH and prints what comes of it. EARLY_THREAD=1 (the library):
 * starts a thread that does so too, and that stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Looked up in envp, for getenv(3) may know no environment yet. */
static const char *value(char **envp, const char *name)
{
    size_t len = strlen(name);
    for (; *envp != NULL; envp++)
        if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
            return *envp + len + 1;
    return NULL;
}

static void try_read(const char *who, const char *path)
{
    if (path == NULL)
        return;
    int fd = open(path, O_RDONLY);
    dprintf(STDOUT_FILENO, "%s: %s\n", who, fd < 0 ? strerrorname_np(errno) : "OK");
}

#ifdef PROGRAM

static void preinit(int argc, char **argv, char **envp)
{
    (void)argc, (void)argv;
    try_read("preinit", value(envp, "EARLY_READ"));
}

__attribute__((section(".preinit_array"),
               used)) static void (*const preinit_entry)(int, char **, char **) = preinit;

int main(int argc, char **argv, char **envp)
{
    (void)argc, (void)argv;
    try_read("main", value(envp, "EARLY_READ"));
    return 0;
}

#else

static sem_t done;

static void *thread_main(void *path)
{
    try_read("thread", path);
    sem_post(&done);
    for (;;)
        pause();
    return NULL;
}

__attribute__((constructor)) static void load(int argc, char **argv, char **envp)
{
    (void)argc, (void)argv;
    if (environ != NULL) /* musl's loader passes nothing, and sets this before */
        envp = environ;
    const char *path = value(envp, "EARLY_READ");
    try_read("library", path);
    if (value(envp, "EARLY_THREAD") == NULL)
        return;
    pthread_t thread;
    sem_init(&done, 0, 0);
    if (pthread_create(&thread, NULL, thread_main, (void *)path) != 0)
        _exit(97);
    sem_wait(&done);
}

/* What makes it a library for LD_AUDIT (rtld-audit(7)). */
unsigned la_version(unsigned version);
unsigned la_version(unsigned version)
{
    return version;
}

#endif
