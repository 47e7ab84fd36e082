"""Signing in: one message for every failure, a pause after five, a code taken once."""

import pyotp
import pytest
from pydantic import SecretStr

from irt.blinding.roles import Permission
from irt.services.accounts import DisableAccount, disable_account
from irt.services.enrol_second_factor import (
    ConfirmSecondFactor,
    EnrolSecondFactor,
    WrongCode,
    confirm_second_factor,
    enrol_second_factor,
)
from irt.services.second_factor import matching_step
from irt.services.sessions import actor_of_session, emergency_actor
from irt.services.sign_in import ConfirmCode, SignInOutcome, confirm_code
from tests.cast import MONDAY, PASSWORD, Office, token_of
from tests.irt.services.devices import code_of, enrolled


def attempts(office: Office) -> list[tuple[str, bool, str]]:
    """Every recorded attempt."""
    with office.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT username, succeeded, purpose FROM sign_in_attempt ORDER BY id")
        return [(row[0], bool(row[1]), row[2]) for row in rows]


def test_it_lets_a_person_in_by_name_and_password(office: Office) -> None:
    """The token leads to the person, with the session's number; the name is read without case and blanks."""
    answer = office.tries("  ADA ")
    assert answer.outcome == SignInOutcome.SIGNED_IN
    actor = actor_of_session(office.store, token_of(answer), office.now)
    assert actor is not None
    assert actor.session_id is not None
    assert actor.name == "Ada Finn, administrator"
    actor.require(Permission.MANAGE_ACCOUNTS, None)


@pytest.mark.parametrize("username", ["ada", "nobody", "system"])
def test_it_says_the_same_for_every_failure(office: Office, username: str) -> None:
    """Whether the name exists cannot be told from the words: tries left, then the pause."""
    said = [office.tries(username, "not the password").sentence for _ in range(6)]
    tries = "These details do not match. {} left before a 15-minute pause."
    paused = "These details do not match. Signing in with this user name is paused for 15 minutes."
    assert said == [tries.format(n) for n in ("4 tries", "3 tries", "2 tries", "1 try")] + [paused, paused]


def test_it_pauses_after_five_failures_and_forgives_after_fifteen_minutes(office: Office) -> None:
    """During the pause the right password is refused too; afterwards it works."""
    for _ in range(5):
        office.tries("ada", "not the password")
    office.wait(minutes=14, seconds=59)
    assert office.tries("ada").outcome == SignInOutcome.REFUSED
    office.wait(seconds=1)
    assert office.tries("ada").outcome == SignInOutcome.SIGNED_IN


def test_every_attempt_is_kept(office: Office) -> None:
    """Failed ones too; an unknown name, which may be a mistyped password, only as the start of its hash."""
    office.tries("ada", "not the password")
    office.tries("my secret phrase", "x")
    office.tries("ada")
    kept = attempts(office)
    assert [(kept[0]), (kept[2])] == [("ada", False, "sign_in"), ("ada", True, "sign_in")]
    assert kept[1][0].startswith("unknown:")
    assert "phrase" not in kept[1][0]


def test_it_refuses_a_disabled_account(office: Office) -> None:
    """In the words of every failure."""
    actor = office.hire("bo")
    token = token_of(office.tries("bo"))
    office.does(office.ada, disable_account, DisableAccount(account_id=actor.account_id, reason="left"))
    assert actor_of_session(office.store, token, office.now) is None
    assert office.tries("bo").sentence.startswith("These details do not match. 4 tries left")


def test_it_asks_for_the_code_and_then_lets_in(office: Office) -> None:
    """Until the code is given the session leads nowhere, except to a code break."""
    secret = enrolled(office, "ada")
    answer = office.tries("ada")
    assert answer.outcome == SignInOutcome.CODE_NEEDED
    token = token_of(answer)
    assert actor_of_session(office.store, token, office.now) is None
    emergency = emergency_actor(office.store, token, office.now)
    assert emergency is not None
    assert emergency.scopes == frozenset({str(Permission.BREAK_CODE)})
    ask = ConfirmCode(token=SecretStr(token), code=SecretStr(code_of(secret, office.now)))
    assert office.does(office.system, confirm_code, ask).outcome == SignInOutcome.SIGNED_IN
    assert actor_of_session(office.store, token, office.now) is not None


def test_a_half_open_session_waits_five_minutes(office: Office) -> None:
    """Then the person starts again."""
    secret = enrolled(office, "ada")
    token = token_of(office.tries("ada"))
    office.wait(minutes=5)
    ask = ConfirmCode(token=SecretStr(token), code=SecretStr(code_of(secret, office.now)))
    assert office.does(office.system, confirm_code, ask).outcome == SignInOutcome.REFUSED
    assert emergency_actor(office.store, token, office.now) is None


def test_a_code_is_taken_once(office: Office) -> None:
    """The second use of a code is refused, in the words of every failure."""
    code = code_of(enrolled(office, "ada"), office.now)
    assert office.tries("ada", code=code).outcome == SignInOutcome.SIGNED_IN
    again = office.tries("ada", code=code)
    assert again.outcome == SignInOutcome.REFUSED
    assert "4 tries left" in again.sentence


def test_wrong_codes_count_although_the_password_was_right(office: Office) -> None:
    """Passing the first step again and again must not buy more guesses at the code."""
    enrolled(office, "ada")
    for _ in range(5):
        office.tries("ada")
        office.tries("ada", code="000000")
    assert "paused" in office.tries("ada").sentence


@pytest.mark.parametrize(
    ("steps_off", "last_step", "taken"),
    [
        (-2, None, False),
        (-1, None, True),
        (0, None, True),
        (1, None, True),
        (2, None, False),
        (0, 0, False),
        (0, -1, True),
        (-1, 0, False),
        (1, 0, True),
        (1, 1, False),
    ],
)
def test_codes_match_one_step_either_way_and_never_twice(
    steps_off: int, last_step: int | None, taken: bool
) -> None:
    """The grid of clock difference against the step taken last (steps of 30 seconds from now)."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    now = int(MONDAY.timestamp()) // 30
    code = pyotp.TOTP(secret).generate_otp(now + steps_off)
    last = None if last_step is None else now + last_step
    assert (matching_step(secret, code, last, MONDAY) is not None) is taken


def test_a_device_is_in_force_only_once_its_first_code_was_right(office: Office) -> None:
    """A person who fails to set the device up is not locked out."""
    office.does(office.ada, enrol_second_factor, EnrolSecondFactor(password=SecretStr(PASSWORD)))
    with pytest.raises(WrongCode):
        office.does(office.ada, confirm_second_factor, ConfirmSecondFactor(code=SecretStr("000000")))
    assert office.tries("ada").outcome == SignInOutcome.SIGNED_IN
