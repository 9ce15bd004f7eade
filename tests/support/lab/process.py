# SPDX-License-Identifier: Apache-2.0
"""Daemons as child processes: ended by their process id, their output kept for the report of a failure."""

import os
import signal
import subprocess

from .network import clean_environment
from .poll import until

# Every process that was started, for the report when a test fails.
started = []


class Gone(RuntimeError):
    """A daemon that should be running is not; no use waiting for it."""


class Process:
    """One child process. `log` receives its standard output and error, over all of its restarts."""

    def __init__(self, name, argv, log, *, namespace=None, environment=None, directory=None):
        self.name = name
        # Should the test itself be killed, the kernel ends this process too.
        self.argv = ["setpriv", "--pdeathsig", "KILL", *(str(word) for word in argv)]
        self.namespace = namespace
        if namespace is not None:
            self.argv = namespace.command(self.argv)
        self.log = log
        self.environment = clean_environment() | (environment or {})
        self.directory = directory
        self.child = None
        started.append(self)

    def start(self):
        assert self.child is None or self.child.poll() is not None, f"{self.name} already runs"
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          env=self.environment, cwd=self.directory, start_new_session=True)
        return self

    @property
    def pid(self):
        return self.child.pid

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def must_live(self):
        if not self.alive():
            status = None if self.child is None else self.child.returncode
            raise Gone(f"{self.name} is not running (exit status {status})\n{self.tail(20)}")
        return True

    def signal(self, number):
        self.child.send_signal(number)

    def signal_all(self, number):
        """To the daemon and those that it has started."""
        os.killpg(self.child.pid, number)

    def wait(self, timeout=10.0):
        """Its exit status; negative: the signal that ended it."""
        try:
            return self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {timeout:g} s\n{self.tail(20)}") from None

    def stop(self, timeout=10.0):
        """Asks politely and returns the exit status; one that does not listen is killed."""
        if not self.alive():
            return None if self.child is None else self.child.returncode
        self.signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        """As a crash looks from outside: SIGKILL, and gone when this returns."""
        if self.alive():
            self.signal(signal.SIGKILL)
            self.child.wait()

    def output(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def tail(self, lines):
        return "\n".join(self.output().splitlines()[-lines:])

    def until_logged(self, text, timeout=10.0):
        until(f"{self.name} says {text!r}", lambda: text in self.output(), timeout)

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def stop_all():
    """Ends what is left, youngest first. Never fails: it is the last thing that a test does."""
    for process in reversed(started):
        try:
            process.stop(5.0)
        except OSError:
            pass
    started.clear()


def report(stream, lines=60):
    """The end of every daemon's log."""
    for process in started:
        if process.child is None:
            continue
        state = "running" if process.alive() else f"ended with {process.child.returncode}"
        print(f"--- {process.name}, {state}, the last {lines} lines of its log:", file=stream)
        print(process.tail(lines), file=stream)
