# SPDX-License-Identifier: Apache-2.0
"""What a benchmark is measured with: the collector and the generator as processes, and what a speaker consumes."""

import json
import os
import pathlib
import select
import subprocess
import time

NANOSECONDS = 1e9


class TooSlow(Exception):
    """What was waited for did not happen within the bound."""


class Broken(Exception):
    """What must not happen did: a session was lost, a program ended."""


class Instrument:
    """A program of ours in a namespace: commands go in, events come out, a JSON object per line."""

    def __init__(self, program, *arguments, namespace):
        self.name = program.name
        argv = namespace.command(["setpriv", "--pdeathsig", "KILL", str(program), *map(str, arguments)])
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.input = b""

    @property
    def pid(self):
        return self.child.pid

    def tell(self, command):
        self.child.stdin.write(command.encode() + b"\n")
        self.child.stdin.flush()

    def next_event(self, deadline):
        while b"\n" not in self.input:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.child.stdout], [], [], left)[0]:
                raise TooSlow
            part = os.read(self.child.stdout.fileno(), 1 << 16)
            if not part:
                raise Broken(f"{self.name} ended: {self.child.stderr.read().decode().strip()}")
            self.input += part
        line, self.input = self.input.split(b"\n", 1)
        return json.loads(line)

    def wait_for(self, event, timeout, *, losses=False):
        """The next event of that name. `losses`: sessions may be lost meanwhile."""
        deadline = time.monotonic() + timeout
        while True:
            found = self.next_event(deadline)
            if found["event"] == "lost" and not losses:
                raise Broken(f"a session was lost: {found['why']}")
            if found["event"] == event:
                return found

    def ask(self, command, event, timeout=60):
        self.tell(command)
        return self.wait_for(event, timeout)

    def stop(self):
        self.child.stdin.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()
        self.child.stderr.close()


def quiet_since(sink, still=0.5, timeout=60):
    """When the last UPDATE came, once none has for `still` seconds; and the report of that moment."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        report = sink.ask("report", "report")
        last = max(one["last"] for one in report["sessions"])
        if report["at"] - last > still * NANOSECONDS:
            return last, report
        time.sleep(still / 4)
    raise TooSlow


def family(pid):
    """A process and all that it has started."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += family(int(child))
    return found


def _status(pid, key):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0


def _pss(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


class Usage:
    """What the processes of a speaker have consumed; `roots` are those that were started, all below them counts."""

    def __init__(self, roots):
        self.pids = [pid for root in roots for pid in family(root)]

    def cpu(self):
        """Seconds that a processor was busy for them."""
        total = 0
        for pid in self.pids:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
        return total / NANOSECONDS

    def switches(self):
        """Context switches, wanted or not: how often they woke up or were interrupted."""
        return sum(_task_status(pid, key) for pid in self.pids
                   for key in ("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"))

    def peak(self):
        """The most memory that was resident, MiB."""
        return sum(_status(pid, "VmHWM") for pid in self.pids) / 1024

    def resident(self):
        return sum(_status(pid, "VmRSS") for pid in self.pids) / 1024

    def proportional(self):
        """Resident memory with shared pages divided among those who share them, MiB."""
        return sum(map(_pss, self.pids)) / 1024


def _task_status(pid, key):
    return sum(_status(f"{pid}/task/{task.name}", key) for task in pathlib.Path(f"/proc/{pid}/task").iterdir())
