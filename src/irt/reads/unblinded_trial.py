"""A study's own subjects as its law sees them: for the re-randomization test, and after code breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.errors import Refusal
from irt.randomization.assessment.assess import DOSE_FINDING, RESPONSE_ADAPTIVE
from irt.randomization.bench_work import law_record
from irt.randomization.design import Factor
from irt.randomization.drawing import drawable
from irt.randomization.methods.method import Levels, Method, Step
from irt.randomization.study_path import path_record
from irt.randomization.trial_law import TrialLaw, law_of
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_path import study_path
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization, Subject


class NobodyRandomized(Refusal):
    """There is no allocation yet."""

    def __init__(self) -> None:
        super().__init__("Nobody is randomized yet, so there is nothing to work out. Wait for the first subjects.")


_R, _T, _SUBJECTS = table_of(Randomization), table_of(TreatmentAssignment), table_of(Subject)
_HISTORY = (
    select(
        _R.c.assignment_number,
        _R.c.levels,
        _SUBJECTS.c.number.label("subject"),
        _R.c.version_number,
        _T.c.stratum,
        _T.c.state_seen,
        _T.c.arm,
        _T.c.probabilities,
    )
    .join(_T, _T.c.randomization_id == _R.c.id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .where(_R.c.study_id == bindparam("study_id"), _R.c.stage == 1)
    .order_by(_R.c.assignment_number)
)


def trial_record(connection: Connection, study_id: int) -> dict[str, Any]:
    """First randomizations in order of assignment and how they are drawn anew, JSON-able.

    `law` is the study's one design where every stored chance is the one that it gives; else `path` has each draw as
    it was asked for. Named refusals where nobody is randomized, or nothing can be drawn anew.
    """
    rows = connection.execute(_HISTORY, {"study_id": study_id}).mappings().all()
    if not rows:
        raise NobodyRandomized
    subjects = [
        {"number": row["assignment_number"], "subject": row["subject"], "arm": row["arm"], "levels": row["levels"]}
        for row in rows
    ]
    law = _one_law(definition_in_force(connection, study_id), rows)
    if law is not None:
        return {"law": law_record(law), "subjects": subjects}
    return {"path": path_record(study_path(connection, study_id, rows)), "subjects": subjects}


def with_levels(law: TrialLaw, entered: Sequence[Mapping[str, str]]) -> TrialLaw:
    """The law whose factors know their levels, those that only sites name being those that came."""
    factors = tuple(
        factor
        if factor.levels
        else Factor(factor.name, tuple(sorted({each.get(factor.name, "") for each in entered})), factor.weight)
        for factor in law.design.factors
    )
    return replace(law, design=replace(law.design, factors=factors))


def _one_law(definition: StudyDefinition, rows: Sequence[RowMapping]) -> TrialLaw | None:
    """The law of the version in force; None where it looks at responses, or an allocation had other chances."""
    told = law_of(definition)
    if told is None or told.design.method in DOSE_FINDING | RESPONSE_ADAPTIVE:
        return None
    law = with_levels(told, [row["levels"] for row in rows])
    return law if _gave_all(law, rows) else None


def _gave_all(law: TrialLaw, rows: Sequence[RowMapping]) -> bool:
    """Whether every stored chance is the law's; not so after an amendment or a forced draw."""
    method, arms = law.method(), law.design.arms
    memory = method.start()
    for row in rows:
        levels = law.levels(row["levels"])
        if row["arm"] not in arms or not _gave(law, method, memory, row):
            return False
        memory = method.after(memory, Step(arms.index(row["arm"]), levels))
    return True


def _gave(law: TrialLaw, method: Method[Any], memory: Any, row: RowMapping) -> bool:
    """Whether one allocation has the law's chances; of a list's the arm alone, since its draw was the list's."""
    levels, arms = law.levels(row["levels"]), law.design.arms
    due = _due(method, memory, levels)
    if due is not None and "listed" in row["state_seen"]:
        return bool(due[arms.index(row["arm"])])
    told = {arm: Fraction(chance) for arm, chance in row["probabilities"].items()}
    stored = tuple(told.pop(arm, Fraction(0)) for arm in arms)
    return not any(told.values()) and (stored == due or stored in _of_open_blocks(law, memory, levels))


def _due(method: Method[Any], memory: Any, levels: Levels) -> tuple[Fraction, ...] | None:
    """The chances of the law; None where it cannot have come here."""
    try:
        return drawable(method.law(memory, levels))
    except Refusal:
        return None


def _of_open_blocks(law: TrialLaw, memory: Any, levels: Levels) -> set[tuple[Fraction, ...]]:
    """Chances of one who also knows how long the open block is: the same sequences, seen by the allocator."""
    blocks = law.within(memory, levels)
    if law.design.method != "permuted_block":
        return set()
    return {tuple(Fraction(count, sum(left)) for count in left) for left, _ in blocks}
