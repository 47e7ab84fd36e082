"""What is still to happen in a rehearsal, in the order of docs/reference/simulation-order.md."""

import heapq
import itertools
from collections.abc import Callable

from simulation.engine.order import Phase

Act = Callable[[], None]


class Agenda:
    """Acts by minute, phase and rank; an act may add others, of this minute too."""

    def __init__(self) -> None:
        self.now = 0
        self._due: list[tuple[int, Phase, int, int, Act]] = []
        self._count = itertools.count()

    def at(self, minute: int, phase: Phase, rank: int, act: Act) -> None:
        """Something to come; a minute that is past is now."""
        heapq.heappush(self._due, (max(minute, self.now), phase, rank, next(self._count), act))

    def play(self, end_minute: int) -> None:
        """Everything before the end."""
        while self._due and self._due[0][0] < end_minute:
            self.now, _, _, _, act = heapq.heappop(self._due)
            act()
