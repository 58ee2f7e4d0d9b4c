# SPDX-License-Identifier: Apache-2.0
"""What sandlock-trace reports against what the kernel does: agree.py TRACE ACTS.

Each case is a tree of files, a policy, and accesses, made by chance. ACTS tries the accesses, traced;
an access that the policy denies has a report, and no other has. Then the settings that were reported
are added, until nothing is denied any more, which has to come soon. TRACE_SEED ("any": a new one),
TRACE_CASES and TRACE_ONLY (the number of one) choose the cases."""

import errno
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

DENIED = (errno.EACCES, errno.EXDEV)
LISTS = ["SANDLOCK_FS_READABLE", "SANDLOCK_FS_WRITABLE", "SANDLOCK_FS_EXECUTABLE"]
ACCESSES = 60
ROUNDS = 12  # of adding settings
DIRS = ["a", "a/b", "a/b/c", "a/d", "e", "e/f", "g"]
FILES = ["file", "a/file", "a/b/file", "a/b/c/file", "a/d/file", "e/f/file", "g/file", "a/other"]
NAMES = ["file", "other", "new", "b", "d", "link", "up", "gone", "pipe", "tool", "self"]
RESOLVE = {"NO_XDEV": 1, "NO_MAGICLINKS": 2, "NO_SYMLINKS": 4, "BENEATH": 8, "IN_ROOT": 16}
AT_EMPTY_PATH, AT_SYMLINK_FOLLOW, AT_REMOVEDIR = 0x1000, 0x400, 0x200


class Tree:
    """The files of a case, made anew for each run: as deep in a folder as no path climbs out of."""

    def __init__(self, top, mounts):
        self.top, self.folder, self.mounts = top, top + "/1/2/3/tree", mounts
        self.mounted = []

    def make(self):
        os.makedirs(self.folder)
        for name in DIRS:
            os.mkdir(f"{self.folder}/{name}")
        if self.mounts:
            self.mount("a/b", "e", "--bind")
            self.mount("none", "g", "-t", "tmpfs")
            self.mount("a/d/file", "a/other", "--bind")
        for name in FILES:
            os.makedirs(os.path.dirname(f"{self.folder}/{name}"), exist_ok=True)
            with open(f"{self.folder}/{name}", "w", encoding="ascii") as file:
                file.write("text")
        for at in ["", "a/", "a/b/", "g/"]:
            os.symlink("file", f"{self.folder}/{at}link")
            os.symlink("..", f"{self.folder}/{at}up")
            os.symlink("nowhere", f"{self.folder}/{at}gone")
            os.symlink("/proc/self/cwd", f"{self.folder}/{at}self")
            os.mkfifo(f"{self.folder}/{at}pipe")
            with open(f"{self.folder}/{at}tool", "w", encoding="ascii") as file:
                file.write(f"#!{self.folder}/a/true\n" if at else "#!/dev/null/x\n")
            os.chmod(f"{self.folder}/{at}tool", 0o755)
        shutil.copy(ACTS, f"{self.folder}/a/true")

    def mount(self, what, at, *options):
        if options[0] == "--bind":
            what = f"{self.folder}/{what}"
            if not os.path.isdir(what):
                for name in (what, f"{self.folder}/{at}"):
                    with open(name, "w", encoding="ascii"):
                        pass
        subprocess.run(["mount", *options, what, f"{self.folder}/{at}"], check=True)
        self.mounted.append(f"{self.folder}/{at}")

    def remove(self):
        while self.mounted:
            subprocess.run(["umount", "-l", self.mounted.pop()], check=True)
        shutil.rmtree(self.top)


class Case:
    """A policy and accesses."""

    def __init__(self, number, seed, tree):
        self.chance = random.Random(f"{seed} {number}")
        self.tree = tree
        self.policy = self.some_policy()
        self.accesses = [self.access() for _ in range(ACCESSES)]

    def some_policy(self):
        chance = self.chance
        policy = {"SANDLOCK_NET_ALLOW": str(chance.choice([1, 2])), "SANDLOCK_NET_BIND": "20003"}
        for name in LISTS[:2] + ([LISTS[2]] if chance.random() < 0.3 else []):
            count = chance.choice([0, 1, 1, 2, 3])
            paths = [chance.choice(["", "/a", "/a/b", "/a/b/c", "/a/d", "/e", "/e/f", "/g", "/file",
                                    "/a/file", "/a/b/file", "/link", "/a/pipe", "/a/tool"])
                     for _ in range(count)]
            policy[name] = ":".join(self.tree.folder + path for path in paths)
        policy[LISTS[0]] += ":" + chance.choice(["", "@proc", "/dev/null"])
        policy[LISTS[2 if LISTS[2] in policy else 0]] += ":" + ACTS
        return policy

    def path(self):
        chance = self.chance
        parts = [chance.choice(DIRS + [".", "..", "up", "self", "a/../e", "a/link/.."])
                 for _ in range(chance.choice([0, 1, 1, 1, 2]))]
        parts.append(chance.choice(NAMES + (["."] if chance.random() < 0.1 else [])))
        start = chance.choice(["", "", "@", self.tree.folder + "/", self.tree.folder + "/",
                               self.tree.folder + "//", "/proc/self/cwd/"])
        return start + "/".join(parts) + ("/" if chance.random() < 0.05 else "")

    def flags(self):
        chance = self.chance
        flags = chance.choice([os.O_RDONLY, os.O_RDONLY, os.O_WRONLY, os.O_RDWR, 3])
        flags |= os.O_NONBLOCK | os.O_NOCTTY
        for flag in (os.O_CREAT, os.O_TRUNC, os.O_EXCL, os.O_NOFOLLOW, os.O_DIRECTORY, os.O_PATH):
            if chance.random() < 0.2:
                flags |= flag
        if chance.random() < 0.1:
            flags = chance.choice([os.O_WRONLY, os.O_RDWR]) | os.O_TMPFILE
        return flags

    def access(self):
        chance, path = self.chance, self.path()
        plain = path.lstrip("@")
        kinds = {
            "open": lambda: [path, self.flags()],
            "openhow": lambda: [path, self.flags() & ~os.O_LARGEFILE,
                                sum(bit for bit in RESOLVE.values() if chance.random() < 0.2) & ~8],
            "mkdir": lambda: [path],
            "mknod": lambda: [path, chance.choice([0, 0o100000, 0o010000, 0o140000])],
            "symlink": lambda: [path],
            "unlink": lambda: [path, chance.choice([0, AT_REMOVEDIR])],
            "rename": lambda: [path, self.path(), chance.choice([0, 0, 0, 1, 2])],
            "link": lambda: [path, self.path(), chance.choice([0, AT_SYMLINK_FOLLOW])],
            "truncate": lambda: [plain],
            "bind": lambda: [plain],
            "connect": lambda: [chance.randrange(1, 4)],
            "local": lambda: [chance.choice([0, 20003, 20004])],
            "execute": lambda: [plain],
            "go": lambda: [f"{self.tree.folder}/{chance.choice(DIRS)}"],
            "hold": lambda: [f"{self.tree.folder}/{chance.choice(DIRS)}"],
            "ioctl": lambda: [chance.choice(["/dev/null", "/dev/zero"])],
        }
        weights = {"open": 8, "openhow": 3, "rename": 8, "link": 4}
        names = list(kinds)
        kind = chance.choices(names, [weights.get(name, 2) for name in names])[0]
        if self.tree.mounts and chance.random() < 0.01:
            return ["chroot", self.tree.folder]
        return [kind, *map(str, kinds[kind]())]


class Run:
    """What came of a case: an error for each access, and what was reported of each."""

    def __init__(self, case, policy, report):
        environment = {**policy, "SANDLOCK_SECCOMP_ALLOW": "@unix"}
        text = "".join("\t".join(access) + "\n" for access in case.accesses)
        done = subprocess.run([TRACE, "-o", report, "--", ACTS], env=environment, text=True,
                              input=text, capture_output=True, timeout=60, check=False,
                              cwd=case.tree.folder)
        self.status, self.err = done.returncode, done.stderr
        self.errors = dict(line.split(" ") for line in done.stdout.splitlines())
        self.reports, self.settings = {}, {}
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                for line in file:
                    self.read(line)
            os.unlink(report)

    def read(self, line):
        found = re.match(r"sandlock-trace: a(\d+)\[\d+\]: (.*)", line)
        if found:
            self.reports.setdefault(found[1], []).append(found[2])
        found = re.match(r"  (SANDLOCK_\w+)=(.*)", line)
        if found:
            self.settings[found[1]] = found[2]

    def mistakes(self, case):
        """Where the two do not agree."""
        if self.status != 0 or len(self.errors) != len(case.accesses):
            yield f"status {self.status}, {len(self.errors)} errors: {self.err}"
        for number, error in self.errors.items():
            denied = error != "other" and int(error) in DENIED
            if denied != (number in self.reports):
                yield (f"{case.accesses[int(number)]}: "
                       f"{error if error == 'other' else errno.errorcode.get(int(error), 'OK')}, "
                       f"but reported: {self.reports.get(number)}")


def add(policy, settings):
    """The policy with what was reported. What was made only in the run may be missing."""
    policy = dict(policy)
    for name, value in settings.items():
        gap = ":" if "_FS_" in name else " "
        if gap == ":":
            value = ":".join(entry if entry[0] == "-" else "-" + entry for entry in value.split(":"))
        policy[name] = policy[name] + gap + value if policy.get(name) else value
    return policy


def try_case(case, report):
    """What is wrong with it, and how much was denied and not."""
    policy, counts = case.policy, [0, 0]
    for attempt in range(ROUNDS):
        case.tree.make()
        try:
            run = Run(case, policy, report)
        finally:
            case.tree.remove()
        mistakes = list(run.mistakes(case))
        if mistakes:
            return mistakes, counts
        if attempt == 0:
            counts = [len(run.reports), len(run.errors) - len(run.reports)]
        if not run.reports:
            return [], counts
        policy = add(policy, run.settings)
    return [f"still denied after {ROUNDS} times: {run.reports}"], counts


def main():
    seed = os.environ.get("TRACE_SEED", "1")
    seed = str(random.randrange(10**9)) if seed == "any" else seed
    cases, only = int(os.environ.get("TRACE_CASES", "20")), os.environ.get("TRACE_ONLY")
    folder = os.path.realpath(tempfile.mkdtemp())
    mounts = os.environ.get("TRACE_MOUNTS") == "own"
    failed, counts = 0, [0, 0]
    for number in range(cases) if only is None else [int(only)]:
        case = Case(number, seed, Tree(folder + "/tree", mounts and number % 2 == 1))
        mistakes, some = try_case(case, folder + "/report")
        counts = [counts[0] + some[0], counts[1] + some[1]]
        if mistakes:
            failed += 1
            print(f"FAILED: TRACE_SEED={seed} TRACE_ONLY={number} {case.policy}")
            print("".join(f"  {mistake}\n" for mistake in mistakes[:10]), end="")
    shutil.rmtree(folder)
    print(f"uid {os.getuid()}: {counts[0]} accesses denied and reported, {counts[1]} neither")
    print(f"{(cases if only is None else 1) - failed} passed, {failed} failed")
    return failed > 0 or (only is None and min(counts) < cases)


if __name__ == "__main__":
    TRACE, ACTS = sys.argv[1:]
    sys.exit(main())
