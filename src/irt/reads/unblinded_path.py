"""A study's draws as they were asked for, where no one design tells all of them."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.errors import Refusal
from irt.randomization.assessment.assess import DOSE_FINDING
from irt.randomization.draw_record import subject_drawn
from irt.randomization.dynamic import Dynamic
from irt.randomization.listed import Listed
from irt.randomization.open_cohort import OpenCohort
from irt.randomization.scheme import Procedure
from irt.randomization.study_path import Asked, Entry, StudyPath
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import Response, RestrictedPart
from irt.tables.study import Study, StudyVersion
from irt.tables.subject import Randomization


class NothingIsDrawn(Refusal):
    """Arms follow from cohorts with certainty."""

    def __init__(self) -> None:
        super().__init__(
            "Each subject's arm follows from the cohort that is open, and nothing is drawn. So no allocation can "
            "be drawn anew, and whoever knows the cohorts knows every arm. Neither question has a meaning here."
        )


class ListsAndDraws(Refusal):
    """Frozen lists beside other draws, or lists of several versions."""

    def __init__(self) -> None:
        super().__init__(
            "Some allocations were taken from frozen lists and do not all follow one design, so they cannot be "
            "drawn anew together. Use irt randomization test with the design of each part."
        )


class OtherChances(Refusal):
    """A stored chance that the version does not give."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Randomization {number} was stored with other chances than its version gives it, so nothing was drawn "
            "anew. Verify the export first."
        )


_STUDIES, _VERSIONS, _PARTS, _RESPONSES, _R = (
    table_of(Study),
    table_of(StudyVersion),
    table_of(RestrictedPart),
    table_of(Response),
    table_of(Randomization),
)
_PROTOCOL = select(_STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))
_DEFINITIONS = (
    select(_VERSIONS.c.number, _PARTS.c.definition)
    .join(_PARTS, _PARTS.c.version_id == _VERSIONS.c.id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"))
)
_FEED = (
    select(_RESPONSES.c.id, _R.c.assignment_number, _RESPONSES.c.value)
    .join(_R, _R.c.id == _RESPONSES.c.randomization_id)
    .where(_RESPONSES.c.study_id == bindparam("study_id"), _R.c.stage == 1)
    .order_by(_RESPONSES.c.id)
)


def study_path(connection: Connection, study_id: int, rows: Sequence[RowMapping]) -> StudyPath:
    """The path of first randomizations, in order of assignment; a named refusal where none can be drawn anew."""
    facts = {"study_id": study_id}
    used = {row["version_number"] for row in rows}
    versions = {
        row.number: StudyDefinition.model_validate(row.definition)
        for row in connection.execute(_DEFINITIONS, facts)
        if row.number in used
    }
    entries = tuple(Entry(*row) for row in connection.execute(_FEED, facts))
    protocol = connection.execute(_PROTOCOL, facts).scalar_one()
    path = StudyPath(protocol, versions, tuple(_asked(row) for row in rows), entries)
    _refuse_what_chance_did_not_make([path.procedure(version) for version in used])
    _refuse_other_chances(path, rows)
    return path


def _asked(row: RowMapping) -> Asked:
    """What stays when a draw is made again; what its memory and its arm were does not."""
    seen = row["state_seen"]
    known = subject_drawn(row["assignment_number"], row["levels"], seen)
    return Asked(
        facts=replace(known, servable=None, responses={}, listed=None),
        version=row["version_number"],
        stratum=row["stratum"],
        arm=row["arm"],
        through=seen.get("responses_through"),
        arm_of=seen.get("arm_of"),
        held=known.servable is not None,
    )


def _refuse_what_chance_did_not_make(procedures: Sequence[Procedure]) -> None:
    if any(isinstance(procedure, Listed) for procedure in procedures):
        raise ListsAndDraws
    if any(_is_certain(procedure) for procedure in procedures):
        raise NothingIsDrawn


def _is_certain(procedure: Procedure) -> bool:
    if isinstance(procedure, Dynamic):
        return procedure.design.method in DOSE_FINDING
    return isinstance(procedure, OpenCohort)


def _refuse_other_chances(path: StudyPath, rows: Sequence[RowMapping]) -> None:
    """OtherChances at the first draw whose stored chances are not those of its version."""
    for row in rows:
        seen = row["state_seen"]
        if "arm_of" in seen:
            continue
        subject = subject_drawn(row["assignment_number"], row["levels"], seen)
        due = path.procedure(row["version_number"]).probabilities(seen["rows"], subject)
        if {arm: Fraction(chance) for arm, chance in row["probabilities"].items()} != dict(due):
            raise OtherChances(row["assignment_number"])
