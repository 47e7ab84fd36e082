"""Kits at a depot that will never be used: set apart, confirmed by a second person, destroyed by certificate."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.audit.sentences import sentence
from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_destruction import destruction_page
from irt.reads.stock_books import reconcile_stock
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.destroy_kits import destroy_kits
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.store import Store
from irt.services.verify_depot_kits import (
    SameDepotVerifier,
    VerifyDepotKits,
    confirm_depot_kits,
    verify_depot_kits,
)
from irt.services.verify_kits import StillOfUse
from irt.states.table import TransitionRefused
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.study import Depot
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites
from tests.cast import signing
from tests.irt.services.test_destroy_kits import accountability, destroying


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """Two sites with sixty kits each, and the rest at the depot."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def second(house: SupplyHouse) -> Actor:
    """Another person of the same depot, whom the installation knows."""
    return Actor(house.actor(Role.MONITOR).account_id, "second", (Grant(Role.DEPOT, study_id=house.study_id),))


def kits_of(house: SupplyHouse, how_many: int = 2) -> list[str]:
    """Free kits at the Dutch depot."""
    (depot,) = house.rows(Depot, code="NLD")
    rows = house.rows(Kit, custody="depot", place_id=depot["id"], quality="released", assignment="free")
    return [row["number"] for row in rows][:how_many]


def rejected(house: SupplyHouse) -> list[str]:
    """Two kits at the depot, rejected by quality."""
    kits = kits_of(house)
    apart = QuarantineKits(study_id=house.study_id, kits=kits, reason="Pallet dropped")
    house.do(Role.QUALITY, quarantine_kits, apart)
    facts = {"study_id": house.study_id, "reject": kits, "reason": "Broken", "signing": signing()}
    house.do(Role.QUALITY, decide_quality, DecideQuality.model_validate(facts))
    return kits


def asked(house: SupplyHouse, kits: list[str], **changes: Any) -> VerifyDepotKits:
    """Somebody of the depot looked at the kits."""
    facts = {"study_id": house.study_id, "depot": "NLD", "kits": kits, "signing": signing()}
    return VerifyDepotKits.model_validate({**facts, **changes})


def test_rejected_kits_of_a_depot_are_destroyed(store: Store) -> None:
    """Set apart, confirmed by another, destroyed under a certificate; the books add up and tell it."""
    house = SupplyHouse.of(store)
    with_stocked_sites(house)
    kits = rejected(house)
    house.do(Role.DEPOT, verify_depot_kits, asked(house, kits))
    with pytest.raises(TransitionRefused):
        house.do(Role.QUALITY, destroy_kits, destroying(house, kits))
    house.do(second(house), confirm_depot_kits, asked(house, kits))
    with store.reading() as connection:
        waiting = destruction_page(connection, house.study_id).kits
    assert {(kit.number, kit.place) for kit in waiting} == {(number, "Depot NLD") for number in kits}
    house.do(Role.QUALITY, destroy_kits, destroying(house, kits))
    assert {accountability(house, kit) for kit in kits} == {"destroyed"}
    with store.reading() as connection:
        assert reconcile_stock(connection, house.study_id).faults == []
    facts = ("act", "record_kind", "record", "old", "new", "reason")
    told = [
        sentence(person="Dora", **{name: row[name] for name in facts})
        for row in house.rows(AuditEntry)
        if row["act"].startswith("depot_kits")
    ]
    both = " and ".join(sorted(kits))
    assert told == [
        f"Dora set apart kits {both} at depot NLD, never to be used.",
        f"Dora confirmed, as the second person, that kits {both} at depot NLD are apart.",
    ]


def test_an_expired_kit_is_set_apart_and_one_of_use_is_not(house: SupplyHouse) -> None:
    """Nor one of another place, or of a depot nobody knows."""
    (kit,) = kits_of(house, 1)
    with pytest.raises(StillOfUse, match=kit):
        house.do(Role.DEPOT, verify_depot_kits, asked(house, [kit]))
    at_site = house.rows(Kit, custody="site")[0]["number"]
    with pytest.raises(NotFound, match=at_site):
        house.do(Role.DEPOT, verify_depot_kits, asked(house, [at_site]))
    with pytest.raises(BadInput, match="XXX is not a depot"):
        house.do(Role.DEPOT, verify_depot_kits, asked(house, [kit], depot="XXX"))
    house.day = house.rows(Kit, number=kit)[0]["expiry"] + timedelta(days=1)
    house.do(Role.DEPOT, verify_depot_kits, asked(house, [kit]))
    assert accountability(house, kit) == "verified_by_site"


def test_two_persons_of_that_depot(house: SupplyHouse) -> None:
    """Who set kits apart does not confirm it; other depots and other roles have no part in it."""
    kits = rejected(house)
    house.do(Role.DEPOT, verify_depot_kits, asked(house, kits))
    with pytest.raises(SameDepotVerifier, match=min(kits)):
        house.do(Role.DEPOT, confirm_depot_kits, asked(house, sorted(kits)))
    (far,) = house.rows(Depot, code="USA")
    account_id = house.actor(Role.MONITOR).account_id
    stranger = Actor(account_id, "far", (Grant(Role.DEPOT, study_id=house.study_id, depot_id=far["id"]),))
    for somebody in (stranger, house.actor(Role.PHARMACIST)):
        with pytest.raises(NotAllowed):
            house.do(somebody, confirm_depot_kits, asked(house, kits))
