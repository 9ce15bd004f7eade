# SPDX-License-Identifier: Apache-2.0
"""The workloads: what is done, and what is measured of it.

A workload has `name`, `title`, `columns` as (key, heading), the first of which is what speakers are compared by, `page`
(the keys that a page has room for), `cases(size)` as Tasks, and `run(bench)`, which measures one speaker once and
returns {row: {key: number}}.
"""

import math
import time

from instruments import NANOSECONDS, Broken, Usage, quiet_since
from place import Task


class Announce:
    """W1: local programs tell of N addresses, and take them back."""

    name = "W1"
    title = "announce burst: N /32 with a community through the local interface, until the neighbor has all; and back"
    columns = (("seconds", "s"), ("cpu", "CPU s"), ("peak", "peak MiB"), ("updates", "UPDATEs"))
    page = ("seconds", "peak", "updates")

    @staticmethod
    def cases(size):
        counts = (1_000,) if size == "small" else (1_000, 10_000, 100_000, 1_000_000)
        return [Task(hosts=count) for count in counts]

    @staticmethod
    def run(bench):
        bench.speaker.prepare()
        bench.connect_sinks()
        bench.warm_up()
        hosts = bench.task.hosts
        return {f"{hosts:,} announced": bench.until_sinks_have(hosts, bench.speaker.announce),
                f"{hosts:,} withdrawn": bench.until_sinks_have(0, bench.speaker.withdraw)}


class Transit:
    """W4: one neighbor's full table, or several neighbors' at once, through the speaker to another neighbor."""

    name = "W4"
    title = "transit: a full table from 1 or 4 sources, until the collector has all of it"
    columns = (("seconds", "s"), ("quiet", "until quiet s"), ("cpu", "CPU s"), ("peak", "peak MiB"),
               ("updates", "UPDATEs"))
    page = ("seconds", "peak", "updates")

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




def percentile(values, share):
    """The smallest value that so many per cent of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * share / 100) - 1)]


class SingleChange:
    """W2: one address more, one address less."""

    name = "W2"
    title = "a single change through the local interface, until its UPDATE is in the collector, with N routes standing"
    columns = (("p50", "p50 ms"), ("p99", "p99 ms"), ("worst", "max ms"), ("cpu", "CPU ms each"), ("peak", "peak MiB"))
    page = ("p50", "p99")
    SECONDS = 10  # for one speaker at most, or so many pairs of changes
    PAUSE = 0.002

    @staticmethod
    def cases(size):
        counts, changes = ((20,), 20) if size == "small" else ((200, 100_000), 1000)
        return [Task(hosts=count, changes=changes) for count in counts]

    @classmethod
    def run(cls, bench):
        hosts = bench.task.hosts
        bench.speaker.prepare()
        bench.connect_sinks()
        bench.until_sinks_have(hosts, bench.speaker.announce)
        bench.until_sinks_have(hosts + 1, bench.speaker.announce_one)
        bench.until_sinks_have(hosts, bench.speaker.withdraw_one)
        bench.sink.tell("trace")
        taken = {"announce": [], "withdraw": []}
        end = time.monotonic() + cls.SECONDS
        with bench.consumption() as consumed:
            while time.monotonic() < end and len(taken["withdraw"]) < bench.task.changes:
                taken["announce"].append(cls._one(bench, bench.speaker.announce_one, hosts + 1))
                taken["withdraw"].append(cls._one(bench, bench.speaker.withdraw_one, hosts))
        each = consumed["cpu"] * 1000 / sum(map(len, taken.values()))
        return {f"{hosts:,} standing, {word}": {"p50": percentile(values, 50), "p99": percentile(values, 99),
                                                "worst": max(values), "cpu": each, "peak": consumed["peak"]}
                for word, values in taken.items()}

    @classmethod
    def _one(cls, bench, act, routes):
        """Milliseconds from before the client spoke until the collector had read the UPDATE."""
        time.sleep(cls.PAUSE)
        began = time.monotonic_ns()
        act()
        while (seen := bench.sink.wait_for("update", bench.limit))["routes"] != routes:
            pass
        return (seen["at"] - began) / NANOSECONDS * 1000


class FanOut:
    """W3: addresses for many neighbors, and many neighbors for addresses."""

    name = "W3"
    title = "fan-out: N routes to K neighbors, until the last has all; and to K that connect at once"
    columns = (("seconds", "s"), ("cpu", "CPU s"), ("peak", "peak MiB"), ("updates", "UPDATEs"))
    page = ("seconds", "peak", "updates")

    @staticmethod
    def cases(size):
        hosts, counts, joining = (1000, (1, 5), (5,)) if size == "small" else (100_000, (1, 10, 50, 100), (10, 100))
        return ([Task(hosts=hosts, sinks=count) for count in counts]
                + [Task(hosts=hosts, sinks=count, joining=True) for count in joining])

    @staticmethod
    def run(bench):
        task = bench.task
        bench.speaker.prepare()
        if task.joining:
            bench.speaker.announce()
            bench.start_sink()
            with bench.consumption() as sample:
                began = time.monotonic_ns()
                bench.sink.tell(f"connect {task.sinks}")
                bench.sink.tell(f"goal {task.hosts}")
                reached = bench.sink.wait_for("goal", bench.limit, losses=True)
            sample |= {"seconds": (reached["at"] - began) / NANOSECONDS, "updates": reached["updates"]}
            return {f"{task.sinks} that join": sample}
        bench.connect_sinks()
        bench.warm_up()
        return {f"{task.sinks} neighbor{'s' if task.sinks > 1 else ''}":
                bench.until_sinks_have(task.hosts, bench.speaker.announce)}


class Idle:
    """W5: what it costs to do nothing."""

    name = "W5"
    title = "footprint: 2 neighbors and 200 routes, idle"
    columns = (("resident", "RSS MiB"), ("proportional", "PSS MiB"), ("cpu", "CPU ms/min"), ("switches", "switches/min"),
               ("peak", "peak MiB"))
    page = ("resident", "proportional", "cpu", "switches")

    @staticmethod
    def cases(size):
        return [Task(hosts=200, sinks=2, window=2 if size == "small" else 30)]

    @staticmethod
    def run(bench):
        bench.speaker.prepare()
        bench.connect_sinks()
        bench.until_sinks_have(bench.task.hosts, bench.speaker.announce)
        time.sleep(1)  # what is still to be tidied up is no part of being idle
        usage = Usage(bench.speaker.roots())
        cpu, switches = usage.cpu(), usage.switches()
        time.sleep(bench.task.window)
        minutes = bench.task.window / 60
        return {"idle": {"resident": usage.resident(), "proportional": usage.proportional(), "peak": usage.peak(),
                         "cpu": (usage.cpu() - cpu) * 1000 / minutes,
                         "switches": (usage.switches() - switches) / minutes}}


class Restart:
    """W6: SIGTERM, and started again."""

    name = "W6"
    title = "restart: SIGTERM and start, until all N routes are announced again and End-of-RIB has come"
    columns = (("seconds", "s"), ("routes", "until all s"), ("silence", "first UPDATE s"),
               ("early", "routes behind EoR"))
    page = ("seconds", "early")

    @staticmethod
    def cases(size):
        return [Task(hosts=500 if size == "small" else 10_000)]

    @staticmethod
    def run(bench):
        hosts = bench.task.hosts
        bench.speaker.prepare()
        bench.connect_sinks()
        bench.until_sinks_have(hosts, bench.speaker.announce)
        bench.speaker.keep()
        began = time.monotonic_ns()
        bench.speaker.restart()
        bench.sink.wait_for("lost", bench.limit, losses=True)
        bench.sink.ask(f"goal {hosts} eor", "waiting")
        reached = bench.sink.wait_for("goal", bench.limit, losses=True)
        seen = bench.sink.ask("report", "report")["sessions"][0]
        return {f"{hosts:,} routes": {
            "seconds": (reached["at"] - began) / NANOSECONDS, "routes": (seen["last"] - began) / NANOSECONDS,
            "silence": (seen["first"] - began) / NANOSECONDS, "early": hosts - seen["before_end_of_rib"]}}


WORKLOADS = (Announce, SingleChange, FanOut, Transit, Idle, Restart)
