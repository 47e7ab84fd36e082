"""Response-adaptive methods from their papers: urns ball by ball, rates as order statistics, sixty digits."""

from collections.abc import Sequence
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import product
from math import factorial
from typing import Any

getcontext().prec = 60

Responses = Sequence[int | None]
Law = tuple[Any, ...] | None


def play_the_winner(
    history: Sequence[int], responses: Responses, ratio: Sequence[int], initial: Fraction, added: Fraction
) -> Law:
    """Wei and Durham (1978): a success adds balls of its own arm, a failure of the others (Wei 1979)."""
    urn = [initial * share for share in ratio]
    for given, response in zip(history, responses, strict=True):
        for arm in range(len(ratio)):
            if response == 1 and arm == given:
                urn[arm] += added
            if response == 0 and arm != given:
                urn[arm] += added / (len(ratio) - 1)
    return tuple(balls / sum(urn) for balls in urn)


def burn_in(history: Sequence[int], ratio: Sequence[int], subjects: int, by: str) -> Law:
    """The first subjects by the ratio; None once they are over."""
    if len(history) >= subjects:
        return None
    if by == "permuted":
        left = [subjects * share // sum(ratio) - history.count(arm) for arm, share in enumerate(ratio)]
        if min(left) >= 0:
            return tuple(Fraction(seats, sum(left)) for seats in left)
    return tuple(Fraction(share, sum(ratio)) for share in ratio)


def doubly_adaptive(
    history: Sequence[int],
    responses: Responses,
    arms: int,
    target: str,
    gamma: Fraction,
    prior: tuple[Fraction, Fraction] = (Fraction(1, 2), Fraction(1, 2)),
) -> Law:
    """Hu and Zhang (2004): g(x, y) = y_k (y_k / x_k)^gamma over the sum; the target y from estimated rates."""
    wanted = []
    for arm in range(arms):
        known = [r for given, r in zip(history, responses, strict=True) if given == arm and r is not None]
        rate = (sum(known) + prior[0]) / (len(known) + sum(prior))
        p = Decimal(rate.numerator) / Decimal(rate.denominator)
        wanted.append({"neyman": (p * (1 - p)).sqrt(), "rsihr": p.sqrt(), "urn": 1 / (1 - p)}[target])
    y = [value / sum(wanted) for value in wanted]
    counts = [sum(1 for given in history if given == arm) for arm in range(arms)]
    if not all(counts):
        open_arms = [value if not count else Decimal(0) for value, count in zip(y, counts, strict=True)]
        return tuple(value / sum(open_arms) for value in open_arms)
    power = Decimal(gamma.numerator) / Decimal(gamma.denominator)
    parts = [yk * (yk * len(history) / count) ** power for yk, count in zip(y, counts, strict=True)]
    return tuple(part / sum(parts) for part in parts)


def best_chances(known: Sequence[tuple[int, int]]) -> list[Fraction]:
    """The chance that each rate is the highest, rates from Beta(s + 1, f + 1).

    Beta(s + 1, f + 1) is the law of the (s + 1)-th smallest of s + f + 1 uniform numbers. So mix the numbers of all
    arms in a random order: the best arm is the one whose marked number comes last.
    """
    sizes, marks = [s + f + 1 for s, f in known], [s for s, _ in known]
    whole = _orders(sizes)
    chances = []
    for arm in range(len(known)):
        ways = 0
        others = [range(mark + 1, size + 1) for mark, size in zip(marks, sizes, strict=True)]
        others[arm] = range(marks[arm], marks[arm] + 1)
        for before in product(*others):
            after = [size - n - (place == arm) for place, (size, n) in enumerate(zip(sizes, before, strict=True))]
            ways += _orders(before) * _orders(after)
        chances.append(Fraction(ways, whole))
    return chances


def _orders(counts: Sequence[int]) -> int:
    whole = factorial(sum(counts))
    for count in counts:
        whole //= factorial(count)
    return whole


def thompson(
    history: Sequence[int],
    responses: Responses,
    arms: int,
    power: Fraction,
    least: Fraction = Fraction(0),
    most: Fraction = Fraction(1),
) -> Law:
    """Thompson (1933), Thall and Wathen (2007): in proportion to a power of the chance of being best."""
    pairs = list(zip(history, responses, strict=True))
    best = best_chances([(pairs.count((arm, 1)), pairs.count((arm, 0))) for arm in range(arms)])
    if power.denominator == 1:
        parts: list[Any] = [chance ** int(power) for chance in best]
    else:
        exponent = Decimal(power.numerator) / Decimal(power.denominator)
        parts = [(Decimal(chance.numerator) / Decimal(chance.denominator)) ** exponent for chance in best]
    law = [part / sum(parts) for part in parts]
    if arms == 2:
        low = max(least, 1 - most)
        held = low if law[0] < low else 1 - low if law[0] > 1 - low else law[0]
        return (held, 1 - held)
    return tuple(law)
