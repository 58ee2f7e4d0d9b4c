# SPDX-License-Identifier: Apache-2.0
"""Environments for fuzz.py: names of files with every byte that there can be in one, and values of
every variable, right and wrong, after the table of README.md and env/*.c."""

import os

# What goes wrong in JSON, on a terminal, or in a path list.
PIECES = [
    b'"', b"\\", b"\n", b"\r", b"\t", b":", b" ", b"-", b"@base", b"$HOME", b"~", b"%", b"\x01",
    b"\x08", b"\x1b[31m", b"\x1b]0;t\x07", b"\x7f", b"\x80", b"\xff", b"\xfe\xff",
    b"\xc2", b"\xc2\x85", b"\xc3\xa4", b"\xe2\x82\xac", b"\xf0\x9f\x8e\x89", b"\xe4\xb8\x89",
    b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xef\xbb\xbf",  # marks
    b"\xc0\xaf", b"\xc1\x81", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf",  # overlong
    b"\xf0\x8f\xbf\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xfc\x80\x80\x80\x80\xaf",
    b"\xe2\x82", b"\xf0\x9f\x8e", b"\xef\xbf\xbd", b"\xef\xbf\xbf", b"\\u0000", b"\\ud800", b"','",
    b"</script>", b"null", b"NaN", b"{", b"}", b"[", b"]", b"#", b"=", b"_hex", b"\x7f\x80",
]
NAME_MAX, PATH_MAX = 255, 4096
BLANKS = (b" ", b"\t", b"\r", b"\v", b"\f")


def name(chance, longest=NAME_MAX):
    """A name that a file can have."""
    kind = chance.randrange(10)
    if kind < 2:
        made = bytes(chance.randrange(1, 256) for _ in range(chance.randrange(1, longest)))
    elif kind == 2:
        made = chance.choice(PIECES + [b"a", b"\xe2\x80\xa8", b"w "]) * chance.randrange(1, longest)
    else:
        made = b"".join(chance.choices(PIECES + [b"a", b"bc "], k=chance.randrange(1, 9)))
    made = made.replace(b"/", b"_")[:longest]
    return made if made not in (b".", b"..") else b"..."


def escaped(path):
    """A path as an entry of a list."""
    path = path.replace(b"\\", b"\\\\").replace(b":", b"\\:")
    return path.replace(b"\n", b"\\n")


def junk(chance):
    """A value that is most likely wrong."""
    made = b"".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 6)))
    return made * (chance.randrange(1, 400) if chance.randrange(8) == 0 else 1)


BOOLEAN = (b"", b"1 0 yes NO on off True", b"2 ja")
PROTECTIONS = b"fs-truncate NET_TCP fs_ioctl_dev signal_scope abstract_unix_socket_scope"
CALLS = (b"@mount @tcp @udp @unix @listen @io_uring @ptrace @stream @prlimit @families @netlink",
         b"chmod clone3 fchmodat2 openat ptrace kill ipc socketcall semop mount read write execve")

# By variable: what stands between its words (nothing: it has but one), words that are right, and
# words that are wrong, in themselves or beside others.
VALUES = {
    b"NET_ALLOW": (b" \t\n", b"443 :443 *:53 tcp://80,8000-8010 udp://* * icmp://* tcp://* 1-65535"
                   b" 1,3,5,7-9,11-13,20000-30000", b"udp://:53 0 65536 9-1 a.example:443 443/tcp"
                   b" [::1]:80 sctp://1 1,,2 tcp://udp://1 icmp://1"),
    b"NET_BIND": (b" \t\n", b"443 0 tcp://* :8080 1,2,3,65535", b"udp://* * icmp://* ::1 1-"),
    b"HTTP_PORTS": (b", \n", b"80 443 8000-9000", b"* http 0 tcp://80"),
    b"ALLOW_DEGRADED": (b", \n", b"fs_resolve_unix net-udp NET_UDP", b"udp signal_scope"),
    b"REQUIRE": (b", \n", b"fs_refer " + PROTECTIONS, b"net_udp all \"all\""),
    b"DISABLE": (b", \n", PROTECTIONS + b" fs_resolve_unix net_udp all", b"fs_refer tcp"),
    b"SECCOMP": (b"", b"default nested Nested", b"OFF none"),
    b"SECCOMP_ALLOW": (b", \n", CALLS[0], b"@no-such tcp @"),
    b"SECCOMP_DENY": (b", \n", CALLS[1], b"no_such_call prctl @tcp @"),
    b"SECCOMP_ACTION": (b"", b"errno Log kill trap", b"eperm"),
    b"VERBOSE": BOOLEAN,
    b"CLOSE_FDS": BOOLEAN,
    b"KEEP_FDS": (b", \n", b"3 7-9 0 2147483647", b"5-4 x 99999999999 3-"),
    b"NO_COREDUMP": BOOLEAN,
    b"KEEP_ENV": BOOLEAN,
    b"GPU_DEVICES": (b", ", b"0 2 255 007", b"all 256 x 0-1"),
    b"CHROOT": (b"", b"/ /usr ./ ../", b"/etc/passwd jail"),
    b"NO_SUCH": (b"", b"", b"1"),
    b"MAX_MEMORY": (b"", b"", b"1G"),
    b"PORT_80_TCP": (b"", b"", b"tcp://10.0.0.1:80"),
}


def value(chance, variable, spoiled):
    between, right, wrong = VALUES[variable]
    choices = right.split(b" ") + (wrong.split(b" ") if spoiled else [])
    if not between:
        return chance.choice(choices)
    picked = chance.choices(choices, k=chance.randrange(1, 6))
    return bytes([chance.choice(between)]).join(picked)


LISTS = [b"FS_READABLE", b"FS_WRITABLE", b"FS_EXECUTABLE", b"UNIX_CONNECT"]
PRESETS = [b"@system", b"@dns", b"@tls", b"@users", b"@locale", b"@base", b"@proc", b"@sys",
           b"@dev", b"@tty", b"@shm", b"@tmp", b"@none"]
BESIDE = [
    (b"LD_PRELOAD", [b"libc.so.6", b" : libc.so.6 ", b""]),  # of others the loader would complain
    (b"NOTIFY_SOCKET", [b"@notify", b"/run/\xff\"\\", b""]),
    (b"LISTEN_PID", [b"1", b"x", b"4194304"]),
    (b"LISTEN_FDS", [b"1", b"-1", b"99999999999999999999"]),
    (b"NO_COLOR", [b"", b"1"]),
    (b"SANDLOC", [b"1"]),
    (b"\xff\"", [b"\x1b[31m"]),
]


class Case:
    """An environment, and of the paths in it where JSON is to have them."""

    def __init__(self, chance, tree):
        self.chance, self.tree = chance, tree
        self.pairs, self.paths, self.missing = [(b"PATH", b"/usr/bin:/bin")], [], []
        spoiled = chance.randrange(3) == 0  # most policies are sound, or there would be no JSON
        for at, variable in enumerate(LISTS):
            if chance.randrange(3) == 0 or (at == 0 and not spoiled):
                self.add(variable, self.path_list(variable, spoiled))
        for variable in chance.sample(sorted(VALUES), chance.randrange(5)):
            wild = spoiled and chance.randrange(4) == 0
            self.add(variable, junk(chance) if wild else value(chance, variable, spoiled))
        if not spoiled:
            self.mend()
        for variable, values in BESIDE:
            if chance.randrange(6) == 0:
                self.pairs.append((variable, chance.choice(values)))
        if chance.randrange(80) == 0:
            self.pairs.append(chance.choice(self.pairs))  # twice
        chance.shuffle(self.pairs)

    def add(self, variable, value):
        self.pairs.append((b"SANDLOCK_" + variable, value))

    def mend(self):
        """Adds what those that are there ask for: this kernel may lack what is newer."""
        has = dict(self.pairs)
        if b"SANDLOCK_ALLOW_DEGRADED" not in has and b"SANDLOCK_DISABLE" not in has:
            self.add(b"ALLOW_DEGRADED", b"fs_resolve_unix,net_udp")
        if b"SANDLOCK_KEEP_FDS" in has and b"SANDLOCK_CLOSE_FDS" not in has:
            self.add(b"CLOSE_FDS", b"1")

    def entry(self, variable):
        """An entry of a list, of a file that there is or, where that may be, is not. Blanks at the
        end of a path would be trimmed: "/." keeps them, of a directory."""
        chance = self.chance
        absent = chance.randrange(5) == 0
        path = self.tree + b"/no " + name(chance, 250) if absent else self.make()
        spelled = path if chance.randrange(4) else b"./" + path[len(self.tree) + 1:]
        spelled += b"/." if path[-1:] in BLANKS else b""
        entry = (b"-" if absent or chance.randrange(5) == 0 else b"") + escaped(spelled)
        known = (b"SANDLOCK_" + variable, spelled, entry)
        if os.path.lexists(path):
            self.paths.append(known + (os.path.realpath(path),))
        else:
            self.missing.append(known)
        return entry

    def path_list(self, variable, spoiled):
        chance, entries = self.chance, []
        for _ in range(chance.randrange(1, 6)):
            if chance.randrange(4) == 0:
                right = PRESETS if variable != b"FS_WRITABLE" else [b"@dev", b"@tmp", b"@tty"]
                entries.append(chance.choice(PRESETS + [b"@nothing"] if spoiled else right))
            elif spoiled and chance.randrange(4) == 0:
                entries.append(chance.choice([b"", b"./", b"../", b"/"]) + junk(chance))
            else:
                entries.append(self.entry(variable))
        return chance.choice([b":", b" :\t", b"\n", b"::"]).join(entries)

    def make(self):
        """Makes a file or a directory, now and then at the end of a path that is as long as can
        be."""
        chance, path = self.chance, self.tree
        if chance.randrange(12) == 0:
            while len(path) + NAME_MAX + 1 < PATH_MAX - 1:
                path += b"/" + name(chance, 250)[:250].ljust(250, chance.choice([b"x", b"\xff"]))
            os.makedirs(path, exist_ok=True)
        room = min(NAME_MAX, PATH_MAX - 2 - len(path) - len(b"/."))
        path += b"/" + name(chance, max(room, 1))
        if os.path.lexists(path):
            return path
        if path[-1:] in BLANKS or chance.randrange(2):
            os.mkdir(path)
        else:
            with open(path, "wb"):
                pass
        return path

    def program(self):
        """A list of the name of a program, or of nothing."""
        chance = self.chance
        kind = chance.randrange(8)
        if kind < 3:
            return []
        if kind == 3:
            return [b"true"]
        if kind == 4:
            path = self.make()
            if os.path.isfile(path):
                with open(path, "wb") as file:
                    file.write(chance.choice([b"", b"#!/bin/true\n", b"#!/no\xff\n", b"\x7fELF"]))
                os.chmod(path, 0o755)
            return [path]
        return [chance.choice([b"", b"/", b"./", b"../"]) + junk(chance)]
