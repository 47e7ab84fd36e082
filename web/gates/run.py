"""One run of a go-live gate: every scenario from look to look, kept part by part, and its record at the end."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from irt.blinding.actor import Actor
from irt.errors import IntegrityFault, Refusal
from irt.reads.unblinded_gates import GateMatter, GateShown, gate_matter, gate_shown
from irt.services.gate_runs import EndGateRun, GateRunEnded, GateRunOpen, end_gate_run, goes_on
from irt.services.jobs import LeaseLost
from irt.services.keep_gate import GateRecordKept, KeepGateRecord, ScenarioResults, keep_gate_record
from irt.services.running_job import JobCancelled, WorkerStopping
from irt.services.store import Store
from irt.services.unit_of_work import perform
from simulation.gate.apart import parameters_apart, parameters_record
from simulation.gate.hold import Columns, Outcome, Stopped, hold, record_of
from simulation.gate.played_beside import beside_record
from simulation.gate.reading import Agreed
from simulation.replication import EngineName
from simulation.run.ask import Ask, software
from simulation.run.backends.by_name import backend_named
from simulation.run.directory import opened
from simulation.run.executor import Progress, carry_out
from simulation.run.run import Means
from simulation.run.summary import columns_of
from simulation.spec.scenario import Scenario
from web.gates.place import GatePlace
from web.gates.reading import agreed_as_shown

FORMAT = "irt-gate/1"
FAULT = "The program stopped on a fault of its own. What is done is kept. Run the gate again."
STOPPED = "Somebody asked to stop. What is done is kept, and the next run of the gate goes on from it."


class OtherSoftware(Refusal):
    """A run tells by what it was calculated, from its first replication to its last."""

    def __init__(self, run: GateRunOpen) -> None:
        super().__init__(
            f"Run {run.number} of gate {run.gate} was started with other software than is installed now. "
            "What is done is of no use to it. Start another run."
        )


@dataclass(frozen=True, slots=True)
class GateBench:
    """Where a run is worked on: store, who answers for it, the clock, a key of its own, and who carries it out.

    `tell` is told replications done, of at most how many over all scenarios; what it raises ends the work.
    """

    store: Store
    actor: Actor
    clock: Callable[[], datetime]
    key: str
    means: Means
    tell: Callable[[int, int], None] = lambda done, of: None


def work_out_gate(bench: GateBench, run: GateRunOpen) -> GateRecordKept:
    """Plays, judges and keeps; what stops it ends the run, and goes on to whoever asked.

    A run whose worker is stopping, or lost its job, stays open: the next worker goes on from what is kept.
    """
    try:
        return _work_out(bench, run)
    except (WorkerStopping, LeaseLost, GateRunEnded):
        raise
    except (JobCancelled, Stopped):
        _end(bench, run, STOPPED, cancelled=True)
        raise
    except Refusal as refusal:
        _end(bench, run, refusal.sentence)
        raise
    except Exception:
        _end(bench, run, FAULT)
        raise


def _end(bench: GateBench, run: GateRunOpen, words: str, *, cancelled: bool = False) -> None:
    """Somebody may have ended the run already."""
    ask = EndGateRun(study_id=run.study_id, gate=run.gate, run=run.number, words=words, cancelled=cancelled)
    try:
        perform(bench.store, bench.actor, bench.clock(), end_gate_run, ask, f"{bench.key}:end")
    except GateRunEnded:
        return


def _work_out(bench: GateBench, run: GateRunOpen) -> GateRecordKept:
    if run.software != software():
        raise OtherSoftware(run)
    with bench.store.reading() as connection:
        shown = gate_shown(connection, run.study_id, run.gate)
        agreed = agreed_as_shown(connection, run.study_id, shown)
        matter = gate_matter(connection, run.study_id, shown.line.version)
    players = _Players(bench, run, agreed)
    outcome = hold(agreed, players.play)
    apart = parameters_apart(agreed, players.play_aside)
    beside = beside_record(agreed, outcome, players.play_aside)
    results = [_results(players.place(each.scenario), each.replications) for each in outcome.held]
    ask = KeepGateRecord(
        study_id=run.study_id,
        gate=run.gate,
        run=run.number,
        record=_record(run, shown, matter, agreed, outcome, results) | parameters_record(agreed, apart) | beside,
        results=results,
    )
    return perform(bench.store, bench.actor, bench.clock(), keep_gate_record, ask, f"{bench.key}:record")


def _results(place: GatePlace, replications: int) -> ScenarioResults:
    content = place.results(replications)
    digest = hashlib.sha256(content).hexdigest()
    return ScenarioResults(
        scenario=place.ask.scenario.name, replications=replications, sha256=digest, content=content
    )


def _record(
    run: GateRunOpen,
    shown: GateShown,
    matter: GateMatter,
    agreed: Agreed,
    outcome: Outcome,
    results: list[ScenarioResults],
) -> dict[str, Any]:
    """What is signed: nothing of when, where and by whom it was run, so that who repeats it gets the same."""
    told = record_of(agreed, outcome)
    hashes = {each.scenario: {"results_sha256": each.sha256} for each in results}
    return told | {
        "format": FORMAT,
        "protocol": matter.protocol,
        "mode": matter.mode,
        "version": shown.line.version,
        "gate": run.gate,
        "version_hash": shown.version_hash,
        "configuration_hash": shown.configuration_hash,
        "agreement": agreed.agreement.plain,
        "engine": run.engine,
        "software": run.software,
        "release": run.release,
        "scenarios": [each | hashes[each["scenario"]] for each in told["scenarios"]],
    }


def engine_named(name: str) -> EngineName:
    """The engine of that name; IntegrityFault where this release has none."""
    for known in get_args(EngineName):
        if known == name:
            engine: EngineName = known
            return engine
    raise IntegrityFault(f"there is no engine {name}")


@dataclass(slots=True)
class _Players:
    """Plays the scenarios of a gate, and tells how far all of them are together."""

    bench: GateBench
    run: GateRunOpen
    agreed: Agreed
    done: dict[str, int] = field(default_factory=dict)

    def place(self, scenario: Scenario, replications: int = 1) -> GatePlace:
        """Where a scenario's replications are."""
        ask = Ask(scenario, self.agreed.agreement.seed, replications, engine_named(self.run.engine))
        return GatePlace(self.bench.store, self.run, ask)

    def play(self, scenario: Scenario, replications: int) -> Columns | None:
        """All replications from 0 on, at least as many as are asked for; None when Ctrl-C came before."""
        place, means = self.place(scenario, replications), self.bench.means
        asked = max(replications, max(place.indexes(), default=-1) + 1)
        backend = backend_named(means.backend, means.workers, means.cluster)

        def watch(progress: Progress) -> bool:
            self._tell(scenario.name, progress.done)
            return True

        self._tell(scenario.name, len(place.indexes()))
        tally = carry_out(place.ask.job, asked, place, backend, watch)
        return columns_of(place.table(asked)) if tally.done == asked else None

    def play_aside(self, scenario: Scenario, seed: int, replications: int) -> Columns | None:
        """What stands beside the verdict: it takes seconds, and is played again where it was interrupted."""
        means = self.bench.means
        ask = Ask(scenario, seed, replications, engine_named(self.run.engine))

        def watch(_: Progress) -> bool:
            self._go_on(scenario.name)
            return True

        with TemporaryDirectory(prefix="irt-gate-") as folder, opened(Path(folder), ask.about) as directory:
            backend = backend_named(means.backend, means.workers, means.cluster)
            tally = carry_out(ask.job, replications, directory, backend, watch)
            return columns_of(directory.finish()) if tally.done == replications else None

    def _go_on(self, scenario: str) -> None:
        with self.bench.store.reading() as connection:
            if not goes_on(connection, self.run):
                raise Stopped(scenario)

    def _tell(self, scenario: str, done: int) -> None:
        self.done[scenario] = done
        of = self.agreed.agreement.looks[-1] * len(self.agreed.scenarios)
        self._go_on(scenario)
        self.bench.tell(min(sum(self.done.values()), of), of)
