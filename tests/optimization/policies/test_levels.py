"""Min/max and predictive in the laboratory order what the product's planners order, site by site."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from irt.supply import predictive, resupply
from irt.supply.planner import DepotView, Level, LotStock, NetworkView, ResupplyPlanner, SiteView
from irt.supply.projection import Assumptions
from optimization.policies.facts import NEVER, Facts, known_at
from optimization.policies.levels import MinMax, Predictive, category_of
from optimization.policies.paths import TRAINING_SET, Trial, draw_paths

START, EXPIRY = date(2026, 1, 5), date(2030, 1, 1)
TYPES = ("K1", "K2")
DEPOT = DepotView("D", tuple(("EU", LotStock(kit, "L", EXPIRY, 10_000)) for kit in TYPES))
SETTINGS = {
    "groups": {"K1": "G", "K2": "G"},
    "consolidate": True,
    "protection": "mixed_minimum",
    "least_kits": 1,
    "assumed": Assumptions(dropout_rate=Fraction(3, 100)),
}


def _site(facts: Facts, row: int, stock: np.ndarray, level: Level) -> SiteView:
    """The site as a planner of the product sees it."""
    need: dict[str, list[tuple[date, int]]] = {kit: [] for kit in TYPES}
    for arm, planned in zip(facts.arm[row], facts.next_day[row], strict=True):
        for visit in range(14):
            if planned < NEVER:
                need[TYPES[arm]].append((START + timedelta(days=int(planned) + 28 * visit), 1))
    on_site = tuple(LotStock(kit, "L", EXPIRY, int(stock[row, arm])) for arm, kit in enumerate(TYPES))
    levels = dict.fromkeys(TYPES, level)
    return SiteView(str(row), "DE", "EU", "D", 7, stock=on_site, levels=levels, expected_need=need)


def _planned(planner: ResupplyPlanner, facts: Facts, row: int, stock: np.ndarray, level: Level) -> list[int]:
    network = NetworkView({"D": DEPOT}, (_site(facts, row, stock, level),))
    proposed = planner.plan(network, START + timedelta(days=7 * facts.week), SETTINGS)
    lines = {line.kit_type: line.kits for one in proposed for line in one.lines}
    return [lines.get(kit, 0) for kit in TYPES]


@pytest.mark.parametrize("week", [6, 17, 33, 50])
def test_the_laboratory_orders_as_the_products_planners(week: int) -> None:
    """The same kits of either arm at thirty sites, for predictive and for min/max."""
    facts = known_at(draw_paths(Trial(sites=30), 5, TRAINING_SET), week)
    stock = np.random.Generator(np.random.PCG64(week)).integers(0, 6, (30, 2))
    ours = Predictive(3, 8, 1, 2).order(stock, facts)
    plain = MinMax((2, 2, 2), (5, 5, 5)).order(stock, facts)
    for row in range(30):
        assert _planned(predictive.Predictive(), facts, row, stock, Level(1, 2, 21, 56)) == ours[row].tolist()
        assert _planned(resupply.MinMax(), facts, row, stock, Level(2, 5)) == plain[row].tolist()
    assert ours.any()


def test_each_category_has_its_own_levels() -> None:
    """Low, medium and high recruiters are told from what they enrolled."""
    facts = known_at(draw_paths(Trial(sites=60), 5, TRAINING_SET), 40)
    category = category_of(facts)
    assert set(category) == {0, 1, 2}
    sent = MinMax((1, 2, 3), (4, 5, 6)).order(np.zeros((60, 2), dtype=int), facts)
    assert (sent[:, 0] == category + 4).all()


def test_a_predictive_rule_told_the_end_counts_no_visit_after_it() -> None:
    """In the last week the need is of that week alone."""
    facts = known_at(draw_paths(Trial(sites=60), 5, TRAINING_SET), 51)
    stock = np.zeros((60, 2), dtype=int)
    told, untold = (Predictive(1, 12, 0, 0, told_the_end=told).order(stock, facts) for told in (True, False))
    assert told.sum() < untold.sum() / 3
