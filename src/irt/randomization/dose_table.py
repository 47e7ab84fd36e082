"""The decision table of a dose escalation, and the dose that it recommends at its end: plain values."""

from collections.abc import Sequence
from typing import Any

from irt.errors import BadInput
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.boin import Boin
from irt.randomization.methods.escalation import Dose
from irt.randomization.methods.three_plus_three import ThreePlusThree


class NoBoundaries(BadInput):
    """A design that finds no dose."""


def dose_table(design: Design, subjects_max: int, observed: Sequence[Dose] | None = None) -> dict[str, Any]:
    """The boundaries up to so many subjects at a dose; with what was observed, the recommended dose too.

    JSON-able; NoBoundaries where the design finds no dose.
    """
    method = _finding(design, subjects_max)
    told = {"method": design.method, "doses": list(design.arms), **method.boundaries(subjects_max)}
    return told if observed is None else told | _recommendation(design, method, observed)


def _finding(design: Design, subjects_max: int) -> Boin | ThreePlusThree:
    method = method_of(design, subjects_max)
    if not isinstance(method, Boin | ThreePlusThree):
        raise NoBoundaries(f"{design.method} finds no dose. Boundaries are of boin and three_plus_three.")
    return method


def _recommendation(design: Design, method: Boin | ThreePlusThree, observed: Sequence[Dose]) -> dict[str, Any]:
    found = method.recommended(observed)
    rates = found.rates or (None,) * len(design.arms)
    return {
        "observed": [
            {
                "dose": name,
                "subjects": seen.subjects,
                "toxicities": seen.toxicities,
                "isotonic_rate": None if rate is None else float(rate),
            }
            for name, seen, rate in zip(design.arms, observed, rates, strict=True)
        ],
        "recommended": None if found.dose is None else design.arms[found.dose],
        "reason": found.reason,
    }
