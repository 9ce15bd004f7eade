# SPDX-License-Identifier: Apache-2.0
"""No speaker: the generator answers the collector itself, which is what machine and harness can do at most."""

from instruments import Instrument
from place import SPEAKER, SPEAKER_AS

from .speaker import Speaker


class Limit(Speaker):
    name = "limit"
    UNABLE = {"W5": "it is no speaker", "W6": "it is no speaker"}
    relays = False

    def __init__(self, place):
        super().__init__(place)
        table = place.task.table or f"hosts:{place.task.hosts}"
        self.source = Instrument(place.program("bgp_source"), table, "as", f"{SPEAKER}={SPEAKER_AS}", place.task.sinks,
                                 namespace=place.inside)

    def start(self):
        self.source.wait_for("ready", 60)

    def neighbors_are_there(self):
        self.source.wait_for("established", 60)  # it says so as well: what it is told to send is sent to all

    def roots(self):
        return [self.source.pid]

    def announce(self):
        self.source.ask("announce", "announce")

    def withdraw(self):
        self.source.ask("withdraw", "withdraw")

    def announce_one(self):
        self.source.ask("one", "one")

    def withdraw_one(self):
        self.source.ask("no-one", "no-one")

    def stop(self):
        self.source.stop()
