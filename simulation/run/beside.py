"""What is played again of a finished run and kept beside it: another run of lists, resumed and joined alike."""

from dataclasses import dataclass
from pathlib import Path

from simulation.run.ask import Ask
from simulation.run.backends.by_name import backend_named
from simulation.run.directory import opened
from simulation.run.executor import Watch, carry_out
from simulation.run.run import Means
from simulation.run.work import Job


@dataclass(frozen=True, slots=True)
class Kind:
    """What is kept: the name of its folder beside the run, and that of its format."""

    folder: str
    format: str


def played_beside(kind: Kind, job: Job, ask: Ask, run: Path, means: Means, watch: Watch) -> bool:
    """Plays what is missing of the first `ask.replications`, beside the run; whether all are there.

    What an earlier call left stays: more may be asked for, and fewer are answered with those there.
    """
    about = ask.about | {"format": kind.format}
    with opened(run / kind.folder, about) as directory:
        asked = max(ask.replications, max(directory.indexes(), default=-1) + 1)
        tally = carry_out(job, asked, directory, backend_named(means.backend, means.workers, means.cluster), watch)
        if tally.done == asked:
            directory.finish()
    return tally.done == asked
