"""Regional depots: kept up to their levels by the depot above them, and received there kit by kit."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.services.propose_levels import ProposeLevels
from irt.services.receive_shipment import ReceiveShipment, Temperature, receive_shipment
from irt.services.store import Store
from irt.states.kit import Custody
from irt.study.definition import StudyDefinition
from irt.study.resupply import MinMax as LevelPart
from irt.supply.planner import (
    DepotView,
    Level,
    LotStock,
    NetworkView,
    OnTheWay,
    ProposedShipment,
    SiteView,
)
from irt.supply.planners import settings_of
from irt.supply.regional import need_to_be_sent
from irt.supply.resupply import MinMax
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot
from tests.builders_supply import DAY, SupplyHouse, a_lot, the_lipid_study

LEVELS = {pen: LevelPart(minimum=20, maximum=50) for pen in ("PEN-A", "PEN-P")}
FAR = DAY + timedelta(days=900)


def the_study(**depots: dict[str, LevelPart]) -> StudyDefinition:
    """The lipid study whose American depot is kept up to levels."""
    study = the_lipid_study()
    resupply = study.resupply.model_copy(update={"depots": depots or {"USA": LEVELS}})
    return study.model_copy(update={"resupply": resupply})


def a_regional_house(store: Store, **lots: Any) -> SupplyHouse:
    """That study with two hundred pens in the Netherlands."""
    house = SupplyHouse.of(store, the_study())
    house.load([a_lot(**lots), a_lot(lot="P1", kit_type="PEN-P", **lots)])
    return house


def depot_id(house: SupplyHouse, code: str) -> int:
    """The id of a depot."""
    (row,) = house.rows(Depot, code=code)
    return int(row["id"])


def the_shipment(house: SupplyHouse) -> dict[str, Any]:
    """The only shipment to a depot."""
    (row,) = [row for row in house.rows(Shipment) if row["target_depot_id"]]
    return row


def test_the_night_fills_a_regional_depot_after_the_sites(store: Store) -> None:
    """An empty depot is filled to its maximum, on its lane, with its reasons; sent kits count as coming."""
    house = a_regional_house(store)
    house.sites(1)
    done = house.resupply(night=True)
    assert (done.sites_considered, done.depots_considered, done.shipments) == (1, 1, ["S-10001", "S-10002"])
    shipment = the_shipment(house)
    assert (shipment["site_id"], shipment["target_depot_id"]) == (None, depot_id(house, "USA"))
    assert shipment["expected_on"] == shipment["dispatch_on"] + timedelta(days=7)
    assert shipment["reasons"] == {"PEN": {"there_or_coming": 0, "ordered": 100}}
    (trace,) = house.rows(ShipmentCalculation, shipment_id=shipment["id"])
    assert trace["trace"]["kit_types"]["PEN-A"]["why"] == "below minimum"
    house.later(1)
    assert house.resupply(night=True).shipments == []
    told = [row["new"] for row in house.rows(AuditEntry, act="shipment_requested") if "to_depot" in row["new"]]
    assert told == [{"status": "requested", "to_depot": "USA", "kits": 100}]


def dispatched(house: SupplyHouse) -> dict[str, Any]:
    """The depot's shipment, sent by the Dutch depot a day later."""
    house.resupply(depot="USA")
    shipment = the_shipment(house)
    house.later(1)
    ask = StepShipment(study_id=house.study_id, number=shipment["number"], waybill="W-1", monitor="M-1")
    sender = house.actor(Role.DEPOT, depot_id=depot_id(house, "NLD"))
    for step in (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment):
        house.do(sender, step, ask)
    house.later(7)
    return shipment


def shelf(house: SupplyHouse, code: str) -> Counter[tuple[str, str]]:
    """Kits on a depot's shelf by quality and assignment."""
    rows = house.rows(Kit, custody=Custody.DEPOT, place_id=depot_id(house, code))
    return Counter((row["quality"], row["assignment"]) for row in rows)


def receipt(house: SupplyHouse, number: str, **changes: Any) -> ReceiveShipment:
    """Every kit of the shipment received."""
    (shipment,) = house.rows(Shipment, number=number)
    ids = {row["kit_id"] for row in house.rows(ShipmentKit, shipment_id=shipment["id"])}
    numbers = sorted(row["number"] for row in house.rows(Kit) if row["id"] in ids)
    facts = {"study_id": house.study_id, "number": number, "received": numbers, **changes}
    for fate in ("damaged", "missing"):
        facts["received"] = [one for one in facts["received"] if one not in changes.get(fate, ())]
    return ReceiveShipment.model_validate(facts)


def test_only_the_depot_it_goes_to_receives_it(store: Store) -> None:
    """Not the one that sent it, not a pharmacist; received kits are that depot's stock, and sites get them."""
    house = a_regional_house(store)
    ask = receipt(house, dispatched(house)["number"])
    with pytest.raises(NotAllowed, match="another depot"):
        house.do(house.actor(Role.DEPOT, depot_id=depot_id(house, "NLD")), receive_shipment, ask)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, receive_shipment, ask)
    done = house.do(house.actor(Role.DEPOT, depot_id=depot_id(house, "USA")), receive_shipment, ask)
    assert (done.status, len(done.usable)) == ("received", 100)
    assert shelf(house, "USA") == {("released", "free"): 100}
    assert house.resupply(depot="USA").shipments == []


def test_a_receipt_with_an_alarm_a_broken_and_a_missing_kit(store: Store) -> None:
    """Quarantined for a decision, damaged, and missing: none of them is stock, and the depot is filled up again."""
    house = a_regional_house(store)
    number = dispatched(house)["number"]
    first, second = receipt(house, number).received[:2]
    ask = receipt(house, number, damaged=[first], missing=[second], temperature=Temperature.ALARM)
    done = house.do(house.actor(Role.DEPOT, depot_id=depot_id(house, "USA")), receive_shipment, ask)
    assert (done.status, len(done.quarantined), done.excursion) == ("received_with_discrepancy", 98, "X-0001")
    assert shelf(house, "USA") == {("quarantined", "free"): 98, ("damaged", "free"): 1}
    (lost,) = house.rows(Kit, number=second)
    assert lost["custody"] == "unknown"


def test_the_demonstration_carries_it_there(store: Store) -> None:
    """What carriers and depots do in a replay happens to shipments between depots too."""
    house = a_regional_house(store)
    house.resupply(depot="USA")
    house.later(1)
    assert house.carry().dispatched == 1
    house.later(8)
    assert (house.carry().kits_received, shelf(house, "USA")) == (100, {("released", "free"): 100})


def test_kits_too_near_their_date_are_not_sent_and_do_not_count(store: Store) -> None:
    """On arrival they must last for the way on and the do-not-ship days of every country served."""
    house = SupplyHouse.of(store, the_study())
    short = [
        a_lot(lot=f"{pen}9", blinded_lot="L9", kit_type=f"PEN-{pen}", expiry=house.day + timedelta(days=100))
        for pen in "AP"
    ]
    house.load(short)
    assert house.resupply(depot="USA").shipments == []


def test_levels_of_a_depot_are_changed_by_two_people(store: Store) -> None:
    """Proposed and approved, they hold like any level; a central depot has none."""
    house = a_regional_house(store)
    facts = {
        "study_id": house.study_id,
        "kit_type": "PEN-A",
        "minimum": 1,
        "effective_from": house.day,
        "reason": "x",
    }
    house.agree(ProposeLevels(**facts, maximum=7, depot="USA"))
    house.agree(ProposeLevels(**{**facts, "kit_type": "PEN-P"}, maximum=7, depot="USA"))
    assert house.resupply(depot="USA").kits == 14
    with pytest.raises(BadInput, match="regional depot"):
        house.agree(ProposeLevels(**facts, maximum=7, depot="NLD"))
    with pytest.raises(BadInput, match="one of them"):
        house.agree(ProposeLevels(**facts, maximum=7, depot="USA", country="US"))


@pytest.mark.parametrize("code", ["NLD", "BRA", "XXX"])
def test_a_depot_that_nothing_keeps_up_is_not_planned(sqlite_store: Store, code: str) -> None:
    """The central one, one without levels, an unknown one."""
    with pytest.raises(BadInput, match="keeps up to levels"):
        a_regional_house(sqlite_store).resupply(depot=code)


def a_depot(**stock: int) -> SiteView:
    """A regional depot that two pens of one blinded lot may be sent to."""
    return SiteView(
        number="USA",
        country="US",
        label_group="all",
        depot="NLD",
        lead_time_days=7,
        stock=tuple(LotStock(f"PEN-{pen}", "L1", FAR, kits) for pen, kits in stock.items()),
        levels={f"PEN-{pen}": Level(20, 50) for pen in "AP"},
        labels=frozenset({"EN", "ES"}),
    )


def planned(depot: SiteView, labels: str) -> list[ProposedShipment]:
    """What the blinded study's rule sends it from a depot with ten of each pen and label."""
    pens = tuple((label, LotStock(f"PEN-{pen}", "L1", FAR, 10)) for label in labels.split() for pen in "AP")
    network = NetworkView({"NLD": DepotView("NLD", pens)}, (depot,))
    return MinMax().plan(network, DAY, settings_of(the_lipid_study()))


def test_what_a_blinded_depot_is_sent_tells_no_arm() -> None:
    """With the contents exchanged everywhere the same number of kits leaves, under the same labels."""
    one, other = (planned(a_depot(**stock), "EN ES all") for stock in ({"A": 45, "P": 10}, {"A": 10, "P": 45}))
    by_label = [
        sum((Counter({line.label: line.kits}) for line in shipment.lines), Counter()) for shipment in (*one, *other)
    ]
    assert by_label[0] == by_label[1]
    assert [sum(line.kits for line in shipment.lines) for shipment in (*one, *other)] == [35, 35]


def test_a_depot_takes_kits_labelled_for_its_countries_alone() -> None:
    """Those of others stay; so many of each label are picked as were planned."""
    (shipment,) = planned(a_depot(), "EN ES JA")
    assert {line.label for line in shipment.lines} == {"EN", "ES"}
    assert sum(line.kits for line in shipment.lines) == 40


def test_a_depot_foresees_what_its_sites_will_have_to_be_sent() -> None:
    """The need of subjects beyond the kits that are at their site or coming, not of one site out of another's."""
    need = {"PEN-A": [(DAY, 3), (DAY + timedelta(days=7), 4)]}
    stocked = a_depot(A=5)._replace(expected_need=need)
    empty = stocked._replace(stock=(), on_the_way=(OnTheWay("PEN-A", "L1", FAR, 2, DAY),))
    assert need_to_be_sent([stocked], DAY) == {"PEN-A": [(DAY + timedelta(days=7), 2)]}
    assert need_to_be_sent([stocked, empty], DAY) == {
        "PEN-A": [(DAY, 1), (DAY + timedelta(days=7), 2), (DAY + timedelta(days=7), 4)]
    }


def test_kits_that_no_longer_count_at_a_site_do_not_spare_its_depot_any() -> None:
    """Whatever is past its do-not-count window there has to be sent anew, as the site itself reckons."""
    need = {"PEN-A": [(DAY, 3)]}
    site = a_depot(A=5)._replace(expected_need=need, dnc_days={"PEN-A": 10})
    aged = site._replace(stock=tuple(stock._replace(expiry=DAY + timedelta(days=9)) for stock in site.stock))
    assert need_to_be_sent([site], DAY) == {}
    assert need_to_be_sent([aged], DAY) == need


def test_a_blinded_depot_reads_of_kits_not_of_types(sqlite_store: Store) -> None:
    """Nothing in the audit trail names one, from the plan to the receipt."""
    house = a_regional_house(sqlite_store)
    dispatched(house)
    house.do(house.actor(Role.DEPOT), receive_shipment, receipt(house, the_shipment(house)["number"]))
    assert not any("PEN-" in str(entry) for entry in house.rows(AuditEntry))
