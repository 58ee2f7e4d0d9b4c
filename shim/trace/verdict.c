/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <errno.h>
#include <sys/stat.h>

uint64_t chain_granted(const struct chain *chain)
{
    uint64_t granted = 0;
    for (size_t i = 0; i < chain->len; i++)
        granted |= chain->at[i].granted;
    return granted;
}

uint64_t verdict_missing(uint64_t handled, uint64_t wanted, uint64_t granted)
{
    return wanted & handled & ~granted;
}

uint64_t right_to_make(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFLNK:
        return ACCESS_FS_MAKE_SYM;
    case S_IFDIR:
        return ACCESS_FS_MAKE_DIR;
    case S_IFCHR:
        return ACCESS_FS_MAKE_CHAR;
    case S_IFBLK:
        return ACCESS_FS_MAKE_BLOCK;
    case S_IFIFO:
        return ACCESS_FS_MAKE_FIFO;
    case S_IFSOCK:
        return ACCESS_FS_MAKE_SOCK;
    default: /* 0 is a regular file too, of mknod(2) */
        return ACCESS_FS_MAKE_REG;
    }
}

uint64_t right_to_remove(mode_t mode)
{
    return S_ISDIR(mode) ? ACCESS_FS_REMOVE_DIR : ACCESS_FS_REMOVE_FILE;
}

/* What is wanted of the directories; leaving is done to the first, getting there to the second. */
static void refer_wanted(const struct refer *refer, uint64_t *from, uint64_t *to)
{
    *from = refer->exchange ? right_to_make(refer->other_mode) : 0;
    *to = right_to_make(refer->mode);
    if (refer->rename) {
        *from |= right_to_remove(refer->mode);
        if (refer->other_mode != 0)
            *to |= right_to_remove(refer->other_mode);
    }
}

/* One of the two directories, while the way up from it is walked. */
struct side {
    uint64_t wanted; /* of the ruleset's handled rights */
    uint64_t denied; /* not granted so far */
};

/* How many levels there are up to the root of the mount, and with it. */
static size_t mount_depth(const struct chain *chain)
{
    size_t depth = 1;
    while (depth < chain->len && chain->at[depth].mount == chain->at[0].mount)
        depth++;
    return depth;
}

/* What is denied of all that is handled, up to the root of the mount (collect_domain_accesses). */
static uint64_t denied_beneath(const struct chain *chain, uint64_t handled)
{
    for (size_t i = 0; i < mount_depth(chain); i++)
        handled &= ~chain->at[i].granted;
    return handled;
}

/* Whether a file may not do more where it gets to than where it is (no_more_access). */
static bool no_more(uint64_t from_denied, uint64_t granted, mode_t mode, uint64_t to_denied)
{
    uint64_t relevant = S_ISDIR(mode) ? ~0ULL : ACCESS_FS_FILE;
    return (from_denied & ~granted & relevant & ~to_denied) == 0;
}

static bool is_contained(const struct refer *refer, const struct side *from, const struct side *to)
{
    return no_more(from->denied, refer->granted, refer->mode, to->denied) &&
           (!refer->exchange ||
            no_more(to->denied, refer->other_granted, refer->other_mode, from->denied));
}

/* Walks on from the root of the mount to that of the system. Returns whether all is granted: at
 * first more than what is wanted, until it is clear that the file will not be able to do more. */
static bool walk_up(const struct refer *refer, struct side *from, struct side *to)
{
    bool contained = false;
    uint64_t from_look = refer->handled, to_look = refer->handled;
    for (size_t i = mount_depth(&refer->to) - 1; i < refer->to.len; i++) {
        if (!contained && is_contained(refer, from, to)) {
            contained = true;
            from_look = from->wanted;
            to_look = to->wanted;
        }
        if (((from->denied & from_look) | (to->denied & to_look)) == 0)
            return true;
        from->denied &= ~refer->to.at[i].granted;
        to->denied &= ~refer->to.at[i].granted;
        if (((from->denied & from_look) | (to->denied & to_look)) == 0)
            return true;
    }
    return false;
}

/* Within one directory nothing gets to where it could do more. */
static struct refer_verdict verdict_same(const struct refer *refer, uint64_t wanted)
{
    uint64_t missing = verdict_missing(refer->handled, wanted, chain_granted(&refer->to));
    return (struct refer_verdict){.error = missing != 0 ? EACCES : 0, .missing_to = missing};
}

struct refer_verdict verdict_refer(const struct refer *refer)
{
    struct refer_verdict verdict = {0};
    struct side from, to;
    refer_wanted(refer, &from.wanted, &to.wanted);
    if (refer->same)
        return verdict_same(refer, from.wanted | to.wanted);
    from.wanted = (from.wanted | ACCESS_FS_REFER) & refer->handled;
    to.wanted = (to.wanted | ACCESS_FS_REFER) & refer->handled;
    from.denied = denied_beneath(&refer->from, refer->handled);
    to.denied = denied_beneath(&refer->to, refer->handled);
    if ((from.denied | to.denied) == 0 || walk_up(refer, &from, &to))
        return verdict;
    verdict.missing_from = from.denied & from.wanted;
    verdict.missing_to = to.denied & to.wanted;
    verdict.wider = (verdict.missing_from | verdict.missing_to) == 0;
    bool lacks = ((verdict.missing_from | verdict.missing_to) & ~ACCESS_FS_REFER) != 0;
    verdict.error = lacks ? EACCES : EXDEV;
    if (verdict.wider) { /* what the old place would have to grant as well */
        verdict.missing_from = from.denied & ~refer->granted & ~to.denied;
        if (refer->exchange)
            verdict.missing_to = to.denied & ~refer->other_granted & ~from.denied;
    }
    return verdict;
}
