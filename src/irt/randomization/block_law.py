"""What permuted blocks look like from outside: the law of the next arm to one who sees arms but not block sizes."""

from collections.abc import Sequence
from fractions import Fraction

from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.scheme import Probabilities


def marginal_probabilities(procedure: PermutedBlock, history: Sequence[str]) -> Probabilities:
    """Each arm's exact probability given only the arms of a stratum so far, in order.

    Every way of cutting the history into blocks is weighed by its probability. ValueError where none is possible.
    """
    here = len(history)
    begins = [Fraction(0)] * (here + max(procedure.sizes) + 1)
    begins[0] = Fraction(1)
    arms = dict.fromkeys(procedure.arms, Fraction(0))
    for start in range(here + 1):
        for size, weight in zip(procedure.sizes, procedure.weights, strict=True):
            seen = history[start : start + size]
            chance = begins[start] * weight * _chance_of(procedure, size, seen)
            if start + size <= here:
                begins[start + size] += chance / sum(procedure.weights)
            elif chance:
                for arm, left in _left(procedure, size, seen).items():
                    arms[arm] += chance * Fraction(left, size - len(seen))
    total = sum(arms.values())
    if not total:
        raise ValueError("no blocks of this plan give that history")
    return tuple((arm, share / total) for arm, share in arms.items())


def _left(procedure: PermutedBlock, size: int, seen: Sequence[str]) -> dict[str, int]:
    repeats = size // sum(procedure.ratio)
    return {
        arm: share * repeats - seen.count(arm) for arm, share in zip(procedure.arms, procedure.ratio, strict=True)
    }


def _chance_of(procedure: PermutedBlock, size: int, seen: Sequence[str]) -> Fraction:
    """Chance that a block of that size begins with these arms; 0 where it cannot."""
    left = _left(procedure, size, ())
    favourable, possible = 1, 1
    for given, arm in enumerate(seen):
        favourable *= left[arm]
        possible *= size - given
        left[arm] -= 1
    return Fraction(favourable, possible)
