"""A two-arm design as a chain: from every state the chance of each arm, and how well a reader would guess it."""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, Protocol

from irt.randomization.methods.method import Method, Step

Onward = tuple[int, float, Hashable]
"""One way out of a state: the arm given, its chance, and the state then."""

FIRST, SECOND = Step(0), Step(1)


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

    def __init__(self, method: Method[Any]) -> None:
        self._method = method

    def start(self) -> Hashable:
        """The method's memory before the first subject."""
        memory: Hashable = self._method.start()
        return memory

    def moves(self, state: Any) -> Moves:
        """The method's law there."""
        one, other = self._method.law(state)
        after = self._method.after
        if not other:
            return Moves(1.0, 1.0, True, ((0, 1.0, after(state, FIRST)),))
        if not one:
            return Moves(0.0, 1.0, True, ((1, 1.0, after(state, SECOND)),))
        first, second = float(one), float(other)
        onward = ((0, first, after(state, FIRST)), (1, second, after(state, SECOND)))
        return Moves(first, max(first, second), False, onward)


class RespondingChain(MethodChain):
    """The chain of a method that learns from responses, known at once; `rates`: each arm's chance of success."""

    def __init__(self, method: Method[Any], rates: Sequence[float]) -> None:
        super().__init__(method)
        self._steps = [_steps(arm, rate) for arm, rate in enumerate(rates)]

    def moves(self, state: Any) -> Moves:
        """The method's law there, and each way on once for every response."""
        first, right, certain, onward = super().moves(state)
        responded = [
            (arm, chance * part, self._method.after(state, step))
            for arm, chance, _ in onward
            for step, part in self._steps[arm]
        ]
        return Moves(first, right, certain, tuple(responded))


def _steps(arm: int, rate: float) -> list[tuple[Step, float]]:
    responses = ((1, rate), (0, 1 - rate))
    return [(Step(arm, (), response), part) for response, part in responses if part]
