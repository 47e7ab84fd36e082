"""Restricted methods from their papers: urns filled ball by ball, sequences counted one by one, formulas."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, exp, factorial, gcd
from typing import Any

getcontext().prec = 60

History = Sequence[int]
Law = tuple[Any, ...] | None
ONE, HALF, ZERO = Fraction(1), Fraction(1, 2), Fraction(0)


def number_in(history: History, arms: int) -> list[int]:
    """Subjects of each arm."""
    return [sum(1 for arm in history if arm == each) for each in range(arms)]


def two(first: Fraction) -> Law:
    """The law of two arms."""
    return (first, 1 - first)


def by_sequences(chances: dict[tuple[int, ...], Fraction], arms: int) -> Callable[[History], Law]:
    """The law that whole sequences with these chances leave after any beginning: a ratio of two sums."""
    begun: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    for sequence, chance in chances.items():
        for length in range(len(sequence) + 1):
            begun[sequence[:length]] += chance

    def law(history: History) -> Law:
        here = tuple(history)
        ways = [begun.get((*here, arm), ZERO) for arm in range(arms)]
        return tuple(way / begun[here] for way in ways) if sum(ways) else None

    return law


def complete(history: History, ratio: Sequence[int]) -> Law:
    """A die with a side for each share."""
    return tuple(Fraction(share, sum(ratio)) for share in ratio)


def random_allocation(subjects: int, ratio: Sequence[int]) -> Callable[[History], Law]:
    """Lachin (1988): all arrangements of n subjects in the exact ratio, each as likely."""
    ends = [subjects * share // sum(ratio) for share in ratio]
    arms = len(ratio)
    return by_sequences({s: ONE for s in product(range(arms), repeat=subjects) if number_in(s, arms) == ends}, arms)


def truncated_binomial(subjects: int) -> Callable[[History], Law]:
    """Blackwell and Hodges (1957): every series of n fair tosses, followed until one arm is full."""
    chances: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    for tosses in product((0, 1), repeat=subjects):
        given: list[int] = []
        for toss in tosses:
            given.append(toss if given.count(toss) < subjects // 2 else 1 - toss)
        chances[tuple(given)] += Fraction(1, 2**subjects)
    return by_sequences(chances, 2)


def maximal(subjects: int, mti: int, balanced: bool) -> Callable[[History], Law]:
    """Berger, Ivanova and Knoll (2003): all sequences that never leave the limit, each as likely."""
    chances = {}
    for sequence in product((0, 1), repeat=subjects):
        lead, largest = 0, 0
        for arm in sequence:
            lead += 1 if arm == 0 else -1
            largest = max(largest, abs(lead))
        if largest <= mti and (lead == 0 or not balanced):
            chances[sequence] = ONE
    return by_sequences(chances, 2)


def maximal_by_reflection(history: History, subjects: int, mti: int) -> Law:
    """The same by counting walks between two walls with their mirror images (Feller 1968, chapter III)."""
    lead = sum(1 if arm == 0 else -1 for arm in history)
    left = subjects - len(history) - 1
    ways = [_walks(left, lead + step, mti + 1) for step in (1, -1)]
    return tuple(Fraction(way, sum(ways)) for way in ways) if sum(ways) else None


def _walks(steps: int, start: int, wall: int) -> int:
    """Walks from start to 0 that touch neither wall nor -wall."""
    if abs(start) >= wall:
        return 0
    images = range(-steps // wall - 2, steps // wall + 3)
    return sum(_paths(steps, start - 4 * k * wall) - _paths(steps, 2 * wall - start - 4 * k * wall) for k in images)


def _paths(steps: int, distance: int) -> int:
    if (steps + distance) % 2 or abs(distance) > steps:
        return 0
    return comb(steps, (steps + distance) // 2)


def permuted_block(sizes: Sequence[int], ratio: Sequence[int]) -> Callable[[History], Law]:
    """Zelen (1974), sizes hidden: the chance of a history is that of its first block times that of the rest."""

    @cache
    def chance(history: tuple[int, ...]) -> Fraction:
        if not history:
            return ONE
        return sum((of_first_block(history, size) for size in sizes), ZERO) / len(sizes)

    def of_first_block(history: tuple[int, ...], size: int) -> Fraction:
        holds = [size * share // sum(ratio) for share in ratio]
        begun = number_in(history[:size], len(ratio))
        if any(n > most for n, most in zip(begun, holds, strict=True)):
            return ZERO
        left = [most - n for n, most in zip(begun, holds, strict=True)]
        return Fraction(_arrangements(left), _arrangements(holds)) * chance(history[size:])

    def law(history: History) -> Law:
        here = tuple(history)
        if not chance(here):
            return None
        return tuple(chance((*here, arm)) / chance(here) for arm in range(len(ratio)))

    return law


def _arrangements(counts: Sequence[int]) -> int:
    whole = factorial(sum(counts))
    for count in counts:
        whole //= factorial(count)
    return whole


def efron(history: History, p: Fraction) -> Law:
    """Efron (1971): p for the arm with fewer."""
    a, b = number_in(history, 2)
    return two(HALF if a == b else p if a < b else 1 - p)


def big_stick(history: History, mti: int) -> Law:
    """Soares and Wu (1983): a fair coin within the limit."""
    a, b = number_in(history, 2)
    return two(ZERO if a - b >= mti else ONE if b - a >= mti else HALF)


def chen(history: History, mti: int, p: Fraction) -> Law:
    """Chen (1999): Efron's coin within the limit."""
    a, b = number_in(history, 2)
    return efron(history, p) if abs(a - b) < mti else two(ONE if a < b else ZERO)


def adjustable_biased_coin(history: History, a: Fraction) -> Law:
    """Baldi Antognini and Giovagnoli (2004): F(D) = |D|^a / (|D|^a + 1) for D of -1 or less, by symmetry above."""
    first, second = number_in(history, 2)
    if first == second:
        return two(HALF)
    size = _power(abs(first - second), a)
    return two(size / (size + 1) if first < second else 1 / (size + 1))


def generalized_biased_coin(history: History, rho: Fraction) -> Law:
    """Smith (1984): n_B^rho / (n_A^rho + n_B^rho)."""
    first, second = number_in(history, 2)
    if not history or rho == 0:
        return two(HALF)
    a, b = _power(first, rho), _power(second, rho)
    return two(b / (a + b))


def _power(base: int, exponent: Fraction) -> Any:
    """Exact for whole exponents, else with sixty digits."""
    if exponent.denominator == 1:
        return Fraction(base) ** int(exponent)
    return Decimal(base) ** (Decimal(exponent.numerator) / Decimal(exponent.denominator)) if base else Decimal(0)


def wei_urn(history: History, arms: int, initial: Fraction, added: Fraction) -> Law:
    """Wei (1977, 1978): after each subject, balls of every other arm are put in."""
    urn = [initial] * arms
    for given in history:
        urn = [balls if arm == given else balls + added for arm, balls in enumerate(urn)]
    return tuple(balls / sum(urn) if sum(urn) else Fraction(1, arms) for balls in urn)


def block_urn(history: History, ratio: Sequence[int], sets: int) -> Law:
    """Zhao and Weng (2011): drawn balls wait in an inactive urn until they make up a balanced set."""
    one_set = [share // gcd(*ratio) for share in ratio]
    active, inactive = [sets * share for share in one_set], [0] * len(ratio)
    for given in history:
        if not active[given]:
            return None
        active[given] -= 1
        inactive[given] += 1
        if all(n >= share for n, share in zip(inactive, one_set, strict=True)):
            active = [n + share for n, share in zip(active, one_set, strict=True)]
            inactive = [n - share for n, share in zip(inactive, one_set, strict=True)]
    return tuple(Fraction(balls, sum(active)) for balls in active)


def mass_weighted_urn(history: History, ratio: Sequence[int], alpha: Fraction) -> Law:
    """Zhao (2015): the drawn ball loses a mass of one, which all balls share out by the ratio."""
    shares = [Fraction(share, sum(ratio)) for share in ratio]
    masses = [alpha * share for share in shares]
    for given in history:
        masses[given] -= 1
        masses = [mass + share for mass, share in zip(masses, shares, strict=True)]
    above = [max(mass, ZERO) for mass in masses]
    return tuple(mass / sum(above) for mass in above)


def brick_tunnel_of_two(history: History, ratio: Sequence[int]) -> Law:
    """Kuznetsova and Tymofyeyev (2011): the only law between floor and ceiling that keeps the ratio."""
    share = Fraction(ratio[0], sum(ratio))
    first = number_in(history, 2)[0]
    before, after = len(history) * share, (len(history) + 1) * share
    floor, next_floor = int(before), int(after)
    up, next_up = before - floor, after - next_floor
    if not _in_tunnel(history, ratio):
        return None
    if first > floor:
        return two(ZERO if next_floor == floor else next_up / up)
    return two(ONE if next_floor > floor else (next_up - up) / (1 - up))


def brick_tunnel_of_three(history: History, ratio: Sequence[int]) -> Law:
    """The same for three arms; where the ratio leaves a range, its middle, from the six flows written out."""
    if not _in_tunnel(history, ratio):
        return None
    counts, m = number_in(history, 3), len(history)
    here, there = _resident(m, ratio), _resident(m + 1, ratio)
    ahead_before, ahead_after = _ahead(m, ratio), _ahead(m + 1, ratio)
    node = tuple(counts)
    if (ahead_before, ahead_after) == (1, 2) and _floors(m, ratio) == _floors(m + 1, ratio):
        return _middle_of_ring(node, m, ratio)
    ways = [_step(node, arm) for arm in range(3)]
    open_ways = [arm for arm in range(3) if ways[arm] in there]
    flows = _settled(here, there)
    assert open_ways
    return tuple(flows.get((node, arm), ZERO) / here[node] for arm in range(3))


def _floors(m: int, ratio: Sequence[int]) -> tuple[int, ...]:
    return tuple(m * share // sum(ratio) for share in ratio)


def _ahead(m: int, ratio: Sequence[int]) -> int:
    return m - sum(_floors(m, ratio))


def _in_tunnel(history: History, ratio: Sequence[int]) -> bool:
    return all(
        abs(n - Fraction(length * share, sum(ratio))) < 1
        for length in range(len(history) + 1)
        for n, share in zip(number_in(history[:length], len(ratio)), ratio, strict=True)
    )


def _resident(m: int, ratio: Sequence[int]) -> dict[tuple[int, ...], Fraction]:
    """Every node of the tunnel after m subjects; the ratio asks that arm k is one up with its broken part."""
    floors, whole = _floors(m, ratio), sum(ratio)
    broken = [Fraction(m * share, whole) - floor for share, floor in zip(ratio, floors, strict=True)]
    found = {}
    for ups in product((0, 1), repeat=len(ratio)):
        if sum(ups) == _ahead(m, ratio):
            chance = (
                ONE
                if not sum(ups)
                else (
                    sum((b for b, up in zip(broken, ups, strict=True) if up), ZERO)
                    if sum(ups) == 1
                    else 1 - sum((b for b, up in zip(broken, ups, strict=True) if not up), ZERO)
                )
            )
            found[tuple(f + up for f, up in zip(floors, ups, strict=True))] = chance
    return {node: chance for node, chance in found.items() if chance}


def _step(node: tuple[int, ...], arm: int) -> tuple[int, ...]:
    return tuple(n + (place == arm) for place, n in enumerate(node))


def _settled(
    here: dict[tuple[int, ...], Fraction], there: dict[tuple[int, ...], Fraction]
) -> dict[tuple[tuple[int, ...], int], Fraction]:
    """Flows along a tree: again and again the node or the next node that has one way left."""
    ways = {(node, arm) for node in here for arm in range(3) if _step(node, arm) in there}
    flows: dict[tuple[tuple[int, ...], int], Fraction] = {}
    while ways - set(flows):
        before = len(flows)
        for node, chance in here.items():
            mine = [way for way in ways if way[0] == node]
            _last_one(mine, chance, flows)
        for node, chance in there.items():
            mine = [way for way in ways if _step(*way) == node]
            _last_one(mine, chance, flows)
        assert len(flows) > before, "the ratio does not settle this step"
    return flows


def _last_one(
    mine: list[tuple[tuple[int, ...], int]], chance: Fraction, flows: dict[tuple[tuple[int, ...], int], Fraction]
) -> None:
    left = [way for way in mine if way not in flows]
    if len(left) == 1:
        flows[left[0]] = chance - sum((flows[way] for way in mine if way in flows), ZERO)


def _middle_of_ring(node: tuple[int, ...], m: int, ratio: Sequence[int]) -> Law:
    """From 'arm i is one up' to 'all but arm j are one up': x, the flow from 0 by arm 1, sets the five others."""
    whole = sum(ratio)
    r = [Fraction(m * share, whole) - m * share // whole for share in ratio]
    after = [Fraction((m + 1) * share, whole) - (m + 1) * share // whole for share in ratio]
    q = [1 - part for part in after]

    def flows(x: Fraction) -> dict[tuple[int, int], Fraction]:
        f = {(0, 1): x, (1, 0): q[2] - x, (0, 2): r[0] - x}
        f[1, 2] = r[1] - f[1, 0]
        f[2, 1] = q[0] - f[1, 2]
        f[2, 0] = r[2] - f[2, 1]
        return f

    constant, along = flows(ZERO), flows(ONE)
    slopes = {edge: along[edge] - constant[edge] for edge in constant}
    least = max(-constant[edge] for edge in constant if slopes[edge] > 0)
    most = min(constant[edge] for edge in constant if slopes[edge] < 0)
    f = flows((least + most) / 2)
    up = next(arm for arm in range(3) if node[arm] > _floors(m, ratio)[arm])
    return tuple(f.get((up, arm), ZERO) / r[up] for arm in range(3))


def max_entropy(history: History, ratio: Sequence[int], eta: Fraction) -> Law:
    """Klotz (1978), Ryeznik and Sverdlov (2018): nearest to the ratio with the expected lack of balance wanted."""
    shares = [Fraction(share, sum(ratio)) for share in ratio]
    counts, m = number_in(history, len(ratio)), len(history) + 1
    lacks = []
    for chosen in range(len(ratio)):
        after = [n + (arm == chosen) for arm, n in enumerate(counts)]
        lacks.append(max(abs(Fraction(n, m) - share) for n, share in zip(after, shares, strict=True)))
    best = [lack == min(lacks) for lack in lacks]
    if eta == 1:
        whole = sum(share for share, is_best in zip(shares, best, strict=True) if is_best)
        return tuple(share / whole if is_best else ZERO for share, is_best in zip(shares, best, strict=True))
    if eta == 0 or all(best):
        return tuple(shares)
    mean = sum(lack * share for lack, share in zip(lacks, shares, strict=True))
    wanted = float(eta * min(lacks) + (1 - eta) * mean)
    return tuple(_tilt([float(share) for share in shares], [float(lack) for lack in lacks], wanted))


def _tilt(shares: list[float], lacks: list[float], wanted: float) -> list[float]:
    """Newton's method for the multiplier, in a frame where its start is safe."""
    mu = 0.0
    for _ in range(200):
        parts = [share * exp(-mu * (lack - min(lacks))) for share, lack in zip(shares, lacks, strict=True)]
        chances = [part / sum(parts) for part in parts]
        mean = sum(chance * lack for chance, lack in zip(chances, lacks, strict=True))
        spread = sum(chance * (lack - mean) ** 2 for chance, lack in zip(chances, lacks, strict=True))
        if abs(mean - wanted) < 1e-17 or spread == 0:
            break
        mu += (mean - wanted) / spread
    return chances
