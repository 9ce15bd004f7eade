#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A peer that talks nonsense: the NOTIFICATION that the RFC names, both values in the log, and nobody else hurt."""

import contextlib
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, never, until  # noqa: E402
from lab.loopback import NODE1, NODE2, NODE3, NODE_AS, ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402

VIP = "10.99.8.201/32"


class NonsenseCase(LoopbackCase):
    """The router under test, and peers of raw bytes at the addresses of its nodes."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.the_router = self.router(self.port).start()

    def peer(self, address=NODE1):
        """A connection of which the router takes notice: it answers with its OPEN."""
        def attempt():
            peer = bgp.Peer.connect(ROUTER, self.port, source=address)
            try:
                theirs = peer.receive()
            except OSError:
                theirs = None
            if theirs is None:
                peer.close()
                return None
            self.assertEqual(theirs.type, bgp.OPEN)
            return peer
        # After an error the router waits a while (IdleHold) before it takes the next connection.
        peer = until("the router speaks to us", attempt, 30)
        self.addCleanup(peer.close)
        return peer

    def session(self, address=NODE1):
        peer = self.peer(address)
        peer.send(bgp.open_message(NODE_AS, address))
        peer.send(bgp.message(bgp.KEEPALIVE))
        peer.receive_until(bgp.KEEPALIVE)
        until("Established", lambda: self.the_router.established(address))
        return peer

    def routes(self):
        return self.the_router.routes("ipv4")


class Opens(NonsenseCase):
    def answer(self, data):
        peer = self.peer()
        peer.send(data)
        return peer.notification()

    def test_our_open_says_who_we_are(self):
        peer = bgp.Peer.connect(ROUTER, self.port, source=NODE1)
        self.addCleanup(peer.close)
        version, my_as, hold = struct.unpack_from("!BHH", peer.receive_until(bgp.OPEN).body)
        self.assertEqual((version, my_as, hold), (4, ROUTER_AS, 9))

    def test_wrong_as(self):
        code, subcode, _ = self.answer(bgp.open_message(65002, NODE1))
        self.assertEqual((code, subcode), (2, 2))
        self.the_router.process.until_logged("peer says AS 65002, configured 65010")

    def test_as_zero(self):
        self.assertEqual(self.answer(bgp.open_message(0, NODE1, capabilities=bgp.multiprotocol(1)))[:2], (2, 2))

    def test_as_in_the_capability_decides(self):
        capabilities = bgp.multiprotocol(1) + bgp.four_octet_as(65002)
        self.assertEqual(self.answer(bgp.open_message(NODE_AS, NODE1, capabilities=capabilities))[:2], (2, 2))

    def test_versions(self):
        for version in (3, 5, 255):
            with self.subTest(version=version):
                self.assertEqual(self.answer(bgp.open_message(NODE_AS, NODE1, version=version)), (2, 1, b"\0\4"))

    def test_router_id_zero(self):
        self.assertEqual(self.answer(bgp.open_message(NODE_AS, "0.0.0.0"))[:2], (2, 3))

    def test_hold_times_of_one_and_two_seconds(self):
        for hold_time in (1, 2):
            with self.subTest(hold_time=hold_time):
                self.assertEqual(self.answer(bgp.open_message(NODE_AS, NODE1, hold_time=hold_time))[:2], (2, 6))

    def test_unknown_optional_parameter(self):
        self.assertEqual(self.answer(bgp.open_message(NODE_AS, NODE1, parameters=b"\x09\x01\x00"))[:2], (2, 4))

    def test_parameters_that_overrun(self):
        for parameters in (b"\x02", b"\x02\xff", b"\x02\x06\x01\x04\x00"):
            with self.subTest(parameters=parameters):
                self.assertEqual(self.answer(bgp.open_message(NODE_AS, NODE1, parameters=parameters))[:2], (2, 0))

    def test_unknown_capabilities_are_no_error(self):
        peer = self.peer()
        peer.send(bgp.open_message(NODE_AS, NODE1, capabilities=bgp.multiprotocol(1) + bgp.capability(200, b"x" * 90)
                                   + bgp.four_octet_as(NODE_AS)), bgp.message(bgp.KEEPALIVE))
        peer.receive_until(bgp.KEEPALIVE)


class Headers(NonsenseCase):
    def answer(self, data):
        peer = self.peer()
        peer.send(data)
        return peer.notification()

    def test_marker(self):
        bad = bgp.message(bgp.KEEPALIVE, marker=b"\xff" * 15 + b"\xfe")
        self.assertEqual(self.answer(bad)[:2], (1, 1))

    def test_lengths_are_refused_at_once_with_the_length_as_data(self):
        for length in (0, 18, 4097, 65535):
            with self.subTest(length=length):
                self.assertEqual(self.answer(bgp.message(bgp.OPEN, length=length)), (1, 2, struct.pack("!H", length)))

    def test_lengths_of_their_types(self):
        # A short NOTIFICATION is not among them: no NOTIFICATION is ever answered (RFC 4271 6.4).
        for kind, size in ((bgp.OPEN, 9), (bgp.KEEPALIVE, 1)):
            with self.subTest(kind=kind):
                data = bgp.message(kind, bytes(size))
                self.assertEqual(self.answer(data), (1, 2, struct.pack("!H", len(data))))

    def test_types(self):
        for kind in (0, 6, 255):
            with self.subTest(kind=kind):
                self.assertEqual(self.answer(bgp.message(kind)), (1, 3, bytes((kind,))))

    def test_a_web_browser(self):
        self.assertEqual(self.answer(b"GET / HTTP/1.1\r\nHost: router\r\n\r\n")[:2], (1, 1))

    def test_messages_in_states_that_do_not_expect_them(self):
        self.assertEqual(self.answer(bgp.message(bgp.KEEPALIVE))[:2], (5, 1))
        self.assertEqual(self.answer(bgp.message(bgp.UPDATE, bytes(4)))[:2], (5, 1))

    def test_second_open_in_established(self):
        peer = self.session()
        peer.send(bgp.open_message(NODE_AS, NODE1))
        self.assertEqual(peer.notification()[:2], (5, 3))


class Updates(NonsenseCase):
    def setUp(self):
        super().setUp()
        self.plain = bgp.attributes(NODE_AS, NODE1)

    def test_a_plain_route(self):
        peer = self.session()
        peer.send(bgp.update([VIP], bgp.attributes(NODE_AS, NODE1, communities=["65010:100"])))
        until("the route", lambda: self.the_router.route("ipv4", VIP)[0]["community"]["list"] == ["65010:100"])
        peer.send(bgp.update(withdrawn=[VIP]))
        until("gone", lambda: VIP not in self.routes())

    def test_octet_by_octet(self):
        peer = self.session()
        for octet in bgp.update([VIP], self.plain):
            peer.send(bytes((octet,)))
        until("the route", lambda: VIP in self.routes())

    def treated_as_withdraw(self, block):
        """RFC 7606: the route goes, the session stays."""
        peer = self.session()
        peer.send(bgp.update([VIP, "10.99.8.202/32"], self.plain))
        until("both routes", lambda: len(self.routes()) == 2)
        peer.send(bgp.update([VIP], block))
        until("the route of the bad UPDATE is gone", lambda: list(self.routes()) == ["10.99.8.202/32"])
        self.assertTrue(self.the_router.established(NODE1))
        peer.close()

    def test_bad_origin(self):
        self.treated_as_withdraw(self.plain.replace(bgp.attribute(0x40, 1, b"\0"), bgp.attribute(0x40, 1, b"\7")))

    def test_missing_next_hop(self):
        self.treated_as_withdraw(self.plain.replace(bgp.attribute(0x40, 3, socket.inet_aton(NODE1)), b""))

    def test_communities_of_an_odd_length(self):
        self.treated_as_withdraw(self.plain + bgp.attribute(0xC0, 8, b"\0\1\2"))

    def test_as_path_that_overruns_its_segment(self):
        self.treated_as_withdraw(bgp.attribute(0x40, 1, b"\0") + bgp.attribute(0x40, 2, b"\2\2" + bytes(4))
                                 + bgp.attribute(0x40, 3, socket.inet_aton(NODE1)))

    def test_wrong_flags(self):
        self.treated_as_withdraw(self.plain + bgp.attribute(0x40, 8, bytes(4)))

    def test_duplicate_attribute_the_first_one_counts(self):
        peer = self.session()
        peer.send(bgp.update([VIP], self.plain + bgp.attribute(0xC0, 8, struct.pack("!HH", 65010, 1))
                             + bgp.attribute(0xC0, 8, struct.pack("!HH", 65010, 2))))
        until("the first set of communities", lambda: self.the_router.route("ipv4", VIP)[0]["community"]["list"] ==
              ["65010:1"])

    def test_own_as_in_the_path(self):
        peer = self.session()
        path = bgp.attribute(0x40, 2, struct.pack("!BBII", 2, 2, NODE_AS, ROUTER_AS))
        peer.send(bgp.update([VIP], bgp.attribute(0x40, 1, b"\0") + path
                             + bgp.attribute(0x40, 3, socket.inet_aton(NODE1))),
                  bgp.update(["10.99.8.202/32"], self.plain))
        until("the other route", lambda: list(self.routes()) == ["10.99.8.202/32"])

    def test_lengths_that_overrun_the_message(self):
        for body in (struct.pack("!HH", 9, 0), struct.pack("!HH", 0, 9)):
            with self.subTest(body=body):
                peer = self.session()
                peer.send(bgp.message(bgp.UPDATE, body))
                self.assertEqual(peer.notification()[:2], (3, 1))

    def test_prefix_longer_than_an_address(self):
        peer = self.session()
        peer.send(bgp.message(bgp.UPDATE, struct.pack("!HH", 0, len(self.plain)) + self.plain + b"\x21" + bytes(5)))
        self.assertEqual(peer.notification()[:2], (3, 10))

    def test_unknown_transitive_attribute_is_carried(self):
        peer = self.session()
        peer.send(bgp.update([VIP], self.plain + bgp.attribute(0xC0, 222, b"whatever")))
        until("the route", lambda: VIP in self.routes())


class Neighbourhood(NonsenseCase):
    def test_one_peers_nonsense_does_not_touch_another(self):
        good = self.session(NODE1)
        good.send(bgp.update([VIP], bgp.attributes(NODE_AS, NODE1)))
        until("the route", lambda: VIP in self.routes())
        bad = self.session(NODE2)
        bad.send(b"\0" * 19)
        self.assertEqual(bad.notification()[:2], (1, 1))
        self.assertTrue(self.the_router.established(NODE1))
        self.assertIn(VIP, self.routes())

    def test_a_peer_that_goes_takes_its_routes_along(self):
        peer = self.session()  # without the graceful-restart capability
        peer.send(bgp.update([VIP], bgp.attributes(NODE_AS, NODE1)))
        until("the route", lambda: VIP in self.routes())
        peer.close()
        until("the route is gone", lambda: VIP not in self.routes())

    def test_silence_ends_at_the_hold_time(self):
        peer = self.session()
        peer.connection.settimeout(20)
        peer.send(bgp.update([VIP], bgp.attributes(NODE_AS, NODE1)))
        self.assertEqual(peer.notification()[:2], (4, 0))
        until("the route is gone", lambda: VIP not in self.routes())

    def test_keepalives_come_every_three_seconds_or_sooner(self):
        peer = self.session()
        peer.connection.settimeout(3.5)
        for _ in range(2):
            self.assertEqual(peer.receive_until(bgp.KEEPALIVE).type, bgp.KEEPALIVE)
            peer.send(bgp.message(bgp.KEEPALIVE))

    def test_a_connection_without_a_word_blocks_nobody(self):
        silent = [bgp.Peer.connect(ROUTER, self.port, source=NODE3) for _ in range(20)]
        for one in silent:
            self.addCleanup(one.close)
        self.session(NODE1)

    def test_strangers_are_closed_before_a_byte_is_said(self):
        with contextlib.suppress(ConnectionResetError):  # so soon that the connection hardly was there
            with bgp.Peer.connect(ROUTER, self.port, source="127.90.3.200") as stranger:
                self.assertIsNone(stranger.receive())

    def test_a_thousand_strangers_disturb_no_session(self):
        peer = self.session()
        for _ in range(1000):
            with contextlib.suppress(ConnectionResetError):
                bgp.Peer.connect(ROUTER, self.port, source="127.90.3.200").close()
        never("the session drops", lambda: not self.the_router.established(NODE1), during=0.5)
        peer.send(bgp.message(bgp.KEEPALIVE))

    def test_notification_is_not_answered(self):
        peer = self.session()
        peer.send(bgp.message(bgp.NOTIFICATION, b"\x06\x02" + b"\x05hello"))
        while (got := peer.receive()) is not None:
            self.assertNotEqual(got.type, bgp.NOTIFICATION)
        self.the_router.process.until_logged("hello")


class OurUpdates(LoopbackCase):
    """What a node sends, octet by octet, to a router of raw bytes."""

    def setUp(self):
        super().setUp()
        self.server = socket.create_server((ROUTER, 0))
        self.server.settimeout(20)
        self.addCleanup(self.server.close)
        self.the_node = self.node(self.server.getsockname()[1]).start()
        connection, source = self.server.accept()
        self.assertEqual(source[0], NODE1)
        connection.settimeout(10)
        self.peer = bgp.Peer(connection)
        self.addCleanup(self.peer.close)

    def updates_until_end_of_rib(self):
        found = []
        while True:
            body = self.peer.receive_until(bgp.UPDATE).body
            if body == bytes(4):
                return found
            found.append(body)

    def test_routes_then_end_of_rib_then_changes(self):
        self.the_node.announce(VIP, communities=["65010:100"], med=7)
        self.peer.establish(ROUTER_AS, ROUTER, capabilities=bgp.multiprotocol(1) + bgp.four_octet_as(ROUTER_AS))
        (body,) = self.updates_until_end_of_rib()
        gone, attributes, prefixes = bgp.decode_update(body)
        self.assertEqual((gone, prefixes), ([], [VIP]))
        self.assertEqual(attributes, {1: b"\0", 2: struct.pack("!BBI", 2, 1, NODE_AS), 3: socket.inet_aton(NODE1),
                                      4: struct.pack("!I", 7), 8: struct.pack("!HH", 65010, 100)})
        self.assertEqual(list(attributes), sorted(attributes))
        self.the_node.withdraw(VIP)
        self.assertEqual(bgp.decode_update(self.peer.receive_until(bgp.UPDATE).body), ([VIP], {}, []))

    def test_an_old_router_gets_as_trans_and_two_octets(self):
        self.the_node.announce(VIP)
        self.peer.establish(ROUTER_AS, ROUTER, capabilities=b"")
        body = self.peer.receive_until(bgp.UPDATE).body
        _, attributes, prefixes = bgp.decode_update(body)
        self.assertEqual(prefixes, [VIP])
        self.assertEqual(attributes[2], struct.pack("!BBH", 2, 1, NODE_AS))

    def test_routes_with_the_same_attributes_share_a_message(self):
        self.the_node.announce(*(f"10.99.8.{last}/32" for last in range(1, 201)), communities=["65010:100"])
        self.peer.establish(ROUTER_AS, ROUTER)
        bodies = [body for body in self.updates_until_end_of_rib() if len(body) > 30]
        self.assertEqual([len(bgp.decode_update(body)[2]) for body in bodies], [200])

    def test_route_refresh_sends_everything_again(self):
        self.the_node.announce(VIP)
        self.peer.establish(ROUTER_AS, ROUTER)
        self.updates_until_end_of_rib()
        self.peer.send(bgp.message(bgp.ROUTE_REFRESH, struct.pack("!HBB", 1, 0, 1)))
        while True:
            body = self.peer.receive_until(bgp.UPDATE).body
            if len(body) > 4 and VIP in bgp.decode_update(body)[2]:
                break

    def test_a_router_that_does_not_read_hinders_nobody(self):
        self.peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.peer.establish(ROUTER_AS, ROUTER, hold_time=0)
        for batch in range(20):
            self.the_node.announce(*(f"10.{batch}.{number >> 8}.{number & 255}/32" for number in range(1, 1000)),
                                   med=batch)
        with self.the_node.api() as api:
            self.assertEqual(len(api.call("list")["routes"]), 20 * 999)


if __name__ == "__main__":
    main(sandboxed=False)
