# SPDX-License-Identifier: Apache-2.0
"""OpenBGPD from Debian as a router."""

import json
import os
import pathlib
import subprocess

from .peering import WORD, Route, Router
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


class OpenbgpdRouter(Router):
    UNABLE = {
        "extended messages": "OpenBGPD 7.7 has no extended messages",
        "long-lived graceful restart": "OpenBGPD 7.7 has no long-lived graceful restart",
        "answers refresh": "OpenBGPD 7.7 takes no ROUTE-REFRESH, not even BIRD's: \"AID IPv4 unicast not negotiated\"",
        "IPv4 next hops of IPv6": "OpenBGPD 7.7 has no extended next hops",
        "restarts": "OpenBGPD names no family in its graceful restart capability: it helps others, and only that",
        "BFD": "OpenBGPD 7.7 has no BFD",
        "forwards": "OpenBGPD leaves Linux' kernel routes alone",
    }

    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        # Its children change their root to this folder, the home of their user; it must exist and be root's.
        os.makedirs("/run/openbgpd", exist_ok=True)
        self.peering, self.control = peering, directory / "bgpd.sock"
        file = directory / "bgpd.conf"
        file.write_text(_text(peering, self.control), encoding="ascii")
        file.chmod(0o600)
        self.process = Process("openbgpd", [BGPD, "-d", "-v", "-f", file], directory / "log", namespace=namespace)

    def start(self):
        self.process.start()
        until("OpenBGPD answers", lambda: self.process.must_live() and "neighbors" in self._json("show", "neighbor"))
        return self

    def _run(self, *words):
        return subprocess.run([BGPCTL, "-s", str(self.control), *words], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=True, timeout=10).stdout

    def _json(self, *words):
        return json.loads(self._run("-j", *words) or "{}")

    def established(self, transport):
        wanted = self.peering.node[transport]
        return any(one["remote_addr"] == wanted and one["state"] == "Established"
                   for one in self._json("show", "neighbor")["neighbors"])

    def paths(self, family, prefix):
        found = self._json("show", "rib", WORD[family], "detail")
        return [Route(next_hop=one["exit_nexthop"],
                      as_path=tuple(int(number) for number in one["aspath"].split()),
                      communities=frozenset(one.get("communities", [])),
                      large_communities=frozenset(one.get("large_communities", [])))
                for one in found.get("rib", []) if one["prefix"] == prefix]

    def count_routes(self, family):
        return len(self._json("show", "rib", WORD[family]).get("rib", []))

    def ask_refresh(self, transport):
        self._run("neighbor", self.peering.node[transport], "refresh")

    def reset(self, transport):
        self._run("neighbor", self.peering.node[transport], "clear")

    def shut_down(self, transport, text):
        self._run("neighbor", self.peering.node[transport], "down", text)


def _text(peering, control):
    """OpenBGPD's file for a peering."""
    lines = [f"AS {peering.router_as}", f"router-id {peering.router_id}", "fib-update no", f'socket "{control}"',
             f"holdtime {peering.hold}", "connect-retry 1"]
    lines += [f"listen on {peering.router[transport]}" for transport in peering.sessions]
    for origin in peering.originates:
        sets = " ".join(f"community {value}" for value in origin.communities)
        lines += [f"network {origin.prefix}" + (f" set {{ {sets} }}" if sets else "")]
    for transport, families in peering.sessions.items():
        lines += _neighbor(peering, peering.node[transport], peering.node_as, families, transport)
    for address, remote_as in peering.thirds.items():
        lines += _neighbor(peering, address, remote_as, (4,), 4)
    lines += ["allow from any", "allow to any"]
    return "\n".join(lines) + "\n"


def _neighbor(peering, address, remote_as, families, transport):
    third = address in peering.thirds
    lines = [f"neighbor {address} {{", f" remote-as {remote_as}", f" local-address {peering.router[transport]}"]
    lines += [f" announce {name} {'unicast' if family in families else 'none'}"
              for family, name in ((4, "IPv4"), (6, "IPv6"))]
    lines += [" passive"] if third or _waits(peering) else []
    lines += [" ttl-security yes"] if peering.has("TTL security") else []
    lines += [f' tcp md5sig password "{peering.password}"'] if peering.password else []
    lines += [f" announce policy {peering.role}"] if peering.role and not third else []
    for feature, line in (("ADD-PATH send", "add-path send all"), ("ADD-PATH receive", "add-path recv yes"),
                          ("enhanced refresh", "enhanced refresh yes"), ("two-octet AS", "as-4byte no")):
        lines += [f" announce {line}"] if peering.has(feature) and not third else []
    return [*lines, "}"]


def _waits(peering):
    """Whether it leaves connecting to the node. It does where a node is killed: OpenBGPD 7.7 keeps the OPEN of a
    connection that was reset before it could send, and sends it on the next one before that one's own. Two OPENs are
    an FSM error, and its NOTIFICATION withdraws the routes that the restart was to keep."""
    return peering.has("only waits") or peering.has("graceful restart")
