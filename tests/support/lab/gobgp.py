# SPDX-License-Identifier: Apache-2.0
"""GoBGP from Debian as a router."""

import json
import shutil
import subprocess

from .peering import WORD, Route
from .poll import until
from .process import Process

API = "127.0.0.1:50051"

# Path attribute types (RFC 4271, 1997, 4760, 8092) as GoBGP's JSON numbers them.
AS_PATH, NEXT_HOP, COMMUNITIES, MP_REACH, LARGE_COMMUNITIES = 2, 3, 8, 14, 32


def missing():
    return "" if shutil.which("gobgpd") and shutil.which("gobgp") else "GoBGP is not installed (package gobgpd)"


class Gobgp:
    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        self.peering, self.namespace = peering, namespace
        file = directory / "gobgpd.toml"
        file.write_text(self._text(), encoding="ascii")
        self.process = Process("gobgpd", ["gobgpd", "-f", file, "-p", "-l", "debug", "--api-hosts", API,
                                          "--pprof-disable"], directory / "log", namespace=namespace)

    def _text(self):
        peering = self.peering
        lines = ["[global.config]", f"as = {peering.router_as}", f'router-id = "{peering.router_id}"']
        for transport, families in peering.sessions.items():
            lines += ["[[neighbors]]", "[neighbors.config]", f'neighbor-address = "{peering.node[transport]}"',
                      f"peer-as = {peering.node_as}"]
            for family in families:
                lines += ["[[neighbors.afi-safis]]", "[neighbors.afi-safis.config]",
                          f'afi-safi-name = "{WORD[family]}-unicast"']
        return "\n".join(lines) + "\n"

    def start(self):
        self.process.start()
        until("gobgpd answers", lambda: self.process.must_live() and isinstance(self._ask("neighbor"), list))
        return self

    def _ask(self, *words):
        argv = self.namespace.command(["gobgp", "-j", *words])
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=10)
        return json.loads(done.stdout or "null")

    def established(self, transport):
        wanted = self.peering.node[transport]
        # GoBGP's SessionState 6 is Established (protobuf enumeration).
        return any(one["state"]["neighbor_address"] == wanted and one["state"].get("session_state") == 6
                   for one in self._ask("neighbor"))

    def route(self, family, prefix):
        """The route to `prefix`; None: not there."""
        paths = (self._ask("global", "rib", "-a", WORD[family]) or {}).get(prefix)
        if not paths:
            return None
        attributes = {one["type"]: one for one in paths[0]["attrs"]}
        next_hop = attributes.get(NEXT_HOP) or attributes.get(MP_REACH)
        segments = attributes[AS_PATH]["as_paths"]
        return Route(
            next_hop=next_hop["nexthop"],
            as_path=tuple(number for segment in segments for number in segment["asns"]),
            communities=frozenset(f"{value >> 16}:{value & 0xffff}"
                                  for value in attributes.get(COMMUNITIES, {}).get("communities", [])),
            large_communities=frozenset(f"{one['ASN']}:{one['LocalData1']}:{one['LocalData2']}"
                                        for one in attributes.get(LARGE_COMMUNITIES, {}).get("value", [])))
