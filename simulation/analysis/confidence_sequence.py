"""An interval of a chance that holds after every replication at once, so that anybody may stop at any time.

Robbins' mixture (Ann Math Stat 1970): the likelihood of what was seen, averaged over a beta law of chances,
beside that at a chance q. At the true chance this quotient has mean one at every time, so it ever reaches 1 /
error with at most that chance (Ville 1939); the chances where it has not form the interval.
"""

import numpy as np
from scipy.special import betaln, xlog1py, xlogy

from simulation.analysis.arrays import Floats
from simulation.analysis.boundaries import Boundaries
from simulation.analysis.estimate import Estimate, checked
from simulation.analysis.proportions import count_checked
from simulation.analysis.refusals import UnusableGate

HALVINGS = 60
Beta = tuple[float, float]
JEFFREYS: Beta = (0.5, 0.5)


def anytime(hits: int, replications: int, confidence: float = 0.95, mixed: Beta = JEFFREYS) -> Estimate:
    """The interval after so many replications; with that confidence it covers after all of them at once.

    `mixed` is the beta law of the average, chosen before the first replication: it moves the width, not the
    coverage.
    """
    count_checked(hits, replications)
    threshold, share = -np.log(checked(confidence)), hits / replications
    return Estimate(
        share,
        _edge(hits, replications, threshold, mixed, 0.0) if hits else 0.0,
        _edge(hits, replications, threshold, mixed, 1.0) if hits < replications else 1.0,
        confidence,
        replications,
        "confidence sequence",
    )


def anytime_boundaries(limit: float, replications: int, error: float = 0.05, mixed: Beta = JEFFREYS) -> Boundaries:
    """Passes as soon as the sequence of intervals lies below the limit, fails as soon as it lies above.

    Both errors together are at most `error`, at every true chance. Raises: UnusableGate for a limit off (0, 1).
    """
    if not 0 < limit < 1:
        raise UnusableGate("The limit of a chance lies between 0 and 1.")
    threshold, pass_at, fail_at = -np.log(checked(1 - error)), [], []
    for count in range(1, replications + 1):
        hits = np.arange(count + 1)
        told = _evidence(hits, count, limit, mixed) >= threshold
        below = hits < limit * count
        pass_at.append(int(np.count_nonzero(told & below)) - 1)
        fail_at.append(count + 1 - int(np.count_nonzero(told & ~below)))
    return Boundaries(tuple(pass_at), tuple(fail_at))


def mixed_near(limit: float) -> Beta:
    """A law of the average that lies about a small limit, where it decides sooner than Jeffreys' law."""
    return 1.0, 1 / limit


def _evidence(hits: int | np.ndarray, count: int, chance: float, mixed: Beta) -> Floats:
    """The logarithm of the quotient."""
    averaged = betaln(mixed[0] + hits, mixed[1] + count - hits) - betaln(*mixed)
    return np.asarray(averaged - xlogy(hits, chance) - xlog1py(count - hits, -chance))


def _edge(hits: int, count: int, threshold: float, mixed: Beta, outside: float) -> float:
    """Where the quotient reaches its threshold between what was seen and 0 or 1: it only grows on the way out."""
    inside = hits / count
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if _evidence(hits, count, middle, mixed) < threshold:
            inside = middle
        else:
            outside = middle
    return outside
