#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Routes that outlive a session, and a neighbor that announces too many: as an operator sees it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import main, never, until  # noqa: E402
from lab.loopback import NODE1, NODE_AS, ROUTER, LoopbackCase, free_port, router_file  # noqa: E402

VIP = "10.99.8.201/32"
SECOND = "10.99.8.202/32"


class RestartCase(LoopbackCase):
    router_lines = ""
    neighbor_lines = ""
    node_lines = ""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        more = f"router bgp 65001\n{self.router_lines} address-family ipv4 unicast\n{self.neighbor_lines}"
        self.the_router = self.router(self.port, router_file() + more).start()
        self.the_node = self.node(self.port, extra=f"router bgp {NODE_AS}\n{self.node_lines}").start()
        self.the_node.announce(VIP)
        until("the VIP at the router", lambda: VIP in self.routes())

    def routes(self):
        return self.the_router.routes("ipv4")

    def gone(self):
        return VIP not in self.routes()

    def summary(self):
        return self.the_router.json("show bgp ipv4 unicast summary")["peers"][NODE1]


class TooManyPrefixes(RestartCase):
    neighbor_lines = f"  neighbor {NODE1} maximum-prefix 1\n"

    def test_closed_until_cleared(self):
        self.the_node.announce(SECOND)
        until("the session closed", lambda: self.summary()["state"] == "Idle (PfxCt)")
        self.assertEqual(self.summary()["peerState"], "PfxCt")
        self.assertEqual(self.routes(), {})
        self.the_router.process.until_logged("[MAX-PREFIX]")
        shown = self.the_router.neighbor(NODE1)
        self.assertTrue(shown["prefixesConfigExceedMax"])
        self.the_node.process.until_logged("Maximum Number of Prefixes")
        self.the_node.withdraw(SECOND)
        never("it comes back by itself", lambda: self.summary()["state"] != "Idle (PfxCt)", during=2.0)
        self.the_router.show(f"clear bgp {NODE1}")
        until("the VIP is back", lambda: VIP in self.routes(), 20)


class LongLived(RestartCase):
    router_lines = " bgp long-lived-graceful-restart stale-time 4\n"
    node_lines = (" bgp graceful-restart restart-time 3\n"
                  " bgp long-lived-graceful-restart stale-time 60\n")

    def test_first_stale_then_a_last_resort_then_gone(self):
        self.the_node.process.kill()
        until("the route is stale", lambda: self.routes()[VIP][0].get("stale"))
        info = self.the_router.neighbor(NODE1)["gracefulRestartInfo"]
        self.assertLessEqual(info["timers"]["restartTimerRemaining"], 3)
        self.assertEqual(info["timers"]["configuredLlgrStaleTime"], 4)
        self.the_router.process.until_logged("[STALE-ROUTES]")

        def communities():
            (path,) = self.the_router.route("ipv4", VIP)
            return path.get("community", {}).get("list", [])
        until("the route is a last resort", lambda: "llgrStale" in communities())
        text = self.the_router.show(f"show bgp neighbors {NODE1} graceful-restart")
        self.assertIn("LLGR Stale Path Remaining(sec):", text)
        until("the route is gone", self.gone, 10)


class OwnRestart(RestartCase):
    def received(self, bit):
        return self.the_router.neighbor(NODE1)["gracefulRestartInfo"][bit]

    def test_the_r_bit_is_told_once(self):
        self.assertFalse(self.received("rBit"))
        self.the_node.process.kill()
        self.the_node.start()
        until("the R bit", lambda: self.the_router.established(NODE1) and self.received("rBit"))
        until("End-of-RIB", lambda: self.the_router.neighbor(NODE1)["gracefulRestartInfo"]["endOfRibRecv"])
        self.the_router.show(f"clear bgp {NODE1}")
        until("a session without it", lambda: self.the_router.established(NODE1) and not self.received("rBit"), 20)
        until("the VIP", lambda: VIP in self.routes())


if __name__ == "__main__":
    main(sandboxed=False)
