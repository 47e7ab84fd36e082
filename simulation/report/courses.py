"""Courses of the first replications of a run: played again as the run was, kept beside it, read as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from simulation.report.axes import Axes, axes_of
from simulation.report.course import COURSE, play_course
from simulation.run.ask import Ask
from simulation.run.beside import Kind, played_beside
from simulation.run.directory import RESULTS
from simulation.run.executor import Watch
from simulation.run.run import Means
from simulation.run.table import read_table
from simulation.spec.scenario import Scenario

KIND = Kind("courses", "irt-simulation-courses/1")
COURSES = 100
"""So many are enough for shares of 5 and 95 percent in a plot; figures and verdicts are of all replications."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Courses:
    """The courses of a scenario: `columns` by the names of `COURSE`, shape (replications, places)."""

    axes: Axes
    columns: Mapping[str, Rows]

    @property
    def replications(self) -> int:
        """How many there are, from index 0."""
        return len(self.columns["visits"])

    @property
    def site_stock(self) -> NDArray[np.int64]:
        """Kits at sites when periods ended, shape (replications, sites, periods)."""
        return self.columns["site_stock"].reshape(self.replications, len(self.axes.sites), self.axes.periods)


def played_courses(ask: Ask, run: Path, means: Means, watch: Watch) -> bool:
    """Plays what is missing of the first `ask.replications` courses, beside the run; whether all are there."""
    job = partial(play_course, ask.scenario, ask.seed, engine=ask.engine)
    return played_beside(KIND, job, ask, run, means, watch)


def read_courses(scenario: Scenario, run: Path) -> Courses | None:
    """The courses beside a run; None where none were played."""
    file = run / KIND.folder / RESULTS
    return courses_in(scenario, file) if file.exists() else None


def courses_in(scenario: Scenario, table: Path | BinaryIO) -> Courses:
    """The courses of a table, as a file or as its bytes."""
    read = read_table(table)
    columns = {name: np.array(read.column(name).to_pylist(), np.int64) for name in COURSE}
    return Courses(axes_of(scenario), columns)
