"""Just-in-time labels: at the depot, from the approved text, every label counted, checked by a second person."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from irt.audit.sentences import sentence
from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_just_in_time import ShipmentLabels, lacks_label, shipment_labels
from irt.services.change_expiry import ChangeExpiry, change_expiry
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    cancel_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.services.label_counts import LabelsDoNotAddUp, SecondPersonMissing
from irt.services.label_kits import (
    CheckLabels,
    KitsLabelled,
    KitsNotLabelled,
    LabelKits,
    NoApprovedLabel,
    NotJustInTime,
    check_labels,
    label_kits,
)
from irt.services.store import Store
from irt.states.shipment import ShipmentStatus
from irt.study.definition import StudyDefinition
from irt.study.labels import LabelSettings
from irt.tables.kit import BlindedLot, Kit
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_home import HomeTrial, mailing
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.cast import signing
from tests.irt.labels.builders import AMERICAN
from tests.irt.services.test_label_masters import decided, proofed, written


def the_first(house: SupplyHouse) -> str:
    """The number of the first shipment."""
    return str(house.rows(Shipment)[0]["number"])


@cache
def the_late_study() -> StudyDefinition:
    """The lipid study; its kits have no label until they leave for Britain or the Netherlands."""
    study = the_lipid_study()
    countries = tuple(
        country.model_copy(update={"label_group": country.code}) if country.code in ("GB", "NL") else country
        for country in study.countries
    )
    labels = LabelSettings(just_in_time=("GB", "NL"))
    return study.model_copy(update={"countries": countries, "labels": labels})


def picked(house: SupplyHouse, number: str = "") -> str:
    """The first shipment, or the one named, acknowledged and picked."""
    number = number or the_first(house)
    for service in (acknowledge_shipment, pick_shipment):
        house.do(Role.DEPOT, service, StepShipment(study_id=house.study_id, number=number))
    return number


def approved(house: SupplyHouse, *languages: str, country: str = "GB") -> None:
    """Texts for a country, approved by quality."""
    for language in languages:
        draft = written(house, country=country, language=language)
        proofed(house, draft)
        decided(house, draft)


@pytest.fixture
def house(sqlite_store: Store) -> Iterator[SupplyHouse]:
    """A picked shipment to Britain, with the British label approved."""
    made = SupplyHouse.of(sqlite_store, the_late_study())
    made.load()
    made.sites(1)
    made.resupply()
    approved(made, "en")
    picked(made)
    return made


def work(house: SupplyHouse, number: str = "") -> ShipmentLabels:
    """What is left of the shipment's labels."""
    with house.store.reading() as connection:
        return shipment_labels(connection, house.study_id, number or the_first(house))


def labelled(house: SupplyHouse, kits: tuple[str, ...], number: str = "", **counts: int) -> KitsLabelled:
    """Somebody of the depot puts the labels on."""
    facts = {
        "study_id": house.study_id,
        "shipment": number or the_first(house),
        "kits": list(kits),
        "labels_issued": len(kits),
    }
    return house.do(Role.DEPOT, label_kits, LabelKits.model_validate({**facts, **counts}))


def second(house: SupplyHouse) -> Actor:
    """Another person of the same depot."""
    first = house.actor(Role.DEPOT)
    return Actor(first.account_id + 1, "another", first.grants)


def checked(house: SupplyHouse, number: str, who: Actor | None = None, **decision: Any) -> int:
    """The second person signs; how many kits are left."""
    ask = CheckLabels(study_id=house.study_id, number=number, signing=signing(), **decision)
    return house.do(who or second(house), check_labels, ask).left


def pack(house: SupplyHouse, number: str = "") -> ShipmentStatus:
    """The depot closes the parcel."""
    ask = StepShipment(study_id=house.study_id, number=number or the_first(house))
    return house.do(Role.DEPOT, pack_shipment, ask).status


def groups(house: SupplyHouse) -> Counter[str]:
    """How many kits have which label."""
    return Counter(row["label_group"] for row in house.rows(Kit))


def test_a_parcel_is_packed_once_every_label_is_checked(store: Store) -> None:
    """On both databases: refused with numbers, labelled in two goes, checked by another person, packed."""
    house = SupplyHouse.of(store, the_late_study())
    house.load()
    house.sites(1)
    house.resupply()
    approved(house, "en")
    picked(house)
    kits = work(house).left
    with pytest.raises(KitsNotLabelled, match=f"{len(kits)} kits of this parcel have no label for GB yet, and 0"):
        pack(house)
    first = labelled(house, kits[:2], labels_issued=4, labels_spoiled=1, labels_destroyed=1)
    assert first.masters == ["LM-001 version 1"]
    assert (work(house).left, work(house).waiting) == (kits[2:], 2)
    assert groups(house)["GB"] == 0
    assert checked(house, first.number) == len(kits) - 2
    rest = labelled(house, kits[2:])
    with pytest.raises(KitsNotLabelled, match=r"0 kits .* wait for a second person"):
        pack(house)
    assert checked(house, rest.number) == 0
    assert groups(house)["GB"] == len(kits)
    assert pack(house) == ShipmentStatus.PACKED
    told = ("act", "record_kind", "record", "old", "new", "reason")
    lines = [row for row in house.rows(AuditEntry) if row["act"] in ("kits_labelled", "labels_checked")]
    parcel = house.rows(Shipment)[0]["number"]
    both = " and ".join(sorted(kits[:2]))
    assert [sentence(person="Quinn", **{name: row[name] for name in told}) for row in lines][:2] == [
        f"Quinn put labels for GB on kits {both} of {parcel}; 4 were issued.",
        f"Quinn checked the labels for GB of kits {both} of {parcel}.",
    ]


def test_who_put_labels_on_does_not_check_them(house: SupplyHouse) -> None:
    """Nor does somebody who works elsewhere, or a supply manager."""
    number = labelled(house, work(house).left[:1]).number
    with pytest.raises(SecondPersonMissing):
        checked(house, number, house.actor(Role.DEPOT))
    for who in (house.actor(Role.DEPOT, depot_id=99), house.actor(Role.SUPPLY_MANAGER)):
        with pytest.raises(NotAllowed):
            checked(house, number, who)
    checked(house, number)
    with pytest.raises(BadInput, match="checked before"):
        checked(house, number)


def test_wrong_labels_come_off_and_are_put_on_again(house: SupplyHouse) -> None:
    """With the reason; the kits wait as before."""
    kits = work(house).left
    number = labelled(house, kits).number
    with pytest.raises(BadInput, match="reason"):
        checked(house, number, passed=False)
    assert checked(house, number, passed=False, reason="Smudged") == len(kits)
    assert (groups(house)["GB"], work(house).left) == (0, kits)
    checked(house, labelled(house, kits).number)
    assert pack(house) == ShipmentStatus.PACKED


@pytest.mark.parametrize("counts", [{"labels_issued": 2}, {"labels_issued": 0}, {"labels_spoiled": 1}])
def test_every_label_is_accounted_for(house: SupplyHouse, counts: dict[str, int]) -> None:
    """Issued is used, spoiled and destroyed."""
    with pytest.raises(LabelsDoNotAddUp):
        labelled(house, work(house).left[:1], **counts)


def test_a_country_with_two_languages_has_two_labels_a_kit(house: SupplyHouse) -> None:
    """Both texts are named, and counted."""
    approved(house, "cy")
    with pytest.raises(LabelsDoNotAddUp):
        labelled(house, work(house).left[:3])
    done = labelled(house, work(house).left[:3], labels_issued=6)
    assert done.masters == ["LM-001 version 1", "LM-002 version 1"]


def test_a_label_is_asked_for_again_when_its_lot_ends_earlier(store: Store) -> None:
    """Packed already or not; a label put on after the change holds, and a later date asks for none."""
    house = SupplyHouse.of(store, the_late_study())
    house.load()
    house.sites(1)
    house.resupply()
    approved(house, "en")
    picked(house)
    kits = work(house).left
    assert checked(house, labelled(house, kits).number) == 0
    house.later(1)
    ends(house, -30)
    assert work(house).left == kits
    with pytest.raises(KitsNotLabelled, match=f"{len(kits)} kits"):
        pack(house)
    house.later(1)
    assert checked(house, labelled(house, kits).number) == 0
    assert pack(house) == ShipmentStatus.PACKED
    house.later(1)
    ends(house, -40)
    with pytest.raises(KitsNotLabelled):
        leave(house)
    house.later(1)
    assert checked(house, labelled(house, kits).number) == 0
    house.later(1)
    ends(house, -20)
    assert leave(house) == ShipmentStatus.IN_TRANSIT


def ends(house: SupplyHouse, days: int) -> None:
    """Every lot of the parcel's kits ends so many days from the date of the kit list."""
    for lot in house.rows(BlindedLot):
        first = house.definition.sizes["small"].lots[0].expiry + timedelta(days=days)
        ask = ChangeExpiry(
            study_id=house.study_id, lot=lot["number"], expiry=first, reason="Stability", signing=signing()
        )
        house.do(Role.QUALIFIED_PERSON, change_expiry, ask)


def leave(house: SupplyHouse) -> ShipmentStatus:
    """The carrier takes the parcel."""
    ask = StepShipment(study_id=house.study_id, number=the_first(house), waybill="W", monitor="M")
    return house.do(Role.DEPOT, dispatch_shipment, ask).status


def test_only_what_is_picked_and_lacks_its_label_gets_one(house: SupplyHouse) -> None:
    """Another shipment's kit, one that waits for its check, one that has its label."""
    here = work(house).left
    strange = next(row["number"] for row in house.rows(Kit) if row["number"] not in here)
    with pytest.raises(NotFound, match=strange):
        labelled(house, (strange,))
    number = labelled(house, here[:1]).number
    for _ in ("waits for its check", "has its label"):
        with pytest.raises(NotFound, match=here[0]):
            labelled(house, here[:1])
        if work(house).to_check:
            checked(house, number)


def test_no_label_without_an_approved_text(sqlite_store: Store) -> None:
    """The refusal names product and country; before the pick there is nothing to label."""
    house = SupplyHouse.of(sqlite_store, the_late_study())
    house.load()
    house.sites(1)
    house.resupply()
    with pytest.raises(NotJustInTime, match="once they are picked"):
        labelled(house, work(house).left[:1])
    picked(house)
    with pytest.raises(NoApprovedLabel, match="GB"):
        labelled(house, work(house).left[:1])


def test_a_label_of_one_country_fits_no_other(house: SupplyHouse) -> None:
    """A parcel called off leaves British kits, which the Dutch site does not get."""
    kits = work(house).left
    checked(house, labelled(house, kits).number)
    parcel = house.rows(Shipment)[0]["number"]
    ask = StepShipment(study_id=house.study_id, number=parcel, reason="Site closed")
    house.do(Role.SUPPLY_MANAGER, cancel_shipment, ask)
    house.sites(3)
    house.resupply()
    british = {row["number"] for row in house.rows(Kit, label_group="GB")}
    sent = {
        row["site_id"]: {each["number"] for each in shipped(house, row["id"])}
        for row in house.rows(Shipment)
        if row["number"] != parcel
    }
    dutch = next(site["id"] for site in house.active_sites() if site["country"] == "NL")
    assert british == set(kits)
    assert sent[dutch]
    assert not sent[dutch] & british
    assert any(numbers & british for site, numbers in sent.items() if site != dutch)


def shipped(house: SupplyHouse, shipment_id: int) -> list[dict[str, Any]]:
    """Rows of the kits of a shipment."""
    ids = {row["kit_id"] for row in house.rows(ShipmentKit, shipment_id=shipment_id)}
    return [row for row in house.rows(Kit) if row["id"] in ids]


def test_a_study_without_late_labels_packs_as_ever(sqlite_store: Store) -> None:
    """Nothing is asked of it; nothing may be labelled."""
    house = SupplyHouse.of(sqlite_store)
    house.load()
    house.sites(1)
    house.resupply()
    picked(house)
    assert (work(house).just_in_time, work(house).complete) == (False, True)
    with pytest.raises(NotJustInTime, match="not labelled at the depot"):
        labelled(house, ("1",))
    assert pack(house) == ShipmentStatus.PACKED


@pytest.mark.parametrize(
    ("group", "labelled_for", "lacks"),
    [("all", None, True), ("GB", None, False), ("GB", "GB", False), ("EU", "DE", True), ("all", "FR", False)],
)
def test_which_kits_lack_the_label(group: str, labelled_for: str | None, lacks: bool) -> None:
    """One packed with its group's label does not; one labelled for another country of the group does."""
    country = "FR" if group in ("EU", "all") else "GB"
    assert lacks_label(group, labelled_for, country) is lacks


def test_a_parcel_to_a_home_is_labelled_for_the_patients_country(sqlite_store: Store) -> None:
    """It names no site, and is not packed without its labels either."""
    study = mailing()
    countries = tuple(country.model_copy(update={"label_group": country.code}) for country in study.countries)
    late = study.model_copy(update={"countries": countries, "labels": LabelSettings(just_in_time=True)})
    trial = HomeTrial.mailing(sqlite_store, late)
    number = trial.released(trial.assigned().dispensing_id).shipment or ""
    for group in {row["blinding_group"] for row in shipped(trial, trial.rows(Shipment, number=number)[0]["id"])}:
        draft = written(trial, country="US", language="en", blinding_group=group, particulars=AMERICAN)
        proofed(trial, draft)
        decided(trial, draft)
    picked(trial, number)
    kits = work(trial, number).left
    with pytest.raises(KitsNotLabelled, match="for US"):
        pack(trial, number)
    done = labelled(trial, kits, number)
    assert checked(trial, done.number) == 0
    assert pack(trial, number) == ShipmentStatus.PACKED
