#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The vty socket, asked by lbgpsh, by FRR's own vtysh, and byte by byte."""

import json
import pathlib
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import main, until, vty  # noqa: E402
from lab.loopback import NODE1, NODE2, NODE_AS, ROUTER, ROUTER_AS, LoopbackCase, free_port  # noqa: E402
from lab.network import clean_environment  # noqa: E402

VIP = "10.99.8.201/32"


class Shell(LoopbackCase):
    """A router and a node with one route between them; every question goes to the router unless it says otherwise."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.the_router = self.router(self.port).start()
        self.the_node = self.node(self.port).start()
        self.the_node.announce(VIP, communities=["65010:100"])
        until("the VIP at the router", lambda: VIP in self.the_router.routes("ipv4"))

    def ask(self, command):
        return self.the_router.lbgpsh(command).stdout

    def test_summary_has_frrs_columns(self):
        text = self.ask("show bgp summary")
        self.assertIn("IPv4 Unicast Summary", text)
        self.assertIn(f"local AS number {ROUTER_AS}", text)
        header = next(line for line in text.splitlines() if line.startswith("Neighbor"))
        self.assertEqual(header.split(), ["Neighbor", "V", "AS", "MsgRcvd", "MsgSent", "TblVer", "InQ", "OutQ",
                                          "Up/Down", "State/PfxRcd", "PfxSnt", "Desc"])
        rows = {line.split()[0]: line.split() for line in text.splitlines() if line.startswith("127.")}
        self.assertEqual(rows[NODE1][:3], [NODE1, "4", str(NODE_AS)])
        self.assertRegex(rows[NODE1][8], r"^\d\d:\d\d:\d\d$")
        self.assertEqual(rows[NODE1][9], "1")
        self.assertIn(rows[NODE2][9], ("Idle", "Connect", "Active"))

    def test_summary_json_has_frrs_keys(self):
        summary = json.loads(self.ask("show bgp summary json"))["ipv4Unicast"]
        self.assertEqual((summary["as"], summary["totalPeers"]), (ROUTER_AS, 3))
        peer = summary["peers"][NODE1]
        self.assertEqual((peer["remoteAs"], peer["localAs"], peer["version"], peer["state"], peer["pfxRcd"]),
                         (NODE_AS, ROUTER_AS, 4, "Established", 1))
        self.assertGreater(peer["msgRcvd"], 0)
        self.assertEqual(json.loads(self.ask("show ip bgp summary json"))["ipv4Unicast"]["as"], ROUTER_AS)
        self.assertEqual(json.loads(self.ask("show bgp ipv4 unicast summary json"))["as"], ROUTER_AS)

    def test_routes(self):
        self.assertIn(f"*> {VIP}", self.ask("show bgp ipv4 unicast"))
        table = json.loads(self.ask("show bgp ipv4 unicast json"))
        self.assertEqual(table["localAS"], ROUTER_AS)
        (path,) = table["routes"][VIP]
        self.assertTrue(path["valid"] and path["bestpath"])
        self.assertEqual((path["path"], path["origin"], path["pathFrom"], path["peerId"]),
                         (str(NODE_AS), "IGP", "external", NODE1))
        self.assertEqual(path["nexthops"][0]["ip"], NODE1)

    def test_one_route_in_detail(self):
        (path,) = json.loads(self.ask(f"show bgp ipv4 unicast {VIP} json"))["paths"]
        self.assertEqual(path["community"]["string"], "65010:100")
        text = self.ask(f"show bgp ipv4 unicast {VIP}")
        self.assertIn(f"BGP routing table entry for {VIP}", text)
        self.assertIn("Community: 65010:100", text)

    def test_the_nodes_own_ipv6_route_is_shown_where_nobody_takes_it(self):
        self.the_node.announce("fd47:25e1:2f96:52:100::64/128")
        self.assertIn("fd47:25e1:2f96:52:100::64/128", self.the_node.lbgpsh("show bgp ipv6 unicast").stdout)
        self.assertEqual(json.loads(self.ask("show bgp ipv6 unicast json")).get("routes", {}), {})

    def test_neighbors(self):
        neighbors = json.loads(self.ask("show bgp neighbors json"))
        self.assertEqual(neighbors[NODE1]["bgpState"], "Established")
        self.assertEqual(neighbors[NODE1]["peerGroup"], "k8s")
        self.assertEqual(neighbors[NODE1]["bgpTimerHoldTimeMsecs"], 9000)
        text = self.ask(f"show bgp neighbors {NODE1}")
        self.assertIn(f"BGP neighbor is {NODE1}, remote AS {NODE_AS}, local AS {ROUTER_AS}, external link", text)
        self.assertIn("BGP state = Established", text)
        self.assertIn("Hold time is 9 seconds, keepalive interval is 3 seconds", text)

    def test_routes_of_a_neighbor(self):
        self.the_node.announce("10.100.0.1/32")
        show = f"show bgp ipv4 unicast neighbors {NODE1}"
        until("the filtered VIP among the received", lambda: "10.100.0.1/32" in json.loads(
            self.ask(f"{show} received-routes json"))["receivedRoutes"])
        self.assertEqual(list(json.loads(self.ask(f"{show} routes json"))["routes"]), [VIP])
        advertised = self.the_node.json(f"show bgp ipv4 unicast neighbors {ROUTER} advertised-routes")
        self.assertEqual(sorted(advertised["advertisedRoutes"]), ["10.100.0.1/32", VIP])

    def why(self, daemon, prefix):
        return json.loads(daemon.lbgpsh(f"show bgp {prefix} why json").stdout)

    def test_why_a_route_is_with_a_neighbor(self):
        def acknowledged():
            told = self.why(self.the_node, VIP)["neighbors"][ROUTER]["exported"][0]
            return told if told.get("acknowledged") else None
        told = until("the router's TCP has it", acknowledged)
        self.assertEqual((told["fate"], told["nextHop"], told["nextHopChoice"]), ("sent", NODE1, "own"))
        text = self.the_node.lbgpsh(f"show bgp {VIP} why").stdout
        self.assertIn("announced here by uid ", text)
        self.assertIn(f"{ROUTER} ", text)
        self.assertIn("sent, and acknowledged by the neighbor's TCP", text)
        self.assertIn(f"next hop {NODE1}: ours, for it is our own route (our end of this session)", text)
        back = self.why(self.the_router, VIP)["neighbors"]
        self.assertEqual(back[NODE1]["exported"][0]["fate"], "cameFromNeighbor")
        self.assertTrue(back[NODE1]["received"][0]["accepted"])
        self.assertEqual(back[NODE2]["exported"][0]["fate"], "sessionDown")

    def test_why_a_route_is_not_there(self):
        outside = "10.77.0.1/32"
        self.the_node.announce(outside)
        until("the node has sent it", lambda: self.why(self.the_node, outside)["neighbors"][ROUTER]["exported"][0]
              ["fate"] == "sent")
        answer = until("the router has denied it", lambda: self.why(self.the_router, outside)["neighbors"][NODE1]
                       ["received"] or None)[0]
        self.assertFalse(answer["accepted"])
        self.assertEqual(answer["policy"][-1]["action"], "deny")
        self.assertIn("denied: ", self.ask(f"show bgp {outside} why"))
        self.assertIn("is not in the table", self.ask(f"show bgp {outside} why"))

    def test_why_a_neighbor_is_down(self):
        facts = json.loads(self.ask(f"show bgp neighbors {NODE2} why-down json"))
        self.assertFalse(facts["established"])
        self.assertIn("neverUp", facts["facts"])
        self.assertIn("lastAttempt", facts["facts"])
        self.assertIn(f"{NODE1} is up", self.ask(f"show bgp neighbors {NODE1} why-down"))

    def test_why_two_disagree(self):
        wrong = self.node(self.port, name="wrong", address=NODE2, local_as=65099).start()

        def disagreement():
            facts = json.loads(self.ask(f"show bgp neighbors {NODE2} why-down json"))["facts"]
            return "65099" in facts["lastSession"] and str(NODE_AS) in facts["lastSession"]
        until("both AS numbers", disagreement)
        self.assertIn("one of the two files has the wrong AS number", self.ask(f"show bgp neighbors {NODE2} why-down"))
        # Whoever is only told so: once, and with what it means.
        question = f"show bgp neighbors {ROUTER} why-down"
        until("the NOTIFICATION has come", lambda: "Bad Peer AS" in wrong.lbgpsh(question).stdout)
        told = wrong.lbgpsh(question).stdout
        self.assertIn("the peer has another AS number for us than ours", told)
        self.assertEqual(told.count("Bad Peer AS"), 1)

    def test_one_route_is_sent_again(self):
        def updates():
            return self.the_node.neighbor(ROUTER)["messageStats"]["updatesSent"]
        before = updates()
        self.assertEqual(self.the_node.lbgpsh(f"clear bgp prefix {VIP}").stdout, "")
        until("one more UPDATE", lambda: updates() == before + 1)
        self.assertIn("not in table", self.the_node.lbgpsh("clear bgp prefix 1.2.3.4/32").stdout)
        self.the_node.lbgpsh(f"clear bgp {ROUTER} message-stats")
        self.assertLess(updates(), before)

    def test_running_config_can_be_loaded_again(self):
        text = self.ask("show running-config")
        self.assertIn("router bgp 65001", text)
        self.assertIn("neighbor k8s soft-reconfiguration inbound", text)
        again = self.directory / "again.conf"
        self.assertIn("Current configuration:", text)
        again.write_text(text, encoding="utf-8")
        done = subprocess.run([self.program, "--check", "-f", str(again)], capture_output=True, text=True,
                              timeout=20, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_abbreviations_and_filters(self):
        self.assertIn("IPv4 Unicast Summary", self.ask("sh ip bgp sum"))
        self.assertEqual(self.ask("show bgp summary | include Total number").strip(), "Total number of neighbors 3")

    def test_mistakes_are_answered_as_frr_answers_them(self):
        done = self.the_router.lbgpsh("show bgp nonsense", check=False)
        self.assertIn("% Unknown command", done.stdout + done.stderr)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("% No such neighbor", self.ask("show bgp neighbors 192.0.2.99"))

    def test_several_commands_in_one_call(self):
        text = self.the_router.lbgpsh("show version", "show bgp summary").stdout
        self.assertIn("lbgpd", text)
        self.assertIn("IPv4 Unicast Summary", text)

    def test_no_daemon(self):
        self.the_router.process.stop()
        done = self.the_router.lbgpsh("show version", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("bgpd.vty", done.stderr + done.stdout)

    def test_frrs_own_vtysh(self):
        if shutil.which("vtysh") is None:
            self.skipTest("FRR's vtysh is not installed (package frr)")
        # vtysh reads and keeps its history and configuration where it is told.
        environment = clean_environment() | {"HOME": str(self.directory), "VTYSH_HISTFILE": "/dev/null"}
        for command, word in (("show bgp summary", NODE1), ("show ip bgp summary json", '"ipv4Unicast"'),
                              ("show bgp ipv4 unicast", VIP),
                              (f"show bgp neighbors {NODE1}", "BGP state = Established"),
                              ("show bgp ipv4 unicast json", f'"{VIP}"')):
            with self.subTest(command=command):
                done = subprocess.run(["vtysh", "--vty_socket", str(self.the_router.run_dir), "-d", "bgpd", "-c",
                                       command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
                                      check=False, env=environment)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(word, done.stdout)


class VtySocket(LoopbackCase):
    """The protocol itself, with bytes that no client of ours would send."""

    def setUp(self):
        super().setUp()
        self.daemon = self.lbgpd("router bgp 65010\n bgp router-id 192.0.2.1\n").start()

    def connect(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(connection.close)
        connection.settimeout(10)
        connection.connect(str(self.daemon.vty_socket))
        return connection

    def test_statuses(self):
        with vty.Vty(self.daemon.vty_socket) as shell:
            self.assertEqual(shell.command("show version")[1], vty.SUCCESS)
            self.assertEqual(shell.command("show bgp nonsense")[1], vty.NO_MATCH)
            # FRR says so in words and calls it a success.
            text, status = shell.command("show bgp neighbors 192.0.2.99")
            self.assertEqual((text.strip(), status), ("% No such neighbor in this view/vrf", vty.SUCCESS))
            self.assertEqual(shell.command("show version")[1], vty.SUCCESS)

    def test_an_empty_command(self):
        with vty.Vty(self.daemon.vty_socket) as shell:
            self.assertEqual(shell.command(""), ("", vty.SUCCESS))

    def test_a_command_in_single_octets(self):
        connection = self.connect()
        for octet in b"show version\0":
            connection.sendall(bytes((octet,)))
        answer = b""
        while answer[-4:-1] != b"\0\0\0":
            answer += connection.recv(65536)
        self.assertIn(b"lbgpd", answer)

    def test_a_command_without_end(self):
        connection = self.connect()
        try:
            for _ in range(1000):
                connection.sendall(b"x" * 65536)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass  # closed, or not read any more: both are fine
        self.assertIn("lbgpd", self.daemon.show("show version"))
        self.until_small(self.daemon, 64 << 20)

    def test_noise(self):
        connection = self.connect()
        connection.sendall(bytes(range(256)) * 16 + b"\0")
        self.assertIn("lbgpd", self.daemon.show("show version"))

    def test_a_client_that_leaves_in_the_middle_of_an_answer(self):
        for _ in range(50):
            connection = self.connect()
            connection.sendall(b"show running-config\0")
            connection.close()
        self.assertIn("lbgpd", self.daemon.show("show version"))


if __name__ == "__main__":
    main(sandboxed=False)
