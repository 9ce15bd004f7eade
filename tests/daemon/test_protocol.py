#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The protocol as the RFCs have it, one row per case, against the real daemon and with an encoder of its own.

Routes are seen with `show bgp … json` behind an inbound policy; resets by the octets of their NOTIFICATION.
"""

import contextlib
import ipaddress
import pathlib
import signal
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, never, until  # noqa: E402
from lab.loopback import ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402

PEER_AS = 65010
HOST_ROUTE = "10.99.200.1/32"
NEXT_HOP6 = ipaddress.ip_address("2001:db8::1").packed
OPTIONAL, TRANSITIVE = 0x80, 0x40

# Addresses of peers, each used once: a session that was reset has to wait before it comes again.
EXTERNAL = [f"127.90.20.{last}" for last in range(1, 200)]
INTERNAL = [f"127.90.21.{last}" for last in range(1, 100)]
# Where routes of the others go on to.
FAR, FAR_AS = "127.90.23.1", 65020


def speaker_file(neighbors):
    """A speaker that listens, with a policy for what comes in."""
    lines = [f"router bgp {ROUTER_AS}", " bgp router-id 127.90.254.1"]
    lines += [" neighbor ext peer-group", f" neighbor ext remote-as {PEER_AS}", " neighbor ext passive",
              " neighbor int peer-group", f" neighbor int remote-as {ROUTER_AS}", " neighbor int passive"]
    lines += [" neighbor far peer-group", f" neighbor far remote-as {FAR_AS}", " neighbor far passive",
              f" neighbor {FAR} peer-group far"]
    lines += neighbors
    for family in ("ipv4", "ipv6"):
        lines.append(f" address-family {family} unicast")
        for group in ("ext", "int", "far"):
            lines += [f"  neighbor {group} activate", f"  neighbor {group} route-map all in",
                      f"  neighbor {group} route-map all out"]
        lines.append(" exit-address-family")
    return "\n".join(lines) + "\n!\nroute-map all permit 10\n!\n"


class Speaker(LoopbackCase):
    """One daemon for all cases of a class, and an unused peer address for each."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        neighbors = [f" neighbor {address} peer-group ext" for address in EXTERNAL]
        neighbors += [f" neighbor {address} peer-group int" for address in INTERNAL]
        self.speaker = self.lbgpd(speaker_file(neighbors), "-p", str(self.port), "-l", ROUTER, name="speaker").start()
        self.speaker.announce(HOST_ROUTE)
        self.unused = {False: iter(EXTERNAL), True: iter(INTERNAL)}

    def connect(self, ibgp=False):
        """A connection of a peer that was never here before; the speaker's OPEN has been read."""
        address = next(self.unused[ibgp])
        peer = bgp.Peer.connect(ROUTER, self.port, source=address)
        self.addCleanup(peer.close)
        peer.address, peer.as_number = address, ROUTER_AS if ibgp else PEER_AS
        self.assertEqual(peer.receive().type, bgp.OPEN)
        return peer

    def session(self, ibgp=False, **options):
        peer = self.connect(ibgp)
        peer.send(bgp.open_message(peer.as_number, peer.address, **{"hold_time": 90} | options),
                  bgp.message(bgp.KEEPALIVE))
        peer.receive_until(bgp.KEEPALIVE)
        return peer

    def far(self, **options):
        """An external peer of another AS, to which routes are passed on."""
        peer = bgp.Peer.connect(ROUTER, self.port, source=FAR)
        self.addCleanup(peer.close)
        peer.connection.settimeout(10)
        peer.establish(FAR_AS, FAR, **{"hold_time": 90} | options)
        return peer

    def assert_answer(self, peer, expected):
        """`expected`: (code, subcode) or (code, subcode, data)."""
        self.assertEqual(peer.notification()[:len(expected)], expected)

    def assert_lives(self, peer):
        """What was sent so far has been digested, and the session is still there."""
        peer.send(bgp.message(bgp.ROUTE_REFRESH, struct.pack("!HBB", 1, 0, 1)))
        while True:
            got = peer.receive()
            self.assertIsNotNone(got, "the connection was closed")
            self.assertNotEqual(got.type, bgp.NOTIFICATION, f"unexpected NOTIFICATION {got.body!r}")
            if got.type == bgp.UPDATE and HOST_ROUTE in bgp.decode_update(got.body)[2]:
                return


ACCEPT = ()
MP4 = bgp.multiprotocol(1)
AS4 = bgp.four_octet_as(PEER_AS)


def raw_open(*, version=4, as_number=PEER_AS, hold_time=90, router_id="127.90.20.1", parameters=b"", length=None):
    """The body of an OPEN; `length` overrides the one octet in front of the parameters."""
    return struct.pack("!BHH4sB", version, as_number, hold_time, socket.inet_aton(router_id),
                       min(255, len(parameters)) if length is None else length) + parameters


def parameter(value, kind=2):
    return bytes((kind, len(value))) + value


def extended(*parameters, octets=None):
    """RFC 9072 §2: 255, 255, two octets of length, and two in each parameter."""
    block = b"".join(bytes((2,)) + struct.pack("!H", len(value)) + value for value in parameters)
    return b"\xff" + struct.pack("!H", len(block) if octets is None else octets) + block


class Opens(Speaker):
    CASES = [
        # rfc4271-6.2 rfc6793-4.1 rfc7607-2
        ("another AS", raw_open(as_number=65002, parameters=parameter(MP4)), (2, 2)),
        ("AS 0", raw_open(as_number=0, parameters=parameter(MP4)), (2, 2)),
        ("AS 0 in the capability", raw_open(parameters=parameter(MP4 + bgp.four_octet_as(0))), (2, 2)),
        ("another AS in the capability", raw_open(parameters=parameter(MP4 + bgp.four_octet_as(65002))), (2, 2)),
        ("AS_TRANS in front of the right AS", raw_open(as_number=23456, parameters=parameter(MP4 + AS4)), ACCEPT),
        ("two octets only", raw_open(parameters=parameter(MP4)), ACCEPT),
        ("nothing but the fixed fields", raw_open(), ACCEPT),
        # rfc6286-2.1
        ("identifier 0", raw_open(router_id="0.0.0.0", parameters=parameter(MP4 + AS4)), (2, 3)),
        ("a multicast identifier", raw_open(router_id="224.0.0.5", parameters=parameter(MP4 + AS4)), ACCEPT),
        # rfc4271-4.2 rfc4271-6.2
        ("hold time 1", raw_open(hold_time=1, parameters=parameter(MP4 + AS4)), (2, 6)),
        ("hold time 2", raw_open(hold_time=2, parameters=parameter(MP4 + AS4)), (2, 6)),
        ("hold time 3", raw_open(hold_time=3, parameters=parameter(MP4 + AS4)), ACCEPT),
        ("hold time 0", raw_open(hold_time=0, parameters=parameter(MP4 + AS4)), ACCEPT),
        ("hold time 65535", raw_open(hold_time=65535, parameters=parameter(MP4 + AS4)), ACCEPT),
        ("version 3", raw_open(version=3, parameters=parameter(MP4 + AS4)), (2, 1, b"\0\4")),
        ("version 5", raw_open(version=5, parameters=parameter(MP4 + AS4)), (2, 1, b"\0\4")),
        ("version 255", raw_open(version=255, parameters=parameter(MP4 + AS4)), (2, 1, b"\0\4")),
        ("version 0", raw_open(version=0, parameters=parameter(MP4 + AS4)), (2, 1, b"\0\4")),
        # rfc5492-5 rfc4760-8: no family in common, and what we would have had as data
        ("families that we do not have", raw_open(parameters=parameter(bgp.multiprotocol(25, 70) + AS4)),
         (2, 7, bgp.multiprotocol(1) + bgp.multiprotocol(2))),
        ("one family of ours among others",
         raw_open(parameters=parameter(bgp.multiprotocol(25, 70) + bgp.multiprotocol(2) + AS4)), ACCEPT),
        # rfc5492-4
        ("an unknown capability", raw_open(parameters=parameter(MP4 + AS4 + bgp.capability(200, b"x" * 90))), ACCEPT),
        ("an unknown capability of 250 octets",
         raw_open(parameters=extended(MP4 + AS4 + bgp.capability(201, bytes(250)))), ACCEPT),
        ("every capability twice", raw_open(parameters=parameter(2 * (MP4 + AS4 + bgp.capability(2)))), ACCEPT),
        ("each in a parameter of its own",
         raw_open(parameters=parameter(MP4) + parameter(bgp.capability(2)) + parameter(AS4)), ACCEPT),
        ("an empty capabilities parameter", raw_open(parameters=parameter(b"") + parameter(MP4 + AS4)), ACCEPT),
        ("known capabilities of odd lengths",
         raw_open(parameters=parameter(MP4 + AS4 + bgp.capability(2, b"x") + bgp.capability(6, b"xy")
                                       + bgp.capability(64, b"x") + bgp.capability(69, b"xyz") + bgp.capability(70, b"x")
                                       + bgp.capability(71, b"x") + bgp.capability(5, b"x") + bgp.capability(73, b"\xff")
                                       + bgp.capability(9, b""))), ACCEPT),
        ("a capability longer than its parameter", raw_open(parameters=b"\x02\x06\x01\x05\0\1\0\1"), (2, 0)),
        ("a capability without its length", raw_open(parameters=b"\x02\x01\x01"), (2, 0)),
        ("a parameter longer than the OPEN", raw_open(parameters=b"\x02\xff\x01\x04\0\1\0\1"), (2, 0)),
        ("a parameter without its length", raw_open(parameters=b"\x02"), (2, 0)),
        ("fewer parameters than announced", raw_open(parameters=parameter(MP4), length=30), (2, 0)),
        ("more parameters than announced", raw_open(parameters=parameter(MP4), length=3), (2, 0)),
        ("octets behind no parameters", raw_open(parameters=parameter(MP4), length=0), (2, 0)),
        # rfc9072-2
        ("extended parameters", raw_open(parameters=extended(MP4 + AS4), length=255), ACCEPT),
        ("extended parameters behind another length", raw_open(parameters=extended(MP4, AS4), length=1), ACCEPT),
        ("extended parameters of 600 octets",
         raw_open(parameters=extended(MP4 + AS4 + 5 * bgp.capability(210, bytes(118))), length=255), ACCEPT),
        ("extended parameters cut short", raw_open(parameters=extended(MP4 + AS4, octets=200), length=255), (2, 0)),
        ("extended length cut short", raw_open(parameters=b"\xff\x00", length=255), (2, 0)),
        ("an extended parameter cut short", raw_open(parameters=b"\xff\x00\x02\x02\x00", length=255), (2, 0)),
        # rfc4271-6.2
        ("an unknown parameter", raw_open(parameters=parameter(b"x", kind=9)), (2, 4)),
        ("the parameter of 1995 for authentication", raw_open(parameters=parameter(b"x", kind=1)), (2, 4)),
        ("an unknown parameter behind good ones", raw_open(parameters=parameter(MP4 + AS4) + parameter(b"", 77)), (2, 4)),
    ]

    def test_opens(self):
        for name, body, expected in self.CASES:
            with self.subTest(name):
                peer = self.connect()
                peer.send(bgp.message(bgp.OPEN, body))
                if expected:
                    self.assert_answer(peer, expected)
                else:
                    self.assertEqual(peer.receive().type, bgp.KEEPALIVE)
                peer.close()

    def test_identifiers_of_internal_peers(self):  # rfc6286-2.2
        for name, router_id, expected in [("our own", ROUTER, (2, 3)), ("another", "127.90.21.77", ACCEPT)]:
            with self.subTest(name):
                peer = self.connect(ibgp=True)
                peer.send(bgp.open_message(ROUTER_AS, router_id))
                if expected:
                    self.assert_answer(peer, expected)
                else:
                    self.assertEqual(peer.receive().type, bgp.KEEPALIVE)

    def test_an_external_peer_may_have_our_identifier(self):  # rfc6286-2.2
        peer = self.connect()
        peer.send(bgp.open_message(PEER_AS, ROUTER))
        self.assertEqual(peer.receive().type, bgp.KEEPALIVE)


def length_of(number):
    return struct.pack("!H", number)


class Headers(Speaker):
    KEEPALIVE = bgp.message(bgp.KEEPALIVE)
    LONG = bgp.message(bgp.UPDATE, bgp.update_body(bgp.attribute(0xC0, 99, bytes(4100))))
    # In the order of RFC 4271 6.1: marker, length, type. The header alone has to do: what it announces never comes.
    CASES = [
        # rfc4271-6.1
        ("no marker", bytes(19), (1, 1)),
        ("a bit missing in the marker", bgp.message(bgp.KEEPALIVE, marker=b"\xff" * 15 + b"\xfe"), (1, 1)),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: router\r\n\r\n", (1, 1)),
        *((f"length {length}", bgp.message(bgp.UPDATE, length=length), (1, 2, length_of(length)))
          for length in (0, 1, 18, 19, 22, 4097, 65535)),
        ("an OPEN of 28", bgp.message(bgp.OPEN, length=28), (1, 2, length_of(28))),
        ("a KEEPALIVE of 20", bgp.message(bgp.KEEPALIVE, length=20), (1, 2, length_of(20))),
        ("a KEEPALIVE of 4096", bgp.message(bgp.KEEPALIVE, length=4096), (1, 2, length_of(4096))),
        ("a ROUTE-REFRESH of 22", bgp.message(bgp.ROUTE_REFRESH, b"\0\1\0"), (1, 2, length_of(22))),
        *((f"type {kind}", bgp.message(kind), (1, 3, bytes((kind,)))) for kind in (0, 6, 128, 255)),
        ("an unknown type of a bad length", bgp.message(77, length=5000), (1, 2, length_of(5000))),
    ]

    def test_headers_in_established(self):
        for name, data, expected in self.CASES:
            with self.subTest(name):
                peer = self.session()
                peer.send(data)
                self.assert_answer(peer, expected)

    def test_headers_instead_of_an_open(self):
        for name, data, expected in self.CASES[:8]:
            with self.subTest(name):
                peer = self.connect()
                peer.send(data)
                self.assert_answer(peer, expected)

    def test_extended_messages_only_where_negotiated(self):  # rfc8654-4 rfc8654-5
        plain = self.session(capabilities=MP4 + AS4)
        plain.send(self.LONG)
        self.assert_answer(plain, (1, 2, length_of(len(self.LONG))))
        willing = self.session(capabilities=MP4 + AS4 + bgp.capability(6))
        willing.send(self.LONG)
        self.assert_lives(willing)
        for kind in (bgp.OPEN, bgp.KEEPALIVE):
            with self.subTest(kind):
                peer = self.session(capabilities=MP4 + AS4 + bgp.capability(6))
                peer.send(bgp.message(kind, length=4097))
                self.assert_answer(peer, (1, 2, length_of(4097)))

    def test_messages_that_the_state_does_not_expect(self):  # rfc6608-3 rfc4271-6.6
        route_refresh = bgp.message(bgp.ROUTE_REFRESH, struct.pack("!HBB", 1, 0, 1))
        opening = bgp.open_message(PEER_AS, "127.90.20.1", hold_time=90)
        for name, before, data, subcode in [
                ("KEEPALIVE in OpenSent", b"", self.KEEPALIVE, 1),
                ("UPDATE in OpenSent", b"", bgp.update(), 1),
                ("ROUTE-REFRESH in OpenSent", b"", route_refresh, 1),
                ("OPEN in OpenConfirm", opening, opening, 2),
                ("UPDATE in OpenConfirm", opening, bgp.update(), 2),
                ("ROUTE-REFRESH in OpenConfirm", opening, route_refresh, 2),
                ("OPEN in Established", opening + self.KEEPALIVE, opening, 3)]:
            with self.subTest(name):
                peer = self.connect()
                peer.send(before + data)
                self.assert_answer(peer, (5, subcode))


# --- UPDATEs ---------------------------------------------------------------------------------------------------------

WITHDRAWN, TAKEN, RESET = "withdrawn", "taken", "reset"
W, T = WITHDRAWN, TAKEN
OLD_MED, NEW_MED = 1, 2


def number(value):
    return struct.pack("!I", value)


# (name, flags, code, value, answer to an external peer, to an internal one). `taken` with a key: that key of the
# route's JSON is not there, because only the attribute was discarded.
ATTRIBUTES = [
    # rfc7606-7.1
    ("ORIGIN of no octet", 0x40, 1, b"", W, W),
    ("ORIGIN of two octets", 0x40, 1, b"\0\0", W, W),
    ("ORIGIN 3", 0x40, 1, b"\3", W, W),
    ("ORIGIN 255", 0x40, 1, b"\xff", W, W),
    ("ORIGIN 2", 0x40, 1, b"\2", T, T),
    # rfc7606-7.2
    ("AS_PATH with segment type 0", 0x40, 2, bgp.as_path(PEER_AS, kind=0), W, W),
    ("AS_PATH with segment type 5", 0x40, 2, bgp.as_path(PEER_AS, kind=5), W, W),
    ("AS_PATH whose segment overruns", 0x40, 2, b"\2\2" + number(PEER_AS), W, W),
    ("AS_PATH with an octet behind", 0x40, 2, bgp.as_path(PEER_AS) + b"\2", W, W),
    ("AS_PATH with a segment of none", 0x40, 2, bgp.as_path(PEER_AS) + b"\2\0", W, W),
    ("AS_PATH of two octets per AS", 0x40, 2, bgp.as_path(PEER_AS, width=2), W, W),
    ("AS_PATH of 255 and 255", 0x40, 2, 2 * bgp.as_path(*[PEER_AS] * 255), T, T),
    # rfc7607-2 rfc9774-3 rfc5065-5.3
    ("AS_PATH with AS 0", 0x40, 2, bgp.as_path(PEER_AS, 0, 7), W, W),
    ("AS_PATH with AS_SET", 0x40, 2, bgp.as_path(PEER_AS) + bgp.as_path(7, 8, kind=1), W, W),
    ("AS_PATH with AS_CONFED_SEQUENCE", 0x40, 2, bgp.as_path(7, kind=3) + bgp.as_path(PEER_AS), W, W),
    ("AS_PATH with AS_CONFED_SET", 0x40, 2, bgp.as_path(PEER_AS) + bgp.as_path(7, kind=4), W, W),
    # rfc4271-9.1.2 rfc4271-6.3
    ("AS_PATH with our AS", 0x40, 2, bgp.as_path(PEER_AS, ROUTER_AS), W, W),
    ("AS_PATH that begins with another AS", 0x40, 2, bgp.as_path(7, PEER_AS), W, T),
    ("AS_PATH without an AS", 0x40, 2, b"", W, T),
    # rfc7606-7.4
    ("MULTI_EXIT_DISC of no octet", 0x80, 4, b"", W, W),
    ("MULTI_EXIT_DISC of three octets", 0x80, 4, bytes(3), W, W),
    ("MULTI_EXIT_DISC of five octets", 0x80, 4, bytes(5), W, W),
    # rfc7606-7.5
    ("LOCAL_PREF of four octets", 0x40, 5, number(7), T, T),
    ("LOCAL_PREF of three octets", 0x40, 5, bytes(3), T, W),
    ("LOCAL_PREF of no octet", 0x40, 5, b"", T, W),
    # rfc7606-7.6 rfc7606-7.7 rfc7607-2
    ("ATOMIC_AGGREGATE of one octet", 0x40, 6, b"\0", (T, "atomicAggregate"), (T, "atomicAggregate")),
    ("AGGREGATOR of no octet", 0xC0, 7, b"", (T, "aggregatorAs"), (T, "aggregatorAs")),
    ("AGGREGATOR of six octets", 0xC0, 7, bytes(6), (T, "aggregatorAs"), (T, "aggregatorAs")),
    ("AGGREGATOR with AS 0", 0xC0, 7, number(0) + number(7), (T, "aggregatorAs"), (T, "aggregatorAs")),
    # rfc7606-7.8
    ("COMMUNITIES of no octet", 0xC0, 8, b"", W, W),
    ("COMMUNITIES of six octets", 0xC0, 8, bytes(6), W, W),
    ("COMMUNITIES twice the same", 0xC0, 8, 2 * number(0xFDE90001), T, T),
    # rfc7606-7.9 rfc7606-7.10
    ("ORIGINATOR_ID of four octets", 0x80, 9, number(7), (T, "originatorId"), T),
    ("ORIGINATOR_ID of five octets", 0x80, 9, bytes(5), (T, "originatorId"), W),
    ("ORIGINATOR_ID that is ours", 0x80, 9, socket.inet_aton(ROUTER), (T, "originatorId"), W),
    ("CLUSTER_LIST of one", 0x80, 10, number(7), (T, "clusterList"), T),
    ("CLUSTER_LIST of no octet", 0x80, 10, b"", (T, "clusterList"), W),
    ("CLUSTER_LIST of six octets", 0x80, 10, bytes(6), (T, "clusterList"), W),
    # rfc7606-7.14 rfc7606-7.15 rfc8092-6 rfc9234-5
    ("EXTENDED COMMUNITIES of no octet", 0xC0, 16, b"", W, W),
    ("EXTENDED COMMUNITIES of twelve octets", 0xC0, 16, bytes(12), W, W),
    ("EXTENDED COMMUNITIES of an unknown type", 0xC0, 16, b"\x77" + bytes(7), T, T),
    ("IPv6 EXTENDED COMMUNITIES of no octet", 0xC0, 25, b"", W, W),
    ("IPv6 EXTENDED COMMUNITIES of eight octets", 0xC0, 25, bytes(8), W, W),
    ("LARGE_COMMUNITY of no octet", 0xC0, 32, b"", W, W),
    ("LARGE_COMMUNITY of sixteen octets", 0xC0, 32, bytes(16), W, W),
    ("OTC of five octets", 0xC0, 35, bytes(5), W, W),
    # rfc6793-4.1
    ("AS4_PATH of a new speaker", 0xC0, 17, bgp.as_path(70000), T, T),
    ("AS4_AGGREGATOR of a new speaker", 0xC0, 18, number(70000) + number(7), (T, "aggregatorAs"), (T, "aggregatorAs")),
    # rfc7311-3 rfc7311-3.2
    ("AIGP with a TLV of length 2", 0x80, 26, b"\1\0\2", T, T),
    ("AIGP that overruns", 0x80, 26, b"\1\0\x0b\0", T, T),
    ("AIGP that is transitive", 0xC0, 26, b"\1\0\x0b" + bytes(8), T, T),
    # rfc4271-5 rfc4271-6.3
    ("an unknown attribute, optional and transitive", 0xC0, 222, b"whatever", T, T),
    ("an unknown attribute, partial already", 0xE0, 222, b"whatever", T, T),
    ("an unknown attribute, optional and not transitive", 0x80, 222, b"whatever", T, T),
    ("an unknown attribute of no octet", 0xC0, 222, b"", T, T),
    ("an unknown attribute of 2000 octets", 0xC0, 222, bytes(2000), T, T),
    ("an unknown attribute that claims to be well-known", 0x40, 222, b"x", W, W),
    ("900 COMMUNITIES", 0xC0, 8, b"".join(number(0xFDE90000 + low) for low in range(900)), T, T),
    # rfc4271-4.3
    ("reserved flag bits", 0x4F, 1, b"\0", T, T),
    ("the partial bit on ORIGIN", 0x60, 1, b"\0", T, T),
]

# rfc7606-3.c: for each attribute the flags that it must not have.
GOOD_VALUES = {1: (0x40, b"\0"), 2: (0x40, bgp.as_path(PEER_AS)), 4: (0x80, number(NEW_MED)), 5: (0x40, number(100)),
               6: (0x40, b""), 7: (0xC0, number(7) + number(7)), 8: (0xC0, number(7)), 9: (0x80, number(7)),
               10: (0x80, number(7)), 16: (0xC0, bytes(8)), 25: (0xC0, bytes(20)), 32: (0xC0, bytes(12)),
               35: (0xC0, number(PEER_AS))}
ATTRIBUTES += [(f"attribute {code} with flags {flags:#04x}", flags, code, value, W, W)
               for code, (good, value) in GOOD_VALUES.items() for flags in (0x00, 0x40, 0x80, 0xC0) if flags != good]

# NEXT_HOP belongs to the classic fields alone (rfc7606-7.3 rfc4271-6.3 rfc4271-5.1.3).
NEXT_HOPS = [("of no octet", b"", W), ("of three octets", bytes(3), W), ("of sixteen octets", NEXT_HOP6, W),
             ("0.0.0.0", bytes(4), W), ("0.1.2.3", b"\0\1\2\3", W), ("multicast", b"\xe0\0\0\5", W),
             ("class E", b"\xf0\0\0\1", W), ("broadcast", b"\xff" * 4, W), ("our own address", socket.inet_aton(ROUTER), W),
             ("of a third party", b"\x0a\1\2\3", T)]

# Those of MP_REACH_NLRI (rfc2545-3): what is taken, and as what.
NEXT_HOPS6 = [("16 octets", NEXT_HOP6, T), ("32 octets", NEXT_HOP6 + ipaddress.ip_address("fe80::1").packed, T),
              ("link-local alone", ipaddress.ip_address("fe80::1").packed, T),
              (":: and link-local", bytes(16) + ipaddress.ip_address("fe80::1").packed, T),
              ("link-local twice", 2 * ipaddress.ip_address("fe80::1").packed, T),
              ("global and ::", NEXT_HOP6 + bytes(16), T), ("::", bytes(16), W),
              ("multicast", ipaddress.ip_address("ff02::1").packed, W)]


def base_attributes(ibgp, med, next_hop):
    """{code: attribute} of a good route."""
    block = {1: bgp.attribute(0x40, 1, b"\0"), 2: bgp.attribute(0x40, 2, b"" if ibgp else bgp.as_path(PEER_AS)),
             4: bgp.attribute(0x80, 4, number(med))}
    if next_hop:
        block[3] = bgp.attribute(0x40, 3, next_hop)
    if ibgp:
        block[5] = bgp.attribute(0x40, 5, number(100))
    return block


def placed(block, code, bad):
    """The attributes with the bad one first, where it belongs, and last."""
    others = [octets for each, octets in sorted(block.items()) if each != code]
    middle = sum(each < code for each in block if each != code)
    return [("first", bad + b"".join(others)),
            ("in its place", b"".join(others[:middle]) + bad + b"".join(others[middle:])),
            ("last", b"".join(others) + bad)]


class Batch:
    """UPDATEs of one session that must not end it, each with a route that had been taken before."""

    def __init__(self, case, ibgp, family, **options):
        self.case, self.ibgp, self.family = case, ibgp, family
        self.peer = case.session(ibgp, **options)
        self.sent = []
        self.count = 0

    def prefix(self):
        self.count += 1
        base = "10.100.0.0" if self.family == "ipv4" else "2001:db8:100::"
        address = ipaddress.ip_address(base) + self.count + (1 << 20 if self.ibgp else 0)
        return f"{address}/{address.max_prefixlen}"

    def good(self, prefix, med=OLD_MED):
        next_hop = socket.inet_aton(self.peer.address)
        if self.family == "ipv4":
            return bgp.update([prefix], b"".join(base_attributes(self.ibgp, med, next_hop).values()))
        reach = bgp.attribute(OPTIONAL, 14, bgp.mp_reach([prefix], NEXT_HOP6))
        return bgp.update([], reach + b"".join(base_attributes(self.ibgp, med, None).values()))

    def add(self, name, expected, make):
        """`make(prefix)`: the UPDATE in question, with NEW_MED."""
        prefix = self.prefix()
        self.peer.send(self.good(prefix), make(prefix))
        self.sent.append((f"{name} ({self.family}, {'iBGP' if self.ibgp else 'eBGP'})", prefix, expected))

    def check(self):
        """Waits until the last UPDATE has been read, and compares what has become of each route."""
        last = self.prefix()
        self.peer.send(self.good(last))
        until(f"all {self.count} routes of {self.peer.address} have been read",
              lambda: self.alive() and last in self.case.speaker.routes(self.family), 30)
        routes = self.case.speaker.routes(self.family)
        for name, prefix, expected in self.sent:
            with self.case.subTest(name):
                answer, absent = expected if isinstance(expected, tuple) else (expected, None)
                metric = [path.get("metric") for path in routes.get(prefix, [])]
                self.case.assertEqual(metric, [] if answer == WITHDRAWN else [NEW_MED])
                if absent:
                    self.case.assertNotIn(absent, self.case.speaker.route(self.family, prefix)[0])
        self.peer.close()

    def alive(self):
        """Fails at once, with the reason, when the session was reset."""
        self.peer.connection.setblocking(False)
        try:
            with contextlib.suppress(BlockingIOError):
                while got := self.peer.receive():
                    if got.type == bgp.NOTIFICATION:
                        log = self.case.speaker.process.tail(3)
                        raise RuntimeError(f"the session was reset: {got.notification}\n{log}")
        finally:
            self.peer.connection.settimeout(10)
        return True


class Updates(Speaker):
    def test_attributes_of_ipv4_routes(self):  # rfc7606-3 rfc7606-7.1
        for ibgp in (False, True):
            batch = Batch(self, ibgp, "ipv4")
            block = base_attributes(ibgp, NEW_MED, socket.inet_aton(batch.peer.address))
            for name, flags, code, value, external, internal in ATTRIBUTES:
                bad = bgp.attribute(flags, code, value)
                for where, octets in placed(block, code, bad):
                    batch.add(f"{name}, {where}", internal if ibgp else external,
                              lambda prefix, octets=octets: bgp.update([prefix], octets))
            for name, value, expected in NEXT_HOPS:
                for where, octets in placed(block, 3, bgp.attribute(0x40, 3, value)):
                    batch.add(f"NEXT_HOP {name}, {where}", expected,
                              lambda prefix, octets=octets: bgp.update([prefix], octets))
            batch.check()

    def test_attributes_of_ipv6_routes(self):  # rfc4760-3 rfc7606-5.1
        for ibgp in (False, True):
            batch = Batch(self, ibgp, "ipv6")
            block = base_attributes(ibgp, NEW_MED, None)

            def make(octets, reach_first, prefix):
                reach = bgp.attribute(OPTIONAL, 14, bgp.mp_reach([prefix], NEXT_HOP6))
                return bgp.update([], reach + octets if reach_first else octets + reach)
            for name, flags, code, value, external, internal in ATTRIBUTES:
                bad = bgp.attribute(flags, code, value)
                for reach_first in (True, False):
                    _, (_, octets), _ = placed(block, code, bad)
                    where = "MP_REACH_NLRI first" if reach_first else "MP_REACH_NLRI last"
                    batch.add(f"{name}, {where}", internal if ibgp else external,
                              lambda prefix, o=octets, r=reach_first: make(o, r, prefix))
            for name, next_hop, expected in NEXT_HOPS6:
                batch.add(f"next hop {name}", expected, lambda prefix, n=next_hop: bgp.update(
                    [], bgp.attribute(OPTIONAL, 14, bgp.mp_reach([prefix], n)) + b"".join(block.values())))
            batch.check()

    def test_lists_of_attributes(self):  # rfc7606-3.d rfc7606-3.g rfc7606-4
        for ibgp in (False, True):
            batch = Batch(self, ibgp, "ipv4")
            block = base_attributes(ibgp, NEW_MED, socket.inet_aton(batch.peer.address))
            whole = b"".join(block.values())
            for code in [1, 2, 3] + [5] * ibgp:
                rest = b"".join(octets for each, octets in block.items() if each != code)
                batch.add(f"attribute {code} is missing", W, lambda prefix, r=rest: bgp.update([prefix], r))
            for name, more, expected in [
                    ("a second MULTI_EXIT_DISC", bgp.attribute(0x80, 4, number(77)), T),
                    ("a second ORIGIN, malformed", bgp.attribute(0x40, 1, b"\7"), T),
                    ("an unknown attribute twice", 2 * bgp.attribute(0xC0, 222, b"x"), T),
                    ("one octet left", b"\x40", W), ("two octets left", b"\x40\6", W),
                    ("three octets left of an extended length", b"\x50\6\0", W),
                    ("an attribute that overruns by one", bgp.attribute(0x40, 6, b"", length=1), W),
                    ("an attribute that overruns by 65535", b"\x50\6\xff\xff", W),
                    ("communities that overrun", bgp.attribute(0xC0, 8, number(7), length=8), W),
                    ("a discard and a withdraw", bgp.attribute(0x40, 6, b"\0") + bgp.attribute(0xC0, 8, b""), W),
                    ("200 unknown attributes", b"".join(bgp.attribute(0xC0, code, b"x") for code in range(50, 250)), T),
                    ("every length extended", bgp.attribute(0xC0, 222, b"x").replace(b"\xc0\xde\1", b"\xd0\xde\0\1"), T)]:
                batch.add(name, expected, lambda prefix, m=more: bgp.update([prefix], whole + m))
            # rfc4760-7 rfc4760-8: a family that nobody has negotiated
            foreign = bgp.attribute(OPTIONAL, 14, struct.pack("!HBB", 25, 70, 4) + bytes(4) + b"\0" + b"\3abc")
            gone = bgp.attribute(OPTIONAL, 15, struct.pack("!HB", 25, 70) + b"\3abc")
            for name, more in [("MP_REACH_NLRI of another family", foreign), ("MP_UNREACH_NLRI of another family", gone)]:
                batch.add(name, T, lambda prefix, m=more: bgp.update([prefix], m + whole))
            # rfc4271-4.3
            batch.add("withdrawn and announced at once", T,
                      lambda prefix: bgp.update([prefix], whole, withdrawn=[prefix]))
            batch.add("withdrawn", W, lambda prefix: bgp.update(withdrawn=[prefix]))
            batch.add("withdrawn in MP_UNREACH_NLRI", W, lambda prefix: bgp.update(
                [], bgp.attribute(OPTIONAL, 15, bgp.mp_unreach([prefix], afi=1))))
            # rfc4760-3: IPv4 in MP_REACH_NLRI
            without = b"".join(octets for code, octets in block.items() if code != 3)
            batch.add("IPv4 in MP_REACH_NLRI", T, lambda prefix: bgp.update(
                [], bgp.attribute(OPTIONAL, 14, bgp.mp_reach([prefix], b"\x0a\1\2\3", afi=1)) + without))
            batch.add("MP_REACH_NLRI with wrong flags", W, lambda prefix: bgp.update(
                [], bgp.attribute(0xC0, 14, bgp.mp_reach([prefix], b"\x0a\1\2\3", afi=1)) + without))
            # rfc4271-6.3: a prefix that unicast has no use for, among good ones
            batch.add("multicast and class E beside a good prefix", T,
                      lambda prefix: bgp.update([prefix, "224.0.0.0/4", "240.0.0.0/8"], whole))
            # rfc4724-2: End-of-RIB in all its forms, without graceful restart
            for octets in (bgp.update(), bgp.update([], bgp.attribute(OPTIONAL, 15, bgp.mp_unreach([]))),
                           bgp.update([], bgp.attribute(OPTIONAL, 15, bgp.mp_unreach([], afi=1)))):
                batch.peer.send(octets)
            batch.check()

    def test_host_bits_do_not_count(self):  # rfc4271-4.3
        peer = self.session()
        block = b"".join(base_attributes(False, NEW_MED, socket.inet_aton(peer.address)).values())
        peer.send(bgp.message(bgp.UPDATE, bgp.update_body(block, b"\x14\x0a\x65\xff")))
        until("the route", lambda: "10.101.240.0/20" in self.speaker.routes("ipv4"))

    def test_old_speakers(self):  # rfc6793-4.2.3 rfc6793-6 rfc9774-3
        peer = self.session(capabilities=MP4)
        whole = {1: bgp.attribute(0x40, 1, b"\0"), 3: bgp.attribute(0x40, 3, socket.inet_aton(peer.address))}
        good_path = bgp.as_path(PEER_AS, 23456, width=2)
        rows = [("merged", good_path, bgp.attribute(0xC0, 17, bgp.as_path(PEER_AS, 70000)), "65010 70000"),
                ("AS4_PATH alone is of no use", good_path, b"", "65010 23456"),
                ("AS4_PATH that is longer", good_path, bgp.attribute(0xC0, 17, bgp.as_path(1, 2, 70000)), "65010 23456"),
                ("AS4_PATH malformed", good_path, bgp.attribute(0xC0, 17, b"\2\3" + number(7)), "65010 23456"),
                ("AS4_PATH empty", good_path, bgp.attribute(0xC0, 17, b""), "65010 23456"),
                ("AS4_PATH with AS 0", good_path, bgp.attribute(0xC0, 17, bgp.as_path(0)), "65010 23456"),
                ("AS4_AGGREGATOR malformed", good_path, bgp.attribute(0xC0, 18, bytes(6)), "65010 23456"),
                ("AS4_PATH with AS_SET", good_path, bgp.attribute(0xC0, 17, bgp.as_path(70000, kind=1)), None),
                ("AS_PATH of four octets", bgp.as_path(PEER_AS), b"", None)]
        for index, (_, path, more, _) in enumerate(rows):
            peer.send(bgp.update([f"10.102.0.{index}/32"], whole[1] + bgp.attribute(0x40, 2, path) + whole[3] + more))
        peer.send(bgp.update(["10.102.1.0/32"], whole[1] + bgp.attribute(0x40, 2, good_path) + whole[3]))
        until("the last route", lambda: "10.102.1.0/32" in self.speaker.routes("ipv4"))
        routes = self.speaker.routes("ipv4")
        for index, (name, _, _, expected) in enumerate(rows):
            with self.subTest(name):
                found = [path["path"] for path in routes.get(f"10.102.0.{index}/32", [])]
                self.assertEqual(found, [] if expected is None else [expected])


ORIGIN, BAD_ORIGIN = bgp.attribute(0x40, 1, b"\0"), bgp.attribute(0x40, 1, b"\7")
PATH = bgp.attribute(0x40, 2, bgp.as_path(PEER_AS))
ROUTE4 = bgp.nlri("10.103.0.1/32")


def reach6(nlri, next_hop=NEXT_HOP6):
    return bgp.attribute(OPTIONAL, 14, struct.pack("!HBB", 2, 1, len(next_hop)) + next_hop + b"\0" + nlri)


def unreach6(nlri):
    return bgp.attribute(OPTIONAL, 15, struct.pack("!HB", 2, 1) + nlri)


class Resets(Speaker):
    GOOD = ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3") + bgp.attribute(0x40, 5, number(100))
    CASES = [
        # rfc4271-6.3
        ("withdrawn routes longer than the message", bgp.update_body(withdrawn_length=9), (3, 1)),
        ("attributes longer than the message", bgp.update_body(attributes_length=9), (3, 1)),
        ("attributes longer by one", bgp.update_body(GOOD, attributes_length=len(GOOD) + 1), (3, 1)),
        # rfc7606-5.3 rfc7606-3.i
        ("a prefix of 33 bits", bgp.update_body(GOOD, b"\x21" + bytes(5)), (3, 10)),
        ("a prefix of 255 bits", bgp.update_body(GOOD, b"\xff" + bytes(32)), (3, 10)),
        ("a prefix cut short", bgp.update_body(GOOD, b"\x18\x0a\x00"), (3, 10)),
        ("a prefix cut short behind a good one", bgp.update_body(GOOD, ROUTE4 + b"\x20\x0a"), (3, 10)),
        ("a withdrawn prefix of 33 bits", bgp.update_body(withdrawn=b"\x21" + bytes(5)), (3, 10)),
        ("a withdrawn prefix cut short", bgp.update_body(withdrawn=b"\x18\x0a"), (3, 10)),
        # rfc7606-5.3 rfc7606-3.j
        ("an IPv6 prefix of 129 bits", bgp.update_body(reach6(b"\x81" + bytes(17)) + GOOD), (3, 9)),
        ("an IPv6 prefix cut short", bgp.update_body(GOOD + reach6(b"\x40" + bytes(7))), (3, 9)),
        ("a withdrawn IPv6 prefix of 129 bits", bgp.update_body(unreach6(b"\x81" + bytes(17))), (3, 9)),
        ("a withdrawn IPv6 prefix cut short", bgp.update_body(unreach6(b"\x40" + bytes(7))), (3, 9)),
        # rfc7606-7.11 rfc7606-7.12 rfc4760-7
        ("MP_REACH_NLRI of four octets", bgp.update_body(bgp.attribute(OPTIONAL, 14, b"\0\2\1\0") + GOOD), (3, 9)),
        ("a next hop of 15 octets", bgp.update_body(reach6(b"\x10\x20\x01", bytes(15)) + GOOD), (3, 9)),
        ("a next hop of 17 octets", bgp.update_body(GOOD + reach6(b"\x10\x20\x01", bytes(17))), (3, 9)),
        ("an IPv4 next hop", bgp.update_body(reach6(b"\x10\x20\x01", bytes(4)) + GOOD), (3, 9)),
        ("a next hop that overruns", bgp.update_body(bgp.attribute(OPTIONAL, 14, b"\0\2\1\xff" + bytes(20)) + GOOD), (3, 9)),
        ("no reserved octet", bgp.update_body(bgp.attribute(OPTIONAL, 14, b"\0\2\1\x10" + NEXT_HOP6) + GOOD), (3, 9)),
        ("MP_UNREACH_NLRI of two octets", bgp.update_body(bgp.attribute(OPTIONAL, 15, b"\0\2")), (3, 9)),
        # rfc7606-3.g
        ("MP_REACH_NLRI twice", bgp.update_body(2 * reach6(b"\x10\x20\x01") + GOOD), (3, 1)),
        ("MP_REACH_NLRI twice, far apart", bgp.update_body(reach6(b"\x10\x20\x01") + GOOD + reach6(b"")), (3, 1)),
        ("MP_UNREACH_NLRI twice", bgp.update_body(2 * unreach6(b"\x10\x20\x01")), (3, 1)),
        # rfc7606-5.2
        ("a bad ORIGIN and no route", bgp.update_body(BAD_ORIGIN + PATH), (3, 6, BAD_ORIGIN)),
        ("a bad ORIGIN behind the others and no route", bgp.update_body(PATH + BAD_ORIGIN), (3, 6, BAD_ORIGIN)),
        ("a bad ORIGIN and withdrawals only", bgp.update_body(BAD_ORIGIN, withdrawn=ROUTE4), (3, 6, BAD_ORIGIN)),
        ("a bad ORIGIN and an empty MP_REACH_NLRI", bgp.update_body(reach6(b"") + BAD_ORIGIN + PATH), (3, 6, BAD_ORIGIN)),
        ("a bad ORIGIN and MP_UNREACH_NLRI", bgp.update_body(unreach6(b"\x10\x20\x01") + BAD_ORIGIN), (3, 6, BAD_ORIGIN)),
        ("attributes that end too soon and no route", bgp.update_body(ORIGIN + b"\x40"), (3, 1)),
        # rfc7606-3.h: a reset beside a withdraw and a discard
        ("three grades at once", bgp.update_body(bgp.attribute(0x40, 6, b"\0") + BAD_ORIGIN + PATH
                                                 + reach6(b"\x81" + bytes(17)), ROUTE4), (3, 9)),
    ]

    def test_resets(self):
        for ibgp in (False, True):
            for name, body, expected in self.CASES:
                with self.subTest(name, ibgp=ibgp):
                    peer = self.session(ibgp)
                    peer.send(bgp.message(bgp.UPDATE, body))
                    self.assert_answer(peer, expected)

    def test_no_reset_where_nothing_is_wrong_or_only_to_be_discarded(self):  # rfc7606-5.2
        for ibgp in (False, True):
            for name, body in [
                    ("attributes and no route", bgp.update_body(self.GOOD)),
                    ("an empty MP_REACH_NLRI", bgp.update_body(reach6(b"") + self.GOOD)),
                    ("a discard and withdrawals only", bgp.update_body(bgp.attribute(0x40, 6, b"x"), withdrawn=ROUTE4)),
                    ("a withdraw of MP_UNREACH_NLRI itself",
                     bgp.update_body(bgp.attribute(0xC0, 15, struct.pack("!HB", 2, 1) + b"\x10\x20\x01"))),
                    ("a prefix nobody has announced", bgp.update_body(withdrawn=ROUTE4))]:
                with self.subTest(name, ibgp=ibgp):
                    peer = self.session(ibgp)
                    peer.send(bgp.message(bgp.UPDATE, body))
                    self.assert_lives(peer)
                    peer.close()


class Sessions(Speaker):
    def test_a_stream_cut_at_every_octet(self):  # rfc4271-4.1
        stream = bgp.update(["10.104.0.1/32"], ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3"))
        peer = self.session()
        peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for cut in range(1, len(stream)):
            one = stream.replace(bgp.nlri("10.104.0.1/32"), bgp.nlri(f"10.104.1.{cut}/32"))
            peer.send(one[:cut])
            peer.send(one[cut:])
        for octet in stream:
            peer.send(bytes((octet,)))
        until("all routes", lambda: sum(prefix.startswith("10.104.") for prefix in self.speaker.routes("ipv4"))
              == len(stream))

    def test_a_session_in_one_piece(self):  # rfc4271-4.1
        peer = self.connect()
        block = ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3")
        peer.send(bgp.open_message(PEER_AS, peer.address, hold_time=90) + bgp.message(bgp.KEEPALIVE)
                  + b"".join(bgp.update([f"10.105.0.{last}/32"], block) for last in range(200)))
        until("all routes", lambda: sum(prefix.startswith("10.105.") for prefix in self.speaker.routes("ipv4")) == 200)

    def test_notifications_are_never_answered(self):  # rfc4271-6.4
        bodies = [b"", b"\6", b"\6\2", b"\6\2\0", b"\6\2\xff", b"\6\2\2\xc3\x28", b"\6\4\x80" + b"x" * 128,
                  b"\6\2\xff" + b"x" * 255, b"\6\x09", b"\6\x09\6", b"\6\x09\6\2", b"\6\x09\6\2\x05hello", b"\0\0",
                  b"\xff\xff", b"\1\2\0\0", b"\2\7" + bytes(300), b"\3\5" + bytes(4075)]
        for established in (True, False):
            for body in bodies:
                with self.subTest(body=body[:8], size=len(body), established=established):
                    peer = self.session() if established else self.connect()
                    peer.send(bgp.message(bgp.NOTIFICATION, body))
                    while (got := peer.receive()) is not None:
                        self.assertNotEqual(got.type, bgp.NOTIFICATION)

    def test_hold_time_of_three_seconds(self):  # rfc4271-6.5 rfc4271-10
        peer = self.session(hold_time=3)
        peer.connection.settimeout(10)
        began, keepalives = time.monotonic(), 0
        while (got := peer.receive()).type != bgp.NOTIFICATION:
            keepalives += got.type == bgp.KEEPALIVE
        self.assertEqual(got.notification[:2], (4, 0))
        self.assertGreater(time.monotonic() - began, 2.0)
        self.assertGreaterEqual(keepalives, 2)

    def test_hold_time_zero_needs_no_keepalives(self):  # rfc4271-4.2
        peer = self.session(hold_time=0)
        seen = []

        def listen():
            with contextlib.suppress(OSError):
                while got := peer.receive():
                    seen.append(got.type)
        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        never("a KEEPALIVE or an end", lambda: not listener.is_alive() or bgp.KEEPALIVE in seen, during=4)

    def test_updates_are_as_good_as_keepalives(self):  # rfc4271-8.2.2
        peer = self.session(hold_time=3)
        end = time.monotonic() + 4.5
        while time.monotonic() < end:
            peer.send(bgp.update())
            never("the session ends", lambda: False, during=0.5)
        self.assert_lives(peer)

    def refreshes(self, peer, *bodies):
        """How often our route comes again for some ROUTE-REFRESHes."""
        block = ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3")
        peer.send(*(bgp.message(bgp.ROUTE_REFRESH, body) for body in bodies))
        peer.send(bgp.update(["10.106.0.1/32"], block))
        until("the ROUTE-REFRESHes have been read", lambda: "10.106.0.1/32" in self.speaker.routes("ipv4"))
        self.speaker.announce("10.106.9.9/32")
        count = 0
        while True:
            got = peer.receive()
            self.assertIsNotNone(got)
            self.assertNotEqual(got.type, bgp.NOTIFICATION)
            if got.type == bgp.UPDATE:
                prefixes = bgp.decode_update(got.body)[2]
                count += HOST_ROUTE in prefixes
                if "10.106.9.9/32" in prefixes:
                    break
        self.speaker.withdraw("10.106.9.9/32")
        peer.close()
        until("the peer's route is gone", lambda: "10.106.0.1/32" not in self.speaker.routes("ipv4"))
        return count

    def test_route_refresh(self):  # rfc2918-3 rfc2918-4 rfc7313-5 rfc5291-4
        enhanced = MP4 + AS4 + bgp.capability(2) + bgp.capability(70)
        for name, capabilities, body, again in [
                ("a request", enhanced, b"\0\1\0\1", 1),
                ("of a family that is not negotiated", enhanced, b"\0\2\0\1", 0),
                ("of an unknown family", enhanced, b"\x40\4\0\x47", 0),
                ("with filters behind it", enhanced, b"\0\1\0\1\1\x80\0\0", 1),
                ("of an unknown subtype", enhanced, b"\0\1\x07\1", 0),
                ("of the reserved subtype", enhanced, b"\0\1\xff\1", 0),
                ("the begin of a refresh", enhanced, b"\0\1\1\1", 0),
                ("the end of a refresh", enhanced, b"\0\1\2\1", 0),
                # RFC 2918 §3: to who knows of no subtypes the octet is reserved, and not looked at.
                ("a long begin without the capability", MP4 + AS4 + bgp.capability(2), b"\0\1\1\1\0", 1)]:
            with self.subTest(name):
                peer = self.session(capabilities=capabilities)
                self.assertEqual(self.refreshes(peer, body), 1 + again)

    def test_begin_and_end_of_a_wrong_length(self):  # rfc7313-5
        for body in (bytes((0, 1, subtype, *rest)) for subtype in (1, 2) for rest in ((), (1, 0))):
            with self.subTest(body):
                peer = self.session(capabilities=MP4 + AS4 + bgp.capability(2) + bgp.capability(70))
                octets = bgp.message(bgp.ROUTE_REFRESH, body)
                peer.send(octets)
                self.assert_answer(peer, (7, 1, octets))


class PassedOn(Speaker):
    """What becomes of attributes on their way to the next AS."""

    def passed_on(self, far, prefix):
        """The UPDATE that announces or withdraws a prefix to the far peer."""
        while True:
            body = far.receive_until(bgp.UPDATE).body
            gone, _, prefixes = bgp.decode_update(body)
            if prefix in gone + prefixes:
                return body

    def test_attributes_on_their_way(self):  # rfc4271-5 rfc4271-5.1.2 rfc4271-9.2
        far = self.far()
        block = {1: bgp.attribute(0x40, 1, b"\2"), 2: bgp.attribute(0x40, 2, bgp.as_path(PEER_AS, 7)),
                 3: bgp.attribute(0x40, 3, b"\x0a\1\2\3"), 4: bgp.attribute(0x80, 4, number(9)),
                 5: bgp.attribute(0x40, 5, number(7)), 6: bgp.attribute(0x40, 6, b""),
                 7: bgp.attribute(0xC0, 7, number(PEER_AS) + number(7)), 8: bgp.attribute(0xC0, 8, number(0xFDE90001)),
                 9: bgp.attribute(0x80, 9, number(7)), 10: bgp.attribute(0x80, 10, number(7)),
                 26: bgp.attribute(0x80, 26, b"\1\0\x0b" + bytes(8)),
                 32: bgp.attribute(0xC0, 32, number(1) + number(2) + number(3)),
                 222: bgp.attribute(0xC0, 222, b"carried"), 223: bgp.attribute(0x80, 223, b"not carried")}
        peer = self.session()
        peer.send(bgp.update(["10.108.0.1/32"], b"".join(block.values())))
        body = self.passed_on(far, "10.108.0.1/32")
        _, attributes, _ = bgp.decode_update(body)
        self.assertEqual(attributes[1], b"\2")
        self.assertEqual(attributes[2], bgp.as_path(ROUTER_AS, PEER_AS, 7))
        self.assertEqual(attributes[3], socket.inet_aton(ROUTER))
        self.assertEqual(attributes[7], number(PEER_AS) + number(7))
        self.assertEqual(attributes[8], number(0xFDE90001))
        self.assertEqual(attributes[32], number(1) + number(2) + number(3))
        self.assertEqual(attributes[222], b"carried")
        self.assertEqual(list(attributes), [1, 2, 3, 6, 7, 8, 32, 222])
        flags = bgp.attribute_flags(body)
        self.assertEqual(flags, {1: 0x40, 2: 0x40, 3: 0x40, 6: 0x40, 7: 0xC0, 8: 0xC0, 32: 0xC0, 222: 0xE0})

    def test_a_route_that_no_longer_fits_is_withdrawn_and_nothing_else_suffers(self):  # rfc4271-9.2 rfc8654-4
        far, peer = self.far(), self.session()
        small = ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3")
        peer.send(bgp.update(["10.108.1.1/32"], small))
        self.passed_on(far, "10.108.1.1/32")
        # A message of 4096 octets; with our AS in front of its path it would have 4100.
        room = 4096 - bgp.HEADER - 4 - len(small) - len(bgp.nlri("10.108.1.1/32")) - 4
        full = bgp.update(["10.108.1.1/32"], small + bgp.attribute(0xC0, 222, bytes(room)))
        self.assertEqual(len(full), 4096)
        peer.send(full)
        until("the long route", lambda: self.speaker.route("ipv4", "10.108.1.1/32"))
        self.assertEqual(bgp.decode_update(self.passed_on(far, "10.108.1.1/32"))[0], ["10.108.1.1/32"])
        peer.send(bgp.update(["10.108.1.2/32"], small))
        self.assertEqual(bgp.decode_update(self.passed_on(far, "10.108.1.2/32"))[2], ["10.108.1.2/32"])
        peer.send(bgp.update(["10.108.1.1/32"], small))
        self.assertEqual(bgp.decode_update(self.passed_on(far, "10.108.1.1/32"))[2], ["10.108.1.1/32"])

    def test_a_message_of_65535_octets(self):  # rfc8654-4
        capabilities = bgp.multiprotocol(1) + bgp.capability(6)
        far = self.far(capabilities=capabilities + bgp.four_octet_as(FAR_AS))
        peer = self.session(capabilities=capabilities + AS4)
        small = ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3")
        room = 65535 - bgp.HEADER - 4 - len(small) - 5 - 4
        peer.send(bgp.update(["10.108.2.1/32"], small + bgp.attribute(0xC0, 222, bytes(room - 4))))
        self.assertEqual(len(bgp.decode_update(self.passed_on(far, "10.108.2.1/32"))[1][222]), room - 4)

    def test_an_old_peer_gets_as_trans_and_as4_path(self):  # rfc6793-4.2.2
        far = self.far(capabilities=b"")
        peer = self.session()
        block = ORIGIN + bgp.attribute(0x40, 2, bgp.as_path(PEER_AS, 70000)) + bgp.attribute(0x40, 3, b"\x0a\1\2\3")
        peer.send(bgp.update(["10.108.3.1/32"], block))
        _, attributes, _ = bgp.decode_update(self.passed_on(far, "10.108.3.1/32"))
        self.assertEqual(attributes[2], bgp.as_path(ROUTER_AS, PEER_AS, 23456, width=2))
        self.assertEqual(attributes[17], bgp.as_path(ROUTER_AS, PEER_AS, 70000))


class Logged(Speaker):
    def test_a_malformed_update_is_logged_with_its_octets(self):  # rfc7606-6
        peer = self.session()
        body = bgp.update_body(BAD_ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3"), ROUTE4)
        peer.send(bgp.message(bgp.UPDATE, body))
        self.speaker.process.until_logged("ORIGIN: value 7 is not 0, 1 or 2")
        self.speaker.process.until_logged(f"{len(body)} octets behind its header: {body.hex()}")
        reset = bgp.update_body(BAD_ORIGIN)
        peer.send(bgp.message(bgp.UPDATE, reset))
        self.assert_answer(peer, (3, 6, BAD_ORIGIN))
        self.speaker.process.until_logged(reset.hex())


class Transport(LoopbackCase):
    """What TCP and IP keep away before any octet of BGP is read."""

    PEER = "127.90.24.1"

    def speak(self, option):
        self.port = free_port()
        file = speaker_file([f" neighbor {self.PEER} peer-group ext", f" neighbor {self.PEER} {option}"])
        self.speaker = self.lbgpd(file, "-p", str(self.port), "-l", ROUTER, name="speaker").start()

    def is_heard(self, *options):
        """Whether the speaker answers our OPEN."""
        with socket.socket() as connection:
            connection.bind((self.PEER, 0))
            connection.settimeout(1.5)
            for option in options:
                connection.setsockopt(*option)
            try:
                connection.connect((ROUTER, self.port))
                peer = bgp.Peer(connection)
                peer.receive_until(bgp.OPEN)
                peer.send(bgp.open_message(PEER_AS, self.PEER))
                return peer.receive_until(bgp.KEEPALIVE) is not None
            except (OSError, AssertionError):  # no answer; a connection that is closed before one
                return False

    def test_generalized_ttl_security(self):  # rfc5082-3
        self.speak("ttl-security hops 1")
        for ttl, heard in ((64, False), (253, False), (255, True)):
            self.assertEqual(self.is_heard((socket.IPPROTO_IP, socket.IP_TTL, ttl)), heard)

    def test_who_is_far_away_is_not_heard_while_the_speaker_was_busy(self):  # rfc5082-3
        """With a neighbor that is not so strict the listener is not either."""
        self.speak("ttl-security hops 1")
        everything = (bgp.open_message(PEER_AS, self.PEER) + bgp.message(bgp.KEEPALIVE) +
                      bgp.update(["10.66.0.0/24"], bgp.attributes(PEER_AS, self.PEER)))
        for ttl, up in ((64, False), (255, True)):
            with socket.socket() as connection:
                connection.bind((self.PEER, 0))
                connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
                self.speaker.process.signal(signal.SIGSTOP)
                connection.connect((ROUTER, self.port))
                connection.sendall(everything)
                self.speaker.process.signal(signal.SIGCONT)
                if up:
                    until("the near one's session", lambda: self.speaker.established(self.PEER))
                else:
                    connection.settimeout(5)
                    self.assertRaises(ConnectionResetError, connection.recv, 1)
                    self.assertFalse(self.speaker.established(self.PEER))

    def key(self, password):
        """TCP_MD5SIG: an address as sockaddr_storage, flags, prefix length, key length, interface, the key."""
        address = struct.pack("=HH4s120x", socket.AF_INET, 0, socket.inet_aton(ROUTER))
        return socket.IPPROTO_TCP, 14, address + struct.pack("=BBHI80s", 0, 0, len(password), 0, password)

    def test_tcp_md5(self):  # rfc2385-2
        self.speak("password secret")
        self.assertFalse(self.is_heard())
        self.assertFalse(self.is_heard(self.key(b"another")))
        self.assertTrue(self.is_heard(self.key(b"secret")))


class Collisions(LoopbackCase):
    """Both sides connect. The speaker's identifier is 127.90.254.1; the peer says what suits the case."""

    ADDRESS = "127.90.22.1"

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.server = socket.create_server((self.ADDRESS, 0))
        self.server.settimeout(20)
        self.addCleanup(self.server.close)

    def both(self, remote_as=PEER_AS):
        """(the speaker's connection to us, ours to the speaker), the OPENs of both read."""
        file = speaker_file([f" neighbor {self.ADDRESS} remote-as {remote_as}",
                             f" neighbor {self.ADDRESS} port {self.server.getsockname()[1]}",
                             f" neighbor {self.ADDRESS} timers connect 1"])
        policy = "".join(f"neighbor {self.ADDRESS} {what}\n  " for what in ("activate", "route-map all in"))
        file = file.replace("neighbor ext activate", policy + "neighbor ext activate")
        self.speaker = self.lbgpd(file, "-p", str(self.port), "-l", ROUTER, name="speaker").start()
        theirs = self.accept()
        ours = self.dial()
        return theirs, ours

    def accept(self):
        connection, _ = self.server.accept()
        connection.settimeout(10)
        peer = bgp.Peer(connection)
        self.addCleanup(peer.close)
        self.assertEqual(peer.receive().type, bgp.OPEN)
        return peer

    def dial(self):
        peer = bgp.Peer.connect(ROUTER, self.port, source=self.ADDRESS)
        self.addCleanup(peer.close)
        self.assertEqual(peer.receive().type, bgp.OPEN)
        return peer

    def loses(self, peer):
        self.assertEqual(peer.notification()[:2], (6, 7))

    def wins(self, peer):
        peer.receive_until(bgp.KEEPALIVE)
        peer.send(bgp.message(bgp.KEEPALIVE))
        until("Established", lambda: self.speaker.established(self.ADDRESS))

    def settle(self, router_id, ours_wins, remote_as=PEER_AS):
        theirs, ours = self.both(remote_as)
        opening = bgp.open_message(remote_as, router_id)
        theirs.send(opening)
        ours.send(opening)
        winner, loser = (ours, theirs) if ours_wins else (theirs, ours)
        self.loses(loser)
        self.wins(winner)

    def test_the_higher_identifier_keeps_its_connection(self):  # rfc4271-6.8
        self.settle("127.90.254.2", ours_wins=True)

    def test_the_lower_identifier_loses_its_connection(self):  # rfc4271-6.8
        self.settle("127.90.1.1", ours_wins=False)

    def test_identifiers_are_compared_as_numbers(self):  # rfc4271-6.8
        self.settle("200.0.0.1", ours_wins=True)

    def test_between_equal_identifiers_the_higher_as_decides(self):  # rfc6286-2.3
        self.settle(ROUTER, ours_wins=True, remote_as=PEER_AS)

    def test_between_equal_identifiers_the_lower_as_loses(self):  # rfc6286-2.3
        self.settle(ROUTER, ours_wins=False, remote_as=64999)

    def late(self, router_id, ours_wins):
        """The second OPEN comes when the first connection is in OpenConfirm already."""
        theirs, ours = self.both()
        first, second = (theirs, ours) if ours_wins else (ours, theirs)
        first.send(bgp.open_message(PEER_AS, router_id))
        self.assertEqual(first.receive().type, bgp.KEEPALIVE)
        second.send(bgp.open_message(PEER_AS, router_id))
        self.loses(first)
        self.wins(second)

    def test_in_open_confirm_the_higher_identifier_decides(self):  # rfc4271-6.8
        self.late("127.90.254.2", ours_wins=True)

    def test_in_open_confirm_the_lower_identifier_decides(self):  # rfc4271-6.8
        self.late("127.90.1.1", ours_wins=False)

    def test_a_second_connection_of_the_peer_that_has_not_spoken_replaces_the_first(self):  # rfc4271-6.8
        _, silent = self.both()
        spoken = self.dial()
        self.assertEqual(silent.notification()[:2], (6, 7))
        spoken.send(bgp.open_message(PEER_AS, "127.90.254.2"))
        self.wins(spoken)

    def test_a_silent_connection_blocks_nothing(self):  # rfc4271-6.8
        _, ours = self.both()
        ours.send(bgp.open_message(PEER_AS, "127.90.254.2"))
        self.wins(ours)

    def established(self, **options):
        """The speaker's connection is Established."""
        theirs, ours = self.both()
        ours.close()
        theirs.send(bgp.open_message(PEER_AS, "127.90.1.1", **options))
        self.wins(theirs)
        return theirs

    def second(self):
        """A further connection of the same peer, nothing of it read."""
        peer = bgp.Peer.connect(ROUTER, self.port, source=self.ADDRESS)
        self.addCleanup(peer.close)
        return peer

    def test_beside_an_established_session_the_new_one_goes(self):  # rfc4271-6.8
        old = self.established()
        new = self.second()
        self.assertEqual(new.receive_until(bgp.NOTIFICATION).notification[:2], (6, 7))
        old.send(bgp.message(bgp.KEEPALIVE))
        never("the old one goes", lambda: not self.speaker.established(self.ADDRESS), during=0.5)

    def test_with_graceful_restart_the_new_one_replaces_the_old(self):  # rfc4724-5
        restart = bgp.capability(64, struct.pack("!HHBB", 120, 1, 1, 0x80))
        capabilities = MP4 + AS4 + restart
        old = self.established(capabilities=capabilities)
        old.send(bgp.update(["10.107.0.1/32"], ORIGIN + PATH + bgp.attribute(0x40, 3, b"\x0a\1\2\3")))
        until("the route", lambda: "10.107.0.1/32" in self.speaker.routes("ipv4"))
        new = self.second()
        new.send(bgp.open_message(PEER_AS, "127.90.1.1", capabilities=MP4 + AS4 + bgp.capability(
            64, struct.pack("!HHBB", 0x8000 | 120, 1, 1, 0x80))), bgp.message(bgp.KEEPALIVE))
        new.receive_until(bgp.KEEPALIVE)
        while (got := old.receive()) is not None:
            self.assertNotEqual(got.type, bgp.NOTIFICATION)
        self.assertIn("10.107.0.1/32", self.speaker.routes("ipv4"))
        new.send(bgp.update())
        until("End-of-RIB takes the stale route", lambda: "10.107.0.1/32" not in self.speaker.routes("ipv4"))


if __name__ == "__main__":
    main(sandboxed=False)
