# SPDX-License-Identifier: Apache-2.0
"""FRR's vty socket protocol: a line and a NUL go in, text and NUL NUL NUL STATUS come out."""

import json
import socket

# The statuses that vtysh knows (FRR's CMD_*).
SUCCESS, WARNING, NO_MATCH, AMBIGUOUS, INCOMPLETE = 0, 1, 2, 3, 4


class Vty:
    """A connection to a daemon's vty socket. One command at a time."""

    def __init__(self, path, timeout=10.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.command("enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def command(self, line):
        """Returns (text, status)."""
        self.socket.sendall(line.encode() + b"\0")
        answer = b""
        while len(answer) < 4 or answer[-4:-1] != b"\0\0\0":
            part = self.socket.recv(65536)
            if not part:
                raise ConnectionError(f"vty closed within the answer to {line!r}")
            answer += part
        return answer[:-4].decode(), answer[-1]


def ask(path, line):
    """The text that a daemon answers to one command."""
    with Vty(path) as vty:
        return vty.command(line)[0]


def ask_json(path, line):
    return json.loads(ask(path, line))
