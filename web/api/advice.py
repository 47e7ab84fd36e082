"""Advice beside a plan over the API: other inputs, longer lives of lots, packaging campaigns; each a job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.params import PathParameter
from sqlalchemy import Connection
from sqlmodel import Field, SQLModel

from irt.blinding.roles import DataClass, Permission
from irt.reads.unblinded_advice import Advice, AdviceLine, advice_lines, advice_of
from irt.services.supply_advice import AskAdvice, ask_advice
from optimization.campaigns.campaign_file import campaigns_of
from optimization.result import Goal
from web.api.gate import SHOWS
from web.api.limits import NUMBER_MAX
from web.api.operations import Caller, Now, Records, StudyId, asked_of_a_worker, unblinded_question
from web.api.readings import write_down
from web.planning.advice_questions import (
    DAYS_MAX,
    LOTS_MAX,
    Beside,
    campaigns_question,
    expiry_question,
    what_if_question,
)

AdviceNumber = Annotated[
    int, PathParameter(ge=1, le=NUMBER_MAX, description="The advice's number in its study, as its start told.")
]
_ASKS, _READS = Permission.RUN_RESUPPLY, Permission.VIEW_SUPPLY


class BesidePlan(SQLModel):
    """The plan asked about, and when each calculation ends."""

    study_id: int
    plan: int = Field(ge=1, le=NUMBER_MAX)
    gap: float = Field(default=0.002, ge=0, le=1)
    seconds: float = Field(default=30, gt=0, le=3_600)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)

    @property
    def beside(self) -> Beside:
        """The same, as questions take it."""
        return Beside(self.study_id, self.plan, Goal(self.gap, self.seconds, self.seed))


class AskWhatIf(BesidePlan):
    """Changes of inputs by the name of their case, each as PATH=VALUE, with *=, += or -= as well."""

    cases: dict[str, list[str]]


class AskExpiryValue(BesidePlan):
    """So many days more for each lot; at most so many lots are planned again."""

    days: int = Field(default=90, ge=1, le=DAYS_MAX)
    most: int = Field(default=10, ge=1, le=LOTS_MAX)


class AskCampaigns(BesidePlan):
    """Packaging as its file irt-campaigns/1 tells it."""

    file: dict[str, Any]


@dataclass(frozen=True)
class AdviceListed:
    """The fifty newest questions, the newest first."""

    items: tuple[AdviceLine, ...]


@dataclass(frozen=True)
class AdviceShown:
    """One question with its answer, null where the job is not finished."""

    line: AdviceLine
    asked: dict[str, Any]
    answer: dict[str, Any] | None


def ask_what_if(connection: Connection, ask: AskWhatIf) -> AskAdvice:
    """Plans each case again beside the plan as it is."""
    return what_if_question(connection, ask.beside, ask.cases)


def ask_expiry_value(connection: Connection, ask: AskExpiryValue) -> AskAdvice:
    """Tells for each lot what a later expiry would save, and by when it must be known."""
    return expiry_question(ask.beside, ask.days, ask.most)


def ask_campaigns(connection: Connection, ask: AskCampaigns) -> AskAdvice:
    """Tells how much of each kit type to pack in which campaign."""
    return campaigns_question(ask.beside, campaigns_of(ask.file))


@unblinded_question(
    "/studies/{study_id:int}/advice", _READS, DataClass.SUPPLY_BY_TYPE, "Questions asked beside plans"
)
def list_advice(study_id: StudyId, caller: Caller, store: Records) -> AdviceListed:
    """Who asked what, and how far it is."""
    with store.reading() as connection:
        return AdviceListed(advice_lines(connection, study_id))


@unblinded_question(
    "/studies/{study_id:int}/advice/{advice:int}", _READS, DataClass.SUPPLY_BY_TYPE, "One advice with its answer"
)
def show_advice(study_id: StudyId, advice: AdviceNumber, caller: Caller, store: Records, now: Now) -> AdviceShown:
    """Measures and differences, savings by lot, or campaigns, as the commands tell them; money in cents."""
    with store.reading() as connection:
        found = advice_of(connection, study_id, advice)
    write_down(store, caller, now, study_id, f"advice {advice}", 1, permission=_READS)
    return _shown(found)


def _shown(found: Advice) -> AdviceShown:
    return AdviceShown(found.line, dict(found.asked), None if found.result is None else dict(found.result))


def _command(path: str, question: Callable[..., AskAdvice], summary: str, example: dict[str, Any]) -> Any:
    shows = {SHOWS: DataClass.SUPPLY_BY_TYPE}
    return asked_of_a_worker(path, question, ask_advice, _ASKS, summary, example, **shows)


_PEN = {
    "id": "PEN-A",
    "kit_cents": 21000,
    "shelf_life_days": 540,
    "unmet_cents": 2000000,
    "demand": [{"day": 84, "mean": 120}],
}
_FILE = {
    "start_date": "2026-06-15",
    "horizon_days": 364,
    "campaigns": {"days": [0, 28], "lead_time_days": 56, "setup_cents": 2500000},
    "kit_types": [_PEN],
}
OPERATIONS = (
    _command(
        "/plans/what-if",
        ask_what_if,
        "Ask what other inputs would change, as a job",
        {
            "study_id": 1,
            "plan": 2,
            "cases": {"busier": ["demand.1014.qty*=1.2"], "slow": ["lanes.transit_days+=2"]},
        },
    ),
    _command(
        "/plans/expiry-value",
        ask_expiry_value,
        "Ask what longer lives of lots would save, as a job",
        {"study_id": 1, "plan": 2, "days": 90},
    ),
    _command(
        "/plans/campaigns",
        ask_campaigns,
        "Ask how much to pack and when, as a job",
        {"study_id": 1, "plan": 2, "file": _FILE},
    ),
    list_advice,
    show_advice,
)
