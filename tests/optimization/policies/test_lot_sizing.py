"""Lot sizing of one site: held against every consignment tried one by one."""

import numpy as np
import pytest

from optimization.policies.costs import Prices
from optimization.policies.facts import known_at
from optimization.policies.look_ahead import LookAhead
from optimization.policies.lot_sizing import FORBIDDEN, Lots, moved
from optimization.policies.paths import TRAINING_SET, Trial, draw_paths

SIZE = 9
LOTS = Lots(Prices(), 100_000.0, SIZE)
FIXED = np.array([9_000.0, 21_000.0])


def _worth(seed: int) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(seed)).integers(0, 90_000, (2, SIZE, SIZE)).astype(np.float32)


def _by_trying(after: np.ndarray, row: int, first: int, second: int) -> float:
    shipper = Prices().shipper_cents(2 * SIZE)
    costs = [after[row, first, second]] + [
        FIXED[row] + shipper[a + b] + 300 * (a + b) + after[row, first + a, second + b]
        for a in range(1, SIZE - first)
        for b in range(1, SIZE - second)
    ]
    return float(min(costs))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_best_consignment_of_every_position(seed: int) -> None:
    """Windows by the cost of shippers find what trying all consignments finds."""
    after = _worth(seed)
    best = LOTS.before_order(after, FIXED)
    for row, first, second in np.ndindex(2, SIZE, SIZE):
        assert best[row, first, second] == pytest.approx(_by_trying(after, row, first, second), abs=0.1)


def test_what_is_sent_reaches_the_best_position() -> None:
    """The kits named cost just the least, from several stocks."""
    after, shipper = _worth(4), Prices().shipper_cents(2 * SIZE)
    for stock in ([0, 0], [2, 5], [8, 8], [3, 0]):
        sent = LOTS.best_order(after, FIXED, np.array([stock, stock]))
        for row in range(2):
            (a, b), kits = sent[row], int(sent[row].sum())
            cost = after[row, stock[0] + a, stock[1] + b] + (FIXED[row] + shipper[kits] + 300 * kits) * (kits > 0)
            assert cost == pytest.approx(_by_trying(after, row, *stock), abs=0.1)


def test_stock_moves_with_the_chances_of_demand() -> None:
    """Each row sums to one; what is beyond the stock leaves none."""
    move = moved(np.array([0.5, 0.3, 0.2]), 4)
    assert np.allclose(move.sum(axis=-1), 1)
    assert np.allclose(move[1], [0.5, 0.5, 0, 0])
    assert np.allclose(move[3], [0, 0.2, 0.3, 0.5])


def test_the_last_kit_is_worth_its_waste() -> None:
    """Nothing wanted any more: each kit costs its holding and its waste."""
    law = np.zeros((1, 2, 3, 4))
    law[..., 0] = 1
    later = LOTS.later(law, FIXED[:1])[0]
    assert later[2, 1] == pytest.approx(3 * (40_000 + 3 * 175))
    assert later.max() < FORBIDDEN


def test_nearer_the_end_and_with_cheaper_misses_less_is_sent() -> None:
    """The look-ahead tapers: for the same bare sites it sends less in week 50 than in week 20, none in the last."""
    paths = draw_paths(Trial(sites=20), 6, TRAINING_SET)
    bare = np.zeros((20, 2), dtype=np.int64)
    sent = {week: LookAhead(150_000, 3, 60).order(bare, known_at(paths, week)) for week in (20, 50, 51)}
    assert sent[50].sum() < sent[20].sum() / 2
    assert sent[51].sum() == 0
    assert ((sent[20] > 0).all(axis=1) == (sent[20] > 0).any(axis=1)).all()
    assert LookAhead(10_000, 3, 60).order(bare, known_at(paths, 20)).sum() < sent[20].sum()


def test_the_same_is_sent_every_time() -> None:
    """No chance of its own: two runs are equal."""
    facts = known_at(draw_paths(Trial(sites=15), 6, TRAINING_SET), 12)
    stock = np.ones((15, 2), dtype=np.int64)
    assert np.array_equal(
        LookAhead(90_000, 3, 60).order(stock, facts), LookAhead(90_000, 3, 60).order(stock, facts)
    )
