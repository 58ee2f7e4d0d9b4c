/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"

#include "value.h"

/* The lists out of which presets are made. */
#define SYSTEM                                                                                     \
    "/usr\0/bin\0/sbin\0/lib\0/lib32\0/lib64\0/libx32\0"                                           \
    "/etc/ld.so.cache\0/etc/ld.so.conf\0/etc/ld.so.conf.d\0"                                       \
    "/etc/ld-musl-x86_64.path\0/etc/ld-musl-aarch64.path\0/etc/alternatives\0"
#define DNS                                                                                        \
    "/etc/resolv.conf\0/etc/hosts\0/etc/host.conf\0/etc/nsswitch.conf\0/etc/gai.conf\0"            \
    "/run/systemd/resolve\0"
#define TLS                                                                                        \
    "/etc/ssl\0/etc/pki\0/etc/crypto-policies\0/etc/ca-certificates\0"                             \
    "/usr/share/ca-certificates\0/usr/local/share/ca-certificates\0"
#define USERS "/etc/passwd\0/etc/group\0/etc/nsswitch.conf\0/var/lib/sss\0"
#define LOCALE                                                                                     \
    "/etc/localtime\0/etc/timezone\0/usr/share/zoneinfo\0/usr/share/locale\0"                      \
    "/usr/lib/locale\0/etc/locale.alias\0"

#define PROC "/proc\0"
#define SYS  "/sys/devices/system/cpu\0/sys/fs/cgroup\0"
#define DEV  "/dev/null\0/dev/zero\0/dev/full\0/dev/random\0/dev/urandom\0"
#define TTY  "/dev/tty\0/dev/ptmx\0/dev/pts\0"
#define SHM  "/dev/shm\0"
#define TMP  "/tmp\0/var/tmp\0"

/* The paths of all presets. @base is the first five, as they lie one behind the other. */
static const char paths[] = SYSTEM USERS LOCALE DNS TLS PROC SYS DEV TTY SHM TMP;

enum {
    USERS_AT = sizeof SYSTEM - 1,
    LOCALE_AT = USERS_AT + sizeof USERS - 1,
    DNS_AT = LOCALE_AT + sizeof LOCALE - 1,
    TLS_AT = DNS_AT + sizeof DNS - 1,
    PROC_AT = TLS_AT + sizeof TLS - 1,
    SYS_AT = PROC_AT + sizeof PROC - 1,
    DEV_AT = SYS_AT + sizeof SYS - 1,
    TTY_AT = DEV_AT + sizeof DEV - 1,
    SHM_AT = TTY_AT + sizeof TTY - 1,
    TMP_AT = SHM_AT + sizeof SHM - 1,
    PATHS_END = TMP_AT + sizeof TMP - 1
};

const struct preset presets[] = {
    {"system", false, 0, USERS_AT},
    {"dns", false, DNS_AT, TLS_AT},
    {"tls", false, TLS_AT, PROC_AT},
    {"users", false, USERS_AT, LOCALE_AT},
    {"locale", false, LOCALE_AT, DNS_AT},
    {"base", false, 0, PROC_AT},
    {"proc", false, PROC_AT, SYS_AT},
    {"sys", false, SYS_AT, DEV_AT},
    {"dev", true, DEV_AT, TTY_AT},
    {"tty", true, TTY_AT, SHM_AT},
    {"shm", true, SHM_AT, TMP_AT},
    {"tmp", true, TMP_AT, PATHS_END},
    {"none", false, 0, 0},
    {"", false, 0, 0},
};

struct span preset_paths(const struct preset *preset)
{
    return (struct span){paths + preset->from, (size_t)(preset->end - preset->from)};
}

static const struct preset *preset_find(struct span name)
{
    const struct preset *p = presets;
    while (*p->name != '\0' && !span_equals(name, p->name))
        p++;
    return *p->name != '\0' ? p : NULL;
}

static struct span preset_nearest(struct span name)
{
    struct nearest nearest = nearest_to(name);
    for (const struct preset *p = presets; *p->name != '\0'; p++)
        nearest_offer(&nearest, p->name);
    return nearest.name;
}

/* White space that does not separate entries. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Takes the text up to the next separator off *rest, trimmed; it may be empty. Says whether there
 * is a backslash in it. */
static struct span entry_take(struct span *rest, bool *escaped)
{
    const char *at = rest->at, *end = rest->at + rest->len, *stop = at;
    *escaped = false;
    for (; stop < end; stop++) {
        if (*stop > '\\') /* as small letters are, of which paths are made */
            continue;
        if (*stop == ':' || *stop == '\n')
            break;
        if (*stop != '\\')
            continue;
        *escaped = true;
        stop += stop + 1 < end;
    }
    rest->at = stop < end ? stop + 1 : end;
    rest->len = (size_t)(end - rest->at);
    while (at < stop && is_blank(*at))
        at++;
    while (at < stop && is_blank(stop[-1]))
        stop--;
    return (struct span){at, (size_t)(stop - at)};
}

static const char too_long[] = "as long as PATH_MAX or longer";

/* Copies text into path, if there is one. Returns NULL, or the reason. */
static const char *copy(struct span text, char *path)
{
    if (text.len >= PATH_MAX)
        return too_long;
    if (path == NULL)
        return NULL;
    memcpy(path, text.at, text.len);
    path[text.len] = '\0';
    return NULL;
}

/* Unescapes text into path, if there is one. Returns NULL, or the reason. */
static const char *unescape(struct span text, char *path)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\\') {
            c = ++i < text.len ? text.at[i] : '\0';
            if (c == 'n')
                c = '\n';
            else if (c != ':' && c != '\\' && c != '\n')
                return "a backslash goes only before ':', '\\' and 'n'; write '\\\\' for itself";
        }
        if (len == PATH_MAX - 1)
            return too_long;
        if (path != NULL)
            path[len] = c;
        len++;
    }
    if (path != NULL)
        path[len] = '\0';
    return NULL;
}

/* Starts the preset called name. Returns NULL, or the reason. */
static const char *preset_start(struct path_iter *it, struct span name)
{
    const struct preset *preset = preset_find(name);
    if (preset == NULL) {
        it->word = preset_nearest(name);
        return "unknown preset: did you mean @%?";
    }
    if (it->writable && !preset->writable)
        return "this preset may not stand in a list that grants writing";
    it->expanded = preset_paths(preset);
    it->optional = true;
    return NULL;
}

struct path_iter path_iterate(struct span list, bool writable)
{
    return (struct path_iter){.rest = list, .writable = writable};
}

bool path_next(struct path_iter *it, char *path)
{
    for (;;) {
        if (it->expanded.len > 0) {
            size_t size = strlen(it->expanded.at) + 1;
            if (path != NULL)
                memcpy(path, it->expanded.at, size);
            it->expanded.at += size;
            it->expanded.len -= size;
            return true;
        }
        if (it->rest.len == 0)
            return false;
        bool escaped;
        struct span body = it->entry = entry_take(&it->rest, &escaped);
        if (body.len == 0)
            continue;
        it->optional = *body.at == '-';
        if (it->optional)
            body.at++, body.len--;

        if (span_starts(body, "/") || span_starts(body, "./") || span_starts(body, "../")) {
            it->relative |= *body.at == '.';
            it->reason = escaped ? unescape(body, path) : copy(body, path);
            return it->reason == NULL;
        }
        if (span_starts(body, "@")) {
            it->reason = preset_start(it, (struct span){body.at + 1, body.len - 1});
            if (it->reason != NULL)
                return false;
            continue;
        }
        it->word = body;
        if (span_equals(body, ".") || span_equals(body, ".."))
            it->reason = "write it as %/";
        else if (span_starts(body, "~") || span_starts(body, "$"))
            it->reason = "nothing is expanded here: write the path out";
        else
            it->reason = preset_find(body) != NULL
                             ? "neither a path nor a preset: did you mean ./% or @%?"
                             : "neither a path nor a preset: did you mean ./% or /%?";
        return false;
    }
}

const char *path_check(struct span path)
{
    if (path.len >= PATH_MAX)
        return too_long;
    if (!span_starts(path, "/") && !span_starts(path, "./") && !span_starts(path, "../"))
        return "a path starts with '/', './' or '../'";
    return NULL;
}
