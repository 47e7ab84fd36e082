"""A locked account opened again, a lost device taken away."""

import pytest

from irt.errors import NotAllowed
from irt.reads.people import account_shown
from irt.services.accounts import DisableAccount, disable_account
from irt.services.recover_account import (
    NoDevice,
    NotLocked,
    ReopenAccount,
    ResetSecondFactor,
    reopen_account,
    reset_second_factor,
)
from irt.services.sign_in import SignInOutcome
from irt.tables.columns import table_of
from irt.tables.people import Account
from tests.cast import Office


def _shown(office: Office, username: str) -> tuple[bool, bool]:
    """Whether the account is locked, and whether it has a device."""
    with office.store.reading() as connection:
        shown = account_shown(connection, office.account(username).account_id)
    return shown.disabled, shown.second_factor


def test_a_locked_person_gets_in_again(office: Office) -> None:
    """Once opened, with the password they had."""
    person = office.hire("bo").account_id
    office.does(office.ada, disable_account, DisableAccount(account_id=person, reason="on leave"))
    assert office.tries("bo").outcome is not SignInOutcome.SIGNED_IN
    office.does(office.ada, reopen_account, ReopenAccount(account_id=person, reason="back"))
    assert _shown(office, "bo") == (False, False)
    assert office.tries("bo").outcome is SignInOutcome.SIGNED_IN
    with pytest.raises(NotLocked):
        office.does(office.ada, reopen_account, ReopenAccount(account_id=person, reason="again"))


def test_a_lost_device_is_taken_away(office: Office) -> None:
    """The password alone signs in afterwards; the sessions begun with the device have ended."""
    person = office.hire("bo").account_id
    with office.store.writing() as connection:
        device = {"second_factor_sealed": "sealed", "second_factor_confirmed_at": office.now}
        connection.execute(table_of(Account).update().where(table_of(Account).c.id == person).values(device))
    assert _shown(office, "bo") == (False, True)
    ask = ResetSecondFactor(account_id=person, reason="lost")
    office.does(office.ada, reset_second_factor, ask)
    assert _shown(office, "bo") == (False, False)
    assert office.tries("bo").outcome is SignInOutcome.SIGNED_IN
    with pytest.raises(NoDevice):
        office.does(office.ada, reset_second_factor, ask)


def test_only_administrators_do(office: Office) -> None:
    """Nobody else, and not about their own device."""
    bo = office.hire("bo")
    for service, ask in (
        (reopen_account, ReopenAccount(account_id=bo.account_id, reason="r")),
        (reset_second_factor, ResetSecondFactor(account_id=bo.account_id, reason="r")),
    ):
        with pytest.raises(NotAllowed):
            office.does(bo, service, ask)
    with pytest.raises(NotAllowed, match="their own device"):
        office.does(
            office.ada, reset_second_factor, ResetSecondFactor(account_id=office.ada.account_id, reason="r")
        )
