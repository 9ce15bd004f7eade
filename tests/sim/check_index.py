#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault has a row in README.md, and every row names a test that exists where it says."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
FAULTS = [f"S{number}" for number in range(1, 38)] + [f"U{number}" for number in range(1, 44)]
ROW = re.compile(r'^\| ([SU]\d+) \| [^|]+ \| "([^"|]+)" \| `([^`|]+)` \|$')


def tests_of(path):
    """The names of a file's tests, and all of its text with the line breaks inside string literals closed."""
    text = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8"))
    return set(re.findall(r'TEST_CASE\(\s*"([^"]+)"', text)) | set(re.findall(r"def (test_\w+)", text)), text


def problems(readme):
    seen = set()
    for number, line in enumerate(readme.splitlines(), 1):
        if not re.match(r"\| [SU]\d+ ", line):
            continue
        found = ROW.match(line)
        if found is None:
            yield f"line {number} is no row of the index: {line}"
            continue
        fault, name, where = found.groups()
        path = SOURCE / where
        if not path.is_file():
            yield f"{fault}: there is no {where}"
            continue
        names, text = tests_of(path)
        if name not in names:
            yield f'{fault}: {where} has no test "{name}"'
        # A table of faults names each of its rows.
        elif not name.startswith((f"{fault}:", "test_")) and not re.search(rf'"{fault} ', text):
            yield f'{fault}: nothing in "{name}" ({where}) is about it'
        seen.add(fault)
    for fault in FAULTS:
        if fault not in seen:
            yield f"{fault} has no test"


found = list(problems((HERE / "README.md").read_text(encoding="utf-8")))
print("\n".join(found) or f"{len(FAULTS)} faults, each with its test")
sys.exit(1 if found else 0)
