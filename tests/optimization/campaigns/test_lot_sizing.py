"""Lot sizes: the example of Wagner and Whitin, every way tried on small cases, lots that expire."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.campaigns.advise import advise_packing
from optimization.campaigns.campaign_file import CampaignFile
from optimization.campaigns.lot_sizing import size_lots
from optimization.campaigns.lots import lots_of
from optimization.campaigns.pricing import price
from optimization.campaigns.promise import need_of
from tests.optimization.campaigns.small import a_file, a_type, least_by_trying

WANTED = (69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56)
SETUPS = (85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114)


def test_the_example_of_wagner_and_whitin() -> None:
    """Wagner and Whitin, Dynamic version of the economic lot size model, Management Science 5 (1958): 864."""
    kit = a_type("K", enumerate(WANTED), kit_cents=0, unmet_cents=10_000, overage_cents=0)
    file = a_file(kit, days=range(12), setup=0)
    file = file.model_copy(update={"campaigns": file.campaigns.model_copy(update={"lead_time_days": 0})})
    lots = lots_of(file, file.kit_types[0], need_of(file.kit_types[0], 0.9, 0))
    sized = size_lots(lots, SETUPS)
    assert sized.cents == 864
    assert sum(sized.kits) == sum(WANTED)
    assert [kits for kits in sized.kits if kits] == [98, 97, 121, 112, 67, 135]


def test_kits_that_do_not_keep_are_packed_for_each_day() -> None:
    """With a shelf life of a day every campaign serves its own day alone."""
    wanted = [(2, 4), (7, 3), (12, 5)]
    file = a_file(a_type("K", wanted, shelf_life_days=1, holding_cents_per_kit_day=0), setup=10)
    told = advise_packing(file, lambda *_: True)
    assert told.packed["K"] == (4, 3, 5)
    assert (told.cost.campaigns, told.cost.kits, told.cost.overage, told.cost.unmet) == (30, 360, 0, 0)


small_types = st.builds(
    lambda wanted, facts: (wanted, facts),
    st.lists(st.tuples(st.sampled_from([1, 3, 6, 8, 13, 16]), st.integers(0, 3)), min_size=1, max_size=4),
    st.fixed_dictionaries(
        {
            "minimum_kits": st.integers(1, 4),
            "rounding_kits": st.integers(1, 3),
            "shelf_life_days": st.sampled_from([3, 6, 9, 1_000]),
            "use_before_expiry_days": st.integers(0, 2),
            "setup_cents": st.integers(0, 60),
            "kit_cents": st.integers(0, 60),
            "holding_cents_per_kit_day": st.integers(0, 5),
            "overage_cents": st.integers(0, 40),
            "unmet_cents": st.integers(0, 300),
            "stock": st.lists(
                st.fixed_dictionaries({"kits": st.integers(0, 3), "expiry_day": st.integers(1, 5)}), max_size=2
            ),
        }
    ),
)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(small_types, st.integers(0, 150))
def test_no_other_way_is_cheaper(asked: tuple[list[tuple[int, int]], dict[str, object]], setup: int) -> None:
    """Every number of kits in every campaign is tried, and priced by the replay."""
    wanted, facts = asked
    file = a_file(a_type("K", wanted, **facts), setup=setup)
    told = advise_packing(file, lambda *_: True)
    assert told.cost.total == told.bound == least_by_trying(file)


def test_of_stock_that_matters_alike_the_first_to_expire_is_used() -> None:
    """Whichever is told first: what is left lies on its shelf as long as it lasts."""
    stock = [{"kits": 1, "expiry_day": 3}, {"kits": 1, "expiry_day": 2}]
    for told in (stock, stock[::-1]):
        kit = a_type("K", [(1, 1)], stock=told, holding_cents_per_kit_day=1, use_before_expiry_days=1)
        advice = advise_packing(a_file(kit), lambda *_: True)
        assert advice.cost.total == advice.bound


@settings(deadline=None, derandomize=True, max_examples=15)
@given(st.lists(small_types, min_size=2, max_size=3), st.integers(0, 200))
def test_shared_campaigns_are_the_cheapest(
    asked: list[tuple[list[tuple[int, int]], dict[str, object]]], setup: int
) -> None:
    """Types share a campaign's set-up: every set of campaigns for each type is tried."""
    types = [a_type(f"K{place}", wanted, **facts) for place, (wanted, facts) in enumerate(asked)]
    file = a_file(*types, setup=setup)
    told = advise_packing(file, lambda *_: True)
    assert told.cost.total == told.bound == least_by_trying(file)


def test_stopped_early_the_bound_still_holds() -> None:
    """The watch is told of bound and best plan, and ends the search with both."""
    file = _hard()
    told: list[tuple[int, int, int]] = []

    def stop(nodes: int, bound: int, cents: int) -> bool:
        told.append((nodes, bound, cents))
        return False

    early, whole = advise_packing(file, stop), advise_packing(file, lambda *_: True)
    assert len(told) == 1
    assert early.bound <= whole.bound == whole.cost.total <= early.cost.total


def _hard() -> CampaignFile:
    """Three types whose own best days differ, and a set-up worth sharing."""
    days = range(0, 40, 4)
    types = [
        a_type(f"K{shift}", [(day + shift, 5 + (day * (shift + 3)) % 7) for day in range(4, 44, 5)],
               shelf_life_days=17, holding_cents_per_kit_day=3 + shift, setup_cents=17 * shift)
        for shift in (0, 2, 4)
    ]  # fmt: skip
    return a_file(*types, days=days, setup=170, horizon_days=60)


@pytest.mark.parametrize("shelf_life_days", [15, 1_000])
@pytest.mark.parametrize("horizon_days", [17, 30])
def test_what_outlasts_all_demand_is_used_as_it_comes(shelf_life_days: int, horizon_days: int) -> None:
    """Stock that lasts longer than later campaigns is no obstacle where both outlast the last day of demand."""
    stock = [{"kits": 7, "expiry_day": 900}, {"kits": 2, "expiry_day": 16}]
    facts = {"shelf_life_days": shelf_life_days, "stock": stock, "minimum_kits": 3, "setup_cents": 20}
    file = a_file(a_type("K", [(1, 3), (6, 4), (13, 3), (16, 2)], **facts), horizon_days=horizon_days)
    told = advise_packing(file, lambda *_: True)
    assert told.cost.total == told.bound == least_by_trying(file)
    assert sum(told.packed["K"]) == 3
    (outcome,) = told.outcomes
    assert outcome.overage * 5 == pytest.approx(told.cost.overage)


@settings(deadline=None, derandomize=True, max_examples=25)
@given(small_types, st.integers(1, 6), st.integers(0, 100))
def test_stock_that_outlasts_later_campaigns_is_bounded(
    asked: tuple[list[tuple[int, int]], dict[str, object]], kits: int, setup: int
) -> None:
    """Out of order nothing is exact: the bound is below every way, and what is told is what the replay says."""
    wanted, facts = asked
    stock = [{"kits": kits, "expiry_day": 900}]
    file = a_file(a_type("K", wanted, **(facts | {"stock": stock, "shelf_life_days": 4})), setup=setup)
    told = advise_packing(file, lambda *_: True)
    assert told.bound <= least_by_trying(file) <= told.cost.total
    assert told.cost == price(file, told.needs, told.packed)
    (outcome,) = told.outcomes
    assert outcome.wanted - outcome.missed + outcome.overage == pytest.approx(kits + sum(told.packed["K"]))


def test_long_lived_stock_needs_no_campaign() -> None:
    """Enough of it is proven to be all that is needed, however short campaigns' kits last."""
    stock = [{"kits": 9, "expiry_day": 900}]
    file = a_file(a_type("K", [(3, 4), (28, 5)], shelf_life_days=4, stock=stock))
    told = advise_packing(file, lambda *_: True)
    assert told.cost.total == told.bound == told.cost.holding == 4 * 3 + 5 * 28
    assert sum(told.packed["K"]) == 0
