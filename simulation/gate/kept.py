"""What was agreed, kept beside the runs of a gate: its directory tells by itself what was held."""

from pathlib import Path

from simulation.gate.agreement import Agreement
from simulation.gate.reading import Agreed, UnreadableGate
from simulation.part_file import read_part
from simulation.run.files import write_json
from simulation.run.run import SCENARIO
from simulation.spec.reading import read_scenario

AGREEMENT = "agreement.json"
STATEMENT = "gate.json"


def keep_agreement(agreed: Agreed, out: Path) -> None:
    """Writes down what is held, before or after."""
    write_json(agreed.agreement.plain, out / AGREEMENT)


def kept_gate(out: Path, names: list[str]) -> Agreed:
    """The gate whose runs are in the directory, with the scenarios of these names; BadInput where it is none."""
    agreement = read_part(out / AGREEMENT, Agreement, UnreadableGate)
    return Agreed(agreement, tuple(read_scenario(out / name / SCENARIO) for name in names))
