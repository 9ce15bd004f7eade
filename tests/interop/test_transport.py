#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How connections come about, with FRR and BIRD: signatures, GTSM, links without addresses, ranges.

    node 172.29.51.11, fd47:25e1:2f96:51::11, AS 64512 ── 172.29.51.1, fd47:25e1:2f96:51::1, AS 64513
"""

import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, never, process, until  # noqa: E402
from lab import bird, frr  # noqa: E402
from lab.lbgpd import Lbgpd  # noqa: E402
from lab.peering import WORD, file  # noqa: E402

NODE_AS, ROUTER_AS = 64512, 64513
NODE = {4: "172.29.51.11", 6: "fd47:25e1:2f96:51::11"}
ROUTER = {4: "172.29.51.1", 6: "fd47:25e1:2f96:51::1"}
VIP = {4: "172.29.52.100/32", 6: "fd47:25e1:2f96:52:100::64/128"}


class Lab(Case):
    """A cable for each test."""

    addresses = True

    def setUp(self):
        self.require(frr.missing())
        self.router_namespace, self.node_namespace = Namespace("router"), Namespace("node")
        self.addCleanup(self.router_namespace.delete)
        self.addCleanup(self.node_namespace.delete)
        self.addCleanup(process.stop_all)
        self.router_namespace.become_router()
        cable(self.router_namespace, "eth0", self.node_namespace, "eth1")
        if self.addresses:
            self.router_namespace.add_address("eth0", f"{ROUTER[4]}/24", f"{ROUTER[6]}/64")
            self.node_namespace.add_address("eth1", f"{NODE[4]}/24", f"{NODE[6]}/64")
        self.directory = Options.directory / self.id().rpartition(".")[2][:40]
        self.directory.mkdir()

    def node(self, text, name="node", namespace=None):
        return Lbgpd(Options.build, self.directory, text, namespace=namespace or self.node_namespace,
                     name=name).start()

    def frr(self, text, name="frr", namespace=None, **more):
        return frr.Frr(self.directory, namespace or self.router_namespace, text, name=name, **more).start()

    def pair(self, router_lines, node_lines, *, transport=4):
        """FRR and a node with one session between them, each with the given lines about the other."""
        here, there = NODE[transport], ROUTER[transport]
        router = self.frr(file(ROUTER_AS, ROUTER[4], here, f"neighbor {here} remote-as {NODE_AS}",
                               f"neighbor {here} timers connect 1", *(f"neighbor {here} {one}" for one in router_lines)))
        node = self.node(file(NODE_AS, NODE[4], there, f"neighbor {there} remote-as {ROUTER_AS}",
                              f"neighbor {there} timers connect 1", *(f"neighbor {there} {one}" for one in node_lines)))
        return router, node

    @staticmethod
    def until_up(node, neighbor):
        until(f"{node.process.name}'s session with {neighbor}", lambda: node.established(neighbor), 30)

    @staticmethod
    def link_local(namespace, device):
        def address():
            text = namespace.ip("-6", "-brief", "address", "show", "dev", device, "scope", "link")
            return text.split()[2].split("/")[0]
        return until("a link-local address", address)


class Signatures(Lab):
    """RFC 2385 with FRR."""

    def test_the_same_password(self):
        router, node = self.pair(["password sesame"], ["password sesame"])
        self.until_up(node, ROUTER[4])
        until("the router's side", lambda: router.established(NODE[4]))

    def test_the_same_password_over_ipv6(self):
        _, node = self.pair(["password sesame"], ["password sesame"], transport=6)
        self.until_up(node, ROUTER[6])

    def refused(self, router_lines, node_lines, words):
        _, node = self.pair(router_lines, node_lines)
        problem = lambda: node.neighbor(ROUTER[4]).get("authenticationProblem", "")  # noqa: E731
        until(f"the node sees that {words}", lambda: words in problem(), 30)
        until("the log says so", lambda: words in node.process.output(), 15)
        self.assertFalse(node.established(ROUTER[4]))

    def test_a_wrong_password(self):
        self.refused(["password open"], ["password sesame"], "the passwords differ")

    def test_none_at_the_router(self):
        self.refused([], ["password sesame"], "the neighbor has no password for us")

    def test_none_at_the_node(self):
        self.refused(["password sesame"], [], "none is configured here")


class Gtsm(Lab):
    """RFC 5082 with FRR."""

    def test_both_have_it(self):
        for_all = ["ttl-security hops 1"]
        router, node = self.pair(for_all, for_all)
        self.until_up(node, ROUTER[4])
        until("the router's side", lambda: router.established(NODE[4]))

    def test_both_have_it_over_ipv6(self):
        for_all = ["ttl-security hops 1"]
        _, node = self.pair(for_all, for_all, transport=6)
        self.until_up(node, ROUTER[6])

    def test_it_may_be_the_router_that_connects(self):
        _, node = self.pair(["ttl-security hops 1"], ["ttl-security hops 1", "passive"])
        self.until_up(node, ROUTER[4])

    # An eBGP packet leaves with TTL 1 without it.

    def test_only_the_router_has_it(self):
        """By FRR's view: until it has set its minimum TTL on a connection it takes our OPEN, and answers."""
        router, _ = self.pair(["ttl-security hops 1"], [])
        never("a session", lambda: router.established(NODE[4]), during=4.0)

    def test_only_the_node_has_it(self):
        _, node = self.pair([], ["ttl-security hops 1"])
        never("a session", lambda: node.established(ROUTER[4]), during=4.0)
        until("what may be wrong is told", lambda: "needs ttl-security too" in node.show(f"show bgp neighbors {ROUTER[4]}"), 15)


class Sources(Lab):
    """Addresses that are not on the cable."""

    here, there = "172.29.60.11", "172.29.60.1"

    def setUp(self):
        super().setUp()
        for namespace in (self.router_namespace, self.node_namespace):
            namespace.add_bridge("loop0")
        self.router_namespace.ip("route", "add", f"{self.here}/32", "via", NODE[4])
        self.node_namespace.ip("route", "add", f"{self.there}/32", "via", ROUTER[4])

    def reason(self, node, neighbor):
        return node.neighbor(neighbor).get("lastResetDetail", "")

    def test_the_address_of_an_interface_is_waited_for_and_followed(self):
        about = f"neighbor {self.here}"
        self.frr(file(ROUTER_AS, ROUTER[4], self.here, f"{about} remote-as {NODE_AS}", f"{about} ebgp-multihop 2"))
        about = f"neighbor {ROUTER[4]}"
        node = self.node(file(NODE_AS, NODE[4], ROUTER[4], f"{about} remote-as {ROUTER_AS}",
                              f"{about} update-source loop0", f"{about} timers connect 1"))
        until("the reason is shown", lambda: "has no IPv4 address yet" in self.reason(node, ROUTER[4])
              or "no such interface" in self.reason(node, ROUTER[4]))
        self.node_namespace.add_address("loop0", f"{self.here}/32")
        self.until_up(node, ROUTER[4])
        self.assertEqual(node.neighbor(ROUTER[4])["hostLocal"], self.here)

    def test_an_ebgp_neighbor_on_no_connected_network_is_not_let_in_either(self):
        self.router_namespace.add_address("loop0", f"{self.there}/32")
        about = f"neighbor {NODE[4]}"
        self.frr(file(ROUTER_AS, ROUTER[4], NODE[4], f"{about} remote-as {NODE_AS}", f"{about} timers connect 1",
                      f"{about} update-source {self.there}"))
        about = f"neighbor {self.there}"
        text = file(NODE_AS, NODE[4], self.there, f"{about} remote-as {ROUTER_AS}", f"{about} passive")
        node = self.node(text)
        node.process.until_logged(f"[OUT-OF-REACH] connection from neighbor {self.there} is closed", 20)
        self.assertFalse(node.established(self.there))
        node.configuration.write_text(text + f"router bgp {NODE_AS}\n {about} disable-connected-check\n")
        node.process.signal(signal.SIGHUP)
        self.until_up(node, self.there)


class Unnumbered(Lab):
    """Links with nothing but link-local addresses. FRR learns of us by a router advertisement, we of it as well."""

    # rfc4861-4.2

    addresses = False

    def node_file(self, *lines):
        return file(NODE_AS, NODE[4], "eth1", "neighbor eth1 interface remote-as external",
                    "neighbor eth1 timers connect 1", *lines)

    def announce(self, node):
        node.announce(*VIP.values())

    def test_frr(self):
        router = self.frr(file(ROUTER_AS, ROUTER[4], "eth0", "neighbor eth0 interface remote-as external",
                               "neighbor eth0 timers connect 1"))
        node = self.node(self.node_file())
        self.until_up(node, "eth1")
        here = self.link_local(self.node_namespace, "eth1")
        self.announce(node)
        for family, word in WORD.items():
            # A path stands in FRR's table for a moment before zebra has said that its next hop is on the link.
            path = until(f"a usable path for {VIP[family]} at the router", lambda: next(
                (one for one in router.route(word, VIP[family]) if one.get("valid")), None))  # noqa: B023
            self.assertIn(here, {hop["ip"] for hop in path["nexthops"]})
            until("the route in the router's kernel",
                  lambda: self.router_namespace.routes(VIP[family].split("/")[0], family) == [here])  # noqa: B023
        shown = node.neighbor("eth1")
        there = self.link_local(self.router_namespace, "eth0")
        self.assertEqual(shown["bgpNeighborAddr"], there)
        self.assertIn(f"BGP neighbor on eth1: {there}, remote AS {ROUTER_AS},", node.show("show bgp neighbors eth1"))
        self.assertEqual(node.json("show bgp ipv4 unicast summary")["peers"]["eth1"]["idType"], "interface")
        # The other way: an IPv4 route with a link-local next hop is as good as any.
        router.configure(f"router bgp {ROUTER_AS}", "no bgp network import-check", "network 203.0.113.0/24")
        until("FRR's route at the node", lambda: node.routes("ipv4").get("203.0.113.0/24", [{}])[0].get("valid"))

    def test_frr_with_a_password(self):
        self.frr(file(ROUTER_AS, ROUTER[4], "eth0", "neighbor eth0 interface remote-as external",
                      "neighbor eth0 timers connect 1", "neighbor eth0 password sesame"))
        node = self.node(self.node_file("neighbor eth1 password sesame"))
        self.until_up(node, "eth1")

    def test_bfd_on_the_link(self):
        self.require("" if pathlib.Path(frr.BFDD).exists() else "FRR's bfdd is not installed")
        router = self.frr(file(ROUTER_AS, ROUTER[4], "eth0", "neighbor eth0 interface remote-as external",
                               "neighbor eth0 timers connect 1", "neighbor eth0 bfd"), bfd="")
        node = self.node(self.node_file("neighbor eth1 bfd"))
        self.until_up(node, "eth1")
        until("BFD is up", lambda: node.neighbor("eth1")["peerBfdInfo"]["status"] == "Up")
        peer = node.json("show bfd peers")[0]
        self.assertEqual((peer["peer"], peer["interface"]), (self.link_local(self.router_namespace, "eth0"), "eth1"))
        router.bfdd.kill()
        until("BFD has ended the session", lambda: node.neighbor("eth1").get("lastResetDueTo") == "BFD down initiated")

    def point_to_point(self, words, neighbor_address):
        """Both ends of a /31, and FRR thinks of it as we do."""
        self.router_namespace.add_address("eth0", "172.29.51.0/31")
        self.node_namespace.add_address("eth1", "172.29.51.1/31")
        router = self.frr(file(ROUTER_AS, "172.29.51.0", "eth0", f"neighbor eth0 interface{words} remote-as external",
                               "neighbor eth0 timers connect 1"))
        node = self.node(file(NODE_AS, "172.29.51.1", "eth1", f"neighbor eth1 interface{words} remote-as external",
                              "neighbor eth1 timers connect 1"))
        self.until_up(node, "eth1")
        self.assertEqual(node.neighbor("eth1")["bgpNeighborAddr"], neighbor_address())
        node.announce(VIP[4])
        until("the VIP at the router", lambda: router.route("ipv4", VIP[4]))

    def test_frr_at_the_other_end_of_an_ipv4_network_of_two(self):
        self.point_to_point("", lambda: "172.29.51.0")

    def test_frr_at_the_other_end_of_such_a_network_but_v6only(self):
        self.point_to_point(" v6only", lambda: self.link_local(self.router_namespace, "eth0"))

    def test_frr_comes_back(self):
        router = self.frr(file(ROUTER_AS, ROUTER[4], "eth0", "neighbor eth0 interface remote-as external",
                               "neighbor eth0 timers connect 1"))
        node = self.node(self.node_file())
        self.until_up(node, "eth1")
        self.announce(node)
        router.bgpd.kill()
        router.start_bgpd()
        until("the routes are back", lambda: router.route("ipv4", VIP[4]), 40)

    def bird(self, *extra):
        self.require(bird.missing())
        node_address = self.link_local(self.node_namespace, "eth1")
        self.link_local(self.router_namespace, "eth0")
        text = "\n".join([
            f"router id {ROUTER[4]};", "log stderr all;", "protocol device {}", *extra,
            f"protocol bgp node {{ local as {ROUTER_AS}; neighbor {node_address}%eth0 as {NODE_AS};",
            " connect delay time 1; connect retry time 1;",
            " ipv4 { import all; export none; extended next hop on; };", " ipv6 { import all; export none; }; }", ""])
        router = bird.Bird(self.directory, self.router_namespace, text).start()
        node = self.node(self.node_file())
        self.until_up(node, "eth1")
        self.announce(node)
        for family in WORD:
            text = until(f"{VIP[family]} at BIRD", lambda: router.ask(  # noqa: B023
                f"show route {VIP[family]} all", network_may_be_missing=True).partition("via ")[2])  # noqa: B023
            self.assertTrue(text.startswith(f"{node_address} on eth0"), text)

    def test_bird_that_knows_us(self):
        """It connects; until then we do not know who is there."""
        self.bird()

    def test_bird_that_advertises_itself(self):
        self.bird('protocol radv { interface "eth0" { max ra interval 4; default lifetime 0; }; }')


class Ranges(Lab):
    """`bgp listen range`: lbgpd is the router, everybody comes as they are."""

    addresses = False

    def test_frr_and_bird_come_by_the_same_range(self):
        self.require(bird.missing())
        nodes = {f"172.29.51.{last}": Namespace(f"peer{last}") for last in (21, 22, 23)}
        for namespace in nodes.values():
            self.addCleanup(namespace.delete)
        self.router_namespace.add_bridge("br0", f"{ROUTER[4]}/24")
        for number, (address, namespace) in enumerate(nodes.items()):
            cable(self.router_namespace, f"port{number}", namespace, "eth0", bridge="br0")
            namespace.add_address("eth0", f"{address}/24")
        router = self.node(f"router bgp {ROUTER_AS}\n bgp router-id {ROUTER[4]}\n no bgp ebgp-requires-policy\n"
                           " neighbor G peer-group\n neighbor G remote-as external\n"
                           " bgp listen range 172.29.51.0/24 peer-group G\n bgp listen limit 2\n",
                           name="router", namespace=self.router_namespace)
        (one, first), (two, second), (three, third) = nodes.items()
        lines = (f"neighbor {ROUTER[4]} remote-as {ROUTER_AS}", f"neighbor {ROUTER[4]} timers connect 1")
        peer = self.frr(file(65101, one, ROUTER[4], *lines, "no bgp network import-check", "network 10.1.0.0/24"),
                        name="frr1", namespace=first)
        text = (f"router id {two};\nlog stderr all;\nprotocol device {{}}\nprotocol static vips {{ ipv4; route 10.2.0.0/24 "
                f"blackhole; }}\nprotocol bgp uplink {{ local as 65102; neighbor {ROUTER[4]} as {ROUTER_AS};\n connect delay "
                "time 1; connect retry time 1; ipv4 { import all; export all; }; }\n")
        bird.Bird(self.directory, second, text).start()
        for address in (one, two):
            self.until_up(router, address)
        until("both routes", lambda: set(router.routes("ipv4")) == {"10.1.0.0/24", "10.2.0.0/24"})
        until("what one announces is at the other", lambda: peer.route("ipv4", "10.2.0.0/24"))
        late = self.frr(file(65103, three, ROUTER[4], *lines), name="frr3", namespace=third)
        router.process.until_logged(f"[LISTEN-LIMIT] connection from {three}", 20)
        self.assertFalse(late.established(ROUTER[4]))
        self.assertEqual(sorted(router.json("show bgp neighbors")), [one, two])
        # A place becomes free, and is taken.
        peer.bgpd.stop()
        self.until_up(router, three)
        self.assertNotIn(one, router.json("show bgp neighbors"))

    def test_frr_with_another_password_is_told_of_by_the_range(self):
        self.router_namespace.add_address("eth0", f"{ROUTER[4]}/24")
        self.node_namespace.add_address("eth1", f"{NODE[4]}/24")
        router = self.node(f"router bgp {ROUTER_AS}\n bgp router-id {ROUTER[4]}\n neighbor G peer-group\n"
                           " neighbor G remote-as external\n neighbor G password sesame\n"
                           " bgp listen range 172.29.51.0/24 peer-group G\n",
                           name="router", namespace=self.router_namespace)
        self.frr(file(65101, NODE[4], ROUTER[4], f"neighbor {ROUTER[4]} remote-as {ROUTER_AS}",
                      f"neighbor {ROUTER[4]} timers connect 1", f"neighbor {ROUTER[4]} password open"),
                 namespace=self.node_namespace)
        # Nothing else in this namespace could have sent it.
        words = "segments with a wrong MD5 signature arrive: the passwords differ"
        router.process.until_logged(f"[MD5-RANGE] bgp listen range 172.29.51.0/24: {words}", 30)
        self.assertEqual(router.json("show bgp peer-group G")["G"]["authenticationProblem"], words)
        self.assertEqual(router.json("show bgp neighbors"), {})


if __name__ == "__main__":
    main()
