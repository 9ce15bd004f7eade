#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The laboratory's own tests: it waits within bounds, speaks BGP correctly, and leaves nothing behind."""

import io
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import Timeout, main, never, sandbox, until  # noqa: E402
from lab import Case, Namespace, cable  # noqa: E402
from lab.case import Result  # noqa: E402
from lab.capture import Capture, Stream  # noqa: E402
from lab.process import Gone, Process  # noqa: E402
from matrix_table import BEGIN, END, Matrix, write_table  # noqa: E402

UNAVAILABLE = 77  # exit status of a child that got no sandbox


class Captured(unittest.TestCase):
    """From packets to messages."""

    def test_segments_that_overlap_or_come_twice_are_one_stream(self):
        sent = bgp.message(bgp.KEEPALIVE) + bgp.update(["10.0.0.0/8"])
        stream = Stream(0xFFFFFFF0)  # wraps around soon
        for start, end in ((0, 10), (0, 10), (5, 30), (30, len(sent))):
            stream.add((0xFFFFFFF0 + start) & 0xFFFFFFFF, sent[start:end])
        self.assertEqual([message.type for message in stream.messages()], [bgp.KEEPALIVE, bgp.UPDATE])

    def test_half_a_message_is_none(self):
        stream = Stream(1)
        stream.add(1, bgp.message(bgp.KEEPALIVE)[:-1])
        self.assertEqual(stream.messages(), [])

    def test_a_cable_is_heard_in_both_directions(self):
        child = os.fork()
        if child == 0:  # moving into a sandbox is for good
            os._exit(_in_a_sandbox(_hear_a_cable))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == UNAVAILABLE:
            self.skipTest("this machine does not give us namespaces")
        self.assertEqual(status, 0)


def _in_a_sandbox(function):
    try:
        return sandbox.call(function)
    except sandbox.Unavailable:
        return UNAVAILABLE


def _hear_a_cable():
    one, other = Namespace("one"), Namespace("other")
    cable(one, "eth0", other, "eth0")
    one.add_address("eth0", "10.0.0.1/24", "fd00::1/64")
    other.add_address("eth0", "10.0.0.2/24", "fd00::2/64")
    capture = Capture(one)
    for family, server, client in ((socket.AF_INET, "10.0.0.1", "10.0.0.2"), (socket.AF_INET6, "fd00::1", "fd00::2")):
        with one.entered():
            listener = socket.create_server((server, 179), family=family)
        with other.entered():
            peer = bgp.Peer.connect(server, 179)
        answering = bgp.Peer(listener.accept()[0])
        peer.send(bgp.open_message(64512, "10.0.0.2"))
        answering.send(bgp.message(bgp.KEEPALIVE))
        until("both are heard", lambda: [one.type for one in capture.sent_by(client)] == [bgp.OPEN]
              and [one.type for one in capture.sent_by(server)] == [bgp.KEEPALIVE])
    return 0


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


class CellsOfALab(unittest.TestCase):
    """A lab whose classes are cells of the matrix."""

    class Good(Case):
        matrix_cell = ("BIRD", "weather")

        def test_sun(self):
            pass

        def test_snow(self):
            self.skipTest("it is summer")

    class Bad(Good):
        matrix_cell = ("FRR", "weather")

        def test_rain(self):
            self.fail("it rains")

    def test_a_failure_outweighs_a_success_and_that_a_skip(self):
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        loader = unittest.TestLoader()
        suite = unittest.TestSuite(loader.loadTestsFromTestCase(one) for one in (self.Good, self.Bad))
        result = unittest.TextTestRunner(stream=io.StringIO(), resultclass=Result).run(suite)
        result.save_cells(folder, "test_weather")
        self.assertEqual(Matrix.load(folder).cells, {"BIRD": {"weather": ("ok", "")}, "FRR": {"weather": ("FAIL", "")}})


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

    def test_capabilities_of_an_open(self):
        body = bgp.open_message(64512, "10.0.0.1", capabilities=bgp.multiprotocol(1) + bgp.capability(64, b"\x80\x14"))
        self.assertEqual(bgp.capabilities(body[bgp.HEADER:]), {1: bytes((0, 1, 0, 1)), 64: b"\x80\x14"})
        self.assertEqual(bgp.capabilities(bgp.open_message(64512, "10.0.0.1", parameters=b"")[bgp.HEADER:]), {})

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
