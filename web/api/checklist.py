"""The checklist of going live over the API: its lines, the two signatures, and tests of restoring a back-up."""

from dataclasses import dataclass
from datetime import date, datetime

from irt.blinding.roles import Permission
from irt.reads.go_live import go_live_checklist, version_going_live
from irt.reads.restore_tests import RestoreTested, restore_tests
from irt.services.record_restore_test import record_restore_test
from irt.services.sign_checklist import sign_checklist
from irt.study.activation import ChecklistLine
from irt.study.checklist import LineState
from web.api.operations import Caller, Now, Records, StudyId, command, question

_VIEW = Permission.VIEW_STUDY_LIFE


@dataclass(frozen=True)
class EvidenceShown:
    """What shows that a line is met."""

    words: str
    hash: str
    person: str
    at: datetime | None


@dataclass(frozen=True)
class LineShown:
    """One line: `why` of a line that is not asked for; `blocks`: the first site waits while it is open."""

    name: ChecklistLine
    state: LineState
    asks: str
    why: str
    open: tuple[str, ...]
    evidence: tuple[EvidenceShown, ...]
    next_step: str
    blocks: bool


@dataclass(frozen=True)
class ChecklistShown:
    """The checklist of the newest approved version; `hash` is what is signed."""

    version: int
    hash: str
    lines: tuple[LineShown, ...]
    blocking: tuple[ChecklistLine, ...]
    changed_since_signed: tuple[ChecklistLine, ...]


@dataclass(frozen=True)
class RestoreTestShown:
    """A restored back-up: whether the trail came back whole."""

    number: int
    tested_on: date
    words: str
    trail_before: str
    trail_after: str
    fault: str
    passed: bool
    document_hash: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class RestoreTestsShown:
    """Every test of the installation, the newest first."""

    items: tuple[RestoreTestShown, ...]


@question("/studies/{study_id:int}/checklist", _VIEW, "The checklist of going live")
def show_checklist(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ChecklistShown:
    """Every line with its state, its evidence and what to do next."""
    caller.require_whole(_VIEW, study_id)
    with store.reading_past_wall() as connection:
        version = version_going_live(connection, study_id)
        found = go_live_checklist(connection, study_id, version, now)
    return ChecklistShown(
        found.version,
        found.hash,
        tuple(
            LineShown(
                line.name,
                line.state,
                line.asks,
                line.why,
                line.open,
                tuple(EvidenceShown(each.words, each.hash, each.person, each.at) for each in line.evidence),
                line.next_step,
                line.blocks,
            )
            for line in found.lines
        ),
        tuple(line.name for line in found.blocking),
        found.changed,
    )


@question("/studies/{study_id:int}/restore-tests", _VIEW, "Tests of restoring a back-up")
def list_restore_tests(study_id: StudyId, caller: Caller, store: Records) -> RestoreTestsShown:
    """Of the installation that the study is on."""
    caller.require_whole(_VIEW, study_id)
    with store.reading() as connection:
        return RestoreTestsShown(tuple(_tested(one) for one in restore_tests(connection)))


def _tested(one: RestoreTested) -> RestoreTestShown:
    names = ("number", "tested_on", "words", "trail_before", "trail_after", "fault", "passed", "document_hash")
    facts = {name: getattr(one, name) for name in names}
    return RestoreTestShown(**facts, recorded_by=one.person, recorded_at=one.at)


_HASH = "b9d0" * 16
_SIGNING = {"password": "the owner's password", "code": "123456"}
OPERATIONS = (
    show_checklist,
    list_restore_tests,
    command(
        "/checklist/sign",
        sign_checklist,
        Permission.SIGN_GATE,
        "Sign the checklist of going live, as study team or as quality",
        {"study_id": 1, "version": 1, "hash": _HASH, "signing": _SIGNING},
    ),
    command(
        "/restore-tests/record",
        record_restore_test,
        Permission.MANAGE_ACCOUNTS,
        "Record a test of restoring a back-up, signed",
        {
            "tested_on": "2026-03-02",
            "words": "Nightly copy, into a scratch server",
            "trail_before": _HASH,
            "trail_after": _HASH,
            "document_hash": _HASH,
            "signing": _SIGNING,
        },
    ),
)
