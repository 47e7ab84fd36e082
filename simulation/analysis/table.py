"""Replications as a table: one column a measure, one row a replication, in order of index."""

from collections.abc import Sequence

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.refusals import UnusableReplications
from simulation.record import Replication

Table = dict[str, Floats]


def table_of(replications: Sequence[Replication]) -> Table:
    """Every measure as an array of shape (n,), whatever order they came in.

    Raises: UnusableReplications when an index comes twice or a replication lacks a measure that others have.
    """
    ordered = sorted(replications, key=lambda each: each.index)
    if len({each.index for each in ordered}) < len(ordered):
        raise UnusableReplications("A replication is there twice; it would count double.")
    names = list(ordered[0].measures) if ordered else []
    if any(each.measures.keys() != set(names) for each in ordered):
        raise UnusableReplications("Replications of one run have the same measures.")
    return {name: np.array([each.measures[name] for each in ordered], dtype=np.float64) for name in names}


def first_of(table: Table, replications: int) -> Table:
    """The table as it was after so many replications."""
    return {name: values[:replications] for name, values in table.items()}
