"""Randomization: one irrevocable event. Check, draw, record; never edited, never repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt import __version__
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.randomization.scheme import Allocation
from irt.randomization.scheme import Subject as RandomizationSubject
from irt.randomization.stream import Seed
from irt.reads.candidates import candidates_at
from irt.services.caps import ASSIGNMENTS, caps_for, counted_in, lock_states, store_states
from irt.services.cohorts import open_cohort
from irt.services.studies import procedure_of, randomization_number, seed_of
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, move_subject
from irt.services.unit_of_work import Work
from irt.states.subject import SubjectEvent, SubjectStatus
from irt.study.definition import StudyDefinition
from irt.study.dispensing_schedule import kits_due
from irt.study.schedule import treatment_days
from irt.supply.kit_selection import lacking
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization, Visit


class RandomizeSubject(SQLModel):
    """A subject to randomize, with the factor levels as entered and confirmed."""

    study_id: int
    subject: str
    levels: dict[str, str] = Field(default={}, description="factor code -> level code, of the factors entered")
    dose_level: str | None = Field(default=None, description="where the study lets it be chosen")
    agents: list[str] = Field(default=[], description="agents the subject is eligible for, in a platform study")
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


class RandomizationNotPossible(Refusal):
    """The stock check failed before the draw; the same words whatever was missing (L09)."""

    def __init__(self, trace: str, candidates: dict[str, Any]) -> None:
        super().__init__(
            "Randomization is not possible at this site at the moment. Nothing was drawn. Supply has been told.",
            trace,
        )
        self.candidates = candidates


class AlreadyRandomized(Refusal):
    """The subject has its randomization; nothing was done twice."""

    def __init__(self, number: str, at: datetime) -> None:
        super().__init__(f"Already randomized at {at:%H:%M:%S} UTC as {number}; nothing was done twice.")


_RANDOMIZATIONS, _VISITS = table_of(Randomization), table_of(Visit)
_EARLIER = select(_RANDOMIZATIONS.c.number, _RANDOMIZATIONS.c.at).where(
    _RANDOMIZATIONS.c.subject_id == bindparam("subject_id")
)


def randomize_subject(work: Work, ask: RandomizeSubject) -> RandomizationReceipt:
    """Draws the subject's arm and records everything needed to derive it again; the answer is blinded."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.RANDOMIZE)
    try:
        return _randomize(work, ask, subject)
    except Refusal as refusal:
        raise refusal.concerning(subject.about("randomization"), refusal.candidates) from None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A decided randomization before it is recorded."""

    number: int
    opaque: str
    facts: RandomizationSubject
    stratum: str
    allocation: Allocation
    stock_seen: dict[str, Any]


def _randomize(work: Work, ask: RandomizeSubject, subject: LockedSubject) -> RandomizationReceipt:
    subject.site.require_active()
    subject.site.require_come(ask.on_day, work.at)
    _require_first(work, subject)
    levels = _levels(subject.definition, subject, ask.levels)
    dose_level = initial_dose_level(subject.definition, ask.dose_level)
    drawn = _draw(work, subject, ask, levels, dose_level)
    _record(work, subject, ask, drawn)
    status = move_subject(
        work, subject, SubjectEvent.RANDOMIZE, ask.on_day, dose_level=dose_level, randomized_on=ask.on_day
    )
    _audit(work, subject, drawn, status, dose_level)
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
    cohort = open_cohort(work, definition, study_id, ask.on_day)
    facts = RandomizationSubject(
        0, levels, _open_agents(definition, ask.agents, ask.on_day), cohort.arm if cohort else None
    )
    caps = caps_for(definition, "randomized", subject.site, levels, cohort.code if cohort else None)
    states = lock_states(work, study_id, (ASSIGNMENTS, *caps, *procedure.state_keys(facts)))
    number = states[ASSIGNMENTS]["count"] + 1
    counted = counted_in(definition, caps, states)
    stock_seen = _all_arms_check(work, subject, dose_level, ask.on_day)
    facts = replace(facts, number=number)
    allocation = procedure.assign(states, facts, Seed(seed_of(work, study_id, "allocation"), subject.site.protocol))
    store_states(work, subject.owner, states, {ASSIGNMENTS: {"count": number}, **counted, **allocation.after})
    opaque = randomization_number(work, study_id, number)
    return _Drawn(number, opaque, facts, procedure.stratum(facts), allocation, stock_seen)


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
    record = drawn.allocation.record()
    work.record(
        TreatmentAssignment,
        **subject.owner,
        randomization_id=randomization_id,
        arm=drawn.allocation.arm,
        method=subject.definition.randomization.method,
        stratum=drawn.stratum,
        probabilities=record["probabilities"],
        draws=record["draws"],
        state_seen={
            "rows": record["seen"],
            "agents": list(drawn.facts.agents),
            "open_arm": drawn.facts.open_arm,
        },
        stock_seen=drawn.stock_seen,
        engine=__version__,
    )


def _audit(
    work: Work, subject: LockedSubject, drawn: _Drawn, status: SubjectStatus, dose_level: str | None
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
            "version": subject.site.version_number,
        },
        secret={
            **drawn.allocation.record(),
            "stock_seen": drawn.stock_seen,
            "assignment_number": drawn.number,
            "engine": __version__,
        },
    )


def _require_first(work: Work, subject: LockedSubject) -> None:
    if subject.randomized_on is not None:
        earlier = work.one("randomization", _EARLIER, subject_id=subject.id)
        raise AlreadyRandomized(earlier["number"], earlier["at"])


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


def _all_arms_check(work: Work, subject: LockedSubject, dose_level: str | None, on_day: date) -> dict[str, Any]:
    """Whether every arm's first kits are on site, judged before the draw; what was seen is kept for replay."""
    definition = subject.definition
    visit = next((v for v in definition.visits if v.kind == "randomization" and v.dispenses), None)
    if not definition.conduct.all_arms_on_site or visit is None:
        return {}
    needs = {arm.code: kits_due(definition, arm.code, dose_level, visit.code) for arm in definition.arms}
    kit_types = {need.kit_type for arm in needs.values() for need in arm}
    candidates = candidates_at(
        work.connection,
        subject.study_id,
        subject.site.id,
        subject.site.country,
        subject.site.label_group,
        kit_types,
        lock=False,
    )
    windows = dispensing_windows(
        definition, subject.site.country, kit_types, treatment_days(definition, visit.code)
    )
    seen = {"kits": sorted([c.number, c.kit_type, c.expiry.isoformat()] for c in candidates)}
    short = {arm: missing for arm, due in needs.items() if (missing := lacking(candidates, due, on_day, windows))}
    if short:
        raise RandomizationNotPossible(f"all-arms check failed before the draw: {short}", {**seen, "short": short})
    return {**seen, "every_arm_can_be_served": True}


def dispensing_windows(
    definition: StudyDefinition, country: str, kit_types: set[str], days_to_last: int
) -> dict[str, int]:
    """Do-not-dispense days by kit type: the static window or the days the kits must last, the longer (3.2)."""
    return {
        code: max(definition.kit_type(code).windows_in(country).dnd_days, days_to_last)
        for code in sorted(kit_types)
    }
