"""Leaks beyond supply, each by its name: letters and seeds. docs/validation/leaks.md has the rest."""

import logging
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel, select

from irt.reads.addressees import Addressee
from irt.services.letters import envelope
from tests.builders_trial import Trial


def test_no_letter_carries_a_file() -> None:
    """L27: a letter is words, and nothing can be attached to it."""
    message = {"id": 1, "created_at": datetime(2026, 3, 2, tzinfo=UTC)}
    person = Addressee(1, "Pia", "pia@irt.example")
    letter = envelope(message, "irt@irt.example", person, "NB-301: supply", "Words")  # type: ignore[arg-type]
    assert not letter.is_multipart()
    assert letter.get_content_type() == "text/plain"
    assert [*letter.iter_attachments()] == []


def test_no_seed_is_in_the_log_or_in_a_row(sqlite_trial: Trial, caplog: pytest.LogCaptureFixture) -> None:
    """L36: neither as bytes nor spelt in any usual way, after draws and kits that needed every seed."""
    with caplog.at_level(logging.DEBUG):
        sqlite_trial.treated()
    seeds = [*sqlite_trial.store.seeds.values()]
    assert len(seeds) >= 3
    stored = [caplog.text]
    with sqlite_trial.store.reading() as connection:
        for table in SQLModel.metadata.sorted_tables:
            stored += [str(tuple(row)) for row in connection.execute(select(table))]
    told = "\n".join(stored)
    assert "treatment_assignment" not in caplog.text
    for seed in seeds:
        spelt = [seed.hex(), seed.hex().upper(), repr(seed), b64encode(seed).decode().rstrip("=")]
        spelt.append(urlsafe_b64encode(seed).decode().rstrip("="))
        assert [word for word in spelt if word in told] == []
