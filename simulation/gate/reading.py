"""A gate read from its file, with the scenarios that it names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irt.errors import BadInput
from simulation.gate.agreement import Agreement
from simulation.part_file import parse_part, read_part
from simulation.spec.reading import changed, read_scenario
from simulation.spec.scenario import Scenario


class UnreadableGate(BadInput):
    """The file is not there, or is no gate."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A gate and its scenarios, in the order agreed."""

    agreement: Agreement
    scenarios: tuple[Scenario, ...]

    @property
    def identity(self) -> str:
        """The hash of everything that was agreed; any change makes another gate."""
        return self.agreement.identity({each.name: each.hash for each in self.scenarios})

    def require_keys(self) -> None:
        """BadInput where what is played beside is no scenario, by its keys or its name."""
        plans = self.agreement.plans.plans if self.agreement.plans else {}
        for name in sorted({each.name for each in self.scenarios} & set(plans)):
            raise UnreadableGate(
                f"Plan {name} has the name of a scenario; both would be one point. Name it otherwise."
            )
        for changes, file in self._changes():
            changed(self.scenarios[self.agreement.scenarios.index(file or self.agreement.scenarios[0])], changes)

    def _changes(self) -> Iterator[tuple[Mapping[str, Any], str | None]]:
        moved, plans = self.agreement.sensitivity, self.agreement.plans
        if moved is not None:
            yield from (({each.key: end}, moved.scenario) for each in moved.inputs for end in each.ends)
        if plans is not None:
            yield from ((changes, plans.scenario) for changes in plans.plans.values())


def read_gate(path: Path) -> Agreed:
    """The gate of a YAML or JSON file; scenarios are found from the file's own folder. BadInput else."""
    agreement = read_part(path, Agreement, UnreadableGate)
    if agreement.parameters is not None:
        whole = agreement.parameters.read_from(path.parent)
        agreement = agreement.model_copy(update={"parameters": whole})
    scenarios = tuple(read_scenario(path.parent / name) for name in agreement.scenarios)
    if len({each.name for each in scenarios}) < len(scenarios):
        raise UnreadableGate(f"{path}: two scenarios have the same name; their runs would share a directory.")
    agreed = Agreed(agreement, scenarios)
    agreed.require_keys()
    return agreed


def parse_gate(text: str, name: str) -> Agreement:
    """The gate that a text tells; `name` stands before what is wrong with it."""
    return parse_part(text, name, Agreement, UnreadableGate)
