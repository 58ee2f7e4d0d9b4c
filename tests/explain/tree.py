# SPDX-License-Identifier: Apache-2.0
"""The files and ports that agree.py tries, and what there is to try of each: operations of batch.c,
each of which works where nobody is confined."""

import os
import shutil
import socket

ODD = b"od\xffd \xe2\x80\xa8:\\\"\n"
MADE = ("file", "directory", "link", "pipe", "socket", "device")  # with the right to create
OUTSIDE = [("read", b"/etc/passwd"), ("read", b"/proc/version"), ("read", b"/etc/ld.so.cache"),
           ("list", b"/"), ("list", b"/usr/bin"), ("list", b"/tmp"), ("list", b"/dev/shm"),
           ("list", b"/sys/devices/system/cpu")]
DEVICES = [b"/dev/null", b"/dev/zero", b"/dev/full", b"/dev/urandom"]


def write(path, text=b"text\n", mode=0o666):
    with open(path, "wb") as file:
        file.write(text)
    os.chmod(path, mode)


class Tree:
    """Some directories with a file of each kind. tool is a program that needs nothing; it ends
    with 0."""

    def __init__(self, root, tool):
        self.root, self.sockets = root, []
        names = [b"a", b"a/sub", b"a/sub/deep", b"b", ODD, ODD + b"/" + ODD, b"empty", b"jail",
                 b"jail/a", b"jail/a/b"]
        self.directories = [root] + [self.at(name) for name in names]
        self.files = [path + b"/file" for path in self.directories if not path.endswith(b"empty")]
        self.tools = [self.at(name) for name in (b"a/tool", b"b/tool", b"jail/a/tool", b"b/script")]
        self.pipes = [self.at(b"a/pipe"), self.at(b"b/pipe")]
        self.listening = [self.at(b"a/socket"), self.at(b"b/socket")]
        for path in self.directories:
            os.makedirs(path, exist_ok=True)
        for path in self.files:
            write(path)
        for path in self.tools[:3]:
            shutil.copy(tool, path)
            os.chmod(path, 0o755)
        for path in self.pipes:
            os.mkfifo(path)
        for path in self.listening:
            self.listen(path)
        self.links_make()
        self.programs_make()

    def at(self, name):
        return os.path.join(self.root, name)

    def listen(self, address):
        self.sockets.append(socket.socket(socket.AF_UNIX))
        self.sockets[-1].bind(address)
        self.sockets[-1].listen(4096)
        self.sockets[-1].setblocking(False)

    def links_make(self):
        os.link(self.at(b"a/file"), self.at(b"b/hard"))  # a rule for one is for the other too
        self.files.append(self.at(b"b/hard"))
        for name, target in ((b"b/link", b"../a/file"), (b"b/way", b"../a/sub"),
                             (b"jail/a/out", b"/a/b"), (b"jail/up", b"../../b")):
            os.symlink(target, self.at(name))

    def programs_make(self):
        """What a PROGRAM can be; see policies.py."""
        tool = self.at(b"a/tool")
        write(self.at(b"b/script"), b"#!" + tool + b"\n", 0o755)
        write(self.at(b"b/lost"), b"#!/no/such/interpreter\n", 0o755)
        write(self.at(b"b/plain"), b"exit 0\n", 0o755)
        write(self.at(b"b/empty"), b"", 0o755)
        write(self.at(b"b/broken"), b"\x7fELF and no more", 0o755)
        write(self.at(b"b/mode"), b"#!" + tool + b"\n", 0o644)
        shutil.copy(tool, self.at(b"b/unreadable"))
        os.chmod(self.at(b"b/unreadable"), 0o111)

    def accept(self):
        """Takes all connections that have come, so that there is room for more."""
        for listener in self.sockets:
            try:
                while True:
                    listener.accept()[0].close()
            except BlockingIOError:
                pass


class Ports:
    """Ports of the loopback, twelve of them in a row; on two of them there is a server."""

    def __init__(self, own):
        self.own = own  # the network is nobody else's: every port can be bound to
        self.sockets = []
        self.base = next(base for base in range(20000, 60000, 16) if self.listen(base))
        self.all = [self.base + at for at in range(12)]
        self.low = [1, 53, 80, 443, 65535]

    def listen(self, base):
        try:
            self.sockets = [socket.create_server(("127.0.0.1", base + at), backlog=4096)
                            for at in (0, 5)]
        except OSError:
            return False
        for listener in self.sockets:
            listener.setblocking(False)
        return True

    accept = Tree.accept


def steps_of_files(tree):
    """(operation, path...) for every file and right. What an operation makes and takes away it has
    for itself: the names of those are numbered."""
    steps = [(name, path) for path in tree.files
             for name in ("read", "write", "truncate", "open-truncate")]
    steps += [("execute", path) for path in tree.tools]
    steps += [(name, path) for path in tree.pipes for name in ("read", "write")]
    steps += [(name, path) for path in tree.listening for name in ("read", "connect")]
    steps += [(name, path) for path in DEVICES for name in ("read", "write", "ioctl")]
    steps += [("read", tree.at(name)) for name in (b"b/link", b"b/way/file")] + OUTSIDE
    for path in tree.directories:
        steps += [("list", path)]
        steps += [(name, path + b"/made " + name.encode()) for name in MADE]
        steps += [(name, path + b"/gone " + name.encode())
                  for name in ("remove", "remove-directory")]
        steps += [("rename", path + b"/old", path + b"/new")]
    return steps


def steps_of_pairs(tree, chance, count=8):
    """Renames and links from one directory into another."""
    steps = []
    for number in range(count):
        here, there = chance.sample(tree.directories, 2)
        kind = chance.choice(("rename", "rename", "hard-link", "rename-directory"))
        steps.append((kind, here + b"/from %d" % number, there + b"/to %d" % number))
    return steps


def prepare(steps):
    """Makes what the steps take away."""
    for step in steps:
        if step[0] in ("remove", "rename", "hard-link"):
            write(step[1])
        elif step[0] in ("remove-directory", "rename-directory"):
            os.mkdir(step[1])


def clean(steps):
    """Takes away what the steps have made, or left."""
    for step in steps:
        if step[0] in MADE or step[0] in ("remove", "rename", "hard-link", "remove-directory",
                                          "rename-directory"):
            for path in step[1:]:
                try:
                    os.unlink(path)
                except FileNotFoundError:
                    pass
                except (IsADirectoryError, PermissionError):
                    os.rmdir(path)
