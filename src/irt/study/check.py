"""The check of a study file: every problem in one run, each with its name, path and line."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from irt.errors import BadInput
from irt.study.checks import (
    blinding,
    codes,
    conduct,
    controlled,
    customs,
    delivery,
    dispensing,
    duplicates,
    items,
    kit_blocks,
    labels,
    later_randomizations,
    notices,
    other_designs,
    pool,
    randomization,
    references,
    release,
    resupply,
    supply,
)
from irt.study.complaints import complaint, locate
from irt.study.definition import StudyDefinition
from irt.study.draft import Draft, draft
from irt.study.problems import Finding, Problem, Report, written
from irt.study.source import Source, UnreadableFile, read_source

CHECKS = (
    *references.CHECKS,
    *duplicates.CHECKS,
    *codes.CHECKS,
    *randomization.CHECKS,
    *other_designs.CHECKS,
    *later_randomizations.CHECKS,
    *dispensing.CHECKS,
    *blinding.CHECKS,
    *supply.CHECKS,
    *labels.CHECKS,
    *notices.CHECKS,
    *customs.CHECKS,
    *resupply.CHECKS,
    *conduct.CHECKS,
    *delivery.CHECKS,
    *release.CHECKS,
    *pool.CHECKS,
    *kit_blocks.CHECKS,
    *items.CHECKS,
    *controlled.CHECKS,
)


class StudyRefused(BadInput):
    """A study file with errors; the sentence names the file and its first problem."""

    def __init__(self, name: str, report: Report) -> None:
        first, more = report.errors[0], len(report.errors) - 1
        others = f", and {more} more" if more else ""
        super().__init__(f"{name}:{first.line}: {first.name} at {first.path}: {first.sentence}{others}")
        self.report = report


def check(text: str, name: str = "study file") -> Report:
    """Reads and judges a study file; never raises for what the file says."""
    try:
        source = read_source(text)
    except UnreadableFile as refused:
        return _unreadable(refused)
    if not isinstance(source.data, dict):
        sentence = (
            f"{name} is empty" if source.data is None else f"{name} is not a study: keys and values are missing"
        )
        return Report((Problem("error", "NotAStudy", written(()), 1, sentence),), None)
    return _judged(source, source.data)


def open_study(text: str, name: str = "study file") -> StudyDefinition:
    """The definition of a sound file; StudyRefused where it has errors."""
    report = check(text, name)
    if report.definition is None:
        raise StudyRefused(name, report)
    return report.definition


def _unreadable(refused: UnreadableFile) -> Report:
    problem = Problem("error", "Unreadable", written(()), refused.place.line, refused.sentence)
    return Report((problem,), None)


def _judged(source: Source, data: dict[str, Any]) -> Report:
    definition, complaints = _parsed(data)
    problems = [
        Problem("error", fault.name, written(fault.path), fault.place.line, fault.sentence)
        for fault in source.faults
    ]
    for found in (*complaints, *_found(draft(data, definition))):
        line = source.place(found.path).line
        problems.append(Problem(found.severity, found.name, written(found.path), line, found.sentence))
    in_order = _told_once(problems)
    report = Report(in_order, definition)
    return Report(in_order, None) if report.errors else report


def _told_once(problems: list[Problem]) -> tuple[Problem, ...]:
    """In order of lines; what an anchor repeats is one problem on one line."""
    once: dict[tuple[str, int, str], Problem] = {}
    for problem in problems:
        once.setdefault((problem.name, problem.line, problem.sentence), problem)
    return tuple(sorted(once.values(), key=lambda problem: problem.line))


def _parsed(data: dict[str, Any]) -> tuple[StudyDefinition | None, list[Finding]]:
    try:
        return StudyDefinition.model_validate(data), []
    except ValidationError as refused:
        complaints = [_complained(data, error) for error in refused.errors()]
        return None, [one for one in complaints if not _follows(one, complaints)]


def _follows(one: Finding, complaints: list[Finding]) -> bool:
    """A list is only too short because its entry is wrong: that is told at the entry."""
    depth = len(one.path)
    return one.name == "TooFew" and any(
        other.path[:depth] == one.path and len(other.path) > depth for other in complaints
    )


def _complained(data: dict[str, Any], error: ErrorDetails) -> Finding:
    path = locate(data, error)
    words = complaint(error, path, data)
    return Finding(words.name, path, words.sentence)


def _found(reading: Draft) -> Iterator[Finding]:
    for check_ in CHECKS:
        if not check_.whole & reading.broken:
            for finding in check_.find(reading):
                yield finding._replace(path=reading.original(finding.path))
