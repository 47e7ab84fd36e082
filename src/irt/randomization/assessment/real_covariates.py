"""Minimization over real subjects: their levels in the order they came, under every distance."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.estimates import estimated, standard_error
from irt.randomization.assessment.minimize_many import minimize_many
from irt.randomization.assessment.profiles import Profiles
from irt.randomization.assessment.sequences import Sequences, Tell, quiet
from irt.randomization.design import Design, Factor
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.method import Levels
from irt.randomization.scheme import UnusablePlan

Distance = Literal["range", "variance", "sd", "sum"]
DISTANCES: tuple[Distance, ...] = ("range", "variance", "sd", "sum")


class UnreadableSubjects(UnusablePlan):
    """A file of subjects that is not there, or does not name what the design asks."""


@dataclass(frozen=True, slots=True)
class Minimized:
    """What one distance made of the subjects: means over the trials, with standard errors.

    `overall`: the range of the arms' counts at the end, each divided by its share. `margins`: the same for each
    factor, averaged over its levels. Guesses and certain allocations are shares of the subjects.
    """

    distance: str
    overall: tuple[float, float]
    margins: dict[str, tuple[float, float]]
    convergence: tuple[float, float]
    directional: tuple[float, float]
    deterministic: float

    def record(self) -> dict[str, Any]:
        """JSON-able; each figure beside its standard error."""
        return {
            "distance": self.distance,
            "overall": _beside(self.overall),
            "margins": {factor: _beside(figure) for factor, figure in self.margins.items()},
            "correct_guesses_share": {
                "convergence": _beside(self.convergence),
                "directional": _beside(self.directional),
            },
            "deterministic_share": self.deterministic,
        }


def read_subjects(path: Path, factors: Sequence[Factor]) -> tuple[Levels, ...]:
    """One row a subject in the file's order; UnreadableSubjects where a column is missing or a level unknown."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise UnreadableSubjects(f"{path.name} cannot be read as a CSV file in UTF-8: {fault}") from None
    missing = [factor.name for factor in factors if rows and factor.name not in rows[0]]
    if missing or not rows:
        raise UnreadableSubjects(f"{path.name} has no {'column ' + missing[0] if missing else 'subjects'}.")
    return tuple(_levels(row, factors, line) for line, row in enumerate(rows, start=2))


def _levels(row: dict[str, str], factors: Sequence[Factor], line: int) -> Levels:
    for factor in factors:
        if row[factor.name] not in factor.levels:
            known = ", ".join(factor.levels)
            raise UnreadableSubjects(
                f"Line {line}: {factor.name} is {str(row[factor.name])[:40]!r}. Its levels are {known}."
            )
    return tuple(row[factor.name] for factor in factors)


def minimize_real(
    design: Design, rule: MarginalRule, real: Sequence[Levels], trials: int, seed: int, tell: Tell = quiet
) -> tuple[Minimized, ...]:
    """Every distance over the same subjects; they come in the same order in each trial, only the draws differ."""
    profiles = Profiles(design.factors, len(real), real)
    results = []
    for done, distance in enumerate(DISTANCES):
        tell(done, len(DISTANCES))
        drawn = minimize_many(replace(rule, distance=distance), profiles, trials, seed)
        results.append(_minimized(distance, drawn, profiles))
    return tuple(results)


def _minimized(distance: str, drawn: Sequences, profiles: Profiles) -> Minimized:
    figures = estimated(drawn)
    errors, subjects = figures.standard_errors, figures.subjects
    places = profiles.positions(1, np.random.default_rng(0))[:, 0]
    return Minimized(
        distance,
        overall=_apart(drawn, np.zeros(subjects, dtype=np.int16), 1),
        margins={
            factor.name: _apart(drawn, places[:, number], len(factor.levels))
            for number, factor in enumerate(profiles.factors)
        },
        convergence=(figures.convergence / subjects, errors["convergence"] / subjects),
        directional=(figures.directional / subjects, errors["directional"] / subjects),
        deterministic=figures.deterministic / subjects,
    )


def _apart(drawn: Sequences, level: NDArray[np.int16], levels: int) -> tuple[float, float]:
    """The mean over levels of the range of counts by share, and its standard error over the trials."""
    ranges = np.zeros(drawn.trials)
    for place in range(levels):
        given = drawn.arms[level == place]
        counts = [np.count_nonzero(given == arm, axis=0) / share for arm, share in enumerate(drawn.ratio)]
        ranges += (np.max(counts, axis=0) - np.min(counts, axis=0)) / levels
    return float(ranges.mean()), standard_error(ranges)


def _beside(figure: tuple[float, float]) -> dict[str, float]:
    return {"mean": figure[0], "standard_error": figure[1]}
