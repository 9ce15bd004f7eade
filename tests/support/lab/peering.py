# SPDX-License-Identifier: Apache-2.0
"""What a router of any make is told about a peering, and what it says about a route."""

import dataclasses

WORD = {4: "ipv4", 6: "ipv6"}


def file(own_as, router_id, neighbor, *lines):
    """A configuration that FRR and lbgpd both understand: one neighbor, both families."""
    text = [f"router bgp {own_as}", f" bgp router-id {router_id}", " no bgp ebgp-requires-policy",
            *(f" {line}" for line in lines)]
    for word in WORD.values():
        text += [f" address-family {word} unicast", f"  neighbor {neighbor} activate", " exit-address-family"]
    return "\n".join(text) + "\n"


# What a router may be asked to switch on for a peering, beyond what every session has.
FEATURES = ("graceful restart", "long-lived graceful restart", "ADD-PATH send", "ADD-PATH receive", "extended messages",
            "enhanced refresh", "two-octet AS", "role", "TTL security", "IPv4 next hops of IPv6", "only waits")
# What a router can or cannot do without being told.
ABILITIES = ("connects", "passes routes on", "forwards", "asks refresh", "answers refresh", "shuts down with a text",
             "holds stale routes", "restarts", "4,096 octets at most", "BFD")


@dataclasses.dataclass(frozen=True)
class Origin:
    """A route of the router's own. Several of one prefix: several paths, for makes that can have them."""

    prefix: str
    communities: tuple = ()

    @property
    def family(self):
        return 6 if ":" in self.prefix else 4


@dataclasses.dataclass(frozen=True)
class Peering:
    """A node and a router on one cable. `sessions`: {family of the transport: families carried}."""

    node_as: int
    router_as: int
    node: dict
    router: dict
    sessions: dict
    features: frozenset = frozenset()  # of FEATURES
    hold: int = 9  # seconds; the router's
    restart_time: int = 30  # seconds; the router's, with graceful restart
    password: str = ""
    role: str = ""  # the router's, RFC 9234's word for it
    originates: tuple = ()  # of Origin
    thirds: dict = dataclasses.field(default_factory=dict)  # {address: AS} of further neighbours, which connect

    @property
    def router_id(self):
        return self.router[4]

    @property
    def keepalive(self):
        return self.hold // 3

    def has(self, feature):
        assert feature in FEATURES, feature
        return feature in self.features

    def carried(self):
        """(transport, family) of everything that is carried."""
        return [(transport, family) for transport, families in self.sessions.items() for family in families]

    def families(self):
        return sorted({family for _, family in self.carried()})


@dataclasses.dataclass(frozen=True)
class Route:
    """One path of a route as a router holds it."""

    next_hop: str
    as_path: tuple
    communities: frozenset = frozenset()
    large_communities: frozenset = frozenset()


class Router:
    """What the labs ask of a router of any make. `process` is the daemon that speaks BGP.

    UNABLE: {what a scenario may need: why this make cannot do it}.
    """

    UNABLE = {}

    def established(self, transport):
        raise NotImplementedError

    def paths(self, family, prefix):
        """All paths of `prefix`, as Routes; empty: not there."""
        raise NotImplementedError

    def route(self, family, prefix):
        """The first path of `prefix`; None: not there."""
        return next(iter(self.paths(family, prefix)), None)

    def count_routes(self, family):
        """How many prefixes of a family it has."""
        raise NotImplementedError

    def has_communities(self, family, prefix, count):
        """Whether the route to `prefix` has so many communities."""
        route = self.route(family, prefix)
        return route is not None and len(route.communities) == count

    def until_told(self, text):
        """Waits until the router has said that its neighbour gave `text` as the reason of its NOTIFICATION."""
        self.process.until_logged(text)

    def reload(self, peering):
        """Writes the configuration anew, for the next start."""
        raise NotImplementedError

    def crash(self):
        """SIGKILL: sessions end without a word."""
        self.process.kill()

    def restart(self):
        """Starts again after a crash, so that neighbours are told of a restart (RFC 4724 §4.1)."""
        self.start()

    def ask_refresh(self, transport):
        """Asks the node to send its routes again (RFC 2918)."""
        raise NotImplementedError

    def reset(self, transport):
        """Ends the session with Administrative Reset, and lets it come again."""
        raise NotImplementedError

    def shut_down(self, transport, text):
        """Administrative Shutdown with a reason (RFC 9003)."""
        raise NotImplementedError
