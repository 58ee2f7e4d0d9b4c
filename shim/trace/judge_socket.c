/* SPDX-License-Identifier: Apache-2.0 */
/* connect(2), bind(2), and what sends to an address: TCP and UDP ports, UNIX sockets. */
#include "judge.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* An address, as the target gives it. */
struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in inet;
        struct sockaddr_in6 inet6;
        struct sockaddr_un local;
        char bytes[sizeof(struct sockaddr_storage) + 1];
    } as;
    size_t len;
};

/* What is done to it. */
struct attempt {
    int fd;     /* of the target's socket */
    bool binds; /* else it connects or sends */
    struct address address;
};

static int address_read(const struct asked *asked, uint64_t at, uint64_t len,
                        struct address *address)
{
    *address = (struct address){.len = (size_t)len};
    if (at == 0 || len < sizeof(sa_family_t) || len > sizeof(struct sockaddr_storage))
        return -EINVAL;
    return target_read(&asked->target, at, address->as.bytes, address->len);
}

/* What kind of socket it is: SOCK_STREAM for TCP, SOCK_DGRAM for UDP, 0 for what Landlock's ports
 * are not about. */
static int socket_kind(const struct asked *asked, int fd)
{
    int socket = target_take(&asked->target, fd), domain = 0, type = 0, protocol = 0, kind = 0;
    socklen_t size = sizeof(int);
    if (socket < 0)
        return 0;
    if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
        getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
        getsockopt(socket, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 &&
        (domain == AF_INET || domain == AF_INET6) &&
        protocol == (type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
        kind = type;
    close(socket);
    return kind;
}

static void judge_port(const struct asked *asked, const struct attempt *attempt, unsigned port)
{
    const struct terms *terms = asked->terms;
    static struct advice advice;
    enum net_access tcp = attempt->binds ? BIND_TCP : CONNECT_TCP;
    enum net_access udp = attempt->binds ? BIND_UDP : CONNECT_UDP;
    uint64_t missing = terms->plan.handled.handled_access_net &
                       (net_rights[tcp] | net_rights[udp]) &
                       ~plan_port_rights(&terms->plan, &terms->policy, port);
    int kind = missing != 0 ? socket_kind(asked, attempt->fd) : 0;
    enum net_access access = kind == SOCK_DGRAM ? udp : tcp;
    if (kind == 0 || !(missing & net_rights[access]))
        return;
    advice_for_port(access, port, &advice);
    asked_denied(asked, &advice, "%s %s port %u", attempt->binds ? "bind to" : "connect to",
                 kind == SOCK_DGRAM ? "UDP" : "TCP", port);
}

/* The name of an abstract socket, as /proc/net/unix has it. */
static void abstract_name(const struct address *address, char name[static 128])
{
    size_t len = address->len - offsetof(struct sockaddr_un, sun_path);
    for (size_t i = 0; i < len; i++)
        name[i] = address->as.local.sun_path[i] != '\0' ? address->as.local.sun_path[i] : '@';
    name[len] = '\0';
}

static void judge_abstract(const struct asked *asked, const struct attempt *attempt)
{
    static struct advice advice;
    char name[128];
    abstract_name(&attempt->address, name);
    if (attempt->binds) {
        socket_note(name);
        return;
    }
    if (!(asked->terms->plan.handled.scoped & SCOPE_ABSTRACT_UNIX_SOCKET) || socket_noted(name) ||
        !socket_listens(asked->target.tid, name))
        return;
    advice_for_protection(ABSTRACT_UNIX_SOCKET_SCOPE, &advice);
    asked_denied(asked, &advice, "connect to abstract UNIX socket %s", name);
}

/* A socket with a path: to be made, or to be connected to when it was made outside. */
static void judge_path(const struct asked *asked, const struct attempt *attempt)
{
    char path[2 * PATH_MAX], granted[2 * PATH_MAX];
    static struct advice advice;
    bool binds = attempt->binds;
    const struct lookup lookup = {AT_FDCWD, attempt->address.as.local.sun_path,
                                  binds ? LOOK_NAME : LOOK_FOLLOW, 0};
    struct place place;
    if (resolve(&asked->target, &lookup, &place) < 0)
        return;
    place_path(&place, path);
    uint64_t wanted = binds ? ACCESS_FS_MAKE_SOCK : ACCESS_FS_RESOLVE_UNIX;
    uint64_t missing = verdict_missing(asked->terms->plan.handled.handled_access_fs, wanted,
                                       place_granted(asked, &place));
    bool applies =
        binds ? place.fd < 0 && !place.slash : place.fd >= 0 && S_ISSOCK(place.file.mode);
    if (binds && applies && missing == 0)
        socket_note(path);
    if (applies && missing != 0 && (binds || !socket_noted(path)) &&
        is_permitted(asked, &lookup, binds ? 0 : W_OK, binds ? W_OK | X_OK : 0)) {
        if (!binds || file_path(place.dir, granted) < 0)
            snprintf(granted, sizeof granted, "%s", path);
        advice_for_path(asked->terms, missing, granted, &advice);
        asked_denied(asked, &advice, "%s UNIX socket %s", binds ? "create" : "connect to", path);
    }
    place_close(&place);
}

static void judge_attempt(const struct asked *asked, const struct attempt *attempt)
{
    const struct address *address = &attempt->address;
    switch (address->as.any.sa_family) {
    case AF_INET:
        if (address->len >= sizeof address->as.inet)
            judge_port(asked, attempt, ntohs(address->as.inet.sin_port));
        break;
    case AF_INET6:
        if (address->len >= offsetof(struct sockaddr_in6, sin6_scope_id))
            judge_port(asked, attempt, ntohs(address->as.inet6.sin6_port));
        break;
    case AF_UNSPEC: /* to disconnect; of bind(2) it is that of old for INET */
        if (attempt->binds && address->len >= sizeof address->as.inet &&
            address->as.inet.sin_addr.s_addr == htonl(INADDR_ANY))
            judge_port(asked, attempt, ntohs(address->as.inet.sin_port));
        break;
    case AF_UNIX:
        if (address->len > sizeof address->as.local ||
            address->len <= offsetof(struct sockaddr_un, sun_path))
            break;
        if (address->as.local.sun_path[0] == '\0')
            judge_abstract(asked, attempt);
        else
            judge_path(asked, attempt);
        break;
    default:
        break;
    }
}

/* The address in a struct msghdr (sendmsg(2)): its first two words. */
static void judge_message(const struct asked *asked, int fd, uint64_t at)
{
    struct attempt attempt = {.fd = fd};
    uint64_t name, len;
    if (target_word(&asked->target, at, 0, &name) == 0 &&
        target_word(&asked->target, at, 1, &len) == 0 &&
        address_read(asked, name, len & 0xffffffff, &attempt.address) == 0)
        judge_attempt(asked, &attempt);
}

static void judge_messages(const struct asked *asked, int fd, uint64_t at, unsigned count)
{
    unsigned size = asked->target.narrow ? 32 : 64; /* struct mmsghdr (sendmmsg(2)) */
    for (unsigned i = 0; i < count && i < 1024; i++)
        judge_message(asked, fd, at + i * size);
}

/* Judges a call of sockets by its arguments, as they stand in registers or, for socketcall(2), in
 * memory. */
static void judge_by(const struct asked *asked, enum does does, const uint64_t arguments[static 6])
{
    struct attempt attempt = {.fd = (int)arguments[0], .binds = does == DOES_BIND};
    unsigned at = does == DOES_SENDTO ? 4 : 1;
    if (does == DOES_SENDMSG)
        judge_message(asked, attempt.fd, arguments[1]);
    else if (does == DOES_SENDMMSG)
        judge_messages(asked, attempt.fd, arguments[1], (unsigned)arguments[2]);
    else if (address_read(asked, arguments[at], arguments[at + 1] & 0xffffffff, &attempt.address) ==
             0)
        judge_attempt(asked, &attempt);
}

/* socketcall(2): a number of its own (include/uapi/linux/net.h), and the arguments in memory. */
static void judge_socketcall(const struct asked *asked)
{
    static const struct {
        uint8_t number, does, count;
    } calls[] = {{2, DOES_BIND, 3},
                 {3, DOES_CONNECT, 3},
                 {11, DOES_SENDTO, 6},
                 {16, DOES_SENDMSG, 3},
                 {20, DOES_SENDMMSG, 4}};
    uint64_t number = asked_argument(asked, 0), arguments[6] = {0};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].number != number)
            continue;
        for (unsigned n = 0; n < calls[i].count; n++)
            if (target_word(&asked->target, asked_argument(asked, 1), n, &arguments[n]) < 0)
                return;
        judge_by(asked, (enum does)calls[i].does, arguments);
    }
}

void judge_socket(const struct asked *asked)
{
    uint64_t arguments[6];
    for (int i = 0; i < 6; i++)
        arguments[i] = asked_argument(asked, i);
    if (asked->row->does == DOES_SOCKETCALL)
        judge_socketcall(asked);
    else
        judge_by(asked, (enum does)asked->row->does, arguments);
}
