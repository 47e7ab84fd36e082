"""The price of leaving early rises where kits found no lot, and is given back for all kits there are."""

import numpy as np

from optimization.engine.early_price import FIRST_RISE, NO_PRICE, EarlyPrice, raised
from optimization.engine.sources import sources_of
from tests.optimization.engine.small import LONG, small

SOURCES = sources_of(
    small([("K1", LONG), ("K2", LONG)], [("C0", "K1", 0, 3), ("C0", "K1", 10, 2), ("C0", "K2", 20, 5)])
)


def test_who_leaves_early_pays_for_each_later_day() -> None:
    """Leaving before both days costs both prices."""
    price = EarlyPrice({10: 5.0, 20: 7.0}, {10: 3, 20: 5})
    assert list(price.at(np.array([0, 9, 10, 19, 20]))) == [12.0, 12.0, 7.0, 7.0, 0.0]
    assert price.rebate == 3 * 5.0 + 5 * 7.0


def test_the_next_supply_day_is_priced_and_twice_as_much_again() -> None:
    """A kit that leaves on day 4 without a lot should have waited for day 10."""
    first, rises = raised(NO_PRICE, {}, SOURCES, ["K"], [("K", 4)], 10_000.0)
    assert first == EarlyPrice({10: FIRST_RISE}, {10: 3})
    second, _ = raised(first, rises, SOURCES, ["K"], [("K", 4)], 10_000.0)
    assert second.prices == {10: 3 * FIRST_RISE}


def test_no_price_rises_for_other_types_or_after_the_last_supply() -> None:
    """Nothing later could serve them."""
    assert raised(NO_PRICE, {}, SOURCES, ["K"], [("X", 4), ("K", 20)], 10_000.0) == (NO_PRICE, {})


def test_together_prices_stay_below_the_most() -> None:
    """Else a kit would rather be missed."""
    price, _ = raised(NO_PRICE, {}, SOURCES, ["K"], [("K", 4), ("K", 15)], 1.2 * FIRST_RISE)
    assert sum(price.prices.values()) == 1.2 * FIRST_RISE
