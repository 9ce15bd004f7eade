#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One node and one router with IPv4 and IPv6 VIPs, over every arrangement of sessions; and either side killed.

    node 172.29.51.11, fd47:25e1:2f96:51::11, AS 64512 ── 172.29.51.1, fd47:25e1:2f96:51::1, AS 64513, FRR
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, node, until  # noqa: E402
from lab import frr  # noqa: E402

NODE_AS, ROUTER_AS = 64512, 64513
NODE = {4: "172.29.51.11", 6: "fd47:25e1:2f96:51::11"}
ROUTER = {4: "172.29.51.1", 6: "fd47:25e1:2f96:51::1"}
VIP = {4: "172.29.52.100/32", 6: "fd47:25e1:2f96:52:100::64/128"}
WORD = {4: "ipv4", 6: "ipv6"}


def router_configuration(sessions):
    """FRR's file for sessions given as {transport family: families carried}."""
    lines = [f"router bgp {ROUTER_AS}", " no bgp default ipv4-unicast", f" bgp router-id {ROUTER[4]}"]
    lines += [f" neighbor {NODE[transport]} remote-as {NODE_AS}" for transport in sessions]
    for family, word in WORD.items():
        lines += [f" address-family {word} unicast"]
        for transport in (t for t, carried in sessions.items() if family in carried):
            lines += [f"  neighbor {NODE[transport]} {rest}" for rest in (
                "activate", "soft-reconfiguration inbound", "route-map VIPS in", "route-map NONE out")]
        lines += [" exit-address-family"]
    return "\n".join(lines) + """
ip prefix-list VIPS4 seq 5 permit 172.29.52.0/24 ge 32
ipv6 prefix-list VIPS6 seq 5 permit fd47:25e1:2f96:52::/64 ge 128
ipv6 prefix-list VIPS6 seq 10 permit fd47:25e1:2f96:52:100::/120 ge 128
route-map VIPS permit 10
 match ip address prefix-list VIPS4
route-map VIPS permit 20
 match ipv6 address prefix-list VIPS6
route-map NONE deny 10
"""


class Lab(Case):
    """The cable, the router and the node; the arrangement of sessions is the subclass's."""

    sessions = {}
    node_extra = ""

    @classmethod
    def setUpClass(cls):
        cls.require(frr.missing())
        cls.require(node.missing())
        cls.router_namespace, cls.node_namespace = Namespace("router"), Namespace("node")
        cls.addClassCleanup(cls.router_namespace.delete)
        cls.addClassCleanup(cls.node_namespace.delete)
        cls.router_namespace.become_router()
        cable(cls.router_namespace, "eth0", cls.node_namespace, "eth0")
        for namespace, address in ((cls.router_namespace, ROUTER), (cls.node_namespace, NODE)):
            namespace.add_address("eth0", f"{address[4]}/24", f"{address[6]}/64")
        cls.router = frr.Frr(Options.directory, cls.router_namespace, router_configuration(cls.sessions),
                             name=f"frr-{cls.__name__}").start()
        cls.node = node.make(
            cls.node_namespace, name=f"node-{cls.__name__}", router_id=NODE[4], local_as=NODE_AS,
            neighbors=[(ROUTER[transport], ROUTER_AS, carried) for transport, carried in cls.sessions.items()],
            extra=cls.node_extra, next_hop6=NODE[6]).start()
        cls.until_established()

    @classmethod
    def until_established(cls):
        for transport in cls.sessions:
            until(f"the router's session with {NODE[transport]}", lambda: cls.router.established(NODE[transport]), 30)

    def transport_of(self, family):
        return next(transport for transport, carried in self.sessions.items() if family in carried)

    def best(self, family):
        """The best path of that family's VIP at the router; none: not there yet."""
        paths = self.router.route(WORD[family], VIP[family])
        return next((path for path in paths if path.get("bestpath", {}).get("overall")), None)

    def until_announced(self, family):
        return until(f"{VIP[family]} at the router", lambda: self.best(family))


class Arrangement(Lab):
    """What holds whatever the sessions look like. The classes below bring the sessions."""

    def announce(self, family, **attributes):
        self.node.announce(VIP[family], **attributes)
        self.addCleanup(lambda: until(f"{VIP[family]} gone", lambda: not self.best(family)))
        self.addCleanup(self.node.withdraw, VIP[family])
        return self.until_announced(family)

    def families(self):
        return sorted(family for carried in self.sessions.values() for family in carried)

    def test_next_hop_is_the_nodes_own_address_of_that_family(self):
        for family in self.families():
            with self.subTest(family=family):
                path = self.announce(family)
                hops = {hop.get("scope", "global"): hop["ip"] for hop in path["nexthops"]}
                self.assertEqual(hops["global"], NODE[family])
                self.assertNotIn("::ffff:", str(path["nexthops"]))
                self.assertEqual(path["aspath"]["string"], str(NODE_AS))
                self.assertEqual(path["peer"]["peerId"], NODE[self.transport_of(family)])

    def test_kernel_of_the_router_forwards_to_the_node(self):
        for family in self.families():
            with self.subTest(family=family):
                self.announce(family)
                hop = until("the route in the router's kernel",
                            lambda: self.router_namespace.routes(VIP[family].split("/")[0], family))
                # zebra prefers a link-local next hop where there is one (RFC 2545 §3): then it must be the node's.
                self.assertIn(hop[0], (NODE[family], self.node_link_local()))

    def node_link_local(self):
        text = self.node_namespace.ip("-6", "-brief", "address", "show", "dev", "eth0", "scope", "link")
        return text.split()[2].split("/")[0]

    def test_standard_and_large_communities(self):
        for family in self.families():
            with self.subTest(family=family):
                path = self.announce(family, communities=["64512:100", "64512:200"],
                                     large_communities=["64512:1:100", "4200000000:7:4294967295"])
                self.assertEqual(path["community"]["list"], ["64512:100", "64512:200"])
                self.assertEqual(path["largeCommunity"]["list"], ["64512:1:100", "4200000000:7:4294967295"])

    def test_timers_are_nine_and_three_seconds(self):
        for transport in self.sessions:
            with self.subTest(transport=transport):
                neighbor = self.router.neighbor(NODE[transport])
                self.assertEqual(neighbor["bgpTimerHoldTimeMsecs"], 9000)
                self.assertEqual(neighbor["bgpTimerKeepAliveIntervalMsecs"], 3000)

    def test_end_of_rib_arrives_for_every_family(self):
        for transport, carried in self.sessions.items():
            for family in carried:
                with self.subTest(transport=transport, family=family):
                    until("the router has our End-of-RIB", lambda: self.router.neighbor(NODE[transport])[
                        "gracefulRestartInfo"]["endOfRibRecv"][f"{WORD[family]}Unicast"])

    def test_four_octet_as_and_families_are_negotiated(self):
        for transport, carried in self.sessions.items():
            with self.subTest(transport=transport):
                capabilities = self.router.neighbor(NODE[transport])["neighborCapabilities"]
                self.assertEqual(capabilities["4byteAs"], "advertisedAndReceived")
                agreed = {name for name, how in capabilities["multiprotocolExtensions"].items()
                          if how.get("advertisedAndReceived")}
                self.assertEqual(agreed, {f"{WORD[family]}Unicast" for family in carried})


class BothFamiliesOverOneIpv4Session(Arrangement):
    sessions = {4: (4, 6)}
    node_extra = "neighbor 172.29.51.1 timers 3 9"


class EachFamilyOverItsOwnSession(Arrangement):
    sessions = {4: (4,), 6: (6,)}


class OnlyAnIpv6Session(Arrangement):
    sessions = {6: (6,)}
    node_extra = "neighbor fd47:25e1:2f96:51::1 timers 3 9"


class Killed(Lab):
    """SIGKILL for either side, at moments that are met by what the other side has seen so far."""

    sessions = {4: (4, 6)}
    many = [f"172.29.52.{last}/32" for last in range(1, 201)]

    def setUp(self):
        self.until_established()
        self.announce_all()
        self.addCleanup(self.withdraw_many)

    def announce_all(self):
        self.node.announce(VIP[4], VIP[6], communities=["64512:100"])

    def withdraw_many(self):
        if self.announced_many:
            self.node.withdraw(*self.announced_many)

    announced_many = ()

    def announce_many(self):
        self.announced_many = [prefix for prefix in self.many if prefix != VIP[4]]
        self.node.announce(*self.announced_many)

    def until_recovered(self):
        self.until_established()
        for family in (4, 6):
            path = until(f"{VIP[family]} fresh at the router", lambda: self.fresh(family))
            self.assertEqual(path["community"]["list"], ["64512:100"])

    def fresh(self, family):
        path = self.best(family)
        return path if path and not path.get("stale") else None

    def restart_node(self):
        """A node's clients announce again after its crash, as they would in life."""
        self.node.process.kill()
        self.node.start()
        self.announce_all()

    def restart_router(self):
        self.router.bgpd.kill()
        self.router.start_bgpd()

    def count(self, what):
        return self.router.neighbor(NODE[4])["messageStats"][what]

    def until_more(self, what, than):
        until(f"the router's {what} grow beyond {than}", lambda: self.count(what) > than, 30, interval=0.002)

    def test_node_killed_when_all_is_quiet(self):
        self.until_recovered()
        self.restart_node()
        self.until_recovered()

    def test_routes_of_a_killed_node_stay_as_stale(self):
        self.until_recovered()
        self.node.process.kill()
        stale = until("the router keeps the VIP as stale", lambda: [
            path for path in self.router.routes("ipv4").get(VIP[4], []) if path.get("stale")])
        self.assertTrue(stale[0]["valid"])
        self.assertEqual(self.router_namespace.routes("172.29.52.100"), [NODE[4]])
        self.node.start()
        self.announce_all()
        self.until_recovered()

    def test_node_killed_right_after_its_open(self):
        opens = self.count("opensRecv")
        self.node.process.kill()
        self.node.process.start()
        self.until_more("opensRecv", opens)
        self.restart_node()
        self.until_recovered()

    def test_node_killed_while_it_announces(self):
        updates = self.count("updatesRecv")
        self.announce_many()
        self.until_more("updatesRecv", updates)
        self.restart_node()
        self.until_recovered()
        self.withdraw_many()
        until("nothing else is left at the router", lambda: list(self.router.routes("ipv4")) == [VIP[4]], 60)

    def test_node_killed_three_times_in_a_row(self):
        for _ in range(3):
            self.node.process.kill()
            self.node.start()
        self.announce_all()
        self.until_recovered()

    def test_router_killed_when_all_is_quiet(self):
        self.until_recovered()
        self.restart_router()
        self.until_recovered()

    def test_router_killed_right_after_its_start(self):
        self.restart_router()
        self.restart_router()
        self.until_recovered()

    def test_router_killed_while_routes_arrive(self):
        updates = self.count("updatesRecv")
        self.announce_many()
        self.until_more("updatesRecv", updates)
        self.restart_router()
        self.until_recovered()
        until("all of the many are back", lambda: len(self.router.routes("ipv4")) == 1 + len(self.announced_many), 30)

    def test_both_killed(self):
        self.router.bgpd.kill()
        self.node.process.kill()
        self.node.start()
        self.announce_all()
        self.router.start_bgpd()
        self.until_recovered()


del Arrangement  # the loader would run it without sessions


if __name__ == "__main__":
    main()
