"""The one function of the lean engine that is called as machine code; importing this file makes it, or finds it."""

from collections.abc import Iterator

from simulation.arrays import Floats, Ints
from simulation.lean.advance import go_to_moment
from simulation.lean.compiled import kept, over_one_array

_go_to_moment = over_one_array(go_to_moment)


@kept
def playing(w: Ints, f: Floats) -> Iterator[int]:
    """Goes to one moment after the other; a generator, since it is resumed ten times faster than it is called."""
    while True:
        yield _go_to_moment(w, f)
