"""How well the arms given so far could have been guessed, subject by subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


class Given(NamedTuple):
    """One allocation: the list or stratum it was made in, each arm's chance then, and the arm."""

    stratum: str
    chances: Mapping[str, Fraction]
    arm: str


@dataclass(frozen=True, slots=True)
class Guessed:
    """Expected numbers of subjects whose arm a guesser would have had right; a tie counts its equal part.

    `by_chances` knows the design and the stratum's arms so far, `by_counts` names the arm that is furthest behind,
    `sure` counts those whose arm was certain.
    """

    stratum: str
    subjects: int
    by_chances: Fraction
    by_counts: Fraction
    sure: int

    @property
    def share(self) -> float:
        """Of all subjects, by who knows the design; 0 where there are none."""
        return float(self.by_chances / self.subjects) if self.subjects else 0.0


def guessed(history: Iterable[Given], shares: Mapping[str, int]) -> tuple[Guessed, ...]:
    """Each stratum in alphabetical order; `shares` are the arms' planned ones."""
    by_stratum: dict[str, list[Given]] = {}
    for given in history:
        by_stratum.setdefault(given.stratum, []).append(given)
    return tuple(_guessed_in(stratum, by_stratum[stratum], shares) for stratum in sorted(by_stratum))


def together(parts: Sequence[Guessed]) -> Guessed:
    """All strata as one."""
    return Guessed(
        stratum="",
        subjects=sum(part.subjects for part in parts),
        by_chances=sum((part.by_chances for part in parts), start=Fraction(0)),
        by_counts=sum((part.by_counts for part in parts), start=Fraction(0)),
        sure=sum(part.sure for part in parts),
    )


def _guessed_in(stratum: str, history: Sequence[Given], shares: Mapping[str, int]) -> Guessed:
    counts = dict.fromkeys(shares, 0)
    by_chances, by_counts, sure = Fraction(0), Fraction(0), 0
    for given in history:
        by_chances += _right(given.arm, given.chances, max(given.chances.values()))
        filled = {arm: Fraction(counts[arm], share) for arm, share in shares.items()}
        by_counts += _right(given.arm, filled, min(filled.values()))
        sure += max(given.chances.values()) == 1
        counts[given.arm] += 1
    return Guessed(stratum, len(history), by_chances, by_counts, sure)


def _right(arm: str, figures: Mapping[str, Fraction], named: Fraction) -> Fraction:
    """The chance that one of the arms with the named figure, picked at random, is the one that was given."""
    picked = [each for each, figure in figures.items() if figure == named]
    return Fraction(arm in picked, len(picked))
