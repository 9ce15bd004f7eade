#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lbgpd as a service: reload, stop, and what it tells systemd about itself."""

import pathlib
import re
import signal
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, never, until  # noqa: E402
from lab.loopback import NODE1, NODE2, ROUTER, ROUTER_AS, LoopbackCase, free_port, node_file, router_file  # noqa: E402

VIP = "10.99.8.201/32"


class NotifySocket:
    """Stands where systemd would: collects what a service tells about its state."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        self.said = []

    def close(self):
        self.socket.close()

    def collect(self):
        """All KEY=VALUE pairs so far, in order."""
        while True:
            try:
                data = self.socket.recv(4096)
            except BlockingIOError:
                return self.said
            self.said += data.decode().split("\n")

    def count(self, pair):
        return self.collect().count(pair)


class Reload(LoopbackCase):
    def setUp(self):
        super().setUp()
        self.start_pair(VIP)
        self.drops = self.dropped()

    def dropped(self):
        return self.the_node.neighbor(ROUTER)["connectionsDropped"]

    def reload(self, daemon, text):
        daemon.configuration.write_text(text, encoding="ascii")
        daemon.process.signal(signal.SIGHUP)

    def test_an_unchanged_file_changes_nothing(self):
        self.the_node.process.signal(signal.SIGHUP)
        self.the_router.process.signal(signal.SIGHUP)
        never("the session drops", lambda: self.dropped() != self.drops or VIP not in self.the_router.routes("ipv4"),
              during=1.5)

    def test_a_bad_file_is_refused_and_logged_with_its_place(self):
        self.reload(self.the_router, router_file() + "\nrouter bgp nonsense\n")
        self.the_router.process.until_logged(f"{self.the_router.configuration}:17:12: error:")
        never("the session drops", lambda: self.dropped() != self.drops, during=1.0)
        self.assertIn(VIP, self.the_router.routes("ipv4"))

    def test_a_good_file_after_a_bad_one_is_taken(self):
        self.reload(self.the_node, "nonsense\n")
        self.the_node.process.until_logged(":1:1: error:")
        self.reload(self.the_node, node_file(self.port).replace("timers connect 1", "timers connect 7"))
        until("the new value is in force", lambda: "timers connect 7" in self.the_node.show("show running-config"))
        self.assertEqual(self.dropped(), self.drops)

    def test_an_added_neighbor_leaves_the_others_alone(self):
        second = node_file(self.port).replace(f" neighbor {ROUTER} remote-as 65001\n",
                                              f" neighbor {ROUTER} remote-as 65001\n neighbor {NODE2} remote-as 65001\n"
                                              f" neighbor {NODE2} port {self.port}\n")
        self.reload(self.the_node, second)
        until("the new neighbor is there", lambda: NODE2 in self.the_node.json("show bgp neighbors"))
        self.assertEqual(self.dropped(), self.drops)
        self.assertIn(VIP, self.the_router.routes("ipv4"))

    def test_a_removed_neighbor_goes_with_its_routes(self):
        self.reload(self.the_router, re.sub(r".*127\.90\.3\.101.*\n", "", router_file()))
        until("its route is gone", lambda: VIP not in self.the_router.routes("ipv4"))
        self.assertNotIn(NODE1, self.the_router.json("show bgp neighbors"))

    def test_a_storm_of_signals_does_no_harm(self):
        for _ in range(500):
            self.the_router.process.signal(signal.SIGHUP)
        never("the session drops", lambda: self.dropped() != self.drops, during=1.5)
        self.the_router.until_ready()


class Signals(LoopbackCase):
    def test_sigterm_withdraws_at_once_and_ends_with_zero(self):
        port = free_port()
        router = self.router(port).start()
        node = self.node(port).start()
        node.announce(VIP)
        until("the VIP at the router", lambda: VIP in router.routes("ipv4"))
        self.assertEqual(node.process.stop(), 0)
        until("the VIP gone from the router", lambda: VIP not in router.routes("ipv4"), 3)

    def test_sighup_while_it_stops_opens_nothing(self):
        server, other = socket.create_server((ROUTER, 0)), socket.create_server((NODE2, 0))
        for one in (server, other):
            self.addCleanup(one.close)
        server.settimeout(10)
        node = self.node(server.getsockname()[1]).start()
        peer = bgp.Peer(server.accept()[0])
        self.addCleanup(peer.close)
        peer.establish(ROUTER_AS, ROUTER)
        # The peer does not close its end: the node waits a second for it to read the last message.
        node.process.signal(signal.SIGTERM)
        peer.receive_until(bgp.NOTIFICATION)
        node.configuration.write_text(node_file(other.getsockname()[1]).replace(ROUTER, NODE2), encoding="ascii")
        node.process.signal(signal.SIGHUP)
        self.assertEqual(node.process.wait(), 0)
        other.settimeout(0.1)
        with self.assertRaises(TimeoutError):
            other.accept()

    def test_sigint_ends_it_as_well(self):
        node = self.node(free_port()).start()
        node.process.signal(signal.SIGINT)
        self.assertEqual(node.process.wait(), 0)

    def test_other_signals_do_no_harm(self):
        node = self.node(free_port()).start()
        for number in (signal.SIGPIPE, signal.SIGCHLD, signal.SIGWINCH):
            node.process.signal(number)
        node.until_ready()


class Systemd(LoopbackCase):
    def setUp(self):
        super().setUp()
        self.systemd = NotifySocket(self.directory / "notify")
        self.addCleanup(self.systemd.close)

    def notifying(self, **environment):
        return self.lbgpd(node_file(free_port()),
                          environment={"NOTIFY_SOCKET": str(self.systemd.path)} | environment)

    def test_ready_once_everything_answers(self):
        daemon = self.notifying()
        daemon.process.start()
        until("READY=1", lambda: daemon.process.must_live() and self.systemd.count("READY=1") == 1)
        with daemon.api() as api:
            self.assertEqual(api.call("list")["routes"], [])
        self.assertIn("lbgpd", daemon.show("show version"))

    def test_not_ready_with_a_bad_file(self):
        daemon = self.notifying()
        daemon.configuration.write_text("nonsense\n", encoding="ascii")
        daemon.process.start()
        self.assertEqual(daemon.process.wait(), 1)
        self.assertEqual(self.systemd.count("READY=1"), 0)

    def test_watchdog_is_fed_at_least_twice_per_period(self):
        daemon = self.notifying(WATCHDOG_USEC="400000")
        daemon.process.start()
        until("six meals", lambda: daemon.process.must_live() and self.systemd.count("WATCHDOG=1") >= 6, 2.0)

    def test_watchdog_is_silent_when_nobody_asked(self):
        daemon = self.notifying().start()
        never("WATCHDOG=1", lambda: self.systemd.count("WATCHDOG=1"), during=0.5)
        self.assertTrue(daemon.process.alive())

    def test_reload_is_reported_from_begin_to_end(self):
        daemon = self.notifying().start()
        self.systemd.collect()
        daemon.process.signal(signal.SIGHUP)
        until("RELOADING=1 and READY=1 again", lambda: self.systemd.count("READY=1") == 2)
        said = self.systemd.collect()
        self.assertLess(said.index("RELOADING=1"), len(said) - 1 - said[::-1].index("READY=1"))
        self.assertTrue(any(re.fullmatch(r"MONOTONIC_USEC=\d+", pair) for pair in said))

    def test_stopping(self):
        daemon = self.notifying().start()
        self.assertEqual(daemon.process.stop(), 0)
        self.assertEqual(self.systemd.count("STOPPING=1"), 1)


if __name__ == "__main__":
    main(sandboxed=False)
