"""The paths of a round through the brick tunnel of four arms and more, and how often each is taken.

The ratio alone settles neither the nodes nor the steps there, so a choice is made, exact and the same every time.
Each subject holds a piece of each arm's due, and the pieces of one whole subject of an arm make a seat. Subjects by
seats, the pieces are a table whose rows and columns are whole: a mixture of ways to seat every subject on a piece
of its own (Birkhoff 1946). Any such way stays in the tunnel, and any such mixture keeps the ratio at every subject.
It is taken apart way by way, each as often as its smallest piece allows, once for each turn of the arms' order and
once for each turn of the reversed order; all these count alike. Arms of one share and count are made alike.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from irt.randomization.methods.counts import Counts

Kind = tuple[int, int]
"""An arm by its share of the ratio and by how many it has got: arms of one kind are treated alike."""

Kinds = tuple[Kind, ...]
"""A node of the tunnel by the kinds of its arms, sorted."""

Seat = tuple[int, int]
"""An arm, and which of its subjects."""


class Steps(NamedTuple):
    """How often a node is reached, and how often it is left by giving an arm of a kind; in one unit."""

    nodes: Counter[Kinds]
    steps: Counter[tuple[Kinds, Kind]]


def kinds(ratio: Sequence[int], counts: Sequence[int]) -> Kinds:
    """The kinds of the arms at a node, sorted."""
    return tuple(sorted(zip(ratio, counts, strict=True)))


@lru_cache(maxsize=64)
def steps_of(ratio: Counts) -> Steps:
    """All steps of a round, for shares without a common divisor in rising order."""
    steps = Steps(Counter(), Counter())
    for order in _orders(len(ratio)):
        for arms, times in _ways(ratio, order):
            counts = [0] * len(ratio)
            for arm in arms:
                node = kinds(ratio, counts)
                steps.nodes[node] += times
                steps.steps[node, (ratio[arm], counts[arm])] += times
                counts[arm] += 1
    return steps


def _orders(arms: int) -> Iterator[tuple[int, ...]]:
    """Every turn of the arms' order, then every turn of the reversed one."""
    for order in (tuple(range(arms)), tuple(reversed(range(arms)))):
        for first in range(arms):
            yield order[first:] + order[:first]


def _pieces(ratio: Counts) -> list[dict[Seat, int]]:
    """Each subject's pieces of seats; a seat, like a subject, holds as many as the round has subjects."""
    whole = sum(ratio)
    rows: list[dict[Seat, int]] = []
    for place in range(whole):
        row: dict[Seat, int] = {}
        for arm, share in enumerate(ratio):
            begin, end = place * share, (place + 1) * share
            for seat in range(begin // whole, -(-end // whole)):
                row[arm, seat] = min(end, (seat + 1) * whole) - max(begin, seat * whole)
        rows.append(row)
    return rows


def _ways(ratio: Counts, order: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Ways to seat a round, as the arm of each subject, with how often each is taken."""
    rows = _pieces(ratio)
    rank = {arm: place for place, arm in enumerate(order)}
    taken: dict[Seat, int] = {}
    for row in range(len(rows)):
        _seat(row, rows, rank, taken)
    while True:
        seat_of = {row: seat for seat, row in taken.items()}
        times = min(rows[row][seat] for row, seat in seat_of.items())
        yield [seat_of[row][0] for row in range(len(rows))], times
        for row, seat in seat_of.items():
            rows[row][seat] -= times
            if not rows[row][seat]:
                del rows[row][seat], taken[seat]
        if not any(rows):
            return
        for row in sorted(set(range(len(rows))) - set(taken.values())):
            _seat(row, rows, rank, taken)


def _seat(row: int, rows: list[dict[Seat, int]], rank: dict[int, int], taken: dict[Seat, int]) -> None:
    """Seats one more subject; those in the way move along the shortest chain, first in the order of the arms."""
    asked_by: dict[Seat, int] = {}
    had: dict[int, Seat] = {}
    waiting = deque([row])
    while waiting:
        asking = waiting.popleft()
        for seat in sorted(rows[asking], key=lambda seat: (rank[seat[0]], seat[1])):
            if seat in asked_by:
                continue
            asked_by[seat] = asking
            if seat not in taken:
                _move_along(seat, row, asked_by, had, taken)
                return
            had[taken[seat]] = seat
            waiting.append(taken[seat])


def _move_along(
    seat: Seat, row: int, asked_by: dict[Seat, int], had: dict[int, Seat], taken: dict[Seat, int]
) -> None:
    while asked_by[seat] != row:
        mover = asked_by[seat]
        taken[seat] = mover
        seat = had[mover]
    taken[seat] = row
