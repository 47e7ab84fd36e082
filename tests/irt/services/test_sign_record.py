"""Electronic signatures: proved in the request that books the record, bound to exactly that record."""

from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlmodel import SQLModel

from irt.audit.signature import Meaning, verify_signature
from irt.blinding.actor import Grant
from irt.blinding.roles import Role
from irt.errors import BadInput
from irt.services.accounts import CreateAccount, create_account
from irt.services.enrol_second_factor import EnrolSecondFactor, enrol_second_factor
from irt.services.sign_record import (
    PasswordNotOwn,
    SecondFactorMissing,
    Signable,
    Signing,
    SigningRefused,
    sign_record,
)
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.tables.columns import table_of
from irt.tables.record import Signature
from irt.tables.study import StudyVersion
from tests.cast import PASSWORD, TEMPORARY, Office, signing, token_of, without_session
from tests.irt.services.devices import code_of, enrolled
from tests.rows import put, put_study

CONTENT = {"visit": "V3", "kits": 2}


class SignOrder(SQLModel):
    """A record with a signature in the same request."""

    record: str
    study_id: int | None = None
    signing: Signing


class OrderSigned(SQLModel):
    """Its signature."""

    signature_id: int


def sign_order(work: Work, ask: SignOrder) -> OrderSigned:
    """A use case that signs."""
    signable = Signable(Meaning.ORDER_DISPENSING, "dispensing_order", ask.record, CONTENT, study_id=ask.study_id)
    return OrderSigned(signature_id=sign_record(work, ask.signing, signable, Grant(Role.INVESTIGATOR)))


def signature(office: Office, signature_id: int) -> Any:
    """The stored row."""
    table = table_of(Signature)
    with office.store.reading() as connection:
        return connection.execute(select(table).where(table.c.id == signature_id)).one()


def signed(office: Office, actor: Any, what: Signing, record: str = "O-1", **more: Any) -> Any:
    """Signs an order."""
    return office.does(actor, sign_order, SignOrder(record=record, signing=what, **more), more.get("key"))


def a_study(office: Office, second_factor: bool) -> int:
    """A study whose approved version asks for codes, or not."""
    ids = put_study(office.store, "P-1")
    put(
        office.store,
        StudyVersion,
        sponsor_id=ids["sponsor"],
        study_id=ids["study"],
        number=1,
        status=VersionStatus.APPROVED,
        public_part={"conduct": {"second_factor": second_factor}},
        salted_digest="",
        created_at=office.now,
        loaded_by_id=office.ada.account_id,
    )
    return ids["study"]


def test_a_signature_shows_name_role_meaning_and_time(office: Office) -> None:
    """And is bound to the record's kind, number and content (P11-13, P11-15)."""
    office.hire("bo")
    row = signature(office, signed(office, office.signed_in("bo"), signing()).signature_id)
    assert (row.printed_name, row.role, row.meaning) == (
        "Bo Holm",
        "investigator",
        "I order dispensing for this visit",
    )
    assert (row.at, row.components) == (office.now, "password")
    assert verify_signature(row, CONTENT)
    assert not verify_signature(row, {**CONTENT, "kits": 3})
    moved = Signature(**{**row._mapping, "record": "O-2"})
    assert not verify_signature(moved, CONTENT)


def test_a_wrong_password_books_nothing_but_the_attempt(office: Office) -> None:
    """It is kept, counts like a failed sign-in, and after five even the right one is refused."""
    office.hire("bo")
    bo = office.signed_in("bo")
    said = []
    for _ in range(5):
        with pytest.raises(SigningRefused) as refused:
            signed(office, bo, signing("not the password"))
        said.append(refused.value.sentence)
    assert said[0] == "These details do not match. 4 tries left before a 15-minute pause. Nothing was signed."
    assert "paused" in said[4]
    with pytest.raises(SigningRefused):
        signed(office, bo, signing())
    assert "paused" in office.tries("bo").sentence
    with office.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM signature")).scalar() == 0
        kept = connection.execute(text("SELECT count(*) FROM sign_in_attempt WHERE purpose = 'signature'"))
        assert kept.scalar() == 6
        entries = connection.execute(text("SELECT count(*) FROM audit_entry WHERE act = 'signature_refused'"))
        assert entries.scalar() == 6


def test_all_components_first_then_the_password(office: Office) -> None:
    """In one session (P11-20); outside a session all components each time (P11-21)."""
    office.hire("bo")
    secret = enrolled(office, "bo")
    bo = office.signed_in("bo", code_of(secret, office.now))
    office.wait(seconds=30)
    with pytest.raises(SigningRefused):
        signed(office, bo, signing())
    first = signed(office, bo, signing(code=code_of(secret, office.now)))
    assert signature(office, first.signature_id).components == "password+code"
    second = signed(office, bo, signing(), "O-2")
    assert signature(office, second.signature_id).components == "password"
    with pytest.raises(SigningRefused):
        signed(office, without_session(bo), signing(), "O-3")


def test_a_code_given_must_be_right(office: Office) -> None:
    """Also where the password alone would do."""
    office.hire("bo")
    secret = enrolled(office, "bo")
    bo = office.signed_in("bo", code_of(secret, office.now))
    office.wait(seconds=30)
    signed(office, bo, signing(code=code_of(secret, office.now)))
    with pytest.raises(SigningRefused):
        signed(office, bo, signing(code="000000"), "O-2")


@pytest.mark.parametrize("asks", [True, False])
def test_a_study_may_ask_for_codes(office: Office, asks: bool) -> None:
    """A person without a device is told to set one up; where the study does not ask, the password is enough."""
    office.hire("bo")
    bo, study_id = office.signed_in("bo"), a_study(office, asks)
    if asks:
        with pytest.raises(SecondFactorMissing):
            signed(office, bo, signing(), study_id=study_id)
    else:
        assert signature(office, signed(office, bo, signing(), study_id=study_id).signature_id).sponsor_id


def test_a_password_set_by_another_signs_nothing(office: Office) -> None:
    """Whoever gave it could sign in the person's name (P11-22)."""
    ask = CreateAccount(username="new", printed_name="New", password=SecretStr(TEMPORARY), trained=True)
    office.does(office.ada, create_account, ask)
    with pytest.raises(PasswordNotOwn):
        signed(office, office.account("new"), signing(TEMPORARY))


def test_one_key_signs_once_whatever_was_typed(office: Office) -> None:
    """The secret is no part of a request's identity: a repeat gets the first answer, other content none."""
    office.hire("bo")
    bo = office.signed_in("bo")
    first = office.does(bo, sign_order, SignOrder(record="O-1", signing=signing()), "k")
    again = office.does(bo, sign_order, SignOrder(record="O-1", signing=signing("mistyped", "123456")), "k")
    assert first == again
    with pytest.raises(BadInput):
        office.does(bo, sign_order, SignOrder(record="O-2", signing=signing()), "k")


def test_what_is_typed_never_appears_in_a_dump() -> None:
    """Not as text, not masked, not in the representation."""
    ask = SignOrder(record="O-1", signing=signing("open sesame now", "123456"))
    assert ask.model_dump(mode="json") == {"record": "O-1", "study_id": None, "signing": {}}
    assert "sesame" not in repr(ask)
    assert "123456" not in repr(ask)


def test_no_secret_is_found_in_any_table(office: Office) -> None:
    """Passwords, codes, session tokens and device secrets: everything typed or told, against every row of text."""
    office.hire("bo")
    bo = office.account("bo")
    offered = office.does(bo, enrol_second_factor, EnrolSecondFactor(password=SecretStr(PASSWORD)))
    secret = enrolled(office, "bo")
    code = code_of(secret, office.now)
    answer = office.tries("bo", code=code)
    office.tries("bo", "not the password")
    office.wait(seconds=30)
    second = code_of(secret, office.now)
    signed(office, office.account("bo"), signing(code=second))
    told = [PASSWORD, TEMPORARY, "not the password", code, second, secret]
    told += [token_of(answer), offered.secret.get_secret_value()]
    stored = everything(office)
    assert "Bo Holm" in stored
    assert [word for word in told if word in stored] == []


def everything(office: Office) -> str:
    """Every value of every row, as one text."""
    parts: list[str] = []
    with office.store.reading() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                parts += [str(value) for value in row.values()]
    return "\n".join(parts)
