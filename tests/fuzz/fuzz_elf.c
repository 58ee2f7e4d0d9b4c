/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs, scripts and the loader's cache as whoever made them would have them: what the start of
 * such a file needs is found out, and all of it is read. The real system is under this; the file
 * itself is one in memory.
 *
 * The first byte says which it is: 'c' a cache, else a program.
 */
#include "../../shim/cache.h"
#include "../../shim/elf.h"
#include "../../shim/libraries.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static char file[64];

static void file_make(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("file", 0);
    CHECK(fd >= 0);
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    CHECK(ftruncate(fd, 0) == 0);
    CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
}

static void read_cache(void)
{
    struct cache cache;
    uint32_t next = 0, last = 0;
    const char *path;
    cache_open(&cache, file);
    for (unsigned plain = 0; plain < 2; plain++, next = last = 0)
        while ((path = cache_find(&cache, "libc.so.6", plain, &next)) != NULL) {
            CHECK(next > last && next <= cache.count);
            CHECK(path > cache.at && path + strlen(path) < cache.at + cache.len + 1);
            last = next;
        }
    cache_close(&cache);
}

/* That what is said of a string lies in the list's memory, and has an end there. */
static void check_string(const struct need_list *list, const char *string)
{
    size_t offset = (size_t)(string - (const char *)list);
    if (string == NULL)
        return;
    CHECK(offset < list->len && memchr(string, '\0', list->len - offset) != NULL);
}

static void read_needs(char *const envp[])
{
    static struct need_list *list;
    unsigned count = 0;
    if (list == NULL)
        list = malloc(NEED_LIST_SIZE);
    CHECK(list != NULL);
    int error = libraries_walk(file, envp, NULL, list, NEED_LIST_SIZE);
    CHECK(error <= 0);
    for (const struct need *need = list->first; need != NULL; need = need->next, count++) {
        CHECK(need->name != NULL && count < NEED_LIST_SIZE / sizeof *need);
        check_string(list, need->name);
        check_string(list, need->path);
        CHECK(need->next != NULL || need == list->last);
    }
}

static void read_program(void)
{
    char next[PATH_MAX], argument[PATH_MAX], none[] = "A=1";
    char preload[sizeof file + sizeof "LD_PRELOAD="];
    struct elf elf;
    if (elf_open(&elf, file) == 0) {
        if (elf_interpreter(&elf, next))
            CHECK(strlen(next) < PATH_MAX);
        CHECK(elf_alike(&elf, &elf));
        elf_close(&elf);
    }
    if (interpreter_find(file, next, argument) == 1)
        CHECK(strlen(next) < PATH_MAX && strlen(argument) < PATH_MAX);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", file);
    read_needs((char *[]){none, NULL});
    read_needs((char *[]){preload, NULL});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    file_make(data + 1, size - 1);
    if (*data == 'c')
        read_cache();
    else
        read_program();
    return 0;
}
