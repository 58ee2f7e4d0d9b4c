/* SPDX-License-Identifier: Apache-2.0 */
#include "abi.h"

const struct protection_row protection_rows[PROTECTIONS] = {
    [FS_REFER] = {2, {.handled_access_fs = ACCESS_FS_REFER}},
    [FS_TRUNCATE] = {3, {.handled_access_fs = ACCESS_FS_TRUNCATE}},
    [NET_TCP] = {4, {.handled_access_net = ACCESS_NET_BIND_TCP | ACCESS_NET_CONNECT_TCP}},
    [FS_IOCTL_DEV] = {5, {.handled_access_fs = ACCESS_FS_IOCTL_DEV}},
    [SIGNAL_SCOPE] = {6, {.scoped = SCOPE_SIGNAL}},
    [ABSTRACT_UNIX_SOCKET_SCOPE] = {6, {.scoped = SCOPE_ABSTRACT_UNIX_SOCKET}},
    [FS_RESOLVE_UNIX] = {9, {.handled_access_fs = ACCESS_FS_RESOLVE_UNIX}},
    [NET_UDP] = {10, {.handled_access_net = ACCESS_NET_BIND_UDP | ACCESS_NET_CONNECT_SEND_UDP}},
};

const uint64_t net_rights[NET_ACCESSES] = {
    [CONNECT_TCP] = ACCESS_NET_CONNECT_TCP,
    [BIND_TCP] = ACCESS_NET_BIND_TCP,
    [CONNECT_UDP] = ACCESS_NET_CONNECT_SEND_UDP,
    [BIND_UDP] = ACCESS_NET_BIND_UDP,
};
