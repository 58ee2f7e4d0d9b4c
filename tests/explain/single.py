# SPDX-License-Identifier: Apache-2.0
"""What agree.py tries once: --explain where it is not started as usual."""

import json
import schema
from run import run

READ = (b"SANDLOCK_FS_READABLE", b"@base:/")
PATH = (b"PATH", b"/usr/bin:/bin")


def explain(suite, argv, pairs, **options):
    """What it says in JSON; nothing where it ends otherwise."""
    suite.doing(argv, pairs)
    done = run(argv, pairs, **options)
    if done.status is None:
        return None
    try:
        return schema.read(done.out, schema.EXPLAIN)
    except schema.Wrong as wrong:
        suite.fail(f"status {done.status}, {done.err!r}: {wrong}")
        return None


def inside_try(suite, shim):
    """Inside of the very policy it says the same, and that it is in force already."""
    pairs = [PATH, READ, (b"SANDLOCK_KEEP_ENV", b"1"), (b"SANDLOCK_SECCOMP_ALLOW", b"@ptrace")]
    outside = explain(suite, [shim, "--explain=json", "true"], pairs)
    inside = explain(suite, [shim, shim, "--explain=json", "true"], pairs)
    if outside is None or inside is None:
        return
    said = [where["landlock"].pop("confined_already") for where in (outside, inside)]
    if said != [False, True]:
        suite.fail("confined_already is wrong outside, or inside")
    if inside != outside:
        suite.fail("it says other things inside of the policy than outside")
    # without ptrace(2) PROGRAM is not tried, and that is said
    untried = explain(suite, [shim, shim, "--explain=json", "true"], pairs[:-1])
    if untried is not None and (untried["program"]["tried"] or untried["program"]["executes"]):
        suite.fail(f"ptrace(2) is closed, and program is {untried['program']}")


def preload_try(suite, shim):
    """In an environment in which everything is confined by LD_PRELOAD, as an image has one: the
    policy is consumed by then, and nothing is said of it."""
    pairs = [PATH, READ, (b"LD_PRELOAD", shim.encode())]
    done = run([shim, "--explain=json"], pairs)
    found = json.loads(done.out)
    if not found["landlock"]["confined_already"] or "paths" in found or "gates" in found:
        suite.fail(f"the policy is consumed, and is explained: {done.out!r}")


def signal_try(suite, shim):
    """Where a signal is what comes of a denied call."""
    for pairs in ([(b"SANDLOCK_SECCOMP_ACTION", b"trap"), (b"SANDLOCK_SECCOMP_DENY", b"openat")],
                  [(b"SANDLOCK_SECCOMP_DENY", b"exit_group,exit")]):
        found = explain(suite, [shim, "--explain=json"], [PATH, READ] + pairs, timeout=2)
        if found is None:
            suite.fail("it does not end")


def log_try(suite, shim, calls):
    """SANDLOCK_SECCOMP_ACTION=log is about EPERM alone: the other gates are as closed as ever."""
    pairs = [PATH, READ, (b"SANDLOCK_SECCOMP_ACTION", b"log")]
    found = explain(suite, [shim, "--explain=json"], pairs)
    for call, group, answer in (("socket 2 1 0", "tcp", b"EACCES\n"), ("bpf", "bpf", None)):
        gate = next(gate for gate in found["gates"] if gate["group"] == group)
        if gate["open"] or gate["enforced"] != (answer is not None):
            suite.fail(f"of @{group}: {gate}")
        if answer is not None and run([shim, calls, call], pairs).out != answer:
            suite.fail(f"@{group} is not enforced")


def singles_try(suite, shim, calls):
    if suite.only not in (None, "single"):
        return
    suite.number = "single"
    inside_try(suite, shim)
    preload_try(suite, shim)
    signal_try(suite, shim)
    log_try(suite, shim, calls)
    suite.count("singles", 4)
