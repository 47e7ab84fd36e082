"""Invitations: who may send them, what the letter says, how they are accepted, and what conflicts say twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import TextClause, text

from irt.blinding.conflicts import RolesConflict
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.invitations import invitations
from irt.services.accept_invitation import (
    AcceptInvitation,
    AnotherPerson,
    HasAccount,
    JoinByInvitation,
    LinkDead,
    accept_invitation,
    join_by_invitation,
)
from irt.services.accounts import CreateAccount, UsernameTaken, create_account
from irt.services.deliver_outbox import Mailroom, deliver_outbox
from irt.services.grant_role import GrantRole, GrantToOneself, NotTrained, grant_role
from irt.services.invitation_letters import token_of
from irt.services.invite_person import (
    InvitePerson,
    NotOpen,
    WithdrawInvitation,
    invite_person,
    withdraw_invitation,
)
from irt.services.passwords import WeakPassword
from irt.services.sign_in import SignInOutcome
from tests.cast import PASSWORD, TEMPORARY, Office
from tests.rows import put_study

IVO = "ivo@example.org"
ADDRESS = "https://irt.example.org"


@dataclass
class Bag:
    """Keeps letters."""

    letters: list[EmailMessage] = field(default_factory=list)

    def deliver(self, letter: EmailMessage) -> None:
        """Takes it."""
        self.letters.append(letter)


@dataclass
class Ground:
    """An office with a study, and people invited to it."""

    office: Office
    study: dict[str, int]
    bag: Bag = field(default_factory=Bag)

    def invites(self, role: Role = Role.PHARMACIST, email: str = IVO, **more: Any) -> str:
        """Ada invites; the invitation's id."""
        where = {"study_id": self.study["study"], **({"site_id": self.study["site"]} if role in AT_SITE else {})}
        facts = {"email": email, "role": role, "reason": "delegation log", "trained": True, **where, **more}
        public_id: str = self.office.does(self.office.ada, invite_person, InvitePerson(**facts)).public_id
        return public_id

    def delivers(self, address: str = ADDRESS) -> list[EmailMessage]:
        """Letters that left."""
        self.bag.letters.clear()
        deliver_outbox(self.office.store, Mailroom(self.bag, "irt@x.example", address), self.office.now)
        return self.bag.letters

    def accepts(self, public_id: str, username: str = "ivo", password: str = PASSWORD) -> Any:
        """Somebody with the link makes an account."""
        ask = AcceptInvitation(
            token=self.token(public_id), username=username, printed_name="Ivo Santoro", password=SecretStr(password)
        )
        return self.office.does(self.office.system, accept_invitation, ask)

    def token(self, public_id: str) -> SecretStr:
        """What the link carries."""
        return SecretStr(token_of(self.office.store.seal, public_id))

    def states(self) -> dict[str, str]:
        """Every invitation and where it stands."""
        with self.office.store.reading() as connection:
            found = invitations(connection, frozenset({None}), self.office.now)
        return {one.public_id: str(one.state) for one in found}


def text_of(table: str) -> TextClause:
    """Everything in a table."""
    return text(f"SELECT * FROM {table}")


AT_SITE = (Role.PHARMACIST, Role.MONITOR, Role.COORDINATOR)


@pytest.fixture
def ground(office: Office) -> Iterator[Ground]:
    """One study with a site."""
    return Ground(office, put_study(office.store, "A-1"))


def test_a_newcomer_makes_an_account_that_signs_from_the_first_day(ground: Ground) -> None:
    """The password is their own, the role holds, the training is on file, and the link opens once."""
    public_id = ground.invites()
    made = ground.accepts(public_id)
    person = ground.office.account("ivo")
    assert [(grant.role, grant.site_id) for grant in person.grants] == [(Role.PHARMACIST, ground.study["site"])]
    answer = ground.office.tries("ivo")
    assert (answer.outcome, answer.password_temporary) == (SignInOutcome.SIGNED_IN, False)
    assert ground.states() == {public_id: "accepted"}
    assert made.username == "ivo"
    with pytest.raises(LinkDead):
        ground.accepts(public_id, "eve")


def test_the_letter_is_neutral_and_its_link_opens(ground: Ground) -> None:
    """It names the one who invites, and no study, role or place; nothing in the database makes the link."""
    public_id = ground.invites(Role.SUPPLY_MANAGER)
    (letter,) = ground.delivers()
    words = letter.get_content()
    assert letter["To"] == IVO
    assert "Ada Finn invites you" in words
    for word in ("A-1", "supply", "blind", "manager"):
        assert word not in f"{letter['Subject']}{words}".lower()
    found = re.search(rf"{ADDRESS}/invitation/(\S+)", words)
    assert found
    assert found[1] == ground.token(public_id).get_secret_value()
    with ground.office.store.reading() as connection:
        tables = ("invitation", "outbox", "command", "audit_entry")
        stored = [str(row) for name in tables for row in connection.execute(text_of(name))]
    assert [row for row in stored if found[1].partition("-")[2] in row] == []
    assert len(stored) > 5
    assert ground.delivers() == []


def test_without_an_address_the_letter_waits(ground: Ground) -> None:
    """It is held, not lost."""
    ground.invites()
    assert ground.delivers("") == []
    ground.office.wait(hours=6)
    assert len(ground.delivers()) == 1


def test_a_link_dies_with_time_or_by_withdrawal(ground: Ground) -> None:
    """Both in the words of a link that was never made; a letter that waited stays."""
    old, gone = ground.invites(), ground.invites(email="eve@example.org")
    ask = WithdrawInvitation(public_id=gone, reason="another person")
    ground.office.does(ground.office.ada, withdraw_invitation, ask)
    assert [letter["To"] for letter in ground.delivers()] == [IVO]
    with pytest.raises(NotOpen):
        ground.office.does(ground.office.ada, withdraw_invitation, ask)
    ground.office.wait(days=7)
    for public_id in (old, gone, "0" * 16):
        with pytest.raises(LinkDead):
            ground.accepts(public_id)
    forged = AcceptInvitation(
        token=SecretStr(f"{old}-{'0' * 64}"), username="x", printed_name="X", password=SecretStr("y" * 12)
    )
    with pytest.raises(LinkDead):
        ground.office.does(ground.office.system, accept_invitation, forged)
    assert ground.states() == {old: "expired", gone: "withdrawn"}


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"email": "ivo"}, BadInput),
        ({"trained": False}, NotTrained),
        ({"site_id": None}, BadInput),
    ],
)
def test_what_is_refused_at_once(ground: Ground, asked: dict[str, Any], refusal: type[Refusal]) -> None:
    """An address that is none, an untrained person, a missing place."""
    with pytest.raises(refusal):
        ground.invites(**asked)
    assert ground.states() == {}


def test_conflicts_are_judged_at_invitation(ground: Ground) -> None:
    """Against roles the address's account ever held, and against what the address is offered already."""
    ground.accepts(ground.invites(Role.SUPPLY_MANAGER))
    with pytest.raises(RolesConflict):
        ground.invites(Role.COORDINATOR, email="IVO@example.org")
    ground.invites(Role.COORDINATOR, email="eve@example.org")
    with pytest.raises(RolesConflict):
        ground.invites(Role.SUPPLY_MANAGER, email="eve@example.org")


def test_conflicts_are_judged_again_at_acceptance(ground: Ground) -> None:
    """A role given in between excludes the one offered before; nothing is left half done."""
    office = ground.office
    bo = office.does(
        office.ada,
        create_account,
        CreateAccount(username="bo", printed_name="Bo", email=IVO, password=SecretStr(TEMPORARY), trained=True),
    )
    public_id = ground.invites(Role.COORDINATOR)
    ask = GrantRole(account_id=bo.account_id, role=Role.SUPPLY_MANAGER, study_id=ground.study["study"], reason="x")
    office.does(office.ada, grant_role, ask)
    with pytest.raises(RolesConflict):
        office.does(office.account("bo"), join_by_invitation, JoinByInvitation(token=ground.token(public_id)))
    assert ground.states() == {public_id: "open"}


def test_whoever_is_here_already_joins_with_their_account(ground: Ground) -> None:
    """A second account is refused, since it would hide the first one's history; nobody else can join."""
    ground.accepts(ground.invites())
    second = ground.invites(Role.MONITOR)
    with pytest.raises(HasAccount):
        ground.accepts(second, "ivo.two")
    office = ground.office
    join = JoinByInvitation(token=ground.token(second))
    with pytest.raises(AnotherPerson):
        office.does(office.hire("eve"), join_by_invitation, join)
    office.does(office.account("ivo"), join_by_invitation, join)
    assert sorted(grant.role for grant in office.account("ivo").grants) == [Role.MONITOR, Role.PHARMACIST]


def test_names_and_passwords_are_judged_as_everywhere(ground: Ground) -> None:
    """A name that was given before, a password that is easy to guess; the link stays open."""
    public_id = ground.invites()
    with pytest.raises(UsernameTaken):
        ground.accepts(public_id, "ada")
    with pytest.raises(WeakPassword):
        ground.accepts(public_id, password="short")
    assert ground.states() == {public_id: "open"}


def test_nobody_invites_themselves_or_beyond_their_study(ground: Ground) -> None:
    """An administrator of one study invites to that study alone."""
    office, other = ground.office, put_study(ground.office.store, "B-1")
    office.hire("local", (Role.ADMINISTRATOR, {"study_id": ground.study["study"]}))
    facts = {"role": Role.INSPECTOR, "reason": "Inspection", "trained": True}
    ask = InvitePerson(email=IVO, study_id=other["study"], **facts)
    with pytest.raises(NotAllowed):
        office.does(office.account("local"), invite_person, ask)
    with office.store.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET email = 'ada@example.org' WHERE username = 'ada'")
    with pytest.raises(GrantToOneself):
        ground.invites(Role.INSPECTOR, email="Ada@example.org")


def test_an_offered_role_has_its_end(ground: Ground) -> None:
    """It ends when it was said to."""
    ends_at = ground.office.now + timedelta(days=3)
    ground.accepts(ground.invites(ends_at=ends_at))
    assert ground.office.account("ivo").grants
    ground.office.wait(days=3)
    assert ground.office.account("ivo").grants == ()
