"""The one shape of every method: its memory before the first subject, its law for the next, its memory after.

Arms are positions from 0, so that a method knows nothing of a study. Drawing from a law, writing lists, replaying,
assessing and simulating all ask the same three questions.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

Law = tuple[Fraction | float, ...]
"""Each arm's probability given all that went before, in the order of the arms; exact wherever it is rational."""

Levels = tuple[str, ...]
"""A subject's level of each factor, in the order of the design's factors."""

Memory = TypeVar("Memory")


class Step(NamedTuple):
    """What happened to one subject: the arm, the levels as entered, and the response once it is known.

    A response is 1 (success, or a dose-limiting toxicity in dose finding), 0, or None while it is not known.
    """

    arm: int
    levels: Levels = ()
    response: int | None = None


class Method(Protocol[Memory]):
    """A rule with its settings inside. It keeps nothing; a memory is a value, hashable where no factor is used."""

    @property
    def ratio(self) -> tuple[int, ...]:
        """The planned share of each arm."""

    def start(self) -> Memory:
        """The memory before the first subject."""

    def law(self, memory: Memory, levels: Levels = ()) -> Law:
        """Each arm's exact probability for the next subject; a named refusal where there is none."""

    def after(self, memory: Memory, step: Step) -> Memory:
        """The memory once a step is taken."""


def remember(method: Method[Memory], history: Iterable[Step]) -> Memory:
    """The memory of a whole history, in its order."""
    memory = method.start()
    for step in history:
        memory = method.after(memory, step)
    return memory
