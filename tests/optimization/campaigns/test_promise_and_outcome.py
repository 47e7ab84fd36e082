"""Promises as exact quantiles, what is to be expected of lots, and files that describe no packaging."""

import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from optimization.campaigns.advise import advise_packing, record_of
from optimization.campaigns.campaign_file import UnreadableCampaigns, open_campaigns, read_campaigns
from optimization.campaigns.outcome import outcome_of
from optimization.campaigns.pricing import price
from optimization.campaigns.promise import law_upto, need_of
from tests.optimization.campaigns.small import a_file, a_type

EXAMPLE = Path(__file__).parents[3] / "fixtures" / "campaigns" / "two-pens.yaml"


def _poisson(mean: float, kits: int) -> float:
    return math.exp(-mean) * mean**kits / math.factorial(kits)


def test_what_is_promised_is_the_least_that_lasts() -> None:
    """Up to each day the stock before it would not last with the chance promised, and this one does."""
    rows = [{"day": 5, "mean": 3.5}, {"day": 5, "kits": 2}, {"day": 9, "mean": 4.0}]
    file = a_file(a_type("K", []) | {"demand": rows})
    need = need_of(file.kit_types[0], 0.95, 0.0)
    assert (need.days, need.certain, need.mean) == ((5, 9), (2, 0), (3.5, 4.0))
    for mean, stock in zip((3.5, 7.5), np.cumsum(need.promised), strict=True):
        chances = [_poisson(mean, kits) for kits in range(60)]
        assert sum(chances[: stock - 2 + 1]) >= 0.95 > sum(chances[: stock - 2])


def test_an_uncertain_rate_asks_for_more() -> None:
    """The law keeps its mean and has the variance of a Poisson law with a gamma rate."""
    law = law_upto(3, 50.0, 0.3)
    kits = np.arange(len(law))
    assert law @ kits == pytest.approx(53.0)
    assert law @ kits**2 - (law @ kits) ** 2 == pytest.approx(50 + (0.3 * 50) ** 2)
    kit = a_file(a_type("K", []) | {"demand": [{"day": 5, "mean": 50.0}]}).kit_types[0]
    assert need_of(kit, 0.98, 0.3).promised > need_of(kit, 0.98, 0.0).promised


def test_sure_demand_is_expected_as_it_is_replayed() -> None:
    """Overage and misses by lot are those of the replay."""
    file = a_file(a_type("K", [(3, 4), (8, 6), (14, 3)], shelf_life_days=6, minimum_kits=5))
    told = advise_packing(file, lambda *_: True)
    (outcome,) = told.outcomes
    cost = price(file, told.needs, told.packed)
    assert outcome.overage * 5 == pytest.approx(cost.overage)
    assert outcome.missed * 900 == pytest.approx(cost.unmet)
    assert outcome.wanted == 13


def test_chance_is_weighed_exactly() -> None:
    """Two days by chance and lots that expire between: every pair of demands is replayed and weighed."""
    means, packed = (2.5, 3.0), (4, 3, 0)
    kit = a_type("K", [], shelf_life_days=4) | {
        "demand": [{"day": 3, "mean": means[0]}, {"day": 9, "mean": means[1]}],
        "stock": [{"kits": 2, "expiry_day": 5}],
    }
    file = a_file(kit)
    outcome = outcome_of(file, file.kit_types[0], need_of(file.kit_types[0], 0.9, 0.0), packed)
    overage = missed = 0.0
    for first, second in product(range(40), repeat=2):
        sure = a_file(kit | {"demand": [{"day": 3, "kits": first}, {"day": 9, "kits": second}]})
        cost = price(sure, {"K": need_of(sure.kit_types[0], 0.9, 0.0)}, {"K": packed})
        chance = _poisson(means[0], first) * _poisson(means[1], second)
        overage, missed = overage + chance * cost.overage / 5, missed + chance * cost.unmet / 900
    assert outcome.overage == pytest.approx(overage)
    assert outcome.missed == pytest.approx(missed)
    assert sum(lot.kits for lot in outcome.lots) == 9
    assert 0 < outcome.least_chance < 1


def test_the_example_is_proven() -> None:
    """Two pens are packed together; what is told adds up."""
    told = record_of(advise_packing(open_campaigns(EXAMPLE), lambda *_: True))
    assert told["proven"]
    assert sum(told["cost_by_component"].values()) == told["cost"] == told["bound"]
    assert [len(row["kits"]) for row in told["campaigns"]] == [2, 2]
    assert all(each["kits"] % 20 == 0 and each["kits"] >= 100 for row in told["campaigns"] for each in row["kits"])
    overage = sum(lot["overage"] for lot in told["lots"])
    assert overage == pytest.approx(told["expected"]["overage"])
    packed = sum(each["kits"] for row in told["campaigns"] for each in row["kits"])
    stock = sum(row["in_stock"] for row in told["kit_types"])
    assert overage == pytest.approx(packed + stock - told["expected"]["wanted"] + told["expected"]["missed"])
    assert all(row["least_chance"] >= 0.98 for row in told["kit_types"])


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("lead_time_days: 56", "lead_time_days: soon", "campaigns.lead_time_days"),
        ("rate_spread: 0.15", "ratespread: 0.15", "ratespread"),
        ("- id: PEN-P", "- id: PEN-A", "each kit type is given once"),
        ("day: 504", "day: 604", "the last day is 545"),
        ("[0, 28, 56", "[0, 0, 56", "each day of a campaign is given once"),
        ("2026-01-05", "2026-13-05", "month"),
        ("lead_time_days: 56", "lead_time_days: [56", "Line"),
        ("horizon_days: 546", "horizon_days: 546\nhorizon_days: 5", "already given"),
    ],
)
def test_a_file_that_tells_no_packaging_is_refused(before: str, after: str, words: str) -> None:
    """By the field or the line."""
    with pytest.raises(UnreadableCampaigns, match=words):
        read_campaigns(EXAMPLE.read_text().replace(before, after, 1))
