"""A design with one list a stratum: independent strata, whose leads add up by convolution and guesses by sum."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from irt.randomization.assessment.characteristics import Characteristics, Imbalance


def even_sizes(subjects: int, strata: int) -> tuple[int, ...]:
    """Subjects over strata, as evenly as whole numbers allow; empty strata are left out."""
    sizes = [subjects // strata + (stratum < subjects % strata) for stratum in range(strata)]
    return tuple(size for size in sizes if size)


def together(strata: Sequence[Characteristics], ratio: Sequence[int]) -> Characteristics:
    """The whole trial of exactly assessed strata; the largest leads are means over the strata, each by itself."""
    law = reduce(_convolved, [dict(stratum.imbalance.distribution) for stratum in strata])
    planned = sum(stratum.subjects for stratum in strata) * (ratio[0] - ratio[1]) / sum(ratio)
    return Characteristics(
        subjects=sum(stratum.subjects for stratum in strata),
        exact=True,
        imbalance=Imbalance(
            law,
            expected_abs_final=sum(abs(lead) * chance for lead, chance in law.items()),
            expected_max_abs=_mean([stratum.imbalance.expected_max_abs for stratum in strata]),
            off_ratio_final=sum(abs(lead - planned) * chance for lead, chance in law.items()),
            off_ratio_max=_mean([stratum.imbalance.off_ratio_max for stratum in strata]),
        ),
        convergence=sum(stratum.convergence for stratum in strata),
        directional=sum(stratum.directional for stratum in strata),
        deterministic=sum(stratum.deterministic for stratum in strata),
        allocation_ratio=(),
    )


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures)


def _convolved(left: dict[int | float, float], right: dict[int | float, float]) -> dict[int | float, float]:
    low = int(min(left) + min(right))
    summed = np.convolve(_dense(left), _dense(right))
    return {low + place: float(chance) for place, chance in enumerate(summed) if chance}


def _dense(law: dict[int | float, float]) -> list[float]:
    return [law.get(lead, 0.0) for lead in range(int(min(law)), int(max(law)) + 1)]
