# SPDX-License-Identifier: Apache-2.0
"""GoBGP: one kept gRPC stream (AddPathStream), 1,000 paths per message. The few protobuf messages are written by hand:
what Debian has of GoBGP brings no description of them for Python."""

import importlib.util
import queue

from lab import gobgp, until
from lab.process import Process
from place import COMMUNITY, HOLD, KEEPALIVE, SPEAKER, SPEAKER_AS, hosts

from .speaker import Speaker

PER_MESSAGE = 1000


def _varint(value):
    octets = b""
    while value > 0x7F:
        octets += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return octets + bytes((value,))


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _octets(field, value):
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _any(field, kind, value):
    """google.protobuf.Any of one of GoBGP's messages."""
    return _octets(field, _octets(1, f"type.googleapis.com/apipb.{kind}".encode()) + _octets(2, value))


def _path(address, withdraw):
    """apipb.Path: NLRI 1, attributes 2, is_withdraw 5, family 9."""
    high, low = (int(part) for part in COMMUNITY.split(":"))
    path = _any(1, "IPAddressPrefix", _number(1, 32) + _octets(2, address.encode()))
    path += _any(2, "OriginAttribute", _number(1, 0))
    path += _any(2, "NextHopAttribute", _octets(1, SPEAKER.encode()))
    path += _any(2, "CommunitiesAttribute", _octets(1, _varint(high << 16 | low)))
    path += _number(5, 1) if withdraw else b""
    return path + _octets(9, _number(1, 1) + _number(2, 1))


def _messages(addresses, withdraw=False):
    """apipb.AddPathStreamRequest: paths 3."""
    return [b"".join(_octets(3, _path(one, withdraw)) for one in addresses[at:at + PER_MESSAGE])
            for at in range(0, len(addresses), PER_MESSAGE)]


class Gobgp(Speaker):
    name = "gobgp"

    def __init__(self, place):
        super().__init__(place)
        self.file = place.directory / "gobgpd.toml"
        self.file.write_text(self._text(), encoding="ascii")
        self.socket = place.directory / "api.sock"
        argv = ["gobgpd", "-f", self.file, "-p", "-l", "error", "--pprof-disable",
                "--api-hosts", f"unix://{self.socket}"]
        self.process = Process("gobgpd", argv, place.directory / "log", namespace=place.inside)

    @classmethod
    def missing(cls):
        if importlib.util.find_spec("grpc") is None:
            return "its API cannot be talked to without gRPC for Python (package python3-grpcio)"
        return gobgp.missing()

    def _text(self):
        lines = ["[global.config]", f"as = {SPEAKER_AS}", f'router-id = "{SPEAKER}"']
        if self.task.sources:
            lines += ["[global.apply-policy.config]", 'export-policy-list = ["nothing-to-sources"]']
            lines += ["[[defined-sets.neighbor-sets]]", 'neighbor-set-name = "sources"']
            lines += [f"neighbor-info-list = {[one.address for one in self.task.source_neighbors]}".replace("'", '"')]
            lines += ["[[policy-definitions]]", 'name = "nothing-to-sources"', "[[policy-definitions.statements]]",
                      "[policy-definitions.statements.conditions.match-neighbor-set]", 'neighbor-set = "sources"',
                      "[policy-definitions.statements.actions]", 'route-disposition = "reject-route"']
        for one in self.task.sink_neighbors + self.task.source_neighbors:
            lines += ["[[neighbors]]", "[neighbors.config]", f'neighbor-address = "{one.address}"',
                      f"peer-as = {one.as_number}",
                      "[neighbors.transport.config]", "passive-mode = true", "[neighbors.timers.config]",
                      f"hold-time = {HOLD}", f"keepalive-interval = {KEEPALIVE}",
                      "[neighbors.graceful-restart.config]", "enabled = true", "restart-time = 120",
                      "[[neighbors.afi-safis]]", "[neighbors.afi-safis.config]", 'afi-safi-name = "ipv4-unicast"',
                      "[neighbors.afi-safis.mp-graceful-restart.config]", "enabled = true"]
        return "\n".join(lines) + "\n"

    def start(self):
        import grpc
        self.process.start()
        until("gobgpd listens", lambda: self.process.must_live() and self.socket.exists(), interval=0.01)
        self.channel = grpc.insecure_channel(f"unix:{self.socket}")
        grpc.channel_ready_future(self.channel).result(10)
        self.orders = queue.SimpleQueue()
        self.stream = self.channel.stream_unary("/apipb.GobgpApi/AddPathStream").future(iter(self.orders.get, None))

    def roots(self):
        return [self.process.pid]

    def prepare(self):
        every, one = hosts(self.task.hosts), hosts(1, self.task.hosts)
        self.announcements, self.withdrawals = _messages(every), _messages(every, withdraw=True)
        self.one, self.no_one = _messages(one), _messages(one, withdraw=True)

    def announce(self):
        self._send(self.announcements)

    def withdraw(self):
        self._send(self.withdrawals)

    def announce_one(self):
        self._send(self.one)

    def withdraw_one(self):
        self._send(self.no_one)

    def _send(self, messages):
        for message in messages:
            self.orders.put(message)

    def restart(self):
        self._hang_up()
        self.process.stop()
        self.socket.unlink(missing_ok=True)
        self.start()
        self.announce()

    def _hang_up(self):
        self.orders.put(None)
        self.channel.close()

    def stop(self):
        if hasattr(self, "channel"):
            self._hang_up()
        self.process.stop()
