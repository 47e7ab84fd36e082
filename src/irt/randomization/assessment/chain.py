"""A two-arm design as a chain: from every state the chance of each arm, and how well a reader would guess it."""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, Protocol

from irt.randomization.methods.method import Method, Step

Onward = tuple[int, float, Hashable]
"""One way out of a state: the arm given, its chance, and the state then."""


class Moves(NamedTuple):
    """What may happen in a state.

    `first` is the first arm's chance; `right` the chance that the better guess of one who knows the design and all
    arms so far is right; `certain` whether such a reader is sure. `right` is NaN where it cannot be told from here.
    """

    first: float
    right: float
    certain: bool
    onward: tuple[Onward, ...]


class Chain(Protocol):
    """A law over the sequences of two arms, with states that merge all histories which go on alike."""

    def start(self) -> Hashable:
        """The state before the first subject."""

    def moves(self, state: Any) -> Moves:
        """What may happen next."""


class MethodChain:
    """The chain of a method without factors: its states are the method's memories."""

    def __init__(self, method: Method[Any], rates: Sequence[float] | None = None) -> None:
        """`rates` is each arm's chance of success, where the method learns from responses."""
        self._method = method
        self._steps = [_steps(arm, rates) for arm in (0, 1)]

    def start(self) -> Hashable:
        """The method's memory before the first subject."""
        memory: Hashable = self._method.start()
        return memory

    def moves(self, state: Any) -> Moves:
        """The method's law there."""
        one, other = self._method.law(state)
        first, second = float(one), float(other)
        if not one:
            return Moves(0.0, 1.0, True, tuple(self._ways(state, 1, 1.0)))
        if not other:
            return Moves(1.0, 1.0, True, tuple(self._ways(state, 0, 1.0)))
        onward = (*self._ways(state, 0, first), *self._ways(state, 1, second))
        return Moves(first, max(first, second), False, onward)

    def _ways(self, memory: Any, arm: int, chance: float) -> list[Onward]:
        after = self._method.after
        return [(arm, chance * part, after(memory, step)) for step, part in self._steps[arm]]


def _steps(arm: int, rates: Sequence[float] | None) -> list[tuple[Step, float]]:
    if rates is None:
        return [(Step(arm), 1.0)]
    responses = ((1, rates[arm]), (0, 1 - rates[arm]))
    return [(Step(arm, (), response), part) for response, part in responses if part]
