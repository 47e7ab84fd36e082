"""The chance of each arm for each subject before the first is allocated: the law, averaged over all histories.

A design keeps its ratio where every subject's chances equal the shares. Minimization with an unequal ratio does
not: 2:1 with p = 0.8 gives the first five subjects of one margin chances of .80, .32, .70, .78 and .41, not .67.
"""

from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import TypeVar

from irt.errors import Refusal
from irt.randomization.methods.method import Law, Levels, Method, Step

MEMORIES_MAX = 200_000

Kept = TypeVar("Kept", bound=Hashable)


class TooManyHistories(Refusal):
    """More different memories than can be weighed one by one."""

    def __init__(self, subject: int) -> None:
        super().__init__(
            f"By subject {subject} there are more than {MEMORIES_MAX} different histories, so the exact ratio "
            "was not computed. Ask for fewer subjects, or simulate."
        )


def allocation_ratio(method: Method[Kept], subjects: Sequence[Levels]) -> tuple[Law, ...]:
    """For each subject, in order and with these levels, the chance of each arm; exact where the laws are.

    No response is taken to be known. TooManyHistories where memories do not merge soon enough.
    """
    memories: dict[Kept, Fraction | float] = {method.start(): Fraction(1)}
    ratios: list[Law] = []
    for number, levels in enumerate(subjects, start=1):
        following: dict[Kept, Fraction | float] = {}
        arms: list[Fraction | float] = [Fraction(0)] * len(method.ratio)
        for memory, weight in memories.items():
            for arm, chance in enumerate(method.law(memory, levels)):
                if not chance:
                    continue
                arms[arm] += weight * chance
                after = method.after(memory, Step(arm, levels))
                following[after] = following.get(after, Fraction(0)) + weight * chance
        if len(following) > MEMORIES_MAX:
            raise TooManyHistories(number)
        memories = following
        ratios.append(tuple(arms))
    return tuple(ratios)
