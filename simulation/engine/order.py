"""The order of simultaneous events: by minute, then by phase, then by rank; docs/reference/simulation-order.md."""

from enum import IntEnum

import simpy
from simpy.events import EventPriority

RANK_BITS = 40
FIRST = 2
"""SimPy's own two priorities come before: they begin and end processes, which changes nothing by itself."""


class Phase(IntEnum):
    """What comes first at one minute."""

    WARM = 0
    RECALL = 1
    EXPIRY = 2
    RELEASE = 3
    SHUT = 4
    OPEN = 5
    NIGHT = 6
    ARRIVAL = 7
    SCREENING = 8
    RANDOMIZATION = 9
    STOP = 10
    VISIT = 11
    REPLACEMENT = 12
    REQUEST = 13
    PATIENCE = 14
    DAY_END = 15


class Moment(simpy.Event):
    """A minute to come, with its place among all that happens then."""

    def __init__(self, env: simpy.Environment, minute: int, phase: Phase, rank: int = 0) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        place = EventPriority(FIRST + (int(phase) << RANK_BITS | rank))
        env.schedule(self, priority=place, delay=minute - env.now)
