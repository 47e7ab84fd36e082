"""Randomization: one irrevocable event. Check, draw, record; never edited, never repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt import __version__
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.randomization.scheme import Allocation
from irt.randomization.scheme import Subject as RandomizationSubject
from irt.randomization.stream import Seed
from irt.services.all_arms_check import all_arms_check
from irt.services.caps import (
    ASSIGNMENTS,
    caps_for,
    counted_in,
    lock_states,
    so_far,
    store_states,
    take_turn,
)
from irt.services.cohorts import open_cohort
from irt.services.start_run_in import require_run_in_over
from irt.services.studies import procedure_of, randomization_number, seed_of
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, move_subject, refusals_concern
from irt.services.work import Work
from irt.states.subject import SubjectEvent, SubjectStatus
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization


class RandomizeSubject(SQLModel):
    """A subject to randomize, with the factor levels as entered and confirmed."""

    study_id: int
    subject: str
    levels: dict[str, str] = Field(default={}, description="factor code -> level code, of the factors entered")
    dose_level: str | None = Field(default=None, description="where the study lets it be chosen")
    agents: list[str] = Field(default=[], description="agents the subject is eligible for, in a platform study")
    weight_kg: Decimal | None = Field(default=None, description="where the first kits follow body weight")
    on_day: date


class RandomizationReceipt(SQLModel):
    """A randomization as a blinded person may know it."""

    study_id: int
    subject: str
    randomization_number: str
    at: datetime
    levels: dict[str, str]
    dose_level: str | None
    status: SubjectStatus


class AlreadyRandomized(Refusal):
    """The subject has its randomization; nothing was done twice."""

    def __init__(self, number: str, at: datetime) -> None:
        super().__init__(f"Already randomized at {at:%H:%M:%S} UTC as {number}; nothing was done twice.")


class ScreeningExpired(Refusal):
    """The screening is older than the protocol allows."""

    def __init__(self, last: date) -> None:
        super().__init__(
            f"The screening of this subject was valid until {last.isoformat()}. Nothing was drawn. "
            "Record a screening failure; the protocol says whether the subject may be screened again."
        )


_RANDOMIZATIONS = table_of(Randomization)
_EARLIER = select(_RANDOMIZATIONS.c.number, _RANDOMIZATIONS.c.at).where(
    _RANDOMIZATIONS.c.subject_id == bindparam("subject_id")
)


def randomize_subject(work: Work, ask: RandomizeSubject) -> RandomizationReceipt:
    """Draws the subject's arm and records everything needed to derive it again; the answer is blinded."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.RANDOMIZE)
    with refusals_concern(subject.about("randomization")):
        return _randomize(work, ask, subject)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A decided randomization before it is recorded."""

    number: int
    opaque: str
    facts: RandomizationSubject
    stratum: str
    allocation: Allocation
    record: dict[str, Any]
    stock_seen: dict[str, Any]


def _randomize(work: Work, ask: RandomizeSubject, subject: LockedSubject) -> RandomizationReceipt:
    subject.site.require_active()
    _require_first(work, subject)
    subject.require_day(ask.on_day, work.at)
    _require_valid_screening(subject, ask.on_day)
    require_run_in_over(subject, ask.on_day)
    levels = _levels(subject.definition, subject, ask.levels)
    dose_level = initial_dose_level(subject.definition, ask.dose_level)
    drawn = _draw(work, subject, ask, levels, dose_level)
    _record(work, subject, ask, drawn)
    status = move_subject(
        work, subject, SubjectEvent.RANDOMIZE, ask.on_day, dose_level=dose_level, randomized_on=ask.on_day
    )
    _audit(work, subject, ask, drawn, status, dose_level)
    return RandomizationReceipt(
        study_id=subject.study_id,
        subject=subject.number,
        randomization_number=drawn.opaque,
        at=work.at,
        levels=levels,
        dose_level=dose_level,
        status=status,
    )


def _draw(
    work: Work, subject: LockedSubject, ask: RandomizeSubject, levels: dict[str, str], dose_level: str | None
) -> _Drawn:
    """Locks what the draw depends on, checks caps and stock, then draws."""
    definition, study_id = subject.definition, subject.study_id
    procedure = procedure_of(work, study_id, subject.site.version_number)
    # What is open and what is in stock is judged on the day of the draw, whatever day is entered.
    today = subject.site.today(work.at)
    take_turn(work, study_id)
    cohort = open_cohort(work, definition, study_id, today)
    facts = RandomizationSubject(
        0, levels, _open_agents(definition, ask.agents, today), cohort.arm if cohort else None
    )
    caps = caps_for(definition, "randomized", subject.site, levels, cohort.code if cohort else None)
    states = lock_states(work, study_id, (ASSIGNMENTS, *caps, *procedure.state_keys(facts)))
    number = states[ASSIGNMENTS]["count"] + 1
    counted = counted_in(definition, caps, so_far(work, study_id, subject.site, caps, states))
    stock_seen = all_arms_check(work, subject, facts, dose_level, ask.weight_kg)
    facts = replace(facts, number=number)
    allocation = procedure.assign(states, facts, Seed(seed_of(work, study_id, "allocation"), subject.site.protocol))
    store_states(work, subject.owner, states, {ASSIGNMENTS: {"count": number}, **counted, **allocation.after})
    opaque = randomization_number(work, study_id, number)
    return _Drawn(number, opaque, facts, procedure.stratum(facts), allocation, allocation.record(), stock_seen)


def _record(work: Work, subject: LockedSubject, ask: RandomizeSubject, drawn: _Drawn) -> None:
    """The public event and, pointing to it, the treatment with everything needed to derive it again."""
    randomization_id = work.record(
        Randomization,
        **subject.owner,
        subject_id=subject.id,
        site_id=subject.site.id,
        number=drawn.opaque,
        assignment_number=drawn.number,
        version_number=subject.site.version_number,
        levels=dict(drawn.facts.levels),
        at=work.at,
        on_day=ask.on_day,
    )
    work.append(
        TreatmentAssignment,
        **subject.owner,
        randomization_id=randomization_id,
        arm=drawn.allocation.arm,
        method=subject.definition.randomization.method,
        stratum=drawn.stratum,
        probabilities=drawn.record["probabilities"],
        draws=drawn.record["draws"],
        state_seen={
            "rows": drawn.record["seen"],
            "agents": list(drawn.facts.agents),
            "open_arm": drawn.facts.open_arm,
        },
        stock_seen=drawn.stock_seen,
        engine=__version__,
    )


def _audit(
    work: Work,
    subject: LockedSubject,
    ask: RandomizeSubject,
    drawn: _Drawn,
    status: SubjectStatus,
    dose_level: str | None,
) -> None:
    audit_subject(
        work,
        subject,
        "subject_randomized",
        old={"status": subject.status},
        new={
            "status": status,
            "randomization": drawn.opaque,
            "levels": dict(drawn.facts.levels),
            "dose_level": dose_level,
            "on_day": ask.on_day.isoformat(),
            "version": subject.site.version_number,
        },
        secret={
            **drawn.record,
            "stock_seen": drawn.stock_seen,
            "assignment_number": drawn.number,
            "engine": __version__,
        },
    )


def _require_first(work: Work, subject: LockedSubject) -> None:
    if subject.randomized_on is not None:
        earlier = work.one("randomization", _EARLIER, subject_id=subject.id)
        raise AlreadyRandomized(earlier["number"], earlier["at"])


def _require_valid_screening(subject: LockedSubject, on_day: date) -> None:
    last = subject.definition.screening.valid_until(subject.screened_on)
    if last is not None and on_day > last:
        raise ScreeningExpired(last)


def _levels(definition: StudyDefinition, subject: LockedSubject, entered: Mapping[str, str]) -> dict[str, str]:
    """Every factor's level: entered ones as entered, the rest from the site; never a default."""
    known = {factor.code for factor in definition.factors if factor.source == "entered"}
    if strange := sorted(set(entered) - known):
        raise BadInput(f"{strange[0]} is not a factor to be entered in this study. Nothing was drawn.")
    of_site = {
        "country": subject.site.country,
        "region": subject.site.region,
        "site": subject.site.number,
    }
    levels = {}
    for factor in definition.factors:
        level = entered.get(factor.code) if factor.source == "entered" else of_site[factor.source]
        if not level:
            raise BadInput(f"'{factor.name}' has no answer. Nothing was drawn. Answer every question.")
        if factor.levels and level not in factor.level_codes():
            raise BadInput(f"'{level}' is not an answer to '{factor.name}'. Nothing was drawn.")
        levels[factor.code] = level
    return levels


def initial_dose_level(definition: StudyDefinition, chosen: str | None) -> str | None:
    """The dose level to start on: the chosen one, or the only one there is."""
    initial = [level.code for level in definition.dose_levels if level.initial]
    if chosen is None and len(initial) == 1:
        return initial[0]
    if chosen is None and initial:
        raise BadInput("Choose the dose level to start on. Nothing was drawn.")
    if chosen is not None and chosen not in initial:
        raise BadInput(f"'{chosen}' is not a dose level to start on. Nothing was drawn.")
    return chosen


def _open_agents(definition: StudyDefinition, eligible: list[str], on_day: date) -> tuple[str, ...]:
    """The agents the subject is eligible for that are open on the day, in the order of the study file."""
    plan = definition.randomization
    if plan.method != "platform":
        return ()
    if strange := sorted(set(eligible) - {agent.code for agent in plan.agents}):
        raise BadInput(f"{strange[0]} is not an agent of this study. Nothing was drawn.")
    open_ones = []
    for agent in plan.agents:
        arm = definition.arm(agent.active)
        is_open = (arm.opens is None or arm.opens <= on_day) and (arm.closes is None or on_day <= arm.closes)
        if agent.code in eligible and is_open:
            open_ones.append(agent.code)
    return tuple(open_ones)
