"""A randomization list before a second person: drawn from the study's seed or imported, checked, and kept whole."""

from itertools import product
from typing import Literal

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.blinding.two_persons import ApprovalKind
from irt.errors import BadInput, Refusal
from irt.randomization.listed import design_of_list
from irt.randomization.lists.frozen_list import FrozenList, renumbered
from irt.randomization.lists.generate_list import generate_list
from irt.randomization.lists.read_list import Form, read_list
from irt.randomization.lists.structure import check_list
from irt.randomization.stream import stream_id
from irt.reads.unblinded_definition import definition_in_force
from irt.services.approvals import ApprovalAsked, AskApproval, ask_approval
from irt.services.studies import seed_of
from irt.services.work import Work
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.study.randomization_plan import Listed
from irt.tables.columns import table_of
from irt.tables.secret import ListEntry, RandomizationList
from irt.tables.study import Study

Origin = Literal["drawn", "imported"]


class AskRandomizationList(SQLModel):
    """The list to approve: imported as text, or drawn where there is none. It extends what is loaded already."""

    study_id: int
    mode: Mode = Field(description="what the list is for")
    text: str | None = Field(default=None, max_length=900_000)
    form: Form = "csv"
    codes: dict[str, str] = Field(default={}, description="treatment code -> arm, for imported lists")
    positions: int | None = Field(default=None, ge=1, description="in each stratum; the study file's if none")


class NoListedStudy(Refusal):
    """A study that draws for each subject has no lists."""


class ListOfAnotherMode(Refusal):
    """Test, training and production have lists of their own."""


class ListKnown(Refusal):
    """A list is loaded once."""


_STUDIES, _LISTS, _ENTRIES = table_of(Study), table_of(RandomizationList), table_of(ListEntry)
_STUDY = select(_STUDIES.c.id, _STUDIES.c.sponsor_id, _STUDIES.c.protocol, _STUDIES.c.mode).where(
    _STUDIES.c.id == bindparam("study_id")
)
LOCK_STUDY = _STUDY.with_for_update(key_share=True)
_REACHED = (
    select(_ENTRIES.c.stratum, func.max(_ENTRIES.c.position).label("position"))
    .where(_ENTRIES.c.study_id == bindparam("study_id"))
    .group_by(_ENTRIES.c.stratum)
)
LISTS_LOADED = select(func.count(_LISTS.c.id).label("lists")).where(_LISTS.c.study_id == bindparam("study_id"))
_SAME = (
    select(_LISTS.c.study_id, _STUDIES.c.mode)
    .join(_STUDIES, _STUDIES.c.id == _LISTS.c.study_id)
    .where(_LISTS.c.sha256 == bindparam("sha256"))
)


def ask_randomization_list(work: Work, ask: AskRandomizationList) -> ApprovalAsked:
    """Draws or reads the list, checks it, and puts it before a second person; named refusals with the line."""
    work.actor.require(Permission.FREEZE_RANDOMIZATION, ask.study_id)
    study = work.one("study", LOCK_STUDY, study_id=ask.study_id)
    if ask.mode != study["mode"]:
        raise ListOfAnotherMode(
            f"This list is for {ask.mode}, and the study is in {study['mode']} mode. Nothing was asked for. "
            "Each mode has lists of its own."
        )
    definition, plan = listed_plan(work, ask.study_id)
    made = _drawn(work, ask, study["protocol"], definition, plan) if ask.text is None else _imported(ask)
    require_sound(work, ask.study_id, made, ask.positions)
    number = work.one("study", LISTS_LOADED, study_id=ask.study_id)["lists"] + 1
    origin: Origin = "drawn" if ask.text is None else "imported"
    wish = AskApproval(
        kind=ApprovalKind.RANDOMIZATION_LIST,
        record=list_name(study["protocol"], number),
        record_hash=made.sha256,
        study_id=ask.study_id,
        content={"csv": made.csv, "origin": origin, "positions": ask.positions},
    )
    return ask_approval(work, wish)


def listed_plan(work: Work, study_id: int) -> tuple[StudyDefinition, Listed]:
    """The definition in force and its plan of lists; NoListedStudy where it has none."""
    definition = definition_in_force(work.connection, study_id)
    plan = definition.randomization
    if not isinstance(plan, Listed):
        raise NoListedStudy("This study draws for each subject and uses no list. Nothing was asked for.")
    return definition, plan


def require_sound(work: Work, study_id: int, made: FrozenList, positions: int | None) -> None:
    """The named refusals of a list's structure, and of a list that is loaded already, here or in another mode."""
    definition, plan = listed_plan(work, study_id)
    for row in work.rows(_SAME, sha256=made.sha256):
        if row["study_id"] == study_id:
            raise ListKnown("This list is loaded already. Nothing was taken over.")
        raise ListOfAnotherMode(
            f"This list is in use in {row['mode']} mode of a study. Nothing was taken over. Each has its own."
        )
    reached = positions_reached(work, study_id)
    design = design_of_list(plan, definition.arms)
    check_list(made, design, strata_of(definition, plan), positions or plan.positions, reached or None)


def positions_reached(work: Work, study_id: int) -> dict[str, int]:
    """The last position of each stratum's list, extensions counted; empty before the first list."""
    return {row["stratum"]: row["position"] for row in work.rows(_REACHED, study_id=study_id)}


def strata_of(definition: StudyDefinition, plan: Listed) -> tuple[str, ...]:
    """Every stratum, in the order of the study file; none where only sites know their levels."""
    levels = [[f"{factor}={level}" for level in definition.levels_of(factor)] for factor in plan.strata]
    return tuple(";".join(each) for each in product(*levels))


def list_name(protocol: str, number: int) -> str:
    """What the approval is filed under, as 'randomization list 1 of NB-301'."""
    return f"randomization list {number} of {protocol}"


def _drawn(
    work: Work, ask: AskRandomizationList, protocol: str, definition: StudyDefinition, plan: Listed
) -> FrozenList:
    """Drawn from streams that name the so-maniest list, so that an extension is no continuation anybody knows."""
    number = work.one("study", LISTS_LOADED, study_id=ask.study_id)["lists"] + 1
    strata = strata_of(definition, plan)
    if not strata:
        raise BadInput("The strata are only known by the sites. Nothing was drawn. Import a list that names them.")
    name = stream_id(protocol, f"{plan.list_method}/{number}", "")
    seed = seed_of(work, ask.study_id, "allocation")
    design = design_of_list(plan, definition.arms)
    named = () if strata == ("",) else strata
    made = generate_list(design, seed, name, named, ask.positions or plan.positions)
    return renumbered(made, positions_reached(work, ask.study_id))


def _imported(ask: AskRandomizationList) -> FrozenList:
    return read_list(ask.text or "", ask.form, ask.codes or None)
