"""`irt study load` and `approve`: two people make a study from its file."""

import pytest
from sqlalchemy import text

from irt.services.store import Store
from tests.irt.commands.office import STUDY, TerminalOffice

PURPOSES = ["allocation", "kit choice", "kit numbers", "randomization numbers"]


def test_both_people_see_the_same_digest_and_commitments(office: TerminalOffice) -> None:
    """The draft and the approved version print the same lines, for the study's file."""
    loaded = office.load_draft().splitlines()
    office.hire("theo", "study_team")
    approved = office.does("study", "approve", STUDY, "--user", "theo").splitlines()
    assert loaded[0].startswith(f"{STUDY} (production), version 1, ")
    assert approved[0] == f"{STUDY} (production), version 1: approved"
    assert loaded[1:] == approved[1:]
    assert [line[:22].strip() for line in loaded[1:]] == ["digest", *PURPOSES]
    assert len({line[23:] for line in loaded[1:]}) == 5
    assert {len(line[23:]) for line in loaded[2:]} == {64}


def test_the_one_who_loaded_does_not_approve(office: TerminalOffice) -> None:
    """Nor does anybody without the role; an approved version is not approved again."""
    office.load_draft()
    office.grant("cora", "study_team")
    assert "Another person must decide it." in office.refused("study", "approve", STUDY, "--user", "cora")
    assert "Your role cannot do this." in office.refused("study", "approve", STUDY, "--user", "ada")
    office.hire("theo", "study_team")
    office.does("study", "approve", STUDY, "--user", "theo")
    assert "already approved" in office.refused("study", "approve", STUDY, "--user", "theo")


def test_rules_start_on_the_day_named(office: TerminalOffice, sqlite_store: Store) -> None:
    """Stock levels hold from `--from` on."""
    office.load_draft("--from", "2026-04-01", "--mode", "test")
    with sqlite_store.reading() as connection:
        days = (
            connection.execute(text("SELECT DISTINCT effective_from FROM secret_resupply_setting")).scalars().all()
        )
    assert [str(day) for day in days] == ["2026-04-01"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("few-kits.yaml", "--size", "small"), "NB-301 is already loaded in production mode."),
        (("nowhere.yaml",), "nowhere.yaml: no such study file."),
    ],
)
def test_a_file_that_is_not_loaded(office: TerminalOffice, words: tuple[str, ...], said: str) -> None:
    """Loaded before, or not there."""
    office.load_draft()
    assert office.refused("study", "load", *words, "--user", "cora").startswith(said)


def test_only_a_configurator_loads(office: TerminalOffice) -> None:
    """An administrator gives rights and has none of this kind."""
    assert "Your role cannot do this." in office.refused("study", "load", "fourier", "--user", "ada")
    assert "No study has" in office.refused("study", "approve", STUDY, "--user", "ada")
