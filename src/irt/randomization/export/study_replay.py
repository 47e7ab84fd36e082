"""A study's allocations made again by the procedures that made them, from the plans that the export tells."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pydantic import TypeAdapter, ValidationError

from irt.errors import IntegrityFault
from irt.randomization.export.design_export import draw_text
from irt.randomization.export.export_file import Header, Record, UnreadableExport
from irt.randomization.export.replay import Made, Replay
from irt.randomization.procedures import procedure_for
from irt.randomization.scheme import Procedure, State, Subject
from irt.randomization.stream import Seed
from irt.study.arms import Arm
from irt.study.randomization_plan import RandomizationPlan

_PLAN: TypeAdapter[RandomizationPlan] = TypeAdapter(RandomizationPlan)
_ARMS: TypeAdapter[tuple[Arm, ...]] = TypeAdapter(tuple[Arm, ...])


def study_replays(header: Header, seed: bytes | None) -> dict[int, Replay]:
    """One replay for all sequences of a study, since its procedure has one memory; none for a drawn design.

    Without a seed only what the sequences tell is replayed.
    """
    if header.get("kind") != "study" or seed is None:
        return {}
    try:
        procedures = {
            int(version): procedure_for(_PLAN.validate_python(told["plan"]), _ARMS.validate_python(told["arms"]))
            for version, told in header["versions"].items()
        }
        replay = ByProcedure(procedures, Seed(seed, header["protocol"]))
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        raise UnreadableExport("The export does not tell the plans of its study. Nothing was verified.") from None
    return dict.fromkeys(range(len(header["sequences"])), replay)


class ByProcedure:
    """A study from its first allocation on, each by the version that made it."""

    def __init__(self, procedures: Mapping[int, Procedure], seed: Seed) -> None:
        self._procedures, self._seed = procedures, seed
        self._memory: dict[str, dict[str, int]] = {}
        self._number = 0

    def make(self, record: Record) -> Made:
        """The next assignment number's allocation; IntegrityFault where one was left out."""
        self._number += 1
        if record["number"] != self._number:
            raise IntegrityFault(f"assignment number {self._number} is due")
        facts = record["facts"]
        procedure = self._procedures[facts["version"]]
        subject = recorded_subject(record["number"], facts["levels"], facts["seen"])
        state: State = {key: self._memory[key] for key in procedure.state_keys(subject) if key in self._memory}
        allocation = procedure.assign(state, subject, self._seed)
        if {key: dict(row) for key, row in allocation.seen.items()} != facts["seen"]["rows"]:
            raise IntegrityFault("the state it saw is another")
        self._memory.update({key: dict(row) for key, row in allocation.after.items()})
        chances = [str(chance) for _, chance in allocation.probabilities]
        return Made(allocation.arm, chances, [draw_text(draw) for draw in allocation.draws])


def recorded_subject(number: int, levels: Mapping[str, str], seen: Mapping[str, Any]) -> Subject:
    """The subject as the procedure saw it, from its record."""
    return Subject(number, levels, tuple(seen["agents"]), seen["open_arm"])


def reduced(probabilities: Mapping[str, str], arms: tuple[str, ...]) -> list[str]:
    """Stored chances in the order of the arms, as an export writes them."""
    return [str(Fraction(probabilities[arm])) for arm in arms]
