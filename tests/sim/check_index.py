#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault has a row in README.md, and every row names a test that exists where it says."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
FAULTS = [f"{kind}{number}" for kind, last in (("S", 37), ("U", 43), ("G", 14)) for number in range(1, last + 1)]
ROW = re.compile(r'^\| ([SUG]\d+) \| [^|]+ \| "([^"|]+)" \| `([^`|]+)` \|$')


def tests_of(path):
    """A file's tests with their tags, and all of its text with the line breaks inside string literals closed."""
    text = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8"))
    cases = dict(re.findall(r'TEST_CASE\(\s*"([^"]+)"(?:,\s*"([^"]*)")?', text))
    return cases | dict.fromkeys(re.findall(r"def (test_\w+)", text), ""), text


def is_about(fault, name, tags, text):
    """A test says which fault it is about: in its name, in its tags, or as a table that names each of its rows."""
    return name.startswith((f"{fault}:", "test_")) or f"[{fault}]" in tags or re.search(rf'"{fault} ', text)


def problems(readme):
    seen = set()
    for number, line in enumerate(readme.splitlines(), 1):
        if not re.match(r"\| [SUG]\d+ ", line):
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
        tests, text = tests_of(path)
        if name not in tests:
            yield f'{fault}: {where} has no test "{name}"'
        elif not is_about(fault, name, tests[name], text):
            yield f'{fault}: nothing in "{name}" ({where}) is about it'
        seen.add(fault)
    for fault in FAULTS:
        if fault not in seen:
            yield f"{fault} has no test"


found = list(problems((HERE / "README.md").read_text(encoding="utf-8")))
print("\n".join(found) or f"{len(FAULTS)} faults, each with its test")
sys.exit(1 if found else 0)
