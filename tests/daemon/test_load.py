#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Much work for one silences nobody else: answers of any length, and policies of any cost."""

import ipaddress
import json
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, until  # noqa: E402
from lab.loopback import ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402

PEER, OTHER, PEER_AS = "127.90.40.1", "127.90.40.2", 65010
HOLD_TIME = 3  # a KEEPALIVE a second
MANY = 20_000


def numbered(count, first="10.128.0.0"):
    start = int(ipaddress.ip_address(first))
    return [f"{ipaddress.ip_address(start + number)}/32" for number in range(count)]


def speaker_file(policy):
    lines = [f"router bgp {ROUTER_AS}", " bgp router-id 127.90.254.1"]
    for address in (PEER, OTHER):
        lines += [f" neighbor {address} remote-as {PEER_AS}", f" neighbor {address} passive"]
    lines.append(" address-family ipv4 unicast")
    for address in (PEER, OTHER):
        lines += [f"  neighbor {address} route-map in in", f"  neighbor {address} soft-reconfiguration inbound"]
    return "\n".join([*lines, " exit-address-family", "!", *policy]) + "\n"


class Load(LoopbackCase):
    def start(self, policy):
        self.port = free_port()
        self.speaker = self.lbgpd(speaker_file(policy), "-p", str(self.port), "-l", ROUTER, name="speaker").start()

    def session(self, address):
        peer = bgp.Peer.connect(ROUTER, self.port, source=address)
        self.addCleanup(peer.close)
        peer.send(bgp.open_message(PEER_AS, address, hold_time=HOLD_TIME), bgp.message(bgp.KEEPALIVE))
        peer.receive_until(bgp.KEEPALIVE)
        return peer

    def hear(self, peer, keepalives):
        """So many KEEPALIVEs come, each in its time (of the socket), to a peer that keeps the session, too."""
        for _ in range(keepalives):
            peer.send(bgp.message(bgp.KEEPALIVE))
            peer.receive_until(bgp.KEEPALIVE)

    def accepted(self, address):
        families = self.speaker.neighbor(address)["addressFamilyInfo"]
        return families["ipv4Unicast"]["acceptedPrefixCounter"]


class LongAnswers(Load):
    def setUp(self):
        super().setUp()
        self.start(["route-map in permit 10"])
        routes = numbered(MANY)
        for at in range(0, MANY, 1000):
            self.speaker.announce(*routes[at:at + 1000])
        self.reader = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(self.reader.close)
        self.reader.settimeout(20)
        self.reader.connect(str(self.speaker.vty_socket))

    def ask(self, line):
        self.reader.sendall(line.encode() + b"\0")

    def answer(self):
        octets = b""
        while octets[-4:-1] != b"\0\0\0":
            part = self.reader.recv(1 << 20)
            self.assertTrue(part, "the daemon closed the connection")
            octets += part
        self.assertEqual(octets[-1], 0)
        return octets[:-4].decode()

    def test_one_that_nobody_reads(self):
        peer = self.session(PEER)
        before = self.speaker.process.resident_bytes()
        self.ask("show bgp ipv4 unicast detail json")
        self.hear(peer, 3)
        with self.speaker.api() as api:
            api.announce("10.99.0.1/32")
        if self.is_release():
            self.assertLess(self.speaker.process.resident_bytes(), before + (16 << 20))
        table = json.loads(self.answer())
        self.assertEqual(table["numRoutes"], len(table["routes"]))
        self.assertGreaterEqual(table["numRoutes"], MANY)
        self.hear(peer, 1)
        self.assertEqual(self.speaker.show("show bgp ipv4 unicast | count /32"), f"Count: {MANY + 1} lines\n")

    def test_a_table_that_goes_away_under_it(self):
        self.ask("show bgp ipv4 unicast detail json")
        self.reader.recv(1000, socket.MSG_PEEK)
        routes = numbered(MANY)
        for at in range(MANY // 2, MANY, 1000):
            self.speaker.withdraw(*routes[at:at + 1000])
        table = json.loads(self.answer())
        self.assertEqual(table["numRoutes"], len(table["routes"]))
        self.assertLessEqual(set(routes[:MANY // 2]), set(table["routes"]))
        self.assertLess(table["numRoutes"], MANY)
        # The connection goes on with the next question.
        self.ask("show bgp ipv4 unicast 10.128.0.0/32 json")
        self.assertEqual(json.loads(self.answer())["prefix"], "10.128.0.0/32")

    def test_a_reader_that_leaves(self):
        self.ask("show bgp ipv4 unicast json")
        self.reader.recv(1000)
        self.reader.close()
        self.assertEqual(len(self.speaker.routes("ipv4")), MANY)


class CostlyPolicies(Load):
    ENTRIES = 1500

    def setUp(self):
        super().setUp()
        policy = [f"ip prefix-list LONG seq {5 * number} permit {prefix}"
                  for number, prefix in enumerate(numbered(20_000, "10.160.0.0"), 1)]
        for number in range(1, self.ENTRIES + 1):
            policy += [f"ip prefix-list P{number} seq 5 permit 10.200.{number // 250}.{number % 250}/32",
                       f"route-map in permit {number}", f" match ip address prefix-list P{number}", "!"]
        self.start([*policy, f"route-map in permit {self.ENTRIES + 1}", " match ip address prefix-list LONG"])

    def test_they_take_time_from_nobody(self):
        busy, other = self.session(PEER), self.session(OTHER)
        routes = numbered(4000, "10.160.0.0")
        block = bgp.attributes(PEER_AS, PEER)
        for at in range(0, len(routes), 500):
            busy.send(bgp.update(routes[at:at + 500], block))

        def is_done():
            self.hear(busy, 1)
            self.hear(other, 1)
            return self.accepted(PEER) == len(routes)
        until("all routes have passed the policy", is_done, timeout=120, interval=0)
        # The same again from what is stored.
        self.speaker.show("clear bgp ipv4 unicast 127.90.40.1 soft in")
        self.hear(other, 1)
        self.assertEqual(self.accepted(PEER), len(routes))


if __name__ == "__main__":
    main()
