/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sys.h"

#include <errno.h>
#include <sys/stat.h>

enum { CONFIG_MAX = 1 << 20 };

/* How much memory a file of some size takes: its text, with a byte for what should not be there any
 * more, and the room for the values. It is not mapped: it could change or shrink then. */
static size_t memory_size(size_t size)
{
    return 2 * size + 1;
}

/* Fills the fault for what is wrong with the file as a whole. Returns error. */
static int file_failed(struct span path, const char *reason, int error, struct fault *fault)
{
    *fault = (struct fault){.subject = variable_name(KIND_CONFIG, 0),
                            .entry = path,
                            .reason = reason,
                            .error = reason == NULL ? -error : 0};
    return error;
}

/* Why a file is not read; NULL: it is. */
static const char *refusal(const struct file_status *status)
{
    if (!S_ISREG(status->mode))
        return "not a regular file; write the variables into one";
    if (status->mode & S_IWOTH)
        return "anybody may write to it; chmod o-w takes that away";
    if (status->size > CONFIG_MAX)
        return "larger than 1 MiB";
    return NULL;
}

/* Reads up to size bytes into text, fewer where the file ends. Returns how many, or -errno. */
static int text_read(int fd, char *text, size_t size)
{
    size_t len = 0;
    int more = 1;
    while (len < size && more > 0) {
        more = sys_read(fd, text + len, size - len);
        if (more < 0)
            return more;
        if ((size_t)more > size - len)
            return -EPROTO; /* an outer filter answers in place of the kernel */
        len += (size_t)more;
    }
    return (int)len;
}

/* Whether a file is still what it was. */
static bool is_unchanged(const struct file_status *before, const struct file_status *after)
{
    return after->size == before->size &&
           memcmp(after->changed, before->changed, sizeof after->changed) == 0;
}

/* Reads an opened file. */
static int file_read(int fd, struct config *config, struct span path, struct fault *fault)
{
    struct file_status status, after;
    int error = sys_stat(fd, &status);
    const char *reason = error < 0 ? NULL : refusal(&status);
    if (error < 0 || reason != NULL)
        return file_failed(path, reason, error < 0 ? error : -EINVAL, fault);
    size_t size = (size_t)status.size;
    char *text = sys_map(memory_size(size), false);
    if (text == NULL)
        return fault_of_call(fault, "mmap", -ENOMEM);
    int len = text_read(fd, text, size + 1);
    if (len < 0)
        return file_failed(path, NULL, len, fault);
    error = sys_stat(fd, &after);
    if (error < 0)
        return file_failed(path, NULL, error, fault);
    if ((size_t)len != size || !is_unchanged(&status, &after))
        return file_failed(path,
                           "it changed while it was read, or is no ordinary file, as those of /proc"
                           " are not",
                           -EINVAL, fault);
    *config = (struct config){.name = path, .text = {text, size}, .room = text + size + 1};
    return 0;
}

int config_load(struct span path, struct config *config, struct fault *fault)
{
    int fd = sys_open_read(path.at);
    if (fd < 0)
        return file_failed(path, NULL, fd, fault);
    int error = file_read(fd, config, path, fault);
    if (error < 0)
        return error;
    error = sys_close(fd);
    return error < 0 ? fault_of_call(fault, "close", error) : 0;
}

int config_unload(struct config *config, struct fault *fault)
{
    if (config->name.at == NULL)
        return 0;
    config->name.at = NULL;
    int error = sys_unmap((void *)config->text.at, memory_size(config->text.len));
    return error < 0 ? fault_of_call(fault, "munmap", error) : 0;
}
