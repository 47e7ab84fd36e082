"""One site's lot sizing over the weeks ahead, exact for independent weeks: what each position of stock is worth.

A position is the kits of both arms on site and sent. A week costs its expected misses, holding and
consignments; kits left at the end are waste. Demand is independent from week to week here, and a dose missed is
not carried on.
"""

from dataclasses import dataclass

import numpy as np

from optimization.demand.mass import Mass, add, lumped, shortage_at
from optimization.policies.costs import Prices
from optimization.policies.paths import ARMS, Floats, Ints

FORBIDDEN = np.float32(1e12)


@dataclass(frozen=True, slots=True)
class Lots:
    """Prices on a grid of positions, up to `size` - 1 kits of either arm; `miss` prices a missed dose."""

    prices: Prices
    miss: float
    size: int

    def later(self, law: Mass, fixed: Floats) -> Floats:
        """What each position after today's order costs from this week's end on, its holding included.

        `law`: chances of kits [row, arm, weeks ahead to the end, kits]. Answers [row, arm A, arm B] in cents.
        """
        return self.expected(law[:, :, 0], self.next_week(law, fixed))

    def next_week(self, law: Mass, fixed: Floats) -> Floats:
        """What each position costs from next week on, before an order then."""
        ends = np.arange(self.size) * float(self.prices.left)
        grid = (len(law), self.size, self.size)
        value: Floats = np.asarray(np.broadcast_to(ends[:, None] + ends, grid), dtype=np.float32)
        for week in range(law.shape[2] - 1, 0, -1):
            value = self.expected(law[:, :, week], value) + self.misses(law[:, :, week : week + 2])
            if week < law.shape[2] - 1:
                value = self.before_order(value, fixed)
        return value

    def misses(self, law: Mass) -> Floats:
        """The price of what is missed in the second of two weeks, from the position at the first: no later order
        arrives before it is over."""
        if law.shape[2] < 2:
            return np.zeros((1, 1, 1), dtype=np.float32)
        both = add(law[:, :, 0], law[:, :, 1])
        missed = self._grid(shortage_at(both)) - self._grid(shortage_at(law[:, :, 0]))
        each = (np.maximum(missed, 0) * self.miss).astype(np.float32)
        return np.asarray(each[:, 0, :, None] + each[:, 1, None, :])

    def before_order(self, after: Floats, fixed: Floats) -> Floats:
        """The least of sending nothing and of the best consignment of each cost of shippers."""
        kits = np.add.outer(np.arange(self.size), np.arange(self.size)).astype(np.float32) * self.prices.kit
        worth, best, least = after + kits, after + kits, self.prices.least_each
        reached, steps, farthest = worth, 0, 2 * (self.size - 1 - least)
        for holds, cost in self.prices.steps(2 * (self.size - 1)):
            while steps < min(holds - 2 * least, farthest):
                reached = np.minimum(worth, np.minimum(_shifted(reached, 1, 0), _shifted(reached, 0, 1)))
                steps += 1
            sent = _shifted(reached, least, least) + (fixed + cost)[:, None, None].astype(np.float32)
            best = np.minimum(best, sent)
        return np.asarray(best - kits)

    def best_order(self, after: Floats, fixed: Floats, stock: Ints) -> Ints:
        """What to send of each arm from `stock`, nothing where nothing is cheapest: [row, arm]."""
        rows, least = np.arange(len(after)), self.prices.least_each
        base = np.minimum(stock, self.size - 1)
        sent = np.zeros((len(after), ARMS), dtype=np.int64)
        cheapest = after[rows, base[:, 0], base[:, 1]]
        shipper = self.prices.shipper_cents(2 * self.size)
        padded = np.full((len(after), 2 * self.size, 2 * self.size), FORBIDDEN, dtype=np.float32)
        padded[:, : self.size, : self.size] = after
        second = np.arange(least, self.size)
        for first in range(least, self.size):
            reached = padded[rows[:, None], (base[:, 0] + first)[:, None], base[:, 1][:, None] + second]
            costs = fixed[:, None] + shipper[first + second] + self.prices.kit * (first + second) + reached
            place = costs.argmin(axis=1)
            better = costs[rows, place] < cheapest
            cheapest = np.where(better, costs[rows, place], cheapest)
            sent[better] = np.stack([np.full(len(rows), first), second[place]], axis=1)[better]
        return sent

    def expected(self, today: Mass, value: Floats) -> Floats:
        """What positions cost after a week of such demand, with its holding."""
        move = moved(today, self.size)
        held = (move @ np.arange(self.size, dtype=np.float32)) * np.float32(self.prices.held_week)
        later = move[:, 0] @ value @ move[:, 1].transpose(0, 2, 1)
        return np.asarray(later + held[:, 0, :, None] + held[:, 1, None, :])

    def _grid(self, shortage: Floats) -> Floats:
        """As long as the grid: beyond what can be wanted nothing is missed."""
        missing = max(self.size - shortage.shape[-1], 0)
        return np.pad(shortage[..., : self.size], [(0, 0)] * (shortage.ndim - 1) + [(0, missing)])


def moved(law: Mass, size: int) -> Floats:
    """Chances to come from one position of an arm to another through a week's demand."""
    chances = lumped(law, size).astype(np.float32)
    steps = np.subtract.outer(np.arange(size), np.arange(size))
    move = np.where(steps >= 0, chances[..., np.maximum(steps, 0)], np.float32(0))
    move[..., 0] += np.maximum(1 - move.sum(axis=-1), 0)
    return np.asarray(move)


def _shifted(worth: Floats, first: int, second: int) -> Floats:
    """The worth of the position so many kits of each arm higher; beyond the grid there is none."""
    size = worth.shape[-1]
    shifted = np.full_like(worth, FORBIDDEN)
    shifted[:, : size - first, : size - second] = worth[:, first:, second:]
    return shifted
