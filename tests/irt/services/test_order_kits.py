"""First stock when a site opens, orders by hand, whole sets for blinded people, and the end of supply."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.activate_site import ChangeSite, change_site
from irt.services.order_kits import OrderKits, OrderSets, order_kits, order_sets
from irt.services.propose_stop import ProposeStop, propose_stop
from irt.services.raise_shipments import FIRST_NUMBER
from irt.services.send_kits import DepotCannotSend, SiteNotSupplied
from irt.services.store import Store
from irt.states.records import SiteEvent
from irt.study.definition import StudyDefinition
from irt.study.resupply import Stops
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent, ShipmentCalculation
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_supply import DAY, SupplyHouse, a_house, the_lipid_study, with_kits

SITE = "1001"


def the_study(**resupply: Any) -> StudyDefinition:
    """The lipid study with other settings of resupply."""
    study = the_lipid_study()
    return study.model_copy(update={"resupply": study.resupply.model_copy(update=resupply)})


def opened(store: Store, **resupply: Any) -> SupplyHouse:
    """A house with kits and no site open."""
    house = SupplyHouse.of(store, the_study(**resupply))
    house.load()
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with kits and one British site."""
    with a_house(with_kits, tmp_path) as made:
        made.sites(1)
        yield made


def kits_in(house: SupplyHouse, number: str) -> dict[str, int]:
    """Kits by type in a shipment."""
    (shipment,) = house.rows(Shipment, number=number)
    kits = {row["kit_id"] for row in house.rows(ShipmentKit, shipment_id=shipment["id"])}
    return dict(Counter(row["kit_type"] for row in house.rows(KitContent) if row["kit_id"] in kits))


def activate(house: SupplyHouse, site: str = SITE) -> list[str]:
    """Opens a site; the shipments of its first stock."""
    ask = ChangeSite(study_id=house.study_id, site=site)
    return house.do(Role.SUPPLY_MANAGER, change_site, ask).shipments


def test_a_site_that_opens_is_sent_its_first_stock(store: Store) -> None:
    """At once, by the study's list, and no second order follows that night."""
    house = opened(store, seeding={"PEN-A": 20, "PEN-P": 20})
    assert activate(house) == [f"S-{FIRST_NUMBER}"]
    (shipment,) = house.rows(Shipment)
    assert (shipment["raised_by"], shipment["status"]) == ("initial", "requested")
    assert shipment["reasons"] == {"PEN": {"there_or_coming": 0, "ordered": 40}}
    assert kits_in(house, shipment["number"]) == {"PEN-A": 20, "PEN-P": 20}
    told = house.rows(ShipmentCalculation)[0]["trace"]
    assert told["kit_types"]["PEN-A"]["why"] == "first stock"
    assert house.resupply().shipments == []


def test_a_site_has_its_first_stock_once(sqlite_store: Store) -> None:
    """A site that was on hold and resumes is not seeded again."""
    house = opened(sqlite_store, seeding={"PEN-A": 20, "PEN-P": 20})
    activate(house)
    for happened in (SiteEvent.HOLD, SiteEvent.RESUME):
        ask = ChangeSite(study_id=house.study_id, site=SITE, event=happened, reason="Audit")
        assert house.do(Role.SUPPLY_MANAGER, change_site, ask).shipments == []


def test_a_site_opens_without_stock_at_the_depot(sqlite_store: Store) -> None:
    """What cannot be sent does not keep a site from opening; the night makes up for it."""
    house = SupplyHouse.of(sqlite_store, the_study(seeding={"PEN-A": 20, "PEN-P": 20}))
    assert activate(house) == []
    house.load()
    assert len(house.resupply().shipments) == 1


def test_the_supply_manager_orders_by_type(house: SupplyHouse) -> None:
    """An emergency is requested at once; the blinded line of the audit trail names no type."""
    ask = OrderKits(
        study_id=house.study_id, site=SITE, kits={"PEN-A": 3}, emergency=True, reason="The fridge failed"
    )
    done = house.do(Role.SUPPLY_MANAGER, order_kits, ask)
    assert (done.kits, done.waits) == (3, False)
    assert kits_in(house, done.shipments[0]) == {"PEN-A": 3}
    assert house.rows(Shipment)[0]["raised_by"] == "emergency"
    (line,) = house.rows(AuditEntry, act="kits_ordered")
    assert "PEN-A" not in str(line)


@pytest.mark.parametrize("changes", [{"kits": {}}, {"kits": {"PEN-X": 1}}, {"kits": {"PEN-A": 0}}, {"reason": " "}])
def test_an_order_names_kits_and_a_reason(house: SupplyHouse, changes: dict[str, Any]) -> None:
    """Anything else is refused, and nothing is booked."""
    facts = {"study_id": house.study_id, "site": SITE, "kits": {"PEN-A": 3}, "reason": "Needed", **changes}
    with pytest.raises(BadInput):
        house.do(Role.SUPPLY_MANAGER, order_kits, OrderKits.model_validate(facts))
    assert house.rows(Shipment) == []


@pytest.mark.parametrize("role", [Role.SUPPLY_PLANNER, Role.PHARMACIST, Role.DEPOT])
def test_blinded_people_order_no_types(house: SupplyHouse, role: Role) -> None:
    """The kits of one type are for the unblinded supply team."""
    ask = OrderKits(study_id=house.study_id, site=SITE, kits={"PEN-A": 3}, reason="Needed")
    with pytest.raises(NotAllowed):
        house.do(role, order_kits, ask)


def sets(house: SupplyHouse, **changes: Any) -> OrderSets:
    """Two sets of pens."""
    facts = {"study_id": house.study_id, "site": SITE, "blinding_group": "PEN", "sets": 2, "reason": "Needed"}
    return OrderSets.model_validate({**facts, **changes})


def test_a_blinded_planner_orders_whole_sets(house: SupplyHouse) -> None:
    """Each set is a block of the ratio: three of each pen, as the dose that needs most."""
    done = house.do(Role.SUPPLY_PLANNER, order_sets, sets(house))
    assert (done.kits, done.waits) == (12, False)
    assert kits_in(house, done.shipments[0]) == {"PEN-A": 6, "PEN-P": 6}


def test_a_sites_order_waits_for_supply(house: SupplyHouse) -> None:
    """The pharmacist asks, the supply manager approves."""
    done = house.do(Role.PHARMACIST, order_sets, sets(house, emergency=True))
    assert done.waits
    assert house.rows(Shipment)[0]["status"] == "awaiting_approval"


def test_sets_come_whole_or_not_at_all(house: SupplyHouse) -> None:
    """Where one pen is short the refusal names none of them, and nothing is booked."""
    everything = house.stock()
    (plenty,) = {kits for key, kits in everything.items() if key[4] == "PEN-A"}
    taken = OrderKits(study_id=house.study_id, site=SITE, kits={"PEN-A": plenty - 5}, reason="Used up")
    house.do(Role.SUPPLY_MANAGER, order_kits, taken)
    with pytest.raises(DepotCannotSend) as refused:
        house.do(Role.SUPPLY_PLANNER, order_sets, sets(house))
    assert "PEN" not in refused.value.sentence
    assert len(house.rows(Shipment)) == 1


def test_what_is_no_set_is_refused(house: SupplyHouse) -> None:
    """A group the study has not, a site that is not open, none at all, and more than any site needs."""
    with pytest.raises(BadInput):
        house.do(Role.SUPPLY_PLANNER, order_sets, sets(house, blinding_group="VIAL"))
    with pytest.raises(SiteNotSupplied):
        house.do(Role.SUPPLY_PLANNER, order_sets, sets(house, site="1002"))
    for number in (0, 21):
        with pytest.raises(ValidationError):
            sets(house, sets=number)


def stop(house: SupplyHouse, stops_on: date | None, **where: str) -> None:
    """Two people agree that supply ends somewhere, or goes on."""
    house.agree(ProposeStop(study_id=house.study_id, stops_on=stops_on, reason="Enrolment ended", **where))


def test_nothing_is_sent_from_the_stop_on(store: Store) -> None:
    """A country stops from a day on; a site of it may go on; the stop may be taken back."""
    house = opened(store)
    house.sites(2)
    stop(house, DAY + timedelta(days=1), country="GB")
    stop(house, None, site="1002")
    house.later(1)
    assert len(house.resupply().shipments) == 1
    assert house.rows(Shipment)[0]["site_id"] == house.active_sites()[1]["id"]
    with pytest.raises(SiteNotSupplied, match="Supply to it has stopped"):
        house.do(Role.SUPPLY_PLANNER, order_sets, sets(house))
    stop(house, None, country="GB")
    assert len(house.resupply().shipments) == 1


def test_a_stop_may_stand_in_the_study_file(sqlite_store: Store) -> None:
    """The file's day holds until people agree otherwise."""
    house = opened(sqlite_store, stops=Stops(countries={"GB": DAY}))
    house.sites(1)
    assert house.resupply().shipments == []
    stop(house, None, country="GB")
    assert len(house.resupply().shipments) == 1


@pytest.mark.parametrize(
    "where", [{}, {"country": "GB", "site": SITE}, {"country": "XX"}, {"country": "GB", "stops_on": "2020-01-01"}]
)
def test_a_stop_names_one_place_and_a_day_to_come(house: SupplyHouse, where: dict[str, str]) -> None:
    """Anything else is refused."""
    ask = ProposeStop.model_validate({"study_id": house.study_id, "reason": "Ended", **where})
    with pytest.raises(BadInput):
        house.do(Role.SUPPLY_MANAGER, propose_stop, ask)
