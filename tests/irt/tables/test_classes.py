"""The register of data: every column has a class, and treatment stands where the walls expect it."""

import pytest

from irt.blinding.roles import DataClass
from irt.tables import METADATA
from irt.tables.classes import BLINDED_CLASSES, KEY, readable, register, without_keys
from irt.tables.people import Account

EVERY_KIND = {*DataClass, KEY}
PUBLISHED = {"secret_allocation_key": {"id", "sponsor_id", "study_id", "purpose", "commitment"}}
"""What of a secret table everybody may read: the commitments that were published before the first draw."""


def test_every_column_has_a_class_and_every_class_a_column() -> None:
    """A new column fails here until src/irt/tables/classes.txt says what it tells; so does one that is gone."""
    there = {name: set(table.c.keys()) for name, table in METADATA.tables.items()}
    classed = {table: set(kinds) for table, kinds in register().items()}
    assert classed == there
    assert {kind for kinds in register().values() for kind in kinds.values()} <= EVERY_KIND


def test_a_secret_table_is_closed_to_blinded_people() -> None:
    """Nothing of treatment has a class that blinded people may read."""
    secret = [table for table in register() if table.startswith("secret_")]
    assert len(secret) > 30
    open_ = {table: set(columns) for table in secret if (columns := readable(table, BLINDED_CLASSES))}
    assert open_ == PUBLISHED


@pytest.mark.parametrize(
    "word", ["arm", "kit_type", "sequence", "stratum", "sealed_key", "password_hash", "token_hash"]
)
def test_a_word_that_tells_is_never_open(word: str) -> None:
    """A column of this name is open to nobody blinded, in whatever table it stands."""
    tables = [table for table, kinds in register().items() if word in kinds]
    in_open_chains = {"audit_entry", "audit_head", "vendor_message"}  # there a sequence counts entries and messages
    assert tables
    assert [table for table in tables if word in readable(table, BLINDED_CLASSES)] == (
        sorted(in_open_chains) if word == "sequence" else []
    )


def test_a_question_about_whole_rows_of_people_leaves_the_keys_out() -> None:
    """What opens something is read by nobody's page."""
    asked = {column.name for column in without_keys(Account.__table__)}  # type: ignore[attr-defined]
    assert {"username", "second_factor_confirmed_at"} <= asked
    assert not asked & {"password_hash", "second_factor_sealed", "second_factor_step"}
