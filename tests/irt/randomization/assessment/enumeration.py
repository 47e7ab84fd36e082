"""Every sequence of a small two-arm design with its exact chance: what the fast routes are held against."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.method import Law, Method, Step


class Written(NamedTuple):
    """One sequence: its chance, its arms, and the law before each of them."""

    chance: Fraction
    arms: tuple[int, ...]
    laws: tuple[Law, ...]


def two_arms(method: str, ratio: tuple[int, int] = (1, 1), **params: object) -> Design:
    """A design of arms A and B."""
    return Design(method, ("A", "B"), ratio, params)


def every_sequence(design: Design, subjects: int) -> list[Written]:
    """All that are possible."""
    method: Method[Any] = method_of(design, subjects)
    written = (_written(method, arms) for arms in product((0, 1), repeat=subjects))
    return [each for each in written if each is not None]


def _written(method: Method[Any], arms: Sequence[int]) -> Written | None:
    memory, chance, laws = method.start(), Fraction(1), []
    for arm in arms:
        law = method.law(memory)
        chance *= Fraction(law[arm])
        if not chance:
            return None
        laws.append(law)
        memory = method.after(memory, Step(arm))
    return Written(chance, tuple(arms), tuple(laws))


def leads(arms: Sequence[int]) -> Iterator[int]:
    """N_A - N_B before every subject and after the last."""
    lead = 0
    yield lead
    for arm in arms:
        lead += 1 - 2 * arm
        yield lead


def mean(sequences: Sequence[Written], value: Any) -> Fraction:
    """The exact expectation of a function of a sequence."""
    return sum((each.chance * Fraction(value(each)) for each in sequences), Fraction(0))


def convergence_guesses(each: Written) -> Fraction:
    """Correct guesses of one who names the arm with fewer so far."""
    half = Fraction(1, 2)
    return sum(
        (
            half if lead == 0 else Fraction((lead > 0) == (arm == 1))
            for lead, arm in zip(leads(each.arms), each.arms, strict=False)
        ),
        Fraction(0),
    )


def directional_guesses(each: Written) -> Fraction:
    """Correct guesses of one who names the arm with the larger conditional probability."""
    right = Fraction(0)
    for law, arm in zip(each.laws, each.arms, strict=True):
        best = [place for place, chance in enumerate(law) if chance == max(law)]
        right += Fraction(arm in best, len(best))
    return right
