/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlopen LIBRARY PATH [thread]: loads LIBRARY when it runs already, on the stack of a thread if
 * that is asked for, and says whether anything of the process is another than before: its
 * environment, no_new_privs, and whether it can read PATH.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static void *load(void *name)
{
    return dlopen(name, RTLD_NOW | RTLD_GLOBAL);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    void *handle;
    if (argc < 3)
        return 2;
    if (argc == 3)
        handle = load(argv[1]);
    else if (pthread_create(&thread, NULL, load, argv[1]) != 0 ||
             pthread_join(thread, &handle) != 0)
        return 2;
    puts(handle != NULL ? "loaded" : argc == 3 ? dlerror() : "refused"); /* that is the thread's */
    int fd = open(argv[2], O_RDONLY);
    printf("policy: %s\n", getenv("SANDLOCK_FS_READABLE") != NULL ? "there" : "consumed");
    printf("no_new_privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    printf("read: %s\n", fd < 0 ? strerrorname_np(errno) : "OK");
    return 0;
}
