/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants of the network: "443 tcp://8000-8010,9000 udp://:53".
 *
 * Specs are separated by white space: [SCHEME://][*][:]PORTS, with SCHEME tcp (the default), udp or
 * icmp, and PORTS '*' or numbers and ranges joined by commas. A lone '*' is everything. There are
 * no hosts and no addresses: rules in the process see ports alone (landlock(7)).
 */
#ifndef ENV_NET_H
#define ENV_NET_H

#include "policy.h"

/* Whether a spec grants reaching others or being reached. */
enum net_direction { NET_OUTBOUND, NET_LOCAL };

/* Reads specs into *net, beside what it grants already. Port 0 is for NET_LOCAL alone.
 * Returns NULL, or the reason with the spec in *fault; *net is of no use then. */
const char *net_parse(struct span specs, enum net_direction direction, struct network *net,
                      struct fault *fault);

/* Reads ports for TCP connections, "80,443", in the same way. */
const char *net_http_parse(struct span ports, struct network *net, struct fault *fault);

/* What net grants on port; without what it grants on every port. */
net_set net_at(const struct network *net, unsigned port);

/* The lowest port from a given one on for which net_at is not empty; PORTS where there is none. */
unsigned net_next(const struct network *net, unsigned port);

#endif
