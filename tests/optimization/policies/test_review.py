"""A trial under review: kits are conserved, costs are added up as by hand, nothing tells an arm."""

from dataclasses import dataclass

import numpy as np
import pytest

from optimization.policies.clairvoyant import clairvoyant_cents
from optimization.policies.costs import Prices
from optimization.policies.facts import Facts
from optimization.policies.figures import figures_of, ratio
from optimization.policies.levels import Predictive
from optimization.policies.paths import TRAINING_SET, Ints, Trial, draw_paths
from optimization.policies.review import Reviewed, UnblindedOrder, joined, reviewed, run

PRICES = Prices()


@dataclass
class Listed:
    """Sends what is listed by week, and keeps all that was sent."""

    kits: dict[int, tuple[int, int]]
    sent: int = 0
    name: str = "listed"

    @property
    def parameters(self) -> dict[str, object]:
        """None."""
        return {}

    def order(self, stock: Ints, facts: Facts) -> Ints:
        """The same to every site that may be sent to."""
        kits = np.where(facts.may_order[:, None], np.array(self.kits.get(facts.week, (0, 0))), 0)
        self.sent += int(kits.sum())
        return kits


@pytest.fixture(scope="module", name="trial")
def small_trial() -> Reviewed:
    """Ten sites."""
    return reviewed(draw_paths(Trial(sites=10), 11, TRAINING_SET))


def test_kits_sent_are_used_or_left(trial: Reviewed) -> None:
    """Nothing is lost, whatever was sent."""
    policy = Listed(dict.fromkeys(range(-1, 52, 5), (3, 2)))
    outcome = run(policy, trial, PRICES)
    assert policy.sent == (outcome.wanted - outcome.missed + outcome.left).sum()
    assert outcome.shipments.sum() * 5 == policy.sent


def test_costs_are_those_of_a_calculation_by_hand(trial: Reviewed) -> None:
    """One consignment of 40 kits to each site: one shipper, and every kit held until it is used."""
    outcome = run(Listed({20: (20, 20)}), trial, PRICES)
    paths = trial.paths
    assert (outcome.consignments == paths.fixed_cents + 22_000).all()
    assert (outcome.kits == 40 * 300).all()
    row = int(np.argmin(paths.demand.sum(axis=(1, 2))))
    by_arm = np.maximum(20 - paths.demand[row, 21:].cumsum(axis=0), 0)
    assert outcome.holding[row] == 175 * by_arm.sum()
    assert outcome.left[row] == by_arm[-1].sum()


def test_a_consignment_that_tells_an_arm_is_refused(trial: Reviewed) -> None:
    """At least one kit of either arm, in every consignment."""
    with pytest.raises(UnblindedOrder):
        run(Listed({20: (5, 0)}), trial, PRICES)


@pytest.mark.parametrize(
    ("kits", "cents"), [(0, 0), (1, 6_000), (4, 6_000), (5, 11_000), (14, 17_000), (40, 22_000)]
)
def test_the_least_shippers_are_taken(kits: int, cents: int) -> None:
    """Known from the price list."""
    assert PRICES.shipper_cents(60)[kits] == cents


def test_nobody_serves_all_for_less_than_the_clairvoyant(trial: Reviewed) -> None:
    """Site by site, every policy that misses nothing costs at least as much."""
    best = clairvoyant_cents(trial.paths, PRICES)
    for policy in (Predictive(4, 8, 4, 6), Predictive(3, 16, 3, 4, told_the_end=True)):
        outcome = run(policy, trial, PRICES)
        whole = outcome.missed == 0
        assert whole.any()
        assert (outcome.cost[whole] >= best[whole] - 1e-6).all()


def test_the_clairvoyant_plan_of_a_site_is_the_least_of_all_plans() -> None:
    """Three weeks, every way to send at most four kits before each: counted out."""
    paths = draw_paths(Trial(sites=60, weeks=3, rate_per_week=1.5, visit_days=14), 2, TRAINING_SET)
    best = clairvoyant_cents(paths, PRICES)
    shipper, opens = PRICES.shipper_cents(9), paths.opens_week
    for row in np.flatnonzero(opens == 0)[:12]:
        wanted = paths.demand[row].sum(axis=1)
        costs = [
            sum((paths.fixed_cents[row] + shipper[q]) * (q > 0) + 300 * q for q in sent)
            + sum(175 * stock for stock in stocks)
            + 40_000 * stocks[-1]
            for sent in np.ndindex(9, 9, 9)
            if (stocks := np.cumsum(np.array(sent) - wanted)).min() >= 0
        ]
        assert not costs or best[row] == pytest.approx(min(costs))


def test_figures_have_intervals_over_sites(trial: Reviewed) -> None:
    """Twice the same sites: the same figures, intervals narrower by the root of two or so."""
    outcome = run(Predictive(3, 8, 1, 2), trial, PRICES)
    once, twice = figures_of(outcome), figures_of(joined([outcome, outcome]))
    assert twice.service.value == pytest.approx(once.service.value)
    assert twice.cost_per_site.half_width == pytest.approx(
        once.cost_per_site.half_width * np.sqrt(9 / 19), rel=1e-6
    )
    assert ratio(outcome.cost, outcome.cost).half_width == pytest.approx(0, abs=1e-12)
