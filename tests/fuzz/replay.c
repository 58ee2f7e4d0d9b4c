/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds a fuzz target the files of a folder, where there is no libFuzzer: replay FOLDER. */
#include "fuzz.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

static void replay(const char *path)
{
    static uint8_t data[1 << 16];
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t len = fread(data, 1, sizeof data, file);
    CHECK(len < sizeof data && !ferror(file));
    fclose(file);
    char *copy = copy_of(data, len);
    LLVMFuzzerTestOneInput((const uint8_t *)copy, len);
    free(copy);
}

/* Whether a process that is fed the file lives to the end. */
static bool survives(const char *path)
{
    int status;
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        replay(path);
        exit(0); /* where leaks are looked for */
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (status != 0)
        printf("FAILED: %s\n", path);
    return status == 0;
}

int main(int count, char **arguments)
{
    unsigned files = 0, failed = 0;
    CHECK(count == 2);
    DIR *folder = opendir(arguments[1]);
    CHECK(folder != NULL);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", arguments[1], entry->d_name);
        if (*entry->d_name == '.')
            continue;
        files++;
        failed += !survives(path);
    }
    closedir(folder);
    CHECK(files > 0);
    if (failed == 0)
        printf("ok: %s: %u files\n", arguments[1], files);
    return failed == 0 ? 0 : 1;
}
