# SPDX-License-Identifier: Apache-2.0
"""BIRD: many routes by a file of static ones and `configure` on its control socket, a single one by the kernel's table,
from which it learns. The export filter sets the community."""

import socket
import struct

from lab import bird
from place import COMMUNITY, HOLD, KEEPALIVE, SPEAKER, SPEAKER_AS, hosts

from .speaker import Speaker


class Bird(Speaker):
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
        text = f"router id {SPEAKER};\nlog stderr {{ fatal, bug, error }};\nprotocol device {{}}\n"
        community = ""
        if not self.task.sources:
            community = f"bgp_community.add(({COMMUNITY.replace(':', ',')}));"
            text += (f'protocol static hosts {{ ipv4;\ninclude "{self.routes}";\n}}\n'
                     "protocol kernel { learn; scan time 3600; ipv4 { import all; export none; }; }\n")
        for number, one in enumerate(self.task.sink_neighbors):
            text += _neighbor(f"sink{number}", one, f"import none; export filter {{ {community} accept; }};")
        for number, one in enumerate(self.task.source_neighbors):
            text += _neighbor(f"source{number}", one, "import all; export none;")
        return text

    def start(self):
        self.bird.start()
        self.control = Control(self.bird.control)

    def roots(self):
        return [self.bird.process.pid]

    def prepare(self):
        text = "".join(f"route {one}/32 blackhole;\n" for one in hosts(self.task.hosts))
        self.routes.write_text(text, encoding="ascii")
        with self.place.inside.entered():
            self.kernel = Kernel()
        self.one = hosts(1, self.task.hosts)[0]

    def announce(self):
        self.control.configure()

    def withdraw(self):
        self.routes.write_text("", encoding="ascii")
        self.control.configure()

    def announce_one(self):
        self.kernel.add(self.one)

    def withdraw_one(self):
        self.kernel.delete(self.one)

    def restart(self):
        self.bird.process.stop()
        self.bird.process.start()

    def stop(self):
        self.bird.process.stop()


def _neighbor(name, neighbor, channel):
    return (f"protocol bgp {name} {{ local {SPEAKER} as {SPEAKER_AS};"
            f" neighbor {neighbor.address} as {neighbor.as_number}; passive on;"
            f" hold time {HOLD}; keepalive time {KEEPALIVE}; graceful restart on;"
            f" ipv4 {{ {channel} next hop self; }}; }}\n")


class Control:
    """A kept connection to BIRD's control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(120)
        self.socket.connect(str(path))
        self.input = self.socket.makefile("r", encoding="ascii")
        self._answer()

    def _answer(self):
        """Lines up to the last of an answer: that has a code, and no dash behind it."""
        lines = []
        while not lines or lines[-1][4:5] == "-" or lines[-1].startswith(" "):
            lines.append(self.input.readline())
        return "".join(lines)

    def configure(self):
        self.socket.sendall(b"configure\n")
        answer = self._answer()
        assert "Reconfigured" in answer or "in progress" in answer, answer


class Kernel:
    """The main routing table of the namespace that this was made in, by rtnetlink(7)."""

    NEW_ROUTE, DELETE_ROUTE = 24, 25
    REQUEST, ACK, CREATE_EXCLUSIVELY = 0x1, 0x4, 0x400 | 0x200
    MAIN_TABLE, PROTOCOL_BOOT, UNIVERSE, BLACKHOLE, DESTINATION = 254, 3, 0, 6, 1

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)

    def add(self, address):
        self._change(self.NEW_ROUTE, self.CREATE_EXCLUSIVELY, address)

    def delete(self, address):
        self._change(self.DELETE_ROUTE, 0, address)

    def _change(self, kind, flags, address):
        route = struct.pack("=BBBBBBBBI", socket.AF_INET, 32, 0, 0, self.MAIN_TABLE, self.PROTOCOL_BOOT, self.UNIVERSE,
                            self.BLACKHOLE, 0)
        route += struct.pack("=HH4s", 8, self.DESTINATION, socket.inet_aton(address))
        header = struct.pack("=IHHII", 16 + len(route), kind, self.REQUEST | self.ACK | flags, 1, 0)
        self.socket.send(header + route)
        error = struct.unpack_from("=i", self.socket.recv(4096), 16)[0]
        assert error == 0, f"the kernel refuses a route to {address}: error {-error}"
