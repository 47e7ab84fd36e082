"""Covariate-adaptive methods from their papers, recounting all subjects for every decision."""

from collections.abc import Sequence
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import permutations
from typing import Any

getcontext().prec = 60

Profile = Sequence[str]
Law = tuple[Any, ...] | None
TIED = Decimal(10) ** -40
HALF = Fraction(1, 2)


def scores(
    history: Sequence[int],
    subjects: Sequence[Profile],
    subject: Profile,
    ratio: Sequence[int],
    weights: Sequence[Fraction],
    distance: str,
    scaling: str = "add_then_divide",
) -> list[Decimal]:
    """Pocock and Simon (1975): the weighted imbalance of the new subject's margins with the subject in each arm."""
    made = []
    for candidate in range(len(ratio)):
        total = Decimal(0)
        for factor, weight in enumerate(weights):
            values = []
            for arm, share in enumerate(ratio):
                here = sum(
                    1
                    for given, levels in zip(history, subjects, strict=True)
                    if given == arm and levels[factor] == subject[factor]
                )
                one = 1 if arm == candidate else 0
                values.append(
                    Fraction(here + one, share) if scaling == "add_then_divide" else Fraction(here, share) + one
                )
            total += _decimal(weight) * _distance(values, candidate, distance)
        made.append(total)
    return made


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _distance(values: list[Fraction], candidate: int, distance: str) -> Decimal:
    if distance == "range":
        return _decimal(max(values) - min(values))
    if distance == "sum":
        return _decimal(values[candidate])
    mean = sum(values) / len(values)
    variance = _decimal(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return variance if distance == "variance" else variance.sqrt()


def preferred(made: list[Decimal]) -> list[int]:
    """The arms with the least score."""
    return [arm for arm, score in enumerate(made) if abs(score - min(made)) < TIED]


def minimization(made: list[Decimal], ratio: Sequence[int], p: Fraction, tie_rule: str) -> Law:
    """p for the best; ties share it, or are ranked at random: the mean over every order of the tied arms."""
    best, arms = preferred(made), len(ratio)
    if len(best) == arms:
        return tuple(Fraction(share, sum(ratio)) for share in ratio)
    if tie_rule == "shared":
        return tuple(p / len(best) if arm in best else (1 - p) / (arms - len(best)) for arm in range(arms))
    orders = list(permutations(best))
    return tuple(
        sum((p if order[0] == arm else (1 - p) / (arms - 1) for order in orders), Fraction(0)) / len(orders)
        for arm in range(arms)
    )


def biased_coin_minimization(made: list[Decimal], ratio: Sequence[int], p: Fraction) -> Law:
    """Han, Enas and McEntegart (2009): low chances in proportion to the shares, the rest for the preferred arm."""
    best, arms = preferred(made), len(ratio)
    if len(best) == arms:
        return tuple(Fraction(share, sum(ratio)) for share in ratio)
    whole, smallest = sum(ratio), min(ratio)
    law = [Fraction(0)] * arms
    for chosen in best:
        for arm in range(arms):
            if arm == chosen:
                law[arm] += 1 - (1 - p) * Fraction(whole - ratio[arm], whole - smallest)
            else:
                law[arm] += (1 - p) * Fraction(ratio[arm], whole - smallest)
    return tuple(chance / len(best) for chance in law)


def hu_hu(
    history: Sequence[int],
    subjects: Sequence[Profile],
    subject: Profile,
    p: Fraction,
    overall: Fraction,
    stratum: Fraction,
    margins: Sequence[Fraction],
) -> Law:
    """Hu and Hu (2012): Imb(1) and Imb(2) from the differences with the subject in either arm."""

    def imbalance(candidate: int) -> Fraction:
        arms, profiles = [*history, candidate], [*map(tuple, subjects), tuple(subject)]

        def squared(chosen: list[int]) -> int:
            return sum(1 if arms[place] == 0 else -1 for place in chosen) ** 2

        everyone = list(range(len(arms)))
        total = overall * squared(everyone)
        total += stratum * squared([place for place in everyone if profiles[place] == tuple(subject)])
        for factor, weight in enumerate(margins):
            total += weight * squared([place for place in everyone if profiles[place][factor] == subject[factor]])
        return total

    first, second = imbalance(0), imbalance(1)
    chance = HALF if first == second else p if first < second else 1 - p
    return (chance, 1 - chance)


def atkinson_da(
    history: Sequence[int],
    subjects: Sequence[Profile],
    subject: Profile,
    levels: Sequence[Sequence[str]],
    arms: int,
) -> Law:
    """Atkinson (1982): what one subject in an arm takes from the determinant of the contrasts' variance.

    With d = x' M^-1 x the determinant falls to 1 - d(j) / (1 + d) of itself, so d(j) = (1 + d) (1 - fall).
    """
    rows = [_row(arm, profile, levels, arms) for arm, profile in zip(history, subjects, strict=True)]
    information = _information(rows, arms - 1 + 1 + sum(len(each) - 1 for each in levels))
    if _determinant(information) == 0:
        return (Fraction(1, arms),) * arms
    before = _contrast_volume(information, arms)
    gains = []
    for arm in range(arms):
        x = _row(arm, subject, levels, arms)
        inverse = _inverse(information)
        d = sum(x[i] * inverse[i][j] * x[j] for i in range(len(x)) for j in range(len(x)))
        after = _contrast_volume(_information([*rows, x], len(x)), arms)
        gains.append((1 + d) * (1 - after / before))
    return tuple(gain / sum(gains) for gain in gains)


def atkinson_da_of_two(
    history: Sequence[int], subjects: Sequence[Profile], subject: Profile, levels: Sequence[Sequence[str]]
) -> Law:
    """Smith (1984) for two arms: b = z' (F'F)^-1 F't, and (1 - b)^2 to (1 + b)^2."""
    rows = [[Fraction(1), *_dummies(profile, levels)] for profile in subjects]
    size = 1 + sum(len(each) - 1 for each in levels)
    matrix = _information(rows, size)
    if _determinant(matrix) == 0:
        return (HALF, HALF)
    inverse = _inverse(matrix)
    leaning = [
        sum((row[i] * (1 - 2 * arm) for row, arm in zip(rows, history, strict=True)), Fraction(0))
        for i in range(size)
    ]
    z = [Fraction(1), *_dummies(subject, levels)]
    b = sum(z[i] * inverse[i][j] * leaning[j] for i in range(size) for j in range(size))
    low, high = (1 - b) ** 2, (1 + b) ** 2
    return (low / (low + high), high / (low + high))


def _dummies(profile: Profile, levels: Sequence[Sequence[str]]) -> list[Fraction]:
    return [Fraction(level == name) for level, names in zip(profile, levels, strict=True) for name in names[1:]]


def _row(arm: int, profile: Profile, levels: Sequence[Sequence[str]], arms: int) -> list[Fraction]:
    """A mean, then the differences of the arms from the first, then the factors: not the engine's frame."""
    return [Fraction(1), *(Fraction(arm == other) for other in range(1, arms)), *_dummies(profile, levels)]


def _information(rows: Sequence[Sequence[Fraction]], size: int) -> list[list[Fraction]]:
    return [[sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(size)] for i in range(size)]


def _contrast_volume(information: list[list[Fraction]], arms: int) -> Fraction:
    inverse = _inverse(information)
    return _determinant([[inverse[i][j] for j in range(1, arms)] for i in range(1, arms)])


def _determinant(matrix: list[list[Fraction]]) -> Fraction:
    rows, value = [list(row) for row in matrix], Fraction(1)
    for step in range(len(rows)):
        pivot = next((at for at in range(step, len(rows)) if rows[at][step]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != step:
            rows[step], rows[pivot], value = rows[pivot], rows[step], -value
        value *= rows[step][step]
        for at in range(step + 1, len(rows)):
            factor = rows[at][step] / rows[step][step]
            rows[at] = [a - factor * b for a, b in zip(rows[at], rows[step], strict=True)]
    return value


def _inverse(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss and Jordan."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for step in range(size):
        pivot = next(at for at in range(step, size) if rows[at][step])
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [value / rows[step][step] for value in rows[step]]
        for at in range(size):
            if at != step and rows[at][step]:
                factor = rows[at][step]
                rows[at] = [a - factor * b for a, b in zip(rows[at], rows[step], strict=True)]
    return [row[size:] for row in rows]
