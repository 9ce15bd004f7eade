# SPDX-License-Identifier: Apache-2.0
"""OpenBGPD: `bgpctl network bulk` with all prefixes on its standard input, `bgpctl network` for a single one."""

import os
import subprocess

from lab import openbgpd, until
from lab.process import Process
from place import COMMUNITY, HOLD, SPEAKER, SPEAKER_AS, hosts

from .speaker import Speaker


class Openbgpd(Speaker):
    name = "openbgpd"

    def __init__(self, place):
        super().__init__(place)
        os.makedirs("/run/openbgpd", exist_ok=True)  # where its children change their root to
        self.control, self.file = place.directory / "bgpd.sock", place.directory / "bgpd.conf"
        self._write()
        self.process = Process("openbgpd", [openbgpd.BGPD, "-d", "-f", self.file], place.directory / "log",
                               namespace=place.inside)

    @classmethod
    def missing(cls):
        return openbgpd.missing()

    def _write(self, networks=()):
        lines = [f"AS {SPEAKER_AS}", f"router-id {SPEAKER}", "fib-update no", f'socket "{self.control}"',
                 f"holdtime {HOLD}", f"listen on {SPEAKER}"]
        lines += [f"network {one}/32 set community {COMMUNITY}" for one in networks]
        for one in self.task.sink_neighbors + self.task.source_neighbors:
            lines += [f"neighbor {one.address} {{", f" remote-as {one.as_number}", f" local-address {SPEAKER}",
                      " passive", "}"]
        lines += ["allow from any", "allow to any"]
        lines += [f"deny quick to {one.address}" for one in self.task.source_neighbors]
        self.file.write_text("\n".join(lines) + "\n", encoding="ascii")
        self.file.chmod(0o600)

    def start(self):
        self.process.start()
        until("OpenBGPD answers", lambda: self.process.must_live() and self._run("show", "neighbor"), interval=0.01)

    def _run(self, *words, text=None):
        return subprocess.run([openbgpd.BGPCTL, "-s", str(self.control), *words], input=text, capture_output=True,
                              check=True, timeout=120).stdout

    def roots(self):
        return [self.process.pid]

    def prepare(self):
        self.prefixes = "".join(f"{one}/32\n" for one in hosts(self.task.hosts)).encode()
        self.one = f"{hosts(1, self.task.hosts)[0]}/32"

    def announce(self):
        self._run("network", "bulk", "community", COMMUNITY, "add", text=self.prefixes)

    def withdraw(self):
        self._run("network", "bulk", "delete", text=self.prefixes)

    def announce_one(self):
        self._run("network", "add", self.one, "community", COMMUNITY)

    def withdraw_one(self):
        self._run("network", "delete", self.one)

    def keep(self):
        self._write(hosts(self.task.hosts))

    def restart(self):
        self.process.stop()
        self.process.start()

    def stop(self):
        self.process.stop()
