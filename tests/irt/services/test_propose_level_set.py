"""Levels of many places are one change: proposed whole, decided once, in force from their day on."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.reads.unblinded_level_set import preview_level_set, proposed_set
from irt.services.operational_changes import DecideChange, decide_change
from irt.services.propose_level_set import LevelRow, ProposeLevelSet, propose_level_set
from irt.services.store import Store
from irt.supply.resupply import MinMax
from irt.tables.record import AuditEntry
from irt.tables.secret import ResupplySetting
from irt.tables.shipment import Shipment
from tests.builders_supply import SupplyHouse
from tests.cast import signing


def a_house(store: Store) -> SupplyHouse:
    """Kits in the Netherlands and two British sites that were never sent any."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(2)
    return house


def rows(**changes: Any) -> list[dict[str, Any]]:
    """Two to four of each pen for both sites."""
    figures = {"minimum": 2, "maximum": 4, **changes}
    return [{"site": site, "kit_type": pen, **figures} for site in ("1001", "1002") for pen in ("PEN-A", "PEN-P")]


def a_set(house: SupplyHouse, told: list[dict[str, Any]] | None = None, days: int = 0) -> ProposeLevelSet:
    """They hold from so many days on."""
    return ProposeLevelSet(
        study_id=house.study_id,
        rows=[LevelRow.model_validate(row) for row in told or rows()],
        effective_from=house.day + timedelta(days=days),
        reason="Few subjects",
    )


def approve(house: SupplyHouse, change_id: int) -> None:
    """A second unblinded person approves the whole set."""
    with house.store.reading() as connection:
        seen = proposed_set(connection, house.study_id, change_id).seen
    second = house.actor(Role.QUALITY, Role.SUPPLY_MANAGER)
    facts = {"study_id": house.study_id, "change_id": change_id, "seen": seen}
    house.do(second, decide_change, DecideChange(**facts, granted=True, signing=signing()))


def test_a_set_is_one_change_from_its_day_on(store: Store) -> None:
    """Four rows, one proposal, one decision, one audit entry of each, none of which names a kit type."""
    house = a_house(store)
    before = len(house.rows(ResupplySetting))
    proposed = house.do(Role.SUPPLY_MANAGER, propose_level_set, a_set(house, days=1))
    assert (proposed.record, proposed.seen) == ("stock levels of 2 places", "")
    assert len(house.rows(ResupplySetting)) == before
    approve(house, proposed.change_id)
    assert len(house.rows(ResupplySetting)) == before + 4
    entries = [row for act in ("change_proposed", "change_applied") for row in house.rows(AuditEntry, act=act)]
    assert len(entries) == 2
    assert not any("PEN-" in str(entry) for entry in entries)
    house.later(1)
    assert house.resupply().kits == 16


def test_the_preview_is_a_dry_run_of_tonight(store: Store) -> None:
    """Each level before and after, and what a run would raise without and with it; nothing is booked."""
    house = a_house(store)
    now = datetime.combine(house.day, time(12), UTC)
    with house.store.reading() as connection:
        looked = preview_level_set(connection, house.study_id, rows(), MinMax(), now)
        nothing = preview_level_set(connection, house.study_id, rows(minimum=0), MinMax(), now)
    assert [(one.where, one.old, one.new) for one in looked.rows][:2] == [("Site 1001", "15 to 30", "2 to 4")] * 2
    assert (looked.shipments_before, looked.kits_before) == (2, 120)
    assert (looked.shipments_after, looked.kits_after) == (2, 16)
    assert nothing.shipments_after == 0
    assert house.rows(Shipment) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([{"site": "9999", "kit_type": "PEN-A", "minimum": 1, "maximum": 2}], "not a site"),
        ([{"kit_type": "PEN-X", "minimum": 1, "maximum": 2}], "not a kit type"),
        ([{"kit_type": "PEN-A", "minimum": 3, "maximum": 2}], "below the minimum"),
        ([{"kit_type": "PEN-A", "minimum": 1, "maximum": 2}] * 2, "twice"),
        ([{"depot": "NLD", "kit_type": "PEN-A", "minimum": 1, "maximum": 2}], "regional depot"),
    ],
)
def test_one_wrong_row_refuses_all(sqlite_store: Store, told: list[dict[str, Any]], said: str) -> None:
    """Named by its place; nothing is proposed."""
    house = a_house(sqlite_store)
    with pytest.raises(BadInput, match=said):
        house.do(Role.SUPPLY_MANAGER, propose_level_set, a_set(house, told))
    with pytest.raises(NotAllowed):
        house.do(Role.SUPPLY_PLANNER, propose_level_set, a_set(house))
