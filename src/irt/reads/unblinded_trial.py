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
from irt.randomization.methods.method import Levels, Step
from irt.randomization.trial_law import TrialLaw, law_of
from irt.reads.unblinded_definition import definition_in_force
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import CodeBreak, Randomization, Subject


class NoOneLaw(Refusal):
    """The study's allocations do not all follow one design of the catalogue."""


class NobodyRandomized(Refusal):
    """There is no allocation yet."""

    def __init__(self) -> None:
        super().__init__("Nobody is randomized yet, so there is nothing to work out. Wait for the first subjects.")


_R, _T, _SUBJECTS, _BREAKS = (
    table_of(Randomization),
    table_of(TreatmentAssignment),
    table_of(Subject),
    table_of(CodeBreak),
)
_HISTORY = (
    select(
        _R.c.assignment_number,
        _R.c.levels,
        _SUBJECTS.c.number.label("subject"),
        _T.c.arm,
        _T.c.probabilities,
    )
    .join(_T, _T.c.randomization_id == _R.c.id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .where(_R.c.study_id == bindparam("study_id"))
    .order_by(_R.c.assignment_number)
)
_BROKEN = (
    select(_R.c.assignment_number)
    .join(_BREAKS, _BREAKS.c.subject_id == _R.c.subject_id)
    .where(_R.c.study_id == bindparam("study_id"))
    .distinct()
    .order_by(_R.c.assignment_number)
)


def trial_record(connection: Connection, study_id: int) -> dict[str, Any]:
    """The law and the subjects in order of assignment, JSON-able; NoOneLaw where there is no one law for all.

    Every allocation's stored chances are held against the law first, so that what follows is the study's own.
    """
    law = law_of(definition_in_force(connection, study_id))
    if law is None or law.design.method in DOSE_FINDING | RESPONSE_ADAPTIVE:
        raise NoOneLaw(
            "This study's arms follow from cohorts, agents, components or responses, and not from one design "
            "whose sequences can be drawn anew here. Use irt randomization test with its own design file."
        )
    rows = connection.execute(_HISTORY, {"study_id": study_id}).mappings().all()
    if not rows:
        raise NobodyRandomized
    known = with_levels(law, [row["levels"] for row in rows])
    _refuse_other_laws(known, rows)
    subjects = [
        {"number": row["assignment_number"], "subject": row["subject"], "arm": row["arm"], "levels": row["levels"]}
        for row in rows
    ]
    return {"law": law_record(known), "subjects": subjects}


def broken_codes(connection: Connection, study_id: int) -> list[int]:
    """Assignment numbers of the subjects whose code was broken."""
    return list(connection.execute(_BROKEN, {"study_id": study_id}).scalars())


def with_levels(law: TrialLaw, entered: Sequence[Mapping[str, str]]) -> TrialLaw:
    """The law whose factors know their levels, those that only sites name being those that came."""
    factors = tuple(
        factor
        if factor.levels
        else Factor(factor.name, tuple(sorted({each[factor.name] for each in entered})), factor.weight)
        for factor in law.design.factors
    )
    return replace(law, design=replace(law.design, factors=factors))


def _refuse_other_laws(law: TrialLaw, rows: Sequence[RowMapping]) -> None:
    """NoOneLaw at the first allocation whose chances were others, as after an amendment."""
    method, arms = law.method(), law.design.arms
    memory = method.start()
    for row in rows:
        levels = law.levels(row["levels"])
        stored = tuple(Fraction(row["probabilities"].get(arm, 0)) for arm in arms)
        if stored != drawable(method.law(memory, levels)) and stored not in _of_open_blocks(law, memory, levels):
            raise NoOneLaw(
                f"Randomization {row['assignment_number']} was drawn with other chances than the design in force "
                "gives it, as after an amendment. Use irt randomization test with the design of each part."
            )
        memory = method.after(memory, Step(arms.index(row["arm"]), levels))


def _of_open_blocks(law: TrialLaw, memory: Any, levels: Levels) -> set[tuple[Fraction, ...]]:
    """Chances of one who also knows how long the open block is: the same sequences, seen by the allocator."""
    blocks = law.within(memory, levels)
    if law.design.method != "permuted_block":
        return set()
    return {tuple(Fraction(count, sum(left)) for count in left) for left, _ in blocks}
