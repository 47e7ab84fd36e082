"""A leak report is kept with the study version that it is about, for the go-live checklist."""

from typing import Any

from pydantic import ValidationError
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.leak_reports import ACT, RECORD_KIND
from irt.reads.named import newest_version
from irt.services.audit_draft import AuditDraft
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.study.digest import canonical_json


class KeepLeakReport(SQLModel):
    """The study as it was linted, and what came of it. The definition is compared and not kept."""

    study_id: int
    definition: dict[str, Any] = Field(exclude=True)
    verdict: str = Field(regex="^(pass|fail|not enough subjects)$")
    subjects: int = Field(ge=0)
    upper_limit: str = Field(description="of the adversary's area")
    fields_named: list[str] = []
    seed: int = Field(ge=0)
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
    """Writes the verdict beside the newest version, where the definitions are the same."""
    work.actor.require(Permission.RUN_GATE, ask.study_id)
    version = newest_version(work.connection, ask.study_id)
    try:
        linted = StudyDefinition.model_validate(ask.definition)
    except ValidationError:
        raise BadInput("What was linted is no study. Nothing was kept.") from None
    if canonical_json(linted) != canonical_json(definition_of(work, ask.study_id, version)):
        raise ReportOfAnotherStudy
    told = ask.model_dump(exclude={"study_id", "definition"})
    new = {**told, "version": version, "fields": len(ask.fields_named)}
    work.audit(AuditDraft(ACT, RECORD_KIND, f"version {version}", study_id=ask.study_id, new=new))
    return LeakReportKept(version=version, verdict=ask.verdict)
