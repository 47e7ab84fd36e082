"""Passkeys: made, asked at sign-in and to sign, bound to what was asked, used once, taken away."""

from typing import Any

import pytest
from pydantic import SecretStr

from irt.audit.signature import Component
from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, NotFound
from irt.services.accounts import WrongPassword
from irt.services.passkey_proof import open_question
from irt.services.passkeys import (
    AskForPasskey,
    PasskeyRefused,
    RegisterPasskey,
    RemovePasskey,
    ask_for_passkey,
    register_passkey,
    remove_passkey,
)
from irt.services.recover_account import ResetSecondFactor, reset_second_factor
from irt.services.sessions import actor_of_session
from irt.services.sign_in import (
    AskPasskey,
    ConfirmPasskey,
    NoPasskey,
    SignInOutcome,
    ask_passkey,
    confirm_passkey,
)
from irt.services.sign_record import ASK, PasskeyWanted, Signing, SigningRefused
from tests.cast import PASSWORD, Office, token_of
from tests.irt.services.authenticator import Authenticator
from tests.irt.services.devices import enrolled
from tests.irt.services.test_sign_record import SignOrder, sign_order

ORIGIN = "https://irt.example.org"


def made(office: Office, username: str = "bo") -> Authenticator:
    """A passkey of that person."""
    device, person = Authenticator(ORIGIN), office.account(username)
    ask = AskForPasskey(origin=ORIGIN, password=SecretStr(PASSWORD))
    options = office.does(person, ask_for_passkey, ask).options
    answer = SecretStr(device.creates(options))
    office.does(person, register_passkey, RegisterPasskey(origin=ORIGIN, label="my phone", answer=answer))
    return device


def question(office: Office, token: str) -> str:
    """What a session that waits asks."""
    options: str = office.does(office.system, ask_passkey, AskPasskey(token=SecretStr(token))).options
    return options


def confirms(office: Office, token: str, answer: str) -> Any:
    """The answer to it."""
    ask = ConfirmPasskey(token=SecretStr(token), answer=SecretStr(answer))
    return office.does(office.system, confirm_passkey, ask)


@pytest.fixture
def bo(office: Office) -> Office:
    """Somebody with a role."""
    office.hire("bo", (Role.CONFIGURATOR, {}))
    return office


def test_signing_in_asks_for_it(bo: Office) -> None:
    """Until it answered the session leads nowhere; its answer opens once."""
    device = made(bo)
    asked = bo.tries("bo")
    token = token_of(asked)
    assert (asked.outcome, asked.passkey) == (SignInOutcome.CODE_NEEDED, True)
    assert actor_of_session(bo.store, token, bo.now) is None
    answer = device.answers(question(bo, token))
    assert confirms(bo, token, answer).outcome == SignInOutcome.SIGNED_IN
    actor = actor_of_session(bo.store, token, bo.now)
    assert actor is not None
    actor.require(Permission.CONFIGURE_STUDY, None)
    assert confirms(bo, token_of(bo.tries("bo")), answer).outcome == SignInOutcome.REFUSED


@pytest.mark.parametrize("fault", ["another key", "another site", "not verified", "counter", "too late", "noise"])
def test_what_does_not_fit_opens_nothing(bo: Office, fault: str) -> None:
    """Each in the words of every failure, and each counts."""
    device = made(bo)
    token = token_of(bo.tries("bo"))
    asked = question(bo, token)
    if fault == "another key":
        device = Authenticator(ORIGIN, credential_id=device.credential_id)
    elif fault == "another site":
        device.origin = "https://irt.example.com"
    elif fault == "not verified":
        device.verifies = False
    elif fault == "counter":
        confirms(bo, token_of(bo.tries("bo")), "")
        device.answers(asked)
        first = token_of(bo.tries("bo"))
        confirms(bo, first, device.answers(question(bo, first)))
        device.count = 0
    elif fault == "too late":
        bo.wait(minutes=5)
    answer = "noise" if fault == "noise" else device.answers(asked)
    refused = confirms(bo, token, answer)
    assert refused.outcome == SignInOutcome.REFUSED
    assert actor_of_session(bo.store, token, bo.now) is None


def test_a_code_alone_and_a_passkey_alone_both_do(bo: Office) -> None:
    """Whoever has both chooses; a code opens nothing where no device for codes is in force."""
    device = made(bo)
    assert bo.tries("bo", code="000000").outcome == SignInOutcome.REFUSED
    enrolled(bo, "bo")
    token = token_of(bo.tries("bo"))
    assert confirms(bo, token, device.answers(question(bo, token))).outcome == SignInOutcome.SIGNED_IN


def test_a_signature_is_bound_to_the_record(bo: Office) -> None:
    """First the question about the record's hash, then the answer; to another record it is none."""
    device = made(bo)
    token = token_of(bo.tries("bo"))
    confirms(bo, token, device.answers(question(bo, token)))
    actor = actor_of_session(bo.store, token, bo.now)
    assert actor is not None

    def signs(record: str, passkey: str) -> Any:
        signing = Signing(password=SecretStr(PASSWORD), passkey=SecretStr(passkey))
        return bo.does(actor, sign_order, SignOrder(record=record, signing=signing))

    def answer_to(record: str) -> str:
        with pytest.raises(PasskeyWanted):
            signs(record, ASK)
        with bo.store.reading() as connection:
            asked = open_question(connection, actor.account_id, actor.session_id, bo.now)
        assert asked is not None
        return device.answers(asked)

    answer = answer_to("O-1")
    with pytest.raises(SigningRefused):
        signs("O-2", answer)
    signs("O-1", answer_to("O-1"))
    with bo.store.reading() as connection:
        (components,) = connection.exec_driver_sql("SELECT components FROM signature").scalars()
    assert components == Component.PASSWORD_AND_PASSKEY


def test_the_password_is_asked_for_before_it_is_made_or_removed(bo: Office) -> None:
    """Whoever finds an open window makes none and removes none."""
    made(bo)
    person, wrong = bo.account("bo"), SecretStr("another")
    with pytest.raises(WrongPassword):
        bo.does(person, ask_for_passkey, AskForPasskey(origin=ORIGIN, password=wrong))
    with pytest.raises(WrongPassword):
        bo.does(person, remove_passkey, RemovePasskey(passkey_id=1, password=wrong))
    with pytest.raises(NotFound):
        bo.does(person, remove_passkey, RemovePasskey(passkey_id=99, password=SecretStr(PASSWORD)))
    with pytest.raises(BadInput):
        bo.does(person, ask_for_passkey, AskForPasskey(origin="", password=SecretStr(PASSWORD)))


def test_an_answer_registers_once_and_for_its_person(bo: Office) -> None:
    """The same answer again, and somebody else's, make nothing."""
    device, person = Authenticator(ORIGIN), bo.account("bo")
    options = bo.does(person, ask_for_passkey, AskForPasskey(origin=ORIGIN, password=SecretStr(PASSWORD))).options
    ask = RegisterPasskey(origin=ORIGIN, label="my phone", answer=SecretStr(device.creates(options)))
    with pytest.raises(PasskeyRefused):
        bo.does(bo.ada, register_passkey, ask)
    bo.does(person, register_passkey, ask)
    with pytest.raises(PasskeyRefused):
        bo.does(person, register_passkey, ask)


def test_several_are_kept_and_the_last_one_removed_asks_no_more(bo: Office) -> None:
    """One removed opens nothing; with none left the password opens alone again."""
    first, second = made(bo), made(bo)
    person, password = bo.account("bo"), SecretStr(PASSWORD)
    bo.does(person, remove_passkey, RemovePasskey(passkey_id=1, password=password))
    token = token_of(bo.tries("bo"))
    assert confirms(bo, token, first.answers(question(bo, token))).outcome == SignInOutcome.REFUSED
    assert confirms(bo, token, second.answers(question(bo, token))).outcome == SignInOutcome.SIGNED_IN
    bo.does(person, remove_passkey, RemovePasskey(passkey_id=2, password=password))
    assert bo.tries("bo").outcome == SignInOutcome.SIGNED_IN


def test_an_administrator_takes_lost_passkeys_away(bo: Office) -> None:
    """All at once, as a lost device for codes."""
    device = made(bo)
    ask = ResetSecondFactor(account_id=bo.account("bo").account_id, reason="lost")
    bo.does(bo.ada, reset_second_factor, ask)
    assert bo.tries("bo").outcome == SignInOutcome.SIGNED_IN
    assert device.count == 0


def test_whoever_has_none_is_asked_for_none(bo: Office) -> None:
    """The half-open session of a device for codes has no passkey to ask."""
    enrolled(bo, "bo")
    with pytest.raises(NoPasskey):
        question(bo, token_of(bo.tries("bo")))
