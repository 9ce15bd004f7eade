# SPDX-License-Identifier: Apache-2.0
"""FRR: `network` lines on bgpd's vty socket, one behind the other without waiting. The outbound route map sets the
community; what can be waited less is waited less; no route goes to the kernel."""

import threading

from lab import frr, vty
from place import COMMUNITY, HOLD, KEEPALIVE, SPEAKER, SPEAKER_AS, hosts

from .speaker import Speaker

DONE = b"\0\0\0\0"  # the answer to a line that there is nothing to say about


class Frr(Speaker):
    name = "frr"

    def __init__(self, place):
        super().__init__(place)
        self.frr = frr.Frr(place.directory, place.inside, self._text())
        self.frr.bgpd.argv.append("--no_kernel")

    @classmethod
    def missing(cls):
        return frr.missing()

    def _text(self):
        lines = [f"router bgp {SPEAKER_AS}", f" bgp router-id {SPEAKER}", " no bgp ebgp-requires-policy",
                 " no bgp default ipv4-unicast", " no bgp network import-check", f" timers bgp {KEEPALIVE} {HOLD}",
                 " coalesce-time 0", " bgp graceful-restart"]
        everyone = self.task.sink_neighbors + self.task.source_neighbors
        for one in everyone:
            lines += [f" neighbor {one.address} remote-as {one.as_number}", f" neighbor {one.address} passive",
                      f" neighbor {one.address} advertisement-interval 0"]
        lines += [" address-family ipv4 unicast", *(f"  neighbor {one.address} activate" for one in everyone)]
        if not self.task.sources:
            lines += [f"  neighbor {one.address} route-map OURS out" for one in self.task.sink_neighbors]
        lines += [f"  neighbor {one.address} route-map NONE out" for one in self.task.source_neighbors]
        lines += [" exit-address-family", "route-map OURS permit 1", f" set community {COMMUNITY}",
                  "route-map NONE deny 1"]
        return "\n".join(lines) + "\n"

    def start(self):
        self.frr.start()
        self._connect()

    def _connect(self):
        self.vty = vty.Vty(self.frr.directory / "bgpd.vty", timeout=120)
        for line in ("configure terminal", f"router bgp {SPEAKER_AS}", "address-family ipv4 unicast"):
            self.vty.command(line)

    def roots(self):
        return [self.frr.bgpd.pid, self.frr.zebra.pid]

    def prepare(self):
        every = hosts(self.task.hosts)
        self.announcements = b"".join(f"network {one}/32\0".encode() for one in every)
        self.withdrawals = b"".join(f"no network {one}/32\0".encode() for one in every)
        self.one = hosts(1, self.task.hosts)[0]

    def announce(self):
        self._send(self.announcements)

    def withdraw(self):
        self._send(self.withdrawals)

    def _send(self, lines):
        """Sends all lines while another thread reads their answers, or both sides would wait."""
        reader = Answers(self.vty.socket, len(DONE) * self.task.hosts)
        reader.start()
        self.vty.socket.sendall(lines)
        reader.join()
        assert reader.octets.count(0) == len(reader.octets), f"FRR: {reader.octets[:200]}"

    def announce_one(self):
        self.vty.command(f"network {self.one}/32")

    def withdraw_one(self):
        self.vty.command(f"no network {self.one}/32")

    def keep(self):
        self.frr.show("write file")

    def restart(self):
        self.frr.bgpd.stop()
        self.frr.bgpd.start()

    def stop(self):
        self.frr.bgpd.stop()
        self.frr.zebra.stop()


class Answers(threading.Thread):
    """Reads so many octets of answers, or until nothing comes any more."""

    def __init__(self, connection, size):
        super().__init__(daemon=True)
        self.socket, self.size, self.octets = connection, size, bytearray()

    def run(self):
        while len(self.octets) < self.size:
            part = self.socket.recv(1 << 16)
            if not part:
                break
            self.octets += part
