"""Satellites: no depot supplies them; their main site sends them scanned kits from its own stock."""

from datetime import UTC, datetime, time

import pytest

from irt.audit.sentences import sentence
from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_accountability import accountability_of
from irt.reads.blinded_pharmacy_log import log_lines
from irt.reads.blinded_sites import sites_reached
from irt.reads.stock_books import reconcile_stock
from irt.reads.unblinded_explain import site_reasons
from irt.services.activate_site import ChangeSite, change_site
from irt.services.order_kits import OrderKits, order_kits
from irt.services.propose_changes import ProposeSite
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.send_kits import SiteNotSupplied
from irt.services.send_to_satellite import (
    NoSatellite,
    NotForSatellite,
    SendToSatellite,
    SentToSatellite,
    send_to_satellite,
)
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.network import Site as SitePart
from irt.supply.accountability import Fate
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment
from irt.tables.study import Site
from tests.builders_supply import SupplyHouse, the_lipid_study

MAIN, SATELLITE, OTHER = "1001", "1002", "1003"


def a_study() -> StudyDefinition:
    """The lipid study, whose second British site lives on the stock of the first."""
    study = the_lipid_study()
    sites = tuple(
        site.model_copy(update={"satellite_of": MAIN}) if site.number == SATELLITE else site for site in study.sites
    )
    return study.model_copy(update={"sites": sites})


def a_house_with_a_satellite(store: Store) -> SupplyHouse:
    """Three active British sites, the main site and another stocked by a night's run."""
    house = SupplyHouse.of(store, a_study())
    house.load()
    house.sites(3)
    house.resupply()
    house.carry()
    house.later(9)
    house.carry()
    return house


@pytest.fixture
def house(sqlite_store: Store) -> SupplyHouse:
    """That house on SQLite."""
    return a_house_with_a_satellite(sqlite_store)


def site_id(house: SupplyHouse, number: str) -> int:
    """The id of a site."""
    (row,) = house.rows(Site, number=number)
    return int(row["id"])


def shelf(house: SupplyHouse, number: str) -> list[str]:
    """Kits on a site's shelf."""
    return sorted(row["number"] for row in house.rows(Kit, custody="site", place_id=site_id(house, number)))


def sending(house: SupplyHouse, kits: list[str], satellite: str = SATELLITE) -> SendToSatellite:
    """Scanned kits with a monitor and a waybill."""
    return SendToSatellite(
        study_id=house.study_id, satellite=satellite, scanned=kits, monitor="TM-5", waybill="W-9"
    )


def sent(house: SupplyHouse, kits: list[str], satellite: str = SATELLITE) -> SentToSatellite:
    """The main site's pharmacist sends them."""
    pharmacist = house.actor(Role.PHARMACIST, site_id=site_id(house, MAIN))
    return house.do(pharmacist, send_to_satellite, sending(house, kits, satellite))


def whole(house: SupplyHouse) -> None:
    """The books of the study add up."""
    with house.store.reading() as connection:
        assert reconcile_stock(connection, house.study_id).faults == []


def test_kits_go_from_the_main_site_s_shelf_to_the_satellite_s(store: Store) -> None:
    """No depot sends there; scanned kits travel in a shipment, are received kit by kit, and every book adds up."""
    house = a_house_with_a_satellite(store)
    assert shelf(house, SATELLITE) == []
    kits = shelf(house, MAIN)[:5]
    done = sent(house, kits)
    assert (done.number, done.status, done.kits) == ("T-1001", "in_transit", 5)
    (row,) = house.rows(Shipment, number="T-1001")
    assert (row["origin_depot_id"], row["monitor"], row["waybill"]) == (None, "TM-5", "W-9")
    assert {row["custody"] for row in house.rows(Kit) if row["number"] in kits} == {"shipment"}
    whole(house)
    there = house.actor(Role.PHARMACIST, site_id=site_id(house, SATELLITE))
    ask = ReceiveShipment(study_id=house.study_id, number="T-1001", received=kits[:4], damaged=kits[4:])
    assert house.do(there, receive_shipment, ask).usable == kits[:4]
    assert shelf(house, SATELLITE) == kits
    whole(house)
    (entry,) = house.rows(AuditEntry, act="sent_to_satellite")
    said = sentence("sent_to_satellite", "Pat", "shipment", entry["record"], None, entry["new"], None)
    assert said == f"Pat sent kits {', '.join(kits[:4])} and {kits[4]} of site 1001 to its satellite 1002: T-1001."


def test_each_site_accounts_for_its_own(house: SupplyHouse) -> None:
    """What was sent on is one line of the main site's account, and its log ends there."""
    kits = shelf(house, MAIN)[:3]
    sent(house, kits)
    receipt = ReceiveShipment(study_id=house.study_id, number="T-1001", received=kits)
    house.do(house.actor(Role.PHARMACIST, site_id=site_id(house, SATELLITE)), receive_shipment, receipt)
    actor = house.actor(Role.PHARMACIST)
    with house.store.reading() as connection:
        at = {site.site: site for site in sites_reached(connection, actor, Permission.VIEW_STOCK)}
        accounts = {number: accountability_of(connection, at[number]) for number in (MAIN, SATELLITE)}
        logged = {line["kit"]: line for line in log_lines(connection, at[MAIN])}
        there = {line["kit"]: line for line in log_lines(connection, at[SATELLITE])}
    assert all(one.adds_up for one in accounts.values())
    assert sum(lot.fates[Fate.SENT_ON] for lot in accounts[MAIN].lots) == 3
    assert sum(lot.fates[Fate.ON_HAND] for lot in accounts[SATELLITE].lots) == 3
    assert logged[kits[0]]["state"] == "sent to satellite"
    assert str(logged[kits[0]]["shipment"]).startswith("S-")
    assert [line["shipment"] for line in there.values()] == ["T-1001"] * 3


def test_the_planner_leaves_satellites_out_and_says_why(house: SupplyHouse) -> None:
    """Neither the night nor an order by hand sends there."""
    assert house.resupply().sites_considered == 2
    ask = OrderKits(study_id=house.study_id, site=SATELLITE, kits={"PEN-A": 1, "PEN-P": 1}, reason="Short")
    with pytest.raises(SiteNotSupplied, match="satellite"):
        house.do(Role.SUPPLY_MANAGER, order_kits, ask)
    with house.store.reading() as connection:
        now = datetime.combine(house.day, time(12), UTC)
        told = site_reasons(connection, house.study_id, SATELLITE, now)
    assert told.explanation is None
    assert "site 1001 supplies it from its own stock" in told.not_supplied


def test_only_free_usable_kits_of_this_shelf(house: SupplyHouse) -> None:
    """One that is set apart, lies elsewhere, is listed twice or is too old stays, and nothing is booked."""
    first, second, *_ = shelf(house, MAIN)
    apart = QuarantineKits(study_id=house.study_id, kits=[first], reason="Seal")
    house.do(Role.QUALITY, quarantine_kits, apart)
    with pytest.raises(NotForSatellite, match=first):
        sent(house, [first, second])
    with pytest.raises(NotFound, match="not a kit at this site"):
        sent(house, shelf(house, OTHER)[:1])
    with pytest.raises(BadInput, match="listed twice"):
        sent(house, [second, second])
    house.later(900)
    with pytest.raises(NotForSatellite, match=second):
        sent(house, [second])
    assert house.rows(Shipment, raised_by="satellite") == []


def test_only_the_main_site_s_pharmacist_and_only_to_its_satellite(house: SupplyHouse) -> None:
    """Neither a coordinator, nor the satellite's own pharmacist, nor to a site that a depot supplies."""
    kits = shelf(house, MAIN)[:1]
    for role, number in ((Role.COORDINATOR, MAIN), (Role.PHARMACIST, SATELLITE)):
        with pytest.raises(NotAllowed):
            house.do(house.actor(role, site_id=site_id(house, number)), send_to_satellite, sending(house, kits))
    with pytest.raises(NoSatellite):
        sent(house, kits, OTHER)


def test_a_satellite_is_added_later(house: SupplyHouse) -> None:
    """By approval like any site, under a main site of its country that is no satellite."""
    for main in (SATELLITE, "1004", "9999"):
        part = SitePart(number="1077", name="Rowan Surgery", country="GB", satellite_of=main)
        with pytest.raises(BadInput, match=f"Site {main} cannot supply site 1077"):
            house.agree(ProposeSite(study_id=house.study_id, site=part, reason="Near patients"))
    part = SitePart(number="1077", name="Rowan Surgery", country="GB", satellite_of=MAIN)
    house.agree(ProposeSite(study_id=house.study_id, site=part, reason="Near patients"))
    house.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=house.study_id, site="1077"))
    assert house.resupply().sites_considered == 2
    sent(house, shelf(house, MAIN)[:1], "1077")
