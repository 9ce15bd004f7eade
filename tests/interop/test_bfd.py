#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""BFD with FRR's bfdd and with BIRD: timers, a cut cable, a killed daemon, switches, and restarts.

    node 172.29.51.11, AS 64512, lbgpd ── switch ── 172.29.51.1, AS 64513, the router

The switch is a machine of its own: when the router's port there goes down, the node sees nothing of it but silence.
"""

import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, until  # noqa: E402
from lab import bird, frr, lbgpd  # noqa: E402
from lab.poll import never  # noqa: E402

NODE_AS, ROUTER_AS = 64512, 64513
NODE = {4: "172.29.51.11", 6: "fd47:25e1:2f96:51::11"}
ROUTER = {4: "172.29.51.1", 6: "fd47:25e1:2f96:51::1"}
LOOPBACK_NODE, LOOPBACK_ROUTER = "10.9.0.11", "10.9.0.1"
VIP = "172.29.52.100/32"
# The detection time of 3 × 300 ms, and what two busy processors and a poll may add.
DETECTED = 0.9 + 1.6
SETTLED = 0.5  # seconds without a change


class Lab(Case):
    """Switch, node and router; what runs on them is the subclass's."""

    families = (4,)
    node_neighbor = ("bfd",)  # lines behind `neighbor X`
    node_more = ""            # of the node's file

    @classmethod
    def peer(cls, family):
        return ROUTER[family]

    @classmethod
    def own(cls, family):
        return NODE[family]

    @classmethod
    def setUpClass(cls):
        cls.require(cls.missing())
        cls.switch, cls.node_space, cls.router_space = (Namespace(n) for n in ("switch", "node", "router"))
        for space in (cls.switch, cls.node_space, cls.router_space):
            cls.addClassCleanup(space.delete)
        cls.switch.add_bridge("bridge0")
        cable(cls.switch, "to-node", cls.node_space, "eth0", bridge="bridge0")
        cable(cls.switch, "to-router", cls.router_space, "eth0", bridge="bridge0")
        for space, address, loopback in ((cls.node_space, NODE, LOOPBACK_NODE),
                                         (cls.router_space, ROUTER, LOOPBACK_ROUTER)):
            space.add_address("eth0", f"{address[4]}/24", f"{address[6]}/64")
            space.add_address("lo", f"{loopback}/32")
        cls.node_space.ip("route", "add", f"{LOOPBACK_ROUTER}/32", "via", ROUTER[4])
        cls.router_space.ip("route", "add", f"{LOOPBACK_NODE}/32", "via", NODE[4])
        cls.start_router()
        cls.node = lbgpd.Lbgpd(Options.build, Options.directory, cls.node_text(cls.node_neighbor),
                               namespace=cls.node_space, name=f"node-{cls.__name__}").start()
        cls.until_up()

    @classmethod
    def node_text(cls, lines):
        text = [f"router bgp {NODE_AS}", f" bgp router-id {NODE[4]}", " no bgp default ipv4-unicast"]
        for family in cls.families:
            text += [f" neighbor {cls.peer(family)} remote-as {ROUTER_AS}"]
            text += [f" neighbor {cls.peer(family)} {line}" for line in lines]
        for family in cls.families:
            text += [f" address-family ipv{family} unicast", f"  neighbor {cls.peer(family)} activate",
                     " exit-address-family"]
        return "\n".join(text) + "\n" + cls.node_more

    @classmethod
    def until_up(cls):
        """Up, and up to stay: FRR registers with its bfdd anew at every Established, and may say Down by that."""
        quiet_since, seen = time.monotonic(), None
        def settled():
            nonlocal quiet_since, seen
            now = [(cls.node.established(cls.peer(family)), cls.bfd(family)["status"], cls.drops(family))
                   for family in cls.families]
            if now != seen:
                quiet_since, seen = time.monotonic(), now
            return all(up and status == "up" for up, status, _ in now) and time.monotonic() - quiet_since > SETTLED
        until("all sessions and BFD are up to stay", settled, 40)

    @classmethod
    def bfd(cls, family):
        """What the node tells about its BFD session."""
        return {peer["peer"]: peer for peer in cls.node.json("show bfd peers")}[cls.peer(family)]

    @classmethod
    def drops(cls, family):
        return cls.node.neighbor(cls.peer(family))["connectionsDropped"]

    def reload(self, lines):
        self.node.configuration.write_text(self.node_text(lines))
        told = self.node.process.output().count("CONFIG-APPLIED")
        self.node.process.signal(signal.SIGHUP)
        until("the node has loaded its file", lambda: self.node.process.output().count("CONFIG-APPLIED") > told)

    def until_lost(self, began, dropped):
        """Every session ends because of BFD, in time, and says so."""
        for family in self.families:
            until("the session has ended", lambda: self.drops(family) > dropped[family], 10, 0.02)
            self.assertLess(time.monotonic() - began, DETECTED)
            neighbor = self.node.neighbor(self.peer(family))
            self.assertEqual(neighbor["lastResetDueTo"], "BFD down initiated")
            self.assertEqual(neighbor["lastNotificationReason"], "Cease/BFD Down")
            self.assertEqual(neighbor["lastErrorCodeSubcode"], "060A")

    def cut(self):
        self.switch.ip("link", "set", "to-router", "down")
        self.addCleanup(self.switch.ip, "link", "set", "to-router", "up")
        return time.monotonic()

    def test_a_cut_cable_is_noticed_in_time_and_mended(self):
        dropped = {family: self.drops(family) for family in self.families}
        self.until_lost(self.cut(), dropped)
        for family in self.families:
            self.assertEqual(self.bfd(family)["status"], "down")
            self.assertEqual(self.bfd(family)["diagnostic"], "control detection time expired")
        self.switch.ip("link", "set", "to-router", "up")
        self.until_up()

    def test_each_side_knows_the_others_timers(self):
        for family in self.families:
            ours, theirs = self.bfd(family), self.router_bfd(family)
            self.assertEqual(ours["remote-id"], theirs["id"])
            self.assertEqual(theirs["remote-id"], ours["id"])
            for name in ("receive-interval", "transmit-interval", "detect-multiplier"):
                self.assertEqual(ours[f"remote-{name}"], theirs[name], name)
                self.assertEqual(theirs[f"remote-{name}"], ours[name], name)

    def test_a_burst_of_routes_disturbs_no_session(self):
        prefixes = [f"100.{64 + i // 65536}.{i // 256 % 256}.{i % 256}/32" for i in range(30000)]
        before = {family: self.counters(family) for family in self.families}
        for start in range(0, len(prefixes), 3000):
            self.node.announce(*prefixes[start:start + 3000])
        for start in range(0, len(prefixes), 3000):
            self.node.withdraw(*prefixes[start:start + 3000])
        for family in self.families:
            self.assertEqual(self.counters(family)["session-down"], before[family]["session-down"])

    def counters(self, family):
        peers = {peer["peer"]: peer for peer in self.node.json("show bfd peers counters")}
        return peers[self.peer(family)]


class WithFrr(Lab):
    matrix_cell = ("FRR", "BFD")
    router_neighbor = ("bfd",)
    router_bfd_text = ""

    @staticmethod
    def missing():
        return frr.missing() or ("" if pathlib.Path(frr.BFDD).exists() else "FRR's bfdd is not installed")

    @classmethod
    def start_router(cls):
        text = [f"router bgp {ROUTER_AS}", f" bgp router-id {ROUTER[4]}", " no bgp ebgp-requires-policy",
                " no bgp default ipv4-unicast", " timers bgp 3 9"]
        for family in cls.families:
            text += [f" neighbor {cls.own(family)} remote-as {NODE_AS}",
                     f" neighbor {cls.own(family)} timers connect 2"]
            text += [f" neighbor {cls.own(family)} {line}" for line in cls.router_neighbor]
        for family in cls.families:
            text += [f" address-family ipv{family} unicast", f"  neighbor {cls.own(family)} activate",
                     " exit-address-family"]
        cls.router = frr.Frr(Options.directory, cls.router_space, "\n".join(text) + "\n", bfd=cls.router_bfd_text,
                             name=f"frr-{cls.__name__}").start()

    def router_bfd(self, family):
        return self.router.bfd_peers()[self.own(family)]


class FrrSingleHop(WithFrr):
    """IPv4 and IPv6, and what happens to BFD when somebody dies, restarts or is switched off."""

    families = (4, 6)

    def test_the_words_are_frrs(self):
        for family in self.families:
            ours = self.bfd(family)
            theirs = self.router_bfd(family)
            # What it measures from echo packets and the like has no equal here.
            self.assertEqual({k for k in set(theirs) - set(ours) if not k.startswith("rtt-")},
                             {"interface"} & set(theirs))
            self.assertLessEqual(set(ours) - set(theirs), {"local", "type"})  # which later releases have
            self.assertEqual(ours["status"], theirs["status"])
            block = self.node.neighbor(self.peer(family))["peerBfdInfo"]
            other = self.router.neighbor(self.own(family))["peerBfdInfo"]
            self.assertEqual(set(block), set(other))
            for name in ("type", "detectMultiplier", "rxMinInterval", "txMinInterval", "status"):
                self.assertEqual(block[name], other[name], name)

    def test_a_killed_bfdd_is_noticed_and_bgp_goes_on_without(self):
        dropped = {family: self.drops(family) for family in self.families}
        began = time.monotonic()
        self.router.bfdd.kill()
        self.addCleanup(self.until_up)
        self.addCleanup(self.restart_router)
        self.until_lost(began, dropped)
        for family in self.families:
            until("BGP without BFD", lambda: self.node.established(self.peer(family)), 30)
            self.assertEqual(self.bfd(family)["status"], "down")

    def restart_router(self):
        for process in (self.router.bgpd, self.router.zebra, self.router.bfdd):
            process.kill()
        (self.router.directory / "zserv.api").unlink(missing_ok=True)
        self.router.start()

    def test_a_router_switched_off_by_kill_is_noticed_and_comes_back(self):
        self.restart_router()
        self.until_up()

    def test_switching_bfd_off_at_the_router_is_no_failure(self):
        dropped = {family: self.drops(family) for family in self.families}
        peers = [(self.own(family), self.router_bfd(family)) for family in self.families]
        lines = [self.block(own, peer) for own, peer in peers]
        for line in lines:
            self.router.configure("bfd", line, "shutdown", daemon="bfdd")
            self.addCleanup(self.router.configure, "bfd", line, "no shutdown", daemon="bfdd")
        for family in self.families:
            until("the node's BFD is down", lambda: self.bfd(family)["status"] == "down")
            self.node.process.until_logged(f"neighbor {self.peer(family)}: Up -> Down, neighbor signaled session down;"
                                           " switched off, which is no failure of the path")
        never("a session ends", lambda: any(self.drops(f) != dropped[f] for f in self.families), 2)
        for line in lines:
            self.router.configure("bfd", line, "no shutdown", daemon="bfdd")
        self.until_up()
        self.assertEqual({family: self.drops(family) for family in self.families}, dropped)

    @staticmethod
    def block(own, peer):
        """The `peer` line of FRR's file that names the session which its bgpd has asked for."""
        words = f"peer {own}"
        if "local" in peer:
            words += f" local-address {peer['local']}"
        return words + (f" interface {peer['interface']}" if "interface" in peer else "")

    def test_timers_change_while_up(self):
        dropped = {family: self.drops(family) for family in self.families}
        self.reload(("bfd 5 200 150",))
        self.addCleanup(self.reload, self.node_neighbor)
        for family in self.families:
            until("the router knows the new timers", lambda: (
                self.router_bfd(family)["remote-receive-interval"],
                self.router_bfd(family)["remote-transmit-interval"],
                self.router_bfd(family)["remote-detect-multiplier"]) == (200, 150, 5))
            self.assertEqual(self.bfd(family)["status"], "up")
        self.assertEqual({family: self.drops(family) for family in self.families}, dropped)

    def test_killed_and_restarted_node_keeps_its_routes(self):
        """Graceful restart and BFD together: RFC 5882 §4.3.2.2."""
        for how in (signal.SIGKILL, signal.SIGUSR2):
            with self.subTest(how=how.name):
                self.node.announce(VIP)
                until("the route at the router", lambda: self.router.route("ipv4", VIP))
                self.node.process.signal(how)
                self.node.process.wait()
                self.node.start()
                gone = []
                until("sessions and BFD again", lambda: (gone.append(not self.router.route("ipv4", VIP)), all(
                    self.node.established(self.peer(f)) and self.bfd(f)["status"] == "up" for f in self.families))[1],
                      30)
                self.assertNotIn(True, gone)
                never("the route is lost", lambda: not self.router.route("ipv4", VIP), 2)
        self.node.withdraw(VIP)

    def test_taking_bfd_from_the_configuration_ends_no_session_here(self):
        dropped = {family: self.drops(family) for family in self.families}
        self.reload(())
        self.addCleanup(self.until_up)
        self.addCleanup(self.reload, self.node_neighbor)
        until("no BFD", lambda: self.node.json("show bfd peers") == [])
        for family in self.families:
            until("the router's BFD is down", lambda: self.router_bfd(family)["status"] == "down")
            self.assertNotIn("peerBfdInfo", self.node.neighbor(self.peer(family)))
        ended = [self.node.neighbor(self.peer(f))["lastResetDueTo"] for f in self.families
                 if self.drops(f) != dropped[f]]
        self.assertNotIn("BFD down initiated", ended)


class FrrTimers(WithFrr):
    """Each side with other values: the slower of both holds in each direction."""

    node_neighbor = ("bfd profile slow",)
    node_more = "bfd\n profile slow\n  detect-multiplier 4\n  receive-interval 400\n  transmit-interval 100\n exit\nexit\n"
    router_neighbor = ("bfd 3 150 250",)

    def test_values_of_the_profile_are_told(self):
        ours = self.bfd(4)
        self.assertEqual((ours["detect-multiplier"], ours["receive-interval"], ours["transmit-interval"]),
                         (4, 400, 100))
        self.assertEqual(self.node.neighbor(self.peer(4))["peerBfdInfo"]["profile"], "slow")

    def until_lost(self, began, dropped):
        # Ours is 3 × max(400, 250) ms.
        super().until_lost(began + 0.3, dropped)


class FrrMultihop(WithFrr):
    """Between loopback addresses, two hops away."""

    node_neighbor = (f"update-source {LOOPBACK_NODE}", "ebgp-multihop 2", "bfd")
    router_neighbor = (f"update-source {LOOPBACK_ROUTER}", "ebgp-multihop 2", "bfd")

    @classmethod
    def peer(cls, _family):
        return LOOPBACK_ROUTER

    @classmethod
    def own(cls, _family):
        return LOOPBACK_NODE

    def test_both_sides_call_it_multihop(self):
        self.assertTrue(self.bfd(4)["multihop"])
        self.assertTrue(self.router_bfd(4)["multihop"])
        self.assertEqual(self.bfd(4)["minimum-ttl"], 254)
        self.assertEqual(self.node.neighbor(self.peer(4))["peerBfdInfo"]["type"], "multi hop")


class WithBird(Lab):
    """BIRD, over IPv4 and IPv6."""

    matrix_cell = ("BIRD", "BFD")
    families = (4, 6)

    @staticmethod
    def missing():
        return bird.missing()

    @classmethod
    def start_router(cls):
        text = (f"router id {ROUTER[4]};\nlog stderr all;\nprotocol device {{}}\n"
                "protocol bfd watch { interface \"eth0\" { min rx interval 200 ms; min tx interval 250 ms;"
                " idle tx interval 1 s; multiplier 4; }; }\n")
        for family in cls.families:
            text += (f"protocol bgp node{family} {{\n local {ROUTER[family]} as {ROUTER_AS};\n"
                     f" neighbor {NODE[family]} as {NODE_AS};\n bfd on;\n connect delay time 1;\n error wait time 1, 2;\n"
                     f" ipv{family} {{ import all; export none; }};\n}}\n")
        cls.router = bird.Bird(Options.directory, cls.router_space, text, name="bird-bfd").start()

    def test_each_side_knows_the_others_timers(self):
        for family in self.families:
            ours = self.bfd(family)
            self.assertEqual((ours["remote-receive-interval"], ours["remote-transmit-interval"],
                              ours["remote-detect-multiplier"]), (200, 250, 4))
            line = next(line for line in self.router.ask("show bfd sessions").splitlines()
                        if line.startswith(f"{self.own(family)} "))
            address, interface, state, _since, interval, timeout = line.split()
            self.assertEqual((address, interface, state), (self.own(family), "eth0", "Up"))
            # BIRD sends every max(250, 300) ms and gives up after 3 × max(200, 300) ms.
            self.assertEqual((float(interval), float(timeout)), (0.3, 0.9))

    def until_lost(self, began, dropped):
        # Ours is 4 × max(300, 250) ms.
        super().until_lost(began + 0.3, dropped)


# What all labs share is not a lab.
del Lab, WithFrr

if __name__ == "__main__":
    main()
