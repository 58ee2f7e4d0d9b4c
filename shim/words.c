/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include "../env/value.h"
#include "abi.h"

#include <sys/stat.h>

const char *words_of_protection(enum protection p)
{
    return string_at("renaming and linking across directories\0" /* FS_REFER */
                     "truncating files\0"                        /* FS_TRUNCATE */
                     "TCP, by port\0"                            /* NET_TCP */
                     "ioctl on devices\0"                        /* FS_IOCTL_DEV */
                     "signals to processes outside\0"            /* SIGNAL_SCOPE */
                     "abstract UNIX sockets made outside\0"      /* ABSTRACT_UNIX_SOCKET_SCOPE */
                     "UNIX sockets, by path\0"                   /* FS_RESOLVE_UNIX */
                     "UDP, by port\0",                           /* NET_UDP */
                     p);
}

const char *words_of_type(int type)
{
    switch (type & S_IFMT) {
    case S_IFDIR:
        return "directory";
    case S_IFREG:
        return "file";
    case S_IFCHR:
    case S_IFBLK:
        return "device";
    case S_IFSOCK:
        return "socket";
    case S_IFIFO:
        return "pipe";
    default:
        return "other";
    }
}

const char *words_of_reason(enum gate_reason reason)
{
    return string_at("SANDLOCK_SECCOMP=nested\0"
                     "a TCP port is granted\0"
                     "a TCP port is granted in SANDLOCK_NET_BIND\0"
                     "every TCP port is granted in SANDLOCK_NET_ALLOW\0"
                     "every TCP port is granted both ways\0"
                     "net_tcp is disabled\0"
                     "a UDP port is granted\0"
                     "every UDP port is granted both ways\0"
                     "net_udp is disabled\0"
                     "icmp is granted\0"
                     "SANDLOCK_UNIX_CONNECT\0"
                     "fs_resolve_unix is active\0"
                     "fs_resolve_unix is disabled\0"
                     "signal_scope is disabled\0"
                     "SANDLOCK_SECCOMP_ALLOW\0"
                     "@unix is open\0"
                     "all gates of sockets are open\0"
                     "as long as any gate of sockets is\0"
                     "SANDLOCK_SECCOMP_DENY\0"
                     "SANDLOCK_SECCOMP_DENY names what this turns into, @tcp or @udp\0"
                     "nothing grants it\0"
                     "SANDLOCK_SECCOMP=off\0",
                     reason);
}

const char *words_of_access(enum net_access access)
{
    return string_at("connect by TCP:\0bind by TCP:\0send by UDP:\0bind by UDP:\0", access);
}

const char *words_of_access_key(enum net_access access)
{
    return string_at("connect_tcp\0bind_tcp\0connect_udp\0bind_udp\0", access);
}

const char *words_of_arch(uint32_t arch)
{
    switch (arch) { /* include/uapi/linux/audit.h */
    case 0xc000003e:
        return "x86_64";
    case 0x40000003:
        return "i386";
    case 0xc00000b7:
        return "aarch64";
    case 0x40000028:
        return "arm";
    case 0xc00000f3:
        return "riscv64";
    default:
        return "unknown";
    }
}

void words_put_rights(struct text *text, uint64_t rights)
{
    static const struct {
        char word[12];
        uint32_t rights;
    } words[] = {
        {"read", ACCESS_FS_READ_FILE},  {"list", ACCESS_FS_READ_DIR},
        {"execute", ACCESS_FS_EXECUTE}, {"write", ACCESS_FS_WRITE_FILE},
        {"create", ACCESS_FS_MAKE_REG}, {"remove", ACCESS_FS_REMOVE_FILE},
        {"rename", ACCESS_FS_REFER},    {"truncate", ACCESS_FS_TRUNCATE},
        {"ioctl", ACCESS_FS_IOCTL_DEV}, {"connect", ACCESS_FS_RESOLVE_UNIX},
    };
    const char *gap = "";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (rights & words[i].rights) {
            text_put(text, gap);
            text_put(text, words[i].word);
            gap = " ";
        }
}
