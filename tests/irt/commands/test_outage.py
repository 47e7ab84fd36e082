"""`irt outage` at a terminal: a pack from its issue to its closing, by two people."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from irt.blinding.roles import Role
from irt.services.bootstrap import ensure_system_account
from irt.services.work import Work
from irt.tables.kit import Kit
from irt.tables.people import RoleGrant
from tests.builders_trial import FIRST_SITE, Trial
from tests.irt.commands.office import TerminalOffice
from tests.irt.commands.running import Terminal

STUDY = ("--study", "NB-301")


def at_terminal(terminal: Terminal, trial: Trial, *roles: Role) -> TerminalOffice:
    """A terminal at the trial, where the people of these roles may sign in."""
    now = datetime.combine(trial.day, time(12), UTC)
    ensure_system_account(trial.store, now)
    with trial.store.writing() as connection:
        work = Work(trial.store, connection, trial.staff, now)
        for role in roles:
            facts = {"account_id": trial.actor(role).account_id, "role": role, "study_id": trial.study_id}
            work.record(RoleGrant, **facts, starts_at=now - timedelta(days=1), reason="hired", granted_by_id=1)
    office = TerminalOffice.opened(terminal, trial.store)
    office.now = now
    return office


def test_a_pack_from_issue_to_closing(terminal: Terminal, sqlite_trial: Trial) -> None:
    """Issued and printed, typed, compared by somebody else, reconciled, closed."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.later(20)
    office = at_terminal(terminal, sqlite_trial, Role.PHARMACIST, Role.COORDINATOR, Role.INVESTIGATOR)
    pat, cora, ivy = (("--user", str(role)) for role in (Role.PHARMACIST, Role.COORDINATOR, Role.INVESTIGATOR))
    said = office.does("outage", "pack", FIRST_SITE, *STUDY, "--paper", "pack.pdf", *pat)
    assert said.startswith("K-0001: 4 kits for 1 subjects, 1 seals; valid until ")
    printed = Path("pack.pdf").read_bytes()
    office.does("outage", "print", "K-0001", "again.pdf", *STUDY, *pat)
    assert Path("again.pdf").read_bytes() == printed
    kits = [row["number"] for row in sqlite_trial.rows(Kit, assignment="preallocated")]
    office.wait(days=8)
    began, happened = (f"{office.now - timedelta(hours=hours):%Y-%m-%dT%H:%M%z}" for hours in (6, 5))
    times = ("--outage-from", began, "--happened", happened)
    given = [word for kit in kits for word in ("--kit", kit)]
    office.does("outage", "enter", "K-0001", *STUDY, *times, "--subject", subject, "--visit", "W4", *given, *pat)
    broken = ("--seal", "1", "--reason", "overdose", "--opened-by", "Dr Ek")
    office.does("outage", "enter-code-break", "K-0001", *STUDY, *times, *broken, *ivy)
    told = office.types("outage", "reconcile", "K-0001", *STUDY, "--json", *pat)
    assert (told.exit_code, json.loads(told.out)["adds_up"]) == (1, False)
    assert "You typed this entry" in office.refused("outage", "check", "K-0001", "1", *STUDY, *pat)
    assert "as_assigned" in office.does("outage", "check", "K-0001", "1", *STUDY, *cora)
    office.does("outage", "check", "K-0001", "2", *STUDY, *cora)
    assert "Name every seal" in office.refused(
        "outage", "close", "K-0001", *STUDY, "--opened", "9", "lost", "--reason", "It is back", *pat
    )
    opened = ("--opened", "1", "For the hospital", "--reason", "It is back")
    assert "0 kits are free again" in office.does("outage", "close", "K-0001", *STUDY, *opened, *pat)
    said = office.does("outage", "reconcile", "K-0001", *STUDY, *pat)
    assert said == "4 kits set apart: 4 given on paper.\nIt adds up.\n"


def test_what_is_refused_is_one_line(terminal: Terminal, sqlite_trial: Trial) -> None:
    """A site without subjects, a pack that is none, a visit that is none."""
    office = at_terminal(terminal, sqlite_trial, Role.PHARMACIST)
    pat = ("--user", str(Role.PHARMACIST))
    assert "would hold nothing" in office.refused("outage", "pack", FIRST_SITE, *STUDY, *pat)
    assert "No such pack" in office.refused("outage", "recall", "K-0009", *STUDY, "--reason", "lost", *pat)
    times = ("--outage-from", "2026-03-02T08:00+0000", "--happened", "2026-03-02T09:00+0000")
    words = ("--subject", "1", "--visit", "W4.x", "--kit", "1")
    assert "not a visit" in office.refused("outage", "enter", "K-0009", *STUDY, *times, *words, *pat)
