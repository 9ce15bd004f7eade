#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A UDM Pro, three nodes and a client: FRR with the router file of a well-known guide, unchanged.

    client 10.80.0.2 ── 10.80.0.1 [ router 10.90.254.1/16, AS 65001, FRR ] ── br0 ── node1 10.90.3.101  AS 65010
                                                                                ├── node2 10.90.3.102  AS 65010
                                                                                └── node3 10.90.3.103  AS 65010
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, never, node, until  # noqa: E402
from lab import frr, traffic  # noqa: E402

ROUTER, ROUTER_AS, NODE_AS = "10.90.254.1", 65001, 65010
NODES = {"node1": "10.90.3.101", "node2": "10.90.3.102", "node3": "10.90.3.103"}
VIP, PORT = "10.99.8.201", 443
ROUTER_FILE = pathlib.Path(__file__).with_name("udm") / "k8s-bgp.conf"


class Udm(Case):
    @classmethod
    def setUpClass(cls):
        cls.require(frr.missing())
        cls.require(node.missing())
        cls.router_namespace, cls.client = Namespace("router"), Namespace("client")
        cls.router_namespace.become_router()
        cls.router_namespace.add_bridge("br0", f"{ROUTER}/16")
        cable(cls.router_namespace, "eth-client", cls.client, "eth0")
        cls.router_namespace.add_address("eth-client", "10.80.0.1/24")
        cls.client.add_address("eth0", "10.80.0.2/24")
        cls.client.ip("route", "add", "default", "via", "10.80.0.1")
        cls.router = frr.Frr(Options.directory, cls.router_namespace, ROUTER_FILE.read_text(encoding="ascii"))
        cls.router.start()
        cls.nodes = {name: cls.add_node(name, address) for name, address in NODES.items()}
        for name, address in NODES.items():
            until(f"the router's session with {name}", lambda: cls.router.established(address), 20)

    @classmethod
    def add_node(cls, name, address):
        namespace = Namespace(name)
        cable(cls.router_namespace, f"to-{name}", namespace, "eth0", bridge="br0")
        namespace.add_address("eth0", f"{address}/16")
        namespace.ip("route", "add", "default", "via", ROUTER)
        return node.make(namespace, name=name, router_id=address, local_as=NODE_AS,
                         neighbors=[(ROUTER, ROUTER_AS, (4,))]).start()

    def setUp(self):
        self.announced = []

    def tearDown(self):
        for speaker, prefix in self.announced:
            speaker.withdraw(prefix)
        until("the router's table is empty", lambda: not self.router.routes("ipv4"))

    def announce(self, name, prefix, **attributes):
        self.nodes[name].announce(prefix, **attributes)
        self.announced.append((self.nodes[name], prefix))

    def withdraw(self, name, prefix):
        self.nodes[name].withdraw(prefix)
        self.announced.remove((self.nodes[name], prefix))

    def next_hops(self, prefix):
        """The next hops of all valid paths in the router's BGP table, sorted."""
        return sorted(hop["ip"] for path in self.router.routes("ipv4").get(prefix, []) if path.get("valid")
                      for hop in path["nexthops"])

    def test_route_arrives_with_next_hop_as_path_and_communities(self):
        self.announce("node2", f"{VIP}/32", communities=["65010:100", "65010:201"])
        until("the VIP in the router's BGP table", lambda: self.next_hops(f"{VIP}/32") == [NODES["node2"]])

        (path,) = until("it is the best path", lambda: [
            path for path in self.router.route("ipv4", f"{VIP}/32") if path.get("bestpath", {}).get("overall")])
        self.assertEqual(path["aspath"]["string"], "65010")
        self.assertEqual(path["origin"], "IGP")
        self.assertEqual(path["community"]["list"], ["65010:100", "65010:201"])
        self.assertEqual(path["peer"]["peerId"], NODES["node2"])
        self.assertEqual(path["peer"]["routerId"], NODES["node2"])
        self.assertTrue(path["nexthops"][0]["accessible"])

    def test_kernel_of_the_router_has_the_route(self):
        self.announce("node1", "10.99.8.202/32")
        until("the VIP in the router's kernel",
              lambda: self.router_namespace.routes("10.99.8.202") == [NODES["node1"]])
        self.withdraw("node1", "10.99.8.202/32")
        until("the VIP gone from the router's kernel", lambda: not self.router_namespace.routes("10.99.8.202"))

    def test_three_nodes_give_three_next_hops(self):
        for name in NODES:
            self.announce(name, f"{VIP}/32")
        until("three paths in the router's BGP table", lambda: self.next_hops(f"{VIP}/32") == sorted(NODES.values()))
        until("three next hops in the router's kernel",
              lambda: self.router_namespace.routes(VIP) == sorted(NODES.values()))
        self.withdraw("node2", f"{VIP}/32")
        until("the other two stay", lambda: self.router_namespace.routes(VIP) == [NODES["node1"], NODES["node3"]])

    def test_client_always_reaches_a_listener_while_nodes_withdraw(self):
        for name in NODES:
            namespace = self.nodes[name].process.namespace
            namespace.add_address("lo", f"{VIP}/32")
            self.addCleanup(namespace.delete_address, "lo", f"{VIP}/32")
            self.addCleanup(traffic.Listener(namespace, VIP, PORT, name).close)
            self.announce(name, f"{VIP}/32")
        until("three next hops", lambda: len(self.router_namespace.routes(VIP)) == 3)

        self.assertEqual(self.who_answers(), set(NODES))
        visitor = traffic.Visitor(self.client, VIP, PORT)
        self.addCleanup(visitor.stop)
        left = sorted(NODES)
        while len(left) > 1:
            self.withdraw(left[0], f"{VIP}/32")
            del left[0]
            until(f"{left} are the next hops",
                  lambda: self.router_namespace.routes(VIP) == [NODES[name] for name in left])
            self.assertEqual(self.who_answers(), set(left))
        visitor.stop()
        self.assertEqual(visitor.failures_in_a_row, [])
        self.assertGreater(len(visitor.answers), 10)

        self.withdraw(left[0], f"{VIP}/32")
        until("the VIP gone from the router's kernel", lambda: not self.router_namespace.routes(VIP))
        with self.assertRaises(OSError):
            traffic.ask(self.client, VIP, PORT)

    def who_answers(self):
        """The nodes that answer sixty connections: many enough that each of three hash buckets is met."""
        return {traffic.ask(self.client, VIP, PORT) for _ in range(60)}

    def test_vip_outside_the_prefix_list_is_received_but_not_accepted(self):
        self.announce("node1", "10.100.0.1/32")
        self.announce("node1", "10.99.8.203/32")
        until("the VIP inside the list is accepted", lambda: self.next_hops("10.99.8.203/32") == [NODES["node1"]])

        show = f"show bgp ipv4 unicast neighbors {NODES['node1']}"
        filtered = until("the VIP outside the list among the filtered routes",
                         lambda: self.router.show(f"{show} filtered-routes"))
        self.assertIn("10.100.0.1/32", filtered)
        self.assertNotIn("10.99.8.203/32", filtered)
        self.assertIn("10.100.0.1/32", self.router.json(f"{show} received-routes")["receivedRoutes"])
        self.assertNotIn("10.100.0.1/32", self.router.routes("ipv4"))
        self.assertEqual(self.router_namespace.routes("10.100.0.1"), [])

    def test_summary_says_what_a_person_looks_for(self):
        self.announce("node1", "10.99.8.201/32")
        self.announce("node1", "10.99.8.202/32")
        until("two prefixes from node1", lambda: self.summary("node1")["pfxRcd"] == 2)
        self.assertEqual(self.summary("node1")["state"], "Established")
        self.assertEqual(self.summary("node1")["remoteAs"], NODE_AS)
        self.assertEqual(self.summary("node2")["pfxRcd"], 0)

    def test_the_checks_that_the_guide_has_people_do(self):
        self.announce("node2", "10.99.8.201/32")
        self.announce("node1", "10.99.8.202/32")
        until("vtysh -c 'show ip route bgp' has both, best and installed", lambda: self.installed() == {
            "10.99.8.201/32": NODES["node2"], "10.99.8.202/32": NODES["node1"]})
        rows = [line.split() for line in self.router.vtysh("show ip bgp summary").splitlines()]
        prefixes_received = {row[0]: row[9] for row in rows if row and row[0] in NODES.values()}
        self.assertEqual(prefixes_received, {NODES["node1"]: "1", NODES["node2"]: "1", NODES["node3"]: "0"})

    def installed(self):
        """{prefix: next hop} of the lines `B>* 10.99.8.201/32 [20/0] via 10.90.3.102, br0`."""
        return dict(re.findall(r"^B>\* (\S+) \[20/0\] via (\S+), br0", self.router.vtysh("show ip route bgp"),
                               re.MULTILINE))

    def summary(self, name):
        return self.router.json("show bgp ipv4 unicast summary")["peers"][NODES[name]]

    def test_repeated_announcement_sends_nothing(self):
        self.announce("node3", f"{VIP}/32", communities=["65010:100"])
        until("the VIP in the router's BGP table", lambda: self.next_hops(f"{VIP}/32") == [NODES["node3"]])
        updates = self.updates_from("node3")
        self.nodes["node3"].announce(f"{VIP}/32", communities=["65010:100"])
        never("an UPDATE for nothing", lambda: self.updates_from("node3") != updates, during=1.0)

    def updates_from(self, name):
        return self.router.neighbor(NODES[name])["messageStats"]["updatesRecv"]


if __name__ == "__main__":
    main()
