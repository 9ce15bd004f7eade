#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two lbgpd talk over loopback: one with the UDM Pro's file as the router, the others as its nodes."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import main, never, until  # noqa: E402
from lab.loopback import (NODE1, NODE2, NODE3, NODE_AS, ROUTER, ROUTER_AS, LoopbackCase, free_port,  # noqa: E402
                          router_file)

VIP = "10.99.8.201/32"


class RouterFile(LoopbackCase):
    """What the UDM Pro's file says, lbgpd does when it is the router."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.the_router = self.router(self.port).start()

    def routes(self):
        return self.the_router.routes("ipv4")

    def test_a_route_arrives_and_goes(self):
        node = self.node(self.port).start()
        node.announce(VIP, communities=["65010:100"])
        until("the VIP at the router", lambda: VIP in self.routes())
        (path,) = self.the_router.route("ipv4", VIP)
        self.assertEqual(path["aspath"]["string"], str(NODE_AS))
        self.assertEqual(path["community"]["list"], ["65010:100"])
        node.withdraw(VIP)
        until("the VIP gone", lambda: VIP not in self.routes())

    def test_the_prefix_list_keeps_others_out(self):
        node = self.node(self.port).start()
        node.announce("10.100.0.1/32", VIP)
        until("the VIP inside the list", lambda: VIP in self.routes())
        self.assertNotIn("10.100.0.1/32", self.routes())
        received = self.the_router.json(f"show bgp ipv4 unicast neighbors {NODE1} received-routes")
        self.assertIn("10.100.0.1/32", received["receivedRoutes"])

    def test_three_nodes_three_paths_and_one_best(self):
        nodes = {address: self.node(self.port, name=f"node{number}", address=address).start()
                 for number, address in enumerate((NODE1, NODE2, NODE3), 1)}
        for node in nodes.values():
            node.announce(VIP)
        paths = until("three paths", lambda: len(self.routes().get(VIP, [])) == 3 and self.routes()[VIP])
        self.assertEqual(sorted(path["peerId"] for path in paths), [NODE1, NODE2, NODE3])
        best = [path["peerId"] for path in paths if path.get("bestpath")]
        self.assertEqual(len(best), 1)
        nodes[best[0]].withdraw(VIP)
        until("another one is best", lambda: [path["peerId"] for path in self.routes()[VIP]
                                              if path.get("bestpath")] not in ([], best))

    def test_nodes_do_not_hear_of_each_other(self):
        """AS 65010 is in the path of what another node announced: the loop rule keeps it out."""
        one = self.node(self.port, name="one", address=NODE1).start()
        two = self.node(self.port, name="two", address=NODE2).start()
        one.announce(VIP)
        two.announce("10.99.8.202/32")
        until("both VIPs at the router", lambda: len(self.routes()) == 2)
        never("a node takes the other's route", lambda: "10.99.8.202/32" in one.routes("ipv4"), during=0.5)

    def test_coming_and_going_are_one_line_each(self):
        node = self.node(self.port).start()
        for side, neighbor in ((node, ROUTER), (self.the_router, NODE1)):
            side.process.until_logged(f"[ADJCHANGE] neighbor {neighbor} Up (OpenConfirm -> Established)")
        self.the_router.process.stop()
        node.process.until_logged(f"[ADJCHANGE] neighbor {ROUTER} Down")
        self.assertIn("lbgpd is stopping", node.process.output())

    def test_unknown_neighbors_are_turned_away(self):
        stranger = self.node(self.port, address="127.90.3.200").start()
        never("a session with a stranger", lambda: stranger.established(ROUTER), during=2.0)
        self.assertEqual(sorted(self.the_router.json("show bgp neighbors")), [NODE1, NODE2, NODE3])

    def test_four_octet_as(self):
        text = router_file().replace("65010", "4200000001")
        self.the_router.process.stop()
        router = self.lbgpd(text, "-p", str(self.port), "-l", ROUTER, name="router4").start()
        node = self.node(self.port, local_as=4200000001).start()
        node.announce(VIP)
        until("the VIP at the router", lambda: router.route("ipv4", VIP)[0]["aspath"]["string"] == "4200000001")


class WrongAs(LoopbackCase):
    def test_both_numbers_are_in_the_log_of_both_sides(self):
        port = free_port()
        router = self.router(port).start()
        node = self.node(port, local_as=65002).start()
        router.process.until_logged("peer says AS 65002, configured 65010")
        until("the node logs the NOTIFICATION", lambda: re.search(r"[Bb]ad [Pp]eer AS", node.process.output()))
        self.assertFalse(node.established(ROUTER))

    def test_it_is_tried_again_but_not_in_a_hurry(self):
        port = free_port()
        router = self.router(port).start()
        self.node(port, local_as=65002).start()
        router.process.until_logged("peer says AS 65002, configured 65010")
        opens = lambda: router.json("show bgp neighbors")[NODE1]["messageStats"]["opensRecv"]  # noqa: E731
        until("another attempt", lambda: opens() >= 2, 20)
        self.assertLess(opens(), 20)
        self.assertEqual(router.process.output().count("peer says AS 65002"), 1, "said once a minute")

    def test_the_session_comes_up_once_the_file_is_right(self):
        import signal
        port = free_port()
        router = self.router(port).start()
        node = self.node(port, local_as=65002).start()
        router.process.until_logged("peer says AS 65002, configured 65010")
        node.configuration.write_text(node.configuration.read_text(encoding="ascii").replace("65002", str(NODE_AS)),
                                      encoding="ascii")
        node.process.signal(signal.SIGHUP)
        until("the session", lambda: router.established(NODE1), 30)


class Killed(LoopbackCase):
    """kill -9 on either side, at several moments. Nothing but a restart of the dead one is needed."""

    many = [f"10.99.8.{last}/32" for last in range(1, 200)]

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.the_router = self.router(self.port).start()
        self.the_node = self.node(self.port).start()

    def until_recovered(self, prefixes):
        until("every route is at the router and fresh",
              lambda: {prefix for prefix, paths in self.the_router.routes("ipv4").items()
                       if not paths[0].get("stale")} == set(prefixes), 30)

    def restart(self, daemon):
        daemon.process.kill()
        daemon.start()

    def test_router_when_all_is_quiet(self):
        self.the_node.announce(*self.many)
        self.until_recovered(self.many)
        self.restart(self.the_router)
        self.until_recovered(self.many)

    def test_node_when_all_is_quiet(self):
        """What the API acknowledged is announced again without any client's help."""
        self.the_node.announce(*self.many)
        self.until_recovered(self.many)
        self.restart(self.the_node)
        self.until_recovered(self.many)

    def test_the_log_counts_what_clients_have_announced(self):
        self.the_node.add_line(f"router bgp {NODE_AS}", " network 10.1.0.0/24")
        self.the_node.announce(*self.many)
        self.restart(self.the_node)
        self.the_node.process.until_logged(f"[RESTORED] {len(self.many)} routes ")

    def test_node_right_after_the_acknowledgement(self):
        self.the_node.announce(*self.many)
        self.restart(self.the_node)
        self.until_recovered(self.many)

    def test_routes_stay_while_the_node_is_down(self):
        self.the_node.announce(VIP)
        self.until_recovered([VIP])
        self.the_node.process.kill()
        until("the router noticed", lambda: self.the_router.neighbor(NODE1)["bgpState"] != "Established")
        never("the route goes", lambda: VIP not in self.the_router.routes("ipv4"), during=1.0)
        self.the_node.start()
        never("the route goes", lambda: VIP not in self.the_router.routes("ipv4"), during=1.0)
        self.until_recovered([VIP])

    def test_router_while_routes_arrive(self):
        for prefix in self.many:
            self.the_node.announce(prefix)
            if prefix == self.many[100]:
                self.restart(self.the_router)
        self.until_recovered(self.many)

    def test_node_before_the_session_is_up(self):
        for _ in range(5):
            self.restart(self.the_node)
        self.the_node.announce(VIP)
        self.until_recovered([VIP])

    def test_both(self):
        self.the_node.announce(VIP)
        self.until_recovered([VIP])
        self.the_node.process.kill()
        self.restart(self.the_router)
        self.the_node.start()
        self.until_recovered([VIP])

    def test_withdrawn_routes_stay_withdrawn(self):
        self.the_node.announce(*self.many)
        self.the_node.withdraw(*self.many[:100])
        self.restart(self.the_node)
        self.until_recovered(self.many[100:])


class Footprint(LoopbackCase):
    def test_idle_with_two_neighbors_and_two_hundred_routes(self):
        if not self.is_release():
            self.skipTest("memory is promised for release builds only")
        first, second = free_port(), free_port()
        self.router(first).start()
        other = router_file().replace("127.90.254.1", "127.90.254.2")
        self.lbgpd(other, "-p", str(second), "-l", "127.90.254.2", name="router2").start()
        node = self.node(first, extra=f"""router bgp {NODE_AS}
 neighbor 127.90.254.2 remote-as {ROUTER_AS}
 neighbor 127.90.254.2 port {second}
 neighbor 127.90.254.2 update-source {NODE1}
!
""").start()
        node.announce(*(f"10.99.8.{last}/32" for last in range(1, 201)), communities=["65010:100"])
        for router in (ROUTER, "127.90.254.2"):
            until(f"200 routes sent to {router}", lambda: node.json("show bgp ipv4 unicast summary")["peers"][router][
                "pfxSnt"] == 200, 20)
        self.assertLess(node.process.resident_bytes(), 8_000_000)


if __name__ == "__main__":
    main(sandboxed=False)
