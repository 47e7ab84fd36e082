"""Stock by day, its low point and band; kits by the month in which they expire."""

from dataclasses import replace
from datetime import date

import pytest

from optimization.check.check_plan import check_plan
from optimization.plan import Plan
from optimization.story.demand_band import chance_band, poisson_quantile
from optimization.story.expiry_waterfall import ExpiryMonth, expiry_waterfall, waste_by_lot
from optimization.story.stock_book import stock_book, tally
from optimization.story.stock_projection import DemandBand, stock_projection
from tests.optimization.story.small import small_plan, small_problem


def test_stock_of_a_site_follows_arrivals_and_uses() -> None:
    """Three arrive on day 8, one is used at once, two on day 15."""
    told = stock_projection(small_problem(), small_plan(), "S1", ["K"])
    assert [day.stock for day in told.days] == [0] * 8 + [2] * 7 + [0] * 13
    assert [(day.day, day.arrived) for day in told.deliveries] == [(8, 3)]
    assert told.lowest.day == 0


def test_a_depot_sends_on_and_loses_what_expires() -> None:
    """Eight come on day 1, six leave on day 7, the old one of the two left expires on day 21."""
    told = stock_projection(small_problem(), small_plan(), "D1", ["K"])
    assert [told.days[day].stock for day in (0, 1, 6, 7, 20, 21, 27)] == [0, 8, 8, 2, 2, 1, 1]
    assert [(day.day, day.expired) for day in told.days if day.expired] == [(21, 1)]


def test_the_band_moves_stock_by_what_demand_may_be() -> None:
    """With nobody wanting kits all three stay; with twice the demand none are left after day 15, never fewer."""
    wanted = [0] * 8 + [1] * 7 + [3] * 13
    band = DemandBand(few=[0] * 28, many=[2 * kits for kits in wanted])
    told = stock_projection(small_problem(), small_plan(), "S1", ["K"], band)
    assert (told.high[10], told.low[10], told.high[20], told.low[20]) == (3, 1, 3, 0)


def test_without_a_band_low_and_high_are_the_stock() -> None:
    """Nothing is made up where no quantiles are given."""
    told = stock_projection(small_problem(), small_plan(), "S2", ["K"])
    assert told.low == told.high == tuple(day.stock for day in told.days)


def test_a_place_the_plan_does_not_touch_is_empty() -> None:
    """Every day is told all the same."""
    told = stock_projection(small_problem(), Plan((), ()), "S1", ["K"])
    assert [day.stock for day in told.days] == [0] * 28


def test_kits_by_the_month_in_which_they_expire() -> None:
    """Old kits: five used, one expired at the depot; new ones: one used, nine still good at depots."""
    assert expiry_waterfall(small_problem(), small_plan()) == (
        ExpiryMonth(date(2026, 1, 1), 5, 0, 1, 0),
        ExpiryMonth(date(2026, 3, 1), 1, 0, 0, 9),
    )


def test_every_supplied_kit_is_told_once() -> None:
    """Used, wasted and left together are what came in."""
    assert sum(month.kits for month in expiry_waterfall(small_problem(), small_plan())) == 16


@pytest.mark.parametrize(("expiry_day", "expired", "left"), [(28, 1, 0), (29, 0, 1)])
def test_a_kit_expires_within_the_horizon_up_to_its_end(expiry_day: int, expired: int, left: int) -> None:
    """Of the two kits one is sent on; the other has expired where its first unusable day is the horizon's end."""
    problem = small_problem()
    lots = {**problem.lots, "K-new": replace(problem.lots["K-new"], expiry_day=expiry_day)}
    short = replace(problem, lots=lots)
    at = next(one for one in stock_book(short, small_plan()) if (one.node.id, one.lot.id) == ("D1", "K-new"))
    told = tally(at, short.horizon_days)
    assert (told.expired, told.left) == (expired, left)


def test_the_band_of_chance_is_that_of_poisson_counts() -> None:
    """Textbook quantiles of Poisson counts with means 1, 3 and 10; of a large one, those of the normal law."""
    assert [poisson_quantile(mean, 0.05) for mean in (0, 1, 3, 10)] == [0, 0, 1, 5]
    assert [poisson_quantile(mean, 0.95) for mean in (0, 1, 3, 10)] == [0, 3, 6, 15]
    assert (poisson_quantile(2_500, 0.05), poisson_quantile(2_500, 0.95)) == (2_418, 2_582)


def test_a_site_s_band_follows_what_is_planned_there() -> None:
    """Nothing before the first kit is wanted; one kit from day 8 on, three from day 15 on."""
    band = chance_band(small_problem(), "S1", frozenset({"K"}))
    assert [band.many[day] for day in (7, 8, 14, 15, 27)] == [0, 3, 3, 6, 6]
    assert [band.few[day] for day in (7, 8, 14, 15, 27)] == [0, 0, 0, 1, 1]


def test_waste_is_told_lot_by_lot() -> None:
    """Old kits expire at the depot; the cents of all lots are the waste that the checker prices."""
    rows = waste_by_lot(small_problem(), small_plan())
    assert sum(row.cents for row in rows) == check_plan(small_problem(), small_plan()).cost.waste
    assert [(row.lot, row.expired_at_depots, row.left_at_sites) for row in rows] == [("K-old", 1, 0)]
    assert rows[0].last_day == date(2026, 1, 25)
