#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lbgpd and FRR side by side with the same policies in their files: of the same routes from the same speakers they must
take the same, make the same of them, and tell the same to the others.

    FRR 10.9.0.1 ─┐
                  ├─ bridge ─ speakers made of raw bytes: one per policy `in`, one per policy `out`, a source that
    lbgpd 10.9.0.2┘           nothing filters, and a listener in our AS that is told what has been taken
"""

import contextlib
import operator
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import bgp_peer  # noqa: E402
from lab import Case, Namespace, Options, Timeout, cable, main, until  # noqa: E402
from lab import frr, process  # noqa: E402
from lab.lbgpd import Lbgpd  # noqa: E402
from lab.third import Third  # noqa: E402

AS = 64512
ROUTER, NODE = "10.9.0.1", "10.9.0.2"
LISTENER, SOURCE = ("10.9.0.11", AS), ("10.9.0.12", 65001)
LAST = "99.0.0.0/8"  # what the source says after everything else

LISTS = """
bgp as-path access-list SEVEN permit _7_
bgp as-path access-list SHORT permit ^[0-9]+$
bgp as-path access-list NO-SET deny [{}]
bgp as-path access-list NO-SET permit .*
bgp community-list standard RED permit 1:1 1:2
bgp community-list standard WORLD permit internet
bgp community-list expanded ONES permit ^1:
bgp community-list expanded PAIR permit ^1:1_1:2$
bgp community-list 100 deny 1:2
bgp community-list 100 permit 1:.*
bgp large-community-list expanded BIG permit ^1:2:
bgp extcommunity-list standard TARGET permit rt 65000:7
bgp extcommunity-list expanded TARGETS permit RT:65000:[0-9]$
access-list LOW permit 20.0.0.0/8
access-list EVEN permit 20.0.0.0 0.255.254.255
access-list 110 permit ip 20.0.0.0 0.255.255.255 host 255.255.255.0
access-list EXACT permit 20.0.0.0/8 exact-match
access-list HOP permit host 10.9.0.99
ip prefix-list HOPS permit 10.9.0.96/28 le 32
route-map CALLED deny 10
 match as-path SEVEN
route-map CALLED permit 20
 set metric 44
"""

# What a speaker's neighbor statement or route map says, one speaker each.
IN = {
    "as-path": "match as-path SEVEN\n set local-preference 200",
    "no as-path": "match as-path SHORT\n set local-preference 200\nroute-map {} permit 20",
    "community": "match community RED\n set metric 11\nroute-map {} permit 20",
    "exact": "match community RED exact-match\n set metric 11\nroute-map {} permit 20",
    "internet": "match community WORLD\n set metric 11",
    "expanded": "match community ONES\n set metric 11\nroute-map {} permit 20",
    "pair": "match community PAIR\n set metric 11\nroute-map {} permit 20",
    "numbered": "match community 100\n set metric 11\nroute-map {} permit 20",
    "large": "match large-community BIG\n set metric 11\nroute-map {} permit 20",
    "target": "match extcommunity TARGET\n set metric 11\nroute-map {} permit 20",
    "targets": "match extcommunity TARGETS\n set metric 11\nroute-map {} permit 20",
    "delete": "set comm-list ONES delete",
    "delete members": "set comm-list RED delete",
    "delete numbered": "set comm-list 100 delete",
    "delete large": "set large-comm-list BIG delete",
    "access list": "match ip address EVEN\n set metric 11",
    "extended access list": "match ip address 110\n set metric 11\nroute-map {} permit 20",
    "exact access list": "match ip address EXACT",
    "next hop": "match ip next-hop HOP\n set metric 11\nroute-map {} permit 20",
    "next hops": "match ip next-hop prefix-list HOPS\n set metric 11\nroute-map {} permit 20",
    "next hop itself": "match ip next-hop address 10.9.0.99\n set metric 11\nroute-map {} permit 20",
    "next hop of the peer": "set ip next-hop peer-address",
    "source": "match ip route-source LOW",
    "undefined": "match as-path NOWHERE\nroute-map {} permit 20\n set metric 12",
    "next": "set weight 5\n on-match next\nroute-map {} permit 20\n match as-path SEVEN\n set metric 13",
    "next and end": "match as-path SEVEN\n set metric 13\n on-match next",
    "goto": "set metric 1\n on-match goto 25\nroute-map {} deny 20\nroute-map {} permit 30\n set metric +1",
    "goto nowhere": "set metric 1\n on-match goto 50\nroute-map {} deny 20",
    "continue": "set tag 9\n continue 20\nroute-map {} permit 20\n match tag 9\n set metric 14",
    "call": "call CALLED",
    "call undefined": "set metric 15\n call NOWHERE",
    "peer": "match peer 10.9.1.1",
    "call and go on": "call CALLED\n on-match next\nroute-map {} permit 20\n set metric +1",
    "prepend": "set as-path prepend last-as 3",
    "exclude": "set as-path exclude 7 666",
    "more": "set local-preference +50\n set metric +7\n set origin egp\n set atomic-aggregate\n"
            " set aggregator as 65009 10.9.9.9\n set originator-id 9.9.9.9\n set weight 77",
    "less": "set metric -3\n set local-preference -5",
    "bandwidth": "set extcommunity bandwidth 100",
    "none": "set extcommunity none\n set community none\n set large-community none",
    "distribute-list": None,
    "filter-list": None,
    "no such filter-list": None,
}
FILTERS = {"distribute-list": "distribute-list EVEN", "filter-list": "filter-list NO-SET",
           "no such filter-list": "filter-list NOWHERE"}
OUT = {
    "nothing": None,
    "unchanged": None,
    "path unchanged": None,
    "filter-list out": None,
    "distribute-list out": None,
    "next hop unchanged": "set ip next-hop unchanged",
    "next hop of the router": "set ip next-hop peer-address",
    "as it came": "match ip next-hop HOP\n set metric 11\nroute-map {} permit 20",
    "prepend out": "set as-path prepend last-as 2",
    "exclude out": "set as-path exclude 7",
    # Not `match peer`: here it asks who has sent a route, in FRR's outbound maps who is to get it.
    "revealed": None,
}
# Where the next hop is what matters: elsewhere FRR keeps one on a shared network, and ours is always ourselves.
NEXT_HOPS = {"unchanged", "next hop unchanged", "next hop of the router"}
FILTERS |= {"unchanged": "attribute-unchanged", "path unchanged": "attribute-unchanged as-path",
            "filter-list out": "filter-list NO-SET", "distribute-list out": "distribute-list EVEN",
            "revealed": "unsuppress-map CALLED"}

SPEAKERS = {name: (f"10.9.1.{index}", 65100 + index) for index, name in enumerate((*IN, *OUT), 1)}


def communities(*texts):
    return b"".join(struct.pack("!HH", *map(int, text.split(":"))) for text in texts)


def variants(number, address):
    """Attribute blocks of different kinds, each with the last octets of its prefix."""
    own = bgp_peer.attribute(0x40, 1, b"\0")

    def block(path=b"", *more, hop=address):
        path = bgp_peer.as_path(number) if not path else path
        return own + bgp_peer.attribute(0x40, 2, path) + bgp_peer.attribute(0x40, 3, socket.inet_aton(hop)) + b"".join(more)

    med = bgp_peer.attribute(0x80, 4, struct.pack("!I", 5))
    yield "0.0/24", block()
    yield "1.0/24", block(bgp_peer.as_path(number, 7, 8), bgp_peer.attribute(0xC0, 8, communities("1:1", "1:2")))
    yield "2.0/24", block(b"", med, bgp_peer.attribute(0xC0, 8, communities("1:1", "1:2", "2:1")))
    yield "3.0/25", block(bgp_peer.as_path(number, 666), bgp_peer.attribute(0xC0, 8, communities("2:1")),
                          bgp_peer.attribute(0xC0, 16, bytes((0, 2)) + struct.pack("!HI", 65000, 7)))
    yield "4.0/24", block(bgp_peer.as_path(number, 77), med,
                          bgp_peer.attribute(0xC0, 32, struct.pack("!IIIIII", 1, 2, 3, 1, 3, 3)))
    yield "5.0/24", block(bgp_peer.as_path(number, 7), hop="10.9.0.99")


class Policies(Case):
    """All policies at once, each on speakers of its own."""

    def setUp(self):
        self.require(frr.missing())
        cloud, router, node = (Namespace(name) for name in ("speakers", "router", "node"))
        for namespace in (cloud, router, node):
            self.addCleanup(namespace.delete)
        self.addCleanup(process.stop_all)
        addresses = [LISTENER[0], SOURCE[0], *(address for address, _ in SPEAKERS.values())]
        cloud.add_bridge("br0", *(f"{address}/16" for address in addresses))
        for namespace, port, address in ((router, "port1", ROUTER), (node, "port2", NODE)):
            cable(namespace, "eth0", cloud, port)
            cloud.ip("link", "set", port, "master", "br0")
            namespace.add_address("eth0", f"{address}/16")
        self.cloud = cloud
        self.router = frr.Frr(Options.directory, router, self.text(ROUTER), name="frr-policy").start()
        self.node = Lbgpd(Options.build, Options.directory, self.text(NODE), namespace=node, name="node-policy").start()

    @staticmethod
    def map_name(name):
        return name.upper().replace(" ", "-")

    def text(self, router_id):
        """The same for both but for the router id."""
        head = [f"router bgp {AS}", f" bgp router-id {router_id}", " no bgp ebgp-requires-policy",
                " no bgp network import-check"]
        peers = [LISTENER, SOURCE, *SPEAKERS.values()]
        head += [f" neighbor {address} remote-as {number}" for address, number in peers]
        head += [f" neighbor {address} {word}" for address, _ in peers
                 for word in ("passive", "advertisement-interval 0")]
        family, maps = [], []
        for name, (address, _) in SPEAKERS.items():
            direction = "in" if name in IN else "out"
            words = FILTERS.get(name, f"route-map {self.map_name(name)}")
            if name == "nothing":
                continue
            one_way = words.startswith(("attribute", "unsuppress"))
            family.append(f"  neighbor {address} {words}" + ("" if one_way else f" {direction}"))
            if (lines := (IN | OUT)[name]) is not None:
                maps.append(f"route-map {self.map_name(name)} permit 10\n {lines}".replace("{}", self.map_name(name)))
        family += ["  aggregate-address 60.0.0.0/8 suppress-map CALLED"]
        body = [" address-family ipv4 unicast", *family, " exit-address-family", "exit"]
        # Before whoever uses them: FRR would look for them again only after some seconds.
        return "\n".join([LISTS.strip(), *maps, *head, *body]) + "\n"

    def thirds(self, address, number):
        pair = [Third(self.cloud, address, number, to=to) for to in (ROUTER, NODE)]
        for third in pair:
            self.addCleanup(third.close)
        return pair

    @staticmethod
    def say(pair, octets):
        for third in pair:
            for rest, block in variants(third.number, third.address):
                third.peer.send(bgp_peer.update([f"{octets}.{rest}"], block))

    @staticmethod
    def told(third, own):
        """{prefix: attributes}; what stands for who said it is the same for both."""
        held = {}
        for prefix in {prefix for prefix, _ in third.told}:
            if third.holds(prefix):
                attributes = dict(third.attributes[prefix])
                if attributes.get(3) == socket.inet_aton(own):
                    attributes[3] = b"self"
                if 7 in attributes:
                    attributes[7] = attributes[7].replace(socket.inet_aton(own), b"self")
                held[prefix] = attributes
        return held

    def tables(self, name, pair, mine):
        """What FRR and lbgpd have told a speaker of the prefixes in question."""
        skipped = {3} if name in OUT and name not in NEXT_HOPS else set()
        return [{prefix: {code: value for code, value in attributes.items() if code not in skipped}
                 for prefix, attributes in self.told(third, own).items() if mine(prefix)}
                for third, own in zip(pair, (ROUTER, NODE))]

    def test_side_by_side(self):
        listener = self.thirds(*LISTENER)
        source = self.thirds(*SOURCE)
        speakers = {name: self.thirds(*peer) for name, peer in SPEAKERS.items()}
        octets = {name: f"20.{index}" for index, name in enumerate(IN, 1)}
        for name in IN:
            # The listener tells policies apart by the second octet; the third one makes a 16-bit prefix of it.
            self.say(speakers[name], octets[name])
        self.say(source, "60.1")
        for third in source:
            for prefix in ("20.0.0.0/8", "61.1.0.0/16", LAST):
                third.peer.send(bgp_peer.update([prefix], next(variants(third.number, third.address))[1]))
        for third in listener + speakers["nothing"]:
            until("the source's last word", lambda third=third: third.holds(LAST), 30)
        questions = {name: (name, listener, lambda prefix, name=name: prefix.startswith(octets[name] + ".")) for name in IN}
        questions |= {name: (name, speakers[name], lambda prefix: prefix.startswith(("60.", "61.", "99."))) for name in OUT}
        agreed = [lambda question=question: operator.eq(*self.tables(*question)) for question in questions.values()]
        with contextlib.suppress(Timeout):
            until("the same of both", lambda: all(agree() for agree in agreed), 15)
        for name, question in questions.items():
            with self.subTest(name):
                theirs, ours = self.tables(*question)
                self.assertEqual(ours, theirs)
        self.assertTrue(any(prefix.startswith("20.1.") for prefix, _ in listener[1].told))
        keys = ("metric", "locPrf", "weight", "path", "origin")
        tables = [one.json("show bgp ipv4 unicast")["routes"] for one in (self.router, self.node)]
        for prefix in sorted(tables[0].keys() | tables[1].keys()):
            with self.subTest(prefix):
                theirs, ours = ([{key: path.get(key) for key in keys} for path in table.get(prefix, [])]
                                for table in tables)
                self.assertEqual(ours, theirs)


if __name__ == "__main__":
    main()
