#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults that need a kernel: a stopped process, no descriptors left, signatures, TTLs, an address that is not there."""

import pathlib
import resource
import signal
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer as bgp  # noqa: E402
from lab import main, never, until  # noqa: E402
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


class Descriptors(KernelCase):
    @staticmethod
    def settled(router):
        """The numbers of its open descriptors, once those of the test's own questions are closed."""
        directory = pathlib.Path(f"/proc/{router.process.pid}/fd")
        seen = [set()]

        def same_twice():
            seen.append({int(entry.name) for entry in directory.iterdir()})
            return seen[-1] == seen[-2]
        until("the descriptors settle", same_twice)
        return seen[-1]

    def test_without_descriptors_sessions_stay_and_connections_come_back(self):
        router = self.listening(NODE1, NODE2, lines=["timers 1 3"])
        first = self.session(router, NODE1)
        used = self.settled(router)
        _, hard = resource.prlimit(router.process.pid, resource.RLIMIT_NOFILE)
        lowest_free = next(number for number in range(1024) if number not in used)
        resource.prlimit(router.process.pid, resource.RLIMIT_NOFILE, (lowest_free, hard))
        knocking = self.peer(NODE2)
        knocking.connection.settimeout(1.5)
        try:
            self.assertIsNone(knocking.receive())  # turned away, or
        except TimeoutError:
            pass  # not answered yet
        first.send(bgp.message(bgp.KEEPALIVE))
        first.receive_until(bgp.KEEPALIVE)
        resource.prlimit(router.process.pid, resource.RLIMIT_NOFILE, (1024, hard))

        def again():
            first.send(bgp.message(bgp.KEEPALIVE))
            with bgp.Peer.connect(ROUTER, self.port, source=NODE2) as peer:
                try:
                    peer.establish(NODE_AS, NODE2)
                except (AssertionError, OSError):
                    return False
                return router.established(NODE2)
        until("a session of the other node", again, 20)
        self.assertEqual(router.neighbor(NODE1)["connectionsDropped"], 0)


class Segments(KernelCase):
    def unanswered(self, router, **options):
        with socket.socket() as stranger:
            for option, value in options.items():
                stranger.setsockopt(socket.IPPROTO_IP, getattr(socket, option), value)
            stranger.bind((NODE1, 0))
            stranger.settimeout(1.5)
            try:
                stranger.connect((ROUTER, self.port))
                stranger.recv(4096)  # whatever the router says first, it must not listen
                stranger.sendall(bgp.open_message(NODE_AS, NODE1))
                stranger.recv(4096)
            except (TimeoutError, ConnectionError):
                pass
        self.assertEqual(router.neighbor(NODE1)["messageStats"]["opensRecv"], 0)
        self.assertFalse(router.established(NODE1))

    def test_a_peer_without_the_signature_gets_no_answer(self):
        router = self.listening(NODE1, lines=["password sesame"])
        self.unanswered(router)

    def test_a_peer_from_further_away_gets_no_answer(self):
        router = self.listening(NODE1, lines=["ttl-security hops 1"])
        self.unanswered(router, IP_TTL=64)

    def test_an_address_that_is_not_there_yet_is_listened_on(self):
        router = self.listening(NODE1, arguments=("-l", "192.0.2.9"))
        self.session(router)
        never("the router ends", lambda: not router.process.alive(), during=0.5)


if __name__ == "__main__":
    main(sandboxed=False)
