/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy: what the environment asks for, as plain data.
 *
 * Nothing here is copied: a span points into the environment, or into what was read of the file
 * that it names (config.h). Everything in env/ is
 * pure: it makes no system call, allocates nothing and prints nothing, so that all of it can be
 * tested by tables.
 */
#ifndef ENV_POLICY_H
#define ENV_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A run of bytes inside somebody else's string; .at is NULL where there is none. */
struct span {
    const char *at;
    size_t len;
};

/* The span over all of the string s. */
static inline struct span span_of(const char *s)
{
    return (struct span){s, strlen(s)};
}

/* Whether the string text begins with the string s. */
static inline bool string_starts(const char *text, const char *s)
{
    while (*s != '\0' && *text == *s)
        text++, s++;
    return *s == '\0';
}

/* Whether text begins with s. */
static inline bool span_starts(struct span text, const char *s)
{
    size_t len = strlen(s);
    return text.len >= len && memcmp(text.at, s, len) == 0;
}

/* Whether text is exactly s. */
static inline bool span_equals(struct span text, const char *s)
{
    return text.len == strlen(s) && memcmp(text.at, s, text.len) == 0;
}

/* Whether a and b are the same bytes. */
static inline bool span_same(struct span a, struct span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* What stands behind the last '/' of a path. */
static inline struct span span_file_name(struct span path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.at[i - 1] == '/')
            return (struct span){path.at + i, path.len - i};
    return path;
}

/* The lists of paths, one for each set of rights that a path can be granted. */
enum path_class { PATH_READABLE, PATH_WRITABLE, PATH_EXECUTABLE, PATH_UNIX, PATH_CLASSES };

/* What can be granted by port. */
enum net_access { CONNECT_TCP, BIND_TCP, CONNECT_UDP, BIND_UDP, NET_ACCESSES };

/* A set of them: the union of NET_BIT(access) for its members. */
typedef unsigned net_set;
#define NET_BIT(access) (1U << (access))

enum { PORTS = 65536, PORT_WORDS = PORTS / 64 };

/* A set of ports, one bit for each. */
struct port_bits {
    uint64_t words[PORT_WORDS];
};

/* What is granted of the network. */
struct network {
    net_set all;            /* what is granted on every port */
    net_set some;           /* what is granted on the ports of its bits; the bits of others are
                               never read nor written, for most policies want none of these pages */
    bool icmp;              /* echo sockets */
    struct port_bits *bits; /* NET_ACCESSES of them */
};

/* What Landlock protects beyond its first ABI, each of which a kernel may lack. */
enum protection {
    FS_REFER,
    FS_TRUNCATE,
    NET_TCP,
    FS_IOCTL_DEV,
    SIGNAL_SCOPE,
    ABSTRACT_UNIX_SOCKET_SCOPE,
    FS_RESOLVE_UNIX,
    NET_UDP,
    PROTECTIONS
};

/* A set of protections: the union of PROTECTION_BIT(p) for its members. */
typedef unsigned protection_set;
#define PROTECTION_BIT(p) (1U << (p))

/* What the policy says of one protection. */
enum wish {
    WISH_DEFAULT,  /* nothing: the default of the contract holds */
    WISH_DEGRADED, /* SANDLOCK_ALLOW_DEGRADED: this kernel may lack it */
    WISH_REQUIRED, /* SANDLOCK_REQUIRE: it may not */
    WISH_DISABLED  /* SANDLOCK_DISABLE: do not enforce it */
};

/* Which filter of system calls there is. */
enum filter_mode {
    FILTER_DEFAULT,
    FILTER_NESTED, /* one that lets programs make user namespaces of their own */
    FILTER_OFF     /* none, and no mark */
};

/* What comes of a call that it forbids. */
enum filter_action { ACTION_ERRNO, ACTION_LOG, ACTION_KILL, ACTION_TRAP };

/* What is asked of the filter. */
struct filter_wishes {
    unsigned mode;      /* enum filter_mode */
    unsigned action;    /* enum filter_action */
    struct span opened; /* groups that it leaves open, as written; .at is NULL where unset */
    struct span denied; /* further groups and calls that it denies */
};

/* What is switched on or off. */
enum knob { KNOB_VERBOSE, KNOB_CLOSE_FDS, KNOB_NO_COREDUMP, KNOB_KEEP_ENV, KNOBS };

struct policy {
    struct span paths[PATH_CLASSES]; /* path lists as written; .at is NULL where unset */
    bool unix_all;                   /* every pathname UNIX socket is granted */
    struct span gpus;                /* "all" or numbers, as written; .at is NULL where unset */
    struct span chroot;              /* the directory in which paths are looked up, or none */
    struct span keep_fds;            /* descriptors that are kept open, as written, or none */
    struct network net;
    enum wish wishes[PROTECTIONS];
    protection_set named; /* those whose wish is by name, and not by "all" */
    struct filter_wishes filter;
    bool knobs[KNOBS];
    bool empty;      /* nothing but knobs is set, which is no policy */
    bool relative;   /* some path is seen from the working directory */
    uint64_t digest; /* of all that is set but knobs, whatever its order, and of our version */
};

/* What is wrong, as the parts of the one line that says so (shim/report.h prints it). */
struct fault {
    struct span subject; /* a variable, a system call or a program; may be none */
    struct span entry;   /* the part of its value; may be none */
    const char *reason;  /* a sentence in which '%' stands for word; NULL: the text of error */
    struct span word;    /* the nearest known name, for one */
    unsigned call;       /* the system call whose name it is (shim/calls.h); 0: that is in word */
    int error;           /* an errno value, 0 where no system call failed */
    const char *at;      /* where in the policy as it is written; NULL: where entry or subject is */
    struct span file;    /* the file that it stands in (config.h); none: it stands in no file */
    unsigned line;       /* and the line */
};

/* Fills *fault for a system call that answered -errno. Returns that. */
static inline int fault_of_call(struct fault *fault, const char *call, int error)
{
    *fault = (struct fault){.subject = span_of(call), .error = -error};
    return error;
}

#endif
