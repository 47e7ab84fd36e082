"""A leak report is kept with the study version that it is about: figures for all, fields in the second chain."""

from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlmodel import Field, SQLModel

from irt.blinding.leaks.report import LeakReport
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.blinded_leak_reports import ACT, RECORD_KIND
from irt.reads.named import newest_version
from irt.services.audit_draft import AuditDraft
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.study.digest import canonical_json


class KeepLeakReport(SQLModel):
    """The study as it was linted, and the JSON that came of it. The definition is compared and not kept."""

    study_id: int
    definition: dict[str, Any] = Field(exclude=True)
    report: str = Field(exclude=True, max_length=10_000_000, description="as `irt leaks run --json` tells it")
    report_hash: str = Field(min_length=64, max_length=64, description="SHA-256 of the report")


class LeakReportKept(SQLModel):
    """The version that the report is about."""

    version: int
    verdict: str


class ReportOfAnotherStudy(Refusal):
    """What was linted is not what is loaded."""

    def __init__(self) -> None:
        super().__init__(
            "The study that was linted is not the newest version that is loaded. Nothing was kept. "
            "Lint the file of that version."
        )


def keep_leak_report(work: Work, ask: KeepLeakReport) -> LeakReportKept:
    """Writes what everybody may know beside the newest version, where the definitions are the same.

    Which fields are named would tell blinded people what to look at: they stand in the second chain alone.
    """
    work.actor.require(Permission.RUN_GATE, ask.study_id)
    version = newest_version(work.connection, ask.study_id)
    linted, report = _read(ask)
    if canonical_json(linted) != canonical_json(definition_of(work, ask.study_id, version)):
        raise ReportOfAnotherStudy
    new = {"version": version, **_told(report), "report_hash": ask.report_hash}
    secret = {"report": ask.report}
    draft = AuditDraft(ACT, RECORD_KIND, f"version {version}", study_id=ask.study_id, new=new, secret=secret)
    work.audit(draft)
    return LeakReportKept(version=version, verdict=report.verdict)


def _read(ask: KeepLeakReport) -> tuple[StudyDefinition, LeakReport]:
    try:
        linted = StudyDefinition.model_validate(ask.definition)
    except ValidationError:
        raise BadInput("What was linted is no study. Nothing was kept.") from None
    try:
        report = LeakReport.model_validate_json(ask.report)
    except ValidationError:
        raise BadInput("This is no leak report. Nothing was kept.") from None
    if sha256(ask.report.encode()).hexdigest() != ask.report_hash:
        raise BadInput("The report does not give its hash. Nothing was kept.")
    return linted, report


def _told(report: LeakReport) -> dict[str, Any]:
    """What names no field; `fields`: how many are named."""
    return {
        "verdict": report.verdict,
        "subjects": report.subjects.units,
        "upper_limit": report.upper_limit,
        "fields": len(report.named),
        "seed": report.seed,
        "answers": report.answers,
        "letters": report.letters,
        "pages": len(report.pages),
        "figures": {name: found.figures for name, found in report.found.items()},
    }
