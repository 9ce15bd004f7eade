# SPDX-License-Identifier: Apache-2.0
"""FRR from Debian as a router: zebra, bgpd and bfdd with files and sockets of their own."""

import os
import pathlib
import subprocess

from . import vty
from .network import clean_environment
from .peering import WORD, Route, Router
from .poll import until
from .process import Process

ZEBRA, BGPD, BFDD = "/usr/lib/frr/zebra", "/usr/lib/frr/bgpd", "/usr/lib/frr/bfdd"


def missing():
    """Why this peer cannot be used here; empty: it can."""
    return "" if os.path.exists(BGPD) and os.path.exists(ZEBRA) else "FRR is not installed (package frr)"


def _join_vty_group():
    """FRR refuses a user outside its vty group. The sandbox gets a group file of its own in which root is in it."""
    own = pathlib.Path("/run/lab.group")
    if own.exists():
        return
    lines = pathlib.Path("/etc/group").read_text(encoding="ascii").splitlines()
    ours = [f"{line},root" if line.startswith("frrvty:") else line for line in lines]
    own.write_text("\n".join(ours).replace(":,root", ":root") + "\n", encoding="ascii")
    subprocess.run(["mount", "--bind", str(own), "/etc/group"], check=True)


class Frr:
    """A router. `configuration` is what bgpd loads, `zebra` what zebra loads, `bfd` what bfdd loads; None: no bfdd."""

    def __init__(self, directory, namespace, configuration, *, zebra="", bfd=None, name="frr"):
        self.directory = directory / name
        self.directory.mkdir()
        self.namespace = namespace
        self.configuration = self.directory / "bgpd.conf"
        self.configuration.write_text(configuration)
        (self.directory / "zebra.conf").write_text(zebra)
        # FRR wants a state directory at its built-in place, whatever it is told about sockets.
        os.makedirs("/run/frr", exist_ok=True)
        _join_vty_group()
        self.zebra = self._daemon(name, ZEBRA, "zebra")
        self.bgpd = self._daemon(name, BGPD, "bgpd")
        self.bfdd = None
        if bfd is not None:
            (self.directory / "bfdd.conf").write_text(bfd)
            self.bfdd = self._daemon(name, BFDD, "bfdd", "--bfdctl", self.directory / "bfdd.sock")

    def _daemon(self, name, program, daemon, *more):
        place = self.directory
        argv = [program, "-u", "root", "-g", "root", "-f", place / f"{daemon}.conf", "-i", place / f"{daemon}.pid",
                "-z", place / "zserv.api", "--vty_socket", place, "-A", "127.0.0.1", "-P", "0",
                "--log", "stdout", "--log-level", "debug", *more]
        return Process(f"{name} {daemon}", argv, place / f"{daemon}.log", namespace=self.namespace)

    def start(self):
        self.zebra.start()
        until("zebra listens", lambda: self.zebra.must_live() and (self.directory / "zserv.api").exists())
        if self.bfdd:
            self.start_bfdd()
        self.start_bgpd()
        return self

    def start_bfdd(self):
        self.bfdd.start()
        until("FRR's bfdd answers on its vty",
              lambda: self.bfdd.must_live() and "FRR" in vty.ask(self.directory / "bfdd.vty", "show version"))

    def start_bgpd(self):
        self.bgpd.start()
        until("FRR's bgpd answers on its vty",
              lambda: self.bgpd.must_live() and "FRR" in self.show("show version"))
        self.show("debug bgp neighbor-events")  # for the report when a test fails

    def show(self, command):
        return vty.ask(self.directory / "bgpd.vty", command)

    def json(self, command):
        return vty.ask_json(self.directory / "bgpd.vty", command + " json")

    def bfd_peers(self):
        """{address: what bfdd tells about that peer}."""
        return {peer["peer"]: peer for peer in vty.ask_json(self.directory / "bfdd.vty", "show bfd peers json")}

    def configure(self, *lines, daemon="bgpd"):
        """Lines of configuration mode, as an operator would type them."""
        with vty.Vty(self.directory / f"{daemon}.vty") as shell:
            for line in ("configure terminal", *lines, "end"):
                text, status = shell.command(line)
                assert status in (vty.SUCCESS, vty.WARNING), f"FRR refuses {line!r}: {text}"

    def vtysh(self, command):
        """Through FRR's own vtysh, as the router's owner would ask."""
        argv = ["vtysh", "--vty_socket", str(self.directory), "-c", command]
        # It keeps its history in the home folder.
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                              env=clean_environment() | {"HOME": str(self.directory)}).stdout

    # What the labs ask of every router.

    def established(self, neighbor):
        return self.json(f"show bgp neighbors {neighbor}")[neighbor]["bgpState"] == "Established"

    def neighbor(self, neighbor):
        return self.json(f"show bgp neighbors {neighbor}")[neighbor]

    def routes(self, family):
        """{prefix: [path, …]} as `show bgp ipv4 unicast json` has it."""
        return self.json(f"show bgp {family} unicast").get("routes", {})

    def route(self, family, prefix):
        """The paths of one prefix in detail; empty: no such route."""
        return self.json(f"show bgp {family} unicast {prefix}").get("paths", [])


OPTIONS = {"TTL security": "ttl-security hops 1", "IPv4 next hops of IPv6": "capability extended-nexthop",
           "only waits": "passive"}


class FrrRouter(Router):
    """FRR as a router, in the manner of the other makes."""

    UNABLE = {
        "4,096 octets at most": "FRR always offers extended messages",
        "two-octet AS": "FRR without capabilities of its own still takes us for a new speaker and ignores AS4_PATH",
    }

    def __init__(self, directory, namespace, peering):
        self.peering = peering
        directory.mkdir()
        self.frr = Frr(directory, namespace, _text(peering))
        self.process = self.frr.bgpd

    def start(self):
        self.frr.start()
        return self

    def reload(self, peering):
        self.peering = peering
        self.frr.configuration.write_text(_text(peering), encoding="ascii")

    def restart(self):
        self.frr.start_bgpd()

    def established(self, transport):
        return self.frr.established(self.peering.node[transport])

    def paths(self, family, prefix):
        return [_route(path) for path in self.frr.route(WORD[family], prefix)]

    def count_routes(self, family):
        return len(self.frr.routes(WORD[family]))

    def ask_refresh(self, transport):
        self.frr.show(f"clear bgp {self.peering.node[transport]} soft in")

    def reset(self, transport):
        self.frr.show(f"clear bgp {self.peering.node[transport]}")

    def shut_down(self, transport, text):
        self.frr.configure(f"router bgp {self.peering.router_as}",
                           f"neighbor {self.peering.node[transport]} shutdown message {text}")


def _route(path):
    hops = {hop.get("scope", "global"): hop["ip"] for hop in path["nexthops"]}
    return Route(next_hop=hops["global"],
                 as_path=tuple(int(number) for number in path["aspath"]["string"].split() if number != "Local"),
                 communities=frozenset(path.get("community", {}).get("list", [])),
                 large_communities=frozenset(path.get("largeCommunity", {}).get("list", [])))


def _text(peering):
    """FRR's file for a peering."""
    lines = [f"router bgp {peering.router_as}", f" bgp router-id {peering.router_id}", " no bgp ebgp-requires-policy",
             " no bgp default ipv4-unicast", " no bgp network import-check",
             f" timers bgp {peering.keepalive} {peering.hold}"]
    if peering.has("graceful restart"):
        lines += [" bgp graceful-restart", " bgp graceful-restart preserve-fw-state",
                  f" bgp graceful-restart restart-time {peering.restart_time}"]
    if peering.has("long-lived graceful restart"):
        lines += [" bgp graceful-restart restart-time 1", " bgp long-lived-graceful-restart stale-time 60"]
    for transport in peering.sessions:
        lines += _neighbor(peering, peering.node[transport], peering.node_as)
        options = [f"local-role {peering.role}"] if peering.role else []
        options += [line for feature, line in OPTIONS.items() if peering.has(feature)]
        lines += [f" neighbor {peering.node[transport]} {option}" for option in options]
    for address, number in peering.thirds.items():
        lines += _neighbor(peering, address, number) + [f" neighbor {address} passive"]
    for family in peering.families():
        lines += _family(peering, family)
    return "\n".join([*lines, "!", *_route_maps(peering)]) + "\n"


def _neighbor(peering, address, number):
    lines = [f" neighbor {address} remote-as {number}", f" neighbor {address} timers connect 1",
             f" neighbor {address} advertisement-interval 0"]
    return lines + [f" neighbor {address} password {peering.password}"] if peering.password else lines


def _family(peering, family):
    members = [peering.node[transport] for transport, carried in peering.sessions.items() if family in carried]
    lines = [f" address-family {WORD[family]} unicast"]
    lines += [f"  network {origin.prefix} route-map ORIGIN{number}"
              for number, origin in enumerate(peering.originates) if origin.family == family]
    lines += [f"  neighbor {address} activate" for address in [*members, *(peering.thirds if family == 4 else ())]]
    if peering.has("ADD-PATH send"):
        lines += [f"  neighbor {address} addpath-tx-all-paths" for address in members]
    return [*lines, " exit-address-family"]


def _route_maps(peering):
    """One per route of its own. FRR reads lines of some thousand octets, so many communities take many entries."""
    lines = []
    for number, origin in enumerate(peering.originates):
        values = list(origin.communities)
        parts = [values[start:start + 100] for start in range(0, len(values), 100)] or [[]]
        for sequence, part in enumerate(parts, 1):
            lines += [f"route-map ORIGIN{number} permit {sequence}"]
            lines += [f" set community {' '.join(part)} additive"] if part else []
            lines += [" on-match next"] if sequence < len(parts) else []
    return lines
