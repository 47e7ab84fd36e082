"""The one door to a run: what is asked for, where it is kept, who works on it, and what it came to."""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from simulation.run.ask import Ask
from simulation.run.backends.by_name import BackendName, backend_named
from simulation.run.directory import REPORT, RESULTS, Directory, opened
from simulation.run.executor import Watch, carry_out
from simulation.run.files import write_json, written
from simulation.run.summary import columns_of, summary_of

SCENARIO = "scenario.json"


@dataclass(frozen=True, slots=True)
class Means:
    """Who works on it; none of this changes a result."""

    backend: BackendName = "loky"
    workers: int = 1
    cluster: str | None = None


def run(ask: Ask, out: Path, means: Means, started: datetime, watch: Watch) -> dict[str, Any]:
    """Carries out what is missing in the directory and answers the report, written there too once all are done.

    Of reports of the same ask only started, seconds, cpu_seconds, backend, workers and out differ. Stopped by the
    watch or by Ctrl-C, the report is without results, and the same ask takes the run up.
    """
    backend = backend_named(means.backend, means.workers, means.cluster)
    begun = time.perf_counter()
    with opened(out, ask.about) as directory:
        keep_scenario(ask, out)
        tally = carry_out(ask.job, ask.replications, directory, backend, watch)
        done = {"replications": ask.replications, "done": tally.done}
        whole = tally.done == ask.replications
        told = ask.about | {"seed": ask.seed} | done | (_results(ask, directory) if whole else {})
        times = {"seconds": time.perf_counter() - begun, "cpu_seconds": tally.cpu_seconds}
        report = told | made_with(means, out, started) | {name: round(value, 3) for name, value in times.items()}
        if whole:
            write_json(report, out / REPORT)
    return report


def made_with(means: Means, out: Path, started: datetime) -> dict[str, Any]:
    """When, by whom and where, as every report tells it."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "backend": means.backend,
        "workers": means.workers,
        "out": str(out),
    }


def keep_scenario(ask: Ask, out: Path) -> None:
    """The scenario beside its results, the study within it: the directory can be replayed by itself."""
    with written(out / SCENARIO) as sink:
        sink.write(ask.scenario.canonical_json.encode())


def _results(ask: Ask, directory: Directory) -> dict[str, Any]:
    table = directory.finish()
    digest = hashlib.sha256(directory.results.read_bytes()).hexdigest()
    return {"results": RESULTS, "results_sha256": digest, "summary": summary_of(columns_of(table), ask.seed)}
