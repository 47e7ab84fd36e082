"""Dose finding by the flow charts of its papers, cohort by cohort; every response is known."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb, log

Treated = Sequence[tuple[int, int]]
"""For each subject the dose and whether there was a toxicity."""


def cohorts_of(treated: Treated, size: int) -> tuple[int, int]:
    """The dose of the last cohort, and its seats taken; a new one begins when it is full or the dose changes."""
    dose, seats = 0, 0
    for given, _ in treated:
        seats = seats + 1 if given == dose and seats < size else 1
        dose = given
    return dose, seats


def three_plus_three(treated: Treated, doses: int, highest: str) -> int | None:
    """Storer (1989), Simon et al. (1997): where the next subject goes; None where the rule ends."""
    dose, seats = cohorts_of(treated, 3)
    if seats < 3:
        return dose
    n = [sum(1 for given, _ in treated if given == d) for d in range(doses)]
    y = [sum(toxic for given, toxic in treated if given == d) for d in range(doses)]
    if y[dose] >= 2:
        return dose - 1 if dose > 0 and n[dose - 1] == 3 else None
    if y[dose] == 1 and n[dose] == 3:
        return dose
    can_rise = dose + 1 < doses and y[dose + 1] < 2
    if can_rise:
        return dose + 1
    is_top = dose + 1 == doses
    if n[dose] == 3 and not (is_top and highest == "stop"):
        return dose
    return None


def boin(treated: Treated, doses: int, target: Fraction, size: int = 3, cutoff: float = 0.95) -> int | None:
    """Liu and Yuan (2015): where the next subject goes; None where the lowest dose is closed."""
    low, high = boin_boundaries(target)
    n = [sum(1 for given, _ in treated if given == d) for d in range(doses)]
    y = [sum(toxic for given, toxic in treated if given == d) for d in range(doses)]
    closed = next((d for d in range(doses) if n[d] >= 3 and above(target, n[d], y[d]) > cutoff), doses)
    if closed == 0:
        return None
    dose, seats = cohorts_of(treated, size)
    if dose >= closed:
        return closed - 1
    if seats < size:
        return dose
    rate = y[dose] / n[dose]
    if rate <= low:
        return min(dose + 1, closed - 1)
    return max(dose - 1, 0) if rate >= high else dose


def boin_boundaries(target: Fraction) -> tuple[float, float]:
    """lambda_e and lambda_d of Liu and Yuan (2015), equations of section 2, with 0.6 and 1.4 of the target."""
    t = float(target)
    low, high = 0.6 * t, 1.4 * t
    escalate = log((1 - low) / (1 - t)) / log(t * (1 - low) / (low * (1 - t)))
    lower = log((1 - t) / (1 - high)) / log(high * (1 - t) / (t * (1 - high)))
    return escalate, lower


def above(target: Fraction, n: int, y: int) -> Fraction:
    """P(rate > target) of Beta(y + 1, n - y + 1): its density's powers, integrated one by one."""
    scale = (n + 1) * comb(n, y)
    powers = [(y + k, (-1) ** k * comb(n - y, k)) for k in range(n - y + 1)]
    return scale * sum((Fraction(c, e + 1) * (1 - target ** (e + 1)) for e, c in powers), Fraction(0))


def isotonic(n: Sequence[int], y: Sequence[int]) -> list[Fraction]:
    """Rates with a Beta(0.05, 0.05) prior, made to rise: the largest of the smallest means of runs."""
    half = Fraction(1, 20)
    rates = [(tox + half) / (all_ + 2 * half) for all_, tox in zip(n, y, strict=True)]
    weights = [(all_ + 2 * half + 1) / (r * (1 - r)) for all_, r in zip(n, rates, strict=True)]
    places = range(len(n))

    def mean(first: int, last: int) -> Fraction:
        run = range(first, last + 1)
        return sum((rates[k] * weights[k] for k in run), Fraction(0)) / sum(weights[k] for k in run)

    return [max(min(mean(s, t) for t in places[k:]) for s in places[: k + 1]) for k in places]


def boin_at_its_end(n: Sequence[int], y: Sequence[int], target: Fraction) -> int | None:
    """The recommended dose, ties as in the authors' program: a little more is added to each higher dose's rate."""
    closed = next((d for d in range(len(n)) if n[d] >= 3 and above(target, n[d], y[d]) > Fraction(19, 20)), len(n))
    tried = [dose for dose in range(closed) if n[dose]]
    if not tried:
        return None
    rates = isotonic([n[dose] for dose in tried], [y[dose] for dose in tried])
    nudged = [rate + Fraction(place, 10**10) for place, rate in enumerate(rates, start=1)]
    return min(zip(tried, nudged, strict=True), key=lambda pair: abs(pair[1] - target))[0]
