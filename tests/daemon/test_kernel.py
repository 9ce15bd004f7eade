#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A process that is stopped and goes on: what only a kernel can do to it."""

import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, until  # noqa: E402
from lab.loopback import NODE1, NODE2, NODE_AS, ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402


class KernelCase(LoopbackCase):
    def setUp(self):
        super().setUp()
        self.port = free_port()

    def listening(self, *nodes, lines=(), arguments=()):
        """A router that waits for these nodes."""
        text = [f"router bgp {ROUTER_AS}", f" bgp router-id {ROUTER}"]
        for node in nodes:
            text += [f" neighbor {node} remote-as {NODE_AS}", f" neighbor {node} passive"]
            text += [f" neighbor {node} {line}" for line in lines]
        return self.lbgpd("\n".join([*text, "!", ""]), "-p", str(self.port), "-l", ROUTER, *arguments).start()

    def peer(self, address=NODE1):
        peer = bgp.Peer.connect(ROUTER, self.port, source=address)
        self.addCleanup(peer.close)
        return peer

    def session(self, router, address=NODE1, **options):
        peer = self.peer(address)
        peer.establish(NODE_AS, address, **options)
        until("the session", lambda: router.established(address))
        return peer


class Pauses(KernelCase):
    """SIGSTOP, as a virtual machine's pause."""

    def stop(self, router):
        router.process.signal(signal.SIGSTOP)
        status = pathlib.Path(f"/proc/{router.process.pid}/status")
        until("the router is stopped", lambda: "T (stopped)" in status.read_text(encoding="ascii"))

    def test_a_pause_longer_than_the_hold_time_ends_no_session(self):
        router = self.listening(NODE1, NODE2, lines=["timers 1 3"])
        alive, silent = self.session(router, NODE1, hold_time=3), self.session(router, NODE2, hold_time=3)
        self.stop(router)
        # The hold time passes while the router is away; one of the peers speaks, the other does not.
        silent.connection.settimeout(0.5)
        for _ in range(8):
            alive.send(bgp.message(bgp.KEEPALIVE))
            try:
                while silent.receive() is not None:
                    pass
            except TimeoutError:
                pass
        router.process.signal(signal.SIGCONT)
        until("the silent one is given up", lambda: not router.established(NODE2))
        silent.connection.settimeout(10)
        self.assertEqual(silent.notification()[:2], (4, 0))
        alive.send(bgp.message(bgp.KEEPALIVE))
        self.assertTrue(router.established(NODE1))
        self.assertEqual(router.neighbor(NODE1)["connectionsDropped"], 0)


if __name__ == "__main__":
    main(sandboxed=False)
