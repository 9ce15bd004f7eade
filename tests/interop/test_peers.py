#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The other makes as the router: one class per make, one test per scenario that it can play. Ends with a table.

    test_peers.py Bird                        one make
    test_peers.py Bird.test_hold_time_3       one cell
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Options, main  # noqa: E402
from lab import bird, exabgp, frr, gobgp, openbgpd  # noqa: E402
from matrix.cell import Cell, unable  # noqa: E402
from matrix.scenarios import SCENARIOS  # noqa: E402
from matrix_table import FAIL, NOT_PLAYED, OK, SKIP, UNABLE, Matrix  # noqa: E402

MAKES = {
    "FRR": (frr, frr.FrrRouter),
    "BIRD": (bird, bird.BirdRouter),
    "GoBGP": (gobgp, gobgp.GobgpRouter),
    "OpenBGPD": (openbgpd, openbgpd.OpenbgpdRouter),
    "ExaBGP": (exabgp, exabgp.ExabgpRouter),
}

# Rows that another lab fills, for the makes that can: {title: what they need}.
ELSEWHERE = {"BFD": "BFD"}


def test_of(scenario):
    def test(self):
        self.play(scenario)
    test.__name__ = "test_" + re.sub(r"\W+", "_", scenario.title.lower()).strip("_")
    return test


def class_of(make):
    """The tests of one make. What it cannot play is no test, only an entry of the table."""
    module, router_class = MAKES[make]
    matrix = Matrix()
    members = {"make": make, "missing": staticmethod(module.missing), "router_class": router_class, "matrix": matrix}
    for scenario in SCENARIOS:
        reason = unable(router_class, scenario)
        matrix.put(make, scenario.title, *((UNABLE, reason) if reason else (NOT_PLAYED, "")))
        if not reason:
            test = test_of(scenario)
            members[test.__name__] = test
    for title, need in ELSEWHERE.items():
        if need in router_class.UNABLE:
            matrix.put(make, title, UNABLE, router_class.UNABLE[need])
    return type(make.capitalize(), (Cell,), members)


def closing_words():
    """What was played, as a table. A make that was played from end to end leaves its results for the table of all."""
    shown = Matrix()
    for cell_class in classes:
        results = {result for result, _ in cell_class.matrix.cells[cell_class.make].values()}
        if results & {OK, FAIL, SKIP}:
            shown.add(cell_class.matrix)
            if NOT_PLAYED not in results:
                cell_class.matrix.save(Options.build / "interop", cell_class.__name__.lower())
    return shown.text()


classes = [class_of(make) for make in MAKES]
globals().update({cell_class.__name__: cell_class for cell_class in classes})
del Cell  # the loader would run it without a make

if __name__ == "__main__":
    main()
