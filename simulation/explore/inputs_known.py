"""What is known of a replication before it is played, as control variates for what comes of it.

No policy changes any of it, so that its means are learned from inputs alone: many of them, drawn in a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from simulation.analysis.controls import Controlled, controlled_mean, sampled_means
from simulation.analysis.refusals import UnusableReplications
from simulation.arrays import Floats
from simulation.inputs.inputs import Inputs, draw_inputs
from simulation.network import MINUTES_IN_DAY, NEVER
from simulation.run.ask import Ask
from simulation.run.beside import Kind, played_beside
from simulation.run.directory import RESULTS
from simulation.run.executor import Watch
from simulation.run.run import Means
from simulation.run.summary import Columns, columns_of
from simulation.run.table import read_table
from simulation.spec.scenario import Scenario

KIND = Kind("inputs", "irt-simulation-inputs/1")
CONSIGNMENTS = 8
"""So many of each lane tell how slow the roads are."""

KNOWN: dict[str, str] = {
    "people": "people who come to be screened, unless all is full by then",
    "visits": "visits within the horizon of those who pass screening and have not stopped",
    "site_spread": "standard deviation of people over sites",
    "opening_days": "the mean day on which sites open, or the horizon",
    "requests": "kits asked for without subjects",
    "transit_days": "the mean of the first consignments of every lane",
    "slow_transit": "the share of them that take half as long again as the mean of all",
}
"""Control -> meaning."""


@dataclass(frozen=True, slots=True)
class Known:
    """The controls of one replication."""

    index: int
    measures: Mapping[str, float]


def known_of(scenario: Scenario, seed: int, index: int) -> Known:
    """The controls of replication `index`."""
    inputs = draw_inputs(scenario, seed, index)
    days = inputs.places.days
    counts = np.bincount(inputs.recruits.site, minlength=len(inputs.places.sites))
    transit = _transit(inputs)
    return Known(
        index,
        {
            "people": float(len(inputs.recruits.site)),
            "visits": _visits(inputs),
            "site_spread": float(counts.std()),
            "opening_days": float(np.minimum(inputs.recruits.opens_day, days).mean()),
            "requests": float(inputs.requests.kits.sum()),
            "transit_days": float(transit.mean()) if transit.size else 0.0,
            "slow_transit": float((transit > 1.5 * transit.mean()).mean()) if transit.size else 0.0,
        },
    )


def _visits(inputs: Inputs) -> float:
    people, places = inputs.people, inputs.places
    planned = np.array([visit.day for visit in places.visits], np.int64) * MINUTES_IN_DAY
    began = inputs.recruits.arrives + people.screened_minutes
    stays = np.where(people.fails, 0, np.minimum(people.stays_minutes, NEVER))
    left = np.minimum(stays, places.end_minute - began)
    return float((planned[None, :] < left[:, None]).sum())


def _transit(inputs: Inputs) -> Floats:
    trips = inputs.trips
    trips.grow(CONSIGNMENTS - 1)
    return trips.transit_days[:, :CONSIGNMENTS]


def played_inputs(ask: Ask, further: int, run: Path, means: Means, watch: Watch) -> Columns | None:
    """The controls of the run's replications and of so many further ones; None when stopped."""
    more = Ask(ask.scenario, ask.seed, ask.replications + further, ask.engine)
    if not played_beside(KIND, partial(known_of, ask.scenario, ask.seed), more, run, means, watch):
        return None
    return columns_of(read_table(run / KIND.folder / RESULTS))


def controlled(columns: Columns, known: Columns) -> dict[str, Controlled]:
    """The mean of each measure with all that varies of the inputs as controls; those too few tell are left out.

    Rows of `known` beyond those of `columns` are the inputs that means are learned from.
    """
    count = len(columns["missed"])
    drawn = np.stack([values / (values.std() or 1.0) for values in known.values() if np.ptp(values) > 0], axis=1)
    means, found = sampled_means(drawn[count:]), {}
    for name, values in columns.items():
        try:
            found[name] = controlled_mean(values, drawn[:count], means)
        except UnusableReplications:
            continue
    return found


def controls_record(columns: Columns, known: Columns) -> dict[str, Any]:
    """As it stands in a run's report."""
    told = controlled(columns, known)
    return {
        "controls": [name for name, values in known.items() if np.ptp(values) > 0],
        "inputs": len(known["people"]) - len(columns["missed"]),
        "means": {
            name: {"mean": each.estimate.record(), "variance_ratio": each.variance_ratio}
            for name, each in told.items()
            if np.isfinite(each.variance_ratio)
        },
    }
