# SPDX-License-Identifier: Apache-2.0
"""What is done in a cell, and what must be seen. Each takes the cell, whose router and node are not started yet."""

import dataclasses
import signal
import time

import bgp_peer
from lab import never, until
from lab.peering import WORD, Origin
from lab.traffic import Listener, Visitor

from .addresses import NODE, ORIGIN, OTHER_ORIGIN, OTHER_VIP, ROUTER, THIRDS, VIP

COMMUNITIES = frozenset({"64512:100", "65535:65281"})
TEXT = "maintenance until noon"
# Some makes print well-known communities by name.
KNOWN = {"NO_EXPORT": "65535:65281", "no-export": "65535:65281", "noExport": "65535:65281",
         "LLGR_STALE": "65535:6", "llgr-stale": "65535:6", "llgrStale": "65535:6"}
LLGR_STALE = "65535:6"  # RFC 9494 §3.1


def names(communities):
    return frozenset(KNOWN.get(one, one) for one in communities)


# --- sessions


def routes(cell, large=frozenset(), next_hops=NODE):
    """A VIP of each family arrives with all that belongs to it, and goes."""
    cell.start()
    peering = cell.peering
    for family in peering.families():
        cell.node.announce(VIP[family], communities=sorted(COMMUNITIES), large_communities=sorted(large))
        route = cell.until_known(VIP[family])
        cell.assertEqual(route.next_hop, next_hops[family])
        cell.assertEqual(route.as_path, () if peering.node_as == peering.router_as else (peering.node_as,))
        cell.assertEqual(names(route.communities), COMMUNITIES)
        cell.assertEqual(route.large_communities, large)
        cell.node.withdraw(VIP[family])
        until(f"{VIP[family]} gone from the router", lambda: cell.router.route(family, VIP[family]) is None)


def routes_without_ipv4(cell):
    """RFC 8950: a node that has no IPv4 address announces IPv4 routes by way of its IPv6 one."""
    cell.node_namespace.delete_address("eth0", f"{NODE[4]}/24")
    routes(cell, next_hops={4: NODE[6], 6: NODE[6]})


def routes_from_router(cell):
    """What the router announces is taken with all that belongs to it, and goes with its session."""
    cell.start()
    for origin in cell.peering.originates:
        (path,) = until(f"{origin.prefix} at the node", lambda: cell.node.route(WORD[origin.family], origin.prefix))
        cell.assertIn(ROUTER[origin.family], [hop["ip"] for hop in path["nexthops"]])
        cell.assertEqual(path["aspath"]["string"], str(cell.peering.router_as))
        cell.assertEqual(path["community"]["list"], list(origin.communities))
    cell.router.process.stop()
    for origin in cell.peering.originates:
        until(f"{origin.prefix} gone", lambda: not cell.node.route(WORD[origin.family], origin.prefix))


def four_octets_by_way_of_two(cell):
    """RFC 6793 §4.2.2, §4.2.3: what does not fit into two octets arrives all the same, by AS4_PATH."""
    cell.start()
    cell.assertEqual(cell.session()["neighborCapabilities"]["4byteAs"], "advertised")
    cell.node.announce(VIP[4], as_path_prepend=[4200000001])
    cell.assertEqual(cell.until_known(VIP[4]).as_path, (cell.peering.node_as, 4200000001))


def never_established(cell):
    cell.router.start()
    cell.node.start()
    never("a session with the wrong password", lambda: cell.router.established(4), during=3.0)


def hold_time(cell, seconds):
    """Negotiated as the smaller one, and the session outlives it; without timers no KEEPALIVE is sent either."""
    cell.start()
    session = cell.session()
    cell.assertEqual(session["bgpTimerHoldTimeMsecs"], seconds * 1000)
    cell.assertEqual(session["bgpTimerKeepAliveIntervalMsecs"], seconds // 3 * 1000)
    sent, began = cell.count("keepalivesSent"), time.monotonic()
    never("the session ends", lambda: not cell.router.established(4), during=seconds + 1.5)
    cell.assertEqual(cell.session()["connectionsEstablished"], 1)
    more, most = cell.count("keepalivesSent") - sent, time.monotonic() - began
    # RFC 4271 §10: every second, or up to a quarter earlier.
    cell.assertTrue(seconds <= more <= most / 0.75 + 1 if seconds else more == 0, f"{more} KEEPALIVEs in {most:.1f} s")


def router_falls_silent(cell):
    """RFC 4271 §6.5: 4/0 after three seconds without a word; and when the router speaks again, all is as before."""
    cell.start()
    cell.node.announce(VIP[4])
    cell.router.process.signal_all(signal.SIGSTOP)
    cell.addCleanup(cell.router.process.signal_all, signal.SIGCONT)
    until("our hold timer expires", lambda: cell.session().get("lastErrorCodeSubcode") == "0400", 6)
    cell.router.process.signal_all(signal.SIGCONT)
    cell.until_established()
    cell.until_known(VIP[4])


def node_falls_silent(cell):
    """As a suspended machine: the router gives us up, and we come back without help."""
    cell.start()
    cell.node.announce(VIP[4])
    cell.until_known(VIP[4])
    cell.node.process.signal(signal.SIGSTOP)
    cell.addCleanup(cell.node.process.signal, signal.SIGCONT)
    until("the router has lost the session", lambda: not cell.router.established(4), 8)
    cell.node.process.signal(signal.SIGCONT)
    cell.until_established()
    cell.until_known(VIP[4])
    cell.assertEqual(cell.session()["connectionsEstablished"], 2)


def wrong_as(cell):
    """RFC 4271 §6.2: 2/2, from whichever side speaks first, and no session."""
    cell.router.start()
    cell.node.start()
    until("Bad Peer AS", lambda: cell.session().get("lastErrorCodeSubcode") == "0202", 20)
    cell.assertFalse(cell.router.established(4))


def reset_by_router(cell):
    """Cease/Administrative Reset: we are back as soon as the router lets us; GoBGP refuses everybody for 30 s."""
    cell.start()
    cell.node.announce(VIP[4])
    cell.until_known(VIP[4])
    cell.router.reset(4)
    until("the session is reset", lambda: cell.session()["connectionsDropped"] == 1)
    cell.assertEqual(cell.session()["lastErrorCodeSubcode"], "0604")
    cell.until_established(timeout=45)
    cell.until_known(VIP[4])


def shutdown_by_node(cell):
    cell.start()
    cell.node.add_line(f"router bgp {cell.peering.node_as}", f" neighbor {ROUTER[4]} shutdown message {TEXT}")
    cell.node.process.signal(signal.SIGHUP)
    cell.router.until_told(TEXT)
    until("no session at the router", lambda: not cell.router.established(4))


def shutdown_by_router(cell):
    cell.start()
    cell.router.shut_down(4, TEXT)
    until("the node knows the text", lambda: cell.session().get("lastShutdownDescription") == TEXT)
    cell.assertEqual(cell.session()["lastErrorCodeSubcode"], "0602")


def role(cell):
    cell.start()
    session = cell.session()
    cell.assertEqual(session["localRole"], "customer")
    cell.assertEqual(session["remoteRole"], "provider")
    cell.node.announce(VIP[4])
    cell.until_known(VIP[4])


def role_mismatch(cell):
    """RFC 9234 §4.2: 2/11, from whichever side speaks first."""
    cell.router.start()
    cell.node.start()
    until("the role mismatch", lambda: cell.session().get("lastErrorCodeSubcode") == "020B", 20)
    cell.assertFalse(cell.router.established(4))


def bulk(cell):
    """Many routes arrive and go, and the session is none the wiser."""
    cell.start()
    prefixes = [f"172.30.{high}.{low}/32" for high in range(20) for low in range(250)]
    cell.node.announce(*prefixes)
    until("5,000 routes at the router", lambda: cell.router.count_routes(4) == len(prefixes), 20, interval=0.2)
    cell.node.withdraw(*prefixes)
    until("none are left", lambda: cell.router.count_routes(4) == 0, 20, interval=0.2)
    cell.assertEqual(cell.session()["connectionsEstablished"], 1)


# --- refresh


def refresh_for_router(cell, enhanced=False):
    wire = cell.capture()
    cell.start()
    cell.node.announce(VIP[4])
    cell.until_known(VIP[4])
    check_enhanced(cell, enhanced)
    asked, sent = cell.count("routeRefreshRecv"), cell.count("updatesSent")
    cell.router.ask_refresh(4)
    until("the router's ROUTE-REFRESH", lambda: cell.count("routeRefreshRecv") == asked + 1)
    until("the routes once more", lambda: cell.count("updatesSent") > sent)
    if enhanced:
        until("BoRR, the routes, EoRR", lambda: framed_refresh(wire.sent_by(NODE[4])))
    never("the route goes", lambda: not cell.router.route(4, VIP[4]), during=0.5)
    cell.assertEqual(cell.session()["connectionsEstablished"], 1)


def refresh_for_node(cell, enhanced=False):
    wire = cell.capture()
    cell.start()
    until("the router's route at the node", lambda: cell.node.route("ipv4", ORIGIN))
    check_enhanced(cell, enhanced)
    sent, updates = cell.count("routeRefreshSent"), cell.count("updatesRecv")
    cell.node.show(f"clear bgp {ROUTER[4]} soft in")
    until("our ROUTE-REFRESH", lambda: cell.count("routeRefreshSent") == sent + 1)
    until("the router's routes once more", lambda: cell.count("updatesRecv") > updates)
    if enhanced:
        until("the router's BoRR, its routes, its EoRR", lambda: framed_refresh(wire.sent_by(ROUTER[4])))
    never("the route goes", lambda: not cell.node.route("ipv4", ORIGIN), during=0.5)
    cell.assertEqual(cell.session()["connectionsEstablished"], 1)


def framed_refresh(messages):
    """RFC 7313 §4: ROUTE-REFRESH with subtype 1, UPDATEs, ROUTE-REFRESH with subtype 2."""
    marks = [one.body[2] if one.type == bgp_peer.ROUTE_REFRESH else "routes" for one in messages
             if one.type in (bgp_peer.ROUTE_REFRESH, bgp_peer.UPDATE)]
    begin = marks.index(1) if 1 in marks else len(marks)
    end = marks.index(2, begin) if 2 in marks[begin:] else len(marks)
    return "routes" in marks[begin:end] and end < len(marks)


def check_enhanced(cell, enhanced):
    if enhanced:
        cell.assertEqual(cell.session()["neighborCapabilities"].get("enhancedRouteRefresh"), "advertisedAndReceived")


# --- messages longer than 4,096 octets


def extended_to_router(cell):
    wire = cell.capture()
    cell.start()
    cell.assertEqual(cell.session()["neighborCapabilities"]["extendedMessage"], "advertisedAndReceived")
    cell.node.announce(VIP[4])
    until("the route with 1,100 communities", lambda: cell.router.has_communities(4, VIP[4], 1100))
    cell.assertGreater(longest(wire.sent_by(NODE[4])), 4096)


def longest(messages):
    return max(bgp_peer.HEADER + len(message.body) for message in messages)


def extended_to_node(cell):
    wire = cell.capture()
    cell.start()
    (path,) = until("the router's route at the node", lambda: cell.node.route("ipv4", ORIGIN))
    cell.assertEqual(len(path["community"]["list"]), 1100)
    cell.assertGreater(longest(wire.sent_by(ROUTER[4])), 4096)
    cell.assertEqual(cell.session()["connectionsEstablished"], 1)


def too_big(cell):
    """One route does not fit into 4,096 octets: it is held back and said so, all else goes on."""
    wire = cell.capture()
    cell.start()
    cell.assertNotEqual(cell.session()["neighborCapabilities"].get("extendedMessage"), "advertisedAndReceived")
    cell.node.announce(VIP[4], OTHER_VIP)
    cell.until_known(OTHER_VIP)
    cell.assertIsNone(cell.router.route(4, VIP[4]))
    cell.assertEqual(cell.session()["addressFamilyInfo"]["ipv4Unicast"]["oversizedPrefixCounter"], 1)
    cell.node.process.until_logged(f"[TOO-BIG] neighbor {ROUTER[4]}: 1 routes of IPv4 Unicast")
    cell.assertIn(f"such as {VIP[4]}", cell.node.process.output())
    cell.assertLessEqual(longest(wire.sent_by(NODE[4])), 4096)
    cell.assertEqual(cell.session()["connectionsEstablished"], 1)


# --- ADD-PATH


def two_paths_to_node(cell):
    """Two paths of one prefix: those of two further neighbours of the router, or two of its own."""
    passes_on = "passes routes on" not in cell.router.UNABLE
    if not passes_on:
        two = (Origin(ORIGIN, ("64513:1",)), Origin(ORIGIN, ("64513:2",)))
        cell.router.reload(dataclasses.replace(cell.peering, originates=two))
    cell.start()
    for address in THIRDS if passes_on else ():
        cell.third(address, to=ROUTER[4]).announce(ORIGIN)
    until("two paths at the node", lambda: len(cell.node.route("ipv4", ORIGIN)) == 2)
    identifiers = {path.get("addpathRxId") for path in cell.node.route("ipv4", ORIGIN)}
    cell.assertEqual(len(identifiers), 2)


def two_paths_to_router(cell):
    cell.start()
    for address in THIRDS:
        cell.third(address, to=NODE[4]).announce(ORIGIN)
    until("two paths at the router", lambda: len(cell.router.paths(4, ORIGIN)) == 2)
    cell.assertEqual({path.as_path for path in cell.router.paths(4, ORIGIN)},
                     {(cell.peering.node_as, number) for number in THIRDS.values()})


# --- restarts


def node_restarts(cell, how):
    """RFC 4724 §4: the router keeps the route, tells nobody that it has gone, and forwards all the time."""
    wire = cell.capture()
    cell.start()
    witness = witness_of(cell)
    visitor = visit(cell)
    end_node(cell, how)
    until("the router has lost the session", lambda: not cell.router.established(4))
    check_kept(cell, "gone with the session")
    cell.node.start()
    cell.until_established()
    until("the node's End-of-RIB", lambda: end_of_rib_sent(cell))
    check_kept(cell, "gone with the restart")
    first, *_, last = [one.body for one in wire.sent_by(NODE[4]) if one.type == bgp_peer.OPEN]
    cell.assertEqual([restart_flags(first), restart_flags(last)], [(False, {4, 6}), (True, {4, 6})])
    until("the restart is over for the witness as well", lambda: witness.holds(VIP[4]))
    cell.assertEqual(witness.withdrawals(VIP[4]), 0)
    if visitor:
        visitor.stop()
        cell.assertEqual(visitor.failures_in_a_row, [])


def restart_flags(body):
    """(R, families with F) of an OPEN (RFC 4724 §3)."""
    value = bgp_peer.capabilities(body)[64]
    families = [value[start:start + 4] for start in range(2, len(value), 4)]
    return bool(value[0] & 0x80), {{1: 4, 2: 6}[family[1]] for family in families if family[3] & 0x80}


def check_kept(cell, what):
    for family in cell.peering.families():
        cell.assertTrue(cell.router.route(family, VIP[family]), f"{VIP[family]} is {what}")


def witness_of(cell):
    """A third speaker that the router has told of the VIP."""
    witness = cell.third("172.29.51.21", to=ROUTER[4])
    for family in cell.peering.families():
        cell.node.announce(VIP[family])
        cell.until_known(VIP[family])
    until("the VIP at the router's other neighbour", lambda: witness.holds(VIP[4]))
    return witness


def visit(cell):
    """A client behind the router that connects to the VIP all the time; none where the router does not forward."""
    if "forwards" in cell.router.UNABLE:
        return None
    address = VIP[4].split("/")[0]
    cell.node_namespace.add_address("lo", VIP[4])
    listener = Listener(cell.node_namespace, address, 8080, "node")
    cell.addCleanup(listener.close)
    until("the VIP in the router's kernel", lambda: cell.router_namespace.routes(address))
    return Visitor(cell.router_namespace, address, 8080)


def end_node(cell, how):
    if how == "kill":
        cell.node.process.kill()
    else:
        cell.node.process.signal(signal.SIGUSR2)
        cell.assertEqual(cell.node.process.wait(), 0)


def end_of_rib_sent(cell):
    """For all families."""
    sent = cell.session()["gracefulRestartInfo"]["endOfRibSend"]
    return all(sent.get(f"{WORD[family]}Unicast") for family in cell.peering.families())


def node_returns_with_less(cell):
    """What is not announced again goes with End-of-RIB, and not before; the rest stays."""
    text = cell.node.configuration.read_text(encoding="ascii")
    cell.node.add_line(" address-family ipv4 unicast", f"  network {OTHER_VIP}")
    cell.start()
    witness = witness_of(cell)
    until("the other VIP at the router's other neighbour", lambda: witness.holds(OTHER_VIP))
    cell.node.process.kill()
    cell.node.configuration.write_text(text, encoding="ascii")
    until("the router has lost the session", lambda: not cell.router.established(4))
    cell.assertTrue(cell.router.route(4, OTHER_VIP), "a route has gone with the session")
    cell.node.start()
    cell.until_established()
    until("the other VIP is gone", lambda: not cell.router.route(4, OTHER_VIP))
    cell.assertTrue(end_of_rib_sent(cell))
    until("the other VIP is gone for the witness", lambda: not witness.holds(OTHER_VIP))
    cell.assertEqual(witness.withdrawals(VIP[4]), 0)
    cell.assertTrue(witness.holds(VIP[4]))


def node_stops(cell):
    """SIGTERM is no restart: the route goes at once, whatever was agreed on about restarts."""
    cell.start()
    witness = witness_of(cell)
    cell.node.process.signal(signal.SIGTERM)
    cell.assertEqual(cell.node.process.wait(), 0)
    until("the route is gone from the router", lambda: not cell.router.route(4, VIP[4]), 2)
    until("the route is gone for the witness", lambda: not witness.holds(VIP[4]), 2)


def router_stays_down(cell):
    """RFC 4724 §4.2: stale routes are kept for the router's restart time, and not longer."""
    cell.start()
    until("the router's route at the node", lambda: cell.node.route("ipv4", ORIGIN))
    cell.router.crash()
    began = time.monotonic()
    until("the route is stale", lambda: is_stale(cell, ORIGIN))
    until("the route is dropped", lambda: not cell.node.route("ipv4", ORIGIN), cell.peering.restart_time + 3)
    cell.assertGreater(time.monotonic() - began, cell.peering.restart_time - 0.5)


def router_restarts(cell):
    """RFC 4724 §4.2: we keep the router's routes as stale, and drop after its End-of-RIB what did not come again."""
    cell.start()
    for prefix in (ORIGIN, OTHER_ORIGIN):
        until(f"{prefix} at the node", lambda: cell.node.route("ipv4", prefix))
    until("the router's End-of-RIB", lambda: end_of_rib_received(cell))
    cell.router.crash()
    for prefix in (ORIGIN, OTHER_ORIGIN):
        until(f"{prefix} is stale at the node", lambda: is_stale(cell, prefix))
    cell.router.reload(dataclasses.replace(cell.peering, originates=(Origin(ORIGIN),)))
    cell.router.restart()

    def swept():
        cell.assertTrue(kept := cell.node.route("ipv4", ORIGIN), "the route is gone for a while")
        return kept and not is_stale(cell, ORIGIN) and not cell.node.route("ipv4", OTHER_ORIGIN)
    until("what is left is fresh, and the rest is swept", swept, 40)
    cell.assertTrue(end_of_rib_received(cell))


def end_of_rib_received(cell):
    return cell.session()["gracefulRestartInfo"]["endOfRibRecv"].get("ipv4Unicast")


def is_stale(cell, prefix):
    return any(path.get("stale") for path in cell.node.route("ipv4", prefix))


# --- long-lived graceful restart (RFC 9494)


def node_stays_away(cell):
    """§4.3: after the restart time the router keeps our route and marks it."""
    cell.start()
    cell.node.announce(VIP[4])
    cell.until_known(VIP[4])
    cell.node.process.kill()
    route = until("the route is marked as long-lived stale",
                  lambda: (one := cell.router.route(4, VIP[4])) and LLGR_STALE in names(one.communities) and one, 20)
    cell.assertEqual(route.next_hop, NODE[4])
    cell.node.start()
    cell.until_established()
    until("the route is fresh",
          lambda: (one := cell.router.route(4, VIP[4])) and LLGR_STALE not in names(one.communities))


def router_stays_away(cell):
    cell.start()
    until("the router's route at the node", lambda: cell.node.route("ipv4", ORIGIN))
    cell.router.crash()
    until("the route is marked as long-lived stale",
          lambda: LLGR_STALE in names(cell.node.route("ipv4", ORIGIN)[0]["community"]["list"]), 20)
    cell.router.restart()
    until("the route is fresh", lambda: (paths := cell.node.route("ipv4", ORIGIN)) and not any(
        LLGR_STALE in names(path.get("community", {}).get("list", [])) for path in paths), 30)
