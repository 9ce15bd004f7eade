# SPDX-License-Identifier: Apache-2.0
"""The workloads: what is done, and what is measured of it.

A workload has `name`, `title`, `columns` as (key, heading), the first of which is what speakers are compared by,
`cases(size)` as Tasks, and `run(bench)`, which measures one speaker once and returns {row: {key: number}}.
"""

from instruments import NANOSECONDS, Broken, quiet_since
from place import Task


class Announce:
    """W1: local programs tell of N addresses, and take them back."""

    name = "W1"
    title = "announce burst: N /32 with a community through the local interface, until the neighbor has all; then their withdrawal"
    columns = (("seconds", "s"), ("cpu", "CPU s"), ("peak", "peak MB"), ("updates", "UPDATEs"))

    @staticmethod
    def cases(size):
        return [Task(hosts=count) for count in ((1_000,) if size == "small" else (1_000, 10_000, 100_000, 1_000_000))]

    @staticmethod
    def run(bench):
        bench.speaker.prepare()
        bench.connect_sinks()
        hosts = bench.task.hosts
        return {f"{hosts:,} announced": bench.until_sinks_have(hosts, bench.speaker.announce),
                f"{hosts:,} withdrawn": bench.until_sinks_have(0, bench.speaker.withdraw)}


class Transit:
    """W4: one neighbor's full table, or several neighbors' at once, through the speaker to another neighbor."""

    name = "W4"
    title = "transit: a full table from 1 or 4 sources, until the collector has all of it"
    columns = (("seconds", "s"), ("quiet", "until quiet s"), ("cpu", "CPU s"), ("peak", "peak MB"), ("updates", "UPDATEs"))

    @staticmethod
    def cases(size):
        table = "full:10000:1000:1" if size == "small" else "full:1000000:100000:1"
        return [Task(sources=count, table=table) for count in (1, 4)]

    @staticmethod
    def run(bench):
        prefixes = int(bench.task.table.split(":")[1])
        source = bench.source()
        bench.connect_sinks()
        with bench.consumption() as sample:
            bench.sink.ask(f"goal {prefixes}", "waiting")
            began = source.ask("announce", "announce")["at"]
            reached = bench.sink.wait_for("goal", bench.limit)
            last, report = quiet_since(bench.sink)
        collected = report["sessions"][0]
        if collected["routes"] != prefixes:
            raise Broken(f"{collected['routes']} routes in the end, not {prefixes}")
        sample |= {"seconds": (reached["at"] - began) / NANOSECONDS, "quiet": (last - began) / NANOSECONDS,
                   "updates": collected["updates"]}
        return {f"{bench.task.sources} source{'s' if bench.task.sources > 1 else ''}": sample}


WORKLOADS = (Announce, Transit)
