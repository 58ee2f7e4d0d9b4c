# SPDX-License-Identifier: Apache-2.0
"""What JSON says of an operation of batch.c: whether it is granted. Nothing is taken from anywhere
else but from what landlock(7) says every reader of such a policy has to know."""

import functools
import os
import re

import schema

# What an operation is granted by, of a file, and of the directory that the file is in.
OF_FILE = {"read": {"read"}, "list": {"list"}, "write": {"write"}, "truncate": {"truncate"},
           "open-truncate": {"write", "truncate"}, "ioctl": {"read", "ioctl"},
           "execute": {"read", "execute"}, "connect": {"connect"}}
OF_DIRECTORY = {"file": {"create"}, "directory": {"create"}, "link": {"create"}, "pipe": {"create"},
                "socket": {"create"}, "device": {"create"}, "remove": {"remove"},
                "remove-directory": {"remove"}}

# The system calls by which some of them are made, and which may be denied by name.
CALL_OF = {"execute": "execve", "ioctl": "ioctl", "connect_tcp": "connect",
           "connect_udp": "sendto", "bind_tcp": "bind", "bind_udp": "bind"}

# A right that is not enforced is nobody's to grant: everybody has it.
PROTECTION_OF = {"truncate": "fs_truncate", "ioctl": "fs_ioctl_dev", "connect": "fs_resolve_unix"}

# What of a file depends on where it is: to move it may not add to these (landlock(7)).
RIGHTS_OF_FILES = {"read", "execute", "write", "truncate", "ioctl", "connect"}

# The errors by which an operation shows that it is denied,
DENIED = {"rename": {"EACCES", "EXDEV"}, "hard-link": {"EACCES", "EXDEV"},
          "rename-directory": {"EACCES", "EXDEV"}, "signal": {"EPERM"}, "abstract": {"EPERM"}}
# and those besides "OK" by which it shows that it is not: the kernel asks Landlock first, and finds
# then that nobody reads from the pipe, that a socket cannot be opened, that the device is no
# terminal, that nobody listens on the port, or that somebody has it.
GRANTED = {"read": {"ENXIO"}, "write": {"ENXIO"}, "ioctl": {"ENOTTY"},
           "connect_tcp": {"ECONNREFUSED"}, "connect_tcp6": {"ECONNREFUSED"},
           "bind_tcp": {"EADDRINUSE"}, "bind_udp": {"EADDRINUSE"}}


@functools.cache
def files_of(path):
    """The file at a path, and the directories that it is in, by what a rule is bound to: the file,
    whatever name it is reached by. (None of these goes while the tests run.)"""
    path, found = os.path.realpath(path), []
    while True:
        status = os.lstat(path)
        found.append((status.st_dev, status.st_ino))
        if path == b"/":
            return found
        path = os.path.dirname(path)


class Model:
    def __init__(self, found, interpreter):
        self.found, self.interpreter = found, interpreter  # of the script in the tree
        self.states = {row["name"]: row["state"] for row in found["protections"]}
        self.ports = {row["access"]: row for row in found["ports"]}
        self.off = found["filter"]["mode"] == "off"
        self.denied_calls = set(found["filter"]["denied_calls"])
        if found["filter"]["action"] == "log":
            self.denied_calls = set()
        self.rights = {}
        for row in found["paths"]:
            target = schema.bytes_of(row, "target")
            if not target.startswith(b"/") or os.path.realpath(target) != target:
                raise schema.Wrong(f"target {target!r} is not where {row['path']!r} leads")
            self.rights.setdefault(files_of(target)[0], set()).update(row["rights"])
        # "*" is no path: of all that is said only the variable says it.
        self.connects = any(row["name"] == "SANDLOCK_UNIX_CONNECT" and row["value"] == "*"
                            for row in found["variables"])

    def states_check(self):
        """Raises Wrong where a state has not the reason that it can have."""
        abi = self.found["landlock"]["abi"]
        wishes = "".join(row["value"] for row in self.found["variables"]
                         if row["name"] == "SANDLOCK_DISABLE")
        wishes = re.split(r"[,\s]+", wishes.lower().replace("-", "_"))
        for row in self.found["protections"]:
            is_disabled = row["name"] in wishes or ("all" in wishes and row["state"] == "disabled")
            known = "disabled" if is_disabled else "active" if abi >= row["abi"] else "degraded"
            if row["state"] != known:
                raise schema.Wrong(f"{row['name']} is {row['state']}, and should be {known}")

    def is_active(self, protection):
        return self.states[protection] == "active"

    def rights_at(self, path):
        """The rights at a file and beneath the directories that it is in."""
        rights = {right for right, name in PROTECTION_OF.items() if not self.is_active(name)}
        return rights.union(*(self.rights.get(file, ()) for file in files_of(path)))

    def gate(self, group, rule=""):
        """Whether a gate is open."""
        return self.off or all(row["open"] for row in self.found["gates"]
                               if row["group"] == group and rule in row["rule"])

    def can_call(self, *calls):
        return not self.denied_calls.intersection(calls)

    def grants_move(self, name, here, there):
        """Whether a file may be moved, or linked, into another directory."""
        source, target = os.path.dirname(here), os.path.dirname(there)
        before, after = self.rights_at(source), self.rights_at(target)
        takes = set() if name == "hard-link" else {"remove"}
        if source == target:
            return takes | {"create"} <= before
        gained = after - before
        if name != "rename-directory":
            gained &= RIGHTS_OF_FILES
        # the kernel always denies this where Landlock does not know it
        return (takes | {"rename"} <= before and {"create", "rename"} <= after and not gained
                and self.is_active("fs_refer"))

    def grants_port(self, access, port):
        row = self.ports[access]
        ranges = [[int(end) for end in text.split("-")] for text in row["ports"]]
        return (row["every"] or any(ends[0] <= port <= ends[-1] for ends in ranges)) \
            and self.can_call("socket", CALL_OF[access])

    def grants(self, step):
        """Whether an operation is granted."""
        name, *args = step
        if name == "connect":
            return (self.gate("unix") and self.can_call("socket", "connect")
                    and (self.connects or "connect" in self.rights_at(args[0])))
        if name in OF_FILE:
            files = [args[0]] + ([self.interpreter] if args[0].endswith(b"/script") else [])
            return (self.can_call(CALL_OF.get(name))
                    and all(OF_FILE[name] <= self.rights_at(file) for file in files))
        if name in OF_DIRECTORY:
            return OF_DIRECTORY[name] <= self.rights_at(os.path.dirname(args[0]))
        if name in ("rename", "hard-link", "rename-directory"):
            return self.grants_move(name, *args)
        if name == "signal":
            return not self.is_active("signal_scope") and self.can_call("kill")
        if name == "abstract":
            return (self.gate("unix") and self.can_call("socket", "connect")
                    and not self.is_active("abstract_unix_socket_scope"))
        return self.grants_port(name.replace("tcp6", "tcp"), int(args[0]))

    def errors_of_denial(self, name):
        """The errors by which an operation may show that it is denied: a gate that is closed has
        its own."""
        if name in DENIED and name not in ("signal", "abstract"):
            return DENIED[name]
        errors = set(DENIED.get(name, {"EACCES"}))
        if name == "abstract" and not self.gate("unix"):
            errors = {"EACCES"}
        if name.endswith("udp") and not self.gate("udp"):
            errors = {"EPROTONOSUPPORT"}
        # A call that is denied by name; "ECHILD": batch's child was killed for it.
        return errors | ({"EPERM", "ECHILD"} if self.denied_calls else set())

    def verdict(self, step, came):
        """What is wrong about what came of an operation; nothing: it is as JSON says."""
        granted = self.grants(step)
        good = came == "OK" or came in GRANTED.get(step[0], ())
        bad = came in self.errors_of_denial(step[0])
        if good == granted and bad != granted:
            return None
        return f"{step} is {'granted' if granted else 'denied'}, and comes out as {came}"
