"""The lock of a study: its conditions, its two people, what it still takes, and a named correction."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import RecordChanged, SamePerson
from irt.errors import BadInput, NotAllowed
from irt.reads.blinded_lock import lock_of
from irt.services.activate_site import ChangeSite, change_site
from irt.services.audit import StudyLocked
from irt.services.issues import IssueClosed, NoteIssue, OpenIssue, note_issue, open_issue
from irt.services.lock_study import (
    AskStudyLock,
    AskStudyUnlock,
    ConditionsOpen,
    DecideStudyLock,
    StudyLockDone,
    ask_study_lock,
    ask_study_unlock,
    decide_study_lock,
)
from irt.services.nights import Nights
from irt.services.reveal_seed import DeclareEnd, End, SitesStillOpen, declare_end
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.states.issue import IssueKind, IssueRank
from irt.states.records import SiteEvent, SiteStatus
from irt.states.study_lock import LockStatus, still_possible
from irt.states.table import TransitionRefused
from irt.tables.record import AuditEntry, Signature
from irt.tables.study import Site
from tests.builders_supply import SupplyHouse, a_house, with_kits
from tests.cast import signing

AGREED = {"sites": "Closed on paper last week", "randomization": "Declared on paper last week"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study; one site is active."""
    with a_house(with_kits, tmp_path) as made:
        made.sites(1)
        yield made


def asked(house: SupplyHouse, **changes: object) -> StudyLockDone:
    """The study team asks for the lock."""
    facts = {"study_id": house.study_id, "reason": "Last subject out", "agreed": AGREED, **changes}
    return house.do(Role.STUDY_TEAM, ask_study_lock, AskStudyLock.model_validate(facts))


def decided(
    house: SupplyHouse, waiting: StudyLockDone, who: Role = Role.QUALITY, granted: bool = True, reason: str = ""
) -> LockStatus:
    """Another person decides what waits."""
    ask = DecideStudyLock(
        study_id=house.study_id,
        number=waiting.waiting or 0,
        granted=granted,
        seen=waiting.seen,
        reason=reason,
        signing=signing(),
    )
    return house.do(who, decide_study_lock, ask).status


def screen(house: SupplyHouse) -> str:
    """A subject enters screening at site 1001."""
    ask = ScreenSubject(study_id=house.study_id, site="1001", on_day=house.day)
    return house.do(Role.COORDINATOR, screen_subject, ask).subject


def test_a_lock_waits_for_what_is_open(house: SupplyHouse) -> None:
    """Each open condition is named with its records, unless it was agreed on why; a lock is asked for once."""
    subject = screen(house)
    with pytest.raises(ConditionsOpen, match=f"every subject has ended: 1 open \\({subject}\\)"):
        asked(house)
    with house.store.reading() as connection:
        found = {one.name: one.open for one in lock_of(connection, house.study_id).conditions}
    assert (found["subjects"], found["sites"], found["deviations"], found["seals"]) == (1, 4, 0, 0)
    with pytest.raises(BadInput):
        asked(house, agreed={"weather": "Fine"})
    both = {**AGREED, "subjects": "Withdrew by letter"}
    assert asked(house, agreed=both).status == LockStatus.ASKED
    with pytest.raises(TransitionRefused):
        asked(house, agreed=both)


def test_a_locked_study_takes_nothing_of_subjects_and_kits(house: SupplyHouse) -> None:
    """Whatever is tried is refused and written down; nights pass it over; a named correction opens it again."""
    waiting = asked(house)
    with pytest.raises(SamePerson):
        decided(house, waiting, Role.STUDY_TEAM)
    assert decided(house, waiting) == LockStatus.LOCKED
    before = house.rows(AuditEntry)
    with pytest.raises(StudyLocked):
        screen(house)
    closing = ChangeSite(study_id=house.study_id, site="1001", event=SiteEvent.CLOSE, reason="Done")
    with pytest.raises(StudyLocked):
        house.do(Role.SUPPLY_MANAGER, change_site, closing)
    written = house.rows(AuditEntry)[len(before) :]
    assert [row["act"] for row in written] == ["subject_screened_refused", "site_closed_refused"]
    assert house.rows(Site, number="1001")[0]["status"] == SiteStatus.ACTIVE
    assert Nights(house.store).queue(before[-1]["at"].replace(hour=23)) == 0
    lift = AskStudyUnlock(study_id=house.study_id, correction="Site 1001 was never closed")
    lifting = house.do(Role.STUDY_TEAM, ask_study_unlock, lift)
    with pytest.raises(StudyLocked):
        screen(house)
    assert decided(house, lifting) == LockStatus.OPEN
    assert house.do(Role.SUPPLY_MANAGER, change_site, closing).status == SiteStatus.CLOSED
    assert decided(house, asked(house)) == LockStatus.LOCKED
    assert len(house.rows(Signature, record_kind="study lock")) == 3


def test_the_database_is_declared_locked_first(house: SupplyHouse) -> None:
    """By one person once every site is closed: then randomization has ended, and the study can be locked."""
    declaring = DeclareEnd(study_id=house.study_id, end=End.LOCKED, signing=signing())
    with pytest.raises(SitesStillOpen):
        house.do(Role.STUDY_TEAM, declare_end, declaring)
    with pytest.raises(ConditionsOpen, match="randomization has ended: the clinical database is declared locked"):
        asked(house, agreed={"sites": AGREED["sites"]})
    for row in house.rows(Site):
        closing = ChangeSite(study_id=house.study_id, site=row["number"], event=SiteEvent.CLOSE, reason="Done")
        house.do(Role.SUPPLY_MANAGER, change_site, closing)
    house.do(Role.STUDY_TEAM, declare_end, declaring)
    with house.store.reading() as connection:
        lock = lock_of(connection, house.study_id)
    assert lock.database is not None
    assert [one.name for one in lock.conditions if not one.holds] == []
    assert decided(house, asked(house, agreed={})) == LockStatus.LOCKED


def test_a_request_is_set_aside_or_overtaken(house: SupplyHouse) -> None:
    """With a reason; and what was opened since it was asked for makes it another request."""
    with pytest.raises(BadInput):
        decided(house, asked(house), granted=False)
    with house.store.reading() as connection:
        line = lock_of(connection, house.study_id).waiting
    assert line is not None
    waiting = StudyLockDone(study_id=house.study_id, status=LockStatus.ASKED, waiting=1, seen=line.content_hash)
    assert decided(house, waiting, granted=False, reason="Too early") == LockStatus.OPEN
    waiting = asked(house)
    screen(house)
    with pytest.raises(RecordChanged):
        decided(house, waiting)
    with pytest.raises(NotAllowed):
        decided(house, waiting, Role.SUPPLY_MANAGER)


def test_an_issue_from_its_opening_to_its_end(house: SupplyHouse) -> None:
    """Numbered in the study, noted on, closed; open it keeps the study from being locked."""
    facts = {"kind": IssueKind.SITE, "rank": IssueRank.MINOR, "site": "1001", "due_on": house.day}
    opening = OpenIssue(study_id=house.study_id, sentence="The door does not close", **facts)
    number = house.do(Role.STUDY_TEAM, open_issue, opening).number
    assert number == "I-0001"
    with pytest.raises(ConditionsOpen, match="every issue is closed: 1 open \\(I-0001\\)"):
        asked(house)
    note = NoteIssue(study_id=house.study_id, number=number, words="Repaired")
    house.do(Role.MONITOR, note_issue, note)
    house.do(Role.MONITOR, note_issue, note.model_copy(update={"close": True}))
    with pytest.raises(IssueClosed):
        house.do(Role.MONITOR, note_issue, note)
    assert asked(house).status == LockStatus.ASKED


@pytest.mark.parametrize(
    "act",
    [
        "code_broken",
        "subject_screened_refused",
        "trail_exported",
        "data_exported",
        "trail_reviewed",
        "incident_noted",
        "person_invited",
        "study_unblinded",
    ],
)
def test_what_a_locked_study_still_takes(act: str) -> None:
    """An emergency, a refusal, reading, a serious breach that comes to light, people, the end of the blind."""
    assert still_possible(act)


@pytest.mark.parametrize("act", ["subject_screened", "kit_dispensed", "tasks_delegated", "issue_noted"])
def test_what_it_takes_no_longer(act: str) -> None:
    """What would change a record of a subject, a kit or a site."""
    assert not still_possible(act)
