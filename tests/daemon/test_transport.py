#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything between a neighbor's configuration and its TCP connection, over loopback."""

import pathlib
import resource
import signal
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, never, until  # noqa: E402
from lab.loopback import NODE1, NODE2, NODE3, NODE_AS, ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402

STRANGER = "127.90.3.200"
VIP = "10.99.8.201/32"


def configuration(own, own_as, *lines, file_lines=()):
    """A file with `router bgp`; `lines` stand inside of it."""
    return "\n".join([*file_lines, f"router bgp {own_as}", f" bgp router-id {own}", " no bgp ebgp-requires-policy",
                      *(f" {line}" for line in lines), "!", ""])


class TransportCase(LoopbackCase):
    def setUp(self):
        super().setUp()
        self.port = free_port()

    def listening(self, *lines, name="router", **more):
        """The router: a daemon that listens, and has the lines said."""
        return self.lbgpd(configuration(ROUTER, ROUTER_AS, *lines, **more), "-p", str(self.port), "-l", ROUTER,
                          name=name).start()

    def dialling(self, *extra, address=NODE1, name="node", local_as=NODE_AS):
        """A node that connects to the router."""
        lines = [f"neighbor {ROUTER} remote-as {ROUTER_AS}", f"neighbor {ROUTER} port {self.port}",
                 f"neighbor {ROUTER} update-source {address}", f"neighbor {ROUTER} timers connect 1",
                 *(f"neighbor {ROUTER} {line}" for line in extra)]
        return self.lbgpd(configuration(address, local_as, *lines), name=name).start()

    def peer(self, source=NODE1):
        connection = bgp.Peer.connect(ROUTER, self.port, source=source)
        self.addCleanup(connection.close)
        return connection


def named(*nodes, extra=()):
    """Lines for neighbors that are waited for."""
    return [line for node in nodes for line in (f"neighbor {node} remote-as {NODE_AS}", f"neighbor {node} passive",
                                                *(f"neighbor {node} {more}" for more in extra))]


class Passwords(TransportCase):
    """RFC 2385, fail closed."""

    def test_the_same_on_both_sides(self):
        router = self.listening(*named(NODE1, extra=["password sesame"]))
        node = self.dialling("password sesame")
        until("the session", lambda: node.established(ROUTER) and router.established(NODE1))
        self.assertEqual(node.neighbor(ROUTER)["authenticationEnabled"], 1)

    def check_refused(self, router_lines, node_lines, words):
        router = self.listening(*named(NODE1, extra=router_lines))
        node = self.dialling(*node_lines)
        # A dropped segment is counted by whoever drops it. Here both sides are one host.
        until("the node says why", lambda: words in node.process.output(), 15)
        self.assertIn("no answer to the connection attempt", node.process.output())
        self.assertFalse(router.established(NODE1))
        problem = node.neighbor(ROUTER)["authenticationProblem"]
        self.assertIn(words, problem)
        self.assertIn(f"Peer Authentication Problem: {problem}\n", node.show(f"show bgp neighbors {ROUTER}"))
        self.assertIn(f"{problem}; last attempt: no answer", node.show("show bgp summary failed"))

    def test_a_wrong_one(self):
        self.check_refused(["password sesame"], ["password open"], "the passwords differ")

    def test_one_that_only_the_router_has(self):
        router = self.listening(*named(NODE1, extra=["password sesame"]))
        node = self.dialling()
        router_problem = lambda: router.neighbor(NODE1).get("authenticationProblem", "")  # noqa: E731
        until("the router sees segments without a signature",
              lambda: "the neighbor has no password for us" in router_problem(), 15)
        self.assertFalse(node.established(ROUTER))

    def test_one_that_only_the_node_has(self):
        router = self.listening(*named(NODE1))
        node = self.dialling("password sesame")
        until("the router sees segments with a signature", lambda: "none is configured here" in
              router.neighbor(NODE1).get("authenticationProblem", ""), 15)
        self.assertFalse(node.established(ROUTER))

    def test_another_one_on_reload_resets_that_session_alone(self):
        router = self.listening(*named(NODE1, extra=["password one"]), *named(NODE2, extra=["password two"]))
        one = self.dialling("password one", name="one")
        two = self.dialling("password two", name="two", address=NODE2)
        until("both sessions", lambda: one.established(ROUTER) and two.established(ROUTER))
        text = router.configuration.read_text(encoding="ascii")
        router.configuration.write_text(text.replace("password one", "password three"), encoding="ascii")
        router.process.signal(signal.SIGHUP)
        until("the session of the changed neighbor ends", lambda: not router.established(NODE1))
        never("it comes back with the old password", lambda: router.established(NODE1), during=1.5)
        text = one.configuration.read_text(encoding="ascii")
        one.configuration.write_text(text.replace("password one", "password three"), encoding="ascii")
        one.process.signal(signal.SIGHUP)
        until("the session with the new password", lambda: router.established(NODE1), 20)
        self.assertEqual(router.neighbor(NODE2)["connectionsDropped"], 0)

    def test_one_for_a_whole_range(self):
        router = self.listening("neighbor G peer-group", "neighbor G remote-as external", "neighbor G password sesame",
                                "bgp listen range 127.90.3.0/24 peer-group G")
        right = self.dialling("password sesame", name="right")
        wrong = self.dialling("password open", name="wrong", address=NODE2)
        without = self.dialling(name="without", address=NODE3)
        until("the session with the right one", lambda: right.established(ROUTER))
        never("a session with another", lambda: wrong.established(ROUTER) or without.established(ROUTER), during=2.0)
        self.assertEqual(list(router.json("show bgp neighbors")), [NODE1])

    def check_range(self, password, node_lines, words):
        """Nobody knows the address of who is dropped: the range tells, in `show` and in the log."""
        group = ["neighbor G peer-group", "neighbor G remote-as external", *password,
                 "bgp listen range 127.90.3.0/24 peer-group G"]
        router = self.listening(*group)
        problem = lambda: router.json("show bgp peer-group G")["G"].get("authenticationProblem")  # noqa: E731
        self.assertIsNone(problem())
        node = self.dialling(*node_lines)
        router.process.until_logged("[MD5-RANGE] bgp listen range 127.90.3.0/24: segments with", 30)
        self.assertIn(words, router.process.output())
        self.assertIn(words, problem())
        self.assertIn(f"  Peer Authentication Problem: {problem()}\n", router.show("show bgp peer-group G"))
        self.assertFalse(node.established(ROUTER))
        self.assertEqual(router.json("show bgp neighbors"), {})

    def test_a_wrong_one_for_a_range(self):
        self.check_range(["neighbor G password sesame"], ["password open"], "the passwords differ")

    def test_none_for_a_range_that_has_one(self):
        self.check_range(["neighbor G password sesame"], [], "the neighbor has no password for us")

    def test_one_for_a_range_that_has_none(self):
        self.check_range([], ["password open"], "none is configured here")


class Keys(TransportCase):
    def test_one_that_the_kernel_does_not_take(self):
        """A socket has room for so many keys. Whose key found none is not let in without one."""
        room = int(pathlib.Path("/proc/sys/net/core/optmem_max").read_text(encoding="ascii"))
        ranges = [f"127.91.{number >> 8}.{number & 255}/32" for number in range(room // 100)]
        router = self.listening("neighbor G peer-group", "neighbor G remote-as external", "neighbor G password sesame",
                                *(f"bgp listen range {one} peer-group G" for one in
                                  ("127.90.3.0/24", *ranges, "127.99.0.0/16")))
        router.process.until_logged("[MD5-REFUSED] neighbor 127.99.0.0/16: the kernel does not take the TCP-MD5 key: "
                                    "Cannot allocate memory")
        node = self.dialling("password sesame")
        until("the session of whose key was taken", lambda: node.established(ROUTER))
        with self.assertRaises((ConnectionError, AssertionError)):
            self.peer("127.99.0.1").establish(NODE_AS, NODE1)
        self.assertEqual(list(router.json("show bgp neighbors")), [NODE1])


class Reasons(TransportCase):
    """Why there is no connection, in words."""

    def reason(self, *lines):
        node = self.lbgpd(configuration(NODE1, NODE_AS, *lines)).start()
        (address,) = node.json("show bgp neighbors")
        until("a reason is shown", lambda: node.neighbor(address).get("lastResetDetail"))
        return node.neighbor(address)["lastResetDetail"]

    def test_nobody_listens(self):
        self.assertEqual(self.reason(f"neighbor {ROUTER} remote-as 1", f"neighbor {ROUTER} port {self.port}"),
                         "connection refused")

    def test_a_refused_connection_hides_no_disagreement(self):
        router = self.listening(f"neighbor {NODE1} remote-as 65099", f"neighbor {NODE1} passive")
        node = self.dialling()
        failed = lambda: node.json("show bgp ipv4 unicast summary failed")["peers"][ROUTER]  # noqa: E731
        until("the disagreement", lambda: "Bad Peer AS" in failed().get("lastResetDetail", ""))
        router.process.stop()
        until("the refused attempt beside it", lambda: failed()["lastResetDetail"] ==
              "peer sent OPEN Message Error/Bad Peer AS; last attempt: connection refused", 20)
        self.assertIn("Notification received (OPEN Message Error/Bad Peer AS): peer sent OPEN Message Error/Bad Peer AS; "
                      "last attempt: connection refused\n", node.show("show bgp summary failed"))

    def test_an_ebgp_neighbor_on_no_connected_network(self):
        self.assertIn("203.0.113.1 is on no connected network", self.reason("neighbor 203.0.113.1 remote-as 1"))

    def test_an_interface_that_does_not_exist(self):
        self.assertIn("update-source nowhere0: there is no such interface", self.reason(
            f"neighbor {ROUTER} remote-as 1", f"neighbor {ROUTER} update-source nowhere0"))

    def test_an_interface_to_nobody(self):
        self.assertIn("interface nowhere0 does not exist", self.reason("neighbor nowhere0 interface remote-as external"))


class Sockets(TransportCase):
    def test_the_options_are_shown_and_hold(self):
        router = self.listening("bgp tcp-keepalive 10 5 3", *named(NODE1, extra=["tcp-mss 1000"]),
                                file_lines=["bgp session-dscp 10"])
        node = self.dialling("tcp-mss 1100")
        until("the session", lambda: node.established(ROUTER))
        self.assertEqual(node.neighbor(ROUTER)["bgpTcpMssConfigured"], 1100)
        self.assertLessEqual(node.neighbor(ROUTER)["bgpTcpMssSynced"], 1100)
        self.assertIn("  Configured tcp-mss is 1000, synced tcp-mss is ", router.show(f"show bgp neighbors {NODE1}"))

    def test_gtsm_over_loopback(self):
        router = self.listening(*named(NODE1, extra=["ttl-security hops 1"]))
        node = self.dialling("ttl-security hops 1")
        until("the session", lambda: node.established(ROUTER) and router.established(NODE1))

    def test_gtsm_against_a_sender_with_a_small_ttl(self):
        """The listening socket itself drops the SYN: nothing is accepted, and nobody learns anything."""
        router = self.listening(*named(NODE1, extra=["ttl-security hops 1"]))
        stranger = socket.socket()
        self.addCleanup(stranger.close)
        stranger.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 64)
        stranger.bind((NODE1, 0))
        stranger.settimeout(1.5)
        with self.assertRaises(TimeoutError):
            stranger.connect((ROUTER, self.port))
        self.assertEqual(router.neighbor(NODE1)["messageStats"]["totalRecv"], 0)

    def test_only_the_chosen_addresses_are_listened_on(self):
        router = self.lbgpd(configuration(ROUTER, ROUTER_AS, *named(NODE1)), "-p", str(self.port), "-l", ROUTER,
                            "-l", "192.0.2.9").start()  # the latter is not there (yet)
        self.peer().establish(NODE_AS, NODE1)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.90.254.2", self.port), 5)
        self.assertIn(f"192.0.2.9:{self.port}", router.process.output())


class Ranges(TransportCase):
    """Dynamic neighbors."""

    group = ("neighbor G peer-group", "neighbor G remote-as external", "bgp listen range 127.90.3.0/24 peer-group G")

    def summary(self, router):
        return router.json("show bgp ipv4 unicast summary")

    def test_they_come_work_and_go(self):
        router = self.listening(*self.group)
        nodes = [self.dialling(name=f"node{number}", address=address, local_as=NODE_AS + number)
                 for number, address in enumerate((NODE1, NODE2, NODE3))]
        for node in nodes:
            until("its session", lambda: node.established(ROUTER))  # noqa: B023
        nodes[0].announce(VIP)
        until("its route", lambda: router.routes("ipv4").get(VIP))
        until("the route at another", lambda: nodes[1].routes("ipv4").get(VIP))
        summary = self.summary(router)
        self.assertEqual((summary["totalPeers"], summary["dynamicPeers"]), (3, 3))
        self.assertTrue(summary["peers"][NODE1]["dynamicPeer"])
        text = router.show("show bgp summary")
        self.assertIn(f"\n*{NODE1} ", text)
        self.assertIn("* - dynamic neighbor\n3 dynamic neighbor(s), limit 100\n", text)
        self.assertIn(f"BGP neighbor is *{NODE1}, remote AS {NODE_AS},", router.show(f"show bgp neighbors {NODE1}"))
        self.assertIn(" Belongs to the subnet range group: 127.90.3.0/24\n",
                      router.show(f"show bgp neighbors {NODE1}"))
        nodes[0].process.stop()
        until("it is forgotten", lambda: NODE1 not in router.json("show bgp neighbors"))
        self.assertNotIn(VIP, router.routes("ipv4"))
        self.assertTrue(router.established(NODE2))

    def test_one_that_was_killed_is_kept_for_as_long_as_its_routes(self):
        router = self.listening(*self.group)
        node = self.dialling()
        until("its session", lambda: node.established(ROUTER))
        node.announce(VIP)
        until("its route", lambda: router.routes("ipv4").get(VIP))
        node.process.kill()
        until("the route is stale", lambda: router.routes("ipv4")[VIP][0].get("stale"))
        never("the route or the neighbor goes", lambda: VIP not in router.routes("ipv4"), during=2.0)
        node.start()
        until("the route is fresh", lambda: not router.routes("ipv4")[VIP][0].get("stale"))

    def test_one_with_too_many_prefixes_stays_out(self):
        router = self.listening(*self.group, "neighbor G maximum-prefix 1")
        node = self.dialling()
        until("its session", lambda: node.established(ROUTER))
        node.announce(VIP, "10.106.0.99/32")

        def resting():
            summary = router.json("show bgp ipv4 unicast summary")
            return summary["peers"].get(NODE1, {}).get("state") == "Idle (PfxCt)"
        until("it rests", resting)
        never("it is forgotten, and let in again", lambda: not resting(), during=3.0)

    def test_the_limit(self):
        router = self.listening(*self.group, "bgp listen limit 1")
        first = self.peer(NODE1)
        first.establish(NODE_AS, NODE1)
        with self.assertRaises(ConnectionError):
            second = self.peer(NODE2)
            second.send(bgp.open_message(NODE_AS, NODE2))
            if second.receive() is None:
                raise ConnectionError
        router.process.until_logged(f"[LISTEN-LIMIT] connection from {NODE2} is closed")
        self.assertEqual(list(router.json("show bgp neighbors")), [NODE1])

    def test_at_the_limit_the_oldest_without_a_session_makes_room(self):
        router = self.listening(*self.group, "bgp listen limit 3")
        established = self.peer(NODE1)
        established.establish(NODE_AS, NODE1)
        first, second = self.peer(NODE2), self.peer(NODE3)
        until("all places are taken", lambda: len(router.json("show bgp neighbors")) == 3)
        third = self.peer("127.90.3.111")
        third.establish(NODE_AS, "127.90.3.111")
        while first.receive():  # until it is closed
            pass
        router.process.until_logged(f"[LISTEN-LIMIT] neighbor {NODE2}, which has no session, makes room for 127.90.3.111")
        second.establish(NODE_AS, NODE3)
        # Three sessions: nobody makes room for anybody.
        with self.assertRaises(ConnectionError):
            fourth = self.peer("127.90.3.112")
            fourth.send(bgp.open_message(NODE_AS, "127.90.3.112"))
            if fourth.receive() is None:
                raise ConnectionError
        router.process.until_logged("[LISTEN-LIMIT] connection from 127.90.3.112 is closed")
        self.assertEqual(sorted(router.json("show bgp neighbors")), sorted([NODE1, NODE3, "127.90.3.111"]))
        self.assertTrue(router.established(NODE1))

    def test_another_as_than_the_groups_is_refused_and_not_kept(self):
        router = self.listening("neighbor G peer-group", "neighbor G remote-as 65020",
                                "bgp listen range 127.90.3.0/24 peer-group G")
        peer = self.peer()
        peer.send(bgp.open_message(NODE_AS, NODE1))
        self.assertEqual(peer.notification()[:2], (2, 2))
        until("it is forgotten", lambda: not router.json("show bgp neighbors"), 15)

    def test_a_reload_reaches_those_that_are_there(self):
        router = self.listening(*self.group)
        peer = self.peer()
        peer.establish(NODE_AS, NODE1)
        text = router.configuration.read_text(encoding="ascii")
        router.configuration.write_text(text.replace("127.90.3.0/24", "127.90.0.0/16"), encoding="ascii")
        router.process.signal(signal.SIGHUP)
        until("the wider range is known", lambda: "127.90.0.0/16" in router.show(f"show bgp neighbors {NODE1}"))
        self.assertTrue(router.established(NODE1))
        router.configuration.write_text(text.replace("bgp listen range", "!"), encoding="ascii")
        router.process.signal(signal.SIGHUP)
        self.assertEqual(peer.notification()[:2], (6, 3))  # RFC 4486: Peer De-configured
        until("it is gone", lambda: not router.json("show bgp neighbors"))


class Storms(TransportCase):
    """Others at the door. The session that stands has a hold time of three seconds."""

    def established_peer(self):
        peer = self.peer()
        peer.establish(NODE_AS, NODE1, hold_time=3)
        peer.connection.settimeout(3.0)
        return peer

    def knock(self, source, times):
        """Connects so often, one after the other; how many got a connection at all."""
        got = 0
        for _ in range(times):
            with socket.socket() as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.bind((source, 0))
                try:
                    one.connect((ROUTER, self.port))
                    got += 1
                except OSError:
                    pass
        return got

    def storm(self, source, times, every=500):
        """The longest time that our session heard nothing while others knocked."""
        router = self.listening(*named(NODE1, NODE2, extra=["timers 1 3"]))
        peer = self.established_peer()
        longest, last = 0.0, time.monotonic()
        for _ in range(times // every):
            self.knock(source, every)
            peer.send(bgp.message(bgp.KEEPALIVE))
            peer.connection.settimeout(0.01)
            try:
                while peer.receive():
                    longest, last = max(longest, time.monotonic() - last), time.monotonic()
            except TimeoutError:
                pass
        self.assertTrue(router.established(NODE1))
        self.assertEqual(router.neighbor(NODE1)["connectionsDropped"], 0)
        return router, longest

    def test_five_thousand_strangers(self):
        began = time.monotonic()
        router, longest = self.storm(STRANGER, 5000)
        print(f"5,000 strangers in {time.monotonic() - began:.1f} s; the session was silent for {longest:.2f} s at most",
              file=sys.stderr)
        # Keepalives are due every second, less jitter; the knocking itself comes in rounds.
        self.assertLess(longest, 3.0)
        self.assertEqual(router.process.output().count("[UNKNOWN-PEER]"), 1)
        fds = len(list(pathlib.Path(f"/proc/{router.process.pid}/fd").iterdir()))
        self.assertLess(fds, 40)

    def test_a_neighbor_that_connects_all_the_time(self):
        router, longest = self.storm(NODE2, 2000)
        self.assertLess(longest, 3.0)
        self.assertIn(f"[CONNECT-STORM] neighbor {NODE2}", router.process.output())
        fds = len(list(pathlib.Path(f"/proc/{router.process.pid}/fd").iterdir()))
        self.assertLess(fds, 40)
        # It is let in as soon as it behaves.
        def try_again():
            with bgp.Peer.connect(ROUTER, self.port, source=NODE2) as second:
                second.establish(NODE_AS, NODE2)
                return router.established(NODE2)
        until("its session", try_again, 20, interval=1.0)

    def test_out_of_descriptors(self):
        """Sessions go on; new ones come once there is room."""
        router = self.listening(*named(NODE1, NODE2, extra=["timers 1 3"]))
        peer = self.established_peer()

        def descriptors():
            return {int(one.name) for one in pathlib.Path(f"/proc/{router.process.pid}/fd").iterdir()}
        used = set()

        def settled():  # a session that comes up asks the kernel for addresses by a socket of its own
            nonlocal used
            before, used = used, descriptors()
            return before == used
        until("the same descriptors twice", settled, interval=0.2)
        first_free = min(set(range(len(used) + 1)) - used)
        _, hard = resource.prlimit(router.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(router.process.pid, resource.RLIMIT_NOFILE, (first_free, hard))
        with self.assertRaises((ConnectionError, AssertionError)):
            self.peer(NODE2).establish(NODE_AS, NODE2)
        router.process.until_logged("[CANNOT-ACCEPT]")
        peer.send(bgp.message(bgp.KEEPALIVE))
        peer.receive_until(bgp.KEEPALIVE)
        resource.prlimit(router.process.pid, resource.RLIMIT_NOFILE, (1024, hard))
        second = self.peer(NODE2)
        second.establish(NODE_AS, NODE2)
        until("the session", lambda: router.established(NODE2))


if __name__ == "__main__":
    main(sandboxed=False)
