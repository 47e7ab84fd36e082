"""What blinded study data leaves out: arms, strata as drawn, and what is in each kit that was handed over."""

from collections import defaultdict
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.exports.facts import ContentFact, TreatmentFact, Treatments
from irt.reads.unblinded_definition import definition_in_force
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Kit
from irt.tables.secret import KitContent, ManufacturingLot, TreatmentAssignment
from irt.tables.subject import Annotation, Randomization

_DRAWS, _DRAWN, _NOTES = table_of(Randomization), table_of(TreatmentAssignment), table_of(Annotation)
_GIVEN, _KITS, _CONTENTS, _LOTS = (
    table_of(DispensedKit),
    table_of(Kit),
    table_of(KitContent),
    table_of(ManufacturingLot),
)
_ID: BindParameter[int] = bindparam("study_id")
_ARMS = (
    select(_DRAWS.c.id, _DRAWS.c.number, _DRAWS.c.assignment_number, _DRAWN)
    .join(_DRAWN, _DRAWN.c.randomization_id == _DRAWS.c.id)
    .where(_DRAWS.c.study_id == _ID)
    .order_by(_DRAWS.c.assignment_number)
)
_REMARKS = select(_NOTES).where(_NOTES.c.study_id == _ID).order_by(_NOTES.c.id)
_INSIDE = (
    select(_KITS.c.number, _CONTENTS.c.kit_type, _LOTS.c.number.label("lot"))
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _CONTENTS.c.manufacturing_lot_id)
    .where(_KITS.c.id.in_(select(_GIVEN.c.kit_id).where(_GIVEN.c.study_id == _ID)))
)
SERVABLE = "servable"
"""What a draw saw where it was forced to the arms that could be served."""


def treatments(connection: Connection, study_id: int) -> Treatments:
    """All treatments of a study: what each randomization drew, and what each kit that was given holds."""
    definition = definition_in_force(connection, study_id)
    facts = {"study_id": study_id}
    remarks: dict[int, list[Any]] = defaultdict(list)
    for note in connection.execute(_REMARKS, facts):
        remarks[note.randomization_id].append(note)
    names = {arm.code: arm.name for arm in definition.arms}
    types = {kit.code: kit for kit in definition.kit_types}
    return Treatments(
        arms=tuple((arm.code, arm.name) for arm in definition.arms_of(1)),
        drawn={
            row.number: TreatmentFact(
                arm=row.arm,
                arm_name=names.get(row.arm, row.arm),
                method=row.method,
                stratum=row.stratum,
                assignment_number=row.assignment_number,
                forced=SERVABLE in (row.state_seen or {}),
                remarks=tuple((note.kind, note.text, note.corrected_levels or {}) for note in remarks[row.id]),
            )
            for row in connection.execute(_ARMS, facts)
        },
        contents={
            row.number: ContentFact(
                kit_type=row.kit_type,
                kit_type_name=types[row.kit_type].name if row.kit_type in types else row.kit_type,
                lot=row.lot,
                unit=types[row.kit_type].unit if row.kit_type in types else "unit",
                units=types[row.kit_type].units_per_kit if row.kit_type in types else 1,
            )
            for row in connection.execute(_INSIDE, facts)
        },
        meant=_meant(definition),
    )


def _meant(definition: StudyDefinition) -> dict[str, frozenset[str]]:
    """Kit type -> the arms that a rule gives it to."""
    meant: dict[str, set[str]] = defaultdict(set)
    every = {arm.code for arm in definition.arms}
    for rule in definition.dispensing:
        given = [need.kit_type for need in rule.kits] + ([rule.by_weight.kit_type] if rule.by_weight else [])
        for kit_type in given:
            meant[kit_type] |= set(rule.arms) or every
    return {kit_type: frozenset(arms) for kit_type, arms in meant.items()}
