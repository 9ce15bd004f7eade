# SPDX-License-Identifier: Apache-2.0
"""lbgpd processes on loopback addresses: no namespaces, no privileges, a port that nobody else uses."""

import os
import pathlib
import re
import socket

from .case import SOURCE, Case, Options
from .lbgpd import Lbgpd, built
from .poll import until

ROUTER, NODE1, NODE2, NODE3 = "127.90.254.1", "127.90.3.101", "127.90.3.102", "127.90.3.103"
ROUTER_AS, NODE_AS = 65001, 65010


def free_port():
    """A port that nobody listens on now, on any loopback address."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


def router_file():
    """The UDM Pro's file with its addresses moved to loopback, and nothing else changed."""
    text = (SOURCE / "tests" / "interop" / "udm" / "k8s-bgp.conf").read_text(encoding="ascii")
    return re.sub(r"\b10\.90\.", "127.90.", text)


def node_file(port, *, address=NODE1, local_as=NODE_AS, remote_as=ROUTER_AS, extra=""):
    """A node that connects to the router from a loopback address of its own."""
    return f"""router bgp {local_as}
 bgp router-id {address}
 neighbor {ROUTER} remote-as {remote_as}
 neighbor {ROUTER} port {port}
 neighbor {ROUTER} update-source {address}
 neighbor {ROUTER} timers connect 1
 !
 address-family ipv4 unicast
  neighbor {ROUTER} activate
 exit-address-family
 !
 address-family ipv6 unicast
  neighbor {ROUTER} activate
 exit-address-family
!
{extra}"""


class LoopbackCase(Case):
    """Tests of the real binary. Everything that `lbgpd` made is ended after each test."""

    @classmethod
    def setUpClass(cls):
        cls.program = built(Options.build)

    def setUp(self):
        self.directory = pathlib.Path(os.path.join(Options.directory, f"{type(self).__name__}.{self._testMethodName}"[:48]))
        self.directory.mkdir()

    def lbgpd(self, configuration, *arguments, name="lbgpd", **more):
        """A daemon, not started yet; without a listener unless the arguments say so."""
        if "-p" not in arguments:
            arguments = ("-p", "0", *arguments)
        daemon = Lbgpd(Options.build, self.directory, configuration, name=name, arguments=arguments, **more)
        self.addCleanup(daemon.process.stop)
        return daemon

    def start_pair(self, vip):
        """A router and a node that has announced the VIP to it: `the_router`, `the_node`, on `port`."""
        self.port = free_port()
        self.the_router = self.router(self.port).start()
        self.the_node = self.node(self.port).start()
        self.the_node.announce(vip)
        until("the VIP at the router", lambda: vip in self.the_router.routes("ipv4"))

    @staticmethod
    def is_release():
        """Whether what is tested is a release build: only that keeps promises about memory."""
        cache = Options.build / "CMakeCache.txt"
        return cache.exists() and "CMAKE_BUILD_TYPE:STRING=Release" in cache.read_text(encoding="utf-8")

    def until_small(self, daemon, limit):
        """Waits until a daemon is back below `limit` octets of resident memory."""
        if self.is_release():
            until(f"less than {limit >> 20} MiB are resident", lambda: daemon.process.resident_bytes() < limit)

    def router(self, port, configuration=None, **more):
        return self.lbgpd(configuration or router_file(), "-p", str(port), "-l", ROUTER, name="router", **more)

    def node(self, port, *, name="node", **more):
        return self.lbgpd(node_file(port, **more), name=name)
