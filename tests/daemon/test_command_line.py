#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lbgpd as a command: what it checks, what it refuses, and the exit status that says so."""

import contextlib
import pathlib
import re
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import main, until  # noqa: E402
from lab.loopback import ROUTER, LoopbackCase, free_port, router_file  # noqa: E402
from lab.network import clean_environment  # noqa: E402

CLEAN, CONFIGURATION, USAGE, CANNOT_START = 0, 1, 2, 3

MINIMAL = "router bgp 65010\n bgp router-id 192.0.2.1\n"


class CommandLine(LoopbackCase):
    def run_lbgpd(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=20, check=False, env=clean_environment())

    def check(self, text):
        file = self.directory / "checked.conf"
        file.write_text(text, encoding="utf-8")
        return file, self.run_lbgpd("--check", "-f", file)

    def complaints(self, file, done):
        """[(line, column)] of the error lines, each of which must have the one right shape."""
        lines = (done.stdout + done.stderr).splitlines()
        found = [re.fullmatch(rf"{re.escape(str(file))}:(\d+):(\d+): error: (.+)", line) for line in lines]
        self.assertTrue(all(found), f"not FILE:LINE:COLUMN: error: … in {lines}")
        return [(int(one.group(1)), int(one.group(2))) for one in found]

    def test_check_is_content_with_the_router_file_of_the_guide(self):
        _, done = self.check(router_file())
        self.assertEqual(done.returncode, CLEAN, done.stderr)
        self.assertNotIn("error:", done.stdout + done.stderr)

    def test_check_names_every_error_with_its_place(self):
        file, done = self.check("router bgp 65010\n"
                                " neighbor 192.0.2.300 remote-as 65001\n"
                                " neighbor 192.0.2.1 remote-as 4294967296\n"
                                " bgp rooter-id 192.0.2.9\n"
                                "!\n"
                                "ip prefix-list P seq 5 permit 10.99.8.0/33\n")
        self.assertEqual(done.returncode, CONFIGURATION)
        self.assertEqual(self.complaints(file, done), [(2, 11), (3, 31), (4, 6), (6, 31)])

    def test_check_of_an_undefined_peer_group(self):
        file, done = self.check("router bgp 65010\n neighbor 192.0.2.1 peer-group nobody\n")
        self.assertEqual(done.returncode, CONFIGURATION)
        self.assertEqual([line for line, _ in self.complaints(file, done)], [2])

    def test_check_starts_nothing(self):
        file = self.directory / "fine.conf"
        file.write_text(MINIMAL, encoding="ascii")
        run_dir = self.directory / "run"
        run_dir.mkdir()
        done = self.run_lbgpd("--check", "-f", file, "--run-dir", run_dir)
        self.assertEqual(done.returncode, CLEAN, done.stderr)
        self.assertEqual(list(run_dir.iterdir()), [])

    def test_missing_file(self):
        for arguments in (("--check",), ("-p", "0", "--run-dir", self.directory)):
            with self.subTest(arguments=arguments):
                done = self.run_lbgpd("-f", self.directory / "absent.conf", *arguments)
                self.assertEqual(done.returncode, CONFIGURATION)
                self.assertIn("absent.conf", done.stdout + done.stderr)

    def test_a_bad_file_starts_nothing(self):
        daemon = self.lbgpd("router bgp nonsense\n")
        daemon.process.start()
        self.assertEqual(daemon.process.wait(), CONFIGURATION)
        self.assertRegex(daemon.process.output(), rf"{re.escape(str(daemon.configuration))}:1:12: error: ")
        self.assertFalse(daemon.api_socket.exists())

    def test_usage(self):
        for arguments in (("--no-such-option",), ("-p", "70000"), ("-p", "port"), ("-l", "nowhere"), ("stray",)):
            with self.subTest(arguments=arguments):
                done = self.run_lbgpd(*arguments)
                self.assertEqual(done.returncode, USAGE)
                self.assertTrue(done.stderr)

    def test_version_and_help(self):
        version = self.run_lbgpd("-v")
        self.assertEqual(version.returncode, CLEAN)
        self.assertRegex(version.stdout, r"^lbgpd \d+\.\d+\.\d+")
        self.assertIn("--run-dir", self.run_lbgpd("--help").stdout)

    def test_port_taken(self):
        with socket.create_server((ROUTER, 0)) as taken:
            port = taken.getsockname()[1]
            daemon = self.router(port)
            daemon.process.start()
            self.assertEqual(daemon.process.wait(), CANNOT_START)
        self.assertIn(str(port), daemon.process.output())
        self.assertRegex(daemon.process.output().lower(), "another program has this port")

    def test_second_instance_says_that_there_is_a_first_one(self):
        first = self.lbgpd(MINIMAL).start()
        second = self.lbgpd(MINIMAL, name="second", run_dir=first.run_dir)
        second.process.start()
        self.assertEqual(second.process.wait(), CANNOT_START)
        self.assertRegex(second.process.output(), "another lbgpd|already runs|already running|in use")
        first.until_ready()

    def test_two_instances_with_folders_of_their_own_live_together(self):
        for name in ("one", "two"):
            self.lbgpd(MINIMAL, name=name).start()

    def test_socket_of_a_dead_instance_does_not_stand_in_the_way(self):
        daemon = self.lbgpd(MINIMAL).start()
        daemon.process.kill()
        self.assertTrue(daemon.api_socket.exists())
        daemon.start()

    def test_a_file_in_the_socket_place_is_not_removed(self):
        daemon = self.lbgpd(MINIMAL)
        daemon.api_socket.write_text("precious", encoding="ascii")
        daemon.process.start()
        self.assertEqual(daemon.process.wait(), CANNOT_START)
        self.assertIn("api.sock", daemon.process.output())
        self.assertEqual(daemon.api_socket.read_text(encoding="ascii"), "precious")

    def test_listens_where_it_is_told_and_nowhere_else(self):
        port = free_port()
        self.router(port).start()
        with contextlib.suppress(ConnectionResetError):  # we are strangers, and it may be quick to say so
            socket.create_connection((ROUTER, port), 5).close()
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 5)

    def test_port_zero_listens_nowhere(self):
        daemon = self.lbgpd(MINIMAL).start()
        inodes = set()
        for table in ("tcp", "tcp6"):
            for line in pathlib.Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A":  # LISTEN
                    inodes.add(fields[9])
        for descriptor in pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir():
            held = re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink()))
            self.assertFalse(held and held.group(1) in inodes, "it listens on TCP")

    def test_stops_cleanly_and_leaves_no_socket(self):
        daemon = self.lbgpd(MINIMAL).start()
        self.assertEqual(daemon.process.stop(), CLEAN)
        until("the sockets are gone", lambda: not daemon.api_socket.exists() and not daemon.vty_socket.exists())


if __name__ == "__main__":
    main(sandboxed=False)
