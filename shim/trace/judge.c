/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include "credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int named_read(const struct asked *asked, int dirfd, int path, unsigned flags, struct named *named)
{
    uint64_t at = asked_argument(asked, path);
    int error = 0;
    named->lookup = (struct lookup){
        .dirfd = dirfd < 0 ? AT_FDCWD : (int)asked_argument(asked, dirfd),
        .path = named->text,
        .flags = flags,
    };
    *named->text = '\0'; /* which NULL is with AT_EMPTY_PATH */
    if (at != 0 || !(flags & LOOK_EMPTY))
        error = target_string(&asked->target, at, named->text);
    if (error == -EPERM)
        asked_blind(asked);
    return error;
}

int named_resolve(const struct asked *asked, const struct named *named, struct place *place)
{
    return resolve(&asked->target, &named->lookup, place);
}

uint64_t place_granted(const struct asked *asked, const struct place *place)
{
    const struct rules *rules = &asked->terms->rules;
    if (place->fd >= 0 && S_ISDIR(place->file.mode))
        return dir_granted(rules, place->fd);
    uint64_t own = place->fd >= 0 ? rules_rights(rules, place->file.id) : 0;
    return own | (place->dir >= 0 ? dir_granted(rules, place->dir) : 0);
}

bool place_is_visible(const struct place *place)
{
    return place->dir >= 0 || (place->fd >= 0 && S_ISDIR(place->file.mode));
}

void place_path(const struct place *place, char path[static 2 * PATH_MAX])
{
    bool named = place->dir >= 0 && *place->name != '\0';
    int len = file_path(named ? place->dir : place->fd, path);
    len = len < 0 ? 0 : len;
    path[len] = '\0';
    /* not the file itself: of what /proc/self/net has, the kernel says that it is deleted */
    if (named)
        snprintf(path + len, (size_t)(2 * PATH_MAX - len), "%s%s", len == 1 ? "" : "/",
                 place->name);
}

/* What is asked as the target. */
struct question {
    const struct target *target;
    const struct lookup *lookup;
    int file, dir;
};

static bool may(int fd, int mode)
{
    return mode == 0 || (fd >= 0 && faccessat(fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) == 0);
}

static bool ask(void *context)
{
    const struct question *question = context;
    struct place place;
    if (resolve(question->target, question->lookup, &place) < 0)
        return false;
    bool permitted = may(place.fd, question->file) && may(place.dir, question->dir);
    place_close(&place);
    return permitted;
}

bool is_permitted(const struct asked *asked, const struct lookup *lookup, int file, int dir)
{
    struct question question = {&asked->target, lookup, file, dir};
    return as_target(asked->target.tid, ask, &question);
}
