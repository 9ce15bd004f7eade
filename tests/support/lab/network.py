# SPDX-License-Identifier: Apache-2.0
"""Network namespaces, the cables between them, and their addresses."""

import contextlib
import json
import os
import pathlib
import subprocess

from . import sandbox


def ip(*arguments):
    """Runs `ip` and returns what it prints; its error text becomes the exception's."""
    done = subprocess.run(["ip", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


class Namespace:
    """A machine of the lab, as far as the network is concerned."""

    def __init__(self, name):
        self.name = name
        self.path = f"/run/netns/{name}"
        ip("netns", "add", name)
        self.ip("link", "set", "lo", "up")
        for key in ("conf.all.rp_filter", "conf.default.rp_filter", "conf.all.send_redirects"):
            self.sysctl(f"net.ipv4.{key}", 0)

    def delete(self):
        ip("netns", "del", self.name)

    def ip(self, *arguments):
        return ip("-n", self.name, *arguments)

    def command(self, argv):
        """The same command, to be run in here; the process keeps the id that it was started with."""
        return ["nsenter", f"--net={self.path}", *argv]

    def run(self, *argv):
        return subprocess.run(self.command(argv), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=True).stdout

    def sysctl(self, key, value):
        # Through a fresh process: /proc/sys/net shows the namespace of whoever opens it.
        self.run("sh", "-c", f"echo {value} > /proc/sys/{key.replace('.', '/')}")

    def add_address(self, device, *addresses):
        """Addresses with prefix lengths. IPv6 ones are usable at once: nobody else is on the cable."""
        for address in addresses:
            options = ["nodad"] if ":" in address else []
            self.ip("address", "add", address, "dev", device, *options)

    def delete_address(self, device, *addresses):
        for address in addresses:
            self.ip("address", "del", address, "dev", device)

    def add_bridge(self, name, *addresses):
        self.ip("link", "add", name, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        self.ip("link", "set", name, "up")
        self.add_address(name, *addresses)

    def become_router(self):
        """Forwards, and spreads flows over equal next hops by addresses and ports."""
        self.sysctl("net.ipv4.ip_forward", 1)
        self.sysctl("net.ipv6.conf.all.forwarding", 1)
        self.sysctl("net.ipv4.fib_multipath_hash_policy", 1)
        self.sysctl("net.ipv6.fib_multipath_hash_policy", 1)

    @contextlib.contextmanager
    def entered(self):
        """Sockets made inside the block belong to this namespace, for good."""
        with open("/proc/thread-self/ns/net", encoding="ascii") as home, open(self.path, encoding="ascii") as there:
            sandbox.set_network(there.fileno())
            try:
                yield self
            finally:
                sandbox.set_network(home.fileno())

    def routes(self, destination, family=4):
        """The next hops of the kernel's route to exactly `destination`, sorted; none: no such route."""
        found = json.loads(self.ip(f"-{family}", "-json", "route", "show", destination) or "[]")
        hops = [hop for route in found for hop in route.get("nexthops", [route])]
        return sorted(hop.get("gateway") or hop.get("via", {}).get("host", "") for hop in hops)


def cable(one, one_device, other, other_device, *, bridge=None):
    """A virtual cable between two namespaces; `bridge` plugs the first end into a bridge of namespace `one`."""
    one.ip("link", "add", one_device, "type", "veth", "peer", "name", other_device, "netns", other.name)
    if bridge:
        one.ip("link", "set", one_device, "master", bridge)
    one.ip("link", "set", one_device, "up")
    other.ip("link", "set", other_device, "up")


# For programs built with the leak sanitizer.
LEAKS_OF_OTHERS = pathlib.Path(__file__).with_name("leaks_of_others.supp")


def clean_environment():
    """What daemons get as environment: nothing of the caller's locale or notification socket."""
    return {"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "LSAN_OPTIONS": f"suppressions={LEAKS_OF_OTHERS}"}
