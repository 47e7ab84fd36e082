"""Settings that the textbooks solve, played from their worked files and held against the exact answer.

Seeds are fixed, so that a test that passes once always does. The bound is four standard errors of the replications,
and seven where there are few of them, for then the error is itself not well known.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import exp, lgamma, log
from statistics import mean, stdev

import numpy as np
import pytest

from simulation.inputs.chance import Chance
from simulation.inputs.inputs import draw_inputs
from simulation.inputs.recruitment import recruit
from simulation.measures import MEASURES
from simulation.network import places_of
from simulation.spec.reading import changed
from tests.simulation.worked import plays, worked

Measure = Callable[[dict[str, int | float]], float]


def share_missed(measures: dict[str, int | float]) -> float:
    """Misses for each request."""
    return measures["missed"] / measures["visits"]


def poisson(mean_: float, number: int) -> float:
    """The chance of so many."""
    return exp(number * log(mean_) - mean_ - lgamma(number + 1)) if mean_ else float(number == 0)


def at_least(mean_: float, number: int) -> float:
    """The chance of so many or more."""
    return 1 - sum(poisson(mean_, fewer) for fewer in range(number))


def beyond(mean_: float, stock: int) -> float:
    """Requests expected beyond a stock."""
    return sum((number - stock) * poisson(mean_, number) for number in range(stock + 1, stock + 200))


def agrees(values: Sequence[float], exact: float) -> bool:
    """Whether the mean lies within the bound of the exact value."""
    error = stdev(values) / len(values) ** 0.5
    return abs(mean(values) - exact) <= (4 if len(values) >= 20 else 7) * error + 1e-12


def erlang_loss(load: float, servers: int) -> float:
    """Erlang's formula, by its recursion."""
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked


@cache
def nightly_loss(least: int, most: int, rate: float) -> float:
    """The share of requests lost by (s, S) looked at nightly, goods a night later: its Markov chain, solved."""
    states = [(stock, coming) for stock in range(most + 1) for coming in range(most + 1)]
    place = {state: number for number, state in enumerate(states)}
    moves, lost = np.zeros((len(states), len(states))), np.zeros(len(states))
    for (stock, coming), row in place.items():
        position = stock + coming
        ordered = most - position if position < least else 0
        there = min(stock + coming, most)
        for number in range(there):
            moves[row, place[there - number, max(ordered, 0)]] += poisson(rate, number)
        moves[row, place[0, max(ordered, 0)]] += at_least(rate, there)
        lost[row] = beyond(rate, there)
    chances = np.full(len(states), 1 / len(states))
    for _ in range(400):
        chances = chances @ moves
    return float(chances @ lost) / rate


def weekly_wait() -> float:
    """The share that waits of order-up-to-20 once a week, two days' lead: demand since the order, hour by hour."""
    hours = np.arange(2 * 24, 9 * 24) + 0.5
    return float(np.mean([at_least(2 * hour / 24, 20) for hour in hours]))


LOSS = {
    "erlang-loss": erlang_loss(6, 8),
    "base-stock": at_least(6, 8),
    "reorder-point": mean(at_least(6, position) for position in range(6, 12)),
    "nightly-s-s": nightly_loss(4, 9, 2.0),
    "periodic-review": weekly_wait(),
}


@cache
def played(name: str, replications: int) -> tuple[dict[str, int | float], ...]:
    """The measures of a worked scenario's first replications, played once for all tests."""
    return tuple(one.measures for one in plays(worked(name), replications))


@pytest.mark.parametrize("name", LOSS)
def test_the_share_of_misses_is_exact(name: str) -> None:
    """Erlang loss, base stock, (R, Q), weekly order-up-to and nightly (s, S) miss as often as they must."""
    assert agrees([share_missed(one) for one in played(name, 6)], LOSS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LOSS)
def test_the_share_of_misses_is_exact_over_many_years(name: str) -> None:
    """The same over a hundred times as many requests."""
    scenario = changed(worked(name), {"horizon_days": 4_039})
    values = [share_missed(one.measures) for one in plays(scenario, 40)]
    assert agrees(values, LOSS[name])
    assert mean(values) == pytest.approx(LOSS[name], rel=0.03)


@pytest.mark.slow
def test_the_lead_time_s_law_does_not_matter_for_loss() -> None:
    """Erlang's loss hangs on the mean of the lead time alone (insensitivity)."""
    fixed = changed(worked("erlang-loss"), {"supply.transit.0.days": {"law": "fixed", "value": 3}})
    assert agrees([share_missed(one.measures) for one in plays(fixed, 30)], LOSS["erlang-loss"])


def test_stock_on_hand_of_a_base_stock_is_exact() -> None:
    """Time-average stock is the expected part of the base stock that a lead time's requests leave."""
    exact = sum((8 - number) * poisson(6, number) for number in range(9))
    values = [one["site_kit_minutes"] / (200 * 1440) for one in played("base-stock", 6)]
    assert agrees(values, exact)


FINITE: dict[str, dict[str, float]] = {
    "newsvendor": {"lost": beyond(42, 40), "left_at_sites": 40 - 42 + beyond(42, 40)},
    "one-lot-expiry": {"wasted_expired_at_sites": 50 - 45 + beyond(45, 50)},
    "depot-outage": {"missed": beyond(15, 14)},
    "recall": {"missed": 2 * (4 + 2 / 24), "missed_by_recall": 2 * (4 + 2 / 24)},
}


@pytest.mark.parametrize("name", FINITE)
def test_a_finite_horizon_is_exact(name: str) -> None:
    """Newsvendor, expiry of one lot, a depot's outage and a recall lose and waste what they must."""
    for measure, exact in FINITE[name].items():
        assert agrees([float(one[measure]) for one in played(name, 25)], exact)


def test_excursions_spoil_the_share_they_must() -> None:
    """Of all consignments a fifth arrives spoiled, and each spoils one site's order."""
    measures = played("temperature-excursion", 4)
    assert agrees([one["shipments_spoiled"] / one["shipments"] for one in measures], 0.2)
    assert all(one["wasted_spoiled"] >= one["shipments_spoiled"] for one in measures)


def compound_lost(stock: int, requests: int, sizes: dict[int, float]) -> float:
    """Requests lost of so many that are met in full or not at all."""
    chances, lost = {stock: 1.0}, 0.0
    for _ in range(requests):
        after: dict[int, float] = {}
        for left, chance in chances.items():
            for size, share in sizes.items():
                met = size <= left
                lost += 0 if met else chance * share
                after[left - size * met] = after.get(left - size * met, 0) + chance * share
        chances = after
    return lost


def test_compound_requests_are_exact() -> None:
    """A request for more than is there takes nothing, and a smaller one after it may still be met."""
    sizes = {1: 0.5, 2: 0.3, 3: 0.2}
    exact = sum(poisson(20, number) * compound_lost(30, number, sizes) for number in range(60))
    assert agrees([float(one.measures["lost"]) for one in plays(worked("compound-requests"), 60)], exact)


def negative_binomial(shape: float, mean_: float, number: int) -> float:
    """The chance of so many of a Poisson number whose mean has a gamma law."""
    share = shape / (shape + mean_)
    tail = lgamma(shape + number) - lgamma(shape) - lgamma(number + 1)
    return exp(tail + shape * log(share) + number * log(1 - share))


@pytest.mark.parametrize("shape", [2.0, None])
def test_a_site_without_resupply_runs_out_as_often_as_it_must(shape: float | None) -> None:
    """Poisson requests at equal rates hardly ever pass 12; at rates of their own (gamma) they often do."""
    scenario = changed(worked("no-resupply"), {"demand.0.rate_shape": shape})
    law = [negative_binomial(shape, 7.2, n) if shape else poisson(7.2, n) for n in range(13)]
    values = []
    for index in range(30):
        requests = draw_inputs(scenario, 20260105, index).requests
        values.append(float(np.mean(np.bincount(requests.site, minlength=200) > 12)))
    assert agrees(values, 1 - sum(law))


def test_sites_that_run_out_miss_what_came_beyond_their_stock() -> None:
    """Without resupply the misses of the engine are the requests of the inputs beyond twelve at each site."""
    scenario = worked("no-resupply")
    (one,) = plays(scenario, 1)
    asked = np.bincount(draw_inputs(scenario, 20260105, 0).requests.site, minlength=200)
    assert one.measures["missed"] == int(np.maximum(asked - 12, 0).sum())


def test_empty_sites_are_as_many_as_they_must_be() -> None:
    """At a fixed number of subjects their split over sites is Dirichlet-multinomial."""
    shape, sites, subjects = 1.2, 60, 100
    rest = shape * (sites - 1)
    exact = exp(lgamma(rest + subjects) + lgamma(rest + shape) - lgamma(rest) - lgamma(rest + shape + subjects))
    values = []
    for one in plays(worked("poisson-gamma"), 20, keep_days=True):
        assert one.measures["randomized"] == subjects
        assert one.days is not None
        values.append(float(np.mean(one.days["site_randomized"].sum(axis=1) == 0)))
    assert agrees(values, exact)


def test_numbers_enrolled_are_negative_binomial() -> None:
    """All sites together: mean and variance of a sum of negative binomials."""
    scenario = changed(worked("poisson-gamma"), {"horizon_days": 180})
    places = places_of(scenario)
    counts = [float(len(recruit(scenario, places, Chance(20260105, index)).site)) for index in range(300)]
    expected = 60 * 0.3 * 6
    variance = expected + expected**2 / (60 * 1.2)
    assert agrees(counts, expected)
    assert agrees([(count - expected) ** 2 for count in counts], variance)


def test_visits_under_dropout_are_a_geometric_sum() -> None:
    """Each later visit is made by nine tenths of those who made the one before."""
    exact = sum(0.9**visit for visit in range(6))
    values = [one.measures["visits"] / one.measures["randomized"] for one in plays(worked("dropout"), 12)]
    assert agrees(values, exact)


def test_two_echelons_are_played_as_they_must_be() -> None:
    """Site and regional depot, replayed by hand from the same requests, agree in every night's order and miss."""
    scenario = worked("two-echelons")
    for index, one in enumerate(plays(scenario, 3)):
        minutes = draw_inputs(scenario, 20260105, index).requests.minute.tolist()
        assert _by_hand(minutes, 300) == (one.measures["missed"], one.measures["shipments"],
                                          one.measures["kits_shipped_to_depots"])  # fmt: skip


def _by_hand(minutes: list[int], days: int) -> tuple[int, int, int]:
    """Misses, consignments to the site, kits to the depot: order up to 6 and 8 at two each night, met in part."""
    site, depot, missed, sent, sent_on = 6, 8, 0, 0, 0
    to_site, to_depot, asked = {}, {}, list(minutes)
    for day in range(days):
        night = day * 1440 + 120
        while asked and asked[0] < night:
            missed, site = missed + (site == 0), site - (site > 0)
            asked.pop(0)
        order = min(6 - site - sum(to_site.values()), depot)
        depot -= order
        up = 8 - depot - sum(to_depot.values())
        if order:
            to_site[day + 2], sent = order, sent + 1
        if up:
            to_depot[day + 3], sent_on = up, sent_on + up
        site += to_site.pop(day, 0)
        depot += to_depot.pop(day, 0)
    missed += max(sum(1 for _ in asked) - site, 0)
    return missed, sent, sent_on


def test_every_measure_is_told() -> None:
    """The columns are those that are documented, in their order."""
    (one,) = plays(worked("newsvendor"), 1)
    assert list(one.measures) == list(MEASURES)
