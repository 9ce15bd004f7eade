#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The other makes as the router: each of them against every arrangement of sessions. Ends with a table of results.

    node 172.29.51.11, fd47:25e1:2f96:51::11 ── router 172.29.51.1, fd47:25e1:2f96:51::1
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, node, until  # noqa: E402
from lab import bird, exabgp, gobgp, openbgpd, process  # noqa: E402
from lab.peering import Peering  # noqa: E402

MAKES = {
    "BIRD": (bird, bird.BirdRouter),
    "GoBGP": (gobgp, gobgp.Gobgp),
    "OpenBGPD": (openbgpd, openbgpd.Openbgpd),
    "ExaBGP": (exabgp, exabgp.Exabgp),
}
NODE = {4: "172.29.51.11", 6: "fd47:25e1:2f96:51::11"}
ROUTER = {4: "172.29.51.1", 6: "fd47:25e1:2f96:51::1"}
VIP = {4: "172.29.52.100/32", 6: "fd47:25e1:2f96:52:100::64/128"}
COMMUNITIES = frozenset({"64512:100", "65535:65281"})
LARGE = frozenset({"64512:1:100", "4200000000:0:4294967295"})

# title: (node's AS, router's AS, sessions, large communities)
SCENARIOS = {
    "IPv4 session": (64512, 64513, {4: (4,)}, frozenset()),
    "IPv6 session": (64512, 64513, {6: (6,)}, frozenset()),
    "both on IPv4": (64512, 64513, {4: (4, 6)}, frozenset()),
    "two sessions": (64512, 64513, {4: (4,), 6: (6,)}, frozenset()),
    "large comm.": (64512, 64513, {4: (4,)}, LARGE),
    "4-octet AS": (4200000001, 4200000002, {4: (4,)}, frozenset()),
    "iBGP": (64512, 64512, {4: (4,)}, frozenset()),
}

# {(make, scenario): "ok" | "FAIL" | reason for not running}
results = {}


class Peers(Case):
    """A fresh cable, router and node for every cell of the matrix."""

    def run_cell(self, make, scenario):
        results[make, scenario] = "FAIL"
        module, router_class = MAKES[make]
        try:
            self.require(module.missing())
            self.require(node.missing())
            self.play(router_class, f"{make}-{scenario}".replace(" ", "-").lower(), *SCENARIOS[scenario])
        except unittest.SkipTest:
            results[make, scenario] = "skip"
            raise
        results[make, scenario] = "ok"

    def play(self, router_class, title, node_as, router_as, sessions, large):
        peering = Peering(node_as, router_as, NODE, ROUTER, sessions)
        router_namespace, node_namespace = Namespace("router"), Namespace("node")
        self.addCleanup(router_namespace.delete)
        self.addCleanup(node_namespace.delete)
        self.addCleanup(process.stop_all)
        cable(router_namespace, "eth0", node_namespace, "eth0")
        for namespace, address in ((router_namespace, ROUTER), (node_namespace, NODE)):
            namespace.add_address("eth0", f"{address[4]}/24", f"{address[6]}/64")
        router = router_class(Options.directory / title, router_namespace, peering).start()
        speaker = node.make(node_namespace, name=f"node-{title}", router_id=NODE[4], local_as=node_as,
                            neighbors=[(ROUTER[transport], router_as, families)
                                       for transport, families in sessions.items()], next_hop6=NODE[6]).start()
        for transport in sessions:
            until(f"the session over IPv{transport}",
                  lambda: router.process.must_live() and router.established(transport), 40)
        for _, family in peering.carried():
            self.check_route(router, speaker, peering, family, large)

    def check_route(self, router, speaker, peering, family, large):
        prefix = VIP[family]
        speaker.announce(prefix, communities=sorted(COMMUNITIES), large_communities=sorted(large))
        route = until(f"{prefix} at the router", lambda: router.route(family, prefix))
        self.assertEqual(route.next_hop, NODE[family])
        self.assertEqual(route.as_path, () if peering.node_as == peering.router_as else (peering.node_as,))
        self.assertEqual(names(route.communities), COMMUNITIES)
        self.assertEqual(route.large_communities, large)
        speaker.withdraw(prefix)
        until(f"{prefix} gone from the router", lambda: router.route(family, prefix) is None)


def names(communities):
    """Some makes print well-known communities by name."""
    known = {"NO_EXPORT": "65535:65281", "no-export": "65535:65281"}
    return frozenset(known.get(one, one) for one in communities)


def add_cells():
    """One test method per cell, so that each is run, skipped and counted on its own."""
    for make in MAKES:
        for scenario in SCENARIOS:
            def cell(self, make=make, scenario=scenario):
                self.run_cell(make, scenario)
            word = scenario.replace(" ", "_").replace("-", "_").replace(".", "").lower()
            cell.__name__ = f"test_{make.lower()}_{word}"
            setattr(Peers, cell.__name__, cell)


def closing_words():
    """The matrix as a table."""
    lines = ["", f"{'':14}" + "".join(f"{make:>10}" for make in MAKES)]
    for scenario in SCENARIOS:
        lines.append(f"{scenario:14}" + "".join(f"{results.get((make, scenario), '-'):>10}" for make in MAKES))
    return "\n".join(lines) + "\n"


add_cells()

if __name__ == "__main__":
    main()
