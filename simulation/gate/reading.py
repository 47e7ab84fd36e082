"""A gate read from its file, with the scenarios that it names."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from irt.errors import BadInput
from irt.study.source import UnreadableFile, read_source
from simulation.gate.agreement import Agreement
from simulation.spec.reading import read_scenario
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


def read_gate(path: Path) -> Agreed:
    """The gate of a YAML or JSON file; scenarios are found from the file's own folder. BadInput else."""
    agreement = parse_gate(_text(path), str(path))
    scenarios = tuple(read_scenario(path.parent / name) for name in agreement.scenarios)
    if len({each.name for each in scenarios}) < len(scenarios):
        raise UnreadableGate(f"{path}: two scenarios have the same name; their runs would share a directory.")
    return Agreed(agreement, scenarios)


def parse_gate(text: str, name: str) -> Agreement:
    """The gate that a text tells; `name` stands before what is wrong with it."""
    try:
        source = read_source(text)
    except UnreadableFile as refused:
        raise UnreadableGate(f"{name}:{refused.place.line}: {refused.sentence}") from None
    if source.faults:
        first = source.faults[0]
        raise UnreadableGate(f"{name}:{first.place.line}: {first.sentence}")
    try:
        return Agreement.model_validate(source.data)
    except ValidationError as refused:
        told = refused.errors()[0]
        where = ".".join(str(step) for step in told["loc"]) or "gate"
        raise UnreadableGate(f"{name}: {where}: {told['msg']}.") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UnreadableGate(f"{path}: {getattr(fault, 'strerror', None) or fault}.") from None
