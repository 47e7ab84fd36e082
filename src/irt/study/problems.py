"""What is wrong with a study file: each problem by name, place and sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, NamedTuple

from irt.study.definition import StudyDefinition
from irt.study.source import Path

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """What one check found, on a path of the definition it was given."""

    name: str
    path: Path
    sentence: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Problem:
    """One problem of the file as the writer sees it."""

    severity: Severity
    name: str
    path: str
    line: int
    sentence: str


@dataclass(frozen=True)
class Report:
    """Every problem of one file; the definition where no error stands in its way."""

    problems: tuple[Problem, ...]
    definition: StudyDefinition | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse the file."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def written(path: Path) -> str:
    """`dispensing[3].kits[0].kit_type`, and `(file)` for the whole."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return steps.removeprefix(".") or "(file)"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question after a semicolon where something close is known, else nothing."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""
