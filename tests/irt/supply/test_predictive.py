"""Predictive resupply: trigger and reach over projected need, min/max where nothing is projected, no arm told."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.supply.planner import DepotView, Level, LotStock, NetworkView, ProposedShipment, SiteView
from irt.supply.predictive import Predictive, judge
from irt.supply.projection import (
    Assumptions,
    blocks_expected,
    in_whole_kits,
    need_of_blocks,
    need_of_subjects,
)
from irt.supply.resupply import MinMax

DAY = date(2026, 3, 2)
GROUPS = {"A": "PEN", "P": "PEN", "R": "RESCUE"}
ASSUMED = Assumptions(Fraction(1, 2), Fraction(0), 2, {"A": ((0, 2), (14, 2)), "P": ((0, 2), (14, 2))})
SETTINGS = {"consolidate": True, "groups": GROUPS, "assumed": ASSUMED, "block": {"A": 2, "P": 2}}
OPEN = {**SETTINGS, "consolidate": False}


def on(days: int) -> date:
    """So many days from now."""
    return DAY + timedelta(days=days)


def a_site(stock: int = 0, visits: tuple[tuple[int, int], ...] = (), **changes: Any) -> SiteView:
    """A site with buffers 2 to 4 of A, windows of 10 and 30 days, and visits as (day from now, kits)."""
    plain = SiteView("101", "NL", "all", "D", 3, levels={"A": Level(2, 4, 10, 30)})
    return plain._replace(
        stock=(LotStock("A", "L", on(400), stock),),
        expected_need={"A": tuple((on(days), kits) for days, kits in visits)},
        **changes,
    )


def plan(site: SiteView, told: dict[str, Any] = OPEN) -> list[ProposedShipment]:
    """What it proposes from a full depot."""
    full = tuple(("all", LotStock(kit_type, "L", on(400), 500)) for kit_type in GROUPS)
    return Predictive().plan(NetworkView({"D": DepotView("D", full)}, (site,)), DAY, told)


def kits_of(shipments: list[ProposedShipment]) -> Counter[str]:
    """Kits by type."""
    return Counter({line.kit_type: line.kits for one in shipments for line in one.lines})


@pytest.mark.parametrize(
    ("stock", "visits", "ordered"),
    [
        (2, (), 0),
        (1, (), 3),
        (5, ((3, 3),), 0),
        (4, ((3, 3),), 3),
        (4, ((3, 3), (20, 6)), 9),
        (5, ((20, 6),), 0),
        (2, ((10, 6),), 0),
        (2, ((9, 6),), 8),
        (0, ((31, 9),), 4),
    ],
    ids=["at buffer", "below buffer", "just enough", "below need and buffer", "reach", "later need only",
         "window ends before", "last day of the window", "beyond the reach"],
)  # fmt: skip
def test_the_window_triggers_and_the_reach_is_filled(
    stock: int, visits: tuple[tuple[int, int], ...], ordered: int
) -> None:
    """Trigger: stock < need over 10 days + 2. Order: need over 30 days + 4 - stock."""
    assert kits_of(plan(a_site(stock, visits)))["A"] == ordered


def test_subjects_in_screening_count_in_whole_blocks() -> None:
    """Of five half fail: 2.5 subjects, two blocks of two; each takes 2 A at once and 2 more after a fortnight."""
    assert [blocks_expected(n, ASSUMED) for n in (0, 1, 4, 5)] == [0, 1, 1, 2]
    assert [need_of_blocks("A", 2, days, ASSUMED) for days in (0, 1, 14, 15)] == [0, 4, 4, 8]
    told = judge(a_site(5, in_screening=5), DAY, OPEN)[0].told()
    assert (told["virtual_blocks"], told["need_to_trigger"], told["need_to_reach"]) == (2, 4, 8)
    assert (told["minimum"], told["maximum"], told["wanted"]) == (6, 12, 7)


def test_those_who_stop_take_their_need_with_them() -> None:
    """A tenth stops within 28 days: a visit needs 0.9 after 28 days, 0.81 after 56; an overdue one all of it."""
    visits = [(on(-3), 1), (on(27), 1), (on(28), 1), (on(56), 1)]
    rate = Fraction(1, 10)
    assert need_of_subjects(visits, DAY, 57, rate) == 2 + Fraction(9, 10) + Fraction(81, 100)
    assert need_of_subjects(visits, DAY, 28, rate) == 2
    assert need_of_subjects(visits, DAY, 0, rate) == 0


@settings(max_examples=100)
@given(st.integers(0, 40), st.integers(0, 40), st.fractions(0, 1, max_denominator=20))
def test_the_need_of_a_group_does_not_depend_on_who_holds_what(a: int, p: int, stay: Fraction) -> None:
    """The sum over a blinding group is rounded, not each type: any split of the subjects gives the same total."""
    here = in_whole_kits({"A": a * stay, "P": p * stay}, GROUPS)
    there = in_whole_kits({"A": (a + p) * stay, "P": Fraction(0)}, GROUPS)
    assert sum(here.values()) == sum(there.values())
    assert all(kits >= 0 for kits in here.values())


@settings(max_examples=100)
@given(
    stock=st.integers(0, 9),
    screening=st.integers(0, 9),
    visits=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 3)), max_size=5),
)
def test_with_both_windows_zero_it_is_min_max(stock: int, screening: int, visits: list[tuple[int, int]]) -> None:
    """Whatever is projected, the same kits go to the same sites."""
    site = a_site(stock, tuple(visits), in_screening=screening)._replace(levels={"A": Level(2, 4)})
    full = {"D": DepotView("D", (("all", LotStock("A", "L", on(400), 500)),))}
    by_level = MinMax().plan(NetworkView(full, (site,)), DAY, SETTINGS)
    assert [(one.site, one.lines) for one in plan(site, SETTINGS)] == [(one.site, one.lines) for one in by_level]


@settings(max_examples=100)
@given(
    stock=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    visits=st.tuples(*[st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3)), max_size=4)] * 2),
    protection=st.sampled_from(("top_up", "decoys", "whole_blocks", "mixed_minimum")),
)
def test_a_predicted_order_tells_no_arm(
    stock: tuple[int, int], visits: tuple[list[tuple[int, int]], ...], protection: str
) -> None:
    """With the arms of all subjects exchanged, parcels of the same size leave."""

    def world(first: int, second: int) -> list[int]:
        kinds = {"A": first, "P": second}
        site = a_site()._replace(
            levels={kit_type: Level(2, 4, 10, 30) for kit_type in kinds},
            stock=tuple(LotStock(kit_type, "L", on(400), stock[index]) for kit_type, index in kinds.items()),
            expected_need={
                kit_type: tuple((on(days), kits) for days, kits in sorted(visits[index]))
                for kit_type, index in kinds.items()
            },
        )
        told = {**SETTINGS, "protection": protection, "least_kits": 6}
        return [sum(line.kits for line in one.lines) for one in plan(site, told)]

    assert world(0, 1) == world(1, 0)


def test_a_stopped_site_is_told_and_sent_nothing() -> None:
    """From its last day on; the day before it is supplied as ever."""
    assert plan(a_site(stops_on=DAY)) == []
    assert judge(a_site(stops_on=DAY), DAY, OPEN)[0].why == "supply stopped"
    assert kits_of(plan(a_site(stops_on=on(1))))["A"] == 4


def test_the_trace_holds_inputs_formula_and_result() -> None:
    """Enough to do the sum again by hand."""
    (shipment,) = plan(a_site(4, ((3, 3), (20, 6))))
    told = shipment.trace["kit_types"]["A"]
    assert shipment.trace["planner"] == "predictive"
    assert "need over the trigger window" in shipment.trace["rule"]
    assert told["considered"] < told["need_to_trigger"] + told["minimum_buffer"] == told["minimum"]
    assert told["wanted"] == told["need_to_reach"] + told["maximum_buffer"] - told["considered"] == 9
