/* SPDX-License-Identifier: Apache-2.0 */
/* What the filter denies: calls that a gate closes, and those that are denied by name. */
#include "asked.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A number in words, of those that a table has. */
struct word {
    uint64_t number;
    const char *word;
};

static const char *word_for(const struct word *words, size_t len, uint64_t number, char *other)
{
    for (size_t i = 0; i < len; i++)
        if (words[i].number == number)
            return words[i].word;
    sprintf(other, "%llu", (unsigned long long)number);
    return other;
}

/* What kind of socket is asked for, behind the name of the call. */
static void put_socket(const struct asked *asked, char *text, size_t size)
{
    static const struct word families[] = {{AF_UNIX, "UNIX"},     {AF_INET, "INET"},
                                           {AF_INET6, "INET6"},   {AF_NETLINK, "NETLINK"},
                                           {AF_PACKET, "PACKET"}, {AF_VSOCK, "VSOCK"},
                                           {AF_ALG, "ALG"},       {AF_BLUETOOTH, "BLUETOOTH"},
                                           {AF_CAN, "CAN"},       {40 /* AF_VSOCK */, "VSOCK"}};
    static const struct word types[] = {{SOCK_STREAM, "STREAM"},
                                        {SOCK_DGRAM, "DGRAM"},
                                        {SOCK_RAW, "RAW"},
                                        {SOCK_SEQPACKET, "SEQPACKET"}};
    char family[24], type[24];
    snprintf(text, size, "(%s, %s, %llu)",
             word_for(families, sizeof families / sizeof *families,
                      asked_argument(asked, 0) & 0xffffffff, family),
             word_for(types, sizeof types / sizeof *types, asked_argument(asked, 1) & 0xf, type),
             (unsigned long long)(asked_argument(asked, 2) & 0xffffffff));
}

/* Writes what was called. */
static void put_call(const struct asked *asked, char text[static 128])
{
    const struct seccomp_data *call = asked->target.call;
    char *name = call_name(call->arch, call->nr);
    int len = snprintf(text, 64, "%s", name != NULL ? name : "");
    if (name == NULL)
        snprintf(text, 64, "system call %d", call->nr);
    else if (strcmp(name, "socket") == 0 || strcmp(name, "socketpair") == 0)
        put_socket(asked, text + len, 128 - (size_t)len);
    free(name);
}

void judge_gate(const struct asked *asked, enum gate gate)
{
    static struct advice advice;
    char call[128];
    put_call(asked, call);
    advice_for_gate(asked->terms, gate, &advice);
    if (*gate_rows[gate].group != '\0')
        asked_denied(asked, &advice, "%s by gate @%s", call, gate_rows[gate].group);
    else
        asked_denied(asked, &advice, "%s", call);
}

void judge_name(const struct asked *asked)
{
    static struct advice advice;
    char call[128];
    put_call(asked, call);
    advice = (struct advice){.instead = "SANDLOCK_SECCOMP_DENY names it"};
    asked_denied(asked, &advice, "%s", call);
}
