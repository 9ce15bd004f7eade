# SPDX-License-Identifier: Apache-2.0
"""Where a measurement happens: two machines with a cable between them, new for each one."""

import dataclasses
import pathlib

from lab import Namespace, cable

SPEAKER, SPEAKER_AS = "10.0.0.1", 65000
SINK_AS, FIRST_SOURCE_AS = 65200, 65101
FIRST_HOST = 100 << 24 | 64 << 16  # 100.64.0.0, as bgp_source has it
COMMUNITY = "64512:100"
KEEPALIVE, HOLD = 30, 90


def dotted(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def hosts(count, first=0):
    """The host routes that a speaker is to announce, as addresses."""
    return [dotted(FIRST_HOST + number) for number in range(first, first + count)]


@dataclasses.dataclass(frozen=True)
class Neighbor:
    address: str
    as_number: int

    def __str__(self):
        return f"{self.address}={self.as_number}"


@dataclasses.dataclass(frozen=True)
class Task:
    """What a speaker is configured for, and what will happen to it."""

    sinks: int = 1
    sources: int = 0
    hosts: int = 0  # how many addresses it will be told of
    table: str = ""  # what each source sends, in bgp_source's words
    changes: int = 0  # pairs of single changes
    joining: bool = False  # sinks connect when the routes are there, not before
    window: int = 0  # seconds of idleness

    def __str__(self):
        """What is not as usual."""
        return " ".join(f"{one.name}={getattr(self, one.name)}" for one in dataclasses.fields(self)
                        if getattr(self, one.name) != one.default)

    @property
    def sink_neighbors(self):
        return [Neighbor(f"10.0.1.{number}", SINK_AS) for number in range(1, self.sinks + 1)]

    @property
    def source_neighbors(self):
        return [Neighbor(f"10.0.2.{number}", FIRST_SOURCE_AS + number - 1) for number in range(1, self.sources + 1)]


class Place:
    """`inside` is the speaker's machine, `outside` that of its neighbors."""

    count = 0

    def __init__(self, task, build):
        Place.count += 1
        self.task, self.build = task, build
        self.directory = pathlib.Path(f"/run/lab/{Place.count}")
        self.directory.mkdir()
        self.inside, self.outside = Namespace(f"inside{Place.count}"), Namespace(f"outside{Place.count}")
        cable(self.inside, "eth0", self.outside, "eth0")
        self.inside.add_address("eth0", f"{SPEAKER}/16")
        neighbors = task.sink_neighbors + task.source_neighbors
        self.outside.add_address("eth0", *(f"{one.address}/16" for one in neighbors))

    def program(self, name):
        return self.build / "tests" / "bench" / name

    def leave(self):
        self.inside.delete()
        self.outside.delete()
