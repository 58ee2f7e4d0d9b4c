#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A virtual machine: the file system that it starts with, its start, and what it said."""

import pathlib
import shutil
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SUITE_OF_TREE = "bookworm"
# What the tests run besides what is built for them.
PACKAGES = ["bash", "busybox-static", "coreutils", "dash", "findutils", "grep", "libc-bin",
            "libcmocka0", "login", "make", "patchelf", "sed", "strace", "util-linux"]
IGNORED = ["./dev", "./boot", "./usr/share/doc", "./usr/share/locale", "./usr/share/man",
           "./var/lib/dpkg", "./var/cache"]
FILES = {"etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
         "etc/group": "root:x:0:\nnogroup:x:65534:\n", "etc/hosts": "127.0.0.1 localhost\n",
         "etc/shadow": "root:*:1:0:99999:7:::\n",
         "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n"}

QEMU = {"amd64": ["qemu-system-x86_64", "-M", "q35"],
        "arm64": ["qemu-system-aarch64", "-M", "virt"]}
# What costs time, more so where it is emulated, and is nothing to Landlock and seccomp.
FASTER = "mitigations=off init_on_alloc=0 audit=0"
CONSOLE = {"amd64": "ttyS0", "arm64": "ttyAMA0"}


class Unreachable(Exception):
    """Debian did not give what was asked for."""


def fetch(cache, arch, suite, *packages):
    """The file that fetch.sh has for this."""
    run = subprocess.run([HERE / "fetch.sh", cache, arch, suite, *packages], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode != 0:
        raise Unreachable(run.stderr.strip())
    return pathlib.Path(run.stdout.strip())


def tree(cache, arch):
    """The tar of the tree that the tests run in."""
    return fetch(cache, arch, SUITE_OF_TREE, *PACKAGES)


def initrd(cache, arch, name, tests, settings):
    """Packs the tree of this architecture, and tests, a dict of files by their names in /tests."""
    own = name.replace("/", "-")
    top = cache / f"root-{own}"
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir()
    subprocess.run(["tar", "-x", "-p", "-C", top, "-f", tree(cache, arch)] +
                   [f"--exclude={name}" for name in IGNORED], check=True)
    for name in ("dev", "proc", "sys", "tmp", "tests", "root", "var/tmp"):
        (top / name).mkdir(exist_ok=True, parents=True)
    for name, text in FILES.items():
        (top / name).write_text(text)
    for name, file in tests.items():
        shutil.copy(file, top / "tests" / name)
    shutil.copy(HERE / "init.sh", top / "init")
    shutil.copy(HERE.parent / "live.sh", top / "live.sh")
    shutil.copy(top / "bin/busybox", top / "busybox")
    (top / "settings").write_text("".join(f"export {name}='{value}'\n"
                                          for name, value in settings.items()))
    packed = cache / f"initrd-{own}"
    with open(packed, "wb") as out:
        names = subprocess.run(["find", ".", "-print0"], cwd=top, stdout=subprocess.PIPE, check=True)
        subprocess.run(["cpio", "--quiet", "-o", "-0", "-H", "newc", "-R", "+0:+0"], cwd=top,
                       input=names.stdout, stdout=out, check=True)
    shutil.rmtree(top)
    return packed


def lines(arch, kernel, packed, log, seconds):
    """Starts a machine, and yields what it says, line by line, until it ends; log keeps it. After
    so many seconds it is ended."""
    command = [*QEMU[arch], "-accel", "tcg", "-cpu", "max", "-m", "1024", "-smp", "1", "-nographic",
               "-no-reboot", "-nic", "none", "-kernel", kernel, "-initrd", packed, "-append",
               f"console={CONSOLE[arch]} lsm=landlock panic=-1 quiet loglevel=0 {FASTER}"]
    with open(log, "w", encoding="utf-8") as out, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace") as qemu:
        timer = threading.Timer(seconds, qemu.kill)
        timer.start()
        for line in qemu.stdout:
            out.write(f"{time.strftime('%H:%M:%S')} {line}")
            out.flush()
            yield line
        timer.cancel()


if __name__ == "__main__": # machine.py CACHE ARCH: prints the tar of the tree
    print(tree(pathlib.Path(sys.argv[1]), sys.argv[2]))
