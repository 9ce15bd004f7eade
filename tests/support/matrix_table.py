#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of makes against scenarios, from the files that the labs leave behind; also the one kept in a page.

    tests/support/matrix_table.py build/release/interop                              prints the table
    tests/support/matrix_table.py build/release/interop --table tests/interop/README.md   writes it into the page

A lab leaves one file per make: {"make": "FRR", "cells": {scenario: {"result": "ok"|"FAIL"|"skip"|"n/a", "reason": …}}}
Files of the same make add up, so that further labs can bring further rows.
"""

import argparse
import json
import pathlib
import sys

OK, FAIL, SKIP, UNABLE, NOT_PLAYED = "ok", "FAIL", "skip", "n/a", "-"
MAKES = ["FRR", "BIRD", "GoBGP", "OpenBGPD", "ExaBGP"]  # columns, in this order; others behind
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


class Matrix:
    """{make: {scenario: (result, reason)}}; scenarios in the order in which they came."""

    def __init__(self):
        self.cells = {}

    def put(self, make, scenario, result, reason=""):
        self.cells.setdefault(make, {})[scenario] = (result, reason)

    @property
    def makes(self):
        return sorted(self.cells, key=lambda make: (MAKES.index(make) if make in MAKES else len(MAKES), make))

    def save(self, folder, name):
        """Writes one make's cells as `name`.json. Only for a matrix of one make."""
        (make, cells), = self.cells.items()
        folder.mkdir(parents=True, exist_ok=True)
        text = {"make": make, "cells": {title: {"result": result, "reason": reason}
                                        for title, (result, reason) in cells.items()}}
        (folder / f"{name}.json").write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder):
        found = cls()
        contents = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
        for content in sorted(contents, key=lambda one: -len(one["cells"])):  # the long ones say the order of rows
            for title, cell in content["cells"].items():
                found.put(content["make"], title, cell["result"], cell["reason"])
        return found

    def add(self, other):
        for make, cells in other.cells.items():
            self.cells.setdefault(make, {}).update(cells)

    @property
    def scenarios(self):
        return list(dict.fromkeys(title for cells in self.cells.values() for title in cells))

    def text(self):
        """For a terminal."""
        width = max((len(title) for title in self.scenarios), default=0) + 2
        lines = [" " * width + "".join(f"{make:>10}" for make in self.makes)]
        for title in self.scenarios:
            lines.append(f"{title:{width}}" + "".join(
                f"{self.cell(make, title)[0]:>10}" for make in self.makes))
        return "\n".join(lines)

    def page(self):
        """For a page, with the reasons below."""
        reasons = {}
        lines = ["| | " + " | ".join(self.makes) + " |", "|---" * (len(self.cells) + 1) + "|"]
        for title in self.scenarios:
            words = []
            for make in self.makes:
                result, reason = self.cell(make, title)
                number = f" ({reasons.setdefault(reason, len(reasons) + 1)})" if reason else ""
                words.append(result + number)
            lines.append(f"| {title} | " + " | ".join(words) + " |")
        lines += ["", *(f"{number}. {reason}" for reason, number in reasons.items())]
        return "\n".join(lines)

    def cell(self, make, title):
        """(result, reason)"""
        return self.cells[make].get(title, (NOT_PLAYED, ""))


def write_table(matrix, page):
    """Replaces what stands between the two marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{matrix.page()}\n{END}{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path, metavar="PAGE", help="write the table into this page")
    arguments = parser.parse_args()
    matrix = Matrix.load(arguments.folder)
    if arguments.table:
        write_table(matrix, arguments.table)
    else:
        print(matrix.text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
