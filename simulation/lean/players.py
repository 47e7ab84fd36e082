"""Who goes from one moment to the next: machine code, or the same source as it stands.

Machine code takes half a minute to make, once for an installation. A process makes it when it has spent as much on
playing without; so nobody ever waits much more than twice as long as was needed, and a short run waits for nothing.
"""

from collections.abc import Callable, Iterator

import numpy as np

from simulation.arrays import Ints
from simulation.lean.advance import go_to_moment
from simulation.lean.world import World

Player = Callable[[World, Ints], Iterator[int]]
"""Told the arrays, and the one that they are parts of; each step goes to the clock's moment, or says what lacks."""

EVENTS_WORTH_MAKING = 500_000
"""Some thirty trials of a thousand subjects: they take as long as the machine code for all later ones."""


def by_machine(w: World, whole: Ints) -> Iterator[int]:
    """Machine code; it is made when it is first needed, which takes half a minute, and kept."""
    from simulation.lean.machine import going  # noqa: PLC0415 - made on import

    del w
    reals = whole.view(np.float64)
    while True:
        yield going(whole, reals)


class Experience:
    """What this process has played without machine code, counted in things to come that were put in the queue."""

    def __init__(self) -> None:
        self.events = 0

    def play_by_machine(self) -> None:
        """From now on, whatever it takes to make it."""
        self.events = EVENTS_WORTH_MAKING + 1

    def player(self) -> Player:
        """Machine code where it was made before, or where this process has played long enough without."""
        if self.events > EVENTS_WORTH_MAKING:
            return by_machine
        from simulation.lean.machine import is_made  # noqa: PLC0415 - prepared on import

        return by_machine if is_made() else plainly


EXPERIENCE = Experience()
"""Of this process."""


def plainly(w: World, whole: Ints) -> Iterator[int]:
    """The source as it stands, twenty times slower: nothing is compiled, and a debugger can go along."""
    del whole
    while True:
        yield go_to_moment(w)
