"""What a gate is worth: a grid over its runs and over everything that may change beneath it."""

import pytest

from irt.states.gate import GateFacts, GateInputs, GateStanding, GateVerdict, RunFacts, standing_of
from irt.states.plan import RunStatus

_S, _V, _R = GateStanding, GateVerdict, RunStatus
NOW = GateInputs("version", "configuration", "1.0")


def a_run(verdict: GateVerdict | None, number: int = 1, signed: bool = False, release: str = "1.0") -> RunFacts:
    """A run that ended with the verdict; one that is open without."""
    return RunFacts(number, _R.RUNNING if verdict is None else _R.ENDED, verdict, release, signed)


def of(*runs: RunFacts, newer: int | None = None) -> GateFacts:
    """A gate with these runs, defined for what would go live now."""
    return GateFacts("version", "configuration", runs, newer)


@pytest.mark.parametrize(
    ("runs", "standing", "run"),
    [
        ((), _S.DEFINED, None),
        ((RunFacts(1, _R.CANCELLED, None, "1.0", False),), _S.DEFINED, None),
        ((RunFacts(1, _R.FAILED, None, "1.0", False),), _S.DEFINED, None),
        ((a_run(None),), _S.RUNNING, 1),
        ((a_run(_V.FAIL),), _S.FAILED, 1),
        ((a_run(_V.INCONCLUSIVE),), _S.INCONCLUSIVE, 1),
        ((a_run(_V.PASS),), _S.UNSIGNED, 1),
        ((a_run(_V.PASS, signed=True),), _S.SIGNED, 1),
        # What was proved is not undone by a run that goes on, or that somebody cancelled.
        ((a_run(_V.PASS, signed=True), a_run(None, 2)), _S.SIGNED, 1),
        ((a_run(_V.PASS), RunFacts(2, _R.CANCELLED, None, "1.0", False)), _S.UNSIGNED, 1),
        # The newest verdict counts.
        ((a_run(_V.PASS, signed=True), a_run(_V.FAIL, 2)), _S.FAILED, 2),
        ((a_run(_V.PASS, signed=True, release="0.9"), a_run(_V.PASS, 2)), _S.UNSIGNED, 2),
    ],
)
def test_what_runs_make_of_a_gate(runs: tuple[RunFacts, ...], standing: GateStanding, run: int | None) -> None:
    """Only a signed pass opens; every other standing says why."""
    found = standing_of(of(*runs), NOW)
    assert (found.standing, found.run, found.opens) == (standing, run, standing == _S.SIGNED)
    assert bool(found.why) != found.opens


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    ("now", "newer", "words"),
    [
        (GateInputs("another", "configuration", "1.0"), None, "study version"),
        (GateInputs("version", "another", "1.0"), None, "How the study is supplied"),
        (GateInputs("version", "configuration", "1.1"), None, "release 1.0"),
        (NOW, 3, "Gate 3"),
    ],
)
def test_any_change_beneath_voids_it(signed: bool, now: GateInputs, newer: int | None, words: str) -> None:
    """Signed or not: version, supply configuration, release, or what was agreed."""
    found = standing_of(of(a_run(_V.PASS, signed=signed), newer=newer), now)
    assert (found.standing, found.opens) == (_S.VOID, False)
    assert words in found.why
