"""What a site wants from elsewhere: own stock serves the first visits, or waits where that saves a lot."""

from optimization.engine.needs import Gain, Need, Want, needs_of
from tests.optimization.engine.small import LONG, small

VISITS = [(5, 2), (20, 2)]


def no_gain(site: str, want: Want) -> float:
    """Nothing expires."""
    return 0.0


def early_gain(site: str, want: Want) -> float:
    """A lot would expire that can serve visits before day 10."""
    return 100.0 if want.day < 10 else 0.0


def choices(gain: Gain, relaxed: bool, expiry: int = LONG, day: int = 0) -> tuple[Need, ...]:
    """Of the one site, that has two kits of its own."""
    problem = small([("K1", expiry)], [("S0", "K1", day, 2)], VISITS)
    (found,) = needs_of(problem, "2-8C", gain, relaxed)
    return found.choices


def left(need: Need) -> list[int]:
    """The days of kits that must come."""
    return [want.day for want in need.wants]


def test_own_stock_serves_the_first_visits() -> None:
    """Where nothing expires there is nothing to choose."""
    (only,) = choices(no_gain, relaxed=False)
    assert left(only) == [20, 20]
    assert [(row.day, row.lot, row.kits) for row in only.from_own_stock] == [(5, "K1", 2)]
    assert only.own_kit_days == 10


def test_it_may_wait_for_later_ones_where_a_lot_would_expire() -> None:
    """One choice for each number of kits kept back, with what it saves at the most."""
    assert [(left(one), one.gain) for one in choices(early_gain, relaxed=False)] == [
        ([20, 20], 0.0),
        ([5, 20], 100.0),
        ([5, 5], 200.0),
    ]


def test_stock_that_does_not_last_serves_nothing() -> None:
    """Of a lot too old, or there too late for the first visits."""
    assert left(choices(no_gain, relaxed=False, expiry=5)[0]) == [5, 5, 20, 20]
    assert left(choices(no_gain, relaxed=False, day=6)[0]) == [5, 5]


def test_the_relaxed_needs_are_never_dearer() -> None:
    """Fewer kits must come, they lie shorter, and own stock serves visits though it has expired by then."""
    for expiry in (5, 15, LONG):
        exact, relaxed = choices(early_gain, False, expiry), choices(early_gain, True, expiry)
        assert min(len(one.wants) for one in relaxed) <= min(len(one.wants) for one in exact)
        assert min(one.own_kit_days for one in relaxed) <= min(one.own_kit_days for one in exact)
        assert max(one.gain for one in relaxed) >= max(one.gain for one in exact)
    assert [5, 5] in [left(one) for one in choices(early_gain, True, 15)]
