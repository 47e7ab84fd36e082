"""The two-person rule: asked by one, decided by another on exactly what was asked."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.blinding.two_persons import AlreadyDecided, ApprovalKind, RecordChanged, SamePerson
from irt.errors import BadInput, NotAllowed
from irt.services.approvals import ApprovalDecided, AskApproval, DecideApproval, ask_approval, decide_approval
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter
from tests.cast import Office, signing
from tests.rows import put_study

SEEN = "a" * 64


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """One database is enough here: no locks, no types that differ."""
    return sqlite_store


@pytest.fixture
def plan(office: Office) -> int:
    """A supply plan that Mia, a supply manager, asks to have approved; her colleague is Max."""
    ids = put_study(office.store, "A-1")
    for name in ("mia", "max"):
        office.hire(name, (Role.SUPPLY_MANAGER, {"study_id": ids["study"]}))
    ask = AskApproval(kind=ApprovalKind.SUPPLY_PLAN, record="run 7", record_hash=SEEN, study_id=ids["study"])
    asked: int = office.does(office.account("mia"), ask_approval, ask).approval_id
    return asked


def decided(office: Office, who: Actor, approval_id: int, **changes: Any) -> ApprovalDecided:
    """One decision."""
    facts: dict[str, Any] = {"granted": True, "record_hash": SEEN, "signing": signing(), **changes}
    answer: ApprovalDecided = office.does(who, decide_approval, DecideApproval(approval_id=approval_id, **facts))
    return answer


def _rows(office: Office, model: type[SQLModel]) -> list[dict[str, Any]]:
    with office.store.reading() as connection:
        return [dict(row) for row in connection.execute(select(table_of(model))).mappings()]


def test_another_person_grants_with_a_signature(office: Office, plan: int) -> None:
    """Once."""
    answer = decided(office, office.account("max"), plan)
    assert answer.granted
    assert answer.signature_id > 0
    with pytest.raises(AlreadyDecided):
        decided(office, office.account("max"), plan)


def test_the_one_who_asked_cannot_decide(office: Office, plan: int) -> None:
    """Whatever roles they hold."""
    with pytest.raises(SamePerson):
        decided(office, office.account("mia"), plan)


def test_a_person_without_the_role_cannot_decide(office: Office, plan: int) -> None:
    """The administrator neither."""
    with pytest.raises(NotAllowed):
        decided(office, office.ada, plan)


def test_what_changed_since_cannot_be_decided(office: Office, plan: int) -> None:
    """The hash of what the second person saw must be that of what was asked."""
    with pytest.raises(RecordChanged):
        decided(office, office.account("max"), plan, record_hash="b" * 64)


@pytest.mark.parametrize(("reason", "accepted"), [(None, False), ("", False), ("too dear", True)])
def test_a_refusal_says_why(office: Office, plan: int, reason: str | None, accepted: bool) -> None:
    """A bare no helps nobody."""
    if accepted:
        assert not decided(office, office.account("max"), plan, granted=False, reason=reason).granted
    else:
        with pytest.raises(BadInput):
            decided(office, office.account("max"), plan, granted=False, reason=reason)


def test_a_decision_without_the_right_password_is_none(office: Office, plan: int) -> None:
    """And may be taken afterwards."""
    with pytest.raises(SigningRefused):
        decided(office, office.account("max"), plan, signing=signing("not the password"))
    assert decided(office, office.account("max"), plan).granted


def test_the_stored_hash_is_of_no_use_to_a_guesser(office: Office, plan: int) -> None:
    """Asked twice for the same record, two hashes are stored, neither of them the one that was handed in."""
    (first,) = _rows(office, Approval)
    ask = AskApproval(
        kind=ApprovalKind.SUPPLY_PLAN,
        record="run 7",
        record_hash=SEEN,
        study_id=first["study_id"],
        content={"a": 1},
    )
    second = office.does(office.account("mia"), ask_approval, ask).approval_id
    hashes = {row["record_hash"] for row in _rows(office, Approval)}
    assert len(hashes) == 2
    assert SEEN not in hashes
    assert [row["content"] for row in _rows(office, ApprovalMatter)] == [None, {"a": 1}]
    assert decided(office, office.account("max"), second).granted
