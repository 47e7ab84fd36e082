"""`irt signatures verify`: each signature is held against what was signed; one that does not hold is named."""

import json

import pytest
from sqlalchemy import update

from irt.tables.columns import table_of
from irt.tables.guards import drop_guard
from irt.tables.record import Signature
from tests.irt.commands.office import STUDY, TerminalOffice

_SIGNATURES = table_of(Signature)


@pytest.fixture
def signed(stocked: TerminalOffice) -> TerminalOffice:
    """An installation in which a lot was released with a signature."""
    stocked.does("supply", "release", "L2509-N", "--study", STUDY, "--user", "quinn")
    return stocked


def test_each_says_who_what_and_when(signed: TerminalOffice) -> None:
    """Name, role, meaning, record, and the moment with its zone, of every signature."""
    told = json.loads(signed.does("signatures", "verify", "--study", STUDY, "--json"))
    assert told["bad"] == 0
    (verdicts,) = told["signatures"].values()
    (released,) = [each for each in verdicts if each["record_kind"] == "lot"]
    assert released["record"] == "L2509-N"
    assert released["signed_by"] == "Quinn Holm, Qualified person"
    assert released["at"] == "2026-03-02T08:00:00+00:00"
    assert all(each["holds"] for each in verdicts)
    assert f"{STUDY} (production): {len(verdicts)} signatures, all hold\n" in signed.does("signatures", "verify")


@pytest.mark.parametrize(
    "forged", [{"meaning": "I reject"}, {"record": "L9999-N"}, {"record_hash": "0" * 64}, {"account_id": 1}]
)
def test_a_signature_that_was_changed_is_named(signed: TerminalOffice, forged: dict[str, object]) -> None:
    """Its meaning, its record, what it was bound to, or whose it is."""
    with signed.store.writing() as connection:
        drop_guard(connection, "signature")
        connection.execute(update(_SIGNATURES).where(_SIGNATURES.c.record == "L2509-N").values(**forged))
    ran = signed.types("signatures", "verify")
    assert "does not match entry" in ran.out
    assert ran.exit_code == 1
    assert ran.err.endswith("signatures do not hold.\n")
