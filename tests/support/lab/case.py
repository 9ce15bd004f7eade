# SPDX-License-Identifier: Apache-2.0
"""The frame of a lab: command line, sandbox, failure report with every daemon's log, closing summary."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import matrix_table

from . import process, sandbox

# CTest's SKIP_RETURN_CODE.
SKIPPED = 77

SOURCE = pathlib.Path(__file__).resolve().parents[3]


class Options:
    """What the command line said. One per process."""

    build = SOURCE / "build" / "release"
    node = "lbgpd"
    keep = False
    size = None
    directory = None


class Case(unittest.TestCase):
    """One lab per class: made in setUpClass, gone after tearDownClass.

    `matrix_cell`: (make, scenario) that all tests of the class are the evidence for, in the table of makes; none: none.
    """

    maxDiff = None
    matrix_cell = None

    @classmethod
    def tearDownClass(cls):
        if Options.keep:
            _open_shell(cls)
        process.stop_all()

    @classmethod
    def require(cls, reason):
        """Skips the lab when `reason` is not empty."""
        if reason:
            raise unittest.SkipTest(reason)


def _open_shell(cls):
    print(f"\n{cls.__name__} stays open until this shell ends. Files: {Options.directory}", file=sys.stderr)
    for name in sorted(os.listdir("/run/netns")):
        print(f"  ip netns exec {name} COMMAND", file=sys.stderr)
    for one in process.started:
        if one.alive():
            print(f"  {one.name} (pid {one.pid}): {' '.join(one.argv)}", file=sys.stderr)
    subprocess.run(["bash", "--norc"], check=False, env=os.environ | {"PS1": "lab# "})


class Result(unittest.TextTestResult):
    """One line per test with its time; a failure shows every daemon's log at once."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.cells = {}  # {(make, scenario): (result, reason)}

    def startTest(self, test):
        super(unittest.TextTestResult, self).startTest(test)
        self.began = time.monotonic()

    def _line(self, word, test, reason=""):
        self._note(word, getattr(test, "matrix_cell", None), reason)
        took = time.monotonic() - getattr(self, "began", time.monotonic())
        name = test.id().removeprefix("__main__.") if hasattr(test, "id") else str(test)
        self.stream.writeln(f"{word:4}  {name}  {took:.1f} s{'  ' + reason if reason else ''}")
        self.stream.flush()

    def _note(self, word, cell, reason):
        """The worst that was said of a cell stays; a skip is the least that can be said."""
        if cell is None:
            return
        rank = (matrix_table.SKIP, matrix_table.OK, matrix_table.FAIL)
        word = {"SKIP": matrix_table.SKIP, "FAIL": matrix_table.FAIL}.get(word, matrix_table.OK)
        before = self.cells.get(cell, (matrix_table.SKIP, ""))
        if rank.index(word) >= rank.index(before[0]):
            self.cells[cell] = (word, reason if word == matrix_table.SKIP else "")

    def save_cells(self, folder, name):
        """One file per make for the table of all."""
        for make in {make for make, _ in self.cells}:
            matrix = matrix_table.Matrix()
            for (of, scenario), cell in self.cells.items():
                if of == make:
                    matrix.put(make, scenario, *cell)
            matrix.save(folder, f"{name}-{make.lower()}")

    def addSuccess(self, test):
        super(unittest.TextTestResult, self).addSuccess(test)
        self._line("ok", test)

    def addSkip(self, test, reason):
        super(unittest.TextTestResult, self).addSkip(test, reason)
        self._line("SKIP", test, reason)

    def _bad(self, word, test, error):
        self._line(word, test)
        self.stream.writeln(self._exc_info_to_string(error, test))
        process.report(self.stream)

    def addFailure(self, test, err):
        super(unittest.TextTestResult, self).addFailure(test, err)
        self._bad("FAIL", test, err)

    def addError(self, test, err):
        super(unittest.TextTestResult, self).addError(test, err)
        self._bad("FAIL", test, err)

    def addSubTest(self, test, subtest, err):
        super(unittest.TextTestResult, self).addSubTest(test, subtest, err)
        if err is not None:
            self._bad("FAIL", subtest, err)

    def printErrors(self):
        """Shown already, when they happened."""


def _arguments():
    parser = argparse.ArgumentParser(description="Runs a lab. Tests are named as unittest names them: Class.test_name")
    parser.add_argument("--build", type=pathlib.Path, default=Options.build, help="the build folder with lbgpd in it")
    parser.add_argument("--node", choices=("lbgpd", "bird"), default="lbgpd",
                        help="what announces: bird stands in for lbgpd and proves the lab itself")
    parser.add_argument("--keep", action="store_true", help="open a shell in each lab before it is taken down")
    parser.add_argument("--size", type=int, help="how much a test does that has no natural end")
    parser.add_argument("tests", nargs="*")
    return parser.parse_args()


def _run(tests):
    module = sys.modules["__main__"]
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(tests, module) if tests else loader.loadTestsFromModule(module)
    try:
        result = unittest.TextTestRunner(stream=sys.stderr, resultclass=Result, verbosity=0).run(suite)
    finally:
        process.stop_all()
    if not tests:  # else only a part of the evidence
        result.save_cells(Options.build / "interop", pathlib.Path(sys.argv[0]).stem)
    if hasattr(module, "closing_words"):
        print(module.closing_words())
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    print(f"{pathlib.Path(sys.argv[0]).name}: {passed} passed, {failed} failed, {skipped} skipped")
    if failed:
        return 1
    return SKIPPED if passed == 0 else 0


def main(*, sandboxed=True):
    """Runs the tests of the calling file and exits. `sandboxed`: in namespaces of their own."""
    arguments = _arguments()
    Options.build, Options.node, Options.keep = arguments.build.resolve(), arguments.node, arguments.keep
    Options.size = arguments.size
    sys.exit(_in_sandbox(arguments.tests) if sandboxed else _in_the_open(arguments.tests))


def _in_sandbox(tests):
    def inside():
        Options.directory = pathlib.Path("/run/lab")
        return _run(tests)
    try:
        return sandbox.call(inside)
    except sandbox.Unavailable as reason:
        print(f"SKIP  {pathlib.Path(sys.argv[0]).name}: this machine does not give us namespaces: {reason}")
        return SKIPPED


def _in_the_open(tests):
    # Socket paths are limited to 107 bytes: the folder's own path must be short.
    Options.directory = pathlib.Path(tempfile.mkdtemp(prefix="lbgp."))
    try:
        return _run(tests)
    finally:
        shutil.rmtree(Options.directory, ignore_errors=True)
