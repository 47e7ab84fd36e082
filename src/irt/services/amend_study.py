"""An amendment: a new version of a loaded study, a draft until a second person approves it."""

import json
from typing import Any

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import About, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.holdings import holdings
from irt.services.studies import definition_of
from irt.services.study_versions import FIRST_VERSION, newest_of, record_version, version_before
from irt.services.subjects import refusals_concern
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.amendment import obstacles, refuse_obstacles
from irt.study.blinded import blinded_study
from irt.study.check import open_study
from irt.study.comparison import blinded_changes, unblinded_changes
from irt.study.definition import StudyDefinition


class AmendStudy(SQLModel):
    """The whole study as it shall be from this version on."""

    study_id: int
    definition: dict[str, Any]


class StudyAmended(SQLModel):
    """The new version as loaded, waiting for a second person; `changes` are told to everybody."""

    study_id: int
    version: int
    digest: str
    changes: list[str]


class DraftWaiting(Refusal):
    """An amendment waits already: two drafts would compete."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Version {number} is a draft that waits for approval. Nothing was loaded. "
            "Have it approved, or withdraw it first."
        )


class NothingAmended(Refusal):
    """The file says what the version before says."""

    def __init__(self, number: int) -> None:
        super().__init__(f"This is version {number} word for word. Nothing was loaded. Change the file first.")


def amend_study(work: Work, ask: AmendStudy) -> StudyAmended:
    """Checks the file as any, holds it against the version before and what the study holds, and keeps a draft."""
    work.actor.require(Permission.CONFIGURE_STUDY, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    newest = newest_of(work, ask.study_id)
    with refusals_concern(About(ask.study_id, None, "UTC", "amendment", "study", newest["protocol"])):
        if newest["status"] == VersionStatus.DRAFT:
            raise DraftWaiting(newest["number"])
        # JSON is YAML, so that an amendment passes through the very door of a study file.
        after = open_study(json.dumps(ask.definition), "amendment")
        number = newest["number"] + 1
        before_number = version_before(work, ask.study_id, number) or FIRST_VERSION
        before = definition_of(work, ask.study_id, before_number)
        if before == after:
            raise NothingAmended(before_number)
        refuse_obstacles(obstacles(before, after, holdings(work, ask.study_id)))
    salted = record_version(work, after, {"sponsor_id": sponsor_id, "study_id": ask.study_id}, number)
    changes = _told(before, after)
    work.audit(
        AuditDraft(
            act="study_amended",
            record_kind="study",
            record=newest["protocol"],
            study_id=ask.study_id,
            old={"version": before_number},
            new={"version": number, "digest": salted, "changes": changes},
            secret={"changes": [change.sentence for change in unblinded_changes(before, after)]},
        )
    )
    return StudyAmended(study_id=ask.study_id, version=number, digest=salted, changes=changes)


def _told(before: StudyDefinition, after: StudyDefinition) -> list[str]:
    return [change.sentence for change in blinded_changes(blinded_study(before), blinded_study(after))]
