"""The inbox over facts as they are stored, and who takes what is in it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.reads.blinded_exceptions import ExceptionLine, open_exceptions
from irt.services.store import Store
from irt.services.take_exception import ExceptionSettled, TakeException, take_exception
from irt.supply.exceptions import ExceptionKind
from irt.tables.record import AuditEntry
from irt.tables.supply import ExceptionTaken
from tests.builders_supply import SupplyHouse
from tests.builders_trial import EARLY, Trial


def inbox(house: SupplyHouse, hours: int = 0) -> list[ExceptionLine]:
    """The exceptions so many hours after noon of the house's day."""
    now = datetime.combine(house.day, time(12), UTC) + timedelta(hours=hours)
    with house.store.reading() as connection:
        return [*open_exceptions(connection, house.study_id, now)]


def told(lines: list[ExceptionLine]) -> list[tuple[str, str]]:
    """What they are and what they are about."""
    return [(line.kind, line.record) for line in lines]


def requested(store: Store) -> SupplyHouse:
    """One shipment, requested at noon."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(1)
    house.resupply()
    return house


def taking(house: SupplyHouse, **changes: Any) -> TakeException:
    """The first shipment was not acknowledged."""
    facts = {"study_id": house.study_id, "kind": "not_acknowledged", "record": "S-10001", "note": "I call them"}
    return TakeException.model_validate({**facts, **changes})


def test_a_request_that_nobody_acknowledges_gets_an_owner(store: Store) -> None:
    """After a day it is in the inbox, unowned; whoever takes it stands beside it; it is escalated all the same."""
    house = requested(store)
    assert inbox(house, 23) == []
    (line,) = inbox(house, 24)
    assert (line.kind, line.record, line.owner, line.overdue) == ("not_acknowledged", "S-10001", "", False)
    house.later(2)
    done = house.do(Role.SUPPLY_PLANNER, take_exception, taking(house))
    (line,) = inbox(house, 1)
    assert (line.owner, line.note, line.overdue, line.escalated) == ("supply_planner", "I call them", True, False)
    assert done.deadline == line.deadline
    assert inbox(house, 25)[0].escalated
    house.do(Role.SUPPLY_MANAGER, take_exception, taking(house, note=""))
    assert inbox(house)[0].owner == "supply_manager"
    assert len(house.rows(ExceptionTaken)) == len(house.rows(AuditEntry, act="exception_taken")) == 2


def test_what_is_not_in_the_inbox_cannot_be_taken(sqlite_store: Store) -> None:
    """Another shipment, and this one before it is late."""
    house = requested(sqlite_store)
    with pytest.raises(ExceptionSettled):
        house.do(Role.SUPPLY_MANAGER, take_exception, taking(house))
    house.later(2)
    with pytest.raises(ExceptionSettled):
        house.do(Role.SUPPLY_MANAGER, take_exception, taking(house, record="S-10002"))


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.DEPOT, Role.QUALITY])
def test_only_supply_takes_exceptions(sqlite_store: Store, role: Role) -> None:
    """Others are refused."""
    house = requested(sqlite_store)
    house.later(2)
    with pytest.raises(NotAllowed):
        house.do(role, take_exception, taking(house))


def test_a_shelf_that_runs_out_is_told_by_its_blinding_group(trial: Trial) -> None:
    """At the pace of the last four weeks, whatever type was given; no kit type is named anywhere."""
    while len(trial.shelf()) > 4:
        trial.treated()
    found = [line for line in inbox(trial) if line.kind == ExceptionKind.STOCK_OUT]
    assert [line.record for line in found] == ["1001 PEN"]
    assert found[0].words.startswith("Pen 140 mg/mL: ")
    assert not any(secret in str(found) for secret in ("PEN-A", "PEN-P"))


def test_a_lot_that_expires_with_kits_left_is_listed(sqlite_trial: Trial) -> None:
    """Once, however many sites hold its kits."""
    sqlite_trial.later((EARLY - sqlite_trial.day).days - 40)
    assert ("expiring", f"L1 {EARLY}") in told(inbox(sqlite_trial))
