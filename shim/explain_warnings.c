/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "../env/value.h"
#include "inspect.h"
#include "paths.h"
#include "search.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

/* What it is about is one word, or several. */
static void warn_of(struct explanation *it, const char *id, struct span subject, bool words,
                    const char *text)
{
    struct document *doc = &it->doc;
    document_row(doc);
    document_colour(doc, COLOUR_YELLOW);
    document_string(doc, "id", span_of(id), 16);
    document_plain(doc);
    if (words)
        document_value(doc, "subject", subject);
    else if (doc->json || subject.len > 0)
        document_string(doc, "subject", subject, 0);
    document_sentence(doc, "text", text);
    document_row_end(doc);
}

void explain_warn(struct explanation *it, const char *id, struct span subject, const char *text)
{
    warn_of(it, id, subject, false, text);
}

static const struct span none = {"", 0};

/* --- paths --- */

/* Whether a path leads into the directory that /proc has for one process. */
static bool is_of_process(struct span path)
{
    return span_starts(path, "/proc/") && path.len > 6 && path.at[6] >= '0' && path.at[6] <= '9';
}

/* Whether the file at a path is one that programs replace rather than write to: what is edited by
 * hand and what is written anew as a whole. Presets have such files too, and cannot do better. */
static bool is_replaced(const struct path_walk *walk)
{
    struct span path = span_of(walk->path);
    bool own = *walk->entry.at != '@' && !span_starts(walk->entry, "-@");
    bool special = span_starts(path, "/dev/") || span_starts(path, "/proc/");
    return own && !special && S_ISREG(sys_type_of(walk->fd)) &&
           (walk->which == PATH_WRITABLE || span_starts(path, "/etc/") ||
            span_starts(path, "/run/") || span_starts(path, "/var/"));
}

/* A search for a directory that is granted as much as a file that lies beneath it. */
struct cover {
    struct span path; /* of the file, without links */
    uint64_t rights;
    bool found;
};

static int cover_look(struct path_walk *walk)
{
    struct cover *cover = walk->context;
    char target[PATH_MAX];
    int len = sys_path_of(walk->fd, target);
    size_t folder = len > 1 ? (size_t)len : 0; /* "/" is the beginning of all */
    if (len > 0 && S_ISDIR(sys_type_of(walk->fd)) && (cover->rights & ~walk->rights) == 0 &&
        cover->path.len > folder && cover->path.at[folder] == '/' &&
        memcmp(cover->path.at, target, folder) == 0)
        cover->found = true;
    return 0;
}

/* Walks over the paths once more, which can fail only when they have changed meanwhile. */
static void walk_again(const struct explanation *it, int (*found)(struct path_walk *),
                       void *context)
{
    struct fault fault;
    struct path_walk walk;
    walk.found = found, walk.missing = NULL, walk.context = context;
    if (paths_walk(&walk, &it->survey.policy, &it->survey.plan, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
}

static bool is_covered(const struct explanation *it, struct span path, uint64_t rights)
{
    struct cover cover = {.path = path, .rights = rights};
    walk_again(it, cover_look, &cover);
    return cover.found;
}

static int path_warn(struct path_walk *walk)
{
    struct explanation *it = walk->context;
    char target[PATH_MAX];
    int error = path_narrow(walk), len = sys_path_of(walk->fd, target);
    if (error < 0)
        return error;
    struct span path = len > 0 ? (struct span){target, (size_t)len} : span_of(walk->path);
    if (is_of_process(path))
        explain_warn(it, "proc-self", span_of(walk->path),
                     "belongs to one process, and its children have others: grant /proc");
    if (is_replaced(walk) && !is_covered(it, path, walk->rights))
        explain_warn(it, "replaced-file", span_of(walk->path),
                     "is granted as the file that is there now: when another is renamed onto it, as"
                     " editors do, the grant is lost; that of its directory would stay, and is"
                     " wider");
    return 0;
}

/* What was found out from inside. */
static void findings_warn(struct explanation *it)
{
    char path[PATH_MAX];
    if (it->findings->directory < 0) {
        int len = sys_working_directory(path, sizeof path);
        explain_warn(
            it, "directory", len > 0 ? span_of(path) : none,
            "is the working directory, and cannot be read from inside: start in one that can");
    }
    if (it->findings->null_device < 0)
        explain_warn(it, "dev-null", span_of("/dev/null"),
                     "cannot be written to from inside, as most programs expect: add @dev to"
                     " SANDLOCK_FS_WRITABLE");
    if (it->findings->config < 0)
        explain_warn(
            it, "keep-env", span_of("SANDLOCK_CONFIG"),
            "names a file that cannot be read from inside: with SANDLOCK_KEEP_ENV, children"
            " that load the shim again fail");
}

/* Confinement that is in force around this process limits a start besides, and is not known. */
static void outside_warn(struct explanation *it)
{
    int own = it->survey.confined ? 1 : 0;
    bool filtered = it->survey.confined ? false : sys_seccomp_mode() > 0;
    if (it->layers > own || filtered)
        explain_warn(it, "outer", none,
                     "this process is in a Landlock layer or under a filter of calls already, which"
                     " deny what they deny, whatever is granted here");
}

/* --- the network and the filter --- */

static bool is_open(const struct explanation *it, enum gate gate)
{
    return it->open & GATE_BIT(gate);
}

/* Whether a TCP socket that listens unbound gets a port that no rule has granted. */
static bool listens_anywhere(const struct explanation *it)
{
    const struct plan *plan = &it->survey.plan;
    return is_open(it, GATE_LISTEN) && is_open(it, GATE_TCP) &&
           !groups_deny(&it->survey.groups, span_of("listen")) &&
           plan->handled.handled_access_net & ACCESS_NET_BIND_TCP &&
           !(plan_port_rights(plan, &it->survey.policy, 0) & ACCESS_NET_BIND_TCP);
}

/* Whether the socket of NOTIFY_SOCKET is out of reach: the gate is closed or, where its name is
 * abstract, Landlock keeps it out. */
static bool cannot_notify(const struct explanation *it)
{
    const char *notify = variable_find(it->envp, "NOTIFY_SOCKET=");
    bool scoped = it->survey.plan.active & PROTECTION_BIT(ABSTRACT_UNIX_SOCKET_SCOPE);
    return notify != NULL && *notify != '\0' &&
           (!is_open(it, GATE_UNIX) || (*notify == '@' && scoped));
}

static void network_warn(struct explanation *it)
{
    const struct network *net = &it->survey.policy.net;
    bool udp = !(it->survey.plan.disabled & PROTECTION_BIT(NET_UDP));
    if (cannot_notify(it))
        explain_warn(it, "notify-socket", span_of("NOTIFY_SOCKET"),
                     "is set, and is out of reach: the program cannot tell that it is ready; see"
                     " SANDLOCK_UNIX_CONNECT, or abstract_unix_socket_scope where it begins with"
                     " '@'");
    if (udp && (net->some | net->all) & NET_BIT(BIND_UDP) && !(net->all & NET_BIT(CONNECT_UDP)))
        explain_warn(it, "udp-answers", none,
                     "UDP may be bound to, but not sent to every port: where the kernel enforces"
                     " net_udp, clients cannot be answered; add udp://* to SANDLOCK_NET_ALLOW");
    if (listens_anywhere(it))
        explain_warn(
            it, "listen", none,
            "listen(2) on a TCP socket that was not bound takes an ephemeral port, whatever"
            " SANDLOCK_NET_BIND grants: Landlock has no right for it");
}

/* Appends the calls that are left to change what is known of a file, wherever its permissions let
 * them. */
static void metadata_calls(const struct groups *groups, struct text *left)
{
    static const char calls[] =
        "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat"
        " futimesat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr";
    struct span rest = span_of(calls), call;
    while (word_next(&rest, &call)) {
        if (groups_deny(groups, call) || call_find(call) == 0)
            continue;
        text_put(left, left->len > 0 ? " " : "");
        text_span(left, call);
    }
}

static void metadata_warn(struct explanation *it)
{
    struct groups none_denied = {0};
    bool log = it->survey.policy.filter.action == ACTION_LOG;
    struct text left = {.len = 0};
    metadata_calls(log ? &none_denied : &it->survey.groups, &left);
    if (left.len > 0)
        warn_of(it, "metadata", (struct span){left.at, left.len}, true,
                "work on every file that permissions let them: Landlock does not restrict these;"
                " SANDLOCK_SECCOMP_DENY can");
}

static void filter_warn(struct explanation *it)
{
    const struct filter_wishes *wishes = &it->survey.policy.filter;
    if (wishes->mode == FILTER_OFF)
        explain_warn(
            it, "no-filter", none,
            "SANDLOCK_SECCOMP=off: what the gates would close is open, MPTCP and UDP for instance");
    else if (is_open(it, GATE_IO_URING))
        explain_warn(it, "io-uring", span_of("@io_uring"),
                     "is open: by it a program makes sockets and opens files past all other gates");
    if (it->survey.groups.calls != 0 && wishes->action != ACTION_LOG)
        explain_warn(it, "denied-calls", span_of("SANDLOCK_SECCOMP_DENY"),
                     "names calls: they fail whatever is granted, and whoever makes them");
    if (wishes->action == ACTION_LOG)
        explain_warn(
            it, "log", none,
            "SANDLOCK_SECCOMP_ACTION=log does not enforce: calls that would fail with EPERM, and"
            " all that SANDLOCK_SECCOMP_DENY names, succeed");
}

void explain_warnings(struct explanation *it)
{
    document_section(&it->doc, "warnings", "Warnings", false);
    outside_warn(it);
    explain_needs_warn(it);
    findings_warn(it);
    if (!it->survey.policy.empty) {
        walk_again(it, path_warn, it);
        network_warn(it);
        filter_warn(it);
        metadata_warn(it);
    }
    document_section_end(&it->doc, false);
}
