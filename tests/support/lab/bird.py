# SPDX-License-Identifier: Apache-2.0
"""BIRD 2 from Debian: a router, and the stand-in for lbgpd that a lab is proven with."""

import re
import shutil
import subprocess

from .peering import Route
from .poll import until
from .process import Process


def missing():
    return "" if shutil.which("bird", path="/usr/sbin:/usr/bin") else "BIRD is not installed (package bird2)"


class Bird:
    """One BIRD. `reconfigure` loads another text without touching sessions that stay the same."""

    def __init__(self, directory, namespace, configuration, *, name="bird"):
        self.directory = directory / name
        self.directory.mkdir()
        self.file = self.directory / "bird.conf"
        self.file.write_text(configuration)
        self.control = self.directory / "bird.ctl"
        argv = ["/usr/sbin/bird", "-f", "-c", self.file, "-s", self.control, "-P", self.directory / "bird.pid"]
        self.process = Process(name, argv, self.directory / "log", namespace=namespace)

    def start(self):
        self.process.start()
        until("BIRD answers", lambda: self.process.must_live() and "Daemon is up" in self.ask("show status"))
        return self

    def ask(self, command, *, network_may_be_missing=False):
        done = subprocess.run(["/usr/sbin/birdc", "-s", str(self.control), *command.split()],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=10)
        if done.returncode != 0 and not (network_may_be_missing and "Network not found" in done.stdout):
            raise OSError(f"birdc {command}: {done.stdout}{done.stderr}")
        return done.stdout

    def reconfigure(self, configuration):
        self.file.write_text(configuration)
        answer = self.ask("configure")
        assert "Reconfigured" in answer or "Reconfiguration in progress" in answer, answer

    def state(self, protocol):
        found = re.search(r"^\s+BGP state:\s+(\S+)", self.ask(f"show protocols all {protocol}"), re.MULTILINE)
        return found.group(1) if found else ""

    def route(self, prefix):
        """The attributes that BIRD shows for one prefix, by name; empty: no such route."""
        text = self.ask(f"show route {prefix} all", network_may_be_missing=True)
        return dict(re.findall(r"^\s+BGP\.(\w+): (.*)$", text, re.MULTILINE))


class BirdRouter:
    """BIRD as a router, in the manner of the other makes."""

    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        self.peering = peering
        self.bird = Bird(directory, namespace, self._text(), name="bird")
        self.process = self.bird.process

    def _text(self):
        peering = self.peering
        text = f"router id {peering.router_id};\nlog stderr all;\nprotocol device {{}}\n"
        for transport, families in peering.sessions.items():
            channels = "".join(f" ipv{family} {{ import all; export none; }};\n" for family in families)
            text += (f"protocol bgp node{transport} {{\n local {peering.router[transport]} as {peering.router_as};\n"
                     f" neighbor {peering.node[transport]} as {peering.node_as};\n{channels}}}\n")
        return text

    def start(self):
        self.bird.start()
        return self

    def established(self, transport):
        return self.bird.state(f"node{transport}") == "Established"

    def route(self, _family, prefix):
        """The route to `prefix`; None: not there."""
        found = self.bird.route(prefix)
        if not found:
            return None
        return Route(next_hop=found["next_hop"].split()[0],
                     as_path=tuple(int(number) for number in found["as_path"].split()),
                     communities=_sets(found.get("community", "")),
                     large_communities=_sets(found.get("large_community", "")))


def _sets(text):
    """`(64512,100) (64512,200)` as {"64512:100", "64512:200"}."""
    return frozenset(re.sub(r"\s*,\s*", ":", one) for one in re.findall(r"\(([^)]*)\)", text))


class BirdNode:
    """BIRD in lbgpd's place: announces what it is told, so that a lab can be proven without lbgpd.

    Understands of a node's settings what the labs need: `neighbors` as (address, AS, families).
    """

    def __init__(self, directory, namespace, *, name, router_id, local_as, neighbors, next_hop6=None):
        self.neighbors = neighbors
        self.next_hop6 = next_hop6  # BIRD does not find it by itself when IPv6 routes go over an IPv4 session
        self.header = f"router id {router_id};\nlog stderr all;\nprotocol device {{}}\n"
        self.local_as = local_as
        self.announced = {}
        self.bird = Bird(directory, namespace, self._text(), name=name)
        self.process = self.bird.process

    def start(self):
        """Knows nothing of what was announced before it died."""
        self.announced = {}
        self.bird.file.write_text(self._text(), encoding="ascii")
        self.bird.start()
        return self

    def announce(self, *prefixes, communities=(), large_communities=()):
        for prefix in prefixes:
            self.announced[prefix] = (tuple(communities), tuple(large_communities))
        self.bird.reconfigure(self._text())

    def withdraw(self, *prefixes):
        for prefix in prefixes:
            self.announced.pop(prefix, None)
        self.bird.reconfigure(self._text())

    def _text(self):
        return self.header + self._static(4) + self._static(6) + "".join(
            self._protocol(number, *neighbor) for number, neighbor in enumerate(self.neighbors))

    def _static(self, family):
        lines = [f"protocol static vips{family} {{ ipv{family};"]
        for prefix, (communities, large) in sorted(self.announced.items()):
            if (":" in prefix) != (family == 6):
                continue
            sets = [f"bgp_community.add(({c.replace(':', ',')}));" for c in communities]
            sets += [f"bgp_large_community.add(({c.replace(':', ',')}));" for c in large]
            lines.append(f" route {prefix} blackhole {{ {' '.join(sets)} }};")
        return "\n".join(lines) + "\n}\n"

    def _protocol(self, number, address, remote_as, families):
        channels = "".join(self._channel(family, address) for family in families)
        return (f"protocol bgp peer{number} {{\n local as {self.local_as};\n neighbor {address} as {remote_as};\n"
                " hold time 9; keepalive time 3; connect delay time 1; connect retry time 2; error wait time 1,2;\n"
                f" graceful restart on;\n{channels}}}\n")

    def _channel(self, family, address):
        lent = self.next_hop6 if family == 6 and ":" not in address else None
        next_hop = f"address {lent}" if lent else "self"
        return f" ipv{family} {{ import all; export where source = RTS_STATIC; next hop {next_hop}; }};\n"
