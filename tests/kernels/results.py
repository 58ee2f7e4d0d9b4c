# SPDX-License-Identifier: Apache-2.0
"""What the console of a machine said, and whether it is what was to be said there."""

import json
import re

# What machines lack, and on which it is no surprise: an architecture, an ABI below which it is, or all.
# Where a test is skipped for anything else, that is a failure.
LACKING = {
    "system calls of 32-bit x86": "arm64",
    "programs of 32-bit x86": "arm64",
}
COLUMNS = ("kernel", "architecture", "ABI", "cases", "passed", "skipped", "failed",
           "lacks: refused unless accepted", "lacks: its gate stays closed")


def is_expected(reason, arch, abi):
    """Whether a test may be skipped for this reason."""
    since = re.fullmatch(r"Landlock ABI (\d+)", reason)
    if since:
        return abi < int(since[1])
    return LACKING.get(reason) in ("all", arch)


class Results:
    """What one machine said, line by line."""

    def __init__(self, arch):
        self.arch, self.release, self.check = arch, None, None
        self.passed, self.skipped, self.failed, self.wrong = 0, 0, [], []
        self.suite, self.running, self.ended, self.reason, self.suites = None, None, None, None, set()
        self.lines = []

    @property
    def abi(self):
        """The ABI, -1 when the shim did not come to say it."""
        return self.check["landlock"]["abi"] if self.check else -1

    def line(self, line):
        """Takes in a line of the console."""
        line = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1bc", "", line).strip()
        self.lines.append(line)
        said, _, rest = line.partition(": ")
        if said == "KERNEL":
            self.release = rest.split()[0]
        elif said == "CHECK":
            self.check = json.loads(rest)
        elif said == "ENDED":
            self.ended = int(rest)
        elif line.startswith("== "):
            self.suite = line[3:]
            self.suites.add(line.split()[1])
        else:
            self.case(line)

    def case(self, line):
        """A line of cmocka's: what became of a test. Those of its summary are known by their number."""
        found = re.fullmatch(r"\[ +(OK|FAILED|SKIPPED|RUN) +\] (\S.*)", line)
        if not found:
            return
        outcome, name = found.groups()
        if outcome == "RUN":
            self.running, self.reason, self.lines = name, None, []
        elif outcome == "OK":
            self.passed += 1
        elif outcome == "FAILED" and name.isidentifier() and (self.suite, name) not in self.failed:
            self.failed.append((self.suite, name))
            self.wrong += [f"{self.suite}: {name}"] + ["    " + said for said in self.lines[-40:-1]]
        elif name.startswith("this machine lacks: "):
            self.reason = name.partition(": ")[2]
        elif outcome == "SKIPPED" and name == self.running:
            self.skipped, self.running = self.skipped + 1, None
            if not is_expected(self.reason, self.arch, self.abi):
                self.wrong.append(f"{self.suite}: {name}: a surprise: it lacks {self.reason}")

    def end(self, suites):
        """Says what is missing when the machine has ended: the suites are those that were to run."""
        if self.ended is None or self.abi < 0:
            self.wrong.append("it did not come to its end: " + " | ".join(self.lines[-5:]))
        elif self.ended != 0 and not self.wrong:
            self.wrong.append("the tests failed, and none says why")
        self.wrong += [f"{suite} has not run" for suite in suites if suite not in self.suites]

    def row(self):
        """The row of the table."""
        counts = self.passed, self.skipped, len(self.failed)
        missing = {True: [], False: []}
        for protection in self.check["protections"]:
            if not protection["enforced"]:
                missing[protection["required"]].append(f"`{protection['name']}`")
        return (self.release, self.arch, str(self.abi), str(sum(counts)), *map(str, counts),
                ", ".join(missing[True]), ", ".join(missing[False]))
