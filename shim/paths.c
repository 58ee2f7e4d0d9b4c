/* SPDX-License-Identifier: Apache-2.0 */
#include "paths.h"

#include "../env/path.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "sys.h"

#include <errno.h>

/* The two errors that mean that there is nothing at a path. */
static bool is_missing(int error)
{
    return error == -ENOENT || error == -ENOTDIR;
}

int path_failed(const struct path_walk *walk, struct span subject, int error)
{
    *walk->fault = (struct fault){
        .subject = subject, .entry = span_of(walk->path), .error = -error, .at = walk->entry.at};
    return error;
}

int path_narrow(struct path_walk *walk)
{
    int directory = sys_is_directory(walk->fd);
    if (directory < 0)
        return path_failed(walk, span_of("statx"), directory);
    walk->rights = plan_rights(walk->plan, walk->which, directory);
    return 0;
}

/* Makes path the current one. */
static void path_set(struct path_walk *walk, struct span path)
{
    memcpy(walk->path, path.at, path.len);
    walk->path[path.len] = '\0';
}

/* Opens the current path where it is to be looked up. */
static int path_open(const struct path_walk *walk)
{
    return walk->root < 0 ? sys_open_path(walk->path) : sys_open_path_in(walk->root, walk->path);
}

/* Opens the current path and shows it; a missing one passes when it is optional. */
static int path_visit(struct path_walk *walk, enum path_class which, bool optional)
{
    walk->which = which;
    walk->fd = path_open(walk);
    if (optional && is_missing(walk->fd)) {
        if (walk->missing != NULL)
            walk->missing(walk);
        return 0;
    }
    if (walk->fd < 0)
        return path_failed(walk, walk->variable, walk->fd);
    walk->rights = plan_rights(walk->plan, which, true);
    int error = walk->found(walk);
    if (error < 0)
        return error;
    error = sys_close(walk->fd);
    return error < 0 ? path_failed(walk, span_of("close"), error) : 0;
}

/* Visits the paths of one list. Inside a chroot all of them may be missing: the lists are those of
 * the system at large, and an image has what it has. */
static int list_visit(struct path_walk *walk, const struct policy *policy, enum path_class which)
{
    struct path_iter it = path_iterate(policy->paths[which], which == PATH_WRITABLE);
    if (it.rest.len == 0)
        return 0;
    walk->variable = variable_name(KIND_PATHS, which);
    while (path_next(&it, walk->path)) {
        walk->entry = it.entry;
        int error = path_visit(walk, which, it.optional || walk->root >= 0);
        if (error < 0)
            return error;
    }
    if (it.reason == NULL)
        return 0;
    /* It cannot be, for vars_read has walked the same list. */
    *walk->fault = (struct fault){
        .subject = walk->variable, .entry = it.entry, .reason = it.reason, .word = it.word};
    return -EINVAL;
}

/* Visits a device or a directory of the GPU's, which need not be there. */
static int gpu_path_visit(struct path_walk *walk, enum path_class which, const char *path)
{
    path_set(walk, span_of(path));
    return path_visit(walk, which, true);
}

/* Visits each of several paths, which end as those of a preset do. */
static int gpu_paths_visit(struct path_walk *walk, enum path_class which, const char *paths)
{
    int error = 0;
    for (; *paths != '\0' && error == 0; paths += strlen(paths) + 1)
        error = gpu_path_visit(walk, which, paths);
    return error;
}

#define NVIDIA "nvidia"

/* Visits /dev/nvidiaN. */
static int gpu_number_visit(struct path_walk *walk, unsigned number)
{
    char path[] = "/dev/" NVIDIA "\0\0\0", *digit = path + sizeof "/dev/" NVIDIA - 1;
    for (unsigned unit = 100; unit > 0; unit /= 10)
        if (number >= unit || unit == 1)
            *digit++ = (char)('0' + number / unit % 10);
    return gpu_path_visit(walk, PATH_WRITABLE, path);
}

/* Visits /dev/NAME when it is an nvidia device with a number, as the directory has it. */
static int gpu_name_visit(struct path_walk *walk, const char *name)
{
    unsigned low, high;
    size_t len = sizeof NVIDIA - 1;
    if (strncmp(name, NVIDIA, len) != 0 || strchr(name, '-') != NULL ||
        range_parse(span_of(name + len), GPU_MAX, &low, &high) != RANGE_GOOD)
        return 0;
    return gpu_number_visit(walk, low);
}

/* Visits every nvidia device that an opened directory lists. */
static int gpu_names_visit(struct path_walk *walk, int listing)
{
    char names[2048];
    int len, error;
    while ((len = sys_list(listing, names, sizeof names)) > 0)
        for (const char *name = names; name < names + len; name += strlen(name) + 1)
            if ((error = gpu_name_visit(walk, name)) < 0)
                return error;
    path_set(walk, span_of("/dev"));
    return len < 0 ? path_failed(walk, walk->variable, len) : 0;
}

/* Visits every nvidia device of an opened /dev; a file in its place has none. */
static int gpu_devices_visit(struct path_walk *walk, int dev)
{
    int listing = sys_open_listing(dev);
    if (is_missing(listing))
        return 0;
    if (listing < 0)
        return path_failed(walk, walk->variable, listing);
    int error = gpu_names_visit(walk, listing);
    if (error < 0)
        return error;
    error = sys_close(listing);
    return error < 0 ? path_failed(walk, span_of("close"), error) : 0;
}

/* Visits every nvidia device that there is. */
static int gpu_all_visit(struct path_walk *walk)
{
    path_set(walk, span_of("/dev"));
    int dev = path_open(walk);
    if (is_missing(dev))
        return 0;
    if (dev < 0)
        return path_failed(walk, walk->variable, dev);
    int error = gpu_devices_visit(walk, dev);
    if (error < 0)
        return error;
    error = sys_close(dev);
    return error < 0 ? path_failed(walk, span_of("close"), error) : 0;
}

/* Visits the devices of the GPUs that the policy grants, and what programs look up about them. */
static int gpus_visit(struct path_walk *walk, struct span gpus)
{
    bool all = span_equals(gpus, "all");
    unsigned low, high;
    struct span word;
    walk->variable = variable_name(KIND_GPUS, 0);
    walk->entry = gpus;
    int error = gpu_paths_visit(walk, PATH_WRITABLE,
                                "/dev/nvidiactl\0/dev/nvidia-uvm\0/dev/nvidia-uvm-tools\0"
                                "/dev/nvidia-modeset\0");
    if (error == 0)
        error = gpu_paths_visit(walk, PATH_READABLE,
                                "/proc/driver/nvidia\0/sys/bus/pci/devices\0/sys/module/nvidia\0");
    if (error == 0 && all)
        error = gpu_paths_visit(walk, PATH_WRITABLE, "/dev/dri\0/dev/kfd\0");
    if (error == 0 && all)
        return gpu_all_visit(walk);
    while (error == 0 && word_next(&gpus, &word)) {
        walk->entry = word;
        if (range_parse(word, GPU_MAX, &low, &high) == RANGE_GOOD)
            error = gpu_number_visit(walk, low);
    }
    return error;
}

/* Opens the directory inside which paths are looked up. */
static int chroot_open(struct path_walk *walk, struct span chroot)
{
    path_set(walk, chroot);
    walk->entry = chroot;
    int root = sys_open_path(walk->path);
    int directory = root < 0 ? root : sys_is_directory(root);
    if (directory == 0)
        directory = -ENOTDIR;
    if (directory < 0)
        return path_failed(walk, variable_name(KIND_DIRECTORY, 0), directory);
    walk->root = root;
    return 0;
}

int paths_walk(struct path_walk *walk, const struct policy *policy, const struct plan *plan,
               struct fault *fault)
{
    walk->plan = plan;
    walk->fault = fault;
    walk->root = -1;
    int error = policy->chroot.at != NULL ? chroot_open(walk, policy->chroot) : 0;
    for (unsigned which = 0; which < PATH_CLASSES && error == 0; which++)
        error = list_visit(walk, policy, (enum path_class)which);
    if (error == 0 && policy->gpus.at != NULL)
        error = gpus_visit(walk, policy->gpus);
    if (error < 0 || walk->root < 0)
        return error;
    path_set(walk, policy->chroot);
    walk->entry = policy->chroot;
    error = sys_close(walk->root);
    return error < 0 ? path_failed(walk, span_of("close"), error) : 0;
}
