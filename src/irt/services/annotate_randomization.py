"""A randomization stays as it was drawn for ever; what is known better afterwards is written beside it."""

from enum import StrEnum

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.study import Site
from irt.tables.subject import Annotation, Randomization


class AnnotationKind(StrEnum):
    """Why something is written beside a randomization."""

    IN_ERROR = "in_error"
    WRONG_STRATUM = "wrong_stratum"
    REMARK = "remark"


class AnnotateRandomization(SQLModel):
    """The randomization by its place in the study, and what is to be known of it.

    A wrong stratum names the levels as they should have been, factor -> level.
    """

    study_id: int
    assignment_number: int = Field(ge=1)
    kind: AnnotationKind
    text: str = Field(min_length=3, max_length=2000)
    corrected_levels: dict[str, str] = {}


class RandomizationAnnotated(SQLModel):
    """The note; what was drawn has not changed."""

    annotation_id: int


_DRAWS, _SITES = table_of(Randomization), table_of(Site)
_DRAW = (
    select(
        _DRAWS.c.id,
        _DRAWS.c.sponsor_id,
        _DRAWS.c.number,
        _DRAWS.c.version_number,
        _DRAWS.c.levels,
        _DRAWS.c.site_id,
        _SITES.c.zone,
    )
    .join(_SITES, _SITES.c.id == _DRAWS.c.site_id)
    .where(_DRAWS.c.study_id == bindparam("study_id"), _DRAWS.c.assignment_number == bindparam("number"))
)


def annotate_randomization(work: Work, ask: AnnotateRandomization) -> RandomizationAnnotated:
    """Writes a remark beside a randomization; the draw, the stratum and the subject stay as they are."""
    work.actor.require(Permission.ANNOTATE_RANDOMIZATION, ask.study_id)
    draw = work.one("randomization", _DRAW, study_id=ask.study_id, number=ask.assignment_number)
    corrected = _corrected(work, ask, draw)
    annotation_id = work.record(
        Annotation,
        sponsor_id=draw["sponsor_id"],
        study_id=ask.study_id,
        randomization_id=draw["id"],
        kind=ask.kind,
        text=ask.text,
        corrected_levels=corrected or None,
        at=work.at,
        account_id=work.actor.account_id,
    )
    # Whoever writes knows the treatment, so what they write is for the second chain.
    work.audit(
        AuditDraft(
            act="randomization_annotated",
            record_kind="randomization",
            record=draw["number"],
            study_id=ask.study_id,
            site_id=draw["site_id"],
            zone=draw["zone"],
            new={"kind": ask.kind},
            secret={"text": ask.text, "corrected_levels": corrected, "levels": draw["levels"]},
        )
    )
    return RandomizationAnnotated(annotation_id=annotation_id)


def _corrected(work: Work, ask: AnnotateRandomization, draw: RowMapping) -> dict[str, str]:
    """The levels that should have been; BadInput where they are no levels of the study or change nothing."""
    if ask.kind is not AnnotationKind.WRONG_STRATUM:
        if ask.corrected_levels:
            raise BadInput("Other levels belong to a wrong stratum only. Nothing was written. Choose that kind.")
        return {}
    definition = definition_of(work, ask.study_id, draw["version_number"])
    known = {factor.code: factor.level_codes() for factor in definition.factors}
    for factor, level in ask.corrected_levels.items():
        if level not in known.get(factor, ()):
            raise BadInput(f"{factor} {level} is no level of this study. Nothing was written. Choose another.")
    if all(draw["levels"].get(factor) == level for factor, level in ask.corrected_levels.items()):
        raise BadInput("The stratum as entered is the same. Nothing was written. Choose the level that is right.")
    return ask.corrected_levels
