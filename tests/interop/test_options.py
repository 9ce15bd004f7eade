#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Capabilities, roles and communities between lbgpd and FRR, each side configured with the same words.

    node 172.29.51.11, AS 64512 ── 172.29.51.1, AS 64513, FRR
"""

import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, until  # noqa: E402
from lab import frr, process  # noqa: E402
from lab.lbgpd import Lbgpd  # noqa: E402

NODE, ROUTER = "172.29.51.11", "172.29.51.1"
NODE_AS, ROUTER_AS = 64512, 64513
VIP, TRANSIT = "172.29.52.100/32", "203.0.113.0/24"


def configuration(local, local_as, remote, remote_as, *lines):
    """The same file for both: everything accepted, everything sent."""
    return "\n".join([f"router bgp {local_as}", f" bgp router-id {local}", " no bgp ebgp-requires-policy",
                      " no bgp network import-check", f" neighbor {remote} remote-as {remote_as}",
                      f" neighbor {remote} timers 3 9", f" neighbor {remote} timers connect 1",
                      *(f" {line}" for line in lines)]) + "\n"


class OptionsOfBoth(Case):
    """A fresh cable, router and node for every test."""

    def play(self, router_lines, node_lines):
        self.require(frr.missing())
        title = self._testMethodName.removeprefix("test_")
        router_namespace, node_namespace = Namespace("router"), Namespace("node")
        self.addCleanup(router_namespace.delete)
        self.addCleanup(node_namespace.delete)
        self.addCleanup(process.stop_all)
        cable(router_namespace, "eth0", node_namespace, "eth0")
        router_namespace.add_address("eth0", f"{ROUTER}/24")
        node_namespace.add_address("eth0", f"{NODE}/24")
        lines = [line.replace("X", NODE) for line in router_lines]
        self.router = frr.Frr(Options.directory, router_namespace,
                              configuration(ROUTER, ROUTER_AS, NODE, NODE_AS, *lines, f"network {TRANSIT}"),
                              name=f"frr-{title}").start()
        self.node = Lbgpd(Options.build, Options.directory, self.text(*node_lines), namespace=node_namespace,
                          name=f"node-{title}").start()

    @staticmethod
    def text(*lines):
        return configuration(NODE, NODE_AS, ROUTER, ROUTER_AS, *(line.replace("X", ROUTER) for line in lines))

    def reload(self, *lines):
        self.node.configuration.write_text(self.text(*lines))
        self.node.process.signal(signal.SIGHUP)

    def until_up(self):
        until("the session", lambda: self.node.established(ROUTER), 30)

    def at_router(self):
        paths = self.router.route("ipv4", VIP)
        return paths[0] if paths else None

    def at_node(self):
        paths = self.node.route("ipv4", TRANSIT)
        return paths[0] if paths else None

    def test_roles_that_fit_mark_routes(self):
        self.play(["neighbor X local-role provider strict-mode"], ["neighbor X local-role customer strict-mode"])
        self.until_up()
        ours, theirs = self.node.neighbor(ROUTER), self.router.neighbor(NODE)
        self.assertEqual((ours["localRole"], ours["remoteRole"]), ("customer", "provider"))
        self.assertEqual((theirs["localRole"], theirs["remoteRole"]), ("provider", "customer"))
        self.assertEqual(ours["neighborCapabilities"]["role"], "advertisedAndReceived")
        self.assertEqual(until("the provider's route", self.at_node)["otc"], ROUTER_AS)
        self.node.announce(VIP)
        until("our route", self.at_router)

    def test_roles_that_do_not_fit_are_told(self):
        self.play(["neighbor X local-role peer"], ["neighbor X local-role customer"])
        until("a reset with its reason", lambda: "Role Mismatch" in str(self.node.neighbor(ROUTER)), 30)
        self.assertFalse(self.node.established(ROUTER))

    def test_graceful_shutdown_of_ours(self):
        self.play([], [])
        self.until_up()
        self.node.announce(VIP)
        until("our route", self.at_router)
        self.reload("neighbor X graceful-shutdown")
        shut = until("the route with local preference 0",
                     lambda: (route := self.at_router()) and route.get("locPrf") == 0 and route)
        self.assertIn("gracefulShutdown", shut["community"]["list"])
        self.reload()
        until("the route as it was", lambda: (route := self.at_router()) and "community" not in route)
        self.assertEqual(self.node.neighbor(ROUTER)["connectionsDropped"], 0)

    def test_graceful_shutdown_of_theirs(self):
        self.play(["bgp graceful-shutdown"], [])
        self.until_up()
        route = until("the router's route", self.at_node)
        self.assertEqual(route["locPrf"], 0)
        self.assertEqual(route["community"]["list"], ["gracefulShutdown"])

    def test_no_capabilities_of_ours(self):
        self.play([], ["neighbor X dont-capability-negotiate"])
        self.until_up()
        self.node.announce(VIP)
        self.assertEqual(until("our route", self.at_router)["aspath"]["string"], str(NODE_AS))
        until("the router's route", self.at_node)

    def test_no_capabilities_of_theirs(self):
        self.play(["neighbor X dont-capability-negotiate"], [])
        self.until_up()
        self.node.announce(VIP)
        until("our route", self.at_router)
        until("the router's route", self.at_node)

    def test_strict_match(self):
        self.play(["neighbor X strict-capability-match"], ["neighbor X strict-capability-match"])
        self.until_up()

    def test_the_long_form_of_the_open(self):
        self.play(["neighbor X extended-optional-parameters"], ["neighbor X extended-optional-parameters"])
        self.until_up()
        self.assertTrue(self.node.neighbor(ROUTER)["extendedOptionalParametersLength"])
        self.assertTrue(self.router.neighbor(NODE)["extendedOptionalParametersLength"])

    def test_names(self):
        self.play([], ["no neighbor X capability fqdn"])
        self.until_up()
        theirs = self.router.neighbor(NODE)
        self.assertEqual(theirs.get("hostname", "Unknown"), "Unknown")  # newer ones of FRR say so
        self.assertNotEqual(self.node.neighbor(ROUTER)["hostname"], "Unknown")


if __name__ == "__main__":
    main()
