"""A gate on many limits, reviewed at numbers of replications agreed beforehand, that stops when it is clear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Floats, Numbers
from simulation.analysis.boundaries import Verdict
from simulation.analysis.limits import Limit, at_look
from simulation.analysis.spending import Spending, spent_by_look
from simulation.analysis.verdict import Judged, Statement, judge_all, stated


@dataclass(frozen=True, slots=True)
class Reviews:
    """Numbers of replications to look at, growing, and how what each verdict may err is spent over them."""

    looks: tuple[int, ...]
    spending: Spending = Spending.OBRIEN_FLEMING

    def __post_init__(self) -> None:
        """Raises: UnusableGate unless looks grow from at least 1."""
        spent_by_look(self.spending, 0.5, self.looks)


def review(limits: Sequence[Limit], reviews: Reviews, measures: Mapping[str, Numbers]) -> Statement | None:
    """The statement where the gate stopped, or None while the next look is still to come.

    measures: columns in order of index, shape (n,). A line that has passed or failed at a look keeps its verdict.
    The gate stops when every line has passed or any has failed, else after the last look.
    """
    columns: dict[str, Floats] = {name: np.asarray(values, dtype=np.float64) for name, values in measures.items()}
    decided: dict[str, Judged] = {}
    for number, look in enumerate(reviews.looks):
        if any(len(values) < look for values in columns.values()):
            return None
        seen = {name: values[:look] for name, values in columns.items()}
        now = judge_all(at_look(limits, reviews.looks, number, reviews.spending), seen)
        lines = tuple(decided.get(line.limit.name, line) for line in now.lines)
        decided |= {line.limit.name: line for line in lines if line.verdict is not Verdict.INCONCLUSIVE}
        statement = stated(limits, lines)
        if statement.verdict is not Verdict.INCONCLUSIVE:
            return statement
    return statement
