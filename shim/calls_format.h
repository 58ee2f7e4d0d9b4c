/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of system calls, as gen/generate.c writes it and calls.c reads it: bytes, one call
 * behind the other in the order of their names, so that most of them begin as the one before does.
 * A call:
 *
 *   how many bytes the name has in common with the one before
 *   the rest of the name
 *   CALL_NAME_END, with two bits for each architecture that say where its numbers are counted from
 *   the number on each of them, if there is one
 *   i386: the number in socketcall(2), or CALL_IPC and that in ipc(2), where CALL_PART is set
 */
#ifndef SHIM_CALLS_FORMAT_H
#define SHIM_CALLS_FORMAT_H

enum {
    CALL_NAME_MAX = 40,  /* more bytes than a name has, with its '\0' */
    CALL_NAME_END = 128, /* no byte of a name is as high */
    CALL_PART = 64,
    CALL_IPC = 128
};

/* Where the names begin that begin with a letter: how many calls there are before, and bytes. */
struct call_letter {
    char letter;
    unsigned short place, at;
};

/* What the numbers of an architecture can be counted from; of the first kind there is none. The
 * last are ARM's own. */
static const int call_bases[] = {-1, 0, 256, 0xf0000};

#endif
