# SPDX-License-Identifier: Apache-2.0
"""A third speaker on the cable, made of raw bytes: gives routes to whom it connects to, and remembers what it is told."""

import threading

import bgp_peer


class Third:
    """One session over IPv4, held up by a thread that answers each KEEPALIVE with one."""

    def __init__(self, namespace, address, number, *, to):
        self.address, self.number = address, number
        with namespace.entered():
            self.peer = bgp_peer.Peer.connect(to, 179, source=address)
        # No graceful restart: what it holds is what its neighbour has for certain.
        self.peer.establish(number, address, capabilities=bgp_peer.multiprotocol(1) + bgp_peer.four_octet_as(number))
        self.peer.connection.settimeout(None)
        self.told = []  # (prefix, whether it is there), in the order of arrival
        self.attributes = {}  # {prefix: {code: value} as last announced}
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        try:
            while (got := self.peer.receive()) is not None:
                if got.type == bgp_peer.KEEPALIVE:
                    self.peer.send(bgp_peer.message(bgp_peer.KEEPALIVE))
                elif got.type == bgp_peer.UPDATE:
                    gone, attributes, there = bgp_peer.decode_update(got.body)
                    self.attributes |= {prefix: attributes for prefix in there}
                    self.told += [(prefix, False) for prefix in gone] + [(prefix, True) for prefix in there]
        except OSError:
            pass  # closed, by one side or the other

    def announce(self, prefix, *, communities=()):
        block = bgp_peer.attributes(self.number, self.address, communities=communities)
        self.peer.send(bgp_peer.update([prefix], block))

    def holds(self, prefix):
        """Whether the last word about a prefix was that it is there."""
        return next((there for known, there in reversed(self.told) if known == prefix), False)

    def withdrawals(self, prefix):
        return self.told.count((prefix, False))

    def close(self):
        self.peer.close()
