"""Controlled drugs: licences before shipping, approval of each parcel, two people at every change of hands."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from irt.audit.entry import study_chain
from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import NotAllowed, NotFound
from irt.reads.blinded_exceptions import open_exceptions
from irt.reads.blinded_register import controlled_places, discrepancies_of, register_of
from irt.reads.signatures import verify_signatures
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.check_kit import CheckKit, check_kit
from irt.services.controlled_drugs import LicenceMissing
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.destroy_kits import DestroyKits, destroy_kits
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.services.hand_over_kits import HandOver, HandOverFewer, hand_over_fewer, hand_over_kits
from irt.services.move_kits import lock_kits, move_kits
from irt.services.propose_licence import ProposeLicence
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.report_discrepancy import NothingToReport, ReportDiscrepancy, report_discrepancy
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.services.sign_receipt import SignReceipt, sign_receipt
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.services.verify_kits import VerifyKits, monitor_returns, verify_returns
from irt.services.witness import Witnessing, WitnessMissing, WitnessNotAllowed
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement
from irt.tables.people import RoleGrant
from irt.tables.record import AuditEntry, Signature
from irt.tables.shipment import Shipment
from irt.tables.study import Depot
from tests.builders import a_store, migrated
from tests.builders_supply import DAY
from tests.builders_trial import LOTS, Trial, the_trial_study
from tests.cast import PASSWORD, signing
from tests.remembered import remembered

VALID_UNTIL = date(2027, 12, 31)


@cache
def controlled_study() -> StudyDefinition:
    """The trial, whose pens are narcotics in the United Kingdom and in the Netherlands."""
    trial = the_trial_study()
    groups = tuple(
        group.model_copy(update={"schedules": {"GB": "2", "NL": "I"}}) for group in trial.blinding_groups
    )
    return trial.model_copy(update={"blinding_groups": groups})


def requested(store: Store) -> Trial:
    """A site with one parcel that waits for approval, and people of the site who can be witnesses."""
    house = Trial.of(store, controlled_study())
    house.load(LOTS)
    house.sites(1)
    assert house.resupply().shipments
    with store.writing() as connection:
        work = Work(store, connection, Actor(0, "founder", ()), datetime.combine(DAY, time(12), UTC))
        for role in (Role.PHARMACIST, Role.COORDINATOR, Role.QUALIFIED_PERSON):
            work.record(
                RoleGrant,
                account_id=1 + list(Role).index(role),
                role=role,
                study_id=house.study_id,
                starts_at=datetime.combine(DAY, time(1), UTC),
                reason="hired",
            )
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Trial]:
    """On SQLite, for rules alone."""
    url = f"sqlite:///{tmp_path}/controlled.sqlite"
    migrated(url)
    store = a_store(url)
    try:
        yield remembered(store, requested)
    finally:
        store.close()


def witness(role: Role, password: str = PASSWORD) -> Witnessing:
    """Somebody who signs beside."""
    return Witnessing(username=role, password=SecretStr(password))


def parcel(house: Trial) -> str:
    """The number of the one shipment."""
    return str(house.rows(Shipment)[-1]["number"])


def licences(house: Trial, **ends: Any) -> None:
    """Licences of the depot and the site, proposed by one person and approved by another."""
    for place in ({"depot": "NLD"}, {"site": "1001"}):
        facts = {"number": f"CD-{next(iter(place.values()))}", "valid_until": VALID_UNTIL, **ends}
        ask = ProposeLicence(
            study_id=house.study_id, effective_from=house.day, reason="Inspected", **place, **facts
        )
        house.agree(ask)


def sent(house: Trial) -> None:
    """Approved and dispatched, and two days later."""
    house.do(Role.SUPPLY_MANAGER, approve_shipment, ApproveShipment(study_id=house.study_id, number=parcel(house)))
    for service in (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment):
        house.do(Role.DEPOT, service, StepShipment(study_id=house.study_id, number=parcel(house)))
    house.later(2)


def receipt(house: Trial, beside: Witnessing | None, missing: int = 0) -> SignReceipt:
    """Every kit of the parcel, the first ones missing."""
    kits = sorted(row["number"] for row in house.rows(Kit, custody="shipment"))
    facts = {"study_id": house.study_id, "number": parcel(house), "missing": kits[:missing]}
    return SignReceipt(**facts, received=kits[missing:], signing=signing(), witness=beside)


def stocked(house: Trial, missing: int = 0) -> Trial:
    """Received by the coordinator before the pharmacist."""
    licences(house)
    sent(house)
    house.do(house.staff, sign_receipt, receipt(house, witness(Role.PHARMACIST), missing))
    return house


def test_every_parcel_is_approved_and_both_ends_need_a_licence(house: Trial) -> None:
    """Until then nothing leaves; a licence that has ended stops the parcel at the door of the depot too."""
    assert {row["status"] for row in house.rows(Shipment)} == {"awaiting_approval"}
    with pytest.raises(LicenceMissing, match="Depot NLD has no licence"):
        sent(house)
    licences(house, valid_until=house.day + timedelta(days=1))
    house.later(2)
    with pytest.raises(LicenceMissing):
        sent(house)
    house.later(-2)
    sent(house)
    assert house.rows(Shipment)[-1]["status"] == "in_transit"


def test_a_receipt_has_its_witness(house: Trial) -> None:
    """Somebody else, of the site, who proves who they are; never unsigned."""
    licences(house)
    sent(house)
    unsigned = ReceiveShipment(**receipt(house, None).model_dump(exclude={"signing", "witness"}))
    with pytest.raises(WitnessMissing):
        house.do(house.staff, receive_shipment, unsigned)
    for beside, refusal in (
        (None, WitnessMissing),
        (witness(Role.COORDINATOR), SamePerson),
        (witness(Role.QUALIFIED_PERSON), WitnessNotAllowed),
        (witness(Role.PHARMACIST, "wrong"), SigningRefused),
        (Witnessing(username="nobody", password=SecretStr("x")), SigningRefused),
    ):
        with pytest.raises(refusal):
            house.do(house.staff, sign_receipt, receipt(house, beside))
    assert house.rows(Shipment)[-1]["status"] == "in_transit"
    house.do(house.staff, sign_receipt, receipt(house, witness(Role.PHARMACIST)))
    assert [row["meaning"] for row in house.rows(Signature)][-2:] == [
        "I received this shipment",
        "I was there and saw it",
    ]


def test_the_whole_way_on_both_databases(store: Store) -> None:
    """Received, handed over and missing: the register runs with a balance, and the report comes in time or late."""
    house = stocked(remembered(store, requested), missing=1)
    subject = house.randomized("1001")
    dispensing = house.assign(subject)
    facts = {"study_id": house.study_id, "dispensing_id": dispensing.dispensing_id}
    scans = [kit.number for kit in dispensing.kits]
    with pytest.raises(WitnessMissing):
        house.do(house.staff, hand_over_kits, HandOver(**facts, scanned=scans))
    own = HandOver(**facts, scanned=scans, witness=witness(Role.COORDINATOR))
    with pytest.raises(SamePerson):
        house.do(house.staff, hand_over_kits, own)
    ask = HandOver(**facts, scanned=scans, witness=witness(Role.PHARMACIST))
    house.do(house.staff, hand_over_kits, ask)
    staff = house.actor(Role.PHARMACIST, site_id=house.site_id("1001"))
    with store.reading() as connection:
        (place,) = controlled_places(connection, staff, house.day)
        (group,) = place.groups
        register = register_of(connection, staff, house.study_id, "site", "1001", group.code, house.day)
        assert [(line.event, len(line.came), len(line.went)) for line in register.lines] == [
            ("receive", 59, 0),
            ("hand_over", 0, len(scans)),
        ]
        assert register.lines[-1].balance == group.balance == 59 - len(scans)
        assert {line.witness for line in register.lines} == {"pharmacist"}
        assert (place.licence, place.licence_holds) == ("CD-1001", True)
        with pytest.raises(NotFound):
            register_of(connection, staff, house.study_id, "site", "1002", group.code, house.day)
        (missing,) = discrepancies_of(connection, [place], _noon(house.day))
        assert (missing.event, missing.place, missing.late) == ("receive_missing", "site 1001", False)
        depot = controlled_places(connection, house.actor(Role.DEPOT), house.day)
        assert [(one.kind, one.code) for one in depot] == [("depot", "NLD")]
        assert verify_signatures(connection, study_chain(house.study_id)).fault is None
    house.later(2)
    told = ReportDiscrepancy(
        study_id=house.study_id,
        movement_id=missing.movement_id,
        happened="The seal was broken",
        told_to="Home Office, CD-12",
        signing=signing(),
    )
    done = house.do(Role.PHARMACIST, report_discrepancy, told)
    assert (done.kit, done.in_time) == (missing.kit, False)
    with pytest.raises(NothingToReport):
        house.do(Role.PHARMACIST, report_discrepancy, told)
    assert house.rows(AuditEntry)[-1]["act"] == "discrepancy_reported"


def test_fewer_kits_have_their_witness_too(house: Trial) -> None:
    """The other way to hand over."""
    stocked(house)
    dispensing = house.assign(house.randomized("1001"))
    facts = {"study_id": house.study_id, "dispensing_id": dispensing.dispensing_id}
    (first, *_) = (kit.number for kit in dispensing.kits)
    house.do(house.staff, check_kit, CheckKit(**facts, read=first))
    ask = HandOverFewer(**facts, given=[first], reason="One only")
    with pytest.raises(WitnessMissing):
        house.do(house.staff, hand_over_fewer, ask)
    house.do(house.staff, hand_over_fewer, ask.model_copy(update={"witness": witness(Role.PHARMACIST)}))
    assert house.rows(Kit, number=first)[0]["custody"] == "subject"


def test_a_kit_that_is_missed_waits_for_its_report(house: Trial) -> None:
    """Found by a report of a person as well as by a count."""
    stocked(house)
    number = str(house.rows(Kit, custody="site")[0]["number"])
    ask = ReportKit(study_id=house.study_id, site="1001", kit=number, report=Report.MISSING, reason="Not there")
    house.do(Role.PHARMACIST, report_kit, ask)
    with house.store.reading() as connection:
        places = controlled_places(connection, house.actor(Role.PHARMACIST), house.day)
        found = discrepancies_of(connection, places, _noon(house.day) + timedelta(hours=25))
    assert [(one.kit, one.late) for one in found] == [(number, True)]


def test_another_depot_does_not_report_what_one_misses(house: Trial) -> None:
    """A form is signed where the kit was due."""
    with house.store.writing() as connection:
        work = Work(house.store, connection, house.actor(Role.DEPOT), _noon(house.day))
        kit = work.one("kit", select(table_of(Kit).c.id).where(table_of(Kit).c.custody == "depot").limit(1))
        move_kits(work, lock_kits(work, [kit["id"]]), KitEvent.GO_MISSING, place_id=None, reason="Not there")
        depot = work.one("depot", select(table_of(Depot).c.id).where(table_of(Depot).c.code == "NLD"))["id"]
    (move,) = house.rows(Movement, event="go_missing")
    told = {"movement_id": move["id"], "happened": "The shelf is empty", "told_to": "Home Office"}
    ask = ReportDiscrepancy(study_id=house.study_id, **told, signing=signing())
    with pytest.raises(NotAllowed):
        house.do(house.actor(Role.DEPOT, depot_id=depot + 1), report_discrepancy, ask)
    assert house.do(house.actor(Role.DEPOT, depot_id=depot), report_discrepancy, ask).in_time


def test_supply_is_called_for_reports_that_are_late_and_licences_that_end(house: Trial) -> None:
    """Only once the report is overdue, until it is made; a licence in time to get another one."""
    licences(house, valid_until=house.day + timedelta(days=64))
    sent(house)
    house.do(house.staff, sign_receipt, receipt(house, witness(Role.PHARMACIST), missing=1))
    assert calls(house, hours=23) == []
    ((kind, where),) = calls(house, hours=25)
    assert (kind, where) == ("discrepancy_not_reported", "Site 1001")
    assert set(calls(house, hours=48)) == {
        ("discrepancy_not_reported", "Site 1001"),
        ("controlled_licence_ending", "Depot NLD"),
        ("controlled_licence_ending", "Site 1001"),
    }
    with house.store.reading() as connection:
        (missing,) = discrepancies_of(
            connection, controlled_places(connection, house.actor(Role.PHARMACIST), house.day), _noon(house.day)
        )
    told = {"movement_id": missing.movement_id, "happened": "The seal was broken", "told_to": "Home Office"}
    ask = ReportDiscrepancy(study_id=house.study_id, **told, signing=signing())
    house.do(Role.PHARMACIST, report_discrepancy, ask)
    assert calls(house, hours=25) == []


def calls(house: Trial, hours: int) -> list[tuple[str, str]]:
    """What the inbox tells of controlled drugs so long after noon."""
    with house.store.reading() as connection:
        found = open_exceptions(connection, house.study_id, _noon(house.day) + timedelta(hours=hours))
    kinds = ("discrepancy_not_reported", "controlled_licence_ending")
    return [(str(line.kind), line.where) for line in found if line.kind in kinds]


def test_destruction_is_seen_by_a_second_person(house: Trial) -> None:
    """Who decides on quality destroys, another who does so looks on."""
    stocked(house)
    kits = [str(row["number"]) for row in house.rows(Kit, custody="site")[:2]]
    house.do(Role.QUALITY, quarantine_kits, QuarantineKits(study_id=house.study_id, kits=kits, reason="Warm"))
    rejected = {"study_id": house.study_id, "reject": kits, "reason": "Too warm", "signing": signing()}
    house.do(Role.QUALITY, decide_quality, DecideQuality.model_validate(rejected))
    verifying = VerifyKits(study_id=house.study_id, site="1001", kits=kits, signing=signing())
    house.do(Role.PHARMACIST, verify_returns, verifying)
    house.do(Actor(house.actor(Role.MONITOR).account_id, "m", (Grant(Role.MONITOR),)), monitor_returns, verifying)
    facts = {"certificate": "C-1", "destroyer": "Remex", "on_day": house.day, "file_name": "c.pdf", "paper": b"x"}
    ask = DestroyKits(study_id=house.study_id, kits=kits, signing=signing(), **facts)
    with pytest.raises(WitnessMissing):
        house.do(Role.QUALITY, destroy_kits, ask)
    with pytest.raises(WitnessNotAllowed):
        house.do(Role.QUALITY, destroy_kits, ask.model_copy(update={"witness": witness(Role.PHARMACIST)}))
    beside = ask.model_copy(update={"witness": witness(Role.QUALIFIED_PERSON)})
    assert house.do(Role.QUALITY, destroy_kits, beside).kits == sorted(kits)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
