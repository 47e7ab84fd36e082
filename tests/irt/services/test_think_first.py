"""A planner that thinks long: nobody waits for it, and nothing is booked from facts that have changed meanwhile."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.services.order_kits import OrderKits, order_kits
from irt.services.run_resupply import ResupplyDone, RunResupply
from irt.services.store import Store
from irt.services.think_first import RESTLESS, run_unlocked
from irt.supply.planner import NetworkView, ProposedShipment
from irt.supply.planners import ByMethod
from irt.supply.resupply import MinMax
from irt.tables.record import AuditEntry
from irt.tables.shipment import ResupplyRun, Shipment
from tests.builders_plan import planner
from tests.builders_supply import SupplyHouse, the_lipid_study

Meanwhile = Callable[[], object]


class Slow:
    """A planner that others overtake: each time it thinks, something happens."""

    name = "slow"

    def __init__(self, *meanwhile: Meanwhile) -> None:
        self._meanwhile, self.thoughts = list(meanwhile), 0

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """As minimum and maximum would; the facts it saw are those of before."""
        self.thoughts += 1
        shipments = MinMax().plan(network, day, settings)
        if self._meanwhile:
            self._meanwhile.pop(0)()
        return shipments


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """A study that names a planner of its own; kits at the depot and two empty sites."""
    study = the_lipid_study()
    resupply = study.resupply.model_copy(update={"method": "optimizer"})
    house = SupplyHouse.of(store, study.model_copy(update={"resupply": resupply}))
    house.load()
    house.sites(2)
    return house


def run(house: SupplyHouse, slow: Slow, key: str = "night") -> ResupplyDone:
    """The house's night."""
    planners = ByMethod(MinMax(), {"optimizer": slow}.get)
    now = datetime.combine(house.day, time(12), UTC)
    return run_unlocked(
        house.store, planner(house), now, planners, RunResupply(study_id=house.study_id, day=house.day), key
    )


def ordering(house: SupplyHouse, site: str) -> Meanwhile:
    """Somebody orders pens for a site by hand: it books under the study's lock."""
    ask = OrderKits(
        study_id=house.study_id, site=site, kits={"PEN-A": 2, "PEN-P": 2}, reason="a subject moves there"
    )
    return lambda: house.do(Role.SUPPLY_MANAGER, order_kits, ask)


def test_what_was_thought_is_booked(house: SupplyHouse) -> None:
    """Once thought, once booked; the same night asked again is told the first answer."""
    done = run(house, Slow())
    assert len(done.shipments) == 2
    assert [row["planner"] for row in house.rows(ResupplyRun)] == ["slow"]
    assert run(house, Slow()) == done
    assert len(house.rows(Shipment)) == 2


def test_facts_that_change_are_thought_about_once_more(house: SupplyHouse) -> None:
    """An order is booked while the planner thinks: it does not wait, and the plan counts it as on its way."""
    slow = Slow(ordering(house, "1001"))
    done = run(house, slow)
    assert slow.thoughts == 2
    assert done.notice == ""
    assert len(house.rows(Shipment)) == 1 + len(done.shipments)
    assert [row["shipments_proposed"] for row in house.rows(ResupplyRun)] == [len(done.shipments)]


def test_a_restless_study_is_supplied_by_the_plain_planner(house: SupplyHouse) -> None:
    """Changed twice while it was thought about: minimum and maximum supply the night, and the trail says why."""
    slow = Slow(ordering(house, "1001"), ordering(house, "1002"))
    done = run(house, slow)
    assert slow.thoughts == 2
    assert done.notice == f"min_max instead of optimizer: {RESTLESS}"
    assert [row["planner"] for row in house.rows(ResupplyRun)] == ["min_max"]
    (told,) = house.rows(AuditEntry, act="resupply_run")
    assert told["new"]["notice"] == done.notice
