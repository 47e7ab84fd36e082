"""What a table of replications tells: misses, their causes and each measure, with intervals."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from simulation.analysis.causes import decomposed
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.proportions import clopper_pearson
from simulation.analysis.rare import missed_per_visit
from simulation.analysis.ratio import ratio_of
from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.worst import worst_of
from simulation.measures import CAUSES, WASTED
from simulation.run.table import INDEX

Columns = dict[str, np.ndarray]


def columns_of(table: pa.Table) -> Columns:
    """Each measure as an array, in order of the index."""
    return {name: table.column(name).to_numpy() for name in table.column_names if name != INDEX}


def summary_of(measures: Columns, seed: int) -> dict[str, Any]:
    """Figures of at least one replication; one that too few replications cannot tell is null."""
    missed, visits, made = (measures[name] for name in ("missed", "visits", "kits_made"))
    first = {name: found and found.record() for name, found in first_figures(measures).items()}
    return first | {
        "missed_by_cause": _parts(measures, "missed", CAUSES, visits),
        "wasted_by_cause": _parts(measures, None, WASTED, made),
        "measures": {name: _measure(values) for name, values in measures.items()},
        "worst_by_missed": [asdict(each) for each in worst_of(missed, seed)],
    }


def first_figures(measures: Columns) -> dict[str, Estimate | None]:
    """The figures that are asked for first; None where too few replications tell one."""
    missed, visits = measures["missed"], measures["visits"]
    return {
        "missed_per_visit": _told(lambda: missed_per_visit(missed, visits)),
        "any_missed": _told(lambda: clopper_pearson(int(np.count_nonzero(missed)), len(missed))),
        "out_of_stock_per_visit": _told(lambda: missed_per_visit(measures["missed_out_of_stock"], visits)),
        "kits_made_per_dispensed": _told(lambda: ratio_of(measures["kits_made"], measures["kits_dispensed"])),
    }


def _measure(values: np.ndarray) -> dict[str, Any]:
    mean = _told(lambda: mean_of(values))
    low, middle, high = (float(each) for each in np.quantile(values, (0.05, 0.5, 0.95)))
    return {"mean": mean and mean.record(), "p05": low, "p50": middle, "p95": high}


def _parts(measures: Columns, whole: str | None, causes: Sequence[str], base: np.ndarray) -> list[dict[str, Any]]:
    parts = {cause: measures[cause] for cause in causes}
    total = measures[whole] if whole else np.sum(list(parts.values()), axis=0)
    try:
        told = decomposed(total, parts, base)
    except UnusableReplications:
        return []
    return [asdict(part) | {"rate": part.rate.record()} for part in told]


def _told(figure: Callable[[], Estimate]) -> Estimate | None:
    try:
        return figure()
    except UnusableReplications:
        return None
