#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up what CTest wrote (JUnit files): a line per build and label, what was skipped and why, what failed and what it
said; and the table of makes against scenarios, where labs have left one.

The last line is `N passed, N failed`, with `, N skipped` when there are some.
"""

import argparse
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

from matrix_table import Matrix


def outcome(case):
    """passed, failed or skipped."""
    if case.find("failure") is not None or case.get("status") == "fail":
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def reasons(case):
    """Why parts of a test were skipped, from what the laboratory printed."""
    return re.findall(r"^SKIP  (.*)$", case.findtext("system-out") or "", re.MULTILINE)


def complaints(case, limit=40):
    """What a failed test said that matters: tracebacks (of unittest or a lab), or else its last lines."""
    lines = (case.findtext("system-out") or "").splitlines()
    told, telling = [], False
    for line in lines:
        if re.match(r"(FAIL|ERROR)(: |  )", line):
            telling = True
        elif line.startswith(("--- ", "=====")):  # logs of daemons follow, or the next test
            telling = False
        if telling and line.strip("- "):
            told.append(line)
    return (told or lines[-limit:])[:limit]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed", action="append", default=[], metavar="STEP", help="a step that counts as a failure")
    parser.add_argument("--matrix", type=pathlib.Path, metavar="FOLDER", help="what the interoperability labs have left")
    parser.add_argument("directory", type=pathlib.Path)
    arguments = parser.parse_args()

    counts = collections.defaultdict(collections.Counter)
    total = collections.Counter(failed=len(arguments.failed))
    failed, skipped = list(arguments.failed), []
    for file in sorted(arguments.directory.glob("*.xml")):
        for case in xml.parse(file).getroot().iter("testcase"):
            name, how = case.get("name"), outcome(case)
            label = name.partition(":")[0]
            counts[file.stem, label][how] += 1
            total[how] += 1
            if how == "failed":
                failed += [f"{file.stem}  {name}", *(f"    {line}" for line in complaints(case))]
            skipped += [f"{file.stem}  {name}: {reason}" for reason in reasons(case)]
            if how == "skipped" and not reasons(case):
                skipped.append(f"{file.stem}  {name}")

    for (build, label), count in sorted(counts.items()):
        print(f"{build:10} {label:12}",
              *(f"{count[how]:5} {how}" for how in ("passed", "failed", "skipped")))
    matrix = Matrix.load(arguments.matrix) if arguments.matrix else Matrix()
    if matrix.cells:
        print(f"\n{matrix.text()}")
    for title, lines in (("Skipped", skipped), ("Failed", failed)):
        if lines:
            print(f"\n{title}:")
            for line in lines:
                print(f"  {line}")
    rest = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"\n{total['passed']} passed, {total['failed']} failed{rest}")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
