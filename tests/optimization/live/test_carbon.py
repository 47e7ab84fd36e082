"""A study's own carbon factors: by lane, by mode and kilometres, the site's before its country's, a way's own."""

from typing import Any

import pytest
from pydantic import ValidationError

from irt.study.carbon import Carbon
from irt.study.planning import Planning
from irt.supply.planner import OtherWay
from optimization.exact.solve import solve_exact
from optimization.live.carbon import carbon_factors
from optimization.live.leaving import legs
from optimization.live.network import live_problem
from optimization.plan import Consignment
from optimization.story.carbon import CarbonFactors, carbon_by_lane, consignment_grams
from optimization.story.groups_sent import GroupsSent, Stands, sent_grams
from tests.optimization.live.world import WEDNESDAY, a_network, a_site, told

VAN = {"van": {"kg_per_km": "0.25", "box_kg_per_km": "0.01"}}
GB = {"origin": "NLD", "target": "GB"}


def grams(lane: str, *lanes: dict[str, Any]) -> int:
    """What three boxes on a lane of the small network weigh, with these figures stated."""
    site = a_site(other_ways=(OtherWay("COURIER", "NLD", 1),))
    problem = live_problem("Wednesday", a_network(site), None, WEDNESDAY, told()).problem
    carbon = Carbon.model_validate({"source": "Carrier", "modes": VAN, "lanes": lanes})
    box = next(iter(problem.shippers))
    return consignment_grams(problem, Consignment(lane, "2-8C", 4, {box: 3}, ()), carbon_factors(carbon))


@pytest.mark.parametrize(
    ("lane", "lanes", "expected"),
    [
        ("NLD>1001", [{**GB, "kg": 12}], 12_000),
        ("NLD>1001", [{**GB, "kg": 12, "box_kg": "0.5"}], 13_500),
        ("NLD>1001", [{**GB, "mode": "van", "km": 100}], 28_000),
        ("NLD>1001", [{**GB, "kg": 12}, {"origin": "NLD", "target": "1001", "kg": 7}], 7_000),
        ("NLD>1001 COURIER", [{**GB, "kg": 12}, {**GB, "way": "COURIER", "kg": 90}], 90_000),
    ],
)
def test_stated_figures_are_taken(lane: str, lanes: list[dict[str, Any]], expected: int) -> None:
    """The nearest that names the lane."""
    assert grams(lane, *lanes) == expected


def test_what_is_not_named_goes_by_assumed_factors() -> None:
    """A way has none of the lane's; the source says both."""
    assert grams("NLD>1001 COURIER", {**GB, "kg": 12}) == grams("NLD>1001 COURIER")
    assert carbon_factors(None) == CarbonFactors()
    stated = carbon_factors(Carbon.model_validate({"source": "Carrier", "lanes": [{**GB, "kg": 1}]}))
    assert "Carrier" in stated.source
    assert (stated.words, CarbonFactors().words) == ("factors stated", "factors assumed")


@pytest.mark.parametrize(
    "lane",
    [GB, {**GB, "kg": 1, "mode": "van", "km": 3}, {**GB, "mode": "van"}, {**GB, "mode": "ship", "km": 3}],
)
def test_a_lane_says_one_thing(lane: dict[str, Any]) -> None:
    """Kilograms, or a mode that is there and kilometres."""
    with pytest.raises(ValidationError):
        Carbon.model_validate({"source": "Carrier", "modes": VAN, "lanes": [lane]})


@pytest.mark.parametrize("stated", [None, {"source": "Carrier", "lanes": [{**GB, "kg": 12, "box_kg": "0.5"}]}])
def test_who_knows_groups_alone_is_told_the_same_grams(stated: dict[str, Any] | None) -> None:
    """By lane, from all kits of a consignment and the boxes they fill: the plan's own figures to the gram."""
    site, factors = a_site(depot="NLD"), carbon_factors(Carbon.model_validate(stated) if stated else None)
    live = live_problem("Wednesday", a_network(site), None, WEDNESDAY, told())
    plan = solve_exact(live.problem).plan
    sent = [
        GroupsSent(
            leg.lane,
            leg.storage,
            leg.dispatch.depot,
            leg.dispatch.place,
            leg.to_depot,
            leg.dispatch.dispatch_on,
            leg.expected_on,
            (("PEN", sum(line.kits for line in leg.dispatch.kits)),),
        )
        for leg in legs(live, plan)
    ]
    places = {"NLD": Stands("NL", central=True), site.number: Stands(site.country)}
    known = {one.lane: one.grams for one in carbon_by_lane(live.problem, plan, factors)}
    assert sent_grams(sent, places, factors, Planning().shipper_kits) == known
    assert sum(known.values()) > 0
