"""Loggers' files of parcels and fridges: kept to the byte, judged by rule, their kits held where not accepted."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_quality import kits_of_excursion, quality_page
from irt.reads.blinded_storage import kit_budget
from irt.services import fulfil_shipment as steps
from irt.services.close_excursion import CloseExcursion, KitsStillWait, close_excursion
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.fulfil_shipment import StepShipment
from irt.services.name_storage_unit import NameStorageUnit, StorageUnitKnown, name_storage_unit
from irt.services.receive_shipment import ReceiveShipment, Temperature, receive_shipment
from irt.services.store import Store
from irt.services.store_logger_file import (
    LoggerFileKnown,
    LoggerFileStored,
    StoreLoggerFile,
    UnknownLogger,
    store_logger_file,
)
from irt.states.kit import Quality
from irt.states.table import TransitionRefused
from irt.study.temperature import Band, TemperatureRules
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.shipment import Excursion
from irt.tables.study import Depot
from irt.tables.temperature import AssessedKit, LoggerFile, TemperatureAssessment
from irt.temperature.logger_file import UnreadableLoggerFile
from tests.builders_supply import SupplyHouse, a_house, the_lipid_study
from tests.cast import signing


def with_a_parcel(house: SupplyHouse) -> None:
    """One shipment on its way to the first site."""
    house.load()
    house.sites(1)
    house.resupply()
    ask = StepShipment(study_id=house.study_id, number="S-10001")
    for step in (steps.acknowledge_shipment, steps.pick_shipment, steps.pack_shipment, steps.dispatch_shipment):
        house.do(Role.DEPOT, step, ask)
    house.later(5)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with a parcel under way."""
    with a_house(with_a_parcel, tmp_path) as made:
        yield made


def log(house: SupplyHouse, *celsius: float, days_ago: int = 3) -> bytes:
    """An hourly file with the default columns."""
    start = datetime.combine(house.day - timedelta(days=days_ago), time(8), UTC)
    rows = [f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%MZ},{degrees}" for hour, degrees in enumerate(celsius)]
    return ("timestamp,temperature_c\n" + "\n".join(rows) + "\n").encode()


def upload(house: SupplyHouse, content: bytes, who: Role = Role.PHARMACIST, **facts: object) -> LoggerFileStored:
    """Somebody uploads a file, of the parcel where nothing else is said."""
    place = {} if "site" in facts else {"shipment": "S-10001"}
    told = {"name": "TT4.csv", "content": b64encode(content).decode(), **place, **facts}
    return house.do(who, store_logger_file, StoreLoggerFile.model_validate({"study_id": house.study_id, **told}))


def qualities(house: SupplyHouse, custody: str = "shipment") -> set[str]:
    """The quality of kits in that custody."""
    return {row["quality"] for row in house.rows(Kit, custody=custody)}


def receive(house: SupplyHouse, temperature: Temperature = Temperature.NO_ALARM) -> list[str]:
    """The whole parcel is received."""
    kits = [row["number"] for row in house.rows(Kit, custody="shipment")]
    ask = ReceiveShipment(study_id=house.study_id, number="S-10001", received=kits, temperature=temperature)
    house.do(Role.PHARMACIST, receive_shipment, ask)
    return kits


def test_a_good_file_holds_nothing(house: SupplyHouse) -> None:
    """Its bytes and figures are kept; no excursion is opened."""
    content = log(house, *[5.0] * 48)
    done = upload(house, content)
    assert (done.verdict, done.rule, done.excursion, done.quarantined) == ("accept", "within_range", None, [])
    (file,) = house.rows(LoggerFile)
    assert (file["content"], file["sha256"]) == (content, hashlib.sha256(content).hexdigest())
    (found,) = house.rows(TemperatureAssessment)
    assert (found["mkt_celsius"], found["readings"], found["condition"]["high"]) == (5.0, 48, 8)
    assert len(house.rows(AssessedKit)) == len(house.rows(Kit, custody="shipment"))
    assert qualities(house) == {"released"}
    assert house.rows(AuditEntry, act="logger_file_stored")[0]["new"]["rule"] == "within_range"


@pytest.mark.parametrize(
    ("celsius", "verdict", "rule", "status"),
    [
        ([5.0] * 24 + [-1.0], "reject", "frozen", "reported"),
        ([5.0] * 24 + [1.0], "ask_qa", "low_excursion", "reported"),
        ([9.0] * 24, "reject", "mkt_above_limit", "reported"),
        ([5.0], "ask_qa", "one_reading", "no_data"),
    ],
)
def test_a_bad_file_holds_every_kit_of_the_parcel(
    house: SupplyHouse, celsius: list[float], verdict: str, rule: str, status: str
) -> None:
    """On its way, all alike; received without alarm they still wait, until a signed decision."""
    done = upload(house, log(house, *celsius))
    assert (done.verdict, done.rule, done.excursion) == (verdict, rule, "X-0001")
    assert qualities(house) == {"quarantined"}
    assert [row["status"] for row in house.rows(Excursion)] == [status]
    kits = receive(house)
    assert done.quarantined == sorted(kits)
    assert qualities(house, "site") == {"quarantined"}
    ruling = DecideQuality(
        study_id=house.study_id, accept=kits, reason="Stability", excursion="X-0001", signing=signing()
    )
    assert house.do(Role.QUALITY, decide_quality, ruling).excursion_status == "accepted"
    assert qualities(house, "site") == {"released"}


def test_a_file_joins_the_excursion_of_the_receipt(house: SupplyHouse) -> None:
    """After an alarm at receipt: no second excursion, and an accepted file leaves the decision to quality."""
    receive(house, Temperature.ALARM)
    done = upload(house, log(house, *[5.0] * 24, 9.0, *[5.0] * 24))
    assert (done.verdict, done.rule, done.excursion, done.quarantined) == (
        "accept",
        "mkt_within_limit",
        "X-0001",
        [],
    )
    assert qualities(house, "site") == {"quarantined"}
    assert len(house.rows(Excursion)) == 1


def test_a_pdf_is_evidence_and_a_failed_logger_is_for_quality(house: SupplyHouse) -> None:
    """Neither is read; only the failure holds the kits."""
    done = upload(house, b"%PDF-1.7 report", name="report.pdf")
    assert (done.kind, done.verdict, done.excursion) == ("evidence", None, None)
    assert qualities(house) == {"released"}
    done = upload(house, b"\0\1 nothing", name="raw.bin", faulty=True)
    assert (done.kind, done.verdict, done.rule) == ("unreadable", "ask_qa", "logger_fault")
    assert [row["status"] for row in house.rows(Excursion)] == ["logger_fault"]
    assert qualities(house) == {"quarantined"}


def test_what_is_refused(house: SupplyHouse) -> None:
    """A file known or unreadable, an unknown profile, no place or two; nothing is stored of it."""
    good, named = log(house, *[5.0] * 3), {"study_id": house.study_id, "shipment": "S-10001", "name": "a.csv"}
    upload(house, good)
    with pytest.raises(LoggerFileKnown):
        upload(house, good)
    with pytest.raises(UnreadableLoggerFile, match="Line 2"):
        upload(house, b"timestamp,temperature_c\nnow,5\n")
    with pytest.raises(UnknownLogger):
        upload(house, log(house, 4.0, 4.0), logger="TT4")
    with pytest.raises(BadInput):
        upload(house, good, shipment=None)
    with pytest.raises(BadInput):
        house.do(Role.PHARMACIST, store_logger_file, StoreLoggerFile(**named, content="*"))
    with pytest.raises(NotFound):
        upload(house, good, shipment="S-99999")
    assert len(house.rows(LoggerFile)) == 1


def test_who_may(house: SupplyHouse) -> None:
    """People who receive at this site, and quality; nobody of another site, and no monitor."""
    other = house.sites(1)[0][1]
    content = b64encode(log(house, 5.0, 5.0)).decode()
    ask = StoreLoggerFile(study_id=house.study_id, shipment="S-10001", name="a.csv", content=content)
    for who in (house.actor(Role.PHARMACIST, site_id=other), Role.MONITOR):
        with pytest.raises(NotAllowed):
            house.do(who, store_logger_file, ask)
    assert house.do(Role.QUALITY, store_logger_file, ask).verdict == "accept"


def test_a_stored_file_stays_as_it_came(house: SupplyHouse) -> None:
    """The database refuses to change its bytes."""
    upload(house, log(house, 5.0, 5.0))
    with pytest.raises(DBAPIError), house.store.writing() as connection:
        connection.exec_driver_sql("UPDATE logger_file SET name = 'other'")


def test_a_fridge_holds_the_kits_that_lay_in_it(house: SupplyHouse) -> None:
    """Kits stored so at the site by then, wherever their place is not noted; not those that came later."""
    receive(house)
    (site,) = house.active_sites()
    unit = NameStorageUnit(study_id=house.study_id, site=site["number"], name="Fridge 1", storage="2-8C")
    house.do(Role.PHARMACIST, name_storage_unit, unit)
    with pytest.raises(StorageUnitKnown):
        house.do(Role.PHARMACIST, name_storage_unit, unit)
    fridge = {"site": site["number"], "unit": "Fridge 1"}
    done = upload(house, log(house, 5.0, 0.0, 5.0), **fridge)
    assert (done.rule, done.quarantined) == ("frozen", [])
    house.later(3)
    done = upload(house, log(house, 5.0, 0.0, 5.0, days_ago=1), **fridge)
    kits = sorted(row["number"] for row in house.rows(Kit, custody="site"))
    assert (done.rule, done.excursion, done.quarantined) == ("frozen", "X-0001", kits)
    with house.store.reading() as connection:
        assert [kit.number for kit in kits_of_excursion(connection, house.study_id, "X-0001")] == kits
        (waiting,) = quality_page(connection, house.study_id).excursions
    assert waiting.kits == len(kits)


def test_kits_that_look_alike_fare_alike(house: SupplyHouse) -> None:
    """A temperature decision on a box tells nothing of what is inside: both arms' kits are held together."""
    upload(house, log(house, *[9.0] * 24))
    assert {row["quality"] for row in house.rows(Kit, custody="shipment")} == {Quality.QUARANTINED}
    kits = house.rows(Kit, custody="shipment")
    assert len(house.rows(AssessedKit)) == len(kits)


def test_an_excursion_without_kits_is_closed(house: SupplyHouse) -> None:
    """Under a signature; not while a kit of it waits, and not twice."""
    receive(house)
    (site,) = house.active_sites()
    unit = NameStorageUnit(study_id=house.study_id, site=site["number"], name="Fridge 1", storage="2-8C")
    house.do(Role.PHARMACIST, name_storage_unit, unit)
    fridge = {"site": site["number"], "unit": "Fridge 1"}
    upload(house, log(house, 5.0, 0.0, 5.0), **fridge)
    ask = CloseExcursion(study_id=house.study_id, number="X-0001", reason="Nothing lay there", signing=signing())
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, close_excursion, ask)
    assert house.do(Role.QUALITY, close_excursion, ask).status == "closed"
    assert house.rows(AuditEntry)[-1]["old"] == {"status": "reported"}
    with pytest.raises(TransitionRefused):
        house.do(Role.QUALITY, close_excursion, ask)
    house.later(3)
    upload(house, log(house, 5.0, 0.0, 5.0, days_ago=1), **fridge)
    with pytest.raises(KitsStillWait, match="waits for a decision"):
        house.do(Role.QUALITY, close_excursion, ask.model_copy(update={"number": "X-0002"}))


def test_a_parcel_to_a_depot_or_a_home_has_its_file_too(house: SupplyHouse) -> None:
    """Brought by who receives it there, or by quality; its kits wait as at a site."""
    depots = {row["code"]: row["id"] for row in house.rows(Depot)}
    target, other = (depots[code] for code in ("USA", "BRA"))
    with house.store.writing() as connection:
        connection.execute(text("UPDATE shipment SET site_id = NULL, target_depot_id = :depot"), {"depot": target})
    told = {"name": "TT4.csv", "content": b64encode(log(house, 5.0, 0.0, 5.0)).decode(), "shipment": "S-10001"}
    ask = StoreLoggerFile.model_validate({"study_id": house.study_id, **told})
    for stranger in (house.actor(Role.DEPOT, depot_id=other), house.actor(Role.PHARMACIST)):
        with pytest.raises(NotAllowed):
            house.do(stranger, store_logger_file, ask)
    done = house.do(house.actor(Role.DEPOT, depot_id=target), store_logger_file, ask)
    assert (done.rule, len(done.quarantined)) == ("frozen", len(house.rows(Kit, custody="shipment")))
    with house.store.writing() as connection:
        connection.execute(text("UPDATE shipment SET target_depot_id = NULL"))
    assert upload(house, log(house, 5.0, 4.0, 5.0), Role.QUALITY).verdict == "accept"


def test_a_budget_over_all_legs(store: Store) -> None:
    """Five warm hours in the parcel and five in the fridge are more than the nine the study allows."""
    rules = TemperatureRules(budgets={"2-8C": (Band(low=8, high=15, hours_max=9),)})
    house = SupplyHouse.of(store, the_lipid_study().model_copy(update={"temperature": rules}))
    with_a_parcel(house)
    warm = [*[4.0] * 24, *[9.0] * 5, *[4.0] * 24]
    assert upload(house, log(house, *warm)).rule == "mkt_within_limit"
    receive(house)
    site = house.active_sites()[0]["number"]
    unit = NameStorageUnit(study_id=house.study_id, site=site, name="Fridge 1", storage="2-8C")
    house.do(Role.PHARMACIST, name_storage_unit, unit)
    house.later(5)
    done = upload(house, log(house, *warm), site=site, unit="Fridge 1")
    assert (done.verdict, done.rule) == ("ask_qa", "budget_spent")
    with house.store.reading() as connection:
        budget = kit_budget(connection, house.study_id, 1, house.rows(Kit, custody="site")[0]["number"])
    (band,) = budget.bands
    assert (band.hours_max, band.hours_used, band.hours_left) == (9, 10, 0)
    assert budget.legs == ("shipment S-10001", f"Fridge 1 of site {site}")
    assert qualities(house, "site") == {"quarantined"}
