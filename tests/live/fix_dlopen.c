/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlopen LIBRARY PATH: loads LIBRARY when it runs already, and says whether anything of the process
 * is another than before: its environment, no_new_privs, and whether it can read PATH.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    void *handle = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    puts(handle != NULL ? "loaded" : dlerror());
    int fd = open(argv[2], O_RDONLY);
    printf("policy: %s\n", getenv("SANDLOCK_FS_READABLE") != NULL ? "there" : "consumed");
    printf("no_new_privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    printf("read: %s\n", fd < 0 ? strerrorname_np(errno) : "OK");
    return 0;
}
