# SPDX-License-Identifier: Apache-2.0
"""BIRD 2 from Debian: a router, and the stand-in for lbgpd that a lab is proven with."""

import re
import shutil
import subprocess

from .peering import Route, Router
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

    def paths(self, prefix):
        """The BGP attributes that BIRD shows for each path of one prefix, by name; empty: no such route."""
        text = self.ask(f"show route {prefix} all", network_may_be_missing=True)
        parts = re.split(r"^(?=\S*\s+(?:unicast|blackhole) \[)", text, flags=re.MULTILINE)
        found = (dict(re.findall(r"^\s+BGP\.(\w+): (.*)$", part, re.MULTILINE)) for part in parts)
        return [attributes for attributes in found if attributes]


OPTIONS = {"extended messages": "enable extended messages on", "two-octet AS": "enable as4 off",
           "TTL security": "ttl security on", "only waits": "passive on"}


class BirdRouter(Router):
    """BIRD as a router, in the manner of the other makes."""

    def __init__(self, directory, namespace, peering):
        directory.mkdir()
        self.peering = peering
        self.bird = Bird(directory, namespace, _text(peering), name="bird")
        self.process = self.bird.process

    def start(self):
        self.bird.start()
        return self

    def reload(self, peering):
        self.peering = peering
        self.bird.file.write_text(_text(peering), encoding="ascii")

    def restart(self):
        self.process.argv.append("-R")  # graceful restart recovery
        self.bird.start()

    def established(self, transport):
        return self.bird.state(f"node{transport}") == "Established"

    def paths(self, _family, prefix):
        return [_route(found) for found in self.bird.paths(prefix)]

    def count_routes(self, family):
        found = re.search(r"^(\d+) of \d+ routes for", self.bird.ask(f"show route table master{family} count"), re.M)
        return int(found.group(1))

    def has_communities(self, family, prefix, count):
        # What it prints of a long list ends early.
        return prefix in self.bird.ask(f"show route {prefix} where bgp_community.len = {count}",
                                       network_may_be_missing=True)

    def ask_refresh(self, transport):
        self.bird.ask(f"reload in node{transport}")

    def reset(self, transport):
        self.bird.ask(f"restart node{transport}")

    def shut_down(self, transport, text):
        self.bird.ask(f'disable node{transport} "{text}"')


def _route(found):
    return Route(next_hop=found["next_hop"].split()[0],
                 as_path=tuple(int(number) for number in found["as_path"].split()),
                 communities=_sets(found.get("community", "")),
                 large_communities=_sets(found.get("large_community", "")))


def _sets(text):
    """`(64512,100) (64512,200)` as {"64512:100", "64512:200"}."""
    return frozenset(re.sub(r"\s*,\s*", ":", one) for one in re.findall(r"\(([^)]*)\)", text))


def _text(peering):
    """BIRD's file for a peering."""
    text = f"router id {peering.router_id};\nlog stderr all;\nprotocol device {{}}\n"
    for family in (4, 6):
        text += f"protocol kernel {{ ipv{family} {{ export all; }}; }}\n"
    for number, origin in enumerate(peering.originates):
        sets = " ".join(f"bgp_community.add(({value.replace(':', ',')}));" for value in origin.communities)
        text += (f"protocol static origin{number} {{ ipv{origin.family};\n"
                 f" route {origin.prefix} blackhole {{ {sets} }};\n}}\n")
    for transport, families in peering.sessions.items():
        text += _protocol(peering, f"node{transport}", peering.node[transport], peering.node_as, families, transport)
    for number, (address, remote_as) in enumerate(peering.thirds.items()):
        text += _protocol(peering, f"third{number}", address, remote_as, (4,), 4)
    return text


def _protocol(peering, name, address, remote_as, families, transport):
    third = name.startswith("third")
    options = [f"local {peering.router[transport]} as {peering.router_as}", f"neighbor {address} as {remote_as}",
               f"hold time {peering.hold}", "connect delay time 1", "connect retry time 1", "error wait time 1,2"]
    if third:
        options += ["passive on"]
    if peering.password:
        options += [f'password "{peering.password}"']
    if peering.role and not third:
        options += [f"local role {peering.role.replace('-', '_')}"]
    if peering.has("graceful restart"):
        options += ["graceful restart on", f"graceful restart time {peering.restart_time}"]
    if peering.has("long-lived graceful restart") and not third:
        options += ["graceful restart on", "graceful restart time 1", "long lived graceful restart on",
                    "long lived stale time 60"]
    options += [option for feature, option in OPTIONS.items() if peering.has(feature) and not third]
    more = "add paths on; " if peering.has("ADD-PATH send") or peering.has("ADD-PATH receive") else ""
    more += "extended next hop on; " if peering.has("IPv4 next hops of IPv6") else ""
    channels = "".join(f" ipv{family} {{ import all; export all; {'' if third else more}}};\n" for family in families)
    body = "".join(f" {option};\n" for option in options)
    return f"protocol bgp {name} {{\n{body}{channels}}}\n"


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
