# SPDX-License-Identifier: Apache-2.0
"""What a router of any make is told about a peering, and what it says about a route."""

import dataclasses

WORD = {4: "ipv4", 6: "ipv6"}


@dataclasses.dataclass(frozen=True)
class Peering:
    """A node and a router on one cable. `sessions`: {family of the transport: families carried}."""

    node_as: int
    router_as: int
    node: dict
    router: dict
    sessions: dict

    @property
    def router_id(self):
        return self.router[4]

    def carried(self):
        """(transport, family) of everything that is carried."""
        return [(transport, family) for transport, families in self.sessions.items() for family in families]


@dataclasses.dataclass(frozen=True)
class Route:
    """One route as a router holds it."""

    next_hop: str
    as_path: tuple
    communities: frozenset = frozenset()
    large_communities: frozenset = frozenset()
