#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Judges how much the tests run: judge.py LINES.json UNCOVERED.txt.

LINES.json is gcovr's. UNCOVERED.txt has the lines that may be left out: a reason, and under it,
indented, each line as FILE: TEXT. What is left out and does not stand there is an error, and so is
what stands there and is no line of that file any more, and less than the thresholds.
"""
import json
import sys

THRESHOLDS = {"env/": 98, "shim/": 90, "shim/trace/": 90}


def read_reasons(path):
    reasons, reason = {}, None
    for line in open(path):
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith("    "):
            reason = line.strip()
        else:
            name, text = line.strip().split(": ", 1)
            reasons[name, text] = reason
    return reasons


def main(lines_path, reasons_path):
    reasons = read_reasons(reasons_path)
    failed = False
    missing, left_out, counts = [], 0, {folder: [0, 0] for folder in THRESHOLDS}
    sources = {name: open(name).read().split("\n") for name in {name for name, _ in reasons}}
    for file in json.load(open(lines_path))["files"]:
        name = file["file"]
        source = open(name).read().split("\n")
        count = counts[name[: name.rindex("/") + 1]]
        for line in file["lines"]:
            if line.get("gcovr/noncode"):
                continue
            count[0] += 1
            count[1] += line["count"] > 0
            if line["count"] == 0:
                text = source[line["line_number"] - 1].strip()
                left_out += 1
                if (name, text) not in reasons:
                    missing.append(f"{name}:{line['line_number']}: {text}")
    for name, text in reasons:
        if text not in (line.strip() for line in sources[name]):
            print(f"FAILED: uncovered.txt: {name} has no such line: {text}")
            failed = True
    for line in missing:
        print(f"FAILED: not run, without a reason: {line}")
        failed = True
    for folder, (lines, run) in counts.items():
        percent = 100 * run / lines if lines else 0
        good = percent >= THRESHOLDS[folder]
        print(f"{'ok' if good else 'FAILED'}: {folder} {run} of {lines} lines, {percent:.2f} %"
              f" (at least {THRESHOLDS[folder]})")
        failed |= not good
    print(f"{left_out} lines are not run; {len(missing)} of these without a reason")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
