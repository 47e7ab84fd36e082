"""An agreement and two scenarios of a study version, to start from."""

from dataclasses import dataclass
from typing import Literal

from irt.reads.unblinded_gates import GateMatter
from irt.study.definition import StudyDefinition
from irt.study.sites import sites_of

SIZE: Literal["full"] = "full"
MONTHS = 12
EXAMPLE = """\
name: go-live
title: May version {version} go live?
scenarios: [planned.yaml, harder.yaml]
looks: [250, 500, 1000, 2000]
spending: obrien_fleming
confidence: 0.95
seed: {seed}
limits:
  - {{name: missed per visit, figure: per, measure: missed, per: visits, below: 0.005}}
  - {{name: out of stock, figure: any, measure: missed_out_of_stock, below: 0.01}}
sensitivity:
  looked_at: {{measure: missed, per: visits}}
  inputs:
    - {{key: enrolment.screened_per_site_month, name: enrolment, low: {slow}, high: {fast}}}
    - {{key: enrolment.start_up_days.mean, name: days to open, low: 30.0, high: 60.0}}
    - {{key: subjects.dropout_per_year, name: dropout, low: 0.05, high: 0.25}}
    - {{key: supply.transit.0.days.median, name: transit, low: 2.0, high: 5.0}}
"""
PLANNED = """\
name: planned
title: As planned
study: version
horizon_days: 730
enrolment:
  screened_per_site_month: {rate}
  rate_shape: 1.2
  start_up_days: {{law: exponential, mean: 45}}
  target_subjects: {target}
subjects:
  screen_failure: 0.2
  dropout_per_year: 0.15
supply:
  transit:
    - {{days: {{law: lognormal, median: 3, sigma: 0.3}}}}
"""
HARDER = """\
faults:
  - {fault: customs_delay, name: customs, chance: 0.05, delay_days: {law: gamma, mean: 6, shape: 2}}
  - {fault: lost_shipment, name: lost, chance: 0.005}
  - {fault: wrong_forecast, name: faster, factor: 1.3}
"""


@dataclass(frozen=True)
class ScenarioField:
    """A scenario as it stands in the form: the name that the agreement has for it, and its text."""

    file: str
    text: str


def example_of(matter: GateMatter) -> tuple[str, list[ScenarioField]]:
    """The subjects that the sites there are would bring within a year; and the same, harder."""
    sites = max(len(sites_of(matter.definition, SIZE)), 1)
    a_site = _planned_at_a_site(matter.definition)
    rate = max(round(a_site / MONTHS, 2), 0.05)
    planned = PLANNED.format(rate=rate, target=max(round(a_site * sites), 1))
    harder = planned.replace("name: planned\ntitle: As planned", "name: harder\ntitle: Harder than planned")
    agreement = EXAMPLE.format(
        version=matter.version,
        seed=int(matter.version_hash[:8], 16),
        slow=round(rate * 2 / 3, 3),
        fast=round(rate * 4 / 3, 3),
    )
    return agreement, [ScenarioField("planned.yaml", planned), ScenarioField("harder.yaml", harder + HARDER)]


def _planned_at_a_site(definition: StudyDefinition) -> float:
    """Of the study's full size, by the sites that were planned for it: fewer sites bring fewer subjects."""
    size = dict(definition.sizes).get(SIZE)
    if size is None:
        return float(MONTHS)
    return size.planned_subjects / max(sum(size.sites.values()) or len(definition.sites), 1)
