"""A go-live gate: what its verdict can be, what it is worth now, and why it is worth nothing any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from irt.states.plan import RunStatus


class GateVerdict(StrEnum):
    """What follows from all lines of a gate; nothing passes by default."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class GateStanding(StrEnum):
    """What a gate is worth now. Only a signed one lets its version go live."""

    DEFINED = "defined"
    RUNNING = "running"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run of a gate: how it ended, by which release of the product, and whether it is signed."""

    number: int
    status: RunStatus
    verdict: GateVerdict | None
    release: str
    signed: bool


@dataclass(frozen=True, slots=True)
class GateFacts:
    """A gate as it was defined, with its runs; `newer`: the number of a gate of the same version defined since."""

    version_hash: str
    configuration_hash: str
    runs: Sequence[RunFacts]
    newer: int | None = None


@dataclass(frozen=True, slots=True)
class GateInputs:
    """What a version would go live with now: its hash, that of its supply configuration, the release installed."""

    version_hash: str
    configuration_hash: str
    release: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a gate is worth, and a sentence that says why or what is to be done; none where it is signed.

    `run` is the run that tells it.
    """

    standing: GateStanding
    why: str = ""
    run: int | None = None

    @property
    def opens(self) -> bool:
        """Whether the version may go live by it."""
        return self.standing == GateStanding.SIGNED


_OF_VERDICT = {
    GateVerdict.FAIL: (GateStanding.FAILED, "A limit is not kept. Change the plan, and define another gate."),
    GateVerdict.INCONCLUSIVE: (
        GateStanding.INCONCLUSIVE,
        "Nothing is proved within the replications agreed. Define another gate with later looks.",
    ),
    GateVerdict.PASS: (GateStanding.UNSIGNED, "It passed, and waits for a signature."),
}


def standing_of(gate: GateFacts, now: GateInputs) -> Standing:
    """What the gate is worth, held against what the version would go live with now."""
    if changed := _changed(gate, now):
        return Standing(GateStanding.VOID, changed)
    run = run_that_counts(gate.runs)
    if run is None or run.verdict is None:
        return _without_verdict(gate.runs)
    if run.release != now.release:
        why = f"It was run by release {run.release}, and {now.release} is installed. Run it again."
        return Standing(GateStanding.VOID, why, run.number)
    if run.signed:
        return Standing(GateStanding.SIGNED, "", run.number)
    return Standing(*_OF_VERDICT[run.verdict], run.number)


def run_that_counts(runs: Sequence[RunFacts]) -> RunFacts | None:
    """The newest run with a verdict."""
    return max((run for run in runs if run.verdict is not None), key=lambda run: run.number, default=None)


def _changed(gate: GateFacts, now: GateInputs) -> str:
    if gate.newer is not None:
        return f"Gate {gate.newer} was defined for the same version since."
    if gate.version_hash != now.version_hash:
        return "The study version is not the one that the gate was defined for. Define another gate."
    if gate.configuration_hash != now.configuration_hash:
        return "How the study is supplied was changed since it was defined. Define another gate."
    return ""


def _without_verdict(runs: Sequence[RunFacts]) -> Standing:
    under_way = next((run.number for run in runs if run.status == RunStatus.RUNNING), None)
    if under_way is not None:
        return Standing(GateStanding.RUNNING, "It is being run.", under_way)
    return Standing(GateStanding.DEFINED, "It was not run to its end yet.")
