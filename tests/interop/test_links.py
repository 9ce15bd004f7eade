#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The host's addresses and links come, change and go under sessions with FRR.

    node 172.29.51.11, AS 64512 ── (a switch) ── 172.29.51.1, fd47:25e1:2f96:51::1, AS 64513, FRR
"""

import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, never, process, until  # noqa: E402
from lab import frr  # noqa: E402
from lab.lbgpd import Lbgpd  # noqa: E402
from lab.peering import WORD, file  # noqa: E402

NODE_AS, ROUTER_AS = 64512, 64513
NODE = "172.29.51.11"
NODE6, MOVED6 = "fd47:25e1:2f96:51::11", "fd47:25e1:2f96:51::12"
ROUTER, ROUTER6 = "172.29.51.1", "fd47:25e1:2f96:51::1"
VIP = {4: "172.29.52.100/32", 6: "fd47:25e1:2f96:52:100::64/128"}


class Lab(Case):
    """A node on a switch that keeps the router's side of the link up, whatever the node's does."""

    node_timers = ("timers 3 9", "timers connect 60")
    router_lines = ()
    node_lines = ()

    def setUp(self):
        self.require(frr.missing())
        self.router_namespace, self.node_namespace = Namespace("router"), Namespace("node")
        self.addCleanup(self.router_namespace.delete)
        self.addCleanup(self.node_namespace.delete)
        self.addCleanup(process.stop_all)
        self.router_namespace.become_router()
        self.router_namespace.add_bridge("br0", f"{ROUTER}/24", f"{ROUTER6}/64")
        cable(self.router_namespace, "other", self.router_namespace, "nobody", bridge="br0")
        cable(self.router_namespace, "port", self.node_namespace, "eth1", bridge="br0")
        self.node_namespace.add_address("eth1", f"{NODE}/24")
        self.directory = Options.directory / self.id().rpartition(".")[2][:40]
        self.directory.mkdir()
        about = f"neighbor {NODE}"
        self.router = frr.Frr(self.directory, self.router_namespace, file(
            ROUTER_AS, ROUTER, NODE, f"{about} remote-as {NODE_AS}", *self.router_lines)).start()

    def start_node(self, *lines):
        about = f"neighbor {ROUTER}"
        text = file(NODE_AS, NODE, ROUTER, f"{about} remote-as {ROUTER_AS}", *lines,
                    *(f"{about} {line}" for line in self.node_timers))
        self.node = Lbgpd(Options.build, self.directory, text, namespace=self.node_namespace, name="node").start()
        self.node.announce(*VIP.values())
        return self.node

    def until_up(self, timeout=30):
        until("both sides have the session",
              lambda: self.node.established(ROUTER) and self.router.established(NODE), timeout)

    def next_hops(self, family):
        """Where the router has the VIP from; empty: it does not have it."""
        return {hop["ip"] for path in self.router.route(WORD[family], VIP[family]) if path.get("valid")
                for hop in path["nexthops"] if hop.get("scope", "global") == "global"}

    def until_next_hop(self, address):
        wanted = {address} if address else set()
        until(f"the router has the IPv6 VIP by {address}", lambda: self.next_hops(6) == wanted)

    def assert_never_reset(self):
        self.assertEqual(self.node.neighbor(ROUTER)["connectionsDropped"], 0)
        self.assertEqual(self.router.neighbor(NODE)["connectionsDropped"], 0)

    def link(self, state):
        self.node_namespace.ip("link", "set", "eth1", state)

    def batch(self, *lines):
        """Many `ip` commands of the node at once. Returns the seconds of processor time that they took."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(self.node_namespace.command(["ip", "-batch", "-"]), input="\n".join(lines), text=True,
                       check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Addresses(Lab):
    """An IPv4 session: the next hop of IPv6 routes is the interface's own address, whatever it is just now."""

    # rfc2545-2

    def setUp(self):
        super().setUp()
        # The link-local one goes along with each IPv6 next hop (RFC 2545 §3), once it is known to be ours.
        until("the link-local address is ours", lambda: "scope link" in self.node_namespace.ip(
            "-6", "address", "show", "dev", "eth1", "scope", "link", "-tentative"))
        self.start_node()
        self.until_up()
        until("the IPv4 VIP at the router", lambda: self.next_hops(4) == {NODE})

    def blocked(self):
        return self.node.neighbor(ROUTER)["addressFamilyInfo"]["ipv6Unicast"].get("announcementBlockedDueTo", "")

    def test_an_ipv6_address_comes_changes_and_goes(self):
        reason = "no global IPv6 address on interface eth1"
        self.assertEqual(self.blocked(), reason)
        self.assertEqual(self.next_hops(6), set())

        self.node_namespace.add_address("eth1", f"{NODE6}/64")
        self.until_next_hop(NODE6)
        self.assertEqual(self.blocked(), "")
        self.assertEqual(self.node.neighbor(ROUTER)["nexthopGlobal"], NODE6)
        self.assertIn(NODE6, self.node.show(f"show bgp {VIP[6]} why"))
        self.node.process.until_logged(f"[NEXT-HOP] neighbor {ROUTER}: IPv6 Unicast is announced with next hop {NODE6}")

        # Another one beside it is none in its place, were it a service's or a network's.
        updates = self.router.neighbor(NODE)["messageStats"]["updatesRecv"]
        self.node_namespace.add_address("eth1", "fd47:25e1:2f96:51::2/64", VIP[6])
        never("another next hop", lambda: self.next_hops(6) != {NODE6}, 1)
        self.assertEqual(self.router.neighbor(NODE)["messageStats"]["updatesRecv"], updates)
        self.node_namespace.delete_address("eth1", "fd47:25e1:2f96:51::2/64", VIP[6])

        # One that replaces it does so with one UPDATE.
        self.batch(f"address del {NODE6}/64 dev eth1", f"address add {MOVED6}/64 dev eth1 nodad")
        self.until_next_hop(MOVED6)
        self.assertEqual(self.router.neighbor(NODE)["messageStats"]["updatesRecv"], updates + 1)

        self.node_namespace.delete_address("eth1", f"{MOVED6}/64")
        self.until_next_hop(None)
        self.assertEqual(self.blocked(), reason)
        self.assertIn(reason, self.node.show(f"show bgp {VIP[6]} why"))
        self.node.process.until_logged(
            f"[NO-NEXT-HOP] neighbor {ROUTER}: nothing of IPv6 Unicast is announced: {reason}")
        self.assertEqual(self.next_hops(4), {NODE})

        self.node_namespace.add_address("eth1", f"{NODE6}/64")
        self.until_next_hop(NODE6)
        self.assert_never_reset()

    def test_an_address_that_is_not_known_to_be_ours_alone_is_no_next_hop(self):
        self.node_namespace.ip("address", "add", f"{NODE6}/64", "dev", "eth1")  # with duplicate address detection
        early = []

        def detected():
            seen = self.next_hops(6)
            if NODE6 not in self.node_namespace.ip("-6", "address", "show", "dev", "eth1", "tentative"):
                return True
            early.extend(seen)
            return False

        until("duplicate address detection is over", detected)
        self.assertEqual(early, [])
        self.until_next_hop(NODE6)
        self.assert_never_reset()

    def test_many_addresses_are_no_storm(self):
        self.node_namespace.add_address("eth1", f"{NODE6}/64")
        self.until_next_hop(NODE6)
        updates = self.router.neighbor(NODE)["messageStats"]["updatesRecv"]
        vips = [f"fd47:25e1:2f96:53::{number:x}/128" for number in range(1, 1001)]
        vips += [f"172.29.{53 + number // 250}.{number % 250 + 1}/32" for number in range(1000)]
        before = self.processor_seconds()
        taken = self.batch(*(f"address add {vip} dev lo" for vip in vips))
        taken += self.batch(*(f"address del {vip} dev lo" for vip in vips))
        self.assertTrue(self.node.established(ROUTER))
        # Following them costs no more than making them; a look at all of them for each would cost a hundred times that.
        self.assertLess(self.processor_seconds() - before, 3 * taken + 0.5)
        self.assertEqual(self.router.neighbor(NODE)["messageStats"]["updatesRecv"], updates)
        self.assertEqual(self.next_hops(6), {NODE6})
        self.assert_never_reset()

    def test_news_that_were_lost_are_asked_for(self):
        self.node_namespace.add_address("eth1", f"{NODE6}/64")
        self.until_next_hop(NODE6)
        self.node.process.signal(signal.SIGSTOP)
        # More than the kernel keeps for a process that does not read; what matters comes last.
        self.batch(*(f"address add 172.29.{53 + number // 250}.{number % 250 + 1}/32 dev lo" for number in range(5000)),
                   f"address del {NODE6}/64 dev eth1", f"address add {MOVED6}/64 dev eth1 nodad")
        sockets = [line.split() for line in self.node_namespace.run("cat", "/proc/net/netlink").splitlines()[1:]]
        self.assertTrue(any(int(drops) > 0 for *_, drops, _ in sockets), sockets)
        self.node.process.signal(signal.SIGCONT)
        self.until_next_hop(MOVED6)
        self.assert_never_reset()

    def processor_seconds(self):
        stat = pathlib.Path(f"/proc/{self.node.process.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Links(Lab):
    """The node's link goes down and comes back."""

    router_lines = (f"neighbor {NODE} timers connect 1",)

    def until_out_of_reach(self):
        until("an attempt has failed",
              lambda: "no connected network" in self.node.neighbor(ROUTER).get("lastResetDetail", ""))

    def until_reset(self, reason, timeout):
        until("the node's session is over", lambda: not self.node.established(ROUTER), timeout)
        self.assertEqual(self.node.neighbor(ROUTER)["lastResetDueTo"], reason)

    def test_a_link_that_is_taken_down_and_up(self):
        self.start_node()
        self.until_up()
        begin = time.monotonic()
        self.link("down")
        self.until_reset("Interface down", 1)
        self.assertLess(time.monotonic() - begin, 1)
        self.node.process.until_logged(f"neighbor {ROUTER} Down (Established -> Active): interface eth1 is down")
        self.assertIn("Interface down", self.node.show(f"show bgp neighbors {ROUTER}"))
        # Long enough for the router to have found out by its hold time, and for attempts of ours to have failed.
        until("the router's session is over", lambda: not self.router.established(NODE), 15)
        self.link("up")
        self.until_up(5)  # `timers connect 60` would come too late
        until("the VIP is back", lambda: self.next_hops(4) == {NODE})

    def test_a_cable_that_is_pulled(self):
        self.start_node()
        self.until_up()
        self.router_namespace.ip("link", "set", "port", "down")
        self.until_reset("Interface down", 1)
        self.router_namespace.ip("link", "set", "port", "up")
        self.until_up(10)

    def test_an_interface_that_is_gone(self):
        self.start_node()
        self.until_up()
        self.node_namespace.ip("link", "del", "eth1")
        self.until_reset("Interface down", 1)

    def test_without_fast_failover_the_hold_time_decides(self):
        self.node_timers = ("timers 1 3", "timers connect 60")
        self.start_node("no bgp fast-external-failover")
        self.until_up()
        self.link("down")
        never("the session ends early", lambda: not self.node.established(ROUTER), 1.5)
        self.until_reset("BGP Notification send", 5)

    def test_without_fast_failover_a_short_loss_is_none(self):
        self.start_node("no bgp fast-external-failover")
        self.until_up()
        self.link("down")
        never("the session ends early", lambda: not self.node.established(ROUTER), 1)
        self.link("up")
        until("the VIP is there", lambda: self.next_hops(4) == {NODE})
        never("the session ends late", lambda: not self.node.established(ROUTER), 3)
        self.assert_never_reset()

    def test_the_switch_is_obeyed_from_the_prompt(self):
        node = self.start_node()
        self.until_up()
        node.lbgpsh("configure terminal", f"router bgp {NODE_AS}", "no bgp fast-external-failover")
        self.assertIn(" no bgp fast-external-failover\n", node.show("show running-config"))
        self.link("down")
        never("the session ends early", lambda: not node.established(ROUTER), 1)
        self.link("up")
        until("the VIP is there", lambda: self.next_hops(4) == {NODE})
        self.assert_never_reset()

    def test_a_session_begins_as_soon_as_the_link_is_there(self):
        self.link("down")
        self.start_node()
        self.until_out_of_reach()
        self.link("up")
        self.until_up(5)

    def test_a_session_begins_as_soon_as_the_address_is_there(self):
        self.node_namespace.delete_address("eth1", f"{NODE}/24")
        self.start_node()
        self.until_out_of_reach()
        self.node_namespace.add_address("eth1", f"{NODE}/24")
        self.until_up(5)

    def test_an_address_that_is_away_for_a_moment_ends_nothing(self):
        self.node_namespace.add_address("eth1", f"{NODE6}/64")
        self.start_node()
        self.until_up()
        self.until_next_hop(NODE6)
        self.node_namespace.delete_address("eth1", f"{NODE}/24")
        never("a route goes", lambda: self.next_hops(6) != {NODE6}, 1)
        self.node_namespace.add_address("eth1", f"{NODE}/24")
        never("the session ends", lambda: not self.node.established(ROUTER), 2)
        self.assert_never_reset()


class Unnumbered(Lab):
    """A neighbor that is known by the link alone."""

    def setUp(self):
        super().setUp()
        self.node_namespace.delete_address("eth1", f"{NODE}/24")
        self.router.configure(f"router bgp {ROUTER_AS}", "neighbor br0 interface remote-as external",
                              "neighbor br0 timers connect 1")

    def up_and_down(self, reason, *lines):
        node = Lbgpd(Options.build, self.directory, file(
            NODE_AS, NODE, "eth1", "neighbor eth1 interface remote-as external", "neighbor eth1 timers connect 1",
            *lines), namespace=self.node_namespace, name="node").start()
        until("the session", lambda: node.established("eth1"), 30)
        self.link("down")
        until("the session is over", lambda: not node.established("eth1"), 1)
        self.assertEqual(node.neighbor("eth1")["lastResetDueTo"], reason)
        self.link("up")
        until("the session is back", lambda: node.established("eth1"), 15)

    def test_its_session_ends_with_the_link(self):
        self.up_and_down("Interface down")

    def test_without_fast_failover_it_ends_as_well(self):
        self.up_and_down("Neighbor address lost", "no bgp fast-external-failover")


if __name__ == "__main__":
    main()
