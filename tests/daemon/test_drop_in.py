#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""FRR's own clients, as Debian ships them, in front of lbgpd: vtysh, frr-reload.py, prometheus-frr-exporter.

In namespaces of its own: /etc/frr is an empty folder here, so that nothing on the machine can be read or written."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Namespace, Process, cable, frr, main, until  # noqa: E402
from lab.loopback import NODE_AS, ROUTER, ROUTER_AS, LoopbackCase, free_port, node_file  # noqa: E402
from lab.network import clean_environment  # noqa: E402

VIP = "10.99.8.201/32"
RELOAD, EXPORTER = "/usr/lib/frr/frr-reload.py", "/usr/bin/prometheus-frr-exporter"


class DropIn(LoopbackCase):
    """A router and a node with a session between them. FRR's clients are pointed at the node."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.require("" if shutil.which("vtysh") and os.path.isdir("/etc/frr") else "FRR is not installed (package frr)")
        if not os.path.ismount("/etc/frr"):
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "drop-in", "/etc/frr"], check=True)

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.the_router = self.router(self.port).start()
        # As FRR's own tools keep the file, so that vtysh has nothing to add to it.
        heading = f"frr defaults traditional\nhostname {socket.gethostname()}\nservice integrated-vtysh-config\n!\n"
        self.the_node = self.lbgpd(heading + node_file(self.port), name="node").start()
        self.the_node.announce(VIP)
        until("the VIP at the router", lambda: VIP in self.the_router.routes("ipv4"))
        self.config_dir = self.directory / "etc"
        self.config_dir.mkdir()
        (self.config_dir / "vtysh.conf").write_text("service integrated-vtysh-config\n", encoding="ascii")

    def run_client(self, *argv, stdin="", check=True):
        # Their history goes to the home folder.
        done = subprocess.run([str(word) for word in argv], input=stdin, capture_output=True, text=True, timeout=60,
                              check=False, env=clean_environment() | {"HOME": str(self.directory)})
        if check:
            self.assertEqual(done.returncode, 0, f"{argv}: {done.stdout}{done.stderr}")
        return done

    def vtysh(self, *arguments, **more):
        return self.run_client("vtysh", "--vty_socket", self.the_node.run_dir, "--config_dir", self.config_dir,
                               *arguments, **more)

    def commands(self, *commands, **more):
        return self.vtysh(*(word for command in commands for word in ("-c", command)), **more)

    def said(self):
        return self.the_node.show("write terminal")

    def flaps(self):
        return self.the_node.neighbor(ROUTER)["connectionsDropped"]


class Vtysh(DropIn):
    def test_a_question_from_within_another_daemons_block(self):
        done = self.commands("configure terminal", "interface lo", "do show bgp ipv4 unicast summary json", "exit",
                             "end", "show bgp ipv4 unicast json")
        self.assertIn(f'"{ROUTER}"', done.stdout)
        self.assertIn(f'"{VIP}"', done.stdout)

    def test_questions(self):
        for command, word in (("show bgp summary", ROUTER), ("show ip bgp summary json", '"ipv4Unicast"'),
                              ("show bgp ipv4 unicast summary", ROUTER), ("show bgp ipv4 unicast", VIP),
                              ("show ip bgp", VIP), ("show bgp ipv4 unicast json", f'"{VIP}"'),
                              (f"show bgp ipv4 unicast {VIP}", "BGP routing table entry"),
                              (f"show bgp neighbors {ROUTER}", "BGP state = Established"),
                              (f"show bgp neighbors {ROUTER} json", '"bgpState":"Established"'),
                              (f"show bgp ipv4 unicast neighbors {ROUTER} advertised-routes", VIP),
                              ("show bgp nexthop", "nexthop cache"), ("show bgp vrfs", "default"),
                              ("show bgp vrf all summary", ROUTER), ("show ip prefix-list", ""),
                              ("show bfd peers", "BFD Peers:"), ("show bfd peers json", "["),
                              ("show running-config", f"router bgp {NODE_AS}"),
                              ("show bgp summary | include Total", "Total number of neighbors 1")):
            with self.subTest(command=command):
                done = self.commands(command)
                self.assertIn(word, done.stdout)
                self.assertNotIn("% Unknown command", done.stdout)

    def test_edits_of_all_kinds(self):
        self.commands("configure terminal", f"router bgp {NODE_AS}", "neighbor 127.90.7.7 remote-as 65007",
                      "neighbor 127.90.7.7 bfd", "address-family ipv6 unicast", "neighbor 127.90.7.7 activate",
                      "neighbor 127.90.7.7 route-map IN in", "exit-address-family", "exit", "route-map IN permit 10",
                      "match ipv6 address prefix-list L", "set local-preference 50", "exit",
                      "ipv6 prefix-list L seq 5 permit fd00::/8 le 128", "bgp community-list standard C permit 1:2",
                      "bfd", "peer 127.90.7.8", "no shutdown")
        text = self.said()
        for line in (" neighbor 127.90.7.7 remote-as 65007", " neighbor 127.90.7.7 bfd",
                     "  neighbor 127.90.7.7 route-map IN in", "route-map IN permit 10",
                     " match ipv6 address prefix-list L", "ipv6 prefix-list L seq 5 permit fd00::/8 le 128",
                     "bgp community-list standard C seq 5 permit 1:2", " peer 127.90.7.8", "  no shutdown"):
            self.assertIn(f"{line}\n", text)
        # All of it is what vtysh shows, and nothing twice.
        shown = self.commands("show running-config").stdout
        for line in text.splitlines():
            if line.strip() not in ("!", "exit", "exit-address-family") and not line.startswith("service"):
                self.assertEqual(shown.splitlines().count(line), text.splitlines().count(line), f"{line!r} in\n{shown}")
        self.assertIn('"peer":"127.90.7.8"', self.commands("show bfd peers json").stdout)
        self.commands("configure terminal", f"router bgp {NODE_AS}", "no neighbor 127.90.7.7")
        self.commands("configure terminal", "no route-map IN", "no ipv6 prefix-list L")
        self.assertNotIn("127.90.7.7", self.said())
        self.assertNotIn("route-map IN", self.said())
        self.assertEqual(self.flaps(), 0)

    def test_a_mistake_is_told_and_ends_the_call(self):
        done = self.commands("configure terminal", f"router bgp {NODE_AS}", "neighbor 127.90.7.7 timers 3 9",
                             "neighbor 127.90.7.8 remote-as 65008", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no neighbor 127.90.7.7", done.stdout)
        self.assertNotIn("127.90.7.8", self.said())

    def test_a_session_is_told_what_it_costs(self):
        done = self.commands("configure terminal", f"router bgp {NODE_AS}", f"neighbor {ROUTER} ttl-security hops 1")
        self.assertIn(f"this ends the session with {ROUTER} (ttl-security)", done.stdout)

    def test_lines_from_a_pipe(self):
        self.vtysh(stdin="configure terminal\n" + f"router bgp {NODE_AS}\n" + "".join(
            f"neighbor 127.90.7.{number} remote-as 65007\n" for number in range(1, 100)) + "end\nexit\n")
        self.assertEqual(self.said().count("remote-as 65007\n"), 99)

    def test_a_file(self):
        self.commands("configure terminal", f"router bgp {NODE_AS}", "neighbor 127.90.7.7 remote-as 65007",
                      f"neighbor {ROUTER} description router", "exit", "route-map OUT permit 10",
                      "set community 65010:77", "exit", "route-map OUT deny 20", "exit", "bfd", "profile fast",
                      "receive-interval 100")
        wanted = self.said()
        file = self.directory / "wanted.conf"
        file.write_text(wanted, encoding="ascii")
        empty = self.lbgpd(f"hostname {socket.gethostname()}\n", name="empty").start()
        self.run_client("vtysh", "--vty_socket", empty.run_dir, "--config_dir", self.config_dir, "-f", file)
        # `service` is vtysh's own business, which it does not pass on; `frr defaults` it does.
        ours = "service integrated-vtysh-config\n"
        # IPv4 is exchanged anyway: typed, it leaves nothing to be shown.
        usual = f" !\n address-family ipv4 unicast\n  neighbor {ROUTER} activate\n exit-address-family\n"
        self.assertIn(usual, wanted)
        self.assertEqual(empty.show("write terminal"), wanted.replace(ours, "").replace(usual, ""))
        file.write_text(f"router bgp {NODE_AS}\n neighbor 127.90.9.9 timers 3 9\nexit\n", encoding="ascii")
        done = self.vtysh("-f", file, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no neighbor 127.90.9.9", done.stdout + done.stderr)

    def test_what_vtysh_writes_lbgpd_reads(self):
        self.commands("configure terminal", f"router bgp {NODE_AS}", f"neighbor {ROUTER} password secret")
        self.commands("write")
        written = self.config_dir / "frr.conf"
        self.assertIn("password secret\n", written.read_text(encoding="ascii"))
        plan = self.run_client(self.program, "--check", "-f", written, "--run-dir", self.the_node.run_dir)
        self.assertEqual(plan.stdout, "nothing changes\n", plan.stderr)


class FrrReload(DropIn):
    def setUp(self):
        super().setUp()
        self.require("" if os.path.exists(RELOAD) else "frr-reload.py is not installed (package frr-pythontools)")
        self.file = self.config_dir / "frr.conf"
        self.file.write_text(self.said(), encoding="ascii")

    def reload(self, what, **more):
        return self.run_client(sys.executable, RELOAD, what, self.file, "--vty_socket", self.the_node.run_dir,
                               "--confdir", self.config_dir, "--rundir", self.directory, "--stdout", **more)

    def change(self, old, new):
        text = self.file.read_text(encoding="ascii")
        self.assertIn(old, text)
        self.file.write_text(text.replace(old, new, 1), encoding="ascii")

    def test_our_own_configuration_is_no_change(self):
        self.assertEqual(self.reload("--test").stdout, "")
        self.reload("--reload")
        self.assertEqual(self.flaps(), 0)

    def test_only_what_differs_is_done(self):
        self.change(f" neighbor {ROUTER} timers connect 1\n",
                    f" neighbor {ROUTER} timers connect 2\n neighbor 127.90.7.7 remote-as 65007\n")
        self.change("exit\n", "exit\n!\nip prefix-list L seq 5 permit 10.0.0.0/8 le 32\n!\n"
                    "route-map OUT permit 10\n match ip address prefix-list L\n set community 65010:77\nexit\n")
        self.change(f"  neighbor {ROUTER} activate\n",
                    f"  neighbor {ROUTER} activate\n  neighbor {ROUTER} route-map OUT out\n")
        test = self.reload("--test").stdout
        self.assertIn("neighbor 127.90.7.7 remote-as 65007", test)
        self.assertNotIn("127.90.7.7", self.said())
        self.reload("--reload")
        until("the community at the router", lambda: "65010:77" in str(self.the_router.route("ipv4", VIP)))
        self.assertEqual(self.flaps(), 0)
        self.assertEqual(self.reload("--test").stdout, "")
        # And back.
        self.file.write_text(self.the_node.configuration.read_text(encoding="ascii"), encoding="ascii")
        self.reload("--reload")
        self.assertNotIn("127.90.7.7", self.said())
        self.assertNotIn("route-map", self.said())
        self.assertEqual(self.flaps(), 0)

    def test_what_it_switches_stays_switched(self):
        """Off where off is usual, on where on is, and back; neighbors by interface are let alone."""
        plain = self.file.read_text(encoding="ascii")
        here = f" neighbor {ROUTER} timers connect 1\n"
        switched = plain.replace(here, here + (
            " neighbor eth9 interface remote-as external\n neighbor RACK peer-group\n"
            " neighbor RACK remote-as 65007\n neighbor eth8 interface v6only peer-group RACK\n"
            " bgp always-compare-med\n bgp bestpath as-path multipath-relax\n bgp bestpath med missing-as-worst\n"
            " no bgp default ipv4-unicast\n no bgp fast-external-failover\n"
            " bgp suppress-duplicates\n bgp deterministic-med\n no bgp ebgp-requires-policy\n"))
        family = "  network 10.77.0.0/24\n exit-address-family\n !\n address-family ipv6 unicast\n"
        switched = switched.replace(" exit-address-family\n", family + f"  neighbor {ROUTER} activate\n"
                                    " exit-address-family\n", 1)
        for text in (switched, plain, switched):
            self.file.write_text(text, encoding="ascii")
            for _ in range(2):
                self.reload("--reload")
            self.assertEqual(self.reload("--test").stdout, "")
            for line in set(switched.splitlines()) - set(plain.splitlines()):
                (self.assertIn if text is switched else self.assertNotIn)(line + "\n", self.said())
        self.assertEqual(self.flaps(), 0)


class Exporter(DropIn):
    """The same metrics from lbgpd as from FRR's bgpd and bfdd."""

    def setUp(self):
        super().setUp()
        self.require(frr.missing())
        self.require("" if os.path.exists(EXPORTER) else "the exporter is not installed (prometheus-frr-exporter)")

    def metrics(self, run_dir, name):
        """{metric: {labels: value}} of one scrape."""
        port = free_port()
        exporter = Process(name, [EXPORTER, f"--frr.socket.dir-path={run_dir}", "--collector.bgp6",
                                  "--collector.bgp.peer-descriptions", "--collector.bgp.peer-descriptions.plain-text",
                                  f"--frr.vtysh.options=--vty_socket {run_dir}", "--no-collector.ospf",
                                  f"--web.listen-address=127.0.0.1:{port}"],
                           self.directory / f"{name}.log", environment={"HOME": str(self.directory)}).start()
        self.addCleanup(exporter.stop)
        text = ""

        def scraped():
            nonlocal text
            exporter.must_live()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
                    text = answer.read().decode()
            except OSError:
                return False
            return True
        until(f"{name} answers", scraped)
        found = {}
        for metric, labels, value in re.findall(r"^(frr_\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE):
            found.setdefault(metric, {})[labels] = float(value)
        return found

    def frr_and_its_router(self):
        """FRR in the node's place, on a cable with a router: it takes no loopback address for a neighbor's."""
        hub, place = Namespace("hub"), Namespace("frr")
        cable(hub, "frr0", place, "hub0")
        hub.add_address("frr0", "10.90.254.1/24")
        place.add_address("hub0", "10.90.254.2/24")
        self.lbgpd(f"router bgp {ROUTER_AS}\n neighbor 10.90.254.2 remote-as {NODE_AS}\n", "-p", "179", name="hub",
                   namespace=hub).start()
        bgpd = (f"router bgp {NODE_AS}\n no bgp ebgp-requires-policy\n no bgp network import-check\n"
                f" neighbor 10.90.254.1 remote-as {ROUTER_AS}\n neighbor 10.90.254.1 description the router\n"
                " neighbor 10.90.254.1 timers connect 1\n address-family ipv4 unicast\n"
                f"  network {VIP}\n exit-address-family\n address-family ipv6 unicast\n"
                "  neighbor 10.90.254.1 activate\n exit-address-family\n")
        theirs = frr.Frr(self.directory, place, bgpd, bfd="bfd\n peer 10.90.254.1\n exit\nexit\n")
        for process in (theirs.bgpd, theirs.zebra, theirs.bfdd):
            self.addCleanup(process.stop)
        theirs.start()
        until("FRR's session", lambda: theirs.established("10.90.254.1"))
        return theirs

    def test_the_metrics_of_frr(self):
        theirs = self.frr_and_its_router()
        self.commands("configure terminal", f"router bgp {NODE_AS}", f"neighbor {ROUTER} description the router")
        self.commands("configure terminal", "bfd", f"peer {ROUTER}")
        reference = self.metrics(theirs.directory, "exporter-frr")
        ours = self.metrics(self.the_node.run_dir, "exporter-lbgpd")
        wanted = {name for name in reference if name.startswith(("frr_bgp", "frr_bfd"))}
        self.assertGreater(len(wanted), 12, reference)
        self.assertEqual({name for name in ours if name.startswith(("frr_bgp", "frr_bfd"))}, wanted)
        # The same labels with the same names, and the same number of them.
        for name in wanted:
            with self.subTest(metric=name):
                keys = {re.sub(r'="[^"]*"', "", labels) for labels in reference[name]}
                self.assertEqual({re.sub(r'="[^"]*"', "", labels) for labels in ours[name]}, keys)
        for collector in ("bgp", "bgp6", "bfd"):
            self.assertEqual(ours["frr_collector_up"][f'collector="{collector}"'], 1)
        self.assertEqual(list(ours["frr_bgp_peer_state"].values()), [1.0] * len(ours["frr_bgp_peer_state"]))
        self.assertIn(1.0, ours["frr_bgp_peer_prefixes_advertised_count_total"].values())


if __name__ == "__main__":
    main()
