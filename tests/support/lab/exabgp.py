# SPDX-License-Identifier: Apache-2.0
"""ExaBGP from Debian as a router: it keeps no table, so what it reports as JSON is replayed into one here."""

import json
import pathlib
import shutil
import sys

from .peering import WORD, Route
from .poll import until
from .process import Process


def missing():
    return "" if shutil.which("exabgp", path="/usr/sbin:/usr/bin") else "ExaBGP is not installed (package exabgp)"


class Exabgp:
    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        self.peering, self.messages = peering, directory / "messages.json"
        recorder = f"{sys.executable} {pathlib.Path(__file__).with_name('exabgp_recorder.py')} {self.messages}"
        file = directory / "exabgp.conf"
        file.write_text(self._text(recorder), encoding="ascii")
        environment = {"exabgp.daemon.user": "root", "exabgp.daemon.drop": "false", "exabgp.log.destination": "stderr",
                       "exabgp.log.level": "DEBUG", "exabgp.tcp.bind": " ".join(
                           peering.router[transport] for transport in peering.sessions),
                       "exabgp.tcp.port": "179", "exabgp.api.cli": "false"}
        # ExaBGP reads these names with their dots, which a shell could not pass on.
        argv = ["env", *(f"{name}={value}" for name, value in environment.items()), "/usr/sbin/exabgp", file]
        self.process = Process("exabgp", argv, directory / "log", namespace=namespace)

    def _text(self, recorder):
        peering = self.peering
        lines = [f"process recorder {{ run {recorder}; encoder json; }}"]
        for transport, families in peering.sessions.items():
            lines += [f"neighbor {peering.node[transport]} {{", f"  router-id {peering.router_id};",
                      f"  local-address {peering.router[transport]};", f"  local-as {peering.router_as};",
                      f"  peer-as {peering.node_as};", "  family {"]
            lines += [f"    {WORD[family]} unicast;" for family in families]
            lines += ["  }", "  api {", "    processes [ recorder ];", "    neighbor-changes;",
                      "    receive { parsed; update; }", "  }", "}"]
        return "\n".join(lines) + "\n"

    def start(self):
        self.process.start()
        until("ExaBGP runs", lambda: self.process.must_live() and self.messages.exists())
        return self

    def _reports(self):
        with open(self.messages, encoding="utf-8") as messages:
            return [json.loads(line) for line in messages if line.endswith("\n")]

    def established(self, transport):
        wanted, state = self.peering.node[transport], ""
        for report in self._reports():
            if report["type"] == "state" and report["neighbor"]["address"]["peer"] == wanted:
                state = report["neighbor"]["state"]
        return state == "up"

    def route(self, family, prefix):
        """The route to `prefix`; None: not there."""
        table = {}
        for report in self._reports():
            if report["type"] == "update":
                self._replay(report["neighbor"]["message"].get("update", {}), f"{WORD[family]} unicast", table)
        return table.get(prefix)

    @staticmethod
    def _replay(update, family, table):
        for entry in update.get("withdraw", {}).get(family, []):
            table.pop(entry["nlri"], None)
        attributes = update.get("attribute", {})
        for next_hop, entries in update.get("announce", {}).get(family, {}).items():
            if next_hop.startswith("fe80:"):
                continue  # the second half of a next hop of 32 octets (RFC 2545 §3), reported like a route of its own
            for entry in entries:
                table[entry["nlri"]] = Route(
                    next_hop=next_hop, as_path=tuple(attributes.get("as-path", [])),
                    communities=frozenset(f"{high}:{low}" for high, low in attributes.get("community", [])),
                    large_communities=frozenset(
                        ":".join(map(str, parts)) for parts in attributes.get("large-community", [])))
