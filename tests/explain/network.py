# SPDX-License-Identifier: Apache-2.0
"""network.py COMMAND...: makes a new network of our own what the tests need, as root, and executes
the command in it: there is a loopback, and everybody may bind to every port, and ping."""

import fcntl
import os
import socket
import struct
import sys

with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
for setting, value in (("ping_group_range", "0 2147483647"), ("ip_unprivileged_port_start", "0")):
    with open("/proc/sys/net/ipv4/" + setting, "w", encoding="ascii") as file:
        file.write(value)
os.environ["EXPLAIN_NETWORK"] = "own"
os.execvp(sys.argv[1], sys.argv[1:])
