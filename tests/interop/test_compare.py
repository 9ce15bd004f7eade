#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""FRR's bgpd and lbgpd with one file and the same neighbours: whatever `show` is asked, both say the same, key by key and
value by value, table by table, but for what README.md lists under "Where our answers differ from FRR's".

    FRR 10.9.0.1 ──┐          ┌── FRR   10.9.0.11, AS 65001
                   ├─ bridge ─┼── BIRD  10.9.0.12, AS 64512 (ours)
    lbgpd 10.9.0.2 ┘          └── nobody 10.9.0.13, AS 65003
"""

import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Case, Namespace, Options, cable, main, until  # noqa: E402
from lab import bird, frr, process  # noqa: E402
from lab import vty  # noqa: E402
from lab.lbgpd import Lbgpd  # noqa: E402
from lab.network import clean_environment  # noqa: E402

AS = 64512
ROUTER, NODE, OTHER, INNER, NOBODY = "10.9.0.1", "10.9.0.2", "10.9.0.11", "10.9.0.12", "10.9.0.13"

FILE = """
frr defaults traditional
hostname twin
router bgp 64512
 bgp router-id {own}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor OUTSIDE peer-group
 neighbor OUTSIDE remote-as 65001
 neighbor 10.9.0.11 peer-group OUTSIDE
 neighbor 10.9.0.11 description the other side
 neighbor 10.9.0.11 timers 10 30
 neighbor 10.9.0.11 advertisement-interval 0
 neighbor 10.9.0.12 remote-as 64512
 neighbor 10.9.0.12 timers 10 30
 neighbor 10.9.0.12 advertisement-interval 0
 neighbor 10.9.0.13 remote-as 65003
 neighbor 10.9.0.13 timers 10 30
 address-family ipv4 unicast
  network 30.1.0.0/16
  network 30.2.0.0/24
  neighbor 10.9.0.11 soft-reconfiguration inbound
  neighbor 10.9.0.11 prefix-list IN in
  neighbor 10.9.0.11 route-map OUT out
  neighbor 10.9.0.12 soft-reconfiguration inbound
  neighbor 10.9.0.12 next-hop-self
 exit-address-family
exit
!
ip prefix-list IN description what the other side may say
ip prefix-list IN seq 5 deny 20.9.0.0/16
ip prefix-list IN seq 10 permit 0.0.0.0/0 le 24
ip prefix-list SOME seq 5 permit 20.0.0.0/8 ge 9 le 24
!
bgp community-list standard TAGGED seq 5 permit 65001:7
bgp community-list standard TAGGED seq 10 deny no-export
bgp large-community-list standard LARGE seq 5 permit 65001:1:2
!
ip prefix-list THEIRS seq 5 permit 20.2.0.0/24
ip prefix-list THEIRS seq 10 permit 20.3.0.0/24
ip prefix-list THEIRS seq 15 permit 40.0.0.0/8
!
route-map OUT deny 5
 description FRR would send routes back to whom they came from
 match ip address prefix-list THEIRS
exit
route-map OUT permit 10
 match ip address prefix-list SOME
 set community 64512:9 additive
 set metric 50
exit
route-map OUT permit 20
 description everything else
exit
"""

OTHER_FILE = """
router bgp 65001
 bgp router-id 10.9.0.11
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.9.0.1 remote-as 64512
 neighbor 10.9.0.2 remote-as 64512
 neighbor 10.9.0.1 advertisement-interval 0
 neighbor 10.9.0.2 advertisement-interval 0
 address-family ipv4 unicast
  network 20.1.0.0/16
  network 20.2.0.0/24 route-map TAG
  network 20.3.0.0/24 route-map LOCAL
  network 20.9.0.0/16
  network 40.0.0.0/8
  neighbor 10.9.0.1 prefix-list MINE out
  neighbor 10.9.0.2 prefix-list MINE out
 exit-address-family
exit
ip prefix-list MINE seq 5 deny 20.4.0.0/24
ip prefix-list MINE seq 10 deny 30.0.0.0/8 le 32
ip prefix-list MINE seq 15 permit any
route-map TAG permit 10
 set community 65001:7 65001:8
 set large-community 65001:1:2
 set metric 20
exit
route-map LOCAL permit 10
 set as-path prepend 65009 65010
 set origin incomplete
exit
"""

INNER_FILE = """
router id 10.9.0.12;
protocol device {}
protocol static own {
  ipv4;
  route 20.1.0.0/16 via 10.9.0.12;
  route 20.4.0.0/24 via 10.9.0.12;
}
template bgp twins {
  local 10.9.0.12 as 64512;
  ipv4 { import all; export where source = RTS_STATIC; next hop self; };
}
protocol bgp twin1 from twins { neighbor 10.9.0.1 as 64512; }
protocol bgp twin2 from twins { neighbor 10.9.0.2 as 64512; }
"""

# Prefixes that the neighbours have been sent when all is quiet.
TOLD = [["20.1.0.0/16", "20.4.0.0/24", "30.1.0.0/16", "30.2.0.0/24"],
        ["20.2.0.0/24", "20.3.0.0/24", "30.1.0.0/16", "30.2.0.0/24", "40.0.0.0/8"]]

# All that both are asked. FRR 8.4's commands; those with [json] are asked both ways.
TABLE = "show bgp ipv4 unicast"
QUESTIONS = (
    "show bgp summary", f"{TABLE} summary", "show ip bgp summary", "show bgp vrf all summary",
    f"{TABLE} summary established", f"{TABLE} summary failed", f"{TABLE} summary terse", f"{TABLE} summary wide",
    f"{TABLE} summary neighbor {OTHER}", f"{TABLE} summary remote-as internal", f"{TABLE} summary remote-as external",
    f"{TABLE} summary remote-as 65001",
    TABLE, "show ip bgp", "show bgp ipv6 unicast",
    f"{TABLE} 20.1.0.0/16", f"{TABLE} 20.2.0.0/24", f"{TABLE} 30.1.0.0/16", f"{TABLE} 20.3.0.77", f"{TABLE} 1.2.3.4",
    f"{TABLE} 20.1.0.0/16 bestpath", f"{TABLE} 20.1.0.0/16 multipath",
    f"{TABLE} cidr-only", f"{TABLE} community", f"{TABLE} community 65001:7", f"{TABLE} community 65001:7 exact-match",
    f"{TABLE} community-list TAGGED", f"{TABLE} community-list TAGGED exact-match", f"{TABLE} community-list NONE",
    f"{TABLE} large-community", f"{TABLE} large-community 65001:1:2", f"{TABLE} large-community-list LARGE",
    f"{TABLE} prefix-list SOME", f"{TABLE} prefix-list NONE", f"{TABLE} route-map OUT", f"{TABLE} route-map NONE",
    f"{TABLE} filter-list NONE", f"{TABLE} regexp ^65001$", f"{TABLE} regexp _65010_",
    f"{TABLE} 20.0.0.0/8 longer-prefixes",
    "show bgp neighbors", f"show bgp neighbors {OTHER}", f"show bgp neighbors {INNER}", "show bgp neighbors 9.9.9.9",
    *(f"{TABLE} neighbors {peer} {what}" for peer in (OTHER, INNER)
      for what in ("routes", "advertised-routes", "received-routes", "filtered-routes", "bestpath-routes",
                   "prefix-counts", "received prefix-filter", "dampened-routes", "flap-statistics")),
    f"{TABLE} neighbors {NOBODY} advertised-routes", f"{TABLE} neighbors {NOBODY} received-routes",
    f"{TABLE} statistics", "show bgp peer-group", "show bgp peer-group OUTSIDE", "show bgp vrfs",
    "show ip prefix-list", "show ip prefix-list IN", "show ip prefix-list NONE", "show ip prefix-list summary IN",
    "show ip prefix-list detail IN", "show route-map", "show route-map OUT", "show route-map NONE",
)
ONLY_TEXT = (
    "show bgp community-list", "show bgp community-list TAGGED detail", "show bgp community-list NONE detail",
    "show bgp large-community-list", "show bgp large-community-list LARGE detail",
    "show ip prefix-list IN seq 5", "show ip prefix-list IN 20.9.1.0/24 first-match",
    "show ip prefix-list IN 0.0.0.0/0 longer", "show bgp as-path-access-list", f"{TABLE} version 1",
    "show bgp import-check-table", "clear bgp 1.2.3.4", "clear bgp peer-group NONE", "clear bgp 65099",
    "clear bgp ipv4 unicast foo", "show bgp nothing", "show bgp", "clear bgp",
    f"clear bgp {OTHER} message-stats", "clear bgp prefix 20.1.0.0/16", "clear bgp prefix 1.0.0.0/8",
)

HEADING = "## Where our answers differ from FRR's"


def documented():
    """The rows of README.md's table by kind: json (keys), text (regular expressions), time (either, of what changes)."""
    text = (pathlib.Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    part = text.split(HEADING, 1)[1].split("\n## ", 1)[0]
    found = {"json": set(), "text": set(), "time": set()}
    for kind, what in re.findall(r"^\| (json|text|time) \| (.*?) \| .+ \|$", part, re.MULTILINE):
        found[kind] |= {one.replace("\\|", "|") for one in re.findall(r"`(.*?)`", what)}
    return found


def applying(rows_of, question):
    """{row: key or expression} of those that are about this question: `QUESTION :: WHAT`, or about all."""
    split = {row: row.rpartition(" :: ") for row in rows_of}
    return {row: what for row, (about, _, what) in split.items() if re.search(about, question)}


def own(value, address):
    """A speaker's answer with its own address told apart from everybody's, and paths in order of who sent them."""
    if isinstance(value, dict):
        return {key: own(each, address) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((own(each, address) for each in value), key=sender)
    return re.sub(rf"\b{re.escape(address)}\b", "OWN", value) if isinstance(value, str) else value


def sender(path):
    """Whom a path came from; of anything else nothing, so that its order stays."""
    if not isinstance(path, dict):
        return ""
    return path.get("peerId") or path.get("peer", {}).get("peerId", "") if "nexthops" in path else ""


def rows(text):
    """The lines with a route's prefix written out for each of its paths, and those paths in order of next hop."""
    if text.startswith("BGP routing table entry"):
        return sorted(text.splitlines())
    out, prefix, paths = [], "", []
    for line in text.splitlines():
        more = re.match(r"^([ *>=iSs]{3}) {17}(\S.*)$", line)
        if more and prefix:
            paths.append(f"{more[1]} {prefix} {more[2]}")
            continue
        out += sorted(paths, key=lambda row: row.split()[-3:])
        first = re.match(r"^([ *>=iSsdhrR]{3})(\d\S*/\d+) +(\S.*)$", line)
        prefix, paths = (first[2], [f"{first[1]} {first[2]} {first[3]}"]) if first else ("", [])
        if not first:
            out.append(line)
    return out + sorted(paths)


def differences(theirs, ours, path=()):
    """(path of keys, FRR's value, ours), for all that is not the same."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in [*theirs, *(key for key in ours if key not in theirs)]:
            if key not in theirs or key not in ours:
                yield (*path, key), theirs.get(key, "(nothing)"), ours.get(key, "(nothing)")
            else:
                yield from differences(theirs[key], ours[key], (*path, key))
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for place, (left, right) in enumerate(zip(theirs, ours)):
            yield from differences(left, right, (*path, place))
    elif theirs != ours:
        yield path, theirs, ours


class Twins(Case):
    """Both ask and are asked; nothing changes while they are compared."""

    @classmethod
    def setUpClass(cls):
        cls.require(frr.missing() or bird.missing())
        cloud = Namespace("cloud")
        cloud.add_bridge("br0")
        places = {}
        for address, name in ((ROUTER, "router"), (NODE, "node"), (OTHER, "other"), (INNER, "inner")):
            places[name] = Namespace(name)
            cable(places[name], "eth0", cloud, f"to-{name}")
            cloud.ip("link", "set", f"to-{name}", "master", "br0")
            places[name].add_address("eth0", f"{address}/24")
        folder = Options.directory
        cls.router = frr.Frr(folder, places["router"], FILE.format(own=ROUTER), name="router").start()
        cls.node = Lbgpd(Options.build, folder, FILE.format(own=NODE), namespace=places["node"], name="node").start()
        cls.other = frr.Frr(folder, places["other"], OTHER_FILE, name="other").start()
        cls.inner = bird.Bird(folder, places["inner"], INNER_FILE, name="inner").start()
        cls.settle()

    @classmethod
    def settle(cls):
        for one in (cls.router, cls.node):
            for peer, count in ((OTHER, 4), (INNER, 2)):
                until(f"{type(one).__name__} has the routes of {peer}", lambda one=one, peer=peer, count=count: len(
                    one.json(f"{TABLE} neighbors {peer} routes").get("routes", {})) == count, 60)
            until(f"{type(one).__name__} has told all", lambda one=one: cls.told(one) == TOLD, 60)

    @staticmethod
    def told(one):
        return [sorted(one.json(f"{TABLE} neighbors {peer} advertised-routes").get("advertisedRoutes", {}))
                for peer in (OTHER, INNER)]

    def ask(self, question):
        """[(text, status)] of FRR and of lbgpd."""
        answers = []
        for path in (self.router.directory / "bgpd.vty", self.node.vty_socket):
            with vty.Vty(path) as shell:
                answers.append(shell.command(question))
        return answers

    def test_every_answer_as_json(self):
        rows_of = documented()
        known, met, unknown = rows_of["json"] | rows_of["time"], set(), []
        for question in QUESTIONS:
            (theirs, status), (ours, our_status) = self.ask(question + " json")
            if status == vty.NO_MATCH:  # later than 8.4
                self.assertEqual(our_status, vty.SUCCESS, question)
                continue
            left, right = (own(self.parse(text), address) for text, address in ((theirs, ROUTER), (ours, NODE)))
            if our_status != status:
                unknown.append(f"{question}: status {status} / {our_status}: {ours[:200]}")
            keys = applying(known, question)
            for path, a, b in differences(left, right):
                rows_met = {row for row, key in keys.items() if key in path}
                met |= rows_met
                if not rows_met:
                    unknown.append(f"{question}: {'.'.join(map(str, path))}: {a!r} / {b!r}")
        self.assertEqual(unknown, [], "\n" + "\n".join(unknown))
        self.assertEqual(rows_of["json"] - met, set(), "documented, and not met any more")

    @staticmethod
    def parse(text):
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError:
            return {"not JSON": text.strip()}

    def test_every_answer_as_text(self):
        rows_of = documented()
        known, met, unknown = rows_of["text"] | rows_of["time"], set(), []
        for question in (*QUESTIONS, *ONLY_TEXT):
            (theirs, status), (ours, our_status) = self.ask(question)
            if status != our_status:
                unknown.append(f"{question}: status {status} / {our_status}\n    {theirs[:200]}\n    {ours[:200]}")
                continue
            left, right = (self.lines(own(text, address), applying(known, question), met)
                           for text, address in ((theirs, ROUTER), (ours, NODE)))
            if left != right:
                unknown.append(f"{question}:\n" + "\n".join(
                    [f"  - {line}" for line in left if line not in right]
                    + [f"  + {line}" for line in right if line not in left]
                    + (["  (order)"] if sorted(left) == sorted(right) else [])))
        self.assertEqual(unknown, [], "\n" + "\n".join(unknown))
        self.assertEqual(rows_of["text"] - met, set(), "documented, and not met any more")

    def vtysh(self, command):
        """What FRR's own shell makes of lbgpd's answer."""
        argv = ["vtysh", "--vty_socket", str(self.node.run_dir), "-c", command]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20,
                              env=clean_environment() | {"HOME": str(self.node.directory)})
        return done.stdout

    def test_everything_through_frrs_shell(self):
        """vtysh has a table of commands of its own, and passes a line on only if that has it."""
        for question in QUESTIONS:
            with self.subTest(question):
                with vty.Vty(self.node.vty_socket) as shell:
                    direct = shell.command(question)[0]
                moments = r"\d\d:\d\d:\d\d|^.*(10\.9\.0|Total|Keepalives|timer due|round trip).*$"
                left, right = (re.sub(moments, "", text, flags=re.MULTILINE).split()
                               for text in (direct, self.vtysh(question)))
                self.assertEqual(right, left)

    @staticmethod
    def lines(text, known, met):
        """What is compared: lines without what is documented to differ; how many blanks there are does not count."""
        out = []
        for line in rows(text):
            for row, pattern in sorted(known.items()):
                if re.search(pattern, line):
                    met.add(row)
                    line = re.sub(pattern, "", line)
            if line.strip():
                out.append(" ".join(line.split()))
        return out


if __name__ == "__main__":
    main()
