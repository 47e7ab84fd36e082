"""The traceability matrix: each requirement with its clause, its tests, and whether they show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from irt.validation.requirements import Requirement
from irt.validation.results import Outcome, Results, outcome_of


class Verdict(StrEnum):
    """What the tests say of a requirement."""

    SHOWN = "shown"
    FAILED = "FAILED"
    NOT_RUN = "not run"
    NOT_CLAIMED = "not claimed"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement of the matrix; each test with its outcome."""

    requirement: Requirement
    tests: tuple[tuple[str, Outcome], ...]
    verdict: Verdict


def matrix(asked: Iterable[Requirement], results: Results) -> tuple[Line, ...]:
    """A line for each requirement, in its order."""
    return tuple(_line(one, results) for one in asked)


def holds(lines: Sequence[Line]) -> bool:
    """Whether everything that is claimed is shown: every named test ran, and none failed."""
    return all(line.verdict in (Verdict.SHOWN, Verdict.NOT_CLAIMED) for line in lines)


def _line(one: Requirement, results: Results) -> Line:
    tests = tuple((test, outcome_of(results, test)) for test in one.tests)
    return Line(one, tests, _verdict(one, [outcome for _, outcome in tests]))


def _verdict(one: Requirement, outcomes: Sequence[Outcome]) -> Verdict:
    if not one.claimed:
        return Verdict.NOT_CLAIMED
    if any(outcome.failed for outcome in outcomes):
        return Verdict.FAILED
    return Verdict.SHOWN if all(outcome.passed for outcome in outcomes) else Verdict.NOT_RUN
