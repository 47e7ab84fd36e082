"""The figures a run ends with: counts, balance, speed and the verdict of every check."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from irt.enrolment.checks import check_run
from irt.enrolment.run import Run
from irt.randomization.balance import OVERALL, margins
from irt.study.definition import StudyDefinition
from irt.study.randomization_plan import Factorial
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization

_R, _T = table_of(Randomization), table_of(TreatmentAssignment)


def report(run: Run, seconds: float) -> dict[str, Any]:
    """The keys of `irt replay enrolment --json` and `irt demo --headless --json`; seconds are those of the run."""
    checks, derivation = check_run(run.store, run.study_id, run.tally.entered)
    tally = run.tally
    with run.store.reading() as connection:
        balance = imbalance(connection, run.study_id, run.definition)
    return {
        "subjects": tally.subjects,
        "sites": len(tally.sites),
        "kits_dispensed": tally.kits_dispensed,
        "missed_dispensings": tally.missed_dispensings,
        "shipments": tally.shipments,
        "imbalance": balance,
        "seconds": round(seconds, 3),
        "subjects_per_second": round(tally.subjects / seconds, 1) if seconds else 0.0,
        "audit_verified": checks["audit_intact"],
        "allocations_rederived": derivation.same,
        "checks": checks,
    }


def imbalance(connection: Connection, study_id: int, definition: StudyDefinition) -> dict[str, float]:
    """Largest departure from the planned shares, in subjects: overall, at any factor level, and for each treatment
    factor of a factorial design within any country. Unblinded: for the run's own output, never for a page.
    """
    history = [
        (levels, arm)
        for levels, arm in connection.execute(
            select(_R.c.levels, _T.c.arm)
            .join(_T, _T.c.randomization_id == _R.c.id)
            .where(_R.c.study_id == study_id)
        )
    ]
    reached = margins(history, definition.arms)
    figures = {
        "overall": max((float(m.largest) for m in reached if m.key == OVERALL), default=0.0),
        "any_level": max((float(m.largest) for m in reached if m.key != OVERALL), default=0.0),
    }
    if isinstance(definition.randomization, Factorial):
        for component in definition.randomization.components:
            counts = _by_country(history, component.groups)
            figures[f"{component.name} within country"] = max(
                (_spread(row, component.ratio) for row in counts.values()), default=0.0
            )
    return {name: round(figure, 2) for name, figure in figures.items()}


def _by_country(
    history: list[tuple[dict[str, str], str]], groups: Mapping[str, tuple[str, ...]]
) -> dict[str, Counter[str]]:
    level_of = {arm: level for level, arms in groups.items() for arm in arms}
    counts: dict[str, Counter[str]] = {}
    for levels, arm in history:
        counts.setdefault(levels.get("country", ""), Counter())[level_of[arm]] += 1
    return counts


def _spread(counts: Mapping[str, int], ratio: Mapping[str, int]) -> float:
    """Largest minus smallest count after dividing by the planned shares."""
    per_share = [counts.get(level, 0) / share for level, share in ratio.items()]
    return max(per_share) - min(per_share)
