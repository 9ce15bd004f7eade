# SPDX-License-Identifier: Apache-2.0
"""A client of lbgpd's API: JSON-RPC 2.0, one object per line, on a Unix socket."""

import json
import socket


class ApiError(Exception):
    """The error object of a reply."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.code = error.get("code")
        self.message = error.get("message")
        self.data = error.get("data") or {}


class Api:
    """A connection to `api.sock`."""

    def __init__(self, path, timeout=10.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.input = b""
        self.last_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """The next line without its newline; None: the daemon closed the connection."""
        while b"\n" not in self.input:
            try:
                part = self.socket.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                return None
            if not part:
                return None
            self.input += part
        line, self.input = self.input.split(b"\n", 1)
        return line

    def reply(self):
        """The next reply, decoded."""
        line = self.line()
        if line is None:
            raise ConnectionError("the daemon closed the connection")
        return json.loads(line)

    def raw(self, line):
        """Sends one line as it is and returns the decoded reply."""
        self.send(line if isinstance(line, bytes) else line.encode())
        self.send(b"\n")
        return self.reply()

    def call(self, method, **params):
        """The result of one request. Raises ApiError."""
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method}
        if params:
            request["params"] = params
        reply = self.raw(json.dumps(request))
        if reply.get("id") != self.last_id:
            raise ConnectionError(f"reply to another request: {reply}")
        if "error" in reply:
            raise ApiError(reply["error"])
        return reply["result"]

    def announce(self, *prefixes, **attributes):
        return self.call("announce", prefixes=list(prefixes), **attributes)

    def withdraw(self, *prefixes):
        return self.call("withdraw", prefixes=list(prefixes))
