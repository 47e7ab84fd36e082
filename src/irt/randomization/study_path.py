"""A study's first randomizations as they were asked for, and how the same asking goes with other chance.

Each draw is made by the procedure of the version that made it, with the memory of the drawn history. What a draw
was asked with stays: levels, agents and arms the subject was eligible for, the open cohort, and which responses
were known by then. A response stays with its subject, whatever arm the subject is drawn to. A forced draw keeps its
arm, since kits, not chance, settled it; a subject that took the arm of one it replaced takes the arm drawn for that
one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from irt.randomization.assessment.sequences import Arms, Tell, quiet
from irt.randomization.dynamic import Dynamic
from irt.randomization.procedures import procedure_in
from irt.randomization.scheme import Procedure, Row, Subject
from irt.randomization.stream import Seed
from irt.study.definition import StudyDefinition

TRIALS = 2_000
"""Trials where none are asked for: each is drawn through the live procedures, number by number."""

Group = tuple[str, tuple[str, ...] | None]
"""Who learns from each other: the stratum, and the arms that are drawn among."""


class Asked(NamedTuple):
    """One draw as it was asked for, with the arm that came of it.

    `through`: the last entry of the response feed that was there, None where the design does not learn. `arm_of`:
    the number of the subject whose arm is taken over. `held`: the arm was forced, and is kept.
    """

    facts: Subject
    version: int
    stratum: str
    arm: str
    through: int | None = None
    arm_of: int | None = None
    held: bool = False


class Entry(NamedTuple):
    """One entry of the response feed: its number, the assignment number it is about, 1, 0 or None for not known."""

    id: int
    number: int
    value: int | None


@dataclass(slots=True)
class _Course:
    """One path while it is drawn."""

    memory: dict[str, Row] = field(default_factory=dict)
    arms: dict[int, str] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)
    tallies: dict[Group, dict[str, list[int]]] = field(default_factory=dict)
    read: int = 0


@dataclass(frozen=True, slots=True)
class StudyPath:
    """All draws in order of assignment, and the feed in its order."""

    protocol: str
    versions: Mapping[int, StudyDefinition]
    asked: tuple[Asked, ...]
    entries: tuple[Entry, ...] = ()
    _procedures: dict[int, Procedure] = field(init=False, default_factory=dict, compare=False)

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms of all versions, in the order they came in."""
        known = (procedure.arms for procedure in map(self.procedure, sorted(self.versions)))
        return tuple(dict.fromkeys(arm for arms in known for arm in arms))

    def procedure(self, version: int) -> Procedure:
        """The procedure of a version's first randomization."""
        if version not in self._procedures:
            self._procedures[version] = procedure_in(self.versions[version])
        return self._procedures[version]

    def drawn(self, key: bytes) -> tuple[str, ...]:
        """The arms under another seed of 32 bytes; under the study's own seed those that were given."""
        seed, course = Seed(key, self.protocol), _Course()
        group_of = {each.facts.number: (each.stratum, each.facts.open_arms) for each in self.asked}
        for each in self.asked:
            course.arms[each.facts.number] = self._arm(each, seed, course, group_of)
        return tuple(course.arms.values())

    def _arm(self, each: Asked, seed: Seed, course: _Course, group_of: Mapping[int, Group]) -> str:
        if each.arm_of is not None:
            return course.arms[each.arm_of]
        procedure, facts = self.procedure(each.version), each.facts
        if each.through is not None:
            self._read_through(each.through, course, group_of)
            tally = course.tallies.get(group_of[facts.number], {})
            facts = replace(facts, responses={arm: (ones, zeros) for arm, (ones, zeros) in tally.items()})
        state = {key: course.memory[key] for key in procedure.state_keys(facts) if key in course.memory}
        if each.held and isinstance(procedure, Dynamic):
            course.memory.update(procedure.placed(state, facts, each.arm))
            return each.arm
        allocation = procedure.assign(state, facts, seed)
        course.memory.update(allocation.after)
        return allocation.arm

    def _read_through(self, through: int, course: _Course, group_of: Mapping[int, Group]) -> None:
        """Books what the feed has told since; a correction takes back what it corrects."""
        while course.read < len(self.entries) and self.entries[course.read].id <= through:
            entry = self.entries[course.read]
            course.read += 1
            tally = course.tallies.setdefault(group_of[entry.number], {})
            ones_and_zeros = tally.setdefault(course.arms[entry.number], [0, 0])
            if (old := course.values.pop(entry.number, None)) is not None:
                ones_and_zeros[1 - old] -= 1
            if entry.value is not None:
                ones_and_zeros[1 - entry.value] += 1
                course.values[entry.number] = entry.value


def drawn_paths(path: StudyPath, trials: int, seed: int, tell: Tell = quiet) -> Arms:
    """So many paths, one row a subject, one column a trial; arms by their place in the path's."""
    place = {arm: number for number, arm in enumerate(path.arms)}
    arms = np.empty((len(path.asked), trials), dtype=np.int8)
    for trial, key in enumerate(_keys(trials, seed)):
        arms[:, trial] = [place[arm] for arm in path.drawn(key)]
        if trial % 20 == 0:
            tell(trial, trials)
    tell(trials, trials)
    return arms


def path_record(path: StudyPath) -> dict[str, Any]:
    """JSON-able."""
    return {
        "protocol": path.protocol,
        "versions": {str(number): known.model_dump(mode="json") for number, known in path.versions.items()},
        "asked": [_asked_record(each) for each in path.asked],
        "entries": [list(entry) for entry in path.entries],
    }


def path_in(told: Mapping[str, Any]) -> StudyPath:
    """The path that a record tells."""
    return StudyPath(
        told["protocol"],
        {int(number): StudyDefinition.model_validate(known) for number, known in told["versions"].items()},
        tuple(_asked_in(each) for each in told["asked"]),
        tuple(Entry(*entry) for entry in told["entries"]),
    )


def _keys(trials: int, seed: int) -> Iterator[bytes]:
    return (sha256(f"drawn path {trial} of {seed}".encode()).digest() for trial in range(trials))


def _asked_record(each: Asked) -> dict[str, Any]:
    facts = each.facts
    return {
        "number": facts.number,
        "levels": dict(facts.levels),
        "agents": list(facts.agents),
        "open_arm": facts.open_arm,
        "open_arms": _listed(facts.open_arms),
        "version": each.version,
        "stratum": each.stratum,
        "arm": each.arm,
        "through": each.through,
        "arm_of": each.arm_of,
        "held": each.held,
    }


def _asked_in(told: Mapping[str, Any]) -> Asked:
    open_arms = told["open_arms"]
    facts = Subject(
        told["number"],
        told["levels"],
        tuple(told["agents"]),
        told["open_arm"],
        None if open_arms is None else tuple(open_arms),
    )
    return Asked(
        facts, told["version"], told["stratum"], told["arm"], told["through"], told["arm_of"], told["held"]
    )


def _listed(codes: Sequence[str] | None) -> list[str] | None:
    return None if codes is None else list(codes)
