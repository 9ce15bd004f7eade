# SPDX-License-Identifier: Apache-2.0
"""TCP through a lab: listeners that say where they are, and clients that ask."""

import socket
import threading


class Listener:
    """Accepts connections to a VIP in a node's namespace and answers each with the node's name."""

    def __init__(self, namespace, address, port, name):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with namespace.entered():
            self.socket = socket.create_server((address, port), family=family, backlog=128)
        self.name = name.encode()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.sendall(self.name)
                except OSError:
                    pass  # the client went away first

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def ask(namespace, address, port, timeout=2.0):
    """Who answers at `address`, as seen from a namespace. Raises OSError when nobody does."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with namespace.entered():
        client = socket.socket(family, socket.SOCK_STREAM)
    with client:
        client.settimeout(timeout)
        client.connect((address, port))
        answer = b""
        while part := client.recv(64):
            answer += part
        if not answer:
            raise ConnectionError("closed without an answer")
        return answer.decode()


class Visitor:
    """Connects again and again, in the background, and remembers whether anybody ever was not there.

    A connection that is being made while the route moves may meet a node that does not know it and be reset: one
    such failure is how TCP over equal-cost routes is. Two in a row mean that nobody was there.
    """

    def __init__(self, namespace, address, port):
        self.target = (namespace, address, port)
        self.answers = []
        self.failures_in_a_row = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._visit, daemon=True)
        self.thread.start()

    def _visit(self):
        failed = False
        while not self.stopping.wait(0.01):
            try:
                self.answers.append(ask(*self.target))
                failed = False
            except OSError as error:
                if failed:
                    self.failures_in_a_row.append(error)
                failed = True

    def stop(self):
        self.stopping.set()
        self.thread.join(10)
