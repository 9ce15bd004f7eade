#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The configuration while the daemon runs: lines at the prompt, plans, what has to be confirmed, what is written."""

import json
import os
import pathlib
import pty
import re
import select
import signal
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import Options, main, until, vty  # noqa: E402
from lab.loopback import NODE1, NODE_AS, ROUTER, ROUTER_AS, LoopbackCase  # noqa: E402
from lab.network import clean_environment  # noqa: E402

VIP = "10.99.8.201/32"
CONFIG_FAILED = 13


class Editing(LoopbackCase):
    """A router and a node with a session between them; the node is what is edited."""

    def setUp(self):
        super().setUp()
        self.start_pair(VIP)

    def edit(self, *lines, node=None):
        """Lines of configure mode over one connection; [(text, status), …]."""
        with vty.Vty((node or self.the_node).vty_socket) as shell:
            return [shell.command(line) for line in ("configure terminal", *lines)][1:]

    def resets(self):
        return self.the_node.neighbor(ROUTER)["connectionsDropped"]

    def said(self):
        return self.the_node.show("write terminal")

    # --- lines

    def test_a_line_takes_effect_at_once(self):
        for text, status in self.edit(f"router bgp {NODE_AS}", "address-family ipv4 unicast",
                                      f"neighbor {ROUTER} route-map OUT out", "exit-address-family", "exit",
                                      "route-map OUT permit 10", "set community 65010:77"):
            self.assertEqual(status, vty.SUCCESS, text)
        until("the community at the router",
              lambda: "65010:77" in self.the_router.route("ipv4", VIP)[0].get("community", {}).get("string", ""))
        self.assertEqual(self.resets(), 0)

    def test_a_question_that_follows_knows_the_line(self):
        with vty.Vty(self.the_node.vty_socket) as shell:
            for line in ("configure terminal", "vip-pool P"):
                self.assertEqual(shell.command(line), ("", vty.SUCCESS))
            self.the_node.announce("10.66.0.1/32")  # a pool that is only named refuses nobody
            text, status = shell.command("prefix 10.77.0.0/16")
            self.assertEqual(status, vty.SUCCESS)
            self.assertRegex(text, "^Note: no vip-pool takes 2 of the announced addresses any more: "
                                   f"10.66.0.1/32, {VIP}; they stay")
            # Nobody waits: an API request sees the pool as well.
            with self.the_node.api() as api:
                reply = api.raw('{"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":["10.88.0.1/32"]}}')
            self.assertIn("error", reply)
            shell.command("prefix 10.88.0.0/16")
            self.the_node.announce("10.88.0.1/32")
            shell.command(f"router bgp {NODE_AS}")
            shell.command("neighbor 127.90.9.9 remote-as 65009")
            self.assertIn("127.90.9.9", shell.command("do show bgp summary")[0])

    def test_what_a_line_costs_is_told_and_true(self):
        (_, ), (text, status) = [self.edit(f"router bgp {NODE_AS}"),
                                 self.edit(f"router bgp {NODE_AS}", f"neighbor {ROUTER} timers 4 12")[1]]
        self.assertEqual((text, status), ("", vty.SUCCESS))
        self.assertEqual(self.resets(), 0)
        (_, (text, _)) = self.edit(f"router bgp {NODE_AS}", f"neighbor {ROUTER} ttl-security hops 1")
        self.assertEqual(text, f"Note: this ends the session with {ROUTER} (ttl-security)\n")
        until("the session has ended once", lambda: self.resets() == 1)

    def test_a_wrong_line_among_good_ones(self):
        answers = self.edit(f"router bgp {NODE_AS}", "neighbor 127.90.7.7 remote-as 65007",
                            "neighbor 127.90.7.8 timers 3 9", "neighbor 127.90.7.7 nonsense",
                            "neighbor 127.90.7.7 description good")
        self.assertEqual([status for _, status in answers],
                         [vty.SUCCESS, vty.SUCCESS, CONFIG_FAILED, vty.NO_MATCH, vty.SUCCESS])
        self.assertIn("no neighbor 127.90.7.8", answers[2][0])
        self.assertIn("% Unknown command: neighbor 127.90.7.7 nonsense", answers[3][0])
        self.assertIn("neighbor 127.90.7.7 description good", self.said())
        self.assertNotIn("127.90.7.8", self.said())

    def test_two_people_edit_at_the_same_time(self):
        with vty.Vty(self.the_node.vty_socket) as one, vty.Vty(self.the_node.vty_socket) as two:
            for number in range(1, 60):
                for shell, side in ((one, 1), (two, 2)):
                    if number == 1:
                        shell.command("configure terminal")
                        shell.command(f"router bgp {NODE_AS}")
                    line = f"neighbor 127.90.{100 + side}.{number} remote-as 6500{side}"
                    self.assertEqual(shell.command(line), ("", vty.SUCCESS))
        names = set(self.the_node.json("show bgp neighbors"))
        for side in (1, 2):
            self.assertLessEqual({f"127.90.{100 + side}.{number}" for number in range(1, 60)}, names)

    def test_a_pasted_block_is_looked_at_as_a_whole(self):
        count = 3000
        lines = [f"ip prefix-list L seq {number} permit 10.{number >> 8}.{number & 255}.0/24"
                 for number in range(1, count + 1)]
        for text, status in self.edit(*lines):
            self.assertEqual((text, status), ("", vty.SUCCESS))
        self.assertEqual(self.said().count("ip prefix-list L seq"), count)
        # Each look at the whole writes a line in the log that names the list; there are few of them.
        looks = self.the_node.process.log.read_text(encoding="utf-8").count("changed: ip prefix-list L")
        self.assertGreater(looks, 0)
        self.assertLess(looks, count // 4)
        self.assertEqual(self.resets(), 0)

    def test_a_file_that_is_loaded_meanwhile(self):
        with vty.Vty(self.the_node.vty_socket) as shell:
            for line in ("configure terminal", f"router bgp {NODE_AS}", "neighbor 127.90.7.7 remote-as 65007"):
                self.assertEqual(shell.command(line), ("", vty.SUCCESS))
            self.the_node.process.signal(signal.SIGHUP)
            until("what the file does not say is gone", lambda: "127.90.7.7" not in self.said())
            self.assertEqual(shell.command("neighbor 127.90.7.8 remote-as 65007"), ("", vty.SUCCESS))
        self.assertIn("127.90.7.8", self.said())

    def person(self, **environment):
        """lbgpsh at a terminal: the process, what waits for a pattern, and what types."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(clean_environment() | {"HOME": str(self.directory), "TERM": "vt100"} | environment)
            os.execv(Options.build / "tools" / "lbgpsh", ["lbgpsh", "--vty-socket", str(self.the_node.run_dir)])
        self.addCleanup(os.close, terminal)
        seen = ""

        def expect(pattern):
            nonlocal seen
            while not re.search(pattern, seen):
                self.assertTrue(select.select([terminal], [], [], 10)[0], f"no {pattern!r} in {seen!r}")
                seen += os.read(terminal, 4096).decode(errors="replace")
            seen = seen[re.search(pattern, seen).end():]

        def typed(keys):
            os.write(terminal, keys.encode())
        return pid, expect, typed

    def test_the_shell_of_a_person(self):
        """Prompts, TAB and ? as a terminal shows them."""
        pid, expect, typed = self.person()
        expect("# ")
        typed("conf t\r")
        expect(r"\(config\)# ")
        typed(f"router bgp {NODE_AS}\r")
        expect(r"\(config-router\)# ")
        typed("addr\t")
        expect("ess-family ")  # what was missing
        typed("ipv4 ?")
        expect("<cr>")
        typed("\r")
        expect(r"\(config-router-af\)# ")
        typed("nei\t" + ROUTER + " wei?")
        expect("weight")
        typed("\x15exit\r")
        expect(r"\(config-router\)# ")
        typed("neighbour x\r")
        expect("did you mean \"neighbor\"")
        typed("end\r")
        expect("[^)]# ")
        typed("exit\r")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)

    def test_another_daemons_block_swallows_no_question(self):
        with vty.Vty(self.the_node.vty_socket) as shell:
            for line in ("configure terminal", "interface eth9", " ip address 10.0.0.1/24"):
                self.assertEqual(shell.command(line)[1], vty.SUCCESS)
            self.assertEqual(json.loads(shell.command("show bgp summary json")[0])["ipv4Unicast"]["as"], NODE_AS)
            self.assertEqual(shell.command("show nonsense json")[1], vty.NO_MATCH)
            self.assertEqual(shell.command("end"), ("", vty.SUCCESS))
            self.assertEqual(shell.command("show version")[1], vty.SUCCESS)

    def test_long_answers_are_paged_for_who_wants_it(self):
        pager = self.directory / "pager"
        pager.write_text("#!/bin/sh\ncat >/dev/null\necho through the pager\n", encoding="ascii")
        pager.chmod(0o755)
        plain, paged = "Current configuration:", "through the pager"
        for environment, command, shown in (
                ({"PAGER": str(pager)}, "enable", plain),  # as FRR's vtysh of today
                ({"PAGER": str(pager)}, "terminal length 3", paged),
                ({"VTYSH_PAGER": str(pager)}, "terminal length 3", paged),
                ({"VTYSH_PAGER": str(pager)}, "terminal length 0", plain),
                ({"VTYSH_PAGER": str(pager)}, "no terminal paginate", plain)):
            with self.subTest(environment=environment, command=command):
                pid, expect, typed = self.person(**environment)
                expect("# ")
                typed(command + "\r")
                expect("# ")
                typed("show running-config\r")
                expect(shown)
                expect("# ")
                typed("exit\r")
                self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)

    # --- plans

    def test_a_plan_before_anything_is_done(self):
        self.the_node.add_line(f" neighbor {ROUTER} update-source {NODE1}", f" neighbor {ROUTER} password secret")
        self.the_node.add_line(f" neighbor {ROUTER} password secret", f" neighbor {ROUTER} description router")
        plan = (f"neighbor {ROUTER}: session reset\n"
                "  password: session reset\n"
                "  description: none\n")
        self.assertIn(plan, self.the_node.lbgpsh("configuration check").stdout)
        self.assertIn(plan, self.the_node.lbgpsh("configuration check lbgpd.conf").stdout)
        done = subprocess.run([self.program, "--check", "-f", self.the_node.configuration, "--run-dir",
                               self.the_node.run_dir], capture_output=True, text=True, timeout=20, check=True)
        self.assertEqual(done.stdout, plan)
        self.assertEqual(self.resets(), 0)
        self.assertNotIn("password", self.said())

    def test_a_file_with_mistakes_is_not_loaded(self):
        other = self.the_node.directory / "other.conf"
        other.write_text(f"router bgp {NODE_AS}\n neighbor nonsense\n timers bgp 3 2\n", encoding="ascii")
        for command in ("configuration check other.conf", f"configuration load {other}",
                        "configuration load other.conf confirmed 5"):
            done = self.the_node.lbgpsh(command, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{other}:2:", done.stdout)
            self.assertIn(f"{other}:3:", done.stdout)
        self.assertIn(ROUTER, self.said())
        self.assertIn("% Nothing waits", self.the_node.lbgpsh("configuration commit").stdout)

    # --- what has to be confirmed

    def test_what_nobody_confirms_returns(self):
        """The operator cuts off the branch that he sits on, and is gone."""
        before = self.said()
        with vty.Vty(self.the_node.vty_socket) as shell:
            self.assertIn("in 1 minute", shell.command("configure terminal confirmed 1")[0])
            shell.command(f"router bgp {NODE_AS}")
            shell.command(f"no neighbor {ROUTER}")
        until("the router has lost the VIP", lambda: VIP not in self.the_router.routes("ipv4"))
        self.assertNotEqual(self.said(), before)
        text, status = vty.Vty(self.the_node.vty_socket).command("write")
        self.assertEqual(status, CONFIG_FAILED)
        self.assertIn("configuration commit", text)
        until("the VIP is back", lambda: VIP in self.the_router.routes("ipv4"), 90)
        self.assertEqual(self.said(), before)

    def test_what_is_confirmed_stays(self):
        other = self.the_node.directory / "other.conf"
        text = self.the_node.configuration.read_text(encoding="ascii")
        other.write_text(text.replace("timers connect 1", "timers connect 2"), encoding="ascii")
        plan = self.the_node.lbgpsh("configuration load other.conf confirmed 1").stdout
        self.assertIn("in 1 minute what was before returns", plan)
        self.assertIn("timers connect: next session", plan)
        self.assertIn("The configuration stays", self.the_node.lbgpsh("configuration commit").stdout)
        self.assertIn("% Nothing waits", self.the_node.lbgpsh("configuration rollback").stdout)
        self.assertIn("timers connect 2", self.said())
        self.assertEqual(self.resets(), 0)

    def test_the_way_back_at_once(self):
        before = self.said()
        self.the_node.lbgpsh("configure terminal confirmed 5", f"router bgp {NODE_AS}",
                             "neighbor 127.90.7.7 remote-as 65007")
        self.the_node.lbgpsh("configure terminal confirmed 6", f"router bgp {NODE_AS}",
                             "neighbor 127.90.7.8 remote-as 65007")
        self.assertIn("neighbor 127.90.7.7: removed", self.the_node.lbgpsh("configuration rollback").stdout)
        self.assertEqual(self.said(), before)
        self.assertEqual(self.resets(), 0)

    # --- the file

    def test_what_is_written_is_what_was_said(self):
        file = self.the_node.configuration
        old = file.read_text(encoding="ascii")
        os.chmod(file, 0o640)
        self.edit(f"router bgp {NODE_AS}", f"neighbor {ROUTER} description the router")
        done = self.the_node.lbgpsh("write memory")
        self.assertEqual(done.stdout, f"Building Configuration...\nIntegrated configuration saved to {file}\n[OK]\n")
        self.assertEqual(file.read_text(encoding="ascii"), self.said())
        self.assertIn("description the router", self.said())
        self.assertEqual(pathlib.Path(f"{file}.sav").read_text(encoding="ascii"), old)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o640)
        self.assertEqual(sorted(path.name for path in file.parent.glob("lbgpd.conf*")),
                         ["lbgpd.conf", "lbgpd.conf.sav"])
        self.the_node.process.signal(signal.SIGHUP)
        until("the file is read again",
              lambda: "nothing changes" in self.the_node.process.log.read_text(encoding="utf-8"))
        self.assertEqual(self.resets(), 0)
        for command in ("write", "write file", "copy running-config startup-config"):
            self.assertIn("[OK]", self.the_node.lbgpsh(command).stdout)

    def test_what_is_said_to_other_daemons_is_written_again(self):
        file = self.the_node.configuration
        ospf = "router ospf\n ospf router-id 10.0.0.1\nexit\n"
        evpn = " address-family l2vpn evpn\n  advertise-all-vni\n exit-address-family\n"
        self.the_node.add_line(f" neighbor {ROUTER} update-source {NODE1}", f"{evpn} bgp log-neighbor-changes")
        file.write_text(ospf + file.read_text(encoding="ascii"), encoding="ascii")
        self.edit(f"router bgp {NODE_AS}", f"neighbor {ROUTER} description the router")
        self.assertIn("[OK]", self.the_node.lbgpsh("write").stdout)
        written = file.read_text(encoding="ascii")
        self.assertIn(ospf, written)
        self.assertIn(evpn, written)
        self.assertIn("description the router", written)
        self.assertNotIn("ospf", self.said())  # vtysh hears it from ospfd
        self.assertIn("[OK]", self.the_node.lbgpsh("write").stdout)
        self.assertEqual(file.read_text(encoding="ascii"), written)

    def test_what_could_not_be_loaded_is_not_written(self):
        file = self.the_node.configuration
        old = file.read_text(encoding="ascii")
        self.edit(f"router bgp {NODE_AS}", "neighbor eth9 interface")
        done = self.the_node.lbgpsh("write", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("neighbor eth9 has no remote-as", done.stdout)
        self.assertEqual(file.read_text(encoding="ascii"), old)

    def test_a_file_that_may_not_be_written_is_explained(self):
        folder = self.the_node.directory / "gone"
        folder.mkdir()
        link = folder / "lbgpd.conf"
        link.write_text(self.the_node.configuration.read_text(encoding="ascii"), encoding="ascii")
        other = self.lbgpd(link.read_text(encoding="ascii"), name="other")
        other.process.argv[other.process.argv.index("-f") + 1] = str(link)
        other.start()
        link.unlink()
        folder.rmdir()
        done = other.lbgpsh("write", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"% Not written: cannot write in {folder}/: No such file or directory", done.stdout)
        self.assertIn("man lbgpd", done.stdout)


if __name__ == "__main__":
    main(sandboxed=False)
