# SPDX-License-Identifier: Apache-2.0
"""--explain over environments of every kind: fuzz.py SHIM. JSON is one object as schema.py has it,
with every path and value byte for byte, or there is the one line of a real start; text is lines
that can be read. EXPLAIN_SEED, EXPLAIN_CASES and EXPLAIN_ONLY choose the cases."""

import os
import re
import shutil
import sys
import unicodedata

import hostile
import schema
from run import Suite, run, run_on_terminal

WIDTH = 100
COLOURS = re.compile(r"\x1b\[[0-9]+m")
LETTER_MARK = "\u061c"
TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
KNOWN = [b"SANDLOCK_" + name for name in
         b"FS_READABLE FS_WRITABLE FS_EXECUTABLE UNIX_CONNECT GPU_DEVICES CHROOT NET_ALLOW NET_BIND"
         b" HTTP_PORTS ALLOW_DEGRADED REQUIRE DISABLE SECCOMP SECCOMP_ALLOW SECCOMP_DENY"
         b" SECCOMP_ACTION VERBOSE CLOSE_FDS KEEP_FDS NO_COREDUMP KEEP_ENV".split()]


def bytes_check(suite, case, found, program):
    """What went in comes out byte for byte."""
    variables = [(schema.bytes_of(row, "name"), schema.bytes_of(row, "value"))
                 for row in found["variables"]]
    given = {pair for pair in case.pairs if pair[0] in KNOWN and pair[1]}
    if variables != sorted(given, key=lambda pair: KNOWN.index(pair[0])):
        suite.fail(f"variables are {variables!r}")
    if (b"SANDLOCK_CHROOT" in dict(case.pairs)) and dict(case.pairs)[b"SANDLOCK_CHROOT"]:
        return  # all paths mean something else then
    for section, known, keys in (
            ("paths", case.paths, ("variable", "path", "entry", "target")),
            ("skipped", case.missing, ("variable", "path", "entry"))):
        rows = {tuple(schema.bytes_of(row, key) for key in keys) for row in found[section]}
        for row in known:
            suite.count("paths")
            if row not in rows:
                suite.fail(f"{row!r} is not in {section} as it is")
    if ("program" in found) != bool(program):
        suite.fail("program is there, or is not, without reason")
    if program and schema.bytes_of(found["program"], "name") != program[0]:
        suite.fail(f"program.name is {schema.bytes_of(found['program'], 'name')!r}")


def escaped(text):
    """Bytes as they are shown: what cannot be is \\n or \\xHH."""
    shown = ""
    for char in text.decode(errors="surrogateescape"):
        bare = char.encode(errors="surrogateescape")
        if is_printable(char) and not b"\xe2\x80\x8b" <= bare <= b"\xe2\x81\xbf":
            shown += char
        else:
            shown += "\\n" if char == "\n" else "".join(f"\\x{byte:02x}" for byte in bare)
    return shown


def is_printable(char):
    """Whether it can stand in a line, and leaves what is around it as it is. (That is more than
    str.isprintable has: wide blanks are nobody's harm.)"""
    return unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char not in TURNS


def text_check(suite, out, coloured, single):
    """Lines that a terminal shows as they are. Only a line that is one word, and cannot be wrapped,
    is wider than WIDTH: single has those words that have blanks in them."""
    try:
        text = out.decode()
    except UnicodeDecodeError:
        suite.fail("text is not UTF-8")
        return
    plain = COLOURS.sub("", text) if coloured else text
    for char in sorted(set(plain) - {"\n"}):
        if not is_printable(char):
            suite.fail(f"text has U+{ord(char):04X} in it")
    if not plain.endswith("\n"):
        suite.fail("text does not end with a newline")
    for line in plain.split("\n"):
        if len(line) > WIDTH and " " in line.strip() and line.strip() not in single:
            suite.fail(f"a line of text is {len(line)} columns wide: {line[:60]}...")
            return


def texts_check(suite, shim, case, program, found, options):
    """The same as text: to a pipe, and to a terminal with colours and without."""
    coloured = not dict(case.pairs).get(b"NO_COLOR")
    values = [schema.bytes_of(row, key)
              for section in ("variables", "paths", "skipped", "warnings")
              for row in found[section] for key in ("path", "target", "value", "entry", "subject")
              if key in row]
    single = {escaped(value).strip() for value in values + program}
    single |= {word.replace(LETTER_MARK, "\\xd8\\x9c") for word in single}
    argv = [shim, "--explain", "--", *program]
    suite.doing(argv, case.pairs)
    for runner, shades in ((run, False), (run_on_terminal, coloured)):
        done = runner(argv, case.pairs, **options)
        if done.status != 0 or done.err:
            suite.fail(f"text: status {done.status}, stderr {done.err!r}")
        text_check(suite, done.out, shades, single)
        suite.count("texts")


def case_try(suite, shim, chance, tree):
    case = hostile.Case(chance, tree)
    program = case.program()
    argv = [shim, "--explain=json", "--", *program]
    options = {"cwd": tree}
    suite.doing(argv, case.pairs)
    if chance.randrange(4) == 0:
        done = run_on_terminal(argv, case.pairs, **options)
    else:
        done = run(argv, case.pairs, **options)
    real = run([shim, "true"], case.pairs, **options)
    if done.status == 125:
        suite.count("refused")
        if done.out or (real.status, real.err) != (125, done.err) or done.err.count(b"\n") != 1:
            suite.fail(f"refused, and a real start is not so: {real.status} {real.err!r}, not"
                       f" {done.err!r}")
        return
    if done.status != 0 or done.err:
        suite.fail(f"status {done.status}, stderr {done.err!r}")
        return
    if real.status == 125:
        suite.fail(f"a real start is refused: {real.err!r}")
    try:
        found = schema.read(done.out, schema.EXPLAIN)
    except schema.Wrong as wrong:
        suite.fail(str(wrong))
        return
    suite.count("objects")
    bytes_check(suite, case, found, program)
    if chance.randrange(2) == 0:
        texts_check(suite, shim, case, program, found, options)


def check_try(suite, shim):
    """--check, which asks the environment nothing but NO_COLOR."""
    for pairs in ([], [(b"SANDLOCK_FS_READABLE", b"/no/such\xff"), (b"NO_COLOR", b"1")]):
        done = run([shim, "--check=json"], pairs)
        suite.doing([shim, "--check=json"], pairs)
        try:
            schema.read(done.out, schema.CHECK)
        except schema.Wrong as wrong:
            suite.fail(str(wrong))
        text_check(suite, run([shim, "--check"], pairs).out, False, set())
        text_check(suite, run_on_terminal([shim, "--check"], pairs).out, not pairs, set())
        suite.count("checks")


def main(shim):
    suite = Suite("explain-fuzz", 1000)
    check_try(suite, shim)
    for number, chance in suite.numbers():
        tree = suite.folder + b"/%d" % number
        os.mkdir(tree)
        case_try(suite, shim, chance, tree)
        shutil.rmtree(tree, ignore_errors=True)
    shutil.rmtree(suite.folder, ignore_errors=True)
    suite.end()


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
