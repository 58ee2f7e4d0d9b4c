/* SPDX-License-Identifier: Apache-2.0 */
/* What changes directories: mkdir, mknod, symlink; unlink, rmdir; rename, link. */
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h> /* RENAME_EXCHANGE */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reports what is missing to a directory. */
static void report(const struct asked *asked, int dir, uint64_t missing, const char *what)
{
    char path[PATH_MAX];
    static struct advice advice;
    if (file_path(dir, path) < 0)
        return;
    advice_for_path(asked->terms, missing, path, &advice);
    asked_denied(asked, &advice, "%s", what);
}

/* Judges a change to one directory, which is that of a place. */
static void judge_change(const struct asked *asked, const struct place *place, uint64_t wanted,
                         const struct lookup *lookup, const char *verb)
{
    char path[2 * PATH_MAX], what[2 * PATH_MAX + 32];
    uint64_t missing =
        verdict_missing(asked->terms->plan.handled.handled_access_fs, wanted,
                        place->dir < 0 ? ~0ULL : dir_granted(&asked->terms->rules, place->dir));
    if (missing == 0 || !is_permitted(asked, lookup, 0, W_OK | X_OK))
        return;
    place_path(place, path);
    snprintf(what, sizeof what, "%s %s", verb, path);
    report(asked, place->dir, missing, what);
}

void judge_make(const struct asked *asked)
{
    struct named named;
    struct place place;
    mode_t mode = asked->row->does == DOES_MKDIR ? S_IFDIR
                  : asked->row->does == DOES_SYMLINK
                      ? S_IFLNK
                      : (mode_t)asked_argument(asked, asked->row->flags);
    if (named_read(asked, asked->row->dirfd, asked->row->path, LOOK_NAME, &named) < 0 ||
        named_resolve(asked, &named, &place) < 0)
        return;
    if (place.fd < 0 && (S_ISDIR(mode) || !place.slash))
        judge_change(asked, &place, right_to_make(mode), &named.lookup,
                     S_ISDIR(mode)   ? "create directory"
                     : S_ISLNK(mode) ? "create link"
                                     : "create");
    place_close(&place);
}

void judge_remove(const struct asked *asked)
{
    struct named named;
    struct place place;
    bool dir = asked->row->does == DOES_RMDIR ||
               (asked->row->flags >= 0 && asked_argument(asked, asked->row->flags) & AT_REMOVEDIR);
    if (named_read(asked, asked->row->dirfd, asked->row->path, LOOK_NAME, &named) < 0 ||
        named_resolve(asked, &named, &place) < 0)
        return;
    if (place.fd >= 0 && (dir || !place.slash))
        judge_change(asked, &place, dir ? ACCESS_FS_REMOVE_DIR : ACCESS_FS_REMOVE_FILE,
                     &named.lookup, dir ? "remove directory" : "remove");
    place_close(&place);
}

/* Both ends of a rename or a link. */
struct ends {
    struct place from, to;
    struct level from_levels[CHAIN_MAX], to_levels[CHAIN_MAX];
    struct refer refer;
};

/* Fills in what the verdict goes by. Returns 0, or -errno where the call fails before that. */
static int ends_look(const struct asked *asked, uint64_t flags, struct ends *ends)
{
    const struct rules *rules = &asked->terms->rules;
    struct file from, to;
    if (ends->from.fd < 0 || ends->from.dir < 0 || ends->to.dir < 0)
        return -ENOENT;
    bool rename = asked->row->does == DOES_RENAME, exchange = rename && flags & RENAME_EXCHANGE;
    if (!rename && ends->to.slash)
        return -ENOENT;
    if (ends->to.fd >= 0 ? !rename || flags & RENAME_NOREPLACE : exchange)
        return -EEXIST;
    if ((!S_ISDIR(ends->from.file.mode) && (ends->from.slash || (!exchange && ends->to.slash))) ||
        (exchange && !S_ISDIR(ends->to.file.mode) && ends->to.slash))
        return -ENOTDIR;
    if ((rename && dir_is_beneath(ends->to.dir, &ends->from.file)) ||
        (!exchange && ends->to.fd >= 0 && dir_is_beneath(ends->from.dir, &ends->to.file)))
        return -EINVAL;
    if (file_look(ends->from.dir, &from) < 0 || file_look(ends->to.dir, &to) < 0 ||
        (rename ? from.mount : ends->from.file.mount) != to.mount)
        return -EXDEV;
    ends->refer = (struct refer){
        /* ABI 1 does not know it, and denies it all the same */
        .handled = asked->terms->plan.handled.handled_access_fs | ACCESS_FS_REFER,
        .same = file_same(&from, &to),
        .rename = rename,
        .exchange = exchange,
        .mode = ends->from.file.mode,
        .granted = rules_rights(rules, ends->from.file.id),
        .other_mode = ends->to.fd >= 0 ? ends->to.file.mode : 0,
        .other_granted = ends->to.fd >= 0 ? rules_rights(rules, ends->to.file.id) : 0,
    };
    if (dir_chain(rules, ends->from.dir, ends->from_levels, &ends->refer.from) < 0 ||
        dir_chain(rules, ends->to.dir, ends->to_levels, &ends->refer.to) < 0)
        return -ENAMETOOLONG;
    return 0;
}

static void refer_report(const struct asked *asked, const struct ends *ends,
                         const struct refer_verdict *verdict)
{
    static char from[2 * PATH_MAX], to[2 * PATH_MAX], what[5 * PATH_MAX];
    place_path(&ends->from, from);
    place_path(&ends->to, to);
    snprintf(what, sizeof what, "%s %s to %s%s", ends->refer.rename ? "rename" : "link", from, to,
             verdict->wider ? ", where more is granted than it has" : "");
    if (verdict->missing_from != 0)
        report(asked, ends->from.dir, verdict->missing_from, what);
    if (verdict->missing_to != 0)
        report(asked, ends->to.dir, verdict->missing_to, what);
}

void judge_refer(const struct asked *asked)
{
    static struct ends ends;
    struct named from, to;
    const struct call_row *row = asked->row;
    uint64_t flags = row->flags >= 0 ? asked_argument(asked, row->flags) : 0;
    bool link = row->does == DOES_LINK;
    unsigned look = !link ? LOOK_NAME
                          : (flags & AT_SYMLINK_FOLLOW ? LOOK_FOLLOW : 0U) |
                                (flags & AT_EMPTY_PATH ? LOOK_EMPTY : 0U);
    if (named_read(asked, row->dirfd, row->path, look, &from) < 0 ||
        named_read(asked, row->to_dirfd, row->to_path, LOOK_NAME, &to) < 0 ||
        named_resolve(asked, &from, &ends.from) < 0)
        return;
    if (link && ends.from.dir < 0) /* a directory, to which no link can be made after all */
        ends.from.dir = openat(ends.from.fd, "..", O_PATH | O_CLOEXEC);
    if (named_resolve(asked, &to, &ends.to) == 0) {
        if (ends_look(asked, flags, &ends) == 0) {
            struct refer_verdict verdict = verdict_refer(&ends.refer);
            if (verdict.error != 0 && is_permitted(asked, &to.lookup, 0, W_OK | X_OK) &&
                is_permitted(asked, &from.lookup, 0, link ? 0 : W_OK | X_OK))
                refer_report(asked, &ends, &verdict);
            if (verdict.error == 0 && S_ISDIR(ends.refer.mode))
                files_forget();
        }
        place_close(&ends.to);
    }
    place_close(&ends.from);
}
