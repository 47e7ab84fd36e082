"""Several laws at once, each for some addresses: those that differ in their scale alone are drawn together."""

from collections.abc import Sequence

import numpy as np

from simulation.arrays import Floats, Ints, Words
from simulation.inputs.chance import Stream, normal
from simulation.inputs.laws import draw, gamma
from simulation.spec import laws


class MixedLaws:
    """Laws by their places; what `draw` tells is to the last bit what each law alone would tell."""

    def __init__(self, some: Sequence[laws.Law]) -> None:
        self.laws = tuple(some)
        kinds = [_kind(law, place) for place, law in enumerate(some)]
        self._firsts = [kinds.index(kind) for kind in dict.fromkeys(kinds)]
        self._first_of = np.array([kinds.index(kind) for kind in kinds], np.int64)
        self._scale = np.array([_scale(law) for law in some], np.float64)
        self._sigma = np.array([law.sigma if isinstance(law, laws.LogNormal) else 0 for law in some], np.float64)

    def draw(self, which: Ints, stream: Stream, entities: Words, numbers: Ints | None = None) -> Floats:
        """By the law whose place `which` [n] tells: one of each entity [n], or of each of its numbers [n, m]."""
        rows = which.shape if numbers is None else (len(which), len(numbers))
        if len(self._firsts) == 1:
            return self._alike(self._firsts[0], which, stream, entities, numbers)
        first_of, found = self._first_of[which], np.empty(rows)
        for first in self._firsts:
            own = first_of == first
            found[own] = self._alike(first, which[own], stream, entities[own], numbers)
        return found

    def _alike(self, first: int, which: Ints, stream: Stream, entities: Words, numbers: Ints | None) -> Floats:
        own = slice(None) if numbers is None else (slice(None), None)
        address = entities[own], 0 if numbers is None else numbers[None, :]
        match self.laws[first]:
            case laws.LogNormal():
                z = normal(stream.words(*address))
                told: Floats = self._scale[which][own] * np.exp(self._sigma[which][own] * z)
                return told
            case laws.Gamma(shape=shape):
                return gamma(shape, stream, *address) * self._scale[which][own]
        return draw(self.laws[first], stream, *address)


def _kind(law: laws.Law, place: int) -> tuple[str, float]:
    """Equal for laws that are drawn together."""
    match law:
        case laws.LogNormal():
            return law.law, 0
        case laws.Gamma():
            return law.law, law.shape
    return law.law, place


def _scale(law: laws.Law) -> float:
    match law:
        case laws.LogNormal():
            return law.median
        case laws.Gamma():
            return law.mean / law.shape
    return 1
