"""A study's own carbon factors: by lane, by mode and kilometres, the site's before its country's, a way's own."""

from typing import Any

import pytest
from pydantic import ValidationError

from irt.study.carbon import Carbon
from irt.study.planning import Planning
from irt.supply.planner import OtherWay
from optimization.live.carbon import carbon_factors
from optimization.live.network import live_problem
from optimization.plan import Consignment
from optimization.story.carbon import CarbonFactors, consignment_grams
from tests.optimization.live.world import WEDNESDAY, a_network, a_site, told

VAN = {"van": {"kg_per_km": "0.25", "box_kg_per_km": "0.01"}}
GB = {"origin": "NLD", "target": "GB"}


def grams(lane: str, *lanes: dict[str, Any]) -> int:
    """What three boxes on a lane of the small network weigh, with these figures stated."""
    site = a_site(other_ways=(OtherWay("COURIER", "NLD", 1),))
    problem = live_problem("Wednesday", a_network(site), None, WEDNESDAY, told()).problem
    planning = Planning(carbon=Carbon.model_validate({"source": "Carrier", "modes": VAN, "lanes": lanes}))
    box = next(iter(problem.shippers))
    return consignment_grams(problem, Consignment(lane, "2-8C", 4, {box: 3}, ()), carbon_factors(planning))


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
    assert carbon_factors(Planning()) == CarbonFactors()
    stated = carbon_factors(
        Planning(carbon=Carbon.model_validate({"source": "Carrier", "lanes": [{**GB, "kg": 1}]}))
    )
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
