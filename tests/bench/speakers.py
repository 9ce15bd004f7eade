# SPDX-License-Identifier: Apache-2.0
"""The speakers, each fed by the fastest interface that it has for local programs.

All wait for their neighbors to connect, have the same timers, send nothing to sources, and everything to sinks.
"""

import json
import socket

from instruments import Instrument
from lab import bird, lbgpd, until
from lab.api import Api
from place import COMMUNITY, HOLD, KEEPALIVE, SPEAKER, SPEAKER_AS, hosts


class Speaker:
    """`UNABLE`: {workload: why it is left out}."""

    name = ""
    UNABLE = {}
    relays = True  # passes routes on from one neighbor to another

    def __init__(self, place):
        self.place, self.task = place, place.task

    @classmethod
    def missing(cls):
        """Why it cannot be measured here; empty: it can."""
        return ""

    def start(self):
        """Returns when it is ready to be told something."""
        raise NotImplementedError

    def roots(self):
        """The processes that its consumption is that of, with all that they have started."""
        raise NotImplementedError

    def prepare(self):
        """Everything that a client of it could have ready before the clock starts."""

    def announce(self):
        """Tells it of task.hosts addresses."""
        raise NotImplementedError

    def withdraw(self):
        raise NotImplementedError

    def stop(self):
        raise NotImplementedError


class Limit(Speaker):
    """No speaker: the generator answers the collector itself. What machine and harness can do at most."""

    name = "limit"
    relays = False

    def __init__(self, place):
        super().__init__(place)
        table = place.task.table or f"hosts:{place.task.hosts}"
        self.source = Instrument(place.program("bgp_source"), table, "as", f"{SPEAKER}={SPEAKER_AS}", place.task.sinks,
                                 namespace=place.inside)

    def start(self):
        self.source.wait_for("ready", 60)

    def roots(self):
        return [self.source.pid]

    def announce(self):
        self.source.tell("announce")

    def withdraw(self):
        self.source.tell("withdraw")

    def stop(self):
        self.source.stop()


class Lbgpd(Speaker):
    """JSON-RPC on api.sock, 10,000 prefixes per request."""

    name = "lbgpd"
    PER_REQUEST = 10_000

    def __init__(self, place):
        super().__init__(place)
        self.daemon = lbgpd.Lbgpd(place.build, place.directory, self._text(), namespace=place.inside)

    def _text(self):
        lines = [f"router bgp {SPEAKER_AS}", f" bgp router-id {SPEAKER}", " no bgp ebgp-requires-policy",
                 f" timers bgp {KEEPALIVE} {HOLD}"]
        everyone = self.task.sink_neighbors + self.task.source_neighbors
        for one in everyone:
            lines += [f" neighbor {one.address} remote-as {one.as_number}", f" neighbor {one.address} passive"]
        lines += [" address-family ipv4 unicast", *(f"  neighbor {one.address} activate" for one in everyone)]
        lines += [f"  neighbor {one.address} prefix-list NONE out" for one in self.task.source_neighbors]
        return "\n".join([*lines, " exit-address-family", "ip prefix-list NONE seq 1 deny any"]) + "\n"

    def start(self):
        self.daemon.start()
        self.api = Api(self.daemon.api_socket, timeout=120)

    def roots(self):
        return [self.daemon.process.pid]

    def prepare(self):
        every = [f"{one}/32" for one in hosts(self.task.hosts)]
        parts = [every[at:at + self.PER_REQUEST] for at in range(0, len(every), self.PER_REQUEST)]
        self.requests = len(parts)
        self.announcements = b"".join(_request("announce", prefixes=part, communities=[COMMUNITY]) for part in parts)
        self.withdrawals = b"".join(_request("withdraw", prefixes=part) for part in parts)

    def announce(self):
        self._send(self.announcements)

    def withdraw(self):
        self._send(self.withdrawals)

    def _send(self, lines):
        self.api.send(lines)
        for _ in range(self.requests):
            reply = self.api.reply()
            assert "result" in reply, reply

    def stop(self):
        self.daemon.process.stop()


def _request(method, **params):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"


class Bird(Speaker):
    """A file of static routes, and `configure` on the control socket. The export filter sets the community."""

    name = "bird"

    def __init__(self, place):
        super().__init__(place)
        self.routes = place.directory / "routes.conf"
        self.routes.write_text("", encoding="ascii")
        self.bird = bird.Bird(place.directory, place.inside, self._text())

    @classmethod
    def missing(cls):
        return bird.missing()

    def _text(self):
        text = (f"router id {SPEAKER};\nlog stderr {{ fatal, bug, error }};\nprotocol device {{}}\n"
                f'protocol static hosts {{ ipv4;\ninclude "{self.routes}";\n }}\n')
        ours = f"bgp_community.add(({COMMUNITY.replace(':', ',')}));" if self.task.hosts else ""
        for number, one in enumerate(self.task.sink_neighbors):
            text += _bird_neighbor(f"sink{number}", one, f"import none; export filter {{ {ours} accept; }};")
        for number, one in enumerate(self.task.source_neighbors):
            text += _bird_neighbor(f"source{number}", one, "import all; export none;")
        return text

    def start(self):
        self.bird.start()
        self.control = BirdControl(self.bird.control)

    def roots(self):
        return [self.bird.process.pid]

    def prepare(self):
        self.text = "".join(f"route {one}/32 blackhole;\n" for one in hosts(self.task.hosts))
        self.routes.write_text(self.text, encoding="ascii")

    def announce(self):
        self.control.configure()
        self.routes.write_text("", encoding="ascii")

    def withdraw(self):
        self.control.configure()

    def stop(self):
        self.bird.process.stop()


def _bird_neighbor(name, neighbor, channel):
    return (f"protocol bgp {name} {{ local {SPEAKER} as {SPEAKER_AS}; neighbor {neighbor.address} as {neighbor.as_number};"
            f" passive on; hold time {HOLD}; keepalive time {KEEPALIVE}; ipv4 {{ {channel} next hop self; }}; }}\n")


class BirdControl:
    """A kept connection to BIRD's control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(120)
        self.socket.connect(str(path))
        self.input = self.socket.makefile("r", encoding="ascii")
        self._answer()

    def _answer(self):
        """Lines up to the one whose code ends without a dash (the last of an answer)."""
        lines = []
        while not lines or lines[-1][4:5] == "-" or lines[-1].startswith(" "):
            lines.append(self.input.readline())
        return "".join(lines)

    def configure(self):
        self.socket.sendall(b"configure\n")
        answer = self._answer()
        assert "Reconfigured" in answer or "in progress" in answer, answer


SPEAKERS = (Lbgpd, Bird, Limit)
