"""Notices a study asks for: written at night for each kind of reader, held until a person approves the words."""

from datetime import UTC, datetime, time, timedelta

import pytest
from pydantic import SecretStr

from irt.blinding.roles import Role
from irt.errors import NotAllowed, NotFound
from irt.reads.blinded_notices import notice_lines, notice_of, wording_digest
from irt.services.accounts import CreateAccount, create_account
from irt.services.deliver_outbox import Mailroom, deliver_outbox
from irt.services.grant_role import GrantRole, grant_role
from irt.services.notices import JudgeNotice, WordingChanged, judge_notice
from irt.services.outbox import ATTEMPTS_MAX, LONGEST_WAIT
from irt.services.store import Store
from irt.study.notices import Notice
from irt.tables.record import AuditEntry, Outbox
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.cast import TEMPORARY, Office
from tests.irt.services.test_deliver_outbox import Bag

KINDS = ("delivery_expected", "night_planned")
SECRETS = ("PEN-A", "PEN-P", "placebo", "60")


class Night:
    """A house whose night was planned, with readers of each kind."""

    def __init__(self, store: Store, kinds: tuple[str, ...] = KINDS) -> None:
        asked = tuple(Notice.model_validate({"kind": kind}) for kind in kinds)
        self.house = SupplyHouse.of(store, the_lipid_study().model_copy(update={"notices": asked}))
        self.house.load()
        ((_, self.site_id),) = self.house.sites(1)
        self.house.resupply(night=True)
        self.office, self.bag = Office.founded(store), Bag()
        self.now = datetime.combine(self.house.day, time(13), UTC)
        site = {"site_id": self.site_id}
        for name, role, where in (
            ("pia", Role.PHARMACIST, site),
            ("ulf", Role.UNBLINDED_PHARMACIST, site),
            ("per", Role.SUPPLY_PLANNER, {}),
            ("sue", Role.SUPPLY_MANAGER, {}),
        ):
            self._hire(name, role, where)

    def _hire(self, name: str, role: Role, where: dict[str, int]) -> None:
        ask = CreateAccount(
            username=name,
            printed_name=name.title(),
            password=SecretStr(TEMPORARY),
            trained=True,
            email=f"{name}@x.example",
        )
        person = self.office.does(self.office.ada, create_account, ask)
        place = {"study_id": self.house.study_id, **where}
        self.office.does(
            self.office.ada, grant_role, GrantRole(account_id=person.account_id, role=role, reason="hired", **place)
        )

    def judge(self, kind: str, granted: bool = True, who: Role = Role.STUDY_TEAM, **changes: str) -> None:
        """A person's word on the wording as it stands."""
        with self.house.store.reading() as connection:
            wording = wording_digest(notice_of(connection, self.house.study_id, kind))
        facts = {"study_id": self.house.study_id, "kind": kind, "wording": wording, "granted": granted, **changes}
        self.house.do(who, judge_notice, JudgeNotice.model_validate(facts))

    def deliver(self, **passing: float) -> dict[str, str]:
        """Lets time pass and the outbox be tried; who got which subjects."""
        self.now += timedelta(**passing)
        self.bag.letters.clear()
        deliver_outbox(self.house.store, Mailroom(self.bag, "irt@x.example"), self.now)
        return {str(letter["To"]).partition("@")[0]: str(letter["Subject"]) for letter in self.bag.letters}


def planned(store: Store) -> Night:
    """The night of a small study."""
    return Night(store)


def test_letters_are_held_until_their_wording_is_approved(store: Store) -> None:
    """No try is counted, the reason stands beside; then each reader gets the letter of their kind, once."""
    night = planned(store)
    for _ in range(ATTEMPTS_MAX + 2):
        assert night.deliver(seconds=LONGEST_WAIT.total_seconds()) == {}
    held = night.house.rows(Outbox)
    assert len(held) == 4
    assert all(row["sent_at"] is None and row["attempts"] == 0 for row in held)
    assert all("not approved" in row["held_because"] for row in held)
    night.now = datetime.combine(night.house.day, time(12), UTC)
    night.judge("delivery_expected")
    sent = night.deliver(seconds=1)
    assert set(sent) == {"pia", "ulf"}
    assert all("S-10001" in subject for subject in sent.values())
    blinded, unblinded = sorted((str(one["To"]), one.get_content()) for one in night.bag.letters)
    assert "Contents" in unblinded[1]
    assert "Contents" not in blinded[1]
    assert night.deliver(days=1) == {}
    night.judge("night_planned")
    assert set(night.deliver(seconds=1)) == {"per", "sue"}


def test_no_letter_tells_a_quantity_or_what_is_inside(sqlite_store: Store) -> None:
    """Written at night for the whole site; nothing in it follows from one subject's arm."""
    night = planned(sqlite_store)
    for kind in KINDS:
        night.judge(kind)
    night.deliver(seconds=1)
    words = [f"{one['Subject']} {one.get_content()}" for one in night.bag.letters]
    assert len(words) == 4
    assert [secret for secret in SECRETS if any(secret in each for each in words)] == []


def test_a_withdrawn_or_changed_wording_holds_again(sqlite_store: Store) -> None:
    """What was looked at is what may be sent; every word of a person is in the audit trail."""
    night = planned(sqlite_store)
    with pytest.raises(WordingChanged):
        night.judge("night_planned", wording="0" * 64)
    night.judge("night_planned")
    night.judge("night_planned", granted=False)
    assert night.deliver(seconds=1) == {}
    told = [row["act"] for row in night.house.rows(AuditEntry, record_kind="notice")]
    assert told == ["notice_approved", "notice_withdrawn"]


def test_only_whoever_approves_the_study_decides(sqlite_store: Store) -> None:
    """And only on kinds that the study asks for."""
    night = planned(sqlite_store)
    for role in (Role.PHARMACIST, Role.SUPPLY_MANAGER, Role.DEPOT):
        with pytest.raises(NotAllowed):
            night.judge("night_planned", who=role)
    with pytest.raises(NotFound):
        night.house.do(
            Role.STUDY_TEAM,
            judge_notice,
            JudgeNotice(study_id=night.house.study_id, kind="code_broken", wording="x", granted=True),
        )


def test_the_preview_names_the_readers_of_each_letter(sqlite_store: Store) -> None:
    """Blinded and unblinded people are on no list together; the example is the newest shipment."""
    night = planned(sqlite_store)
    with night.house.store.reading() as connection:
        delivery, supply = notice_lines(connection, night.house.study_id, night.now)
    readers = {one.audience: one.recipients for one in delivery.previews}
    assert readers == {"blinded": ("Pia",), "unblinded_pharmacist": ("Ulf",)}
    assert {one.audience: one.recipients for one in supply.previews} == {"blinded": ("Per",), "unblinded": ("Sue",)}
    assert (delivery.example, delivery.waiting, delivery.approved) == ("shipment S-10001", 2, False)
    assert "S-10001" in delivery.previews[0].subject


def test_a_day_planned_by_hand_and_a_study_that_asks_for_nothing_write_none(sqlite_store: Store) -> None:
    """Letters belong to the night."""
    house = SupplyHouse.of(sqlite_store)
    house.load()
    house.sites(1)
    house.resupply(night=True)
    assert house.rows(Outbox) == []
