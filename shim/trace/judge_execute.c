/* SPDX-License-Identifier: Apache-2.0 */
/* execve(2): the program, and what its head says that it is run by. */
#include "judge.h"

#include "../elf.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many interpreters of interpreters as the kernel follows. */
enum { INTERPRETERS_MAX = 5 };

/* Judges one file. Returns whether the kernel goes on to what runs it, which is written into next;
 * *lookup is where it lies. */
static bool judge_file(const struct asked *asked, const struct lookup *lookup,
                       const struct place *place, char next[static PATH_MAX])
{
    enum { WANTED = ACCESS_FS_EXECUTE | ACCESS_FS_READ_FILE };
    char path[2 * PATH_MAX], fd[32];
    static struct advice advice;
    uint64_t missing = verdict_missing(asked->terms->plan.handled.handled_access_fs, WANTED,
                                       place_granted(asked, place));
    if (place->fd < 0 || !S_ISREG(place->file.mode))
        return false;
    if (missing != 0 && place_is_visible(place)) {
        if (!is_permitted(asked, lookup, X_OK, 0))
            return false;
        place_path(place, path);
        advice_for_path(asked->terms, missing | ACCESS_FS_EXECUTE, path, &advice);
        asked_denied(asked, &advice, "execute %s", path);
        return false;
    }
    snprintf(fd, sizeof fd, "/proc/self/fd/%d", place->fd);
    return interpreter_find(fd, next, NULL) == 1;
}

void judge_execute(const struct asked *asked)
{
    struct named named;
    struct place place;
    const struct call_row *row = asked->row;
    uint64_t flags = row->flags >= 0 ? asked_argument(asked, row->flags) : 0;
    unsigned look = (flags & AT_SYMLINK_NOFOLLOW ? 0U : LOOK_FOLLOW) |
                    (flags & AT_EMPTY_PATH ? LOOK_EMPTY : 0U);
    char next[PATH_MAX];
    int error = named_read(asked, row->dirfd, row->path, look, &named);
    for (int i = 0; i <= INTERPRETERS_MAX && error == 0; i++) {
        error = named_resolve(asked, &named, &place);
        if (error < 0)
            return;
        bool more = judge_file(asked, &named.lookup, &place, next);
        place_close(&place);
        if (!more)
            return;
        named.lookup = (struct lookup){AT_FDCWD, named.text, LOOK_FOLLOW, 0};
        snprintf(named.text, sizeof named.text, "%s", next);
    }
}
