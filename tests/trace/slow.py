# SPDX-License-Identifier: Apache-2.0
"""How much slower a traced run is: slow.py TRACE SHIM. A build of small C files by make and gcc, and
grep -r over small files, each traced and confined by the shim alone, in turn; the best of several."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

ROUNDS, SOURCES, DIRS, FILES = 5, 40, 50, 100
POLICY = {"PATH": "/usr/bin:/bin", "SANDLOCK_FS_READABLE": "@base:@proc",
          "SANDLOCK_FS_WRITABLE": "@tmp:@dev"}


def prepare(folder):
    os.mkdir(f"{folder}/build")
    for i in range(SOURCES):
        with open(f"{folder}/build/f{i}.c", "w", encoding="ascii") as file:
            file.write("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
                       f"#include <unistd.h>\nint f{i}(int a) {{ return a + {i}; }}\n")
    for i in range(DIRS):
        os.makedirs(f"{folder}/files/{i}/deeper")
        for j in range(FILES):
            with open(f"{folder}/files/{i}/deeper/{j}", "w", encoding="ascii") as file:
                file.write("text")


def seconds(argv, folder):
    begin = time.monotonic()
    subprocess.run(argv, env=POLICY, cwd=folder, check=False, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def ratio(argv, folder):
    """Of the best run of each kind; they take turns, so that others disturb both."""
    pairs = [(seconds([SHIM, *argv], folder), seconds([TRACE, *argv], folder)) for _ in range(ROUNDS)]
    alone, traced = (min(times) for times in zip(*pairs))
    return traced / alone, alone


def main():
    folder = tempfile.mkdtemp(dir="/tmp")
    try:
        prepare(folder)
        files = [f"f{i}.o" for i in range(SOURCES)]
        build, alone = ratio(["make", "-s", "-B", "CFLAGS=-O0", *files], folder + "/build")
        print(f"make and gcc, {SOURCES} files: {build:.2f} times the {alone:.2f} s of the shim alone")
        grep, alone = ratio(["grep", "-r", "y", "files"], folder)
        print(f"grep -r, {DIRS * FILES} files: {grep:.2f} times the {alone:.3f} s of the shim alone")
    finally:
        shutil.rmtree(folder)
    return build > 3


if __name__ == "__main__":
    TRACE, SHIM = sys.argv[1:]
    sys.exit(main())
