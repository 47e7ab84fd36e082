"""Good study files and small edits of them."""

from functools import cache
from pathlib import Path

from irt.study.check import open_study
from irt.study.definition import StudyDefinition

STUDIES = Path(__file__).parents[3] / "fixtures" / "studies"
NAMES = ("ist", "fourier", "activ6", "escalation")


@cache
def text_of(name: str) -> str:
    """The text of a fixture."""
    return (STUDIES / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def study_of(name: str) -> StudyDefinition:
    """The definition of a fixture."""
    return open_study(text_of(name), name)


def edited(name: str, *edits: tuple[str, str]) -> str:
    """The fixture with each first occurrence replaced; an edit that meets nothing is a mistake of the test."""
    text = text_of(name)
    for old, new in edits:
        if old not in text:
            raise LookupError(f"{old!r} is not in {name}")
        text = text.replace(old, new, 1)
    return text
