"""The live twin over the API: a change tried on a running study as a job, and what it would do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar.params import PathParameter
from sqlalchemy import Connection
from sqlmodel import Field, SQLModel

from irt.blinding.roles import DataClass, Permission
from irt.reads.unblinded_twins import TriedChange, tried_change, tried_changes
from irt.services.twin_runs import AskTwin, ask_twin
from irt.states.records import JobStatus
from simulation.live.change import change_of
from web.api.gate import SHOWS
from web.api.limits import NUMBER_MAX
from web.api.operations import Caller, Now, Records, StudyId, asked_of_a_worker, unblinded_question
from web.api.readings import write_down
from web.twin.asking import twin_to_ask

TwinNumber = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The twin's number in its study.")]
_READS, _BY_TYPE = Permission.VIEW_SUPPLY, DataClass.SUPPLY_BY_TYPE


class TryChange(SQLModel):
    """A change in the words of a file for `irt simulate twin`."""

    study_id: int
    change: dict[str, Any]
    days: int = Field(default=180, ge=7, le=1_500)
    replications: int = Field(default=100, ge=2, le=10_000)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)


@dataclass(frozen=True)
class TwinLine:
    """Who tried a change, when, and how far its job is."""

    number: int
    person: str
    at: datetime
    status: JobStatus
    job_id: int


@dataclass(frozen=True)
class TwinsListed:
    """The fifty newest, the newest first."""

    items: tuple[TwinLine, ...]


@dataclass(frozen=True)
class TwinAnswer:
    """What was tried; means, differences and intervals of all subjects together, null before it is played."""

    line: TwinLine
    asked: dict[str, Any]
    answer: dict[str, Any] | None


def try_change(connection: Connection, ask: TryChange) -> AskTwin:
    """Plays the study from its state of today, with the change and without, under the same chance."""
    return twin_to_ask(ask.study_id, change_of(ask.change), ask.days, ask.replications, ask.seed)


@unblinded_question("/studies/{study_id:int}/twins", _READS, _BY_TYPE, "Changes tried on the live twin")
def list_twins(study_id: StudyId, caller: Caller, store: Records) -> TwinsListed:
    """Who tried what, and how far it is."""
    with store.reading() as connection:
        return TwinsListed(tuple(map(_line, tried_changes(connection, study_id))))


@unblinded_question("/studies/{study_id:int}/twins/{twin:int}", _READS, _BY_TYPE, "What a change would do")
def show_twin(study_id: StudyId, twin: TwinNumber, caller: Caller, store: Records, now: Now) -> TwinAnswer:
    """Its levels are put forward with `/resupply/level-sets/propose`, and signed as any change of levels."""
    with store.reading() as connection:
        tried = tried_change(connection, study_id, twin)
    write_down(store, caller, now, study_id, f"live twin {twin}", 1, permission=_READS)
    answer = None if tried.result is None else dict(tried.result)
    return TwinAnswer(_line(tried), dict(tried.asked), answer)


def _line(tried: TriedChange) -> TwinLine:
    return TwinLine(tried.number, tried.person, tried.at, tried.status, tried.job_id)


OPERATIONS = (
    list_twins,
    show_twin,
    asked_of_a_worker(
        "/twins/try",
        try_change,
        ask_twin,
        Permission.RUN_RESUPPLY,
        "Try a change on the live twin, as a job",
        {"study_id": 1, "change": {"enrolment_factor": 1.5}, "days": 180, "replications": 100},
        **{SHOWS: _BY_TYPE},
    ),
)
