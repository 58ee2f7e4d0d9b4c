#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""The live tests on Debian's kernels: run.py CACHE SHIM FOLDER TEST... [-- SHIM FOLDER TEST...]

Each kernel is started in a virtual machine of its own, without KVM, which most machines that test
things lack. The first shim and folder of tests are of amd64, the second of arm64. KERNELS and
SUITES in the environment choose some.
"""

import concurrent.futures
import os
import pathlib
import sys
import time

import machine
import results

MUST_WORK = os.environ.get("SANDLOCK_TEST_MUST_WORK") == "1"
# Debian's suites, each with a kernel of its own.
KERNELS = ["bullseye/amd64", "bookworm/amd64", "trixie/amd64", "sid/amd64", "experimental/amd64",
           "trixie/arm64"]
# What is about programs, not about kernels.
ELSEWHERE = {"test_real", "test_survive", "test_cost"}
# What root is treated otherwise in; the rest is tried as an ordinary user, for it takes long enough.
ROOT = {"test_abi", "test_core", "test_fs", "test_gates_process", "test_kernel", "test_load",
        "test_program", "test_protections"}
MINUTES = 40


def run_kernel(cache, name, kernel, world):
    """Runs the tests on one kernel, and returns its results."""
    suite, arch = name.split("/")
    shim, folder, tests = world
    files = {path.name: path for path in folder.iterdir() if path.is_file() and path.suffix != ".d"}
    files["libsandlock_shim.so"] = shim
    settings = {"TESTS": " ".join(tests), "LIVE_SECONDS": "600",
                "LIVE_ROOT": " ".join(test for test in tests if test in ROOT)}
    packed = machine.initrd(cache, arch, name, files, settings)
    found = results.Results(arch)
    begun = time.monotonic()
    log = cache / f"log-{suite}-{arch}"
    for line in machine.lines(arch, kernel, packed, log, MINUTES * 60):
        found.line(line)
    packed.unlink()
    found.end(tests)
    found.seconds = time.monotonic() - begun
    return found


def fetch(cache, names):
    """The kernels that can be had, by their names, and whether these are all."""
    kernels, good = {}, True
    for name in names:
        suite, arch = name.split("/")
        try:
            kernels[name] = machine.fetch(cache, arch, suite)
            machine.tree(cache, arch)
        except machine.Unreachable as reason:
            print(f"skipped: {name}: {reason}", flush=True)
            good = not MUST_WORK
    return kernels, good


def report(name, found):
    """Says what came of one kernel. Returns its row, and whether all was well."""
    print(f"{name}: {found.release}, ABI {found.abi}: {found.seconds:.0f} s", flush=True)
    print(f"{found.passed} passed, {len(found.failed)} failed, {found.skipped} skipped", flush=True)
    for line in found.wrong:
        print(f"{name}: {line}")
    return found.row() if found.check else None, not found.wrong


def main():
    """All of it."""
    cache = pathlib.Path(sys.argv[1]).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    worlds, rest = {}, sys.argv[2:]
    for arch in ("amd64", "arm64"):
        own, rest = (rest[:rest.index("--")], rest[rest.index("--") + 1:]) if "--" in rest else (rest, [])
        if own:
            tests = [pathlib.Path(test).name for test in own[2:]]
            chosen = os.environ.get("SUITES", "").split() or tests
            worlds[arch] = (pathlib.Path(own[0]).resolve(), pathlib.Path(own[1]).resolve(),
                            [test for test in tests if test in chosen and test not in ELSEWHERE])
    kernels, good = fetch(cache, [name for name in os.environ.get("KERNELS", "").split() or KERNELS
                                  if name.split("/")[1] in worlds])
    rows = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(run_kernel, cache, name, kernel, worlds[name.split("/")[1]])
                   for name, kernel in kernels.items()}
        for name, future in futures.items():
            row, fine = report(name, future.result())
            rows += [row] if row else []
            good = good and fine
    table = ["| " + " | ".join(row) + " |" for row in
             [results.COLUMNS, ["---"] * len(results.COLUMNS), *rows]]
    print("\n".join(table))
    (cache / "table.md").write_text("\n".join(table) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
