"""The end of a study over the API: what keeps it open, the lock asked for and decided; and the log of issues."""

from dataclasses import dataclass
from datetime import date, datetime

from irt.blinding.roles import Permission
from irt.reads.blinded_issues import IssueLine, issues_of
from irt.reads.blinded_lock import lock_of
from irt.services.issues import note_issue, open_issue
from irt.services.lock_study import ask_study_lock, ask_study_unlock, decide_study_lock
from irt.states.issue import IssueKind, IssueRank
from irt.states.study_lock import LockStatus, LockStep
from web.api.operations import Caller, Records, StudyId, command, question

_VIEW, _LOCK = Permission.VIEW_STUDY_LIFE, Permission.LOCK_STUDY


@dataclass(frozen=True)
class ConditionShown:
    """A condition of the lock, how many records keep it from holding, and the first of them."""

    name: str
    words: str
    open: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class LockStepShown:
    """A step of the lock; `content_hash` is what a second person signs as `seen`."""

    number: int
    step: LockStep
    reason: str
    person: str
    at: datetime
    content_hash: str


@dataclass(frozen=True)
class LockShown:
    """Where the study stands, its conditions, and every step so far."""

    status: LockStatus
    conditions: tuple[ConditionShown, ...]
    steps: tuple[LockStepShown, ...]


@dataclass(frozen=True)
class IssueShown:
    """An issue and what was done about it, the newest last."""

    number: str
    kind: IssueKind
    rank: IssueRank
    site: str
    sentence: str
    due_on: date
    opened_by: str
    opened_at: datetime
    notes: tuple[str, ...]
    closed_at: datetime | None


@dataclass(frozen=True)
class IssuesShown:
    """Issues of the sites that the token reaches, open ones first."""

    items: tuple[IssueShown, ...]


@question("/studies/{study_id:int}/lock", _VIEW, "What keeps a study from being locked")
def show_lock(study_id: StudyId, caller: Caller, store: Records) -> LockShown:
    """Conditions with what is open of each, and the steps of the lock."""
    caller.require_whole(_VIEW, study_id)
    with store.reading() as connection:
        found = lock_of(connection, study_id)
    return LockShown(
        found.status,
        tuple(ConditionShown(one.name, one.words, one.open, one.examples) for one in found.conditions),
        tuple(
            LockStepShown(one.number, one.step, one.reason, one.person, one.at, one.content_hash)
            for one in found.steps
        ),
    )


@question("/studies/{study_id:int}/issues", _VIEW, "The log of issues")
def list_issues(study_id: StudyId, caller: Caller, store: Records) -> IssuesShown:
    """What somebody has to see to, beside deviations."""
    with store.reading() as connection:
        return IssuesShown(tuple(_shown(one) for one in issues_of(connection, caller, study_id)))


def _shown(one: IssueLine) -> IssueShown:
    return IssueShown(
        number=one.number,
        kind=one.kind,
        rank=one.rank,
        site=one.site,
        sentence=one.sentence,
        due_on=one.due_on,
        opened_by=one.opened_by,
        opened_at=one.opened_at,
        notes=tuple(note.words for note in one.notes),
        closed_at=one.closed_at,
    )


_SIGNING = {"password": "the owner's password", "code": "123456"}
OPERATIONS = (
    show_lock,
    list_issues,
    command(
        "/study-lock/ask",
        ask_study_lock,
        _LOCK,
        "Ask for the lock of a study",
        {"study_id": 1, "reason": "Last subject out", "agreed": {"site_stock": "Destroyed at the sites"}},
    ),
    command(
        "/study-lock/ask-lift",
        ask_study_unlock,
        _LOCK,
        "Ask to lift a lock for a named correction",
        {"study_id": 1, "correction": "The return of kit 48213377 was not booked"},
    ),
    command(
        "/study-lock/decide",
        decide_study_lock,
        _LOCK,
        "Set or lift a lock as a second person, signed",
        {"study_id": 1, "number": 1, "granted": True, "seen": "b9d0" * 16, "signing": _SIGNING},
    ),
    command(
        "/issues/open",
        open_issue,
        Permission.RECORD_ISSUE,
        "Write an issue down",
        {
            "study_id": 1,
            "kind": "site",
            "rank": "minor",
            "site": "1001",
            "sentence": "The freezer's door does not close",
            "due_on": "2026-04-01",
        },
    ),
    command(
        "/issues/note",
        note_issue,
        Permission.RECORD_ISSUE,
        "Note what was done about an issue, or close it",
        {"study_id": 1, "number": "I-0001", "words": "Repaired", "close": True},
    ),
)
