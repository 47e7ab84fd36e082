"""Alpha spending: how much of an error may be used up by each look agreed beforehand (Lan & DeMets 1983)."""

import math
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from scipy.special import ndtr, ndtri

from simulation.analysis.refusals import UnusableGate


class Spending(StrEnum):
    """Sparing at first (O'Brien-Fleming type) or alike at every look (Pocock type)."""

    OBRIEN_FLEMING = "obrien_fleming"
    POCOCK = "pocock"


def spent(kind: Spending, error: float, share: float) -> float:
    """How much of a one-sided error is used up when that share of all replications, 0 to 1, has been looked at."""
    if share <= 0:
        return 0.0
    if kind is Spending.POCOCK:
        return error * math.log1p((math.e - 1) * min(share, 1.0))
    return float(2 * ndtr(ndtri(error / 2) / math.sqrt(min(share, 1.0))))


def spent_by_look(kind: Spending, error: float, looks: Sequence[int]) -> tuple[float, ...]:
    """What is used up by each look, all before it included; the last uses up all. Raises: UnusableGate."""
    if not looks or looks[0] < 1 or any(later <= earlier for earlier, later in pairwise(looks)):
        raise UnusableGate("Looks are numbers of replications, each larger than the one before.")
    if not 0 < error < 1:
        raise UnusableGate("How often a gate may be wrong lies between 0 and 1.")
    return tuple(spent(kind, error, look / looks[-1]) for look in looks)


def confidence_by_look(kind: Spending, error: float, looks: Sequence[int]) -> tuple[float, ...]:
    """The confidence of a two-sided interval at each look, so that over all looks each side errs at most `error`.

    Each look has what the spending adds there, whatever the figure is (mean, ratio, quantile): the sum of the
    looks' errors bounds the chance of any. Boundaries that know the law of the figure, as those of `looks`, are
    wider open.
    """
    used = spent_by_look(kind, error, looks)
    return tuple(1 - 2 * (now - before) for before, now in zip((0.0, *used), used, strict=False))
