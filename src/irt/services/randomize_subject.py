"""Randomization: one irrevocable event. Check, draw, record; never edited, never repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt import __version__
from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.randomization.methods.counts import PlannedNumberReached
from irt.randomization.scheme import Allocation, Procedure, State, TooFewArms
from irt.randomization.scheme import Subject as RandomizationSubject
from irt.randomization.stream import Seed
from irt.services.all_arms_check import RandomizationNotPossible, all_arms_check
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
from irt.services.draw_record import state_seen
from irt.services.known_responses import known_responses, last_response
from irt.services.open_arms import open_agents, open_arms
from irt.services.outbox import write_outbox
from irt.services.replacements import Replaced, replaced_by, same_arm
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
    agents: list[str] = Field(
        default=[],
        description="agents the subject is eligible for, in a platform study; arms where one asks for them",
    )
    replaces: str | None = Field(default=None, description="a subject of the site whose place this one takes")
    replacement_reason: str | None = Field(default=None, max_length=2000)
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


class NoAllocationLeft(Refusal):
    """More subjects have come than the design was made for."""

    def __init__(self, trace: str) -> None:
        super().__init__(
            "Randomization is not possible at the moment. Nothing was drawn. Tell the study team at once.", trace
        )


FORCED = "forced"
"""The row that counts a study's forced draws."""

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
    state_seen: dict[str, Any]
    stock_seen: dict[str, Any]
    replaced: Replaced | None


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
    _tell_forced(work, subject, drawn)
    status = move_subject(
        work,
        subject,
        SubjectEvent.RANDOMIZE,
        ask.on_day,
        reason=ask.replacement_reason if drawn.replaced else None,
        dose_level=dose_level,
        randomized_on=ask.on_day,
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
    replaced = replaced_by(work, subject, ask.replaces, ask.replacement_reason)
    facts = RandomizationSubject(
        0,
        levels,
        open_agents(definition, ask.agents, today),
        cohort.arm if cohort else None,
        open_arms(definition, ask.agents, today),
    )
    caps = caps_for(definition, "randomized", subject.site, levels, cohort.code if cohort else None)
    rare = () if definition.forced_randomization is None else (FORCED,)
    states = lock_states(work, study_id, (ASSIGNMENTS, *rare, *caps, *procedure.state_keys(facts)))
    number = states[ASSIGNMENTS]["count"] + 1
    counted = counted_in(definition, caps, so_far(work, study_id, subject.site, caps, states))
    forced = states.get(FORCED, {}).get("count", 0)
    stock = all_arms_check(
        work, subject, facts, dose_level, ask.weight_kg, may_force=_may_force(definition, forced, replaced)
    )
    facts = replace(facts, number=number, servable=stock.servable)
    stratum = procedure.stratum(facts)
    through = last_response(work, study_id) if definition.learns else None
    if through is not None:
        known = known_responses(work, study_id, stratum, facts.open_arms, through)
        facts = replace(facts, responses=known.counts)
    seed = Seed(seed_of(work, study_id, "allocation"), subject.site.protocol)
    allocation = _allocation(definition, procedure, states, facts, seed, replaced)
    counted |= {} if stock.servable is None else {FORCED: {"count": forced + 1}}
    store_states(work, subject.owner, states, {ASSIGNMENTS: {"count": number}, **counted, **allocation.after})
    opaque = randomization_number(work, study_id, number)
    record = allocation.record()
    seen = state_seen(facts, record["seen"], through)
    if replaced is not None and definition.replacement_arm == "same":
        seen["arm_of"] = replaced.assignment_number
    return _Drawn(number, opaque, facts, stratum, allocation, record, seen, stock.seen, replaced)


def _may_force(definition: StudyDefinition, forced: int, replaced: Replaced | None) -> bool:
    """Whether a draw may leave out arms whose kits are missing."""
    plan = definition.forced_randomization
    given = replaced is not None and definition.replacement_arm == "same"
    return plan is not None and forced < plan.subjects_max and not given


def _allocation(
    definition: StudyDefinition,
    procedure: Procedure,
    states: State,
    facts: RandomizationSubject,
    seed: Seed,
    replaced: Replaced | None,
) -> Allocation:
    if replaced is not None and definition.replacement_arm == "same":
        return same_arm(procedure, replaced.arm)
    try:
        return procedure.assign(states, facts, seed)
    except PlannedNumberReached as reached:
        raise NoAllocationLeft(reached.sentence) from None
    except TooFewArms:
        if facts.servable is None:
            raise
        # The same words as without the attempt to force, so that nobody sees that there was one.
        raise RandomizationNotPossible(f"no arm of {facts.servable} can be drawn", {}) from None


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
        replaces_id=drawn.replaced.randomization_id if drawn.replaced else None,
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
        state_seen=drawn.state_seen,
        stock_seen=drawn.stock_seen,
        engine=__version__,
    )


def _tell_forced(work: Work, subject: LockedSubject, drawn: _Drawn) -> None:
    """A letter to those who read the randomization, and to nobody else."""
    if drawn.facts.servable is not None:
        body = {"randomization": drawn.opaque, "site": subject.site.number}
        write_outbox(work, "randomization_forced", Audience.UNBLINDED, body, subject.study_id)


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
            **({"replaces": drawn.replaced.subject} if drawn.replaced else {}),
        },
        reason=ask.replacement_reason if drawn.replaced else None,
        secret={
            **drawn.record,
            "state_seen": drawn.state_seen,
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
