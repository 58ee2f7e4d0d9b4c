/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of --explain and --check share: reading what they print. */
#ifndef TESTS_EXPLAINED_H
#define TESTS_EXPLAINED_H

#include "live.h"

#define SHIM  "&/libsandlock_shim.so"
#define READ  "SANDLOCK_FS_READABLE="
#define WRITE "SANDLOCK_FS_WRITABLE="

/* The protections, over again: what they are about, and since which ABI. */
static const struct {
    const char *name, *about;
    int abi;
} protections[] = {
    {"fs_refer", "renaming and linking across directories", 2},
    {"fs_truncate", "truncating files", 3},
    {"net_tcp", "TCP, by port", 4},
    {"fs_ioctl_dev", "ioctl on devices", 5},
    {"signal_scope", "signals to processes outside", 6},
    {"abstract_unix_socket_scope", "abstract UNIX sockets made outside", 6},
    {"fs_resolve_unix", "UNIX sockets, by path", 9},
    {"net_udp", "UDP, by port", 10},
};
enum { PROTECTIONS = sizeof protections / sizeof *protections };

/* Puts lines that go on on the next together. */
static inline void unwrap(char *text)
{
    while ((text = strstr(text, "\n      ")) != NULL) {
        size_t blanks = strspn(text + 1, " ");
        memmove(text + 1, text + 1 + blanks, strlen(text + 1 + blanks) + 1);
        *text = ' ';
    }
}

/* Replaces each of what by one character. */
static inline void replace(char *text, const char *what, char by)
{
    size_t len = strlen(what);
    while ((text = strstr(text, what)) != NULL) {
        *text = by;
        memmove(text + 1, text + len, strlen(text + len) + 1);
    }
}

static inline void explain(struct outcome *outcome, const char *const env[], const char *program)
{
    live_run(outcome, BARE, env, LIST(SHIM, "--explain", program));
    unwrap(outcome->out);
    replace(outcome->out, live_expand("%"), '%');
}

/* The part of an explanation that begins with a heading. */
static inline void expect_section(const char *explanation, const char *heading, const char *lines)
{
    char begin[64];
    snprintf(begin, sizeof begin, "\n%s\n", heading);
    const char *at = strstr(explanation, begin), *end = at;
    if (at == NULL) {
        if (*lines != '\0')
            fail_msg("no section %s in:\n%s", heading, explanation);
        return;
    }
    at = end = at + strlen(begin);
    while (*end == ' ')
        end = strchr(end, '\n') + 1;
    if ((size_t)(end - at) != strlen(lines) || strncmp(at, lines, strlen(lines)) != 0)
        fail_msg("%s: expected\n%sgot\n%.*s", heading, lines, (int)(end - at), at);
}

#endif
