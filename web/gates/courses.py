"""Courses of a run that has its verdict, played again for its plots; whatever happens here, the verdict stands."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from irt.reads.unblinded_gates import gate_courses, gate_run_shown, gate_shown
from irt.services.gate_runs import GateRunOpen
from irt.services.jobs import LeaseLost
from irt.services.keep_gate_courses import KeepGateCourses, keep_gate_courses
from irt.services.running_job import JobCancelled, WorkerStopping
from irt.services.unit_of_work import perform
from simulation.report.course import play_course
from simulation.report.courses import KIND
from simulation.run.ask import Ask
from simulation.run.backends.by_name import backend_named
from simulation.run.executor import Progress, carry_out
from simulation.run.table import table_bytes, table_of
from simulation.run.work import Measured
from web.gates.reading import agreed_as_shown
from web.gates.run import GateBench, engine_named

COURSES = 40
"""Of each scenario: enough for a picture, and a worker is soon free again. A report by command may have more."""
_LOG = logging.getLogger("irt.worker")


@dataclass(slots=True)
class _InHand:
    """Where courses are until all of a scenario are there: a worker that is lost plays them again."""

    name: str
    done: list[Measured] = field(default_factory=list)

    def indexes(self) -> set[int]:
        """Which are done."""
        return {each.index for each in self.done}

    def keep(self, replications: Sequence[Measured]) -> None:
        """Some more."""
        self.done.extend(replications)


def keep_courses(bench: GateBench, run: GateRunOpen) -> int:
    """Plays and keeps the courses that the run has not; gives how many scenarios have theirs now.

    What goes wrong is logged and goes no further. Raises: JobCancelled, WorkerStopping, LeaseLost.
    """
    try:
        _play_missing(bench, run)
    except (JobCancelled, WorkerStopping, LeaseLost):
        raise
    except Exception:
        _LOG.exception("run %s of gate %s has its verdict, and no courses for its plots", run.number, run.gate)
    with bench.store.reading() as connection:
        return len(gate_courses(connection, run.study_id, run.gate, run.number))


def _play_missing(bench: GateBench, run: GateRunOpen) -> None:
    left = _missing(bench, run)
    of, before = sum(ask.replications for ask in left), 0
    for ask in left:
        content = _played(bench, ask, before, of)
        if content is None:
            return
        scenario = ask.scenario.name
        kept = KeepGateCourses(
            study_id=run.study_id, gate=run.gate, run=run.number, scenario=scenario, content=content
        )
        key = f"{bench.key}:courses:{scenario}"
        perform(bench.store, bench.actor, bench.clock(), keep_gate_courses, kept, key)
        before += ask.replications


def _missing(bench: GateBench, run: GateRunOpen) -> list[Ask]:
    """Of each scenario without courses its first replications, by the engine of the run."""
    with bench.store.reading() as connection:
        agreed = agreed_as_shown(connection, run.study_id, gate_shown(connection, run.study_id, run.gate))
        there = gate_courses(connection, run.study_id, run.gate, run.number)
        results = gate_run_shown(connection, run.study_id, run.gate, run.number).results
    played = {each.scenario: each.replications for each in results}
    engine = engine_named(run.engine)
    return [
        Ask(scenario, agreed.agreement.seed, min(COURSES, played[scenario.name]), engine)
        for scenario in agreed.scenarios
        if scenario.name in played and scenario.name not in there
    ]


def _played(bench: GateBench, ask: Ask, before: int, of: int) -> bytes | None:
    """A scenario's courses as Parquet; None when Ctrl-C came before."""

    def watch(progress: Progress) -> bool:
        bench.tell(before + progress.done, of)
        return True

    place, means = _InHand(f"Courses of {ask.scenario.name}"), bench.means
    job = partial(play_course, ask.scenario, ask.seed, engine=ask.engine)
    bench.tell(before, of)
    backend = backend_named(means.backend, means.workers, means.cluster)
    tally = carry_out(job, ask.replications, place, backend, watch)
    if tally.done < ask.replications:
        return None
    in_order = sorted(place.done, key=lambda each: each.index)
    return table_bytes(table_of(in_order), ask.about | {"format": KIND.format})
