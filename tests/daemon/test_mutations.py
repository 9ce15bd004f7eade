#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Valid sessions with random mistakes in them: the daemon lives, forgets them, and is there for the next honest peer.

`--size N` mutations instead of a few thousand. Every session has a number, and the number is all its randomness: a
failure names those that were under way.
"""

import pathlib
import random
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, until  # noqa: E402
from lab.case import Options  # noqa: E402
from lab.loopback import ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402

FEW = 4000
PEER_AS = 65010
PEERS = [f"127.90.30.{last}" for last in range(1, 97)]
HONEST = "127.90.31.1"
# A sanitizer keeps what was freed for a while: little enough to see growth behind it.
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=5"}


def speaker_file():
    lines = [f"router bgp {ROUTER_AS}", " bgp router-id 127.90.254.1", " neighbor p peer-group",
             f" neighbor p remote-as {PEER_AS}", " neighbor p passive"]
    lines += [f" neighbor {address} peer-group p" for address in PEERS + [HONEST]]
    lines += [f" neighbor {address} graceful-restart-disable" for address in PEERS[::2]]
    for family in ("ipv4", "ipv6"):
        lines += [f" address-family {family} unicast", "  neighbor p activate", "  neighbor p route-map all in",
                  "  neighbor p soft-reconfiguration inbound", "  neighbor p maximum-prefix 500", " exit-address-family"]
    return "\n".join(lines) + "\n!\nroute-map all permit 10\n!\n"


# --- what valid sessions say ------------------------------------------------------------------------------------------

def number(value):
    return struct.pack("!I", value)


def attributes(width):
    """Every attribute that the daemon knows, well-formed, and two that nobody does."""
    return {1: (0x40, b"\0"), 2: (0x40, bgp.as_path(PEER_AS, 7, 8, width=width)), 3: (0x40, b"\x0a\1\2\3"),
            4: (0x80, number(9)), 6: (0x40, b""), 7: (0xC0, (7).to_bytes(width, "big") + number(7)),
            8: (0xC0, b"".join(number(0xFDE90000 + low) for low in range(5))), 16: (0xC0, b"\0\2\xfd\xe9" + number(7)),
            25: (0xC0, bytes(20)), 32: (0xC0, b"".join(map(number, range(6)))), 35: (0xC0, number(PEER_AS)),
            222: (0xC0, b"carried"), 223: (0x80, b"not carried")}


def block(width, *codes):
    return b"".join(bgp.attribute(*attributes(width)[code][:1], code, attributes(width)[code][1]) for code in codes)


def updates(width, path_id=b""):
    """UPDATE bodies of every shape."""
    every = sorted(attributes(width))
    routes = b"".join(path_id + bgp.nlri(prefix) for prefix in ("10.110.0.0/24", "10.110.1.0/25", "10.110.2.7/32"))
    routes6 = b"".join(path_id + bgp.nlri(prefix) for prefix in ("2001:db8:110::/48", "2001:db8:111::1/128"))
    hop6 = bytes.fromhex("20010db8000000000000000000000001")
    link = bytes.fromhex("fe800000000000000000000000000001")
    reach = [bgp.attribute(0x80, 14, b"\0\2\1" + bytes((len(hop),)) + hop + b"\0" + routes6) for hop in (hop6, hop6 + link)]
    plain = [code for code in every if code != 3]
    yield bgp.update_body(block(width, 1, 2, 3), routes)
    yield bgp.update_body(block(width, *every), routes)
    yield bgp.update_body(withdrawn=routes)
    yield bgp.update_body(block(width, *every), routes[:4 + len(path_id)], withdrawn=routes)
    yield bgp.update_body(reach[0] + block(width, 1, 2))
    yield bgp.update_body(block(width, *plain) + reach[1])
    yield bgp.update_body(bgp.attribute(0x80, 15, b"\0\2\1" + routes6))
    if width == 2:
        yield bgp.update_body(block(2, 1, 2, 3) + bgp.attribute(0xC0, 17, bgp.as_path(PEER_AS, 70000, 8))
                              + bgp.attribute(0xC0, 18, number(70000) + number(7)), routes)
    yield bgp.update_body(bgp.attribute(0x80, 15, b"\0\2\1"))
    yield bgp.update_body()


def capabilities(width, add_path):
    yield bgp.multiprotocol(1) + bgp.multiprotocol(2)
    if width == 4:
        yield bgp.four_octet_as(PEER_AS)
    yield bgp.capability(2) + bgp.capability(70) + bgp.capability(6)
    yield bgp.capability(64, struct.pack("!HHBBHBB", 5, 1, 1, 0x80, 2, 1, 0))
    yield bgp.capability(71, b"\0\1\1\x80\0\0\5") + bgp.capability(5, struct.pack("!HHH", 1, 1, 2))
    yield bgp.capability(73, b"\x04host\x06domain") + bgp.capability(9, b"\3")
    if add_path:
        yield bgp.capability(69, b"\0\1\1\3\0\2\1\3")


def recordings():
    """Sessions as [(type, body)]."""
    found = []
    for width, add_path in ((4, False), (2, False), (4, True)):
        opening = bgp.open_message(PEER_AS, "10.0.0.9", hold_time=90,
                                   capabilities=b"".join(capabilities(width, add_path)))[bgp.HEADER:]
        start = [(bgp.OPEN, opening), (bgp.KEEPALIVE, b"")]
        everything = [(bgp.UPDATE, body) for body in updates(width, number(7) if add_path else b"")]
        found.append(start + everything)
        found.append(start + everything + [(bgp.ROUTE_REFRESH, b"\0\1\0\1"), (bgp.ROUTE_REFRESH, b"\0\1\1\1"),
                                           (bgp.ROUTE_REFRESH, b"\0\1\2\1"), (bgp.KEEPALIVE, b"")])
        found.append(start + everything[:3] + [(bgp.NOTIFICATION, b"\6\2\5hello")])
    return found


# --- mistakes ---------------------------------------------------------------------------------------------------------

EDGES = (0, 1, 2, 3, 4, 5, 7, 8, 14, 15, 16, 17, 23, 24, 32, 33, 64, 127, 128, 129, 254, 255)


def spoil(chance, octets):
    """One mistake in some octets."""
    octets = bytearray(octets)
    at = chance.randrange(len(octets) + 1)
    kind = chance.randrange(7)
    if kind == 0 or at == len(octets):
        octets[at:at] = chance.randbytes(chance.choice((1, 1, 2, 4, 40)))
    elif kind == 1:
        octets[at] ^= 1 << chance.randrange(8)
    elif kind == 2:
        octets[at] = chance.choice(EDGES)
    elif kind == 3:
        del octets[at:at + chance.choice((1, 1, 2, 4, 20))]
    elif kind == 4:
        size = chance.choice((2, 4, 8, 16))
        octets[at:at] = octets[at:at + size] * chance.choice((1, 1, 2, 30))
    elif kind == 5:
        octets[at:at + 2] = chance.choice((b"\0\0", b"\xff\xff", b"\0\1", b"\x10\0"))
    else:
        octets[at] = chance.randrange(256)
    return bytes(octets)


def mutated(sessions, seed, count):
    """A session with `count` mistakes: in bodies whose headers then fit them, in headers, in the order of messages."""
    chance = random.Random(seed)
    messages = list(chance.choice(sessions))
    for _ in range(count):
        at = chance.randrange(len(messages))
        kind, body = messages[at]
        what = chance.random()
        if what < 0.70:
            messages[at] = (kind, spoil(chance, body))
        elif what < 0.78:
            messages.insert(at, chance.choice(chance.choice(sessions)))
        elif what < 0.84:
            messages[at] = (chance.choice((1, 2, 2, 2, 3, 4, 5, 6)), body)
        elif what < 0.90 and len(messages) > 1:
            del messages[at]
        else:
            other = chance.randrange(len(messages))
            messages[at], messages[other] = messages[other], messages[at]
    stream = b"".join(bgp.message(kind, body[:65535 - bgp.HEADER]) for kind, body in messages)
    if chance.random() < 0.2:
        stream = spoil(chance, stream)
    return stream[:chance.randrange(len(stream))] if chance.random() < 0.1 else stream


class Mutations(LoopbackCase):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.speaker = self.lbgpd(speaker_file(), "-p", str(self.port), "-l", ROUTER, name="speaker",
                                  environment=ENVIRONMENT).start()
        self.sessions = recordings()
        self.number = 0

    def round(self, per_session):
        """One mutated session from every peer at once. Each must be closed by the daemon once we have said all."""
        under_way = []
        for address in PEERS:
            self.number += 1
            connection = socket.create_connection((ROUTER, self.port), 20, (address, 0))
            under_way.append((self.number, connection))
            try:
                connection.sendall(mutated(self.sessions, self.number, per_session))
                connection.shutdown(socket.SHUT_WR)
            except OSError:  # it had enough, and closed
                pass
        for session, connection in under_way:
            try:
                while connection.recv(65536):
                    pass
            except ConnectionError:
                pass
            except TimeoutError:
                self.fail(f"session {session} is not closed")
            finally:
                connection.close()
        self.speaker.process.must_live()
        # What an operator does for peers that are held back for their mistakes.
        self.speaker.show("clear bgp *")

    def settled(self):
        """Resident octets, once nothing of the mutated sessions is left."""
        until("all of their routes are gone",
              lambda: not self.speaker.routes("ipv4") and not self.speaker.routes("ipv6"), 30)
        return self.speaker.process.resident_bytes()

    def test_mutated_sessions(self):
        size, per_session, done = Options.size or FEW, 3, 0
        began, baseline = time.monotonic(), None
        while done < size:
            self.round(per_session)
            done += per_session * len(PEERS)
            if baseline is None and done >= min(size // 4, 50_000):
                baseline = self.settled()
        until("memory is back", lambda: self.settled() <= baseline * 1.1, 30)
        self.an_honest_session()
        print(f"{done} mutations in {self.number} sessions, {time.monotonic() - began:.0f} s; "
              f"{baseline >> 10} KiB after a quarter, {self.speaker.process.resident_bytes() >> 10} KiB at the end")

    def an_honest_session(self):
        peer = bgp.Peer.connect(ROUTER, self.port, source=HONEST)
        self.addCleanup(peer.close)
        peer.establish(PEER_AS, HONEST)
        peer.send(bgp.update(["10.111.0.1/32"], block(4, 1, 2, 3)))
        until("the route of an honest peer", lambda: "10.111.0.1/32" in self.speaker.routes("ipv4"))


if __name__ == "__main__":
    main(sandboxed=False)
