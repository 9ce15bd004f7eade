# SPDX-License-Identifier: Apache-2.0
"""GoBGP from Debian as a router."""

import json
import shutil
import subprocess

from .peering import WORD, Route, Router
from .poll import until
from .process import Process

API = "127.0.0.1:50051"

# Path attribute types (RFC 4271, 1997, 4760, 8092) as GoBGP's JSON numbers them.
AS_PATH, NEXT_HOP, COMMUNITIES, MP_REACH, LARGE_COMMUNITIES = 2, 3, 8, 14, 32


def missing():
    return "" if shutil.which("gobgpd") and shutil.which("gobgp") else "GoBGP is not installed (package gobgpd)"


class GobgpRouter(Router):
    UNABLE = {
        "extended messages": "GoBGP 3.10 has no extended messages",
        "enhanced refresh": "GoBGP 3.10 does not offer enhanced route refresh",
        "asks refresh": "GoBGP keeps what it received and applies its policy to that; it never sends ROUTE-REFRESH",
        "two-octet AS": "GoBGP always offers four-octet AS numbers",
        "role": "GoBGP 3.10 has no roles",
        "IPv4 next hops of IPv6": "GoBGP 3.10 offers extended next hops only between interfaces without addresses",
        "BFD": "GoBGP 3.10 has no BFD",
        "forwards": "GoBGP gives routes to a kernel only through FRR's zebra",
    }

    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        self.peering, self.namespace = peering, namespace
        self.file = directory / "gobgpd.toml"
        self.file.write_text(_text(peering), encoding="ascii")
        self.process = Process("gobgpd", ["gobgpd", "-f", self.file, "-p", "-l", "debug", "--api-hosts", API,
                                          "--pprof-disable"], directory / "log", namespace=namespace)

    def start(self):
        self.process.start()
        until("gobgpd answers", lambda: self.process.must_live() and isinstance(self._json("neighbor"), list))
        for origin in self.peering.originates:
            communities = ("community", ",".join(origin.communities)) if origin.communities else ()
            self._run("global", "rib", "add", "-a", WORD[origin.family], origin.prefix, *communities)
        return self

    def reload(self, peering):
        self.peering = peering
        self.file.write_text(_text(peering), encoding="ascii")

    def restart(self):
        self.process.argv.append("-r")  # graceful restart recovery
        self.start()

    def _run(self, *words):
        argv = self.namespace.command(["gobgp", *words])
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                              timeout=10).stdout

    def _json(self, *words):
        return json.loads(self._run("-j", *words) or "null")

    def established(self, transport):
        wanted = self.peering.node[transport]
        # GoBGP's SessionState 6 is Established (protobuf enumeration).
        return any(one["state"]["neighbor_address"] == wanted and one["state"].get("session_state") == 6
                   for one in self._json("neighbor"))

    def paths(self, family, prefix):
        paths = (self._json("global", "rib", "-a", WORD[family]) or {}).get(prefix) or []
        return [_route({one["type"]: one for one in path["attrs"]}) for path in paths]

    def count_routes(self, family):
        return len(self._json("global", "rib", "-a", WORD[family]) or {})

    def reset(self, transport):
        self._run("neighbor", self.peering.node[transport], "reset")

    def shut_down(self, transport, text):
        self._run("neighbor", "--reason", text, self.peering.node[transport], "shutdown")


def _route(attributes):
    next_hop = attributes.get(NEXT_HOP) or attributes.get(MP_REACH)
    segments = attributes[AS_PATH]["as_paths"]
    return Route(
        next_hop=next_hop["nexthop"],
        as_path=tuple(number for segment in segments for number in segment["asns"]),
        communities=frozenset(f"{value >> 16}:{value & 0xffff}"
                              for value in attributes.get(COMMUNITIES, {}).get("communities", [])),
        large_communities=frozenset(f"{one['ASN']}:{one['LocalData1']}:{one['LocalData2']}"
                                    for one in attributes.get(LARGE_COMMUNITIES, {}).get("value", [])))


def _text(peering):
    """GoBGP's file for a peering."""
    lines = ["[global.config]", f"as = {peering.router_as}", f'router-id = "{peering.router_id}"']
    for transport, families in peering.sessions.items():
        lines += _neighbor(peering, peering.node[transport], peering.node_as, families)
    for address, remote_as in peering.thirds.items():
        lines += _neighbor(peering, address, remote_as, (4,)) + ["[neighbors.transport.config]", "passive-mode = true"]
    return "\n".join(lines) + "\n"


def _neighbor(peering, address, remote_as, families):
    restart, long_lived = peering.has("graceful restart"), peering.has("long-lived graceful restart")
    lines = ["[[neighbors]]", "[neighbors.config]", f'neighbor-address = "{address}"', f"peer-as = {remote_as}"]
    lines += [f'auth-password = "{peering.password}"'] if peering.password else []
    lines += ["[neighbors.timers.config]", "connect-retry = 1", "idle-hold-time-after-reset = 1",
              f"hold-time = {peering.hold}", f"keepalive-interval = {peering.keepalive}"]
    if peering.has("TTL security"):
        lines += ["[neighbors.ttl-security.config]", "enabled = true", "ttl-min = 255"]
    if peering.has("only waits"):
        lines += ["[neighbors.transport.config]", "passive-mode = true"]
    if restart or long_lived:
        seconds = peering.restart_time if restart else 1
        lines += ["[neighbors.graceful-restart.config]", "enabled = true", f"restart-time = {seconds}"]
        lines += ["long-lived-enabled = true"] if long_lived else []
    if peering.has("ADD-PATH send") or peering.has("ADD-PATH receive"):
        lines += ["[neighbors.add-paths.config]", "receive = true", "send-max = 8"]
    for family in families:
        lines += ["[[neighbors.afi-safis]]", "[neighbors.afi-safis.config]",
                  f'afi-safi-name = "{WORD[family]}-unicast"']
        if restart or long_lived:
            lines += ["[neighbors.afi-safis.mp-graceful-restart.config]", "enabled = true"]
        if long_lived:
            lines += ["[neighbors.afi-safis.long-lived-graceful-restart.config]", "enabled = true", "restart-time = 60"]
    return lines
