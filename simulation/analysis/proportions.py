"""The chance that a trial has any miss at all: so many replications of so many."""

import math

from scipy.special import betaincinv

from simulation.analysis.estimate import Estimate, checked, normal
from simulation.analysis.refusals import UnusableReplications


def wilson(hits: int, replications: int, confidence: float = 0.95) -> Estimate:
    """Wilson's score interval (JASA 1927): covers as told in the mean, at single chances a little less."""
    count_checked(hits, replications)
    z, share = normal(confidence), hits / replications
    square = z * z / replications
    middle = (share + square / 2) / (1 + square)
    half = z * math.sqrt(share * (1 - share) / replications + square / (4 * replications)) / (1 + square)
    low = 0.0 if hits == 0 else max(middle - half, 0.0)
    high = 1.0 if hits == replications else min(middle + half, 1.0)
    return Estimate(share, low, high, confidence, replications, "wilson")


def clopper_pearson(hits: int, replications: int, confidence: float = 0.95) -> Estimate:
    """The exact interval (Biometrika 1934): covers at least with the confidence told, whatever the chance is."""
    count_checked(hits, replications)
    tail = checked(confidence) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, replications - hits + 1, tail))
    high = 1.0 if hits == replications else float(betaincinv(hits + 1, replications - hits, 1 - tail))
    return Estimate(hits / replications, low, high, confidence, replications, "clopper-pearson")


def replications_without_hit(limit: float, confidence: float = 0.95) -> int:
    """How many without one hit show that the chance is below `limit`: (1 - limit)^n <= 1 - confidence."""
    if not 0 < limit < 1:
        raise UnusableReplications("The limit of a chance lies between 0 and 1.")
    return math.ceil(math.log(checked(confidence)) / math.log1p(-limit) - 1e-12)


def count_checked(hits: int, replications: int) -> None:
    """Raises: UnusableReplications unless 0 <= hits <= replications and there is at least one."""
    if replications < 1 or not 0 <= hits <= replications:
        raise UnusableReplications("Of at least one replication, none up to all can be hits.")
