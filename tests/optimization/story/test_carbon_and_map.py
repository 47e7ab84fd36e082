"""Carbon from stated factors, and the network laid out without a map."""

from math import hypot

from optimization.plan import Plan
from optimization.story.carbon import CarbonFactors, Distance, LaneCarbon, carbon_by_lane, carbon_total
from optimization.story.network_map import network_map
from tests.optimization.story.small import small_plan, small_problem

FACTORS = CarbonFactors(
    journey_day_g={Distance.HOME: 100, Distance.ABROAD: 1_000},
    volume_day_g={Distance.HOME: 1, Distance.ABROAD: 10},
    source="by hand",
)


def test_carbon_goes_by_days_distance_and_boxes() -> None:
    """One day at home: 100 and the box's volume; two days abroad: twice 1,000 and ten times the box's six."""
    assert carbon_by_lane(small_problem(), small_plan(), FACTORS) == (
        LaneCarbon("C0-D1", 1, 8, 120),
        LaneCarbon("D1-S1", 1, 3, 106),
        LaneCarbon("D1-S2", 1, 3, 2_120),
    )
    assert carbon_total(small_problem(), small_plan(), FACTORS) == 2_346


def test_the_factors_say_that_they_are_assumed() -> None:
    """Whoever reads a figure can see where it is from."""
    assert CarbonFactors().source.startswith("assumed")


def test_depots_stand_inside_their_sites() -> None:
    """The centre in the middle, the depot around it, sites farther out; every node once, no two in one place."""
    told = network_map(small_problem(), small_plan())
    out = {place.node: round(hypot(place.x - 500, place.y - 500)) for place in told.places}
    assert out["C0"] == 0 < out["D1"] < out["S1"] == out["S2"]
    assert len({(place.x, place.y) for place in told.places}) == len(out) == 4


def test_the_layout_does_not_depend_on_the_plan() -> None:
    """Two plans of one network can be laid side by side; only what travels differs."""
    full, empty = network_map(small_problem(), small_plan()), network_map(small_problem(), Plan((), ()))
    assert full.places == empty.places
    assert [(way.lane, way.consignments, way.kits) for way in full.ways] == [
        ("C0-D1", 1, 8),
        ("D1-S1", 1, 3),
        ("D1-S2", 1, 3),
    ]
    assert all(way.kits == 0 for way in empty.ways)


def test_the_picture_may_call_places_otherwise() -> None:
    """Names change at both ends of every way; positions stay."""
    told = network_map(small_problem(), small_plan())
    other = told.renamed(lambda node: "NLD" if node == "C0" else node)
    assert (other.place("NLD").x, other.place("NLD").y) == (told.place("C0").x, told.place("C0").y)
    assert "C0" not in {end for way in other.ways for end in (way.origin, way.destination)}
