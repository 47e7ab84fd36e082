"""Mails: to whom a message goes, what its letter says, that it leaves once, and that giving up is seen."""

import mailbox
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import SQLModel

from irt.blinding.audience import Audience
from irt.blinding.roles import Permission, Role
from irt.reads.addressees import addressees
from irt.services.accounts import CreateAccount, DisableAccount, create_account, disable_account
from irt.services.audit_draft import AuditDraft
from irt.services.deliver_outbox import Mailroom, deliver_outbox
from irt.services.grant_role import GrantRole, grant_role
from irt.services.outbox import ATTEMPTS_MAX, LONGEST_WAIT, write_outbox
from irt.services.post import MailFolder, MailServer
from irt.services.work import Work
from irt.states.records import Mode
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Outbox
from irt.tables.study import Depot, Site, Sponsor, Study
from tests.cast import TEMPORARY, Office

SENDER = "irt@trials.example"


class Cause(SQLModel):
    """Something that happened, of which people are told."""

    study_id: int
    kind: str
    audience: Audience
    body: dict[str, Any]


class Caused(SQLModel):
    """The message's number."""

    message_id: int


def cause(work: Work, ask: Cause) -> Caused:
    """A use case with a message."""
    message_id = write_outbox(work, ask.kind, ask.audience, ask.body, ask.study_id)
    work.audit(AuditDraft("caused", "message", str(message_id), study_id=ask.study_id))
    return Caused(message_id=message_id)


@dataclass
class Bag:
    """Keeps letters, and refuses as many as it is told to."""

    refuse: int = 0
    letters: list[EmailMessage] = field(default_factory=list)

    def deliver(self, letter: EmailMessage) -> None:
        """Takes the letter, or is out of order."""
        if self.refuse:
            self.refuse -= 1
            raise smtplib.SMTPServerDisconnected("out of order")
        self.letters.append(letter)


@dataclass
class Ground:
    """A study with two sites, and its office."""

    office: Office
    study_id: int
    sites: dict[str, int]

    def hires(self, username: str, role: Role, site: str | None = None, email: str | None = None) -> None:
        """Somebody with an address."""
        made = self.office.does(
            self.office.ada,
            create_account,
            CreateAccount(
                username=username,
                printed_name=username.title(),
                email=f"{username}@hospital.example" if email is None else email,
                password=SecretStr(TEMPORARY),
                trained=True,
            ),
        )
        place = {"site_id": self.sites[site]} if site else {}
        ask = GrantRole(account_id=made.account_id, role=role, study_id=self.study_id, reason="hired", **place)
        self.office.does(self.office.ada, grant_role, ask)

    def tells(self, kind: str, audience: Audience, **body: Any) -> int:
        """Something happens."""
        ask = Cause(study_id=self.study_id, kind=kind, audience=audience, body=body)
        message_id: int = self.office.does(self.office.ada, cause, ask).message_id
        return message_id

    def breaks(self, audience: Audience = Audience.BLINDED) -> int:
        """The code of a subject of site 1001 is broken."""
        return self.tells(
            "code_broken",
            audience,
            study="Lipids",
            site="1001",
            subject="1001-0003",
            at="2026-03-02T08:00:00+00:00",
            reason_category="medical_emergency",
        )

    def delivers(self, bag: Bag) -> list[str]:
        """Who got a letter."""
        deliver_outbox(self.office.store, Mailroom(bag, SENDER), self.office.now)
        return [letter["To"].partition("@")[0] for letter in bag.letters]


@pytest.fixture
def ground(office: Office) -> Ground:
    """A training study with two sites."""
    with office.store.writing() as connection:
        work = Work(office.store, connection, office.system, office.now)
        sponsor_id = work.record(Sponsor, name="Nordbeck")
        owner = {"sponsor_id": sponsor_id}
        study_id = work.record(
            Study,
            **owner,
            protocol="NB-301",
            name="Lipids",
            mode=Mode.TRAINING,
            opened_at=office.now,
        )
        owner |= {"study_id": study_id}
        depot_id = work.record(Depot, **owner, code="NLD", name="Depot", country="NL", zone="Europe/Amsterdam")
        sites = {
            number: work.record(
                Site,
                **owner,
                number=number,
                name=number,
                country="GB",
                region="EU",
                zone="Europe/London",
                depot_id=depot_id,
                status="active",
                label_group="all",
                version_number=1,
            )
            for number in ("1001", "1002")
        }
    return Ground(office, study_id, sites)


EVERYBODY = {
    "pia": (Role.PHARMACIST, "1001"),
    "per": (Role.PHARMACIST, "1002"),
    "una": (Role.UNBLINDED_PHARMACIST, "1001"),
    "sam": (Role.SAFETY, None),
    "sue": (Role.SUPPLY_MANAGER, None),
    "pete": (Role.SUPPLY_PLANNER, None),
    "stan": (Role.UNBLINDED_STATISTICIAN, None),
    "ivo": (Role.INSPECTOR, None),
    "tara": (Role.STUDY_TEAM, None),
}


@pytest.fixture
def staffed(ground: Ground) -> Ground:
    """With somebody of many roles."""
    for username, (role, site) in EVERYBODY.items():
        ground.hires(username, role, site)
    return ground


@pytest.mark.parametrize(
    ("audience", "permission", "told"),
    [
        (Audience.BLINDED, Permission.VIEW_SUBJECTS, ["pia", "ivo"]),
        (Audience.UNBLINDED_PHARMACIST, Permission.VIEW_SUBJECTS, ["una"]),
        (Audience.SAFETY, Permission.VIEW_SUBJECTS, ["sam"]),
        (Audience.UNBLINDED, Permission.VIEW_SUPPLY, ["sue"]),
        (Audience.BLINDED, Permission.VIEW_SUPPLY, ["pete"]),
        (Audience.UNBLINDED, Permission.VIEW_RANDOMIZATION, ["stan"]),
    ],
)
def test_an_audience_is_found_from_roles(
    staffed: Ground, audience: Audience, permission: Permission, told: list[str]
) -> None:
    """Of its people those who may do what the message is about, at the site it is about."""
    office, site = staffed.office, staffed.sites["1001"]
    with office.store.reading() as connection:
        found = addressees(connection, audience, permission, staffed.study_id, site, office.now)
    assert [person.printed_name.lower() for person in found] == told


def test_a_code_break_is_told_twice_and_blindly(staffed: Ground) -> None:
    """The site's blinded people and safety get the same words; nobody is told what was seen."""
    staffed.breaks()
    staffed.breaks(Audience.SAFETY)
    bag = Bag()
    assert staffed.delivers(bag) == ["pia", "ivo", "sam"]
    bodies = {letter.get_content().partition("\n")[2] for letter in bag.letters}
    assert len(bodies) == 1
    assert "The treatment code of subject 1001-0003 at site 1001 was broken on 02 Mar 2026 at 08:00" in bodies.pop()
    assert {letter["Subject"] for letter in bag.letters} == {
        "[training] NB-301: the code of a subject at site 1001 was broken"
    }


def test_supply_is_told_without_what_is_missing(staffed: Ground) -> None:
    """The sentence is the neutral one of the refusal."""
    sentence = "Randomize was refused for subject 1001-0003."
    staffed.tells("supply_needed", Audience.UNBLINDED, sentence=sentence, site_id=staffed.sites["1001"])
    bag = Bag()
    assert staffed.delivers(bag) == ["sue"]
    assert sentence in bag.letters[0].get_content()


def test_a_letter_leaves_once(staffed: Ground) -> None:
    """What has left does not come due again."""
    staffed.breaks(Audience.SAFETY)
    bag = Bag()
    assert staffed.delivers(bag) == ["sam"]
    staffed.office.wait(days=9)
    assert staffed.delivers(bag) == ["sam"]


def test_a_second_try_has_the_same_message_id(staffed: Ground) -> None:
    """So a letter that arrives twice is seen to be one."""
    staffed.breaks()
    bag = Bag()
    half = Bag()

    def one_then_none(letter: EmailMessage) -> None:
        if half.letters:
            raise ConnectionResetError("gone")
        half.letters.append(letter)

    half.deliver = one_then_none  # type: ignore[method-assign]  # a post that breaks off in the middle
    assert staffed.delivers(half) == ["pia"]
    staffed.office.wait(minutes=2)
    assert staffed.delivers(bag) == ["pia", "ivo"]
    assert bag.letters[0]["Message-ID"] == half.letters[0]["Message-ID"]
    assert len({letter["Message-ID"] for letter in bag.letters}) == 2


def test_giving_up_is_seen(staffed: Ground) -> None:
    """After ten tries the study's history says that nobody was told; the message stays."""
    message = staffed.breaks(Audience.SAFETY)
    for _ in range(ATTEMPTS_MAX + 2):
        staffed.delivers(Bag(refuse=9))
        staffed.office.wait(seconds=LONGEST_WAIT.total_seconds())
    assert staffed.delivers(Bag()) == []
    assert [(row.record, row.new["tries"]) for row in _given_up(staffed.office)] == [(str(message), ATTEMPTS_MAX)]
    table = table_of(Outbox)
    with staffed.office.store.reading() as connection:
        assert connection.execute(select(table.c.sent_at).where(table.c.id == message)).scalar() is None


def test_a_message_for_nobody_is_given_up(ground: Ground) -> None:
    """Nobody of safety has an address, or the account was closed."""
    ground.hires("sam", Role.SAFETY, email="")
    ground.hires("sol", Role.SAFETY)
    closed = DisableAccount(account_id=ground.office.account("sol").account_id, reason="left")
    ground.office.does(ground.office.ada, disable_account, closed)
    ground.breaks(Audience.SAFETY)
    for _ in range(ATTEMPTS_MAX):
        assert ground.delivers(Bag()) == []
        ground.office.wait(seconds=LONGEST_WAIT.total_seconds())
    assert len(_given_up(ground.office)) == 1


def test_an_unknown_kind_holds_up_nobody(staffed: Ground) -> None:
    """The message behind it is sent."""
    staffed.tells("weather", Audience.SAFETY)
    staffed.breaks(Audience.SAFETY)
    assert staffed.delivers(Bag()) == ["sam"]


def _given_up(office: Office) -> list[Any]:
    entries = table_of(AuditEntry)
    with office.store.reading() as connection:
        return list(connection.execute(select(entries).where(entries.c.act == "message_given_up")).all())


def letter() -> EmailMessage:
    """Any letter."""
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = SENDER, "pia@hospital.example", "NB-301: a trial"
    written.set_content("Ærlig talt.\n")
    return written


def test_a_folder_keeps_letters_as_files(tmp_path: Path) -> None:
    """Any mail program opens it."""
    folder = tmp_path / "new" / "mail"
    MailFolder(folder).deliver(letter())
    MailFolder(folder).deliver(letter())
    assert [kept["Subject"] for kept in mailbox.Maildir(folder)] == ["NB-301: a trial"] * 2


class _Server(TCPServer):
    """A mail server of one page: it says yes to everything and keeps what it gets."""

    allow_reuse_address = True
    got: list[bytes]


class _Dialogue(StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self._say("354 go on")
                self._keep()
            if word == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 yes")

    def _keep(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.got.append(b"".join(lines))  # type: ignore[attr-defined]  # our own server

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def server() -> Iterator[_Server]:
    """The server, on a free port of this machine."""
    with _Server(("127.0.0.1", 0), _Dialogue) as running:
        running.got = []
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_server_is_handed_the_letter(server: _Server) -> None:
    """Over SMTP, as it was written."""
    MailServer("127.0.0.1", server.server_address[1], "none").deliver(letter())
    (got,) = server.got
    assert message_from_bytes(got)["Subject"] == "NB-301: a trial"


def test_a_server_that_is_gone_is_an_error() -> None:
    """One of those after which the letter is tried again."""
    with pytest.raises(OSError, match="refused"):
        MailServer("127.0.0.1", 1, "none").deliver(letter())
