"""A study's allocations made again by the procedures that made them, from the versions that the export tells."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from irt.errors import IntegrityFault
from irt.randomization.catalogue import CATALOGUE
from irt.randomization.draw_record import subject_drawn
from irt.randomization.export.design_export import draw_text
from irt.randomization.export.export_file import Header, Record, UnreadableExport
from irt.randomization.export.replay import Made, Replay
from irt.randomization.procedures import procedure_in
from irt.randomization.scheme import Procedure, State
from irt.randomization.stream import Seed
from irt.study.definition import StudyDefinition


def study_replays(header: Header, seed: bytes | None) -> dict[int, Replay]:
    """One replay for all sequences of a study, since its procedures have one memory; none for a drawn design.

    Without a seed, sequences of the catalogue are left to their laws, and all others stand as told.
    """
    if header.get("kind") != "study":
        return {}
    sequences: list[Mapping[str, Any]] = header["sequences"]
    if seed is None:
        told = AsTold()
        return {place: told for place, each in enumerate(sequences) if each.get("method") not in CATALOGUE}
    try:
        versions = {
            int(number): StudyDefinition.model_validate(told) for number, told in header["versions"].items()
        }
        names = [[factor["name"] for factor in each["factors"]] for each in sequences]
        replay = ByProcedure(versions, names, Seed(seed, header["protocol"]))
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        raise UnreadableExport("The export does not tell its study's versions. Nothing was verified.") from None
    return dict.fromkeys(range(len(sequences)), replay)


class AsTold:
    """A record that only the seed could tell wrong."""

    def make(self, record: Record) -> Made:
        """As it stands."""
        return Made(record["arm"], list(record["probabilities"]), list(record["draws"]))


class ByProcedure:
    """A study from its first allocation on, each by the version that made it."""

    def __init__(self, versions: Mapping[int, StudyDefinition], names: list[list[str]], seed: Seed) -> None:
        self._versions, self._names, self._seed = versions, names, seed
        self._procedures: dict[tuple[int, int], Procedure] = {}
        self._memory: dict[str, dict[str, int]] = {}
        self._arms: dict[int, str] = {}

    def make(self, record: Record) -> Made:
        """The next assignment number's allocation; IntegrityFault where it saw another state."""
        facts = record["facts"]
        seen = facts["seen"]
        if record["levels"] != [facts["levels"][name] for name in self._names[record["sequence"]]]:
            raise IntegrityFault("its levels are told in two ways")
        procedure = self._procedure(facts["version"], facts["stage"])
        made = self._same_arm(procedure, seen["arm_of"]) if "arm_of" in seen else self._drawn(procedure, record)
        self._arms[record["number"]] = made.arm
        return made

    def _drawn(self, procedure: Procedure, record: Record) -> Made:
        facts, number = record["facts"], record["number"]
        subject = subject_drawn(number, facts["levels"], facts["seen"])
        state: State = {key: self._memory[key] for key in procedure.state_keys(subject) if key in self._memory}
        allocation = procedure.assign(state, subject, self._seed)
        if {key: dict(row) for key, row in allocation.seen.items()} != facts["seen"]["rows"]:
            raise IntegrityFault("it saw another state")
        self._memory.update({key: dict(row) for key, row in allocation.after.items()})
        chances = [str(chance) for _, chance in allocation.probabilities]
        return Made(allocation.arm, chances, [draw_text(draw) for draw in allocation.draws])

    def _same_arm(self, procedure: Procedure, replaced: int) -> Made:
        """A replacement that gets the arm of the subject it replaces."""
        arm = self._arms[replaced]
        return Made(arm, ["1" if arm == other else "0" for other in procedure.arms], [])

    def _procedure(self, version: int, stage: int) -> Procedure:
        if (version, stage) not in self._procedures:
            self._procedures[version, stage] = procedure_in(self._versions[version], stage)
        return self._procedures[version, stage]
