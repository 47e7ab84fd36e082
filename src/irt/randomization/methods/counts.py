"""What the restricted methods remember: how many subjects each arm has got."""

from dataclasses import dataclass
from fractions import Fraction

from irt.errors import BadInput
from irt.randomization.methods.method import Law, Step
from irt.randomization.scheme import UnusablePlan

Counts = tuple[int, ...]

EVENLY: Law = (Fraction(1, 2), Fraction(1, 2))
FIRST_ARM: Law = (Fraction(1), Fraction(0))
SECOND_ARM: Law = (Fraction(0), Fraction(1))


class RatioDoesNotFit(UnusablePlan):
    """A ratio, or a number of arms, that the method is not defined for."""


class ImpossibleHistory(BadInput):
    """Allocations that the design could never have made."""

    def __init__(self) -> None:
        super().__init__(
            "This design cannot have made these allocations in this order. Check the history and the design."
        )


class PlannedNumberReached(BadInput):
    """One subject more than the design was made for."""

    def __init__(self, subjects: int) -> None:
        super().__init__(
            f"All {subjects} planned subjects are allocated, so there is no next one. Plan for more from the start."
        )


@dataclass(frozen=True, slots=True)
class Counting:
    """Base of the methods whose law follows from the counts alone."""

    ratio: tuple[int, ...]

    def start(self) -> Counts:
        """None yet."""
        return (0,) * len(self.ratio)

    def after(self, memory: Counts, step: Step) -> Counts:
        """One more on the arm of the step."""
        arm = step.arm
        return (*memory[:arm], memory[arm] + 1, *memory[arm + 1 :])


def require_two_equal_arms(method: str, ratio: tuple[int, ...]) -> None:
    """RatioDoesNotFit unless there are two arms, one to one."""
    if len(ratio) != 2 or ratio[0] != ratio[1]:
        raise RatioDoesNotFit(
            f"{method} is defined for two arms, one to one. For other ratios take permuted_block, block_urn, "
            "brick_tunnel or mass_weighted_urn."
        )


def require_equal_arms(method: str, ratio: tuple[int, ...]) -> None:
    """RatioDoesNotFit unless all arms have the same share."""
    if len(set(ratio)) != 1:
        raise RatioDoesNotFit(
            f"{method} is defined for equal shares. For other ratios take permuted_block, block_urn, brick_tunnel "
            "or mass_weighted_urn."
        )


def require_whole_rounds(method: str, ratio: tuple[int, ...], subjects: int) -> None:
    """UnusablePlan unless the planned subjects hold the ratio a whole number of times."""
    if subjects < 1 or subjects % sum(ratio):
        shares = ":".join(map(str, ratio))
        raise UnusablePlan(
            f"{method} gives {shares} exactly at its end, so the planned number is a multiple of {sum(ratio)}, "
            f"not {subjects}."
        )


def require_coin(method: str, p: Fraction) -> None:
    """UnusablePlan unless the coin favours the arm that is behind, or neither."""
    if not Fraction(1, 2) <= p <= 1:
        raise UnusablePlan(f"The setting p of {method} lies between 1/2 and 1, not at {p}.")


def require_tolerance(method: str, mti: int) -> None:
    """UnusablePlan unless some imbalance is tolerated."""
    if mti < 1:
        raise UnusablePlan(f"The setting mti of {method} is the largest imbalance allowed: 1 or more, not {mti}.")


def towards_balance(memory: Counts, p: Fraction) -> Law:
    """Chance p for the arm of two that is behind; evenly where none is."""
    first, second = memory
    if first == second:
        return EVENLY
    return (p, 1 - p) if first < second else (1 - p, p)
