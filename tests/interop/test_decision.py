#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lbgpd and FRR side by side, with the same words in their files and the same routes from the same speakers: they must
choose the same paths for the same reasons, mark the same ones as multipath, and tell the speakers the same.

    FRR 10.9.0.1 ─┐
                  ├─ bridge ─ speakers made of raw bytes, 10.9.0.11 …
    lbgpd 10.9.0.2┘           AS 65001, 65002, 65001 and three in our AS
"""

import dataclasses
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer  # noqa: E402
from lab import Case, Namespace, Options, cable, main, until  # noqa: E402
from lab import frr, process  # noqa: E402
from lab.lbgpd import Lbgpd  # noqa: E402
from lab.third import Third  # noqa: E402

AS = 64512
ROUTER, NODE = "10.9.0.1", "10.9.0.2"
SPEAKERS = {"E1": ("10.9.0.11", 65001), "E2": ("10.9.0.12", 65002), "E3": ("10.9.0.13", 65001),
            "I1": ("10.9.0.14", AS), "I2": ("10.9.0.15", AS), "I3": ("10.9.0.16", AS)}
IGP, EGP, INCOMPLETE = 0, 1, 2


@dataclasses.dataclass(frozen=True)
class Path:
    """What a speaker says about a prefix."""

    speaker: str
    path: tuple = ()
    origin: int = IGP
    med: int | None = None
    local_pref: int = 100
    originator: str = ""
    clusters: int = 0

    def block(self):
        address, number = SPEAKERS[self.speaker]
        path = self.path if number == AS else (number, *self.path)
        block = bgp_peer.attribute(0x40, 1, bytes((self.origin,)))
        block += bgp_peer.attribute(0x40, 2, bgp_peer.as_path(*path) if path else b"")
        block += bgp_peer.attribute(0x40, 3, socket.inet_aton(address))
        if self.med is not None:
            block += bgp_peer.attribute(0x80, 4, struct.pack("!I", self.med))
        if number == AS:
            block += bgp_peer.attribute(0x40, 5, struct.pack("!I", self.local_pref))
        if self.originator:
            block += bgp_peer.attribute(0x80, 9, socket.inet_aton(self.originator))
        if self.clusters:
            clusters = b"".join(socket.inet_aton(f"1.0.0.{number}") for number in range(1, self.clusters + 1))
            block += bgp_peer.attribute(0x80, 10, clusters)
        return block


# Paths in the order in which they are announced. With two of them the reason is that of the only comparison.
PLAYS = {
    "20.1.0.0/16": [Path("I1", (7,), local_pref=200), Path("I2", (7,))],
    "20.2.0.0/16": [Path("E1"), Path("E2", (7,))],
    "20.3.0.0/16": [Path("E2", origin=INCOMPLETE), Path("E1", origin=EGP)],
    "20.4.0.0/16": [Path("E1", med=50), Path("E3", med=10)],
    "20.5.0.0/16": [Path("E1"), Path("E3", med=10)],
    "20.6.0.0/16": [Path("E1", med=50), Path("E2", med=10)],
    "20.7.0.0/16": [Path("I1", (7,)), Path("E2")],
    "20.8.0.0/16": [Path("E2"), Path("E1")],
    "20.9.0.0/16": [Path("I2", (7,)), Path("I1", (7,))],
    "20.10.0.0/16": [Path("I1", (7,), originator="9.9.9.9", clusters=2),
                     Path("I2", (7,), originator="9.9.9.9", clusters=1)],
    "20.11.0.0/16": [Path("I2", (7,), originator="9.9.9.9", clusters=1),
                     Path("I1", (7,), originator="9.9.9.9", clusters=1)],
    "20.12.0.0/16": [Path("I1", (7,), clusters=2, originator="1.1.1.1"),
                     Path("I2", (7,), clusters=1, originator="2.2.2.2")],
    "20.13.0.0/16": [Path("I1", (7, 8)), Path("I2", (9, 8))],
    "20.14.0.0/16": [Path("E1", (7,)), Path("E3", (8,))],
    "20.15.0.0/16": [Path("E1", (7,)), Path("E2", (7,))],
    "20.16.0.0/16": [Path("I1", (7,)), Path("E3", ())],
    "20.17.0.0/16": [Path("I1"), Path("I2", med=5)],
    "20.18.0.0/16": [Path("I3", (7,)), Path("I1", (7,)), Path("I2", (7,))],
    "20.19.0.0/16": [Path("E3", (7,)), Path("E1", (7,)), Path("E2", (7,))],
    "20.20.0.0/16": [Path("E3")],
    "30.0.0.0/8": [Path("E1")],  # and a network statement
}


def words_of(path):
    return path.get("bestpath", {}).get("selectionReason") if isinstance(path.get("bestpath"), dict) else None


def choice(paths):
    """{who is best: reason}, and who is marked as multipath."""
    best = {path["peer"]["peerId"]: words_of(path) for path in paths if path.get("bestpath")}
    return best, {path["peer"]["peerId"] for path in paths if path.get("multipath")}


class SideBySide(Case):
    """FRR and lbgpd on one bridge with the speakers, made anew for every test."""

    def play(self, *lines, families=(), speakers=SPEAKERS):
        self.require(frr.missing())
        title = self._testMethodName.removeprefix("test_")
        cloud, router, node = (Namespace(name) for name in ("speakers", "router", "node"))
        for namespace in (cloud, router, node):
            self.addCleanup(namespace.delete)
        self.addCleanup(process.stop_all)
        cloud.add_bridge("br0", *(f"{address}/24" for address, _ in SPEAKERS.values()))
        for namespace, port, address in ((router, "port1", ROUTER), (node, "port2", NODE)):
            cable(namespace, "eth0", cloud, port)
            cloud.ip("link", "set", port, "master", "br0")
            namespace.add_address("eth0", f"{address}/24")
        self.router = frr.Frr(Options.directory, router, self.text(ROUTER, lines, families),
                              name=f"frr-{title}").start()
        self.node = Lbgpd(Options.build, Options.directory, self.text(NODE, lines, families), namespace=node,
                          name=f"node-{title}").start()
        self.speakers = {name: [Third(cloud, *SPEAKERS[name], to=to) for to in (ROUTER, NODE)] for name in speakers}
        for pair in self.speakers.values():
            for third in pair:
                self.addCleanup(third.close)

    @staticmethod
    def text(router_id, lines, families):
        """The same for both but for the router id."""
        head = [f"router bgp {AS}", f" bgp router-id {router_id}", " no bgp ebgp-requires-policy",
                " no bgp network import-check"]
        for address, number in SPEAKERS.values():
            head += [f" neighbor {address} remote-as {number}", f" neighbor {address} passive",
                     f" neighbor {address} advertisement-interval 0"]
        body = [" address-family ipv4 unicast", "  network 30.0.0.0/8", *(f"  {line}" for line in families),
                " exit-address-family"]
        policies = [line for line in lines if line.startswith(("route-map", "ip prefix"))]
        head += [f" {line}" for line in lines if line not in policies]
        return "\n".join([*head, *body, "exit", *policies]) + "\n"

    def both(self):
        return self.router, self.node

    def paths(self, prefix):
        """What FRR and lbgpd hold."""
        return [one.json(f"show bgp ipv4 unicast {prefix}").get("paths", []) for one in self.both()]

    def announce(self, prefix, path):
        for third in self.speakers[path.speaker]:
            third.peer.send(bgp_peer.update([prefix], path.block()))

    def announce_all(self):
        """Path by path, so that both know the same paths in the same order."""
        for turn in range(max(len(paths) for paths in PLAYS.values())):
            now = {prefix: paths for prefix, paths in PLAYS.items() if turn < len(paths)}
            for prefix, paths in now.items():
                self.announce(prefix, paths[turn])
            for one in self.both():
                until("all paths, one of them chosen", lambda one=one, now=now, turn=turn: all(
                    self.is_chosen(one.json("show bgp ipv4 unicast")["routes"].get(prefix, []), turn + 1)
                    for prefix in now), 20)

    @staticmethod
    def is_chosen(paths, count):
        """Who has not chosen yet when the next path comes, has no older path to stay with."""
        return len(paths) >= count and any("bestpath" in path for path in paths)

    def agreed(self, prefix):
        """FRR takes its time to choose; and with more than two paths its reason is that of its last comparison."""
        theirs, ours = (choice(paths) for paths in self.paths(prefix))
        if len(PLAYS[prefix]) > 2:
            theirs, ours = (list(theirs[0]), theirs[1]), (list(ours[0]), ours[1])
        self.assertEqual(ours, theirs, prefix)
        return True

    def compare(self):
        self.announce_all()
        for prefix in PLAYS:
            with self.subTest(prefix):
                until("the same choice", lambda prefix=prefix: self.agreed(prefix), 5)
        self.assertEqual(self.node.json("show bgp ipv4 unicast summary")["bestPath"],
                         self.router.json("show bgp ipv4 unicast summary")["bestPath"])

    def test_as_it_comes(self):
        self.play()
        self.compare()

    def test_med_always(self):
        self.play("bgp always-compare-med", "bgp bestpath med missing-as-worst")
        self.compare()

    def test_router_ids(self):
        self.play("bgp bestpath compare-routerid")
        self.compare()

    def test_paths_of_any_length(self):
        self.play("bgp bestpath as-path ignore", "bgp bestpath compare-routerid")
        self.compare()

    def test_confederations_count(self):
        self.play("bgp bestpath as-path confed")
        self.compare()

    def test_relaxed_multipath(self):
        self.play("bgp bestpath as-path multipath-relax", families=["maximum-paths 8", "maximum-paths ibgp 2"])
        self.compare()

    def test_multipath_of_all_kinds_of_peers(self):
        self.play("bgp bestpath as-path multipath-relax", "bgp bestpath peer-type multipath-relax")
        self.compare()

    def test_equal_cluster_lists(self):
        self.play(families=["maximum-paths ibgp 8 equal-cluster-length"])
        self.compare()

    def test_one_path_only(self):
        self.play("bgp bestpath as-path multipath-relax", families=["maximum-paths 1", "maximum-paths ibgp 1"])
        self.compare()

    def test_weights(self):
        self.play(families=["neighbor 10.9.0.12 weight 7", "neighbor 10.9.0.15 weight 40000"])
        self.compare()


    def withdraw(self, prefix, speaker):
        for third in self.speakers[speaker]:
            third.peer.send(bgp_peer.update(withdrawn=[prefix]))

    def until_told(self, speaker, prefix, there=True):
        for third, of in zip(self.speakers[speaker], ("FRR", "lbgpd")):
            until(f"{speaker} is told of {prefix} by {of}" if there else f"{prefix} is taken back by {of}",
                  lambda third=third: third.holds(prefix) == there, 20)

    def compare_told(self, speaker, prefix, of_others=False):
        """What both said of a prefix, but for who said it. FRR tells speakers on one network each other's addresses as
        next hops (RFC 4271 section 5.1.3 lets it), we ours."""
        theirs, ours = (dict(third.attributes[prefix]) for third in self.speakers[speaker])
        if 7 in theirs and 7 in ours:
            self.assertEqual((theirs.pop(7)[-4:], ours.pop(7)[-4:]), (socket.inet_aton(ROUTER), socket.inet_aton(NODE)))
        next_hops = theirs.pop(3), ours.pop(3)
        if not of_others:
            self.assertEqual(next_hops, (socket.inet_aton(ROUTER), socket.inet_aton(NODE)))
        self.assertEqual(ours, theirs)

    def test_aggregates(self):
        self.play("route-map M permit 10\n set community 65000:7",
                  families=["aggregate-address 20.0.0.0/8 summary-only", "aggregate-address 40.0.0.0/8",
                            "aggregate-address 50.0.0.0/8 origin igp", "aggregate-address 60.0.0.0/8 route-map M"])
        for number in (20, 40, 50, 60):
            self.announce(f"{number}.1.0.0/16", Path("E1", origin=INCOMPLETE))
            self.until_told("E2", f"{number}.0.0.0/8")
            self.compare_told("E2", f"{number}.0.0.0/8")
        self.until_told("E2", "40.1.0.0/16")
        for third in self.speakers["E2"]:
            self.assertNotIn(("20.1.0.0/16", True), third.told)
        rows = [{prefix: [path.get("suppressed", False) for path in paths]
                 for prefix, paths in one.json("show bgp ipv4 unicast")["routes"].items()} for one in self.both()]
        self.assertEqual(rows[1], rows[0])
        self.assertTrue(rows[1]["20.1.0.0/16"][0])
        marks = ("aggregated", "local", "sourced", "aggregatorAs", "atomicAggregate", "origin", "metric", "weight")
        theirs, ours = ({mark: paths[0].get(mark) for mark in marks} for paths in self.paths("20.0.0.0/8"))
        self.assertEqual(ours, theirs)
        for one in self.both():
            self.assertIn("Advertisements suppressed by an aggregate.",
                          one.show("show bgp ipv4 unicast 20.1.0.0/16"))
        for number in (20, 40):
            self.withdraw(f"{number}.1.0.0/16", "E1")
            self.until_told("E2", f"{number}.0.0.0/8", there=False)

    def test_default_routes(self):
        self.play("ip prefix-list P permit 40.1.0.0/16",
                  "route-map D permit 10\n match ip address prefix-list P\n set community 65000:7",
                  families=["neighbor 10.9.0.12 default-originate", "neighbor 10.9.0.14 default-originate",
                            "neighbor 10.9.0.11 default-originate route-map D"])
        for speaker in ("E2", "I1"):
            self.until_told(speaker, "0.0.0.0/0")
            self.compare_told(speaker, "0.0.0.0/0")
        for third in self.speakers["E1"]:
            self.assertNotIn(("0.0.0.0/0", True), third.told)
        self.announce("40.1.0.0/16", Path("E2"))
        self.until_told("E1", "0.0.0.0/0")
        self.compare_told("E1", "0.0.0.0/0")
        keys = ("defaultSent", "defaultNotSent", "defaultRouteMap")
        for speaker in ("E1", "E2", "E3"):
            address = SPEAKERS[speaker][0]
            theirs, ours = ({key: one.json(f"show bgp neighbors {address}")[address]["addressFamilyInfo"]
                             ["ipv4Unicast"].get(key) for key in keys} for one in self.both())
            self.assertEqual(ours, theirs, speaker)
        self.withdraw("40.1.0.0/16", "E2")
        self.until_told("E1", "0.0.0.0/0", there=False)

    # What E1 has from further away, for what is done to numbers on the way to others.
    WAYS = {"40.1.0.0/16": (), "40.2.0.0/16": (64513, 4200000000), "40.3.0.0/16": (64513, 7, 65002),
            "40.4.0.0/16": (7, 8), "40.5.0.0/16": (65002, 65001, 65002)}

    def compare_ways(self, speakers, source="E1"):
        for prefix, path in self.WAYS.items():
            self.announce(prefix, Path(source, path))
        for speaker in speakers:
            for prefix in self.WAYS:
                with self.subTest(f"{speaker} {prefix}"):
                    self.until_told(speaker, prefix)
                    self.compare_told(speaker, prefix, of_others=True)

    def test_private_as_numbers(self):
        self.play(families=["neighbor 10.9.0.12 remove-private-AS", "neighbor 10.9.0.13 remove-private-AS all",
                            "neighbor 10.9.0.14 remove-private-AS all"])
        self.compare_ways(("E2", "E3", "I1"))

    def test_private_as_numbers_replaced(self):
        self.play(families=["neighbor 10.9.0.12 remove-private-AS replace-AS",
                            "neighbor 10.9.0.13 remove-private-AS all replace-AS"])
        self.compare_ways(("E2", "E3"))

    def test_as_override(self):
        # FRR puts two such neighbors into one update group and overrides the AS of one of them for both.
        self.play(families=["neighbor 10.9.0.12 as-override"])
        self.compare_ways(("E2", "E3"))

    def test_local_as(self):
        self.play("neighbor 10.9.0.12 local-as 64999", "neighbor 10.9.0.13 local-as 64998 no-prepend replace-as")
        self.compare_ways(("E2", "E3"))
        self.WAYS = {"41.1.0.0/16": (), "41.2.0.0/16": (7, 8)}
        self.compare_ways(("E1", "E3"), "E2")
        self.WAYS = {"42.1.0.0/16": (), "42.2.0.0/16": (7, 8)}
        self.compare_ways(("E1", "E2"), "E3")


if __name__ == "__main__":
    main()
