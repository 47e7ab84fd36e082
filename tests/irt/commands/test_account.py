"""`irt account`: the first day, people and their roles, and who may act at the command line."""

import json
from datetime import UTC, datetime

import click
import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from irt.services.enrol_second_factor import (
    ConfirmSecondFactor,
    EnrolSecondFactor,
    confirm_second_factor,
    enrol_second_factor,
)
from irt.services.issue_token import actor_of_token
from irt.services.sessions import load_actor
from irt.services.store import Store
from irt.services.unit_of_work import perform
from tests.irt.commands.office import PASSWORD, STUDY, TEMPORARY, TerminalOffice
from tests.irt.commands.running import Terminal

GRANT = ("account", "grant", "--user", "ada", "--reason", "hired", "--username")


def _counted(store: Store, statement: str) -> int:
    with store.reading() as connection:
        return int(connection.execute(text(statement)).scalar_one())


def test_an_installation_begins_once(terminal: Terminal, sqlite_store: Store) -> None:
    """One administrator is made; the same words again, or others, make nothing."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    words = ("account", "first-administrator", "--username", "ada", "--name", "Ada Finn")
    assert office.does(*words, password=TEMPORARY).startswith("ada is the administrator.")
    before = _counted(sqlite_store, "SELECT count(*) FROM account")
    for again in (words, ("account", "first-administrator", "--username", "eve", "--name", "Eve")):
        assert office.refused(*again).startswith("This installation has its people. Nothing was created.")
    assert _counted(sqlite_store, "SELECT count(*) FROM account") == before == 2


def test_nobody_signs_in_before_the_first_day(terminal: Terminal, sqlite_store: Store) -> None:
    """The refusal names the command to begin with."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    assert "Run: irt account first-administrator." in office.refused("account", "list", "--user", "ada")


def test_a_temporary_password_does_nothing_else(terminal: Terminal, sqlite_store: Store) -> None:
    """Its person chooses an own one first."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    office.does("account", "first-administrator", "--username", "ada", "--name", "Ada Finn", password=TEMPORARY)
    said = office.refused("account", "list", "--user", "ada", password=TEMPORARY)
    assert said.startswith("Somebody else chose your password.")
    office.choose_password("ada")
    assert office.does("account", "list", "--user", "ada").startswith("ada (Ada Finn), last signed in 02 Mar 2026")


def test_passwords_are_asked_for_without_echo(terminal: Terminal, sqlite_store: Store) -> None:
    """Twice where one is chosen, once to sign in; different ones are asked for again."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    typed = iter([TEMPORARY, "something else", TEMPORARY, TEMPORARY, TEMPORARY, PASSWORD, PASSWORD])
    terminal.monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda words: next(typed))
    for variable in ("IRT_PASSWORD", "IRT_NEW_PASSWORD"):
        terminal.monkeypatch.delenv(variable, raising=False)
    begun = terminal.irt("account", "first-administrator", "--username", "ada", "--name", "Ada Finn")
    chosen = terminal.irt("account", "password", "--user", "ada")
    assert (begun.exit_code, chosen.exit_code, next(typed, None)) == (0, 0, None)
    assert office.does("account", "list", "--user", "ada")


def test_a_wrong_password_is_recorded_and_counts(office: TerminalOffice, sqlite_store: Store) -> None:
    """After five the name is paused, also for the right password; no session stays open."""
    for _ in range(5):
        said = office.refused("account", "list", "--user", "ada", password="not mine at all")
        assert said.endswith("Nothing was done.")
    assert office.types("account", "list", "--user", "ada").exit_code == 1
    failed = "SELECT count(*) FROM sign_in_attempt WHERE NOT succeeded AND username = 'ada'"
    assert _counted(sqlite_store, failed) == 6
    assert _counted(sqlite_store, "SELECT count(*) FROM signed_in_session WHERE ended_at IS NULL") == 0
    office.wait(minutes=16)
    assert office.does("account", "list", "--user", "ada")


def test_a_person_with_a_device_is_asked_for_the_code(office: TerminalOffice, sqlite_store: Store) -> None:
    """A right one by option lets in, a wrong one does not; a used one never works again."""
    secret = _a_device(office, sqlite_store)
    words = ("account", "list", "--user", "ada", "--code")
    office.wait(minutes=5)
    assert office.does(*words, secret.at(office.now))
    assert office.types(*words, secret.at(office.now)).exit_code == 1
    office.wait(minutes=5)
    terminal = office.terminal
    terminal.monkeypatch.setattr(click.termui, "visible_prompt_func", lambda words: secret.at(office.now))
    assert office.types("account", "list", "--user", "ada").exit_code == 0


def _a_device(office: TerminalOffice, store: Store) -> pyotp.TOTP:
    """Ada's device, set up as on the pages."""
    with store.reading() as connection:
        account_id = connection.execute(text("SELECT id FROM account WHERE username = 'ada'")).scalar_one()
        ada = load_actor(connection, account_id, "Ada Finn", office.now)
    ask = EnrolSecondFactor(password=SecretStr(PASSWORD))
    offered = perform(store, ada, office.now, enrol_second_factor, ask, "device")
    assert offered.secret is not None
    device = pyotp.TOTP(offered.secret.get_secret_value())
    first = ConfirmSecondFactor(code=SecretStr(device.at(office.now)))
    perform(store, ada, office.now, confirm_second_factor, first, "device:first")
    return device


def test_a_signature_takes_the_next_code(studied: TerminalOffice) -> None:
    """The code that let the person in is used up: a further one is asked for, and signs."""
    studied.hire("ines", "administrator")
    studied.does(
        *("account", "grant", "--user", "ines", "--username", "ada", "--role", "unblinded_statistician"),
        *("--study", STUDY, "--reason", "small company"),
    )
    words = (STUDY, "--size", "small", "--user")
    studied.does("supply", "list-kits", "ask", *words, "sam")
    secret = _a_device(studied, studied.store)
    studied.wait(minutes=5)
    in_turn = iter([0, 1])
    studied.terminal.monkeypatch.setattr(
        click.termui,
        "visible_prompt_func",
        lambda words: secret.at(int(studied.now.timestamp()) + 30 * next(in_turn)),
    )
    ran = studied.types("supply", "list-kits", "approve", *words, "ada", "--yes")
    assert (ran.exit_code, next(in_turn, None)) == (0, None), ran.err
    with studied.store.reading() as connection:
        # The study's version was approved by somebody without a device.
        signed = connection.execute(text("SELECT components FROM signature ORDER BY id")).scalars().all()
    assert signed == ["password", "password+code"]


def test_the_list_tells_people_roles_and_sign_ins(studied: TerminalOffice) -> None:
    """In words and as JSON; the installation's own account is nobody."""
    studied.hire("ivo", "pharmacist", where=("--study", STUDY, "--site", "1001"))
    studied.does("account", "create", "--user", "ada", "--username", "zoe", "--name", "Zoe Lind")
    said = studied.does("account", "list", "--user", "ada").splitlines()
    assert "ivo (Ivo Holm), last signed in 02 Mar 2026, 08:00 UTC" in said
    assert "  pharmacist: NB-301 (production), site 1001" in said
    assert "zoe (Zoe Lind), never signed in, no training on file" in said
    people = {
        one["username"]: one for one in json.loads(studied.does("account", "list", "--user", "ada", "--json"))
    }
    assert set(people) == {"ada", "cora", "theo", "sam", "uma", "quinn", "ivo", "zoe"}
    (role,) = people["ivo"]["roles"]
    assert (role["role"], role["study"], role["mode"], role["site"]) == ("pharmacist", STUDY, "production", "1001")
    assert people["ada"]["last_sign_in"] == "2026-03-02T08:00:00+00:00"
    assert people["zoe"]["last_sign_in"] is None


def test_the_list_is_for_administrators(office: TerminalOffice) -> None:
    """Others read nothing."""
    office.hire("cora", "configurator")
    ran = office.types("account", "list", "--user", "cora")
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err.startswith("irt: Your role cannot do this.")


def test_a_role_is_taken_back(studied: TerminalOffice) -> None:
    """At once and once; a role nobody holds is not taken back."""
    studied.hire("ivo", "pharmacist", where=("--study", STUDY, "--site", "1001"))
    words = ("account", "revoke", "--user", "ada", "--username", "ivo", "--role", "pharmacist", "--reason", "left")
    place = ("--study", STUDY, "--site", "1001")
    assert "ivo is not pharmacist in NB-301. Nothing was changed." in studied.refused(*words, "--study", STUDY)
    assert studied.does(*words, *place) == "ivo is not pharmacist in NB-301 at site 1001 any more.\n"
    assert "Nothing was changed." in studied.refused(*words, *place)
    assert "pharmacist" not in studied.does("account", "list", "--user", "ada")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ada", "--role", "inspector"), "Nobody grants a role to themselves."),
        (("nemo", "--role", "inspector"), "Nobody has the user name nemo."),
        (("ivo", "--role", "inspector", "--study", "NONE-1"), "No study has the protocol number NONE-1."),
        (("ivo", "--role", "pharmacist", "--study", STUDY), "This role is held at a site."),
        (("ivo", "--role", "depot", "--study", STUDY), "This role is held at a depot."),
        (("ivo", "--role", "pharmacist", "--site", "1001"), "A site or depot is one of a study."),
        (
            ("ivo", "--role", "pharmacist", "--study", STUDY, "--site", "9"),
            "9 is not a site of NB-301 (production).",
        ),
        (
            ("ivo", "--role", "depot", "--study", STUDY, "--depot", "XX"),
            "XX is not a depot of NB-301 (production).",
        ),
        (("ivo", "--role", "supply_manager", "--study", STUDY), "This person holds or held the role"),
    ],
)
def test_a_role_that_is_not_granted(studied: TerminalOffice, words: tuple[str, ...], said: str) -> None:
    """One line says why, and nothing is granted."""
    studied.hire("ivo", "monitor", where=("--study", STUDY, "--site", "1001"))
    assert studied.refused(*GRANT, *words).startswith(said)


def test_training_comes_before_roles(office: TerminalOffice) -> None:
    """Noted later, it opens the way."""
    office.does("account", "create", "--user", "ada", "--username", "Zoe", "--name", "Zoe Lind")
    assert office.refused(*GRANT, "zoe", "--role", "inspector").startswith("This person's training is not on file")
    office.does("account", "trained", "--user", "ada", "--username", "zoe")
    assert office.does(*GRANT, "zoe", "--role", "inspector") == "zoe is inspector.\n"


def test_a_lost_password_and_a_person_who_left(office: TerminalOffice) -> None:
    """A temporary one is given, an own one chosen; after the person left neither lets them in."""
    office.hire("ivo", "inspector")
    why = ("--user", "ada", "--username", "ivo", "--reason", "said so")
    office.does("account", "reset", *why)
    assert office.types("account", "token", "--user", "ivo", "--scope", "view_audit").exit_code == 1
    office.choose_password("ivo")
    office.does("account", "disable", *why)
    assert office.types("account", "password", "--user", "ivo").exit_code == 1
    assert "ivo (Ivo Holm), last signed in 02 Mar 2026, 08:00 UTC, closed" in office.does(
        "account", "list", "--user", "ada"
    )


def test_a_token_for_oneself(office: TerminalOffice, sqlite_store: Store) -> None:
    """Alone on standard output, working for its owner."""
    office.hire("ivo", "inspector")
    ran = office.types("account", "token", "--user", "ivo", "--scope", "view_audit")
    assert ran.exit_code == 0
    actor = actor_of_token(sqlite_store, ran.out.strip(), datetime(2026, 3, 3, tzinfo=UTC))
    assert actor is not None
    assert actor.scopes == {"view_audit"}


def test_who_acts_may_stand_in_the_environment(office: TerminalOffice) -> None:
    """IRT_USER in place of --user; without either, nothing is asked or done."""
    assert office.types("account", "list").exit_code == 2
    office.terminal.monkeypatch.setenv("IRT_USER", "ada")
    assert office.does("account", "list").startswith("ada (Ada Finn)")


def test_a_passkey_is_told_to_answer_in_a_browser_only(office: TerminalOffice, sqlite_store: Store) -> None:
    """Whoever has nothing else is told what to do, before a code is asked for."""
    with sqlite_store.writing() as connection:
        connection.execute(text("UPDATE account SET passkeys_since = created_at WHERE username = 'ada'"))
    said = office.refused("account", "list", "--user", "ada")
    assert said.startswith("Your passkey answers in a browser only. Nothing was done. Set up a device")
