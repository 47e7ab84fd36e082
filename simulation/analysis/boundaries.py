"""A sequential gate as two staircases: after so many replications, how many misses pass and how many fail.

Every gate on a chance (Wald's test, looks, a confidence sequence) becomes such staircases before the first
replication runs. Then what is decided depends on the replications in order of index alone, never on who ran
them or when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from simulation.analysis.arrays import Bools, Ints
from simulation.analysis.refusals import UnusableGate


class Verdict(StrEnum):
    """What a gate says; whoever did not prove that it stays below its limit has not passed."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """After n replications it passes with at most `pass_at[n - 1]` misses and fails with at least `fail_at[n - 1]`.

    -1 never passes, n + 1 never fails. After the last replication without either, the verdict is inconclusive.
    Raises: UnusableGate when the staircases are not as long, are empty, or cross.
    """

    pass_at: tuple[int, ...]
    fail_at: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.pass_at or len(self.pass_at) != len(self.fail_at):
            raise UnusableGate("A gate needs both its boundaries for each replication up to the last.")
        if any(low >= high for low, high in zip(self.pass_at, self.fail_at, strict=True)):
            raise UnusableGate("The same number of misses would pass and fail. Ask for rates further apart.")

    @property
    def replications(self) -> int:
        """How many replications there are at most."""
        return len(self.pass_at)


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a gate stopped, or stands: `verdict` is None while replications are still to come."""

    verdict: Verdict | None
    replications: int
    misses: int


def decide(boundaries: Boundaries, missed: Sequence[bool] | Bools) -> Decision:
    """Follows replications in order of index; `missed`: shape (n,), whether each had what the gate counts."""
    seen = np.asarray(missed, dtype=bool)[: boundaries.replications]
    counts: Ints = np.cumsum(seen, dtype=np.int64)
    passed = counts <= np.array(boundaries.pass_at[: len(seen)])
    failed = counts >= np.array(boundaries.fail_at[: len(seen)])
    crossed = np.flatnonzero(passed | failed)
    if len(crossed):
        first = int(crossed[0])
        return Decision(Verdict.PASS if passed[first] else Verdict.FAIL, first + 1, int(counts[first]))
    ended = len(seen) == boundaries.replications
    total = int(counts[-1]) if len(seen) else 0
    return Decision(Verdict.INCONCLUSIVE if ended else None, len(seen), total)


def decide_found(boundaries: Boundaries, found: Mapping[int, bool]) -> Decision:
    """Follows what has come in so far, by index from 0: what lies behind a replication still missing waits."""
    return decide(boundaries, np.array(in_order(found), dtype=bool))


def in_order(found: Mapping[int, bool]) -> list[bool]:
    """The replications without a gap from index 0 on."""
    run: list[bool] = []
    while len(run) in found:
        run.append(found[len(run)])
    return run
