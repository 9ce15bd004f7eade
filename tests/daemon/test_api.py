#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The API on its Unix socket, as well-meaning, clumsy and hostile clients use it."""

import json
import pathlib
import socket
import stat
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from lab import main, until  # noqa: E402
from lab.api import Api, ApiError  # noqa: E402
from lab.loopback import LoopbackCase  # noqa: E402

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
LINE_TOO_LONG, NOT_ALLOWED, TOO_MANY_CLIENTS = -32000, -32001, -32003
LINE_LIMIT = 16 << 20

FILE = "router bgp 65010\n bgp router-id 192.0.2.1\n"


class ApiCase(LoopbackCase):
    configuration = FILE

    def setUp(self):
        super().setUp()
        self.daemon = self.lbgpd(self.configuration).start()
        self.api = self.daemon.api()
        self.addCleanup(self.api.close)

    def listed(self):
        """{prefix: route} of everything that is announced."""
        return {route["prefix"]: route for route in self.api.call("list")["routes"]}

    def refused(self, line):
        """The error of a request that must fail, change nothing and leave the connection usable."""
        before = self.listed()
        reply = self.api.raw(line)
        self.assertIn("error", reply, f"not refused: {line!r}")
        self.assertEqual(self.listed(), before)
        return reply


class Announcing(ApiCase):
    def test_announce_list_withdraw(self):
        result = self.api.announce("10.99.8.201/32", "fd00::64/128", communities=["65010:100"])
        self.assertEqual((result["accepted"], result["changed"]), (2, 2))
        self.assertEqual(list(self.listed()), ["10.99.8.201/32", "fd00::64/128"])
        self.assertEqual(self.listed()["fd00::64/128"]["communities"], ["65010:100"])
        result = self.api.withdraw("10.99.8.201/32")
        self.assertEqual(result["accepted"], 1)
        self.assertEqual(list(self.listed()), ["fd00::64/128"])

    def test_every_attribute_comes_back_as_it_went_in(self):
        attributes = {"communities": ["65010:100", "65010:200"], "large_communities": ["65010:1:2"],
                      "ext_communities": ["rt:65010:7"], "med": 50, "local_pref": 200,
                      "as_path_prepend": [65010, 65010], "origin": "incomplete", "labels": {"app": "web"},
                      "next_hop": "192.0.2.7"}
        self.api.announce("10.99.8.201/32", **attributes)
        route = self.listed()["10.99.8.201/32"]
        self.assertEqual({name: route[name] for name in attributes}, attributes)

    def test_the_same_again_changes_nothing(self):
        first = self.api.announce("10.99.8.201/32", med=1)
        again = self.api.announce("10.99.8.201/32", med=1)
        self.assertEqual((again["accepted"], again["changed"]), (1, 0))
        other = self.api.announce("10.99.8.201/32", med=2)
        self.assertEqual(other["changed"], 1)
        self.assertGreater(other["commit"], first["commit"])

    def test_withdrawing_what_is_not_there_is_no_error(self):
        result = self.api.withdraw("10.99.8.201/32")
        self.assertEqual((result["changed"], result["not_found"]), (0, 1))

    def test_sync_leaves_exactly_what_it_names(self):
        self.api.announce("10.99.8.1/32", "10.99.8.2/32")
        self.api.call("sync", routes=[{"prefixes": ["10.99.8.2/32", "10.99.8.3/32"]}])
        self.assertEqual(list(self.listed()), ["10.99.8.2/32", "10.99.8.3/32"])

    def test_routes_outlive_the_connection(self):
        self.api.announce("10.99.8.201/32")
        self.api.close()
        self.api = self.daemon.api()
        self.assertEqual(list(self.listed()), ["10.99.8.201/32"])

    def test_requests_are_answered_in_order(self):
        lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": "announce",
                             "params": {"prefixes": [f"10.99.{number // 250}.{number % 250 + 1}/32"]}})
                 for number in range(500)]
        self.api.send(("\n".join(lines) + "\n").encode())
        self.assertEqual([self.api.reply()["id"] for _ in lines], list(range(500)))
        self.assertEqual(len(self.listed()), 500)

    def test_a_notification_is_done_and_not_answered(self):
        self.api.send(b'{"jsonrpc":"2.0","method":"announce","params":{"prefixes":["10.99.8.201/32"]}}\n')
        self.assertEqual(list(self.listed()), ["10.99.8.201/32"])

    def test_netcat_is_a_client(self):
        request = '{"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":["10.99.8.201/32"]}}\n'
        done = subprocess.run(["nc", "-U", "-N", "-w", "5", str(self.daemon.api_socket)], input=request,
                              capture_output=True, text=True, timeout=20, check=False)
        reply = json.loads(done.stdout)
        self.assertEqual((reply["id"], reply["result"]["accepted"]), (1, 1))

    def test_ten_thousand_prefixes_in_one_request(self):
        prefixes = [f"10.{number >> 8}.{number & 255}.1/32" for number in range(10_000)]
        self.assertEqual(self.api.announce(*prefixes)["changed"], 10_000)
        self.assertEqual(self.api.withdraw(*prefixes)["changed"], 10_000)
        self.assertEqual(self.listed(), {})

    def test_the_socket_is_not_for_everybody(self):
        mode = self.daemon.api_socket.stat().st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(mode & 0o007, 0)


class Refusals(ApiCase):
    def test_prefixes_that_no_host_announces(self):
        for prefix, word in (("10.99.8.0/24", "32"), ("10.99.8.1/33", ""), ("fd00::/64", "128"), ("fd00::1/129", ""),
                             ("0.0.0.0/0", ""), ("10.99.8/32", ""), ("10.99.8.256/32", ""), ("", ""),
                             ("10.99.8.1/24", ""), ("10.99.8.1/-1", ""), ("ten", "")):
            with self.subTest(prefix=prefix):
                error = self.refused(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "announce",
                                                 "params": {"prefixes": [prefix]}}))["error"]
                self.assertEqual(error["code"], INVALID_PARAMS)
                self.assertEqual(error["data"].get("prefix", ""), prefix)
                self.assertTrue(error["data"]["reason"])
                self.assertIn(word, error["data"]["reason"])

    def test_one_bad_prefix_spoils_the_whole_request(self):
        with self.assertRaises(ApiError) as caught:
            self.api.announce("10.99.8.1/32", "10.99.8.2/32", "10.99.8.0/24")
        self.assertEqual(caught.exception.data["prefix"], "10.99.8.0/24")
        self.assertEqual(self.listed(), {})

    def test_unknown_methods_and_members_are_named(self):
        for line, code, word in (
                ('{"jsonrpc":"2.0","id":1,"method":"anounce"}', METHOD_NOT_FOUND, "anounce"),
                ('{"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":["10.0.0.1/32"],"comunities":[]}}',
                 INVALID_PARAMS, "comunities"),
                ('{"jsonrpc":"2.0","id":1,"method":"announce","params":{}}', INVALID_PARAMS, "prefixes"),
                ('{"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":"10.0.0.1/32"}}', INVALID_PARAMS,
                 "prefixes")):
            with self.subTest(line=line):
                reply = self.refused(line)
                self.assertEqual((reply["id"], reply["error"]["code"]), (1, code))
                self.assertIn(word, json.dumps(reply["error"]))

    def test_lines_that_are_not_requests(self):
        for line, code in ((b"", None), (b"hello", PARSE_ERROR), (b"{", PARSE_ERROR),
                           (b'{"jsonrpc":"2.0"', PARSE_ERROR), (b"\xff\xfe", PARSE_ERROR),
                           (b'{"jsonrpc":"2.0","id":1,"method":"li\xc3\x28st"}', PARSE_ERROR),
                           (b"[]", INVALID_REQUEST), (b"1", INVALID_REQUEST),
                           (b'{"jsonrpc":"1.0","id":1,"method":"list"}', INVALID_REQUEST),
                           (b'{"jsonrpc":"2.0","id":{},"method":"list"}', INVALID_REQUEST),
                           (b"[" * 100_000, PARSE_ERROR), (b"a\0b", PARSE_ERROR)):
            with self.subTest(line=line[:60]):
                if code is None:
                    self.api.send(line + b"\n")
                    self.assertEqual(self.listed(), {})
                else:
                    self.assertEqual(self.refused(line)["error"]["code"], code)

    def test_communities_out_of_range(self):
        for name, value in (("communities", "65536:1"), ("communities", "4294967296"), ("communities", "a:b"),
                            ("large_communities", "65010:1"), ("large_communities", "4294967296:0:0"),
                            ("ext_communities", "bogus:1:2")):
            with self.subTest(name=name, value=value):
                error = self.refused(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "announce", "params": {
                    "prefixes": ["10.0.0.1/32"], name: [value]}}))["error"]
                self.assertEqual(error["code"], INVALID_PARAMS)
                self.assertIn(name, error["data"].get("member", ""))

    def test_a_next_hop_of_the_other_family(self):
        with self.assertRaises(ApiError):
            self.api.announce("10.0.0.1/32", next_hop="fd00::1")
        self.assertEqual(self.listed(), {})


class Pools(ApiCase):
    configuration = FILE + ("!\nvip-pool web\n range 10.99.8.100 10.99.8.199\n prefix fd00:8::/120\n"
                            " community 65010:80\n!\n")

    def test_inside_a_pool(self):
        self.assertEqual(self.api.announce("10.99.8.100/32", "10.99.8.199/32", "fd00:8::1/128")["accepted"], 3)

    def test_outside_every_pool(self):
        for prefix in ("10.99.8.99/32", "10.99.8.200/32", "fd00:8::100/128"):
            with self.subTest(prefix=prefix):
                with self.assertRaises(ApiError) as caught:
                    self.api.announce("10.99.8.150/32", prefix)
                self.assertEqual(caught.exception.code, NOT_ALLOWED)
                self.assertEqual(caught.exception.data["prefix"], prefix)
        self.assertEqual(self.listed(), {})


class Labels(ApiCase):
    configuration = FILE + "!\nvip-pool web\n prefix 10.99.8.0/24\n selector app in web api\n!\n"

    def test_a_pool_takes_routes_with_its_labels(self):
        self.assertEqual(self.api.announce("10.99.8.1/32", labels={"app": "web"})["accepted"], 1)
        with self.assertRaises(ApiError) as caught:
            self.api.announce("10.99.8.2/32", labels={"app": "db"})
        self.assertEqual(caught.exception.code, NOT_ALLOWED)
        self.assertEqual(caught.exception.data["reason"], "vip-pool web: label app has to be one of: api, web")


class Clumsy(ApiCase):
    """Clients that hurt themselves, and must not hurt others."""

    def others_are_served(self):
        began = time.monotonic()
        with self.daemon.api() as other:
            other.call("list")
        self.assertLess(time.monotonic() - began, 1.0)

    def test_half_a_line_hinders_nobody(self):
        with self.daemon.api() as slow:
            slow.send(b'{"jsonrpc":"2.0","id":1,')
            self.others_are_served()
            slow.send(b'"method":"list"}\n')
            self.assertIn("result", slow.reply())

    def test_a_line_in_single_octets(self):
        with self.daemon.api() as slow:
            for octet in b'{"jsonrpc":"2.0","id":7,"method":"list"}\n':
                slow.send(bytes((octet,)))
            self.assertEqual(slow.reply()["id"], 7)

    def test_half_a_line_and_gone(self):
        with self.daemon.api() as rude:
            rude.send(b'{"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":["10.0.0.1/32"]}}')
        self.others_are_served()
        self.assertEqual(self.listed(), {})

    def test_a_line_beyond_the_limit(self):
        with self.daemon.api() as rude:
            block = b"x" * (1 << 20)
            try:
                for _ in range(2 * LINE_LIMIT // len(block)):
                    rude.send(block)
            except (BrokenPipeError, ConnectionResetError):
                pass  # closed while we were still talking
            line = rude.line()
            if line is not None:  # the farewell may be lost with a reset
                self.assertEqual(json.loads(line)["error"]["code"], LINE_TOO_LONG)
                self.assertIsNone(rude.line())
        self.others_are_served()
        self.until_small(self.daemon, 64 << 20)

    def test_six_hundred_connections(self):
        held = []
        try:
            for _ in range(600):
                try:
                    held.append(Api(self.daemon.api_socket, timeout=5))
                except (ConnectionRefusedError, BlockingIOError):
                    break
            answers = [self.first_word(one) for one in held]
        finally:
            for one in held:
                one.close()
        self.assertGreaterEqual(answers.count("served"), 100)
        self.assertGreaterEqual(answers.count("full") + answers.count("closed") + 600 - len(held), 1)
        self.daemon.process.must_live()
        until("there is room again", lambda: self.first_word(self.daemon.api()) == "served")

    @staticmethod
    def first_word(client):
        """What a client among many gets: served, told that there are too many, or closed at once."""
        try:
            client.send(b'{"jsonrpc":"2.0","id":1,"method":"version"}\n')
            line = client.line()
        except (BrokenPipeError, ConnectionResetError):
            return "closed"
        if line is None:
            return "closed"
        reply = json.loads(line)
        if "result" in reply:
            return "served"
        return "full" if reply["error"]["code"] == TOO_MANY_CLIENTS else "?"

    def test_a_client_that_never_reads(self):
        with self.daemon.api() as deaf:
            self.api.announce(*(f"10.99.{number >> 8}.{number & 255}/32" for number in range(1, 2000)))
            deaf.socket.settimeout(0.5)
            try:
                for _ in range(2000):
                    deaf.send(b'{"jsonrpc":"2.0","id":1,"method":"list"}\n')
            except (TimeoutError, BrokenPipeError, ConnectionResetError):
                pass  # it stopped taking our requests, as it should
            self.others_are_served()
            self.until_small(self.daemon, 96 << 20)

    def test_descriptors_that_nobody_asked_for(self):
        with self.daemon.api() as odd:
            socket.send_fds(odd.socket, [b'{"jsonrpc":"2.0","id":1,"method":"list"}\n'], [odd.socket.fileno()] * 10)
            self.assertIn("result", odd.reply())
        descriptors = pathlib.Path(f"/proc/{self.daemon.process.pid}/fd")
        self.assertLess(len(list(descriptors.iterdir())), 32)


class Lbgpctl(ApiCase):
    def test_announce_list_withdraw(self):
        self.daemon.lbgpctl("announce", "10.99.8.201/32", "fd00::64/128", "--community", "65010:100")
        text = self.daemon.lbgpctl("list").stdout
        self.assertIn("10.99.8.201/32", text)
        self.assertIn("65010:100", text)
        self.daemon.lbgpctl("withdraw", "10.99.8.201/32")
        self.assertNotIn("10.99.8.201/32", self.daemon.lbgpctl("list").stdout)

    def test_json(self):
        self.daemon.lbgpctl("announce", "10.99.8.201/32")
        printed = json.loads(self.daemon.lbgpctl("--json", "list").stdout)
        self.assertIn("10.99.8.201/32", json.dumps(printed))

    def test_a_refusal_is_an_exit_status_and_a_reason(self):
        done = self.daemon.lbgpctl("announce", "10.99.8.0/24", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("10.99.8.0/24", done.stderr)

    def test_no_daemon(self):
        self.daemon.process.stop()
        done = self.daemon.lbgpctl("list", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("api.sock", done.stderr)


if __name__ == "__main__":
    main(sandboxed=False)
