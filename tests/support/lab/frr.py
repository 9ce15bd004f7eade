# SPDX-License-Identifier: Apache-2.0
"""FRR from Debian as a router: zebra, bgpd and bfdd with files and sockets of their own."""

import os
import pathlib
import subprocess

from . import vty
from .network import clean_environment
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
