"""Two runs held against each other, replication by replication: the same chance under either plan."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from irt.errors import Refusal
from simulation.analysis.paired import Comparison, difference_of, ratio_difference
from simulation.analysis.refusals import UnusableReplications
from simulation.run.directory import RESULTS, manifest_of
from simulation.run.refusals import UnusableRun
from simulation.run.summary import Columns, columns_of
from simulation.run.table import read_table

_UNTOLD: dict[str, Any] = {"difference": None, "variance_ratio": None, "correlation": None}
"""Too few replications, or nothing in them."""


class NotPaired(Refusal):
    """The runs do not share their chance, so that no replication of one belongs to one of the other."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run, read from its directory."""

    about: dict[str, Any]
    measures: Columns

    @property
    def replications(self) -> int:
        """So many, from index 0."""
        return len(self.measures["missed"])


def finished(path: Path) -> Finished:
    """The run in a directory; UnusableRun where there is none, or one that is not done."""
    about = manifest_of(path)
    if not (path / RESULTS).exists():
        raise UnusableRun(f"The run in {path} is not finished. Give the command that began it once more.")
    return Finished(about, columns_of(read_table(path / RESULTS)))


def compared(first: Finished, second: Finished) -> dict[str, Any]:
    """Second minus first, of each measure that both have, over the replications that both have."""
    if first.about["seed"] != second.about["seed"]:
        seeds = f"{first.about['seed']} and {second.about['seed']}"
        raise NotPaired(f"The seeds are {seeds}: replications do not share their chance. Run both with one seed.")
    count = min(first.replications, second.replications)
    one, other = ({name: values[:count] for name, values in each.measures.items()} for each in (first, second))
    return {
        "first": _named(first),
        "second": _named(second),
        "seed": int(first.about["seed"]),
        "replications": count,
        **differences(one, other),
    }


def differences(one: Columns, other: Columns) -> dict[str, Any]:
    """The other minus the one, replication by replication, of each measure that both have."""
    any_missed = [(each["missed"] > 0).astype(np.float64) for each in (one, other)]
    return {
        "missed_per_visit": _ratio(one, other),
        "any_missed": _measure(*any_missed),
        "measures": {name: _measure(one[name], other[name]) for name in one if name in other},
    }


def _named(run: Finished) -> dict[str, Any]:
    return {name: run.about[name] for name in ("scenario", "scenario_id", "engine")}


def _measure(one: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    means = {"first": float(one.mean()), "second": float(other.mean())}
    return means | _difference(lambda: difference_of(one, other))


def _ratio(one: Columns, other: Columns) -> dict[str, Any]:
    """Nobody came, or nobody was to be given anything: no ratio."""
    if not (one["visits"].any() and other["visits"].any()):
        return _UNTOLD
    pairs = ((one["missed"], one["visits"]), (other["missed"], other["visits"]))
    return _difference(lambda: ratio_difference(*pairs))


def _difference(figure: Callable[[], Comparison]) -> dict[str, Any]:
    try:
        told = figure()
    except UnusableReplications:
        return _UNTOLD
    others = {"variance_ratio": told.variance_ratio, "correlation": told.correlation}
    return {"difference": told.difference.record()} | {
        name: value if math.isfinite(value) else None for name, value in others.items()
    }
