"""The end of kits: the site, then another person as the monitor, then a certificate and a signature."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.audit.sentences import sentence
from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.stock_books import reconcile_stock
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.destroy_kits import CertificateKnown, DestroyKits, destroy_kits
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.store import Store
from irt.services.verify_kits import SameVerifier, StillOfUse, VerifyKits, monitor_returns, verify_returns
from irt.states.table import TransitionRefused
from irt.tables.destruction import Certificate
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites
from tests.cast import signing

PAPER = b"%PDF-1.7 \xff\xfe burnt at 1100 degrees"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """Two sites with sixty kits each."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def rejected(house: SupplyHouse, how_many: int = 2) -> tuple[str, list[str]]:
    """A site's number and so many of its kits, rejected by quality."""
    site = house.active_sites()[0]
    kits = [row["number"] for row in house.rows(Kit, custody="site", place_id=site["id"])][:how_many]
    apart = QuarantineKits(study_id=house.study_id, kits=kits, reason="Fridge warm")
    house.do(Role.QUALITY, quarantine_kits, apart)
    facts = {"study_id": house.study_id, "reject": kits, "reason": "Too warm", "signing": signing()}
    house.do(Role.QUALITY, decide_quality, DecideQuality.model_validate(facts))
    return site["number"], kits


def verifying(house: SupplyHouse, site: str, kits: list[str]) -> VerifyKits:
    """Somebody looked at the kits."""
    return VerifyKits(study_id=house.study_id, site=site, kits=kits, signing=signing())


def destroying(house: SupplyHouse, kits: list[str], **changes: Any) -> DestroyKits:
    """A certificate over the kits."""
    facts = {"study_id": house.study_id, "certificate": "C-77", "destroyer": "Remex", "on_day": house.day}
    paper = {"file_name": "c-77.pdf", "paper": PAPER, "kits": kits, "signing": signing()}
    return DestroyKits.model_validate({**facts, **paper, **changes})


def accountability(house: SupplyHouse, number: str) -> str:
    """Where the kit is on its last axis."""
    return str(house.rows(Kit, number=number)[0]["accountability"])


def test_from_the_shelf_to_the_certificate(store: Store, tmp_path: Path) -> None:
    """On both databases, each step by its person; the books add up, and the paper's hash is kept."""
    house = SupplyHouse.of(store)
    with_stocked_sites(house)
    site, kits = rejected(house)
    house.do(Role.PHARMACIST, verify_returns, verifying(house, site, kits))
    assert accountability(house, kits[0]) == "verified_by_site"
    house.do(Role.MONITOR, monitor_returns, verifying(house, site, kits))
    done = house.do(Role.QUALITY, destroy_kits, destroying(house, kits))
    assert done.sha256 == hashlib.sha256(PAPER).hexdigest()
    assert {accountability(house, kit) for kit in kits} == {"destroyed"}
    (kept,) = house.rows(Certificate)
    assert (bytes(kept["paper"]), kept["kits"]) == (PAPER, 2)
    with store.reading() as connection:
        found = reconcile_stock(connection, house.study_id)
    assert found.faults == []
    line = next(line for line in found.shelves if line["place"] == f"site {site}")
    assert line["went_to"] == {"destroyed": 2}
    facts = ("act", "record_kind", "record", "old", "new", "reason")
    acts = ("returns_verified", "returns_monitored", "kits_destroyed")
    told = [
        sentence(person="Pat", **{name: row[name] for name in facts})
        for row in house.rows(AuditEntry)
        if row["act"] in acts
    ]
    both = " and ".join(sorted(kits))
    assert told == [
        f"Pat verified kits {both} at site {site}.",
        f"Pat verified, as the monitor, kits {both} at site {site}.",
        f"Pat booked the destruction of kits {both} by certificate C-77.",
    ]


def test_a_kit_that_may_still_be_given_is_not_verified(house: SupplyHouse) -> None:
    """Nor one that lies elsewhere; an expired one is."""
    site, _ = rejected(house)
    here, there = (
        house.rows(Kit, custody="site", place_id=each["id"], quality="released")[0]["number"]
        for each in house.active_sites()
    )
    with pytest.raises(StillOfUse, match=here):
        house.do(Role.PHARMACIST, verify_returns, verifying(house, site, [here]))
    with pytest.raises(NotFound, match=there):
        house.do(Role.PHARMACIST, verify_returns, verifying(house, site, [there]))
    house.day = house.rows(Kit, number=here)[0]["expiry"] + timedelta(days=1)
    assert house.do(Role.PHARMACIST, verify_returns, verifying(house, site, [here])).kits == [here]


def test_the_monitor_is_another_person(house: SupplyHouse) -> None:
    """Whoever verified for the site, even with both roles, does not verify again."""
    site, kits = rejected(house)
    pharmacist = house.actor(Role.PHARMACIST)
    house.do(pharmacist, verify_returns, verifying(house, site, kits))
    both = Actor(pharmacist.account_id, "both", (*pharmacist.grants, Grant(Role.MONITOR)))
    with pytest.raises(SameVerifier, match=min(kits)):
        house.do(both, monitor_returns, verifying(house, site, kits))
    assert accountability(house, kits[0]) == "verified_by_site"


def test_nothing_is_destroyed_before_both_have_signed(house: SupplyHouse) -> None:
    """Neither a kit nobody verified nor one the site alone did; nor a kit twice."""
    site, kits = rejected(house)
    with pytest.raises(TransitionRefused):
        house.do(Role.QUALITY, destroy_kits, destroying(house, kits))
    house.do(Role.PHARMACIST, verify_returns, verifying(house, site, kits))
    with pytest.raises(TransitionRefused):
        house.do(Role.QUALITY, destroy_kits, destroying(house, kits))
    house.do(Role.MONITOR, monitor_returns, verifying(house, site, kits))
    with pytest.raises(BadInput, match="lies ahead"):
        house.do(Role.QUALITY, destroy_kits, destroying(house, kits, on_day=house.day + timedelta(days=1)))
    house.do(Role.QUALITY, destroy_kits, destroying(house, kits[:1]))
    with pytest.raises(CertificateKnown):
        house.do(Role.QUALITY, destroy_kits, destroying(house, kits[1:]))
    with pytest.raises(TransitionRefused):
        house.do(Role.QUALITY, destroy_kits, destroying(house, kits[:1], certificate="C-78"))


@pytest.mark.parametrize(
    ("role", "service"),
    [(Role.MONITOR, verify_returns), (Role.PHARMACIST, monitor_returns), (Role.SUPPLY_MANAGER, verify_returns)],
)
def test_each_step_has_its_people(house: SupplyHouse, role: Role, service: Any) -> None:
    """A monitor does not verify for the site, nor the site for the monitor; quality alone books destruction."""
    site, kits = rejected(house)
    with pytest.raises(NotAllowed):
        house.do(role, service, verifying(house, site, kits))
    with pytest.raises(NotAllowed):
        house.do(role, destroy_kits, destroying(house, kits))
