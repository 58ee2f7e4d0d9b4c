/* SPDX-License-Identifier: Apache-2.0 */
/* open(2) and what is like it, truncate(2), ioctl(2). */
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef O_TMPFILE_BIT
#define O_TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#endif

/* How a file is opened. */
struct opening {
    uint64_t flags;
    uint64_t resolve;
};

static int opening_read(const struct asked *asked, struct opening *opening)
{
    struct open_how how = {0};
    *opening = (struct opening){0};
    switch (asked->row->does) {
    case DOES_CREATE:
        opening->flags = O_WRONLY | O_CREAT | O_TRUNC;
        return 0;
    case DOES_OPEN_HOW:
        if (target_read(&asked->target, asked_argument(asked, asked->row->flags), &how,
                        sizeof how) < 0)
            return -EFAULT;
        *opening = (struct opening){how.flags, how.resolve};
        return 0;
    default:
        opening->flags = asked_argument(asked, asked->row->flags) & 0xffffffff;
        return 0;
    }
}

/* The rights to read and to write that an access mode takes. */
static uint64_t wanted_by_mode(uint64_t flags)
{
    switch (flags & O_ACCMODE) {
    case O_RDONLY:
        return ACCESS_FS_READ_FILE;
    case O_WRONLY:
        return ACCESS_FS_WRITE_FILE;
    case O_RDWR:
        return ACCESS_FS_READ_FILE | ACCESS_FS_WRITE_FILE;
    default: /* for ioctl(2) alone */
        return 0;
    }
}

/* What it takes to open what is there; 0 too where that fails for another reason. */
static uint64_t wanted_of_file(uint64_t flags, const struct place *place)
{
    mode_t mode = place->file.mode;
    if ((flags & O_CREAT && flags & O_EXCL) || S_ISLNK(mode))
        return 0;
    if (S_ISDIR(mode) && flags & O_TMPFILE_BIT)
        return wanted_by_mode(flags);
    if (S_ISDIR(mode))
        return flags & (O_CREAT | O_ACCMODE | O_TRUNC) ? 0 : ACCESS_FS_READ_DIR;
    if (flags & O_DIRECTORY)
        return 0;
    return wanted_by_mode(flags) | (flags & O_TRUNC && S_ISREG(mode) ? ACCESS_FS_TRUNCATE : 0);
}

/* What it takes to make it. */
static uint64_t wanted_to_make(uint64_t flags, const struct place *place)
{
    if (!(flags & O_CREAT) || flags & O_DIRECTORY || place->slash)
        return 0;
    return ACCESS_FS_MAKE_REG | wanted_by_mode(flags);
}

static const char *words_for(uint64_t missing, const char **end)
{
    *end = "";
    if (missing & ACCESS_FS_READ_DIR)
        return "list";
    if (missing & ACCESS_FS_MAKE_REG)
        return "create";
    if (!(missing & (ACCESS_FS_READ_FILE | ACCESS_FS_WRITE_FILE)))
        return "truncate";
    *end = !(missing & ACCESS_FS_WRITE_FILE)  ? " for reading"
           : !(missing & ACCESS_FS_READ_FILE) ? " for writing"
                                              : " for reading and writing";
    return "open";
}

/* Says so. What is missing to a file that is to be made, its directory has to grant. */
static void report(const struct asked *asked, const struct place *place, uint64_t missing)
{
    char path[2 * PATH_MAX], granted[2 * PATH_MAX];
    static struct advice advice;
    const char *end, *begin = words_for(missing, &end);
    place_path(place, path);
    if (place->fd >= 0 || file_path(place->dir, granted) < 0)
        snprintf(granted, sizeof granted, "%s", path);
    advice_for_path(asked->terms, missing, granted, &advice);
    asked_denied(asked, &advice, "%s %s%s", begin, path, end);
}

/* The mode of access(2) that rights take besides. */
static int access_mode(uint64_t wanted)
{
    return (wanted & (ACCESS_FS_READ_FILE | ACCESS_FS_READ_DIR) ? R_OK : 0) |
           (wanted & (ACCESS_FS_WRITE_FILE | ACCESS_FS_TRUNCATE) ? W_OK : 0);
}

/* Judges the opening of a place. */
static void judge_opening(const struct asked *asked, uint64_t flags, const struct lookup *lookup,
                          const struct place *place)
{
    bool there = place->fd >= 0;
    uint64_t wanted = there ? wanted_of_file(flags, place) : wanted_to_make(flags, place);
    if (wanted == 0 || !place_is_visible(place))
        return;
    uint64_t missing = verdict_missing(asked->terms->plan.handled.handled_access_fs, wanted,
                                       place_granted(asked, place));
    int makes = W_OK | X_OK, file = flags & O_TMPFILE_BIT ? makes : access_mode(wanted);
    if (missing != 0 && is_permitted(asked, lookup, there ? file : 0, there ? 0 : makes))
        report(asked, place, missing);
}

void judge_open(const struct asked *asked)
{
    struct opening opening;
    struct named named;
    struct place place;
    if (opening_read(asked, &opening) < 0 || opening.flags & O_PATH)
        return;
    bool stays = opening.flags & O_NOFOLLOW || (opening.flags & O_CREAT && opening.flags & O_EXCL);
    if (named_read(asked, asked->row->dirfd, asked->row->path, stays ? 0 : LOOK_FOLLOW, &named) < 0)
        return;
    named.lookup.resolve = opening.resolve;
    if (named_resolve(asked, &named, &place) < 0)
        return;
    judge_opening(asked, opening.flags, &named.lookup, &place);
    place_close(&place);
}

/* What the target has a descriptor of. */
static int descriptor_resolve(const struct asked *asked, struct place *place)
{
    const struct lookup own = {(int)asked_argument(asked, 0), "", LOOK_EMPTY, 0};
    return resolve(&asked->target, &own, place);
}

void judge_truncate(const struct asked *asked)
{
    struct named named;
    struct place place;
    bool by_fd = asked->row->does == DOES_TRUNCATE_FD;
    if (!by_fd && named_read(asked, -1, asked->row->path, LOOK_FOLLOW, &named) < 0)
        return;
    if ((by_fd ? descriptor_resolve(asked, &place) : named_resolve(asked, &named, &place)) < 0)
        return;
    uint64_t missing = verdict_missing(asked->terms->plan.handled.handled_access_fs,
                                       ACCESS_FS_TRUNCATE, place_granted(asked, &place));
    if (missing != 0 && place_is_visible(&place) && S_ISREG(place.file.mode) &&
        !(by_fd ? asked_inherited(asked, &place.file)
                : !is_permitted(asked, &named.lookup, W_OK, 0)))
        report(asked, &place, missing);
    place_close(&place);
}

/* Whether Landlock lets a command through on every device (is_masked_device_ioctl). */
static bool is_harmless(uint64_t command)
{
    switch (command) {
    case FIOCLEX:
    case FIONCLEX:
    case FIONBIO:
    case FIOASYNC:
    case 0x5460:     /* FIOQSIZE */
    case 0xc0045877: /* FIFREEZE */
    case 0xc0045878: /* FITHAW */
    case 0xc020660b: /* FS_IOC_FIEMAP */
    case 2:          /* FIGETBSZ */
    case 0x40049409: /* FICLONE */
    case 0x4020940d: /* FICLONERANGE */
    case 0xc0189436: /* FIDEDUPERANGE */
    case 0x80111500: /* FS_IOC_GETFSUUID */
    case 0x80811501: /* FS_IOC_GETFSSYSFSPATH */
        return true;
    default:
        return false;
    }
}

void judge_ioctl(const struct asked *asked)
{
    struct place place;
    char path[2 * PATH_MAX];
    static struct advice advice;
    uint64_t command = asked_argument(asked, 1) & 0xffffffff;
    if (!(asked->terms->plan.handled.handled_access_fs & ACCESS_FS_IOCTL_DEV) ||
        is_harmless(command) || descriptor_resolve(asked, &place) < 0)
        return;
    if ((S_ISCHR(place.file.mode) || S_ISBLK(place.file.mode)) && place_is_visible(&place) &&
        !asked_inherited(asked, &place.file) &&
        !(place_granted(asked, &place) & ACCESS_FS_IOCTL_DEV)) {
        place_path(&place, path);
        advice_for_path(asked->terms, ACCESS_FS_IOCTL_DEV, path, &advice);
        asked_denied(asked, &advice, "ioctl %#llx of %s", (unsigned long long)command, path);
    }
    place_close(&place);
}
