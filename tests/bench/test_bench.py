#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark at its small size: every workload runs with every speaker, routes are counted right, numbers are there.
No time is judged."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import bench  # noqa: E402
import report  # noqa: E402
import workloads  # noqa: E402
from lab import Case, Options, main  # noqa: E402
from place import Task, hosts  # noqa: E402
from speakers import SPEAKERS  # noqa: E402


class Small(Case):
    """One workload with all speakers; subclasses name it."""

    workload = None

    def measure(self):
        """{row: {speaker: the sample}} of all cases."""
        able = []
        for make in SPEAKERS:
            why = make.missing() or make.UNABLE.get(self.workload.name)
            if why:
                print(f"SKIP  {make.name}: {why}", file=sys.stderr)
            else:
                able.append(make)
        rows = {}
        for task in self.workload.cases("small"):
            rows |= bench.measure(self.workload, task, able, Options.build, repeat=1, limit=120, once_over=120)
        for row, speakers in rows.items():
            self.assertEqual(list(speakers), [make.name for make in able], row)
            for name, samples in speakers.items():
                self.assertIsInstance(samples, list, f"{row}, {name}: {samples}")
                for key, title in self.workload.columns:
                    self.assertGreaterEqual(samples[0][key], 0, f"{row}, {name}: {title}")
                self.assertGreater(samples[0][self.workload.columns[0][0]], 0, f"{row}, {name}")
        print(report.table(self.workload, rows))
        return {row: {name: samples[0] for name, samples in speakers.items()} for row, speakers in rows.items()}


class W1(Small):
    workload = workloads.Announce

    def test_addresses_are_announced_and_withdrawn(self):
        rows = self.measure()
        self.assertEqual(list(rows), ["1,000 announced", "1,000 withdrawn"])
        # What the limit sends is known: as many /32, of five octets each, as a message holds.
        self.assertEqual({row: samples["limit"]["updates"] for row, samples in rows.items()},
                         {"1,000 announced": 2, "1,000 withdrawn": 2})


class W2(Small):
    workload = workloads.SingleChange

    def test_single_changes_reach_the_neighbor(self):
        for samples in self.measure().values():
            for sample in samples.values():
                self.assertLessEqual(sample["p50"], sample["p99"])
                self.assertLessEqual(sample["p99"], sample["worst"])


class W3(Small):
    workload = workloads.FanOut

    def test_every_neighbor_is_told(self):
        rows = self.measure()
        self.assertEqual(list(rows), ["1 neighbor", "5 neighbors", "5 that join"])
        self.assertEqual(rows["5 neighbors"]["limit"]["updates"], 5 * rows["1 neighbor"]["limit"]["updates"])


class W4(Small):
    workload = workloads.Transit

    def test_a_table_is_passed_on(self):
        rows = self.measure()
        self.assertEqual(list(rows), ["1 source", "4 sources"])
        # A set of attributes takes a message of its own.
        for sample in rows["1 source"].values():
            self.assertGreaterEqual(sample["updates"], 1000)
        for sample in [*rows["1 source"].values(), *rows["4 sources"].values()]:
            self.assertGreaterEqual(sample["quiet"], sample["seconds"])


class W5(Small):
    workload = workloads.Idle

    def test_memory_is_counted(self):
        for name, sample in self.measure()["idle"].items():
            self.assertGreater(sample["proportional"], 0, name)
            self.assertLessEqual(sample["proportional"], sample["resident"], name)
            self.assertLessEqual(sample["resident"], sample["peak"] + 0.5, name)  # the kernel counts pages in batches


class W6(Small):
    workload = workloads.Restart

    def test_everything_comes_back(self):
        samples = self.measure()["500 routes"]
        for name, sample in samples.items():
            self.assertGreaterEqual(sample["seconds"], sample["routes"], name)
        # rfc4724-2: a helper drops at End-of-RIB what it has not been told again.
        self.assertEqual(samples["lbgpd"]["early"], 0)


class Report(unittest.TestCase):
    """From samples to a page."""

    class Workload:
        name, title, columns = "W0", "nothing", (("seconds", "s"), ("peak", "peak MB"))
        page = ("seconds", "peak")

    def test_ratios_are_those_of_medians(self):
        ours = [{"seconds": 1.0, "peak": 5}, {"seconds": 3.0, "peak": 7}, {"seconds": 2.0, "peak": 6}]
        rows = {"10 routes": {"lbgpd": ours,
                              "bird": [{"seconds": 0.5, "peak": 1234.5}], "frr": "not within 1 s\nlast words"},
                "none of ours": {"bird": [{"seconds": 0.00004, "peak": 1}]}}
        self.assertEqual(report.table(self.Workload, rows), """\
W0  nothing
                        min s    median       max  / lbgpd  peak MB
10 routes     lbgpd         1         2         3     1.00        6
              bird      0.500     0.500     0.500     0.25    1,234
              frr    not within 1 s
none of ours  bird   0.000040  0.000040  0.000040                 1""")

    def test_a_page_has_medians_by_speaker(self):
        rows = {"10 routes": {"lbgpd": [{"seconds": 1.0, "peak": 5}], "bird": "not within 1 s\nlast words"},
                "20 routes": {"lbgpd": [{"seconds": 0.25, "peak": 5}, {"seconds": 0.75, "peak": 7}]}}
        self.assertEqual(report.page(self.Workload, rows), """\
**W0** nothing: s · peak MB

| | lbgpd | bird |
|---|---|---|
| 10 routes | 1 · 5 | not within 1 s |
| 20 routes | 0.500 · 6 | – |""")

    def test_percentiles_are_values_that_were_seen(self):
        values = list(range(1, 101))
        self.assertEqual([workloads.percentile(values, share) for share in (50, 99, 100)], [50, 99, 100])
        self.assertEqual([workloads.percentile([7], share) for share in (50, 99)], [7, 7])

    def test_a_task_says_what_is_special(self):
        self.assertEqual(str(Task(hosts=5, sinks=2)), "sinks=2 hosts=5")

    def test_hosts_are_those_of_the_generator(self):
        self.assertEqual([hosts(1), hosts(1, 256)], [["100.64.0.0"], ["100.64.1.0"]])


if __name__ == "__main__":
    main()
