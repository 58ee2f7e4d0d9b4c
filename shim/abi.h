/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each Landlock ABI knows, as tables.
 *
 * The constants are our own, so that a build on old headers knows what a new kernel can do. They
 * are those of the kernel's include/uapi/linux/landlock.h, which landlock(7) explains.
 */
#ifndef SHIM_ABI_H
#define SHIM_ABI_H

#include "../env/policy.h"

#include <stdint.h>

/* Access rights on files and directories. */
#define ACCESS_FS_EXECUTE      (1ULL << 0)
#define ACCESS_FS_WRITE_FILE   (1ULL << 1)
#define ACCESS_FS_READ_FILE    (1ULL << 2)
#define ACCESS_FS_READ_DIR     (1ULL << 3)
#define ACCESS_FS_REMOVE_DIR   (1ULL << 4)
#define ACCESS_FS_REMOVE_FILE  (1ULL << 5)
#define ACCESS_FS_MAKE_CHAR    (1ULL << 6)
#define ACCESS_FS_MAKE_DIR     (1ULL << 7)
#define ACCESS_FS_MAKE_REG     (1ULL << 8)
#define ACCESS_FS_MAKE_SOCK    (1ULL << 9)
#define ACCESS_FS_MAKE_FIFO    (1ULL << 10)
#define ACCESS_FS_MAKE_BLOCK   (1ULL << 11)
#define ACCESS_FS_MAKE_SYM     (1ULL << 12)
#define ACCESS_FS_REFER        (1ULL << 13) /* ABI 2 */
#define ACCESS_FS_TRUNCATE     (1ULL << 14) /* ABI 3 */
#define ACCESS_FS_IOCTL_DEV    (1ULL << 15) /* ABI 5 */
#define ACCESS_FS_RESOLVE_UNIX (1ULL << 16) /* ABI 9 */

/* Access rights on ports. */
#define ACCESS_NET_BIND_TCP         (1ULL << 0) /* ABI 4 */
#define ACCESS_NET_CONNECT_TCP      (1ULL << 1) /* ABI 4 */
#define ACCESS_NET_BIND_UDP         (1ULL << 2) /* ABI 10 */
#define ACCESS_NET_CONNECT_SEND_UDP (1ULL << 3) /* ABI 10 */

/* What a domain keeps its processes from reaching outside of it. */
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* ABI 6 */
#define SCOPE_SIGNAL               (1ULL << 1) /* ABI 6 */

#define CREATE_RULESET_VERSION     (1U << 0) /* flag: ask for the ABI */
#define RULE_PATH_BENEATH          1
#define RULE_NET_PORT              2

/* The arguments of landlock_create_ruleset(2). */
struct ruleset_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

/* A rule for a path, for landlock_add_rule(2). */
struct path_beneath_attr {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

/* A rule for a port, for landlock_add_rule(2). */
struct net_port_attr {
    uint64_t allowed_access;
    uint64_t port; /* in host order */
};

/* All that ABI 1 knows: bits 0 to 12. */
#define ACCESS_FS_ABI_1 (ACCESS_FS_REFER - 1)

/* What an entry of the readable, of the executable and of the writable list grants beneath a
 * directory. */
#define ACCESS_FS_READ (ACCESS_FS_EXECUTE | ACCESS_FS_READ_FILE | ACCESS_FS_READ_DIR)
#define ACCESS_FS_RUN  (ACCESS_FS_EXECUTE | ACCESS_FS_READ_FILE)
#define ACCESS_FS_WRITE                                                                            \
    (ACCESS_FS_ABI_1 | ACCESS_FS_REFER | ACCESS_FS_TRUNCATE | ACCESS_FS_IOCTL_DEV |                \
     ACCESS_FS_RESOLVE_UNIX)

/* The rights that a rule on anything but a directory may carry; the kernel answers EINVAL to the
 * others (landlock_add_rule(2)). */
#define ACCESS_FS_FILE                                                                             \
    (ACCESS_FS_EXECUTE | ACCESS_FS_WRITE_FILE | ACCESS_FS_READ_FILE | ACCESS_FS_TRUNCATE |         \
     ACCESS_FS_IOCTL_DEV | ACCESS_FS_RESOLVE_UNIX)

/* What a protection consists of, and the ABI that brought it. */
struct protection_row {
    int abi;
    struct ruleset_attr handled;
};

extern const struct protection_row protection_rows[PROTECTIONS];

/* The right that each kind of network access is. */
extern const uint64_t net_rights[NET_ACCESSES];

/* A protection of this ABI or an older one may not be missing unless the policy says so. */
#define ABI_REQUIRED 6

/* The newest ABI that we know of; a newer one is taken for it. What an ABI knows is all of ABI 1
 * and every protection that it or an older one brought. (7 and 8 brought flags of
 * landlock_restrict_self(2), and 11 nothing that a policy here can ask for.) */
#define ABI_LAST 11

#endif
