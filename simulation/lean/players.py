"""Who goes from one moment to the next: machine code, or the same source as it stands."""

from collections.abc import Callable, Iterator

import numpy as np

from simulation.arrays import Ints
from simulation.lean.advance import go_to_moment
from simulation.lean.world import World

Player = Callable[[World, Ints], Iterator[int]]
"""Told the arrays, and the one that they are parts of; each step goes to the clock's moment, or says what lacks."""


def by_machine(w: World, whole: Ints) -> Iterator[int]:
    """Machine code; it is made when it is first needed, which takes half a minute, and kept."""
    from simulation.lean.machine import going  # noqa: PLC0415 - made on import

    del w
    reals = whole.view(np.float64)
    while True:
        yield going(whole, reals)


def plainly(w: World, whole: Ints) -> Iterator[int]:
    """The source as it stands, twenty times slower: nothing is compiled, and a debugger can go along."""
    del whole
    while True:
        yield go_to_moment(w)
