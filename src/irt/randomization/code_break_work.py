"""What code breaks in a running study tell of the subjects whose arms are still secret.

The reader is taken to know the design, the levels of all subjects, the order in their stratum, and the arms that
were revealed, but no other arm. Without factors and with two arms the law is followed exactly, stratum by stratum;
else trials of the same subjects are drawn, and those are kept that have the revealed arms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from irt.randomization.assessment.assess import Question, exact_layers, sequences
from irt.randomization.assessment.code_break import chances_given
from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.sequences import Arms, Tell
from irt.randomization.design import Design
from irt.randomization.scheme import UnusablePlan
from irt.randomization.study_path import StudyPath, drawn_paths
from irt.randomization.trial_law import TrialLaw

SURE = 0.999
TRIALS = 10_000
PATH_TRIALS = 4_000
KEPT_MIN = 200


class TooManyRevealed(UnusablePlan):
    """So many arms are known that hardly any drawn trial has them all."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum's subjects, in order: the known arms by place, and everybody's chances before and after."""

    name: str
    numbers: tuple[int, ...]
    known: Mapping[int, int]
    before: Floats
    after: Floats
    error: float

    def record(self) -> dict[str, Any]:
        """JSON-able; guesses are expected numbers among subjects whose arm is not known."""
        secret = [place for place in range(len(self.numbers)) if place not in self.known]
        best = self.after.max(axis=1)
        return {
            "stratum": self.name,
            "subjects": len(self.numbers),
            "known": [self.numbers[place] for place in sorted(self.known)],
            "secret": len(secret),
            "guessed_before": float(self.before.max(axis=1)[secret].sum()),
            "guessed_after": float(best[secret].sum()),
            "sure": [self.numbers[place] for place in secret if best[place] >= SURE],
            "most_likely": [
                {"number": self.numbers[place], "chance": float(best[place])}
                for place in sorted(secret, key=lambda place: -best[place])[:5]
            ],
            "error": self.error,
        }


def after_code_breaks(
    law: TrialLaw, subjects: Sequence[Mapping[str, Any]], known: Sequence[int], tell: Tell
) -> dict[str, Any]:
    """JSON-able: every stratum with a revealed arm; `known` are assignment numbers."""
    strata: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for subject in subjects:
        strata.setdefault(law.stratum(subject["levels"]), []).append(subject)
    touched = {name: here for name, here in strata.items() if any(each["number"] in known for each in here)}
    found = []
    for done, (name, here) in enumerate(sorted(touched.items())):
        tell(done, len(touched))
        found.append(_stratum(law, ", ".join(name), here, known, tell))
    return {
        "strata": [stratum.record() for stratum in found],
        "exact": all(stratum.error == 0 for stratum in found),
        "subjects": len(subjects),
        "known": sorted(known),
    }


def path_after_code_breaks(path: StudyPath, known: Sequence[int], tell: Tell) -> dict[str, Any]:
    """The same for a study that one design does not tell: all subjects together, from its draws made again.

    The reader is taken to know besides which responses are known of whom.
    """
    numbers = tuple(each.facts.number for each in path.asked)
    arms = [path.arms.index(each.arm) for each in path.asked]
    revealed = {place: arms[place] for place, number in enumerate(numbers) if number in known}
    before, after, error = _shares(drawn_paths(path, PATH_TRIALS, 0, tell), revealed, len(path.arms))
    return {
        "strata": [Stratum("", numbers, revealed, before, after, error).record()],
        "exact": False,
        "subjects": len(numbers),
        "known": sorted(known),
    }


def _stratum(
    law: TrialLaw, name: str, subjects: Sequence[Mapping[str, Any]], known: Sequence[int], tell: Tell
) -> Stratum:
    numbers = tuple(each["number"] for each in subjects)
    arms = {place: law.design.arms.index(each["arm"]) for place, each in enumerate(subjects)}
    revealed = {place: arms[place] for place, number in enumerate(numbers) if number in known}
    layers = exact_layers(law.design, Question(law.planned or len(subjects)))
    if layers is not None:
        some = layers[: len(subjects)]
        before, after = (_both(chances_given(some, given)) for given in ({}, revealed))
        return Stratum(name, numbers, revealed, before, after, 0.0)
    before, after, error = _drawn(law.design, [law.own_levels(each["levels"]) for each in subjects], revealed, tell)
    return Stratum(name, numbers, revealed, before, after, error)


def _both(first: Floats) -> Floats:
    """The chance of each of two arms, from that of the first."""
    return np.stack([first, 1 - first], axis=1)


def _drawn(
    design: Design, levels: Sequence[tuple[str, ...]], revealed: Mapping[int, int], tell: Tell
) -> tuple[Floats, Floats, float]:
    """Shares over drawn trials, over those with the revealed arms, and the largest standard error of the latter."""
    real = levels if design.factors else None
    arms = sequences(design, Question(len(levels), TRIALS, real=real), tell).arms
    return _shares(arms, revealed, len(design.ratio))


def _shares(arms: Arms, revealed: Mapping[int, int], arms_in_all: int) -> tuple[Floats, Floats, float]:
    kept = np.ones(arms.shape[1], dtype=bool)
    for place, arm in revealed.items():
        kept &= arms[place] == arm
    count = int(kept.sum())
    if count < KEPT_MIN:
        raise TooManyRevealed(
            f"Of {arms.shape[1]:,} drawn trials {count} have all the revealed arms, which is too few to judge by. "
            "Ask about fewer of them."
        )
    before, after = (
        np.stack([(some == arm).mean(axis=1) for arm in range(arms_in_all)], axis=1)
        for some in (arms, arms[:, kept])
    )
    return before, after, 0.5 / count**0.5
