/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many links as the kernel follows. */
enum { LINKS_MAX = 40 };

/* A walk along a path. */
struct walk {
    const struct target *target;
    const struct lookup *lookup;
    char rest[2 * PATH_MAX]; /* what is left to walk */
    unsigned links;
    int at;           /* the directory that it has come to */
    struct file here; /* what that is */
    int root;         /* where "/" leads to; -1: not asked for yet */
    struct file top;  /* what that is: ".." leads no higher */
};

static void drop(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* Goes to another directory. Takes fd over. */
static int enter(struct walk *walk, int fd)
{
    struct file file;
    int error = fd < 0 ? fd : file_look(fd, &file);
    if (error == 0 && walk->lookup->resolve & RESOLVE_NO_XDEV && walk->at >= 0 &&
        file.mount != walk->here.mount)
        error = -EXDEV;
    if (error < 0) {
        drop(fd);
        return error;
    }
    drop(walk->at);
    walk->at = fd;
    walk->here = file;
    return 0;
}

/* Where relative paths begin. */
static int base_open(const struct walk *walk)
{
    return walk->lookup->dirfd == AT_FDCWD
               ? target_open(walk->target, "cwd")
               : target_open(walk->target, "fd/%d", walk->lookup->dirfd);
}

/* Asks for the root, which for some of openat2(2) is where the path begins. */
static int root_open(struct walk *walk)
{
    if (walk->root >= 0)
        return 0;
    bool own = walk->lookup->resolve & (RESOLVE_IN_ROOT | RESOLVE_BENEATH);
    walk->root = own ? base_open(walk) : target_open(walk->target, "root");
    return walk->root < 0 ? walk->root : file_look(walk->root, &walk->top);
}

static int enter_root(struct walk *walk)
{
    int error = root_open(walk);
    if (error == 0 && walk->lookup->resolve & RESOLVE_BENEATH)
        error = -EXDEV;
    return error < 0 ? error : enter(walk, fcntl(walk->root, F_DUPFD_CLOEXEC, 0));
}

static int enter_parent(struct walk *walk)
{
    int error = root_open(walk);
    if (error < 0)
        return error;
    if (file_same(&walk->here, &walk->top))
        return walk->lookup->resolve & RESOLVE_BENEATH ? -EXDEV : 0;
    int up = openat(walk->at, "..", O_PATH | O_CLOEXEC);
    return enter(walk, up < 0 ? -errno : up);
}

/* Takes the next name off the path. Returns its length; 0 at the end. */
static size_t name_take(struct walk *walk, char name[static NAME_MAX + 2], bool *slash)
{
    const char *at = walk->rest + strspn(walk->rest, "/");
    size_t len = strcspn(at, "/"), rest = strspn(at + len, "/");
    *slash = rest > 0;
    snprintf(name, NAME_MAX + 2, "%.*s", (int)(len <= NAME_MAX ? len : NAME_MAX + 1), at);
    memmove(walk->rest, at + len + rest, strlen(at + len + rest) + 1);
    return len;
}

/* What links of /proc/self say, which are the only ones there that say who asks. Returns whether
 * it is one of these. */
static bool own_link(const struct walk *walk, const char *name, char *text, size_t size)
{
    struct identity identity;
    enum { PROC_ROOT = 1 }; /* its inode */
    if (walk->here.id.inode != PROC_ROOT)
        return false;
    identity_find(walk->target->tid, &identity);
    if (strcmp(name, "self") == 0)
        snprintf(text, size, "%d", (int)identity.pid);
    else if (strcmp(name, "thread-self") == 0)
        snprintf(text, size, "%d/task/%d", (int)identity.pid, (int)walk->target->tid);
    else
        return false;
    return true;
}

/* Puts the text of a link in front of what is left to walk. */
static int link_insert(struct walk *walk, const char *text, bool slash)
{
    size_t len = strlen(text), rest = strlen(walk->rest);
    if (len + 1 + rest >= sizeof walk->rest)
        return -ENAMETOOLONG;
    memmove(walk->rest + len + (slash ? 1 : 0), walk->rest, rest + 1);
    memcpy(walk->rest, text, len);
    if (slash)
        walk->rest[len] = '/';
    return *text == '/' ? enter_root(walk) : 0;
}

/* Follows a link, which fd stands for and name leads to. A link of /proc that is no path but the
 * thing itself is opened: *fd becomes that, and 1 is returned. */
static int follow(struct walk *walk, const char *name, int *fd, bool slash)
{
    char text[PATH_MAX];
    bool proc = file_is_proc(*fd);
    if (walk->links++ == LINKS_MAX || walk->lookup->resolve & RESOLVE_NO_SYMLINKS)
        return -ELOOP;
    if (proc && own_link(walk, name, text, sizeof text))
        return link_insert(walk, text, slash);
    ssize_t len = readlinkat(*fd, "", text, sizeof text - 1);
    if (len < 0)
        return -errno;
    text[len] = '\0';
    if (!proc || walk->here.id.inode == 1)
        return len == 0 ? -ENOENT : link_insert(walk, text, slash);
    if (walk->lookup->resolve & (RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH | RESOLVE_IN_ROOT))
        return walk->lookup->resolve & RESOLVE_NO_MAGICLINKS ? -ELOOP : -EXDEV;
    int thing = openat(walk->at, name, O_PATH | O_CLOEXEC);
    if (thing < 0)
        return -errno;
    close(*fd);
    *fd = thing;
    return 1;
}

/* The end of the walk is the directory that it has come to. */
static void arrive_here(struct walk *walk, struct place *place)
{
    place->fd = walk->at;
    place->file = walk->here;
    walk->at = -1;
}

/* Looks at one name. Returns 1 at the end of the walk, 0 when it goes on, or -errno. */
static int step(struct walk *walk, const char *name, bool slash, struct place *place)
{
    bool last = *walk->rest == '\0', magic = false;
    unsigned flags = walk->lookup->flags;
    int fd = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    int error = fd < 0 ? -errno : file_look(fd, &place->file);
    if (error == 0 && S_ISLNK(place->file.mode) &&
        (!last || flags & LOOK_FOLLOW || (slash && !(flags & LOOK_NAME)))) {
        int followed = follow(walk, name, &fd, slash || !last);
        magic = followed == 1;
        error = magic ? file_look(fd, &place->file) : followed;
        if (error < 0 || !magic) {
            close(fd);
            return error;
        }
    }
    if (error < 0 && (error != -ENOENT || !last)) {
        drop(fd);
        return error;
    }
    if (!last && !S_ISDIR(place->file.mode)) {
        close(fd);
        return -ENOTDIR;
    }
    if (!last)
        return enter(walk, fd);
    if (error == 0 && slash && !(flags & LOOK_NAME) && !S_ISDIR(place->file.mode)) {
        close(fd);
        return -ENOTDIR;
    }
    place->fd = error < 0 ? -1 : fd;
    place->slash = slash;
    if (magic) {
        place->dir = S_ISDIR(place->file.mode) ? -1 : file_parent(fd);
        return 1;
    }
    strcpy(place->name, name);
    place->dir = walk->at;
    walk->at = -1;
    return 1;
}

static int walk_path(struct walk *walk, struct place *place)
{
    char name[NAME_MAX + 2];
    bool slash;
    for (;;) {
        int done = 0;
        size_t len = name_take(walk, name, &slash);
        if (len == 0) {
            arrive_here(walk, place);
            return 0;
        }
        if (len > NAME_MAX)
            return -ENAMETOOLONG;
        if (strcmp(name, ".") == 0)
            continue;
        if (strcmp(name, "..") == 0)
            done = enter_parent(walk);
        else
            done = step(walk, name, slash, place);
        if (done != 0)
            return done < 0 ? done : 0;
    }
}

/* The descriptor itself, of whatever it is. */
static int resolve_empty(struct walk *walk, struct place *place)
{
    int fd = base_open(walk), error = fd < 0 ? fd : file_look(fd, &place->file);
    if (error < 0) {
        drop(fd);
        return error;
    }
    place->fd = fd;
    place->dir = S_ISDIR(place->file.mode) ? -1 : file_parent(fd);
    return 0;
}

int resolve(const struct target *target, const struct lookup *lookup, struct place *place)
{
    struct walk walk = {.target = target, .lookup = lookup, .at = -1, .root = -1};
    int error;
    *place = (struct place){.fd = -1, .dir = -1};
    if (*lookup->path == '\0')
        return lookup->flags & LOOK_EMPTY ? resolve_empty(&walk, place) : -ENOENT;
    snprintf(walk.rest, sizeof walk.rest, "%s", lookup->path);
    if (*lookup->path == '/' && !(lookup->resolve & RESOLVE_IN_ROOT))
        error = enter_root(&walk);
    else
        error = enter(&walk, base_open(&walk));
    if (error == 0)
        error = walk_path(&walk, place);
    drop(walk.at);
    drop(walk.root);
    if (error < 0) {
        place_close(place);
        *place = (struct place){.fd = -1, .dir = -1};
    }
    return error;
}

void place_close(const struct place *place)
{
    drop(place->fd);
    drop(place->dir);
}
