"""A rare event of a whole trial: played under a scenario in which it is frequent, each trial with its weight.

What is tilted are laws that chance draws from: rates of sites, requests, transit times. All after it is played as
ever, by the engines as they are: the tilted scenario is an ordinary one, and the weight follows from what it drew.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from irt.errors import BadInput
from irt.study.part import Code, Part
from simulation.analysis.tilted_rates import TiltedGamma, TiltedLognormal
from simulation.arrays import Floats
from simulation.inputs.inputs import Inputs, draw_inputs
from simulation.measures import MEASURES
from simulation.part_file import read_part
from simulation.record import Event
from simulation.replication import EngineName, replicate
from simulation.spec.demand import Demand
from simulation.spec.laws import LogNormal, Positive
from simulation.spec.reading import changed, read_scenario
from simulation.spec.scenario import Scenario

MONTH_DAYS = 30


class UnreadableRare(BadInput):
    """The file is not there, or tells of no rare event that can be made frequent."""


class Tilt(Part):
    """How many times as large things are drawn: rates of all sites, requests and median transit by their place."""

    enrolment: Positive = Field(default=1, description="needs enrolment.rate_shape")
    demand: dict[int, Positive] = {}
    transit: dict[int, Positive] = Field(default={}, description="needs a lognormal law")


class RareFile(Part):
    """The chance that a trial of the scenario, with its changes, has more than `above` of the measure."""

    schema_version: Literal[1] = 1
    name: Code
    scenario: str
    changes: dict[str, Any] = Field(default={}, description="values at dotted keys of the scenario")
    measure: str
    above: float = 0
    tilt: Tilt
    replications: int = Field(default=1000, ge=2)
    confidence: float = Field(default=0.95, gt=0, lt=1)
    seed: int = Field(default=1, ge=0)


@dataclass(frozen=True, slots=True)
class Rare:
    """The event, the scenario as it is, and the one that is played."""

    asked: RareFile
    scenario: Scenario
    tilted: Scenario


@dataclass(frozen=True, slots=True)
class Weighed:
    """One trial: 1 where the event came up, and the logarithm of its true over its tilted likelihood."""

    index: int
    measures: Mapping[str, float]


def read_rare(path: Path) -> Rare:
    """The event of a YAML or JSON file; UnreadableRare where what is tilted is not there, or has no law to tilt."""
    asked = read_part(path, RareFile, UnreadableRare)
    scenario = changed(read_scenario(path.parent / asked.scenario), asked.changes)
    if asked.measure not in MEASURES:
        raise UnreadableRare(f"{path}: replications have no measure {asked.measure}.")
    return Rare(asked, scenario, changed(scenario, dict(_tilted(scenario, asked.tilt))))


def _tilted(scenario: Scenario, tilt: Tilt) -> Iterator[tuple[str, float]]:
    """Keys and their tilted values."""
    if tilt.enrolment != 1:
        if scenario.enrolment is None or scenario.enrolment.rate_shape is None:
            raise UnreadableRare("Only a rate with a gamma law can be tilted: give enrolment.rate_shape.")
        yield "enrolment.screened_per_site_month", scenario.enrolment.screened_per_site_month * tilt.enrolment
    for place, times in tilt.demand.items():
        if not 0 <= place < len(scenario.demand):
            raise UnreadableRare(f"There is no demand {place} to tilt.")
        yield f"demand.{place}.requests_per_day", scenario.demand[place].requests_per_day * times
    for place, times in tilt.transit.items():
        law = scenario.supply.transit[place].days if 0 <= place < len(scenario.supply.transit) else None
        if not isinstance(law, LogNormal) or not law.sigma:
            raise UnreadableRare(f"Transit {place} has no lognormal law that varies. Nothing else can be tilted.")
        yield f"supply.transit.{place}.days.median", law.median * times


def play_rare(rare: Rare, index: int, engine: EngineName = "reference") -> Weighed:
    """Trial `index` of the tilted scenario, with its weight."""
    seed, asked = rare.asked.seed, rare.asked
    played = replicate(rare.tilted, seed, index, engine, keep_events=bool(asked.tilt.transit))
    inputs = draw_inputs(rare.tilted, seed, index)
    hit = float(played.measures[asked.measure] > asked.above)
    return Weighed(index, {"hit": hit, "log_ratio": log_ratio(rare, inputs, played.events or ())})


def log_ratio(rare: Rare, inputs: Inputs, events: tuple[Event, ...]) -> float:
    """The logarithm of the trial's true over its tilted likelihood; of roads those that were taken count."""
    tilt, scenario = rare.asked.tilt, rare.scenario
    parts = [_of_rates(scenario, inputs, tilt.enrolment)] if tilt.enrolment != 1 else []
    parts += [_of_requests(scenario.demand[place], place, inputs, times) for place, times in tilt.demand.items()]
    if tilt.transit:
        sent = Counter((one.detail, one.place) for one in events if one.what == "sent")
        parts.append(_of_roads(rare, inputs, sent))
    return float(sum(parts))


def _of_rates(scenario: Scenario, inputs: Inputs, times: float) -> float:
    enrolment = scenario.enrolment
    if enrolment is None or enrolment.rate_shape is None:
        return 0.0
    own = {**enrolment.site_rates, **enrolment.site_rate_laws}
    told = 0.0
    for place, site in enumerate(inputs.places.sites):
        country = enrolment.countries.get(site.country)
        mean = enrolment.screened_per_site_month * (1 if country is None else country.rate_factor)
        if site.number not in own and mean:
            drawn = np.array([inputs.recruits.rate[place] * MONTH_DAYS])
            told += float(TiltedGamma(enrolment.rate_shape, mean, times).log_ratios(drawn)[0])
    return told


def _of_requests(demand: Demand, place: int, inputs: Inputs, times: float) -> float:
    """By each site's count alone: given the count, the minutes are the same under either law."""
    weights = np.zeros(inputs.places.days)
    weights[demand.from_day : demand.until_day] = 1
    expected = demand.requests_per_day * float(weights.sum())
    asked = np.array([not demand.sites or site.number in demand.sites for site in inputs.places.sites])
    here = inputs.requests.site[inputs.requests.demand == place]
    counts = np.bincount(here, minlength=len(asked))[asked].astype(np.float64)
    return float(_counted(counts, expected, demand.rate_shape, times).sum())


def _counted(counts: Floats, expected: float, shape: float | None, times: float) -> Floats:
    """Poisson counts, or negative binomial ones where each site has a gamma rate."""
    if shape is None:
        return np.asarray(expected * (times - 1) - counts * math.log(times))
    tilted = expected * times
    share, other = expected / (expected + shape), tilted / (tilted + shape)
    zeros = math.log1p(-share) - math.log1p(-other)
    return np.asarray(counts * math.log(share / other) + shape * zeros)


def _of_roads(rare: Rare, inputs: Inputs, sent: Counter[tuple[str, str]]) -> float:
    """How many go a way depends on what came before alone, so that weights of those that went are enough."""
    told, trips, laws = 0.0, inputs.trips, rare.tilted.supply.transit
    for place, times in rare.asked.tilt.transit.items():
        law = rare.scenario.supply.transit[place].days
        for row, lane in enumerate(trips.lanes):
            many = sent[lane.origin, lane.target]
            if many and isinstance(law, LogNormal) and lane.law == laws[place]:
                trips.grow(many - 1)
                tilted = TiltedLognormal(math.log(law.median), law.sigma, math.log(times))
                told += float(tilted.log_ratios(trips.transit_days[row, :many]).sum())
    return told


def about(rare: Rare) -> dict[str, Any]:
    """What is asked, as it stands in the answer."""
    return rare.asked.model_dump(mode="json", exclude={"schema_version", "scenario"})
