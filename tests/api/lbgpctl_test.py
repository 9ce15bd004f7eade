#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lbgpctl against a stub that keeps what it was asked and answers what the case says. Usage: lbgpctl_test.py LBGPCTL"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

LBGPCTL = sys.argv.pop(1)


class Stub:
    """Answers each request of one connection by answer(request); None closes the connection."""

    def __init__(self, path, answer):
        self.requests = []
        self.answer = answer
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("r") as lines:
            for line in lines:
                request = json.loads(line)
                self.requests.append(request)
                reply = self.answer(request)
                if reply is None:
                    return
                text = json.dumps({"jsonrpc": "2.0", "id": request["id"], **reply}) + "\n"
                half = len(text) // 2
                connection.sendall(text[:half].encode())
                connection.sendall(text[half:].encode())

    def close(self):
        self.thread.join(10)
        self.listener.close()


class Case(unittest.TestCase):
    def run_ctl(self, *arguments, answer=lambda request: {"result": {}}, stdin=""):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "api.sock")
            stub = Stub(path, answer)
            done = subprocess.run([LBGPCTL, "--socket", path, *arguments], input=stdin, capture_output=True, text=True,
                                  timeout=30)
            stub.close()
            return done, stub.requests

    def params(self, *arguments, stdin=""):
        done, requests = self.run_ctl(*arguments, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(requests), 1)
        self.assertEqual(sorted(requests[0]), ["id", "jsonrpc", "method", "params"])
        self.assertEqual(requests[0]["method"], arguments[0])
        return requests[0]["params"]

    def without_daemon(self, *arguments, stdin=""):
        return subprocess.run([LBGPCTL, "--socket", "/nonexistent/api.sock", *arguments], input=stdin,
                              capture_output=True, text=True, timeout=30)


class Requests(Case):
    def test_announce_with_everything(self):
        self.assertEqual(
            self.params("announce", "10.0.0.1", "fd47::1/128", "--community", "64512:100", "--community=no-export",
                        "--large-community", "1:2:3", "--ext-community", "rt:1:2", "--med", "0", "--local-pref", "200",
                        "--prepend", "3", "--origin", "egp", "--next-hop", "10.0.0.9", "--next-hop", "2001:db8::9",
                        "--label", "app=a=b", "--label", "x="),
            {"prefixes": ["10.0.0.1", "fd47::1/128"], "communities": ["64512:100", "no-export"],
             "large_communities": ["1:2:3"], "ext_communities": ["rt:1:2"], "med": 0, "local_pref": 200,
             "as_path_prepend": 3, "origin": "egp", "next_hop": {"ipv4": "10.0.0.9", "ipv6": "2001:db8::9"},
             "labels": {"app": "a=b", "x": ""}})

    def test_a_next_hop_has_its_family_and_a_list_has_a_comma(self):
        params = self.params("announce", "10.0.0.1", "--next-hop", "10.0.0.9", "--prepend", "64512,1.10")
        self.assertEqual(params["next_hop"], {"ipv4": "10.0.0.9"})
        self.assertEqual(params["as_path_prepend"], ["64512", "1.10"])
        self.assertEqual(self.params("announce", "10.0.0.1", "--prepend", "65000,")["as_path_prepend"], ["65000"])

    def test_withdraw_list_version(self):
        self.assertEqual(self.params("withdraw", "10.0.0.1"), {"prefixes": ["10.0.0.1"]})
        self.assertEqual(self.params("list"), {})
        self.assertEqual(self.params("list", "10.0.0.0/8", "--owner", "uid 0"),
                         {"prefixes": ["10.0.0.0/8"], "owner": "uid 0"})
        self.assertEqual(self.params("version"), {})

    def test_standard_input_goes_in_batches(self):
        words = [f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}" for i in range(25_000)]
        done, requests = self.run_ctl("announce", "-", "--med", "1", stdin=" \n".join(words) + "\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([len(r["params"]["prefixes"]) for r in requests], [10_000, 10_000, 5_000])
        self.assertEqual([p for r in requests for p in r["params"]["prefixes"]], words)
        self.assertTrue(all(r["params"]["med"] == 1 for r in requests))

    def test_sync_from_lines(self):
        lines = ("# all that we have\n10.0.0.1 community=64512:100 label=app=web\n"
                 "10.0.0.2\tcommunity=64512:100 label=app=web # the same\n\nfd47::1/128\n")
        expected = {"routes": [{"communities": ["64512:100"], "labels": {"app": "web"},
                                "prefixes": ["10.0.0.1", "10.0.0.2"]}, {"prefixes": ["fd47::1/128"]}]}
        self.assertEqual(self.params("sync", "-", stdin=lines), expected)
        with tempfile.NamedTemporaryFile("w", suffix=".vips") as file:
            file.write(lines)
            file.flush()
            self.assertEqual(self.params("sync", file.name), expected)
        self.assertEqual(self.params("sync", "-"), {"routes": []})


class Output(Case):
    def output(self, *arguments, result):
        done, _ = self.run_ctl(*arguments, answer=lambda request: {"result": result})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_counts(self):
        self.assertEqual(self.output("announce", "10.0.0.1", result={"accepted": 2, "changed": 1, "commit": 42}),
                         "2 announced, 1 changed (commit 42)\n")
        self.assertEqual(
            self.output("withdraw", "10.0.0.1", result={"accepted": 2, "changed": 1, "not_found": 1, "commit": 43}),
            "2 asked for, 1 withdrawn, 1 not found (commit 43)\n")
        self.assertEqual(
            self.output("version", result={"name": "lbgpd", "version": "0.1.0", "protocol": 1, "methods": []}),
            "lbgpd 0.1.0, API protocol 1\n")

    ROUTES = {"routes": [
        {"prefix": "10.0.0.1/32", "owner": "uid 1000", "origin": "igp"},
        {"prefix": "fd47::1/128", "owner": "config", "origin": "egp", "communities": ["64512:100", "no-export"],
         "med": 5, "as_path_prepend": [64512], "labels": {"app": "web"}}], "count": 2}

    def test_table(self):
        self.assertEqual(self.output("list", result=self.ROUTES),
                         "Prefix       Owner     Attributes\n"
                         "10.0.0.1/32  uid 1000\n"
                         "fd47::1/128  config    community=64512:100,no-export med=5 prepend=64512, label=app=web "
                         "origin=egp\n")
        self.assertEqual(self.output("list", result={"routes": [], "count": 0}), "No routes.\n")

    def test_json(self):
        self.assertEqual(json.loads(self.output("--json", "list", result=self.ROUTES)), self.ROUTES)


class Failures(Case):
    def test_refused(self):
        error = {"code": -32602, "message": "Invalid params",
                 "data": {"reason": "the prefix length is out of range", "prefix": "10.0.0.1/33",
                          "member": "prefixes[0]"}}
        done, _ = self.run_ctl("announce", "10.0.0.1/33", answer=lambda request: {"error": error})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "lbgpctl: 10.0.0.1/33: the prefix length is out of range "
                                      "(Invalid params, prefixes[0])\n")

    def test_a_refused_batch_ends_the_stream(self):
        words = "\n".join(f"10.0.{i >> 8}.{i & 255}" for i in range(20_000))
        done, requests = self.run_ctl("announce", "-", stdin=words,
                                      answer=lambda request: {"error": {"code": -32004, "message": "Busy"}})
        self.assertEqual((done.returncode, len(requests)), (1, 1))

    def test_the_daemon_goes_away(self):
        done, _ = self.run_ctl("list", answer=lambda request: None)
        self.assertEqual((done.returncode, done.stderr), (3, "lbgpctl: the daemon closed the connection\n"))

    def test_no_daemon(self):
        done = self.without_daemon("list")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr, "lbgpctl: /nonexistent/api.sock: No such file or directory (is lbgpd running?)\n")
        done = subprocess.run([LBGPCTL, "--socket", "/" + "x" * 200, "list"], capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 3)

    def test_usage(self):
        for arguments in ([], ["nosuch"], ["announce"], ["withdraw"], ["sync"], ["sync", "a", "b"], ["version", "x"],
                          ["--nosuch", "list"], ["list", "--med", "1"], ["withdraw", "10.0.0.1", "--community", "1:1"],
                          ["announce", "10.0.0.1", "--owner", "x"], ["announce", "10.0.0.1", "--med", "x"],
                          ["announce", "10.0.0.1", "--med", "1", "--med", "2"], ["announce", "10.0.0.1", "--label", "x"],
                          ["announce", "10.0.0.1", "--next-hop", "10.0.0.1", "--next-hop", "10.0.0.2"],
                          ["announce", "10.0.0.1", "--communit", "1:1"]):
            done = self.without_daemon(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr.startswith("lbgpctl: "), arguments)

    def test_a_bad_sync_file_asks_nothing(self):
        for text, reason in (("10.0.0.1 med", 'line 1: expected NAME=VALUE, not "med"'),
                             ("10.0.0.1\n10.0.0.2 x=1", 'line 2: there is no attribute "x"'),
                             ("10.0.0.1 med=-1", 'line 1: bad or second med "-1"')):
            done, requests = self.run_ctl("sync", "-", stdin=text)
            self.assertEqual((done.returncode, requests), (2, []))
            self.assertEqual(done.stderr, f"lbgpctl: -: {reason}\n")
        self.assertEqual(self.run_ctl("sync", "/nonexistent")[0].returncode, 2)

    def test_help_and_version(self):
        done = self.without_daemon("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ("announce", "withdraw", "list", "sync", "version", "--next-hop", "--owner", "Exit status"):
            self.assertIn(word, done.stdout)
        self.assertRegex(self.without_daemon("--version").stdout, r"^lbgpctl \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
