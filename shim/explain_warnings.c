/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "inspect.h"
#include "paths.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

void explain_warn(struct explanation *it, const char *id, struct span subject, const char *text)
{
    struct document *doc = &it->doc;
    document_row(doc);
    document_colour(doc, COLOUR_YELLOW);
    document_string(doc, "id", span_of(id), 16);
    document_plain(doc);
    if (doc->json || subject.len > 0)
        document_string(doc, "subject", subject, 0);
    document_sentence(doc, "text", text);
    document_row_end(doc);
    it->some = true;
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
static bool is_replaced(const struct path_walk *walk, struct span path)
{
    bool own = *walk->entry.at != '@' && !span_starts(walk->entry, "-@");
    return own && S_ISREG(sys_type_of(walk->fd)) &&
           (walk->which == PATH_WRITABLE || span_starts(path, "/etc/") ||
            span_starts(path, "/run/") || span_starts(path, "/var/"));
}

static int path_warn(struct path_walk *walk)
{
    char target[PATH_MAX];
    int len = sys_path_of(walk->fd, target);
    struct span path = len > 0 ? (struct span){target, (size_t)len} : span_of(walk->path);
    if (is_of_process(path))
        explain_warn(
            walk->context, "proc-self", span_of(walk->path),
            "is the directory of this one process, or lies in it, and is no child's: grant /proc");
    if (is_replaced(walk, path))
        explain_warn(
            walk->context, "replaced-file", span_of(walk->path),
            "is granted as the file that is there now: where another is renamed onto it, as"
            " editors do, the rule is lost with it; its directory is the safer grant");
    return 0;
}

static void paths_warn(struct explanation *it)
{
    struct fault fault;
    struct path_walk walk;
    walk.found = path_warn, walk.missing = NULL, walk.context = it;
    if (paths_walk(&walk, &it->survey.policy, &it->survey.plan, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
}

/* What was found out from inside. */
static void findings_warn(struct explanation *it)
{
    char path[PATH_MAX];
    if (it->findings->directory < 0) {
        int len = sys_working_directory(path, sizeof path);
        explain_warn(it, "directory", len > 0 ? span_of(path) : none,
                     "is the working directory, and cannot be read from inside: grant it, or start"
                     " elsewhere");
    }
    if (it->findings->null_device < 0)
        explain_warn(it, "dev-null", span_of("/dev/null"),
                     "cannot be written to from inside, as most programs expect: add @dev to"
                     " SANDLOCK_FS_WRITABLE");
}

/* --- the network and the filter --- */

static bool is_open(const struct explanation *it, enum gate gate)
{
    return it->open & GATE_BIT(gate);
}

static bool is_set(char *const envp[], const char *prefix)
{
    size_t len = strlen(prefix);
    for (; *envp != NULL; envp++)
        if (strncmp(*envp, prefix, len) == 0 && (*envp)[len] != '\0')
            return true;
    return false;
}

/* Whether a TCP socket that listens unbound gets a port that no rule has granted. */
static bool listens_anywhere(const struct explanation *it)
{
    const struct plan *plan = &it->survey.plan;
    return is_open(it, GATE_LISTEN) && is_open(it, GATE_TCP) &&
           plan->handled.handled_access_net & ACCESS_NET_BIND_TCP &&
           !(plan_port_rights(plan, &it->survey.policy, 0) & ACCESS_NET_BIND_TCP);
}

static void network_warn(struct explanation *it)
{
    const struct network *net = &it->survey.policy.net;
    if (is_set(it->envp, "NOTIFY_SOCKET=") && !is_open(it, GATE_UNIX))
        explain_warn(
            it, "notify-socket", span_of("NOTIFY_SOCKET"),
            "is set, but UNIX sockets are not granted: the program cannot tell that it is ready;"
            " see SANDLOCK_UNIX_CONNECT");
    if ((net->some | net->all) & NET_BIT(BIND_UDP) && !(net->all & NET_BIT(CONNECT_UDP)))
        explain_warn(
            it, "udp-answers", none,
            "UDP may be bound to, but not sent to every port: where the kernel enforces net_udp,"
            " clients cannot be answered; add udp://* to SANDLOCK_NET_ALLOW");
    if (listens_anywhere(it))
        explain_warn(
            it, "listen", none,
            "listen(2) on a TCP socket that was not bound takes an ephemeral port, whatever"
            " SANDLOCK_NET_BIND grants");
}

/* Whether calls that change what is known of a file are left, other than by its permissions. */
static bool changes_metadata(const struct groups *groups)
{
    static const char calls[][10] = {"chmod",    "fchmod",    "fchmodat",  "fchmodat2",
                                     "chown",    "fchown",    "lchown",    "fchownat",
                                     "utime",    "utimes",    "utimensat", "futimesat",
                                     "setxattr", "lsetxattr", "fsetxattr"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (!groups_deny(groups, (struct span){calls[i], strnlen(calls[i], sizeof calls[i])}))
            return true;
    return false;
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
    if (wishes->action == ACTION_LOG)
        explain_warn(
            it, "log", none,
            "SANDLOCK_SECCOMP_ACTION=log does not enforce: calls that would fail with EPERM, and"
            " all that SANDLOCK_SECCOMP_DENY names, succeed");
    if (wishes->action == ACTION_LOG || changes_metadata(&it->survey.groups))
        explain_warn(
            it, "metadata", none,
            "chmod, chown, utime, setxattr and the like work on every file that permissions let"
            " them: Landlock does not restrict these; SANDLOCK_SECCOMP_DENY can");
}

void explain_warnings(struct explanation *it)
{
    document_section(&it->doc, "warnings", "Warnings", false);
    explain_needs_warn(it);
    paths_warn(it);
    findings_warn(it);
    network_warn(it);
    filter_warn(it);
    document_section_end(&it->doc, false);
}
