"""Several laws at once, each for some addresses: those that differ in their scale alone are drawn together."""

from collections.abc import Sequence
from typing import Any

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

    def draw(self, which: Ints, stream: Stream, entities: Words, numbers: Any = 0) -> Floats:
        """One number at each address [n], by the law whose place `which` [n] tells."""
        if len(self._firsts) == 1:
            return self._alike(self._firsts[0], which, stream, entities, numbers)
        numbers, first_of = np.broadcast_to(numbers, which.shape), self._first_of[which]
        found = np.empty(which.shape)
        for first in self._firsts:
            own = first_of == first
            found[own] = self._alike(first, which[own], stream, entities[own], numbers[own])
        return found

    def _alike(self, first: int, which: Ints, stream: Stream, entities: Words, numbers: Any) -> Floats:
        match self.laws[first]:
            case laws.LogNormal():
                z = normal(stream.words(entities, numbers))
                told: Floats = self._scale[which] * np.exp(self._sigma[which] * z)
                return told
            case laws.Gamma(shape=shape):
                return gamma(shape, stream, entities, numbers) * self._scale[which]
        return draw(self.laws[first], stream, entities, numbers)


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
