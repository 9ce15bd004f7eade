# SPDX-License-Identifier: Apache-2.0
"""Measures speakers side by side: each workload with each in turn, again and again, everything new each time."""

import contextlib
import sys
import time

from instruments import NANOSECONDS, Broken, Instrument, TooSlow, Usage
from lab import Timeout, process
from lab.process import Gone
from place import SPEAKER, Place

# What a measurement may fail with; the speaker is then left out of this case.
TROUBLE = (TooSlow, Broken, Timeout, Gone, AssertionError, OSError)


class Bench:
    """One measurement: a speaker, its neighbors, and the bound on everything that is waited for, in seconds."""

    def __init__(self, make, task, build, limit):
        self.task, self.limit = task, limit
        self.place = Place(task, build)
        self.sink = self.sources = None
        try:
            self.speaker = make(self.place)
            self.speaker.start()
        except BaseException:
            self._end_processes()
            raise

    def start_sink(self):
        self.sink = Instrument(self.place.program("bgp_sink"), SPEAKER, *self.task.sink_neighbors,
                               namespace=self.place.outside)

    def connect_sinks(self):
        self.start_sink()
        self.sink.tell(f"connect {self.task.sinks}")
        self.sink.wait_for("established", self.limit, losses=True)
        self.speaker.neighbors_are_there()

    def warm_up(self):
        """Sends a route to and fro: some speakers hold back for seconds what is the first for a new neighbor."""
        self.until_sinks_have(1, self.speaker.announce_one)
        self.until_sinks_have(0, self.speaker.withdraw_one)

    def source(self):
        """The sources, connected and ready to send. The limit is its own source."""
        if not self.speaker.relays:
            return self.speaker.source
        self.sources = Instrument(self.place.program("bgp_source"), self.task.table, "to", SPEAKER,
                                  *self.task.source_neighbors, namespace=self.place.outside)
        self.sources.wait_for("ready", self.limit)
        self.sources.tell("connect")
        self.sources.wait_for("established", self.limit, losses=True)
        return self.sources

    @contextlib.contextmanager
    def consumption(self):
        """What the speaker consumes inside the block."""
        usage, sample = Usage(self.speaker.roots()), {}
        before = usage.cpu()
        yield sample
        sample |= {"cpu": usage.cpu() - before, "peak": usage.peak()}

    def until_sinks_have(self, routes, act):
        """Does something and waits until each collector holds so many routes."""
        with self.consumption() as sample:
            self.sink.ask(f"goal {routes}", "waiting")
            began = time.monotonic_ns()
            act()
            reached = self.sink.wait_for("goal", self.limit)
        sample |= {"seconds": (reached["at"] - began) / NANOSECONDS, "updates": reached["updates"]}
        return sample

    def end(self):
        self._end_processes()
        self.place.leave()

    def _end_processes(self):
        for one in (self.sink, self.sources, getattr(self, "speaker", None)):
            if one is not None:
                one.stop()
        process.stop_all()


def measure_once(workload, make, task, build, limit):
    """{row: {key: number}}, or the text that says why not."""
    bench = None
    try:
        bench = Bench(make, task, build, limit)
        return workload.run(bench)
    except TROUBLE as trouble:
        return str(trouble) or f"not within {limit} s"
    finally:
        if bench is not None:
            bench.end()


def measure(workload, task, makes, build, *, repeat, limit, once_over):
    """{row: {speaker: [sample, …] or text}} of one case. They take turns, but for who failed or took long."""
    rows, given_up, slow = {}, {}, set()
    for turn in range(repeat):
        for make in makes:
            if make.name in given_up or make.name in slow:
                continue
            print(f"{workload.name} {task}: {make.name}, {turn + 1} of {repeat}", file=sys.stderr, flush=True)
            began = time.monotonic()
            found = measure_once(workload, make, task, build, limit)
            if time.monotonic() - began > once_over:
                slow.add(make.name)
            if isinstance(found, str):
                given_up[make.name] = found
                print(f"  {found}", file=sys.stderr)
                continue
            for row, sample in found.items():
                rows.setdefault(row, {}).setdefault(make.name, []).append(sample)
    for row in rows or {str(task): {}}:
        for name, why in given_up.items():
            rows.setdefault(row, {})[name] = why
    return rows
