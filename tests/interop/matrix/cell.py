# SPDX-License-Identifier: Apache-2.0
"""One cell of the matrix: a router of one make, a node, and third speakers where one is needed, made for it alone."""

import re
import unittest

from lab import Case, Namespace, Options, cable, node, process, until
from lab.capture import Capture
from lab.peering import ABILITIES, FEATURES, Peering
from lab.third import Third
from matrix_table import FAIL, OK, SKIP

from .addresses import NODE, ROUTER


def unable(router_class, scenario):
    """Why this make cannot play a scenario; empty: it can."""
    for need in (*scenario.needs, *router_class.UNABLE):
        assert need in FEATURES + ABILITIES, f"nobody knows what {need!r} means"
    return next((router_class.UNABLE[need] for need in scenario.needs if need in router_class.UNABLE), "")


class Cell(Case):
    """The base of one make's class. A subclass says `make`, `missing`, `router_class` and `matrix`."""

    def play(self, scenario):
        try:
            self.require(type(self).missing() or node.missing())
            self._set_up(scenario)
            scenario.play(self, **scenario.args)
        except unittest.SkipTest as reason:
            self.matrix.put(self.make, scenario.title, SKIP, str(reason))
            raise
        except BaseException as error:
            self.matrix.put(self.make, scenario.title, FAIL, str(error).splitlines()[0][:200] if str(error) else "")
            raise
        self.matrix.put(self.make, scenario.title, OK)

    def _set_up(self, scenario):
        features = frozenset(need for need in scenario.needs if need in FEATURES)
        self.scenario = scenario
        self.peering = Peering(scenario.node_as, scenario.router_as, NODE, ROUTER, scenario.sessions,
                               features=features, **scenario.router)
        self.router_namespace, self.node_namespace = self._machine("router"), self._machine("node")
        self.addCleanup(process.stop_all)
        self.router_namespace.add_bridge("lan", f"{ROUTER[4]}/24", f"{ROUTER[6]}/64")
        self._plug(self.node_namespace, f"{NODE[4]}/24", f"{NODE[6]}/64")
        if thirds := {**self.peering.thirds, **scenario.thirds}:
            self.third_namespace = self._machine("third")
            self._plug(self.third_namespace, *(f"{address}/24" for address in thirds))
        title = re.sub(r"\W+", "-", f"{self.make}-{scenario.title}".lower())
        self.node = self._make_node(scenario, f"node-{title}")
        self.router = self.router_class(Options.directory / title, self.router_namespace, self.peering)

    def _machine(self, name):
        namespace = Namespace(name)
        self.addCleanup(namespace.delete)
        return namespace

    def _plug(self, namespace, *addresses):
        cable(self.router_namespace, f"to-{namespace.name}", namespace, "eth0", bridge="lan")
        namespace.add_address("eth0", *addresses)

    def _make_node(self, scenario, name):
        addresses = {ROUTER[transport]: families for transport, families in scenario.sessions.items()}
        lines = [line.format(neighbor=address) for line in (*scenario.lines, "neighbor {neighbor} timers connect 1")
                 for address in (addresses if "{" in line else [""])]
        lines += [f"neighbor {third} passive" for third in scenario.thirds]
        remote_as = scenario.remote_as or scenario.router_as
        neighbors = [(address, remote_as, families) for address, families in addresses.items()]
        neighbors += [(third, number, (4,)) for third, number in scenario.thirds.items()]
        if Options.node != "lbgpd":
            self.require("" if not scenario.lines + scenario.family_lines else f"needs lbgpd, not {Options.node}")
            return node.make(self.node_namespace, name=name, router_id=NODE[4], local_as=scenario.node_as,
                             neighbors=neighbors, next_hop6=NODE[6])
        common = {"router_id": NODE[4], "local_as": scenario.node_as, "neighbors": neighbors,
                  "family_extra": "\n".join(scenario.family_lines), "after": scenario.after}
        return node.make(self.node_namespace, name=name, extra="\n".join(lines), **common)

    # What plays ask of a cell.

    def start(self):
        self.router.start()
        self.node.start()
        self.until_established()

    def until_established(self, *, timeout=30):
        for transport in self.peering.sessions:
            until(f"the router's session over IPv{transport}",
                  lambda: self.router.process.must_live() and self.router.established(transport), timeout)

    def until_known(self, prefix, *, timeout=10.0):
        """The router's route to a prefix, as soon as it is there."""
        family = 6 if ":" in prefix else 4
        return until(f"{prefix} at the router", lambda: self.router.route(family, prefix), timeout)

    def third(self, address, *, to):
        """A third speaker's session with the router or the node."""
        number = {**self.peering.thirds, **self.scenario.thirds}[address]
        third = until(f"{address} has a session with {to}",
                      lambda: Third(self.third_namespace, address, number, to=to), 10, interval=0.2)
        self.addCleanup(third.close)
        return third

    def capture(self):
        """Takes down what goes over the node's cable from now on."""
        capture = Capture(self.node_namespace)
        self.addCleanup(capture.close)
        return capture

    def session(self, transport=4):
        """`show bgp neighbors json` of the node about the router."""
        return self.node.neighbor(ROUTER[transport])

    def count(self, what):
        return self.session()["messageStats"][what]
