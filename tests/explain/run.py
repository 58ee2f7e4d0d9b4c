# SPDX-License-Identifier: Apache-2.0
"""What both suites share: running the shim, choosing cases by a seed, saying what went wrong."""

import os
import pty
import random
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import tty

TIMEOUT = 10  # seconds, for a run that takes a few milliseconds; what hangs is ended with it


class Environment:
    """An environment as a list of pairs of bytes, in which a name may stand twice."""

    def __init__(self, pairs):
        self.pairs = list(pairs)

    def items(self):
        return self.pairs


class Done:
    """How a run ended: its exit status, or 128 + the signal, or None where it had to be ended."""

    def __init__(self, status, out, err):
        self.status = status if status is None or status >= 0 else 128 - status
        self.out, self.err = out, err


def run(argv, pairs, **options):
    """Runs argv with exactly this environment."""
    given, limit = options.pop("input", None), options.pop("timeout", TIMEOUT)
    stdin = {"input": given} if given is not None else {"stdin": subprocess.DEVNULL}
    try:
        done = subprocess.run(argv, env=Environment(pairs), capture_output=True, timeout=limit,
                              check=False, **stdin, **options)
    except subprocess.TimeoutExpired as late:
        return Done(None, late.stdout or b"", late.stderr or b"")
    return Done(done.returncode, done.stdout, done.stderr)


def run_on_terminal(argv, pairs, **options):
    """The same with a terminal for standard output. That everything has been read is told by a mark
    behind it: a reader who waits for the end of file may be told of it before the last bytes."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    mark = b"\0the end\0"
    with subprocess.Popen(argv, env=Environment(pairs), stdin=subprocess.DEVNULL, stdout=slave,
                          stderr=subprocess.PIPE, **options) as child:
        ending = threading.Thread(target=lambda: (child.wait(), os.write(slave, mark)))
        ending.start()
        clock = threading.Timer(TIMEOUT, child.kill)
        clock.start()
        out = b""
        while not out.endswith(mark):
            out += os.read(master, 65536)
        late = not clock.is_alive()
        clock.cancel()
        ending.join()
        err = child.stderr.read()
    os.close(master)
    os.close(slave)
    return Done(None if late else child.returncode, out[:-len(mark)], err)


def quoted(text):
    """Bytes as a word of bash, on one line whatever they are."""
    if all(32 <= byte < 127 for byte in text):
        return shlex.quote(text.decode())
    return "$'" + "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}"
                          for byte in text) + "'"


def command(argv, pairs):
    words = ["env", "-i"] + [quoted(name + b"=" + value) for name, value in pairs]
    return " ".join(words + [quoted(os.fsencode(word)) for word in argv])


class Suite:
    """The cases of a suite, each of which has a number and chances of its own, so that it can be
    tried again alone; and what they come to."""

    def __init__(self, name, cases):
        self.name, self.start = name, time.monotonic()
        self.seed = os.environ.get("EXPLAIN_SEED") or "1"
        if self.seed == "any":
            self.seed = str(random.SystemRandom().randrange(10**6))
        self.cases = int(os.environ.get("EXPLAIN_CASES") or cases)
        self.only = os.environ.get("EXPLAIN_ONLY") or None
        self.number, self.again, self.counts, self.failures = 0, "", {}, 0
        self.folder = os.fsencode(tempfile.mkdtemp(prefix="explain-"))
        print(f"{name} as uid {os.geteuid()}: EXPLAIN_SEED={self.seed}", flush=True)

    def numbers(self, fixed=0):
        """The numbers of all cases: those of a table come first."""
        numbers = range(fixed + self.cases)
        if self.only:
            numbers = [int(self.only)] if self.only.isdigit() else []
        for number in numbers:
            self.number = number
            yield number, random.Random(f"{self.name} {os.geteuid()} {self.seed} {number}")

    def count(self, what, by=1):
        self.counts[what] = self.counts.get(what, 0) + by

    def doing(self, argv, pairs):
        """What is being done, for fail."""
        self.again = command(argv, pairs)

    def fail(self, what):
        """One line, of which what stands behind "again:" tries this very case again."""
        self.failures += 1
        what = "".join(char if char.isprintable() else repr(char)[1:-1] for char in what)
        print(f"FAILED: {self.name} as uid {os.geteuid()}, case {self.number}: {what}; again:"
              f" EXPLAIN_SEED={self.seed} EXPLAIN_ONLY={self.number} make check-{self.name}"
              f" # {self.again}", flush=True)

    def end(self):
        counts = ", ".join(f"{self.counts[what]} {what}" for what in self.counts)
        print(f"{'FAILED' if self.failures else 'ok'}: {self.name} as uid {os.geteuid()}: {counts},"
              f" {self.failures} failures, {time.monotonic() - self.start:.1f} s")
        sys.exit(1 if self.failures else 0)
