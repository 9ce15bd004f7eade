# SPDX-License-Identifier: Apache-2.0
"""The announcing side of a lab: lbgpd, or BIRD standing in for it (`--node bird`)."""

from . import bird
from .case import Options
from .lbgpd import Lbgpd

FAMILY_WORD = {4: "ipv4", 6: "ipv6"}


def missing():
    """Why the announcing side cannot run; empty: it can."""
    return bird.missing() if Options.node == "bird" else ""


def configuration(router_id, local_as, neighbors, extra="", family_extra="", after=""):
    """A node's file. `neighbors`: (address, AS, families). `extra`: further lines inside `router bgp`; `family_extra`:
    further lines inside each address-family, where `{neighbor}` makes a line one per member; `after`: what follows."""
    lines = [f"router bgp {local_as}", f" bgp router-id {router_id}"]
    lines += [f" neighbor {address} remote-as {remote_as}" for address, remote_as, _ in neighbors]
    lines += [f" {line}" for line in extra.splitlines()]
    for family, word in FAMILY_WORD.items():
        members = [address for address, _, families in neighbors if family in families]
        # Whoever is not named in the IPv4 block would be active there by FRR's default.
        others = [address for address, _, families in neighbors if family not in families] if family == 4 else []
        if members or others:
            lines += [" !", f" address-family {word} unicast"]
            lines += [f"  neighbor {address} activate" for address in members]
            lines += [f"  no neighbor {address} activate" for address in others]
            for line in family_extra.splitlines() if members else ():
                lines += [f"  {line.format(neighbor=address)}" for address in (members if "{" in line else [""])]
            lines += [" exit-address-family"]
    return "\n".join(lines) + f"\n!\n{after}"


def make(namespace, *, name, router_id, local_as, neighbors, extra="", family_extra="", after="", arguments=(),
         next_hop6=None):
    """A node, not started. Both kinds have start, announce(*prefixes, communities=…), withdraw and `process`.

    `next_hop6` is a crutch for the stand-in; lbgpd finds its IPv6 next hop by itself.
    """
    if Options.node == "bird":
        return bird.BirdNode(Options.directory, namespace, name=name, router_id=router_id, local_as=local_as,
                             neighbors=neighbors, next_hop6=next_hop6)
    text = configuration(router_id, local_as, neighbors, extra, family_extra, after)
    return Lbgpd(Options.build, Options.directory, text, namespace=namespace, name=name, arguments=arguments)
