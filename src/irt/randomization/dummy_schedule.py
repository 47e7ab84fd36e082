"""A schedule that looks like the study's and is not: invented subjects, and a seed that is no study's."""

from collections.abc import Iterator
from typing import NamedTuple

from irt.errors import Refusal
from irt.randomization.procedures import procedure_in
from irt.randomization.scheme import Row, Subject
from irt.randomization.stream import Seed
from irt.study import randomization_plan as plans
from irt.study.definition import StudyDefinition

TRIAL = "DUMMY"
"""The name in the streams, so that even the study's own seed would give other arms."""
UNNAMED_LEVEL = "site 1"


class NoDummySchedule(Refusal):
    """A study in which nothing is drawn, or in which the next arm waits for responses."""


class DummyLine(NamedTuple):
    """One invented subject: number, levels by factor, stratum, arm."""

    number: int
    levels: dict[str, str]
    stratum: str
    arm: str


def dummy_schedule(definition: StudyDefinition, subjects: int, key: bytes) -> tuple[DummyLine, ...]:
    """Invented subjects allocated by the study's rules from that key; NoDummySchedule where it cannot be."""
    plan = definition.randomization
    if isinstance(plan, plans.OpenCohort) or plan.method in {"three_plus_three", "boin"}:
        raise NoDummySchedule(
            "In this study the open cohort decides and nothing is drawn, so there is no schedule."
        )
    return tuple(_lines(definition, subjects, Seed(key, TRIAL)))


def _lines(definition: StudyDefinition, subjects: int, seed: Seed) -> Iterator[DummyLine]:
    procedure, people = procedure_in(definition), seed.stream("people", "")
    factors = [(one.code, definition.levels_of(one.code) or (UNNAMED_LEVEL,)) for one in definition.factors]
    plan = definition.randomization
    agents = tuple(agent.code for agent in plan.agents) if isinstance(plan, plans.Platform) else ()
    memory: dict[str, Row] = {}
    for number in range(1, subjects + 1):
        begin = number * len(factors)
        levels = {
            code: known[people.below(len(known), begin + place).value]
            for place, (code, known) in enumerate(factors)
        }
        subject = Subject(number, levels, agents)
        state = {key: memory[key] for key in procedure.state_keys(subject) if key in memory}
        allocation = procedure.assign(state, subject, seed)
        memory.update(allocation.after)
        yield DummyLine(number, levels, procedure.stratum(subject), allocation.arm)
