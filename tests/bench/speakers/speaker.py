# SPDX-License-Identifier: Apache-2.0
"""What a benchmark asks of a speaker."""


class Speaker:
    """One make. All of them wait for their neighbors to connect, have the same timers, send nothing to sources and
    everything to sinks, and are fed by the fastest interface that they have for programs of the same host.

    `UNABLE`: {workload: why it is left out}.
    """

    name = ""
    UNABLE = {}
    relays = True  # passes routes on from one neighbor to another

    def __init__(self, place):
        self.place, self.task = place, place.task

    @classmethod
    def missing(cls):
        """Why it cannot be measured here; empty: it can."""
        return ""

    def start(self):
        """Returns when it can be told something."""
        raise NotImplementedError

    def roots(self):
        """The processes whose consumption is its own, with all that they have started."""
        raise NotImplementedError

    def neighbors_are_there(self):
        """All sinks say that their sessions are established."""

    def prepare(self):
        """All that a client could have ready before the clock starts."""

    def announce(self):
        """Tells it of task.hosts addresses."""
        raise NotImplementedError

    def withdraw(self):
        """Takes all of them back."""
        raise NotImplementedError

    def announce_one(self):
        """Tells it of the address behind the last; `prepare` was called before. May wait for the answer."""
        raise NotImplementedError

    def withdraw_one(self):
        raise NotImplementedError

    def keep(self):
        """Has what it was told survive a restart, if that takes something."""

    def restart(self):
        """SIGTERM, and started again at once; clients that have to tell everything again do so."""
        raise NotImplementedError

    def stop(self):
        raise NotImplementedError
