"""Processes on this machine, by joblib; one worker is this process itself."""

import signal
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import BrokenProcessPool

from simulation.run.backends.backend import WorkerLost
from simulation.run.work import Job, Worked, work


@dataclass(frozen=True, slots=True)
class Loky:
    """So many processes."""

    workers: int

    def work_off(self, job: Job, chunks: Sequence[range]) -> Generator[Worked]:
        """Each chunk as it is done; WorkerLost where a process died, for that ends the others too."""
        tasks = (delayed(work)(job, chunk) for chunk in chunks)
        # Libraries beneath numpy get one thread each: the cores are taken, and sums keep their order.
        with parallel_config("loky", n_jobs=self.workers, inner_max_num_threads=1, initializer=_leave_interrupts):
            done = Parallel(return_as="generator_unordered", batch_size=1, max_nbytes=None)(tasks)
        try:
            yield from done
        except BrokenProcessPool as fault:
            raise WorkerLost(str(fault)) from fault
        finally:
            done.close()


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal; only the one that was started answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
