/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of servers need beside live.h: one server in the background, its ports, and a peer.
 *
 * In every string that goes to these, beside '%' and '&': $PORT and $SPARE stand for ports of the
 * loopback that are free, $PEER and $WRONG for two where the peer answers every HTTP request with
 * "peer". In all of them 127.0.0.1 is meant.
 */
#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

#include "live.h"

enum { SERVER_SECONDS = 10 }; /* the most that a server may take to come up, or to end */

/* Starts and ends the peer. Return whether they could. */
bool server_peer_start(void);
bool server_peer_stop(void);

/* Chooses the two free ports anew. */
void server_ports(void);

/* Expands a string into a heap copy. */
char *server_expanded(const char *string);

/* Runs argv as live_run does. */
void server_run(struct outcome *outcome, enum face face, const char *const env[],
                const char *const argv[]);

/* Starts argv in the background; what it says goes to the file "log" in the scratch directory. */
void server_start(enum face face, const char *const env[], const char *const argv[]);

/* Waits for the server to end: until then, or for so long. Returns whether it has ended. */
bool server_ended(int milliseconds);

/* How the server, which has ended, did so, as a shell says it. */
int server_status(void);

/* Ends the server, if there is one, and waits for it. Returns whether it has ended when it was
 * asked to. */
bool server_stop(void);

/* What the server has said. */
const char *server_log(void);

#endif
