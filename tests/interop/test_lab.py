#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The laboratory's own tests: it waits within bounds, speaks BGP correctly, and leaves nothing behind."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import Timeout, main, never, sandbox, until  # noqa: E402
from lab.process import Gone, Process  # noqa: E402
from matrix import cell  # noqa: E402
from matrix_table import BEGIN, END, Matrix, write_table  # noqa: E402


class Table(unittest.TestCase):
    """The matrix of makes against scenarios, from files to a page."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def save(self, name, make, **cells):
        matrix = Matrix()
        for title, result in cells.items():
            matrix.put(make, title, *result)
        matrix.save(self.folder / "results", name)

    def page(self):
        return Matrix.load(self.folder / "results").page()

    def test_makes_and_rows_keep_their_order_and_files_add_up(self):
        self.save("a-later-lab", "BIRD", third=("ok", ""))
        self.save("bird", "BIRD", first=("ok", ""), second=("FAIL", "it rains"))
        self.save("frr", "FRR", first=("n/a", "it cannot"), second=("n/a", "it cannot"))
        self.assertEqual(self.page(), """\
| | FRR | BIRD |
|---|---|---|
| first | n/a (1) | ok |
| second | n/a (1) | FAIL (2) |
| third | - | ok |

1. it cannot
2. it rains""")
        self.assertEqual(Matrix.load(self.folder / "results").text(), """\
               FRR      BIRD
first          n/a        ok
second         n/a      FAIL
third            -        ok""")

    def test_a_page_keeps_what_is_around_its_table(self):
        self.save("bird", "BIRD", first=("ok", ""))
        page = self.folder / "page.md"
        page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
        write_table(Matrix.load(self.folder / "results"), page)
        self.assertEqual(page.read_text(encoding="utf-8"), f"before\n{BEGIN}\n{self.page()}\n{END}\nafter\n")

    def test_no_results_are_an_empty_table(self):
        self.assertEqual(Matrix.load(self.folder).cells, {})


class Refusals(unittest.TestCase):
    """What a cell makes of lbgpd's word on its configuration."""

    def test_a_line_known_by_name_is_a_reason_to_skip(self):
        reason = cell.refused('x:3:2: error: "bgp as-path" is not supported\n    3 | bgp as-path\n')
        self.assertEqual(reason, 'lbgpd: "bgp as-path" is not supported')

    def test_any_other_refusal_is_a_mistake(self):
        with self.assertRaises(AssertionError):
            cell.refused("x:3:2: error: there is no such command here\n")
        with self.assertRaises(AssertionError):
            cell.refused("Segmentation fault\n")

    def test_nothing_is_said_of_a_good_file(self):
        self.assertEqual(cell.refused(""), "")


class Waiting(unittest.TestCase):
    def test_until_returns_what_the_probe_returns(self):
        answers = iter((None, [], "there"))
        self.assertEqual(until("it is there", lambda: next(answers), interval=0), "there")

    def test_until_says_what_it_waited_for_and_what_it_saw(self):
        with self.assertRaisesRegex(Timeout, r"(?s)the moon rises.*last seen: ValueError: 'clouds'"):
            until("the moon rises", lambda: _raise(ValueError("'clouds'")), timeout=0)

    def test_until_does_not_wait_for_the_dead(self):
        def dead():
            raise Gone("it is gone")
        with self.assertRaises(Gone):
            until("it answers", dead)

    def test_never(self):
        with self.assertRaisesRegex(AssertionError, "the sky falls"):
            never("the sky falls", lambda: True, during=1)
        never("the sky falls", lambda: False, during=0.01)


def _raise(error):
    raise error


class RawPeer(unittest.TestCase):
    def test_messages_against_octets_of_the_rfc(self):
        self.assertEqual(bgp.message(bgp.KEEPALIVE).hex(), "ff" * 16 + "0013" + "04")
        self.assertEqual(bgp.open_message(65010, "10.0.0.1", capabilities=b"").hex(),
                         "ff" * 16 + "001d" + "01" + "04" + "fdf2" + "0009" + "0a000001" + "00")
        self.assertEqual(bgp.open_message(4200000001, "10.0.0.1", capabilities=b"")[20:22].hex(), "5ba0")
        self.assertEqual(bgp.nlri("10.99.8.0/23").hex(), "170a6308")
        self.assertEqual(bgp.nlri("0.0.0.0/0").hex(), "00")

    def test_updates_come_back(self):
        data = bgp.update(["10.99.8.201/32", "10.0.0.0/8"], bgp.attributes(65010, "10.0.0.1", communities=["1:2"]),
                          withdrawn=["10.99.9.0/24"])
        gone, attributes, there = bgp.decode_update(data[bgp.HEADER:])
        self.assertEqual((gone, there), (["10.99.9.0/24"], ["10.99.8.201/32", "10.0.0.0/8"]))
        self.assertEqual(sorted(attributes), [1, 2, 3, 8])
        self.assertEqual(attributes[8].hex(), "00010002")

    def test_long_attributes_have_long_lengths(self):
        self.assertEqual(bgp.attribute(0xC0, 8, bytes(256))[:4].hex(), "d0080100")


class Sandbox(unittest.TestCase):
    """Runs this very file in a role: a sandbox with a daemon in it, that tells its process id and waits."""

    def start(self):
        child = subprocess.Popen([sys.executable, "-B", __file__, "--role"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        word = child.stdout.readline().strip()
        if word.startswith("unavailable"):
            self.skipTest(f"this machine does not give us namespaces: {word}")
        return child

    def daemons_of(self, child):
        """Processes whose command line carries the mark of this sandbox."""
        mark = f"sleeper-{child.pid}".encode()
        found = []
        for place in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if mark in place.read_bytes():
                    found.append(place.parent.name)
            except OSError:
                pass  # ended while we looked
        return found

    def test_nothing_outlives_any_way_to_end(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(signal=number.name):
                child = self.start()
                until("its daemon runs", lambda: self.daemons_of(child))
                self.assertNotIn("lab-self-check", os.listdir("/run/netns") if os.path.isdir("/run/netns") else [])
                child.send_signal(number)
                child.wait(10)
                until("its daemon is gone", lambda: not self.daemons_of(child))


def play_role():
    """What the child of `Sandbox` does."""
    def inside():
        from lab import Namespace
        Namespace("lab-self-check")
        Process("sleeper", ["sh", "-c", "while :; do sleep 1; done", f"sleeper-{parent}"], "/run/lab/log").start()
        print("ready", flush=True)
        while True:
            time.sleep(1)
    parent = os.getpid()
    try:
        sys.exit(sandbox.call(inside))
    except sandbox.Unavailable as reason:
        print("unavailable:", reason, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--role"]:
        play_role()
    else:
        main(sandboxed=False)
