# SPDX-License-Identifier: Apache-2.0
"""The rows of the matrix, as data."""

import dataclasses
import typing

from lab.peering import Origin

from . import plays
from .addresses import NODE_AS, ORIGIN, ORIGIN6, OTHER_ORIGIN, ROUTER_AS, THIRDS

V4, V6 = {4: (4,)}, {6: (6,)}

# Policies that a node's file may end with.
IN = "route-map IN permit 10\n"
MANY = [f"64999:{number}" for number in range(1100)]  # communities of 4,400 octets
BIG = f"route-map BIG permit 10\n set community {' '.join(MANY)}\n"


@dataclasses.dataclass(frozen=True)
class Scenario:
    """`play` is called with the cell; `args` go to it. Lines are lbgpd's, `{neighbor}` makes one per neighbour."""

    title: str
    play: typing.Callable
    args: dict = dataclasses.field(default_factory=dict)
    needs: tuple = ()  # what the router must be able to do
    sessions: dict = dataclasses.field(default_factory=lambda: V4)
    node_as: int = NODE_AS
    router_as: int = ROUTER_AS
    remote_as: int = 0  # what the node takes the router's AS for; 0: for what it is
    router: dict = dataclasses.field(default_factory=dict)  # further members of the Peering
    lines: tuple = ()  # inside `router bgp`
    family_lines: tuple = ()  # inside each address-family
    after: str = ""  # behind `router bgp`
    thirds: dict = dataclasses.field(default_factory=dict)  # {address: AS} with sessions to the node


INBOUND = {"family_lines": ("neighbor {neighbor} route-map IN in",), "after": IN}
RESTARTING = {"lines": ("bgp graceful-restart restart-time 30",), "router": {"thirds": THIRDS}}
LONG_LIVED = ("bgp graceful-restart restart-time 1", "bgp long-lived-graceful-restart stale-time 60")
TRANSIT = ("no bgp ebgp-requires-policy",)

SCENARIOS = (
    Scenario("IPv4 session", plays.routes),
    Scenario("IPv6 session", plays.routes, sessions=V6),
    Scenario("both families on one session", plays.routes, sessions={4: (4, 6)}),
    Scenario("two sessions", plays.routes, sessions={4: (4,), 6: (6,)}),
    Scenario("iBGP", plays.routes, router_as=NODE_AS),
    Scenario("routes from the router", plays.routes_from_router, sessions={4: (4,), 6: (6,)},
             router={"originates": (Origin(ORIGIN, ("64513:1", "64513:2")), Origin(ORIGIN6, ("64513:3",)))}, **INBOUND),
    Scenario("IPv4 over IPv6 next hops", plays.routes_without_ipv4, sessions={6: (4, 6)},
             needs=("IPv4 next hops of IPv6",),
             lines=("neighbor {neighbor} capability extended-nexthop",)),
    Scenario("5,000 routes", plays.bulk),
    Scenario("large communities", plays.routes,
             args={"large": frozenset({"64512:1:100", "4200000000:0:4294967295"})}),
    Scenario("four-octet AS on both sides", plays.routes, node_as=4200000001, router_as=4200000002),
    Scenario("two-octet AS at the router", plays.four_octets_by_way_of_two, needs=("two-octet AS",)),
    Scenario("MD5", plays.routes, router={"password": "plain-sight"},
             lines=("neighbor {neighbor} password plain-sight",)),
    Scenario("MD5 over IPv6", plays.routes, sessions=V6, router={"password": "plain-sight"},
             lines=("neighbor {neighbor} password plain-sight",)),
    Scenario("MD5, wrong password", plays.never_established, router={"password": "plain-sight"},
             lines=("neighbor {neighbor} password out-of-sight",)),
    Scenario("TTL security", plays.routes, needs=("TTL security",), lines=("neighbor {neighbor} ttl-security hops 1",)),
    Scenario("only the router connects", plays.routes, needs=("connects",), lines=("neighbor {neighbor} passive",)),
    Scenario("only we connect", plays.routes, needs=("only waits",)),
    Scenario("hold time 3", plays.hold_time, args={"seconds": 3}, lines=("neighbor {neighbor} timers 1 3",)),
    Scenario("hold time 0", plays.hold_time, args={"seconds": 0}, lines=("neighbor {neighbor} timers 0 0",)),
    Scenario("the router falls silent", plays.router_falls_silent, lines=("neighbor {neighbor} timers 1 3",)),
    Scenario("we fall silent", plays.node_falls_silent, lines=("neighbor {neighbor} timers 1 3",)),
    Scenario("wrong AS number", plays.wrong_as, remote_as=64999),
    Scenario("the router resets", plays.reset_by_router),
    Scenario("shutdown with a text, ours", plays.shutdown_by_node),
    Scenario("shutdown with a text, theirs", plays.shutdown_by_router, needs=("shuts down with a text",)),
    Scenario("route refresh, they ask", plays.refresh_for_router, needs=("asks refresh",)),
    Scenario("route refresh, we ask", plays.refresh_for_node, needs=("answers refresh",),
             router={"originates": (Origin(ORIGIN),)}, **INBOUND),
    Scenario("enhanced refresh, they ask", plays.refresh_for_router, args={"enhanced": True},
             needs=("enhanced refresh", "asks refresh")),
    Scenario("enhanced refresh, we ask", plays.refresh_for_node, args={"enhanced": True},
             needs=("enhanced refresh", "answers refresh"),
             router={"originates": (Origin(ORIGIN),)}, **INBOUND),
    Scenario("extended message, sent", plays.extended_to_router, needs=("extended messages",), after=BIG,
             family_lines=("neighbor {neighbor} route-map BIG out",)),
    Scenario("extended message, received", plays.extended_to_node, needs=("extended messages",),
             router={"originates": (Origin(ORIGIN, tuple(MANY)),)}, **INBOUND),
    Scenario("route too big for the session", plays.too_big, needs=("4,096 octets at most",),
             family_lines=("neighbor {neighbor} route-map BIG out",),
             after="ip prefix-list ONE seq 5 permit 172.29.52.100/32\n"
                   + BIG.replace("\n", "\n match ip address prefix-list ONE\n", 1) + "route-map BIG permit 20\n"),
    Scenario("ADD-PATH, received", plays.two_paths_to_node, needs=("ADD-PATH send",),
             router={"thirds": THIRDS}, **INBOUND),
    Scenario("ADD-PATH, sent", plays.two_paths_to_router, needs=("ADD-PATH receive",), thirds=THIRDS,
             lines=TRANSIT, family_lines=("neighbor 172.29.51.1 addpath-tx-all-paths",)),
    Scenario("we are killed", plays.node_restarts, args={"how": "kill"}, sessions={4: (4, 6)},
             needs=("graceful restart", "holds stale routes"), **RESTARTING),
    Scenario("we restart (SIGUSR2)", plays.node_restarts, args={"how": "signal"}, sessions={4: (4, 6)},
             needs=("graceful restart", "holds stale routes"), **RESTARTING),
    Scenario("gone while we were down", plays.node_returns_with_less, needs=("graceful restart", "holds stale routes"),
             **RESTARTING),
    Scenario("we stop (SIGTERM)", plays.node_stops, needs=("graceful restart", "holds stale routes"), **RESTARTING),
    Scenario("the router stays down", plays.router_stays_down, needs=("graceful restart", "restarts"),
             router={"originates": (Origin(ORIGIN),), "restart_time": 3}, **INBOUND),
    Scenario("the router is killed", plays.router_restarts, needs=("graceful restart", "restarts"),
             router={"originates": (Origin(ORIGIN), Origin(OTHER_ORIGIN))}, **INBOUND),
    Scenario("long-lived, we are away", plays.node_stays_away, needs=("long-lived graceful restart",),
             lines=LONG_LIVED),
    Scenario("long-lived, the router is away", plays.router_stays_away, needs=("long-lived graceful restart",),
             router={"originates": (Origin(ORIGIN),)}, lines=LONG_LIVED, **INBOUND),
    Scenario("roles that match", plays.role, needs=("role",), router={"role": "provider"},
             lines=("neighbor {neighbor} local-role customer",)),
    Scenario("roles that do not", plays.role_mismatch, needs=("role",), router={"role": "provider"},
             lines=("neighbor {neighbor} local-role provider",)),
)
