"""A lot's date: shorter everywhere at once, longer kit by kit with two persons and every label accounted for."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from irt.audit.sentences import sentence
from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_relabelling import RelabelCampaign, places_of, relabel_campaign
from irt.services.change_expiry import (
    ApproveExtension,
    ChangeExpiry,
    ExpiryChanged,
    ExtensionOver,
    SameExpiry,
    approve_extension,
    change_expiry,
)
from irt.services.label_counts import LabelsDoNotAddUp, SecondPersonMissing
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.relabel_kits import (
    CheckRelabelling,
    NotToBeRelabelled,
    RelabelKits,
    check_relabelling,
    relabel_kits,
)
from irt.services.store import Store
from irt.tables.kit import BlindedLot, Kit
from irt.tables.record import AuditEntry
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites
from tests.cast import signing

OLD, LATER, SOONER = date(2027, 12, 31), date(2028, 6, 30), date(2026, 9, 30)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """One lot until the end of 2027: eighty kits at the Dutch depot, sixty at each of two British sites."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def changed(house: SupplyHouse, day: date, *countries: str) -> ExpiryChanged:
    """The qualified person signs another date."""
    facts = {"study_id": house.study_id, "lot": "L1", "expiry": day, "countries": countries, "reason": "Re-test"}
    return house.do(
        Role.QUALIFIED_PERSON, change_expiry, ChangeExpiry.model_validate({**facts, "signing": signing()})
    )


def dates(house: SupplyHouse) -> Counter[date]:
    """How many kits have which date."""
    return Counter(row["expiry"] for row in house.rows(Kit))


def campaign(house: SupplyHouse) -> RelabelCampaign:
    """What is left to do, everywhere."""
    with house.store.reading() as connection:
        return relabel_campaign(connection, house.study_id, *places_of(connection, house.study_id))


def shelf(house: SupplyHouse) -> tuple[dict[str, Any], list[str]]:
    """The first site and its kits."""
    site = house.active_sites()[0]
    return site, [row["number"] for row in house.rows(Kit, custody="site", place_id=site["id"])]


def relabelled(house: SupplyHouse, kits: list[str], who: Role = Role.PHARMACIST, **counts: int) -> str:
    """Labels put on at the first site."""
    site, _ = shelf(house)
    facts = {"study_id": house.study_id, "change": "E-0001", "site": site["number"], "kits": kits}
    ask = RelabelKits.model_validate({**facts, "labels_issued": len(kits), **counts})
    return house.do(who, relabel_kits, ask).number


def check(house: SupplyHouse, number: str, who: Role | Actor = Role.COORDINATOR) -> None:
    """Somebody signs that the labels are right."""
    house.do(who, check_relabelling, CheckRelabelling(study_id=house.study_id, number=number, signing=signing()))


def test_a_sooner_date_holds_everywhere_at_once(house: SupplyHouse) -> None:
    """Depot and sites alike, both arms alike; nobody has to put on a label before the date counts."""
    done = changed(house, SOONER)
    assert (done.kits, dates(house)) == (200, {SOONER: 200})
    assert house.rows(BlindedLot)[0]["expiry"] == SOONER
    assert campaign(house).kits == ()
    with pytest.raises(SameExpiry):
        changed(house, SOONER)
    with pytest.raises(BadInput, match="Name no country"):
        changed(house, date(2026, 8, 1), "GB")


def test_a_later_date_comes_kit_by_kit(house: SupplyHouse) -> None:
    """A task for each kit in an approved country; the old date holds until a second person has signed."""
    assert changed(house, LATER, "GB").kits == 0
    assert dates(house) == {OLD: 200}
    left = campaign(house)
    assert Counter(task.place[:4] for task in left.kits) == {"Site": 120}
    _, kits = shelf(house)
    number = relabelled(house, kits[:3], labels_issued=5, labels_spoiled=1, labels_destroyed=1)
    assert dates(house) == {OLD: 200}
    assert [(task.kits, task.labels_spoiled) for task in campaign(house).to_check] == [(3, 1)]
    assert Counter(task.waits_for_check for task in campaign(house).kits) == {"": 117, number: 3}
    check(house, number)
    assert dates(house) == {OLD: 197, LATER: 3}
    assert (len(campaign(house).kits), campaign(house).to_check) == (117, ())
    with pytest.raises(BadInput, match="checked before"):
        check(house, number)


def test_who_put_labels_on_does_not_check_them(house: SupplyHouse) -> None:
    """The same person with another role neither."""
    changed(house, LATER, "GB")
    number = relabelled(house, shelf(house)[1][:1])
    with pytest.raises(SecondPersonMissing):
        check(house, number, Role.PHARMACIST)
    with pytest.raises(NotAllowed):
        check(house, number, Role.MONITOR)
    assert dates(house) == {OLD: 200}


@pytest.mark.parametrize("counts", [{"labels_issued": 2}, {"labels_issued": 0}, {"labels_spoiled": 1}])
def test_every_label_is_accounted_for(house: SupplyHouse, counts: dict[str, int]) -> None:
    """Issued is used, spoiled and destroyed, or nothing is booked."""
    changed(house, LATER, "GB")
    with pytest.raises(LabelsDoNotAddUp):
        relabelled(house, shelf(house)[1][:1], **counts)


def test_a_country_is_approved_on_its_own(house: SupplyHouse) -> None:
    """Without it no label; with it the tasks are there; twice is refused."""
    changed(house, LATER)
    kits = shelf(house)[1][:1]
    with pytest.raises(NotToBeRelabelled, match="not approved in GB"):
        relabelled(house, kits)
    ask = ApproveExtension(study_id=house.study_id, number="E-0001", country="GB", signing=signing())
    house.do(Role.QUALIFIED_PERSON, approve_extension, ask)
    with pytest.raises(BadInput, match="already"):
        house.do(Role.QUALIFIED_PERSON, approve_extension, ask)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, approve_extension, ask)
    assert len(campaign(house).kits) == 120
    relabelled(house, kits)


def test_a_sooner_date_ends_the_campaign(house: SupplyHouse) -> None:
    """Labels put on under an extension that is over are not checked into force."""
    changed(house, LATER, "GB")
    number = relabelled(house, shelf(house)[1][:2])
    changed(house, SOONER)
    with pytest.raises(ExtensionOver):
        check(house, number)
    assert dates(house) == {SOONER: 200}
    assert campaign(house) == RelabelCampaign((), ())


def test_a_kit_elsewhere_or_barred_gets_no_label(house: SupplyHouse) -> None:
    """Another site's kit reads as unknown; one that was rejected or has the date already is named."""
    changed(house, LATER, "GB")
    other = house.active_sites()[1]
    strange = house.rows(Kit, custody="site", place_id=other["id"])[0]["number"]
    with pytest.raises(NotFound, match=strange):
        relabelled(house, [strange])
    kits = shelf(house)[1][:2]
    check(house, relabelled(house, kits[:1]))
    with pytest.raises(NotToBeRelabelled, match=kits[0]):
        relabelled(house, kits)
    apart = QuarantineKits(study_id=house.study_id, kits=kits[1:], reason="Torn")
    house.do(Role.QUALITY, quarantine_kits, apart)
    relabelled(house, kits[1:])


def test_on_both_databases(store: Store) -> None:
    """A depot relabels its kits; the trail reads as sentences and names no reason."""
    house = SupplyHouse.of(store)
    house.load()
    changed(house, LATER, "NL")
    kits = sorted(row["number"] for row in house.rows(Kit))[:2]
    facts = {"study_id": house.study_id, "change": "E-0001", "depot": "NLD", "kits": kits, "labels_issued": 2}
    number = house.do(Role.DEPOT, relabel_kits, RelabelKits.model_validate(facts)).number
    first = house.actor(Role.DEPOT)
    check(house, number, Actor(first.account_id + 1, "another", first.grants))
    assert dates(house) == {OLD: 198, LATER: 2}
    facts_told = ("act", "record_kind", "record", "old", "new", "reason")
    acts = ("expiry_extended", "kits_relabelled", "relabelling_checked")
    lines = [row for row in house.rows(AuditEntry) if row["act"] in acts]
    told = [sentence(person="Quinn", **{name: row[name] for name in facts_told}) for row in lines]
    both = " and ".join(kits)
    assert told == [
        "Quinn extended lot L1 from 2027-12-31 to 2028-06-30 (E-0001), for NL.",
        f"Quinn put new labels on kits {both} (E-0001); 2 were issued.",
        f"Quinn checked the new labels of kits {both}; they have the date 2028-06-30 now.",
    ]
