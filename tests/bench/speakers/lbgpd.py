# SPDX-License-Identifier: Apache-2.0
"""lbgpd: JSON-RPC on api.sock, 10,000 prefixes per request."""

import json

from lab import lbgpd
from lab.api import Api
from place import COMMUNITY, HOLD, KEEPALIVE, SPEAKER, SPEAKER_AS, hosts

from .speaker import Speaker

PER_REQUEST = 10_000


class Lbgpd(Speaker):
    name = "lbgpd"

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
        parts = [every[at:at + PER_REQUEST] for at in range(0, len(every), PER_REQUEST)]
        self.announcements = [_request("announce", prefixes=part, communities=[COMMUNITY]) for part in parts]
        self.withdrawals = [_request("withdraw", prefixes=part) for part in parts]
        one = hosts(1, self.task.hosts)
        self.one = _request("announce", prefixes=one, communities=[COMMUNITY])
        self.no_one = _request("withdraw", prefixes=one)

    def announce(self):
        self._send(*self.announcements)

    def withdraw(self):
        self._send(*self.withdrawals)

    def announce_one(self):
        self._send(self.one)

    def withdraw_one(self):
        self._send(self.no_one)

    def _send(self, *requests):
        self.api.send(b"".join(requests))
        for _ in requests:
            reply = self.api.reply()
            assert "result" in reply, reply

    def restart(self):
        self.daemon.process.stop()
        self.daemon.process.start()

    def stop(self):
        self.daemon.process.stop()


def _request(method, **params):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"
