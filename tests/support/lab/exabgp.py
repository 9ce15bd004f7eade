# SPDX-License-Identifier: Apache-2.0
"""ExaBGP from Debian as a router: it keeps no table, so what it reports as JSON is replayed into one here."""

import json
import os
import pathlib
import shutil
import sys

from .peering import WORD, Route, Router
from .poll import until
from .process import Process

# {(sends, receives): ExaBGP's word}
ADD_PATH = {(False, False): "disable", (True, False): "send", (False, True): "receive", (True, True): "send/receive"}


def missing():
    return "" if shutil.which("exabgp", path="/usr/sbin:/usr/bin") else "ExaBGP is not installed (package exabgp)"


class ExabgpRouter(Router):
    UNABLE = {
        "long-lived graceful restart": "ExaBGP 4.2 has no long-lived graceful restart",
        "role": "ExaBGP 4.2 has no roles",
        "answers refresh": "ExaBGP 4.2.21 answers with an exception of its own once enhanced refresh is negotiated",
        "holds stale routes": "ExaBGP keeps no table: there is nothing that it could hold",
        "shuts down with a text": "ExaBGP's teardown takes a subcode and no text",
        "passes routes on": "ExaBGP does not pass routes on",
        "BFD": "ExaBGP has no BFD",
        "forwards": "ExaBGP has nothing to do with a kernel's routes",
    }

    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        self.peering, self.messages, self.orders = peering, directory / "messages.json", directory / "orders"
        self.recorder = (f"{sys.executable} {pathlib.Path(__file__).with_name('exabgp_recorder.py')} "
                         f"{self.messages} {self.orders}")
        os.mkfifo(self.orders)
        self.file = directory / "exabgp.conf"
        self.file.write_text(self._text(), encoding="ascii")
        environment = {"exabgp.daemon.user": "root", "exabgp.daemon.drop": "false", "exabgp.log.destination": "stderr",
                       "exabgp.log.level": "DEBUG", "exabgp.tcp.bind": " ".join(
                           peering.router[transport] for transport in peering.sessions),
                       "exabgp.tcp.port": "179", "exabgp.api.cli": "false", "exabgp.api.ack": "false"}
        # ExaBGP reads these names with their dots, which a shell could not pass on.
        argv = ["env", *(f"{name}={value}" for name, value in environment.items()), "/usr/sbin/exabgp", self.file]
        self.process = Process("exabgp", argv, directory / "log", namespace=namespace)

    def _text(self):
        lines = [f"process recorder {{ run {self.recorder}; encoder json; }}"]
        for transport in self.peering.sessions:
            lines += self._neighbor(transport)
        return "\n".join(lines) + "\n"

    def _neighbor(self, transport):
        peering, families = self.peering, self.peering.sessions[transport]
        yes_no = {True: "enable", False: "disable"}
        lines = [f"neighbor {peering.node[transport]} {{", f"  router-id {peering.router_id};",
                 f"  local-address {peering.router[transport]};", f"  local-as {peering.router_as};",
                 f"  peer-as {peering.node_as};", f"  hold-time {peering.hold};"]
        lines += ["  passive;"] if peering.has("only waits") else []
        lines += ["  outgoing-ttl 255;", "  incoming-ttl 255;"] if peering.has("TTL security") else []
        if peering.password:
            lines += [f"  md5-password '{peering.password}';", "  md5-base64 false;"]
        lines += ["  capability {", "    route-refresh enable;",
                  f"    asn4 {yes_no[not peering.has('two-octet AS')]};",
                  f"    extended-message {yes_no[peering.has('extended messages')]};",
                  f"    add-path {ADD_PATH[peering.has('ADD-PATH send'), peering.has('ADD-PATH receive')]};"]
        lines += [f"    graceful-restart {peering.restart_time};"] if peering.has("graceful restart") else []
        lines += ["    nexthop enable;"] if peering.has("IPv4 next hops of IPv6") else []
        lines += ["  }"]
        lines += ["  nexthop {", "    ipv4 unicast ipv6;", "  }"] if peering.has("IPv4 next hops of IPv6") else []
        lines += ["  family {", *(f"    {WORD[family]} unicast;" for family in families), "  }", "  api {",
                  "    processes [ recorder ];", "    neighbor-changes;",
                  "    receive { parsed; packets; update; notification; }", "  }", "  static {"]
        for number, origin in enumerate((one for one in peering.originates if one.family in families), 1):
            identifier = f" path-information 0.0.0.{number}" if peering.has("ADD-PATH send") else ""
            communities = f" community [ {' '.join(origin.communities)} ]" if origin.communities else ""
            lines += [f"    route {origin.prefix} next-hop self{identifier}{communities};"]
        return [*lines, "  }", "}"]

    def start(self):
        self.process.start()
        until("ExaBGP runs", lambda: self.process.must_live() and self.messages.exists())
        return self

    def reload(self, peering):
        self.peering = peering
        self.file.write_text(self._text(), encoding="ascii")

    def _order(self, line):
        """A command of ExaBGP's API, which reads what its helper prints."""
        with open(self.orders, "w", encoding="ascii") as orders:
            orders.write(line + "\n")

    def _reports(self):
        with open(self.messages, encoding="utf-8") as messages:
            # It does not escape what a NOTIFICATION holds.
            return [json.loads(line, strict=False) for line in messages if line.endswith("\n")]

    def established(self, transport):
        wanted, state = self.peering.node[transport], ""
        for report in self._reports():
            if report["type"] == "state" and report["neighbor"]["address"]["peer"] == wanted:
                state = report["neighbor"]["state"]
        return self.process.alive() and state == "up"

    def _table(self, family):
        table = {}
        for report in self._reports():
            if report["type"] == "update":
                _replay(report["neighbor"]["message"].get("update", {}), f"{WORD[family]} unicast", table)
        return table

    def paths(self, family, prefix):
        return [route for (found, _), route in self._table(family).items() if found == prefix]

    def count_routes(self, family):
        return len({prefix for prefix, _ in self._table(family)})

    def ask_refresh(self, transport):
        for family in self.peering.sessions[transport]:
            self._order(f"neighbor {self.peering.node[transport]} announce route-refresh {WORD[family]} unicast")

    def reset(self, transport):
        self._order(f"neighbor {self.peering.node[transport]} teardown 4")

    def until_told(self, text):
        """It cannot read what RFC 9003 adds to a NOTIFICATION; the octets are reported before it tries."""
        def told():
            return any(text.encode().hex().upper() in report["neighbor"].get("message", {}).get("body", "").upper()
                       for report in self._reports() if "neighbor" in report)
        until(f"ExaBGP has been told {text!r}", told)


def _replay(update, family, table):
    for entry in update.get("withdraw", {}).get(family, []):
        table.pop((entry["nlri"], entry.get("path-information")), None)
    attributes = update.get("attribute", {})
    for next_hop, entries in update.get("announce", {}).get(family, {}).items():
        if next_hop.startswith("fe80:"):
            continue  # the second half of a next hop of 32 octets (RFC 2545 §3), reported like a route of its own
        for entry in entries:
            table[entry["nlri"], entry.get("path-information")] = Route(
                next_hop=next_hop, as_path=tuple(attributes.get("as-path", [])),
                communities=frozenset(f"{high}:{low}" for high, low in attributes.get("community", [])),
                large_communities=frozenset(
                    ":".join(map(str, parts)) for parts in attributes.get("large-community", [])))
