"""The adversary: every field by itself, and one guesser that is given all of them; and what is said of it.

A field is named where its z is beyond what chance reaches in any of the tests (Holm 1979), at 1 %. The trial passes
where none is named, the upper limit of the guesser's area is below 0.55, and there were subjects enough to find a
field of area 0.60 with a power of 90 %.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm, rankdata

from irt.blinding.leaks.guesser import folds_of, guesses
from irt.blinding.leaks.power import (
    FIELD_LEVEL,
    LEVEL,
    LIMIT,
    POWER,
    power_for_field,
    subjects_for_field,
    subjects_for_limit,
)
from irt.blinding.leaks.rank_test import Flags, Marks, area_with_error, one_sided, rank_test, two_sided
from irt.blinding.leaks.scores import Aspect, Seen, aspects


class Verdict(StrEnum):
    """What is said of a trial's blind."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NOT_ENOUGH = "not enough subjects"


class Truth(NamedTuple):
    """What the adversary does not know: which of two arms a unit has; and its stratum (the site)."""

    one: bool
    stratum: str


@dataclass(frozen=True, slots=True)
class FieldResult:
    """How well one aspect of one field tells the arms apart. `p` is adjusted for all tests."""

    field: str
    aspect: str
    area: float
    lower: float
    upper: float
    p: float
    units: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the adversary found. `area` and `upper` (one-sided, 95 %) are the guesser's."""

    verdict: Verdict
    units: int
    in_one: int
    fields: int
    tests: int
    area: float
    upper: float
    needed: int
    power: float
    named: tuple[FieldResult, ...]
    closest: tuple[FieldResult, ...]

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "verdict": str(self.verdict)}


class _Known(NamedTuple):
    units: Sequence[str]
    ones: Flags
    strata: Marks
    folds: Marks


CLOSEST = 5


def judge(seen: Seen, truth: Mapping[str, Truth], seed: int, among: int = 0) -> Judged:
    """What can be learned of the truth from what is seen; `among` is how many tests were made elsewhere."""
    known = _known(truth, seed)
    found = _distinct(aspects(seen, known.units), len(known.units))
    tested = [(one, also, *_tested(one, known)) for one, also in found]
    results = _adjusted(tested, among)
    area, upper = _adversary([one for one, _ in found], known)
    share = float(known.ones.mean()) if len(known.ones) else 0.5
    named = tuple(result for result in results if result.p < FIELD_LEVEL)
    power = power_for_field(len(known.units), len(tested), share) if 0 < share < 1 else 0.0
    needed = max(subjects_for_limit(share), subjects_for_field(len(tested), share)) if 0 < share < 1 else 0
    return Judged(
        verdict=_verdict(bool(named), area, upper, power),
        units=len(known.units),
        in_one=int(known.ones.sum()),
        fields=len({field for unit in known.units for field in seen.get(unit, ())}),
        tests=len(tested),
        area=area,
        upper=upper,
        needed=needed,
        power=power,
        named=named,
        closest=tuple(results[:CLOSEST]),
    )


def _verdict(is_named: bool, area: float, upper: float, power: float) -> Verdict:
    lower = area - (upper - area)
    if is_named or lower > 0.5 + (LIMIT - 0.5) / 2:
        return Verdict.FAIL
    return Verdict.PASS if upper < LIMIT and power >= POWER else Verdict.NOT_ENOUGH


def _known(truth: Mapping[str, Truth], seed: int) -> _Known:
    units = sorted(truth)
    places = {name: place for place, name in enumerate(sorted({each.stratum for each in truth.values()}))}
    ones = np.array([truth[unit].one for unit in units], dtype=bool)
    strata = np.array([places[truth[unit].stratum] for unit in units], dtype=np.int64)
    return _Known(units, ones, strata, folds_of(strata, seed) if units else strata)


def _distinct(found: Iterable[Aspect], units: int) -> list[tuple[Aspect, list[str]]]:
    """Aspects that order the units alike once, with the other fields that say the same."""
    kept: dict[bytes, tuple[Aspect, list[str]]] = {}
    for one in found:
        full = np.full((units, one.columns.shape[1]), np.nan)
        full[one.units] = one.columns if one.learned else _ranks(one.columns)
        key = sha256(full.tobytes() + str(one.learned).encode()).digest()
        if key in kept:
            kept[key][1].append(f"{one.field}: {one.aspect}")
        else:
            kept[key] = one, []
    return list(kept.values())


def _ranks(columns: np.ndarray) -> np.ndarray:
    return np.asarray(rankdata(columns[:, 0])).reshape(-1, 1)


def _tested(one: Aspect, known: _Known) -> tuple[float, float, float]:
    """Area, its standard error under chance, and p."""
    ones, strata = known.ones[one.units], known.strata[one.units]
    if one.learned:
        area, error, z = rank_test(guesses(one.columns, ones, known.folds[one.units]), ones, strata)
        return area, error, one_sided(z)
    area, error, z = rank_test(one.columns[:, 0], ones, strata)
    # Whichever arm is higher: who knows the direction can use it.
    return 0.5 + abs(area - 0.5), error, two_sided(z)


def _adjusted(tested: Sequence[tuple[Aspect, list[str], float, float, float]], among: int) -> list[FieldResult]:
    """By Holm, the least likely first."""
    ordered = sorted(tested, key=lambda each: (each[4], -abs(each[2] - 0.5)))
    reach = float(norm.isf(LEVEL / 2))
    results, least = [], 0.0
    for place, (one, also, area, error, p) in enumerate(ordered):
        least = max(least, min(1.0, p * (len(ordered) + among - place)))
        wide = min(reach * error, 1.0)
        limits = max(area - wide, 0.0), min(area + wide, 1.0)
        results.append(FieldResult(one.field, one.aspect, area, *limits, least, int(one.units.sum()), tuple(also)))
    return results


def _adversary(found: Sequence[Aspect], known: _Known) -> tuple[float, float]:
    """The area of the guesser that is given every column, and its upper limit."""
    if not found or not 1 < known.ones.sum() < len(known.ones) - 1:
        return 0.5, 1.0
    columns = []
    for one in found:
        filled = np.zeros((len(known.units), one.columns.shape[1]))
        shown = one.columns if one.learned else _ranks(one.columns) / len(one.columns) - 0.5
        filled[one.units] = shown - shown.mean(axis=0)
        columns.append(filled)
    scores = guesses(np.hstack(columns), known.ones, known.folds)
    area, error = area_with_error(scores, known.ones, known.strata)
    return area, area + float(norm.isf(LEVEL)) * error
