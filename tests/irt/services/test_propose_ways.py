"""Further ways that plans may take: put forward, agreed by another person, in force from a day on, closed again."""

from datetime import timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.reads.asking import Asking
from irt.reads.blinded_imports import way_lines
from irt.reads.inventory import network_view
from irt.reads.unblinded_definition import definition_in_force
from irt.services.propose_ways import ProposeWay, propose_way
from irt.services.store import Store
from irt.study.planning import Way
from irt.tables.network import PlanWay
from irt.tables.study import OperationalChange
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.irt.services.test_imports import house_time

COURIER = Way(code="COURIER", origin="NLD", target="GB", lead_time_days=1, consignment_cents=90_000)


def a_house(store: Store, *ways: Way) -> SupplyHouse:
    """One British site; the study file names these ways."""
    study = the_lipid_study()
    planning = study.resupply.planning.model_copy(update={"ways": ways})
    resupply = study.resupply.model_copy(update={"planning": planning})
    house = SupplyHouse.of(store, study.model_copy(update={"resupply": resupply}))
    house.load()
    house.sites(1)
    return house


def asking(house: SupplyHouse, way: Way = COURIER, **changes: Any) -> ProposeWay:
    """The way from today on."""
    facts = {"study_id": house.study_id, "way": way, "effective_from": house.day, "reason": "Contracted"}
    return ProposeWay.model_validate({**facts, **changes})


def ways_of(house: SupplyHouse, day_ahead: int = 0) -> list[tuple[str, int]]:
    """Code and lead time of the ways that a plan made on a day finds at the site."""
    day = house.day + timedelta(days=day_ahead)
    with house.store.reading() as connection:
        definition = definition_in_force(connection, house.study_id)
        network = network_view(connection, Asking(house.study_id, definition, day, house_time(house)))
    (site,) = network.sites
    return [(way.code, way.lead_time_days) for way in site.other_ways]


def test_a_way_that_two_people_agreed_on_is_taken_from_its_day_on(store: Store) -> None:
    """Not before; the change and its row are kept."""
    house = a_house(store)
    house.agree(asking(house, effective_from=house.day + timedelta(days=2)))
    assert ways_of(house) == []
    assert ways_of(house, 2) == [("COURIER", 1)]
    (row,) = house.rows(PlanWay)
    (change,) = house.rows(OperationalChange)
    assert (row["change_id"], change["kind"], change["before"]) == (change["id"], "plan_way", None)


def test_what_was_agreed_comes_before_the_study_file(sqlite_store: Store) -> None:
    """Of one code and target; closed, the way is taken no more, and the file's does not come back."""
    house = a_house(sqlite_store, COURIER, COURIER.model_copy(update={"target": "1001", "code": "VAN"}))
    assert ways_of(house) == [("COURIER", 1), ("VAN", 1)]
    house.agree(asking(house, COURIER.model_copy(update={"lead_time_days": 2})))
    assert ways_of(house) == [("COURIER", 2), ("VAN", 1)]
    house.agree(asking(house, open=False))
    assert ways_of(house) == [("VAN", 1)]
    assert house.rows(OperationalChange)[-1]["before"]["lead_time_days"] == 2


def test_people_read_what_was_agreed(sqlite_store: Store) -> None:
    """As it stands and as it will; blinded people too, for no kit is named."""
    house = a_house(sqlite_store)
    house.agree(asking(house))
    house.agree(asking(house, open=False, effective_from=house.day + timedelta(days=9)))
    with house.store.reading() as connection:
        told = way_lines(connection, house.study_id, house.day)
    assert [(one.code, one.open, one.coming) for one in told] == [
        ("COURIER", True, False),
        ("COURIER", False, True),
    ]
    assert (told[0].leaves, told[0].consignment_cents, told[0].travel_cents) == (
        "Mon, Tue, Wed, Thu, Fri, by 15:00",
        90_000,
        None,
    )


def test_a_way_between_places_that_are_not_there_is_refused(sqlite_store: Store) -> None:
    """As is closing what is not there, changing nothing, and a proposal of who may not."""
    house = a_house(sqlite_store)
    for way in (COURIER.model_copy(update={"origin": "XXX"}), COURIER.model_copy(update={"target": "9999"})):
        with pytest.raises(BadInput, match="of this study"):
            house.do(Role.SUPPLY_MANAGER, propose_way, asking(house, way))
    with pytest.raises(BadInput, match="There is no way COURIER to GB"):
        house.do(Role.SUPPLY_MANAGER, propose_way, asking(house, open=False))
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, propose_way, asking(house))
    house.agree(asking(house))
    with pytest.raises(BadInput):
        house.do(Role.SUPPLY_MANAGER, propose_way, asking(house))
