# SPDX-License-Identifier: Apache-2.0
"""ExaBGP: commands written into the pipe of its helper program, a thousand prefixes in each."""

import os
import pathlib

from lab import exabgp, until
from lab.process import Process
from place import COMMUNITY, HOLD, SPEAKER, SPEAKER_AS, hosts

from .speaker import Speaker

PER_COMMAND = 1000
ATTRIBUTES = f"next-hop {SPEAKER} community [{COMMUNITY}]"
SETTINGS = {"exabgp.daemon.user": "root", "exabgp.daemon.drop": "false", "exabgp.log.destination": "stderr",
            "exabgp.log.level": "CRIT", "exabgp.tcp.bind": SPEAKER, "exabgp.tcp.port": "179", "exabgp.api.cli": "false",
            "exabgp.api.ack": "false"}
RESTLESS = {"exabgp.reactor.speed": "0.02"}  # it does not sleep between two looks at its pipe


class Exabgp(Speaker):
    name = "exabgp"
    UNABLE = {"W4": "ExaBGP does not pass routes on"}

    def __init__(self, place):
        super().__init__(place)
        self.file = place.directory / "exabgp.conf"
        lines = ["process helper { run /bin/cat; encoder text; }"]
        for one in self.task.sink_neighbors:
            lines += [f"neighbor {one.address} {{ router-id {SPEAKER}; local-address {SPEAKER}; local-as {SPEAKER_AS};"
                      f" peer-as {one.as_number}; hold-time {HOLD}; passive; capability {{ graceful-restart 120; }}"
                      " family { ipv4 unicast; } api { processes [ helper ]; } }"]
        self.file.write_text("\n".join(lines).replace(";", ";\n").replace("{", "{\n").replace("}", "}\n") + "\n",
                             encoding="ascii")
        settings = SETTINGS | ({} if place.task.window else RESTLESS)
        # ExaBGP reads these names with their dots, which a shell could not pass on.
        argv = ["env", *(f"{name}={value}" for name, value in settings.items()), "/usr/sbin/exabgp", self.file]
        self.process = Process("exabgp", argv, place.directory / "log", namespace=place.inside)

    @classmethod
    def missing(cls):
        return exabgp.missing()

    def start(self):
        self.process.start()
        until("ExaBGP runs its helper", self._find_pipe)

    def _find_pipe(self):
        """The pipe that ExaBGP reads commands from: its helper's standard output, which we write to ourselves."""
        self.process.must_live()
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        helper, = (pid for pid in children if pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="ascii") == "cat\n")
        self.pipe = open(f"/proc/{helper}/fd/1", "wb", buffering=0)
        return True

    def roots(self):
        return [self.process.pid]

    def prepare(self):
        every = [f"{one}/32" for one in hosts(self.task.hosts)]
        parts = [" ".join(every[at:at + PER_COMMAND]) for at in range(0, len(every), PER_COMMAND)]
        self.announcements, self.withdrawals = ("".join(_command(verb, part) for part in parts).encode()
                                                for verb in ("announce", "withdraw"))
        one = hosts(1, self.task.hosts)[0] + "/32"
        self.one, self.no_one = (_command(verb, one).encode() for verb in ("announce", "withdraw"))

    def announce(self):
        self._write(self.announcements)

    def withdraw(self):
        self._write(self.withdrawals)

    def announce_one(self):
        self._write(self.one)

    def withdraw_one(self):
        self._write(self.no_one)

    def _write(self, octets):
        while octets:
            octets = octets[os.write(self.pipe.fileno(), octets):]

    def restart(self):
        self.process.stop()
        self.start()
        self.announce()

    def stop(self):
        self.process.stop()


def _command(verb, prefixes):
    return f"{verb} attributes {ATTRIBUTES} nlri {prefixes}\n"
