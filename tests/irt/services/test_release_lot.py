"""Release by the qualified person, country by country."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from irt.audit.signature import Meaning, record_hash
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.release_lot import (
    AlreadyApproved,
    AlreadyReleased,
    ApproveLot,
    LotExpired,
    NotReleased,
    ReleaseLot,
    approve_lot,
    release_content,
    release_lot,
)
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.tables.kit import BlindedLot, LotApproval, Movement
from irt.tables.people import SignInAttempt
from irt.tables.record import AuditEntry, Signature
from tests.builders_supply import SupplyHouse, a_house
from tests.cast import signing


def with_an_unreleased_lot(house: SupplyHouse) -> None:
    """Two hundred kits that nobody may use yet."""
    house.load(release=False)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with an unreleased lot."""
    with a_house(with_an_unreleased_lot, tmp_path) as made:
        yield made


def _release(house: SupplyHouse, **changes: object) -> ReleaseLot:
    facts = {"study_id": house.study_id, "lot": "L1", "on_day": house.day, "signing": signing(), **changes}
    return ReleaseLot.model_validate(facts)


def _approve(house: SupplyHouse, country: str) -> ApproveLot:
    return ApproveLot(study_id=house.study_id, lot="L1", country=country, signing=signing())


def test_every_kit_of_the_lot_becomes_usable(store: Store) -> None:
    """Released kits, a movement each, the day on the lot, and one approval for everywhere."""
    house = SupplyHouse.of(store)
    house.load(release=False)
    assert house.do(Role.QUALIFIED_PERSON, release_lot, _release(house)).kits == 200
    assert {key[2] for key in house.stock()} == {"released"}
    assert len(house.rows(Movement)) == 200
    assert house.rows(BlindedLot)[0]["released_on"] == house.day
    assert [row["country"] for row in house.rows(LotApproval)] == [None]


def test_countries_are_approved_one_by_one(house: SupplyHouse) -> None:
    """A lot approved for the Netherlands is sent there; Germany gets it after an approval of its own."""
    house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, countries=["DE"]))
    assert [row["country"] for row in house.rows(LotApproval)] == ["DE"]
    house.do(Role.QUALIFIED_PERSON, approve_lot, _approve(house, "GB"))
    assert [row["country"] for row in house.rows(LotApproval)] == ["DE", "GB"]


def test_a_lot_not_approved_in_a_country_is_not_sent_there(house: SupplyHouse) -> None:
    """The first site is British: approved for Germany alone, the lot stays at the depot."""
    house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, countries=["DE"]))
    house.sites(1)
    assert house.resupply().shipments == []
    house.do(Role.QUALIFIED_PERSON, approve_lot, _approve(house, "GB"))
    assert len(house.resupply().shipments) == 1


def test_what_is_refused(house: SupplyHouse) -> None:
    """A second release, an expired lot, an unknown lot or country, a country before the release, anybody else."""
    early = _approve(house, "GB")
    with pytest.raises(NotReleased):
        house.do(Role.QUALIFIED_PERSON, approve_lot, early)
    with pytest.raises(NotAllowed):
        house.do(Role.SUPPLY_MANAGER, release_lot, _release(house))
    with pytest.raises(LotExpired):
        house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, on_day=date(2027, 12, 31) + timedelta(days=1)))
    with pytest.raises(NotFound):
        house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, lot="L9"))
    with pytest.raises(BadInput):
        house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, countries=["ZZ"]))
    assert {key[2] for key in house.stock()} == {"unreleased"}
    house.do(Role.QUALIFIED_PERSON, release_lot, _release(house))
    with pytest.raises(AlreadyReleased):
        house.do(Role.QUALIFIED_PERSON, release_lot, _release(house))


def test_the_release_is_signed_in_the_same_transaction(house: SupplyHouse) -> None:
    """One signature bound to what was released stands beside the approvals and in the audit trail."""
    ask = _release(house, countries=["GB", "NL"])
    house.do(Role.QUALIFIED_PERSON, release_lot, ask)
    signed = house.rows(Signature, meaning=Meaning.RELEASE_LOT)[0]
    expiry = house.rows(BlindedLot)[0]["expiry"]
    assert signed["record_hash"] == record_hash("lot", "L1", release_content(ask, expiry))
    assert {row["signature_id"] for row in house.rows(LotApproval)} == {signed["id"]}
    (booked,) = house.rows(AuditEntry, act="lot_released")
    assert booked["new"]["signature"] == signed["id"]


def test_a_wrong_password_releases_nothing(house: SupplyHouse) -> None:
    """The lot stays as it was; the attempt is recorded."""
    with pytest.raises(SigningRefused, match="Nothing was signed"):
        house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, signing=signing("a guess")))
    assert {key[2] for key in house.stock()} == {"unreleased"}
    assert house.rows(BlindedLot)[0]["released_on"] is None
    assert [row["succeeded"] for row in house.rows(SignInAttempt, purpose="signature")][-1] is False


def test_a_country_is_approved_once(house: SupplyHouse) -> None:
    """Neither twice, nor where the lot is approved everywhere, nor one the study does not have."""
    house.do(Role.QUALIFIED_PERSON, release_lot, _release(house, countries=["DE"]))
    for country, refusal in (("DE", AlreadyApproved), ("ZZ", BadInput)):
        with pytest.raises(refusal):
            house.do(Role.QUALIFIED_PERSON, approve_lot, _approve(house, country))
    house.do(Role.QUALIFIED_PERSON, approve_lot, _approve(house, "GB"))
    assert len({row["signature_id"] for row in house.rows(LotApproval)}) == 2
