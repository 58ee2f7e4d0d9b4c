/* SPDX-License-Identifier: Apache-2.0 */
/* execve(2): the program, and what its head says that it is run by. */
#include "judge.h"

#include "../elf.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many interpreters of interpreters as the kernel follows. */
enum { INTERPRETERS_MAX = 5 };

/* Whether a file is a script or of ELF, which say what runs them; others the kernel does not run.
 */
static bool has_head(const char *path)
{
    char head[4] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t len = fd < 0 ? -1 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    return len == sizeof head && (memcmp(head, "#!", 2) == 0 || memcmp(head, "\177ELF", 4) == 0);
}

/* Judges a file, which runs the first or is that. Returns whether something runs it in turn, which
 * is written into next. */
static bool judge_file(const struct asked *asked, const struct lookup *first,
                       const struct lookup *lookup, char next[static PATH_MAX])
{
    enum { WANTED = ACCESS_FS_EXECUTE | ACCESS_FS_READ_FILE };
    char path[2 * PATH_MAX], fd[32];
    static struct advice advice;
    struct place place;
    bool more = false;
    if (resolve(&asked->target, lookup, &place) < 0)
        return false;
    uint64_t missing = verdict_missing(asked->terms->plan.handled.handled_access_fs, WANTED,
                                       place_granted(asked, &place));
    if (place.fd >= 0 && S_ISREG(place.file.mode) && missing == 0) {
        snprintf(fd, sizeof fd, "/proc/self/fd/%d", place.fd);
        more = has_head(fd) && interpreter_find(fd, next, NULL) == 1;
    } else if (place.fd >= 0 && S_ISREG(place.file.mode) && place_is_visible(&place) &&
               is_permitted(asked, first, X_OK, 0) && is_permitted(asked, lookup, X_OK, 0)) {
        place_path(&place, path);
        advice_for_path(asked->terms, missing | ACCESS_FS_EXECUTE, path, &advice);
        asked_denied(asked, &advice, "execute %s", path);
    }
    place_close(&place);
    return more;
}

void judge_execute(const struct asked *asked)
{
    struct named first;
    const struct call_row *row = asked->row;
    uint64_t flags = row->flags >= 0 ? asked_argument(asked, row->flags) : 0;
    unsigned look = (flags & AT_SYMLINK_NOFOLLOW ? 0U : LOOK_FOLLOW) |
                    (flags & AT_EMPTY_PATH ? LOOK_EMPTY : 0U);
    char paths[2][PATH_MAX]; /* of what runs the file before, in turn */
    if (named_read(asked, row->dirfd, row->path, look, &first) < 0)
        return;
    bool more = judge_file(asked, &first.lookup, &first.lookup, paths[0]);
    for (unsigned i = 0; i < INTERPRETERS_MAX && more; i++) {
        const struct lookup lookup = {AT_FDCWD, paths[i % 2], LOOK_FOLLOW, 0};
        more = judge_file(asked, &first.lookup, &lookup, paths[(i + 1) % 2]);
    }
}
