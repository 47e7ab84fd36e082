"""Where an invitation stands, and what looks like an address."""

from datetime import timedelta

import pytest

from irt.blinding.invitations import InvitationState, is_email, plain_email, state_of
from tests.cast import MONDAY

LATER = MONDAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("accepted", "withdrawn", "passed_days", "state"),
    [
        (False, False, 6, "open"),
        (False, False, 7, "expired"),
        (True, False, 8, "accepted"),
        (False, True, 1, "withdrawn"),
        (False, True, 8, "withdrawn"),
    ],
)
def test_the_grid_of_states(accepted: bool, withdrawn: bool, passed_days: int, state: str) -> None:
    """What a person did comes before what time did."""
    now = MONDAY + timedelta(days=passed_days)
    found = state_of(MONDAY if accepted else None, MONDAY if withdrawn else None, LATER, now)
    assert found is InvitationState(state)


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("ivo@example.org", True),
        ("i.v+o@mail.example.org", True),
        ("ivo", False),
        ("@example.org", False),
        ("ivo@example", False),
        ("ivo@.", False),
        ("ivo@a@example.org", False),
        ("ivo @example.org", False),
        ("ivo@example.org\nBcc: all@example.org", False),
    ],
)
def test_what_is_an_address(typed: str, is_one: bool) -> None:
    """Nothing that could write a second line into a letter's head."""
    assert is_email(typed) is is_one


def test_case_and_blanks_make_no_other_person() -> None:
    """One address, one person."""
    assert plain_email("  Ivo@Example.ORG ") == "ivo@example.org"
