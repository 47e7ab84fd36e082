"""Orders that tell no arm: their size and their makeup under each protection."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.supply.planner import DepotView, Level, LotStock, NetworkView, ProposedShipment, SiteView
from irt.supply.protection import Due, protected
from irt.supply.resupply import MinMax

DAY = date(2026, 3, 2)
GROUPS = {"A": "PEN", "P": "PEN"}
PROTECTIONS = ("top_up", "decoys", "whole_blocks", "mixed_minimum")
BLOCK = {"A": 4, "P": 2}


def due(missing: int, low: bool = True, considered: int = 3) -> Due:
    """A type of which so many kits are missing to its maximum."""
    return Due(missing, considered, low)


@pytest.mark.parametrize(
    ("rule", "group", "least", "ordered"),
    [
        ("top_up", {"A": due(5), "P": due(2, low=False)}, 0, {"A": 5, "P": 2}),
        ("decoys", {"A": due(5), "P": due(2, low=False)}, 8, {"A": 5, "P": 3}),
        ("decoys", {"A": due(1), "P": due(2, low=False)}, 8, {"A": 1, "P": 7}),
        ("decoys", {"A": due(5), "P": due(5)}, 8, {"A": 8, "P": 8}),
        ("decoys", {"A": due(7), "P": due(0, low=False)}, 8, {"A": 7, "P": 1}),
        ("decoys", {"A": due(8), "P": due(0, low=False)}, 8, {"A": 8, "P": 8}),
        ("whole_blocks", {"A": due(5), "P": due(0, low=False)}, 0, {"A": 8, "P": 4}),
        ("whole_blocks", {"A": due(5, low=False), "P": due(5)}, 0, {"A": 12, "P": 6}),
        ("mixed_minimum", {"A": due(5), "P": due(0, low=False)}, 4, {"A": 5, "P": 4}),
    ],
)
def test_what_is_ordered_of_a_group(rule: str, group: dict[str, Due], least: int, ordered: dict[str, int]) -> None:
    """Each protection by hand."""
    assert protected(rule, group, least, BLOCK) == ordered


def site(stock: dict[str, int]) -> SiteView:
    """A site with the same levels of both types and this stock."""
    there = tuple(LotStock(kit_type, "L", DAY + timedelta(days=400), kits) for kit_type, kits in stock.items())
    return SiteView("101", "NL", "all", "D", 3, stock=there, levels={"A": Level(4, 8), "P": Level(4, 8)})


def orders(rule: str, stock: dict[str, int], block: dict[str, int] | None = None) -> list[ProposedShipment]:
    """What min/max proposes for the site under a protection, from a full depot."""
    told: dict[str, Any] = {"consolidate": True, "groups": GROUPS, "protection": rule, "least_kits": 6}
    told["block"] = block or {"A": 2, "P": 2}
    full = tuple(("all", LotStock(kit_type, "L", DAY + timedelta(days=400), 500)) for kit_type in GROUPS)
    return MinMax().plan(NetworkView({"D": DepotView("D", full)}, (site(stock),)), DAY, told)


def kits_of(shipment: ProposedShipment) -> Counter[str]:
    """Kits by type."""
    kits: Counter[str] = Counter()
    for line in shipment.lines:
        kits[line.kit_type] += line.kits
    return kits


@pytest.mark.parametrize("rule", PROTECTIONS)
@given(shelf=st.integers(4, 7), kits=st.integers(1, 3))
def test_the_size_of_an_order_does_not_depend_on_the_arm_just_drawn(rule: str, shelf: int, kits: int) -> None:
    """From an even shelf one subject is given kits: whichever arm was drawn, the same parcel leaves, or none."""
    sizes = []
    for drawn, other in (("A", "P"), ("P", "A")):
        found = orders(rule, {drawn: shelf - kits, other: shelf})
        sizes.append([kits_of(one).total() for one in found])
    assert sizes[0] == sizes[1]


@settings(max_examples=60)
@given(
    rule=st.sampled_from(("decoys", "whole_blocks", "mixed_minimum")),
    a=st.integers(0, 9),
    p=st.integers(0, 9),
)
def test_no_order_is_of_one_type_after_one_randomization(rule: str, a: int, p: int) -> None:
    """Whatever is low, every order holds both types, and never a single kit."""
    for shipment in orders(rule, {"A": a, "P": p}):
        kits = kits_of(shipment)
        assert set(kits) == {"A", "P"}
        assert kits.total() >= 4


@settings(max_examples=60)
@given(a=st.integers(0, 9), p=st.integers(0, 9))
def test_whole_blocks_have_one_composition(a: int, p: int) -> None:
    """Two of A for each P, whatever was low."""
    for shipment in orders("whole_blocks", {"A": a, "P": p}, BLOCK):
        kits = kits_of(shipment)
        assert kits["A"] == 2 * kits["P"] > 0


@settings(max_examples=60)
@given(a=st.integers(0, 9), p=st.integers(0, 9))
def test_an_order_with_decoys_comes_in_fixed_sizes(a: int, p: int) -> None:
    """Its kits are a multiple of the least order, and what is low is filled."""
    for shipment in orders("decoys", {"A": a, "P": p}):
        kits = kits_of(shipment)
        assert kits.total() % 6 == 0
        for kit_type, there in (("A", a), ("P", p)):
            assert there >= 4 or there + kits[kit_type] >= 8


@settings(max_examples=60)
@given(rule=st.sampled_from(PROTECTIONS), a=st.integers(0, 9), p=st.integers(0, 9))
def test_with_the_contents_exchanged_the_same_parcels_leave(rule: str, a: int, p: int) -> None:
    """Who knows sizes and days alone cannot tell one world from the other."""
    here, there = orders(rule, {"A": a, "P": p}), orders(rule, {"A": p, "P": a})
    assert [kits_of(one).total() for one in here] == [kits_of(one).total() for one in there]
