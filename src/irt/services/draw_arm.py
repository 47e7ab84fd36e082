"""The draw of one subject: what it depends on is locked and looked at first, then one number decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from irt.errors import Refusal
from irt.randomization.draw_record import state_seen
from irt.randomization.listed import Listed
from irt.randomization.methods.counts import PlannedNumberReached
from irt.randomization.scheme import Allocation, Procedure, State, Subject, TooFewArms
from irt.randomization.stream import Seed
from irt.services.all_arms_check import RandomizationNotPossible, StockSeen, all_arms_check
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
from irt.services.known_responses import known_responses, last_response
from irt.services.list_entries import entry_at
from irt.services.replacements import Replaced, replaced_by, same_arm
from irt.services.studies import procedure_of, randomization_number, seed_of
from irt.services.subjects import LockedSubject
from irt.services.work import Work
from irt.study.arms import Cohort
from irt.study.definition import StudyDefinition
from irt.study.open_arms import open_agents, open_arms
from irt.study.rules import Cap

FORCED = "forced"
"""The row that counts a study's forced draws."""


class NoAllocationLeft(Refusal):
    """More subjects have come than the design was made for."""

    def __init__(self, trace: str) -> None:
        super().__init__(
            "Randomization is not possible at the moment. Nothing was drawn. Tell the study team at once.", trace
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the subject to be drawn; `agents` are those it is eligible for."""

    stage: int
    levels: Mapping[str, str]
    agents: list[str]
    dose_level: str | None
    weight_kg: Decimal | None
    replaces: str | None = None
    replacement_reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """A decided randomization before it is recorded. Secret, so it never prints itself."""

    number: int
    opaque: str
    facts: Subject
    stratum: str
    allocation: Allocation
    record: dict[str, Any]
    state_seen: dict[str, Any]
    stock_seen: dict[str, Any]
    replaced: Replaced | None


def draw_arm(work: Work, subject: LockedSubject, wanted: Wanted) -> Drawn:
    """Locks what the draw depends on, checks caps and stock, then draws."""
    definition, study_id = subject.definition, subject.study_id
    procedure = procedure_of(work, study_id, subject.site.version_number, wanted.stage)
    take_turn(work, study_id)
    cohort = _cohort(work, subject, wanted)
    replaced = _replaced(work, subject, wanted)
    given = None if replaced is None or definition.replacement_arm == "drawn" else replaced
    facts = _facts(work, subject, wanted, cohort)
    caps = _caps(subject, wanted, cohort)
    rare = () if definition.forced_randomization is None else (FORCED,)
    states = lock_states(work, study_id, (ASSIGNMENTS, *rare, *caps, *procedure.state_keys(facts)))
    number = states[ASSIGNMENTS]["count"] + 1
    counted = counted_in(definition, caps, so_far(work, study_id, subject.site, caps, states))
    forced = states.get(FORCED, {}).get("count", 0)
    may_force = given is None and _may_force(definition, forced)
    stock = _stock(work, subject, facts, wanted, may_force=may_force)
    facts, through = _informed(
        work, subject, wanted.stage, procedure, states, replace(facts, number=number, servable=stock.servable)
    )
    seed = Seed(seed_of(work, study_id, "allocation"), subject.site.protocol)
    allocation = _assigned(procedure, states, facts, seed) if given is None else same_arm(procedure, given.arm)
    counted |= {} if stock.servable is None else {FORCED: {"count": forced + 1}}
    store_states(work, subject.owner, states, {ASSIGNMENTS: {"count": number}, **counted, **allocation.after})
    record = allocation.record()
    seen = state_seen(facts, record["seen"], through)
    if given is not None:
        seen["arm_of"] = given.assignment_number
    opaque = randomization_number(work, study_id, number)
    return Drawn(number, opaque, facts, procedure.stratum(facts), allocation, record, seen, stock.seen, replaced)


def _cohort(work: Work, subject: LockedSubject, wanted: Wanted) -> Cohort | None:
    """The open cohort, for a first randomization."""
    # What is open and what is in stock is judged on the day of the draw, whatever day is entered.
    if wanted.stage > 1:
        return None
    return open_cohort(work, subject.definition, subject.study_id, subject.site.today(work.at))


def _replaced(work: Work, subject: LockedSubject, wanted: Wanted) -> Replaced | None:
    if wanted.stage > 1:
        return None
    return replaced_by(work, subject, wanted.replaces, wanted.replacement_reason)


def _facts(work: Work, subject: LockedSubject, wanted: Wanted, cohort: Cohort | None) -> Subject:
    """The subject as the procedure knows it before its number and the stock."""
    definition, today = subject.definition, subject.site.today(work.at)
    return Subject(
        0,
        wanted.levels,
        open_agents(definition, wanted.agents, today),
        cohort.arm if cohort else None,
        open_arms(definition, wanted.stage, wanted.agents, today),
    )


def _caps(subject: LockedSubject, wanted: Wanted, cohort: Cohort | None) -> dict[str, Cap]:
    """The limits of enrolment; whoever is randomized again is enrolled already."""
    if wanted.stage > 1:
        return {}
    code = cohort.code if cohort else None
    return caps_for(subject.definition, "randomized", subject.site, wanted.levels, code)


def _may_force(definition: StudyDefinition, forced: int) -> bool:
    """Whether one more draw may leave out arms whose kits are missing."""
    plan = definition.forced_randomization
    return plan is not None and forced < plan.subjects_max


def _stock(work: Work, subject: LockedSubject, facts: Subject, wanted: Wanted, *, may_force: bool) -> StockSeen:
    """The check of all arms, before the first randomization: the next kits of a later one are given at a visit."""
    if wanted.stage > 1:
        return StockSeen({})
    return all_arms_check(work, subject, facts, wanted.dose_level, wanted.weight_kg, may_force=may_force)


def _informed(
    work: Work, subject: LockedSubject, stage: int, procedure: Procedure, states: State, facts: Subject
) -> tuple[Subject, int | None]:
    """The facts with what the study's design asks for besides, and the last response that was there."""
    stratum, through = procedure.stratum(facts), None
    if subject.definition.learns_at(stage):
        through = last_response(work, subject.study_id)
        known = known_responses(work, subject.study_id, stage, stratum, facts.open_arms, through)
        facts = replace(facts, responses=known.counts)
    if isinstance(procedure, Listed):
        due = procedure.due(states, facts)
        facts = replace(facts, listed=entry_at(work, subject.study_id, stratum, due))
    return facts, through


def _assigned(procedure: Procedure, states: State, facts: Subject, seed: Seed) -> Allocation:
    try:
        return procedure.assign(states, facts, seed)
    except PlannedNumberReached as reached:
        raise NoAllocationLeft(reached.sentence) from None
    except TooFewArms:
        if facts.servable is None:
            raise
        # The same words as without the attempt to force, so that nobody sees that there was one.
        raise RandomizationNotPossible(f"no arm of {facts.servable} can be drawn", {}) from None
