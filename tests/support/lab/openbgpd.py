# SPDX-License-Identifier: Apache-2.0
"""OpenBGPD from Debian as a router."""

import json
import os
import pathlib
import subprocess

from .peering import WORD, Route
from .poll import until
from .process import Process

BGPD, BGPCTL = "/usr/sbin/bgpd", "/usr/sbin/bgpctl"


def missing():
    if not os.path.exists(BGPD) or not os.path.exists(BGPCTL):
        return "OpenBGPD is not installed (package openbgpd)"
    if _map_size() < 2:
        return "OpenBGPD gives up its privileges to a user of its own, which only root can have it do"
    return ""


def _map_size():
    """How many users exist in here; 1: a user namespace of an ordinary user."""
    return int(pathlib.Path("/proc/self/uid_map").read_text(encoding="ascii").split()[2])


class Openbgpd:
    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        # Its children change their root to this folder, the home of their user; it must exist and be root's.
        os.makedirs("/run/openbgpd", exist_ok=True)
        self.peering, self.control = peering, directory / "bgpd.sock"
        file = directory / "bgpd.conf"
        file.write_text(self._text(), encoding="ascii")
        file.chmod(0o600)
        self.process = Process("openbgpd", [BGPD, "-d", "-v", "-f", file], directory / "log", namespace=namespace)

    def _text(self):
        peering = self.peering
        lines = [f"AS {peering.router_as}", f"router-id {peering.router_id}", "fib-update no",
                 f'socket "{self.control}"']
        lines += [f"listen on {peering.router[transport]}" for transport in peering.sessions]
        for transport, families in peering.sessions.items():
            lines += [f"neighbor {peering.node[transport]} {{", f" remote-as {peering.node_as}",
                      f" local-address {peering.router[transport]}"]
            lines += [f" announce {name} {'unicast' if family in families else 'none'}"
                      for family, name in ((4, "IPv4"), (6, "IPv6"))]
            lines += ["}"]
        lines += ["allow from any", "deny to any"]
        return "\n".join(lines) + "\n"

    def start(self):
        self.process.start()
        until("OpenBGPD answers", lambda: self.process.must_live() and "neighbors" in self._ask("show", "neighbor"))
        return self

    def _ask(self, *words):
        done = subprocess.run([BGPCTL, "-j", "-s", str(self.control), *words], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=True, timeout=10)
        return json.loads(done.stdout or "{}")

    def established(self, transport):
        wanted = self.peering.node[transport]
        return any(one["remote_addr"] == wanted and one["state"] == "Established"
                   for one in self._ask("show", "neighbor")["neighbors"])

    def route(self, family, prefix):
        """The route to `prefix`; None: not there."""
        found = self._ask("show", "rib", WORD[family], "detail")
        for one in found.get("rib", []):
            if one["prefix"] == prefix:
                return Route(next_hop=one["exit_nexthop"],
                             as_path=tuple(int(number) for number in one["aspath"].split()),
                             communities=frozenset(one.get("communities", [])),
                             large_communities=frozenset(one.get("large_communities", [])))
        return None
