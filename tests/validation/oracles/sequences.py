"""Figures of a design by writing down every sequence: the definitions, term by term."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

HALF = Fraction(1, 2)
Law = Callable[[Sequence[int]], Any]


class Figures(NamedTuple):
    """What an assessment tells of two arms, one to one."""

    lead: dict[int, Fraction]
    abs_final: Fraction
    max_abs: Fraction
    convergence: Fraction
    directional: Fraction
    deterministic: Fraction


def every_sequence(law: Law, subjects: int) -> Iterable[tuple[tuple[int, ...], Fraction]]:
    """All sequences of two arms that can come about, with their chances."""
    found: list[tuple[tuple[int, ...], Fraction]] = [((), Fraction(1))]
    for _ in range(subjects):
        found = [
            ((*sequence, arm), chance * part)
            for sequence, chance in found
            for arm, part in enumerate(law(sequence))
            if part
        ]
    return found


def figures(law: Law, subjects: int) -> Figures:
    """Expected values over all sequences."""
    lead: dict[int, Fraction] = {}
    sums = [Fraction(0)] * 5
    for sequence, chance in every_sequence(law, subjects):
        path = [sum(1 if arm == 0 else -1 for arm in sequence[:length]) for length in range(subjects + 1)]
        lead[path[-1]] = lead.get(path[-1], Fraction(0)) + chance
        values = [Fraction(abs(path[-1])), Fraction(max(map(abs, path))), Fraction(0), Fraction(0), Fraction(0)]
        for place, arm in enumerate(sequence):
            chances = law(sequence[:place])
            fewer = HALF if path[place] == 0 else Fraction((arm == 1) == (path[place] > 0))
            likelier = HALF if chances[0] == chances[1] else Fraction(chances[arm] > HALF)
            values[2] += fewer
            values[3] += likelier
            values[4] += 1 in chances
        sums = [total + chance * value for total, value in zip(sums, values, strict=True)]
    return Figures(lead, *sums)
