"""Quarantine, decisions on quality, and what site staff report about their kits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.decide_quality import DecideQuality, SplitDecision, decide_quality
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.receive_shipment import ReceiveShipment, Temperature, receive_shipment
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.services.sign_record import SigningRefused
from irt.states.table import TransitionRefused
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry, Signature
from irt.tables.shipment import Excursion, ShipmentKit
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites
from tests.cast import signing


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with sixty kits at each of two sites."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def shelf(house: SupplyHouse, index: int = 0) -> tuple[str, int, list[str]]:
    """A site's number, id and kits."""
    site = house.active_sites()[index]
    kits = [row["number"] for row in house.rows(Kit, custody="site", place_id=site["id"])]
    return site["number"], site["id"], kits


def quality(house: SupplyHouse, number: str) -> str:
    """The quality axis of a kit."""
    return str(house.rows(Kit, number=number)[0]["quality"])


def decide(house: SupplyHouse, **facts: object) -> DecideQuality:
    """A decision with a reason."""
    return DecideQuality.model_validate(
        {"study_id": house.study_id, "reason": "Stability data", "signing": signing(), **facts}
    )


def test_set_apart_then_decided(house: SupplyHouse) -> None:
    """One kit is usable again, the other never: a rejected kit cannot be accepted later."""
    _, _, (good, bad, *_) = shelf(house)
    ask = QuarantineKits(study_id=house.study_id, kits=[good, bad], reason="Fridge warm")
    house.do(Role.PHARMACIST, quarantine_kits, ask)
    assert quality(house, good) == quality(house, bad) == "quarantined"
    house.do(Role.QUALITY, decide_quality, decide(house, accept=[good], reject=[bad]))
    assert (quality(house, good), quality(house, bad)) == ("released", "rejected")
    with pytest.raises(TransitionRefused):
        house.do(Role.QUALITY, decide_quality, decide(house, accept=[bad]))


def test_site_staff_set_apart_their_own_kits_only(house: SupplyHouse) -> None:
    """Another site's kit, or one at the depot, reads as unknown; quality may set apart any."""
    _, site, _ = shelf(house)
    _, _, others = shelf(house, 1)
    at_depot = house.rows(Kit, custody="depot")[0]["number"]
    pharmacist = house.actor(Role.PHARMACIST, site_id=site)
    for number in (others[0], at_depot):
        ask = QuarantineKits(study_id=house.study_id, kits=[number], reason="Fridge warm")
        with pytest.raises(NotFound):
            house.do(pharmacist, quarantine_kits, ask)
        house.do(Role.QUALITY, quarantine_kits, ask)
        assert quality(house, number) == "quarantined"


def test_a_reserved_kit_set_apart_is_left_at_the_depot(house: SupplyHouse) -> None:
    """The parcel leaves without it; the kit is nobody's and waits for a decision."""
    house.sites(1)
    (number,) = house.resupply().shipments
    reserved = house.rows(Kit, assignment="reserved")
    ask = QuarantineKits(study_id=house.study_id, kits=[reserved[0]["number"]], reason="Torn label")
    house.do(Role.QUALITY, quarantine_kits, ask)
    house.later(4)
    house.carry()
    (kit,) = house.rows(Kit, number=reserved[0]["number"])
    assert (kit["custody"], kit["quality"], kit["assignment"]) == ("depot", "quarantined", "free")
    assert len(house.rows(Kit, custody="shipment")) == len(reserved) - 1
    assert [row["outcome"] for row in house.rows(ShipmentKit, kit_id=kit["id"])] == ["left_at_depot"]
    assert number == "S-10003"


@pytest.mark.parametrize(("accepted", "status"), [(False, "rejected"), (True, "accepted")], ids=["none", "all"])
def test_an_excursion_ends_with_its_kits(house: SupplyHouse, accepted: bool, status: str) -> None:
    """The decision on the parcel's kits, alike for all that look alike, is the decision on the excursion."""
    house.sites(1)
    (number,) = house.resupply().shipments
    house.later(4)
    house.carry()
    kits = [row["number"] for row in house.rows(Kit, custody="shipment")]
    ask = ReceiveShipment(study_id=house.study_id, number=number, received=kits, temperature=Temperature.ALARM)
    house.do(Role.PHARMACIST, receive_shipment, ask)
    split = decide(house, accept=kits[:1], reject=kits[1:], excursion="X-0001")
    with pytest.raises(SplitDecision, match="decided alike"):
        house.do(Role.QUALITY, decide_quality, split)
    ruling = decide(house, accept=kits if accepted else [], reject=[] if accepted else kits, excursion="X-0001")
    assert house.do(Role.QUALITY, decide_quality, ruling).excursion_status == status
    assert [row["status"] for row in house.rows(Excursion)] == [status]


@pytest.mark.parametrize(
    ("report", "after"),
    [(Report.DAMAGED, ("site", "damaged")), (Report.MISSING, ("unknown", "released"))],
)
def test_site_staff_report_a_kit(house: SupplyHouse, report: Report, after: tuple[str, str]) -> None:
    """Broken stays at the site, missing is nowhere; neither counts as stock."""
    number, _, (kit, *_) = shelf(house)
    ask = ReportKit(study_id=house.study_id, site=number, kit=kit, report=report, reason="Dropped")
    house.do(Role.PHARMACIST, report_kit, ask)
    (row,) = house.rows(Kit, number=kit)
    assert (row["custody"], row["quality"]) == after


def test_a_found_kit_waits_for_a_decision(house: SupplyHouse) -> None:
    """Found at another site than the one that missed it: it lies there, in quarantine."""
    number, _, (kit, *_) = shelf(house)
    other, other_id, _ = shelf(house, 1)
    for site, report in ((number, Report.MISSING), (other, Report.FOUND)):
        ask = ReportKit(study_id=house.study_id, site=site, kit=kit, report=report, reason="Courier bag")
        house.do(Role.PHARMACIST, report_kit, ask)
    (row,) = house.rows(Kit, number=kit)
    assert (row["custody"], row["place_id"], row["quality"]) == ("site", other_id, "quarantined")


def test_what_is_refused(house: SupplyHouse) -> None:
    """Kits of other places, no reason, a kit both accepted and rejected, people who may not."""
    site, _, _ = shelf(house)
    kit = house.rows(Kit, custody="depot")[0]["number"]
    lost = ReportKit(study_id=house.study_id, site=site, kit=kit, report=Report.MISSING, reason="Gone")
    with pytest.raises(NotFound):
        house.do(Role.PHARMACIST, report_kit, lost)
    with pytest.raises(BadInput):
        house.do(Role.PHARMACIST, report_kit, lost.model_copy(update={"reason": " "}))
    with pytest.raises(NotAllowed):
        house.do(Role.MONITOR, report_kit, lost)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, decide_quality, decide(house, accept=[kit]))
    with pytest.raises(BadInput):
        house.do(Role.QUALITY, decide_quality, decide(house, accept=[kit], reject=[kit]))
    with pytest.raises(NotFound):
        house.do(Role.QUALITY, decide_quality, decide(house, accept=["0"]))


def test_a_decision_is_signed_or_not_made(house: SupplyHouse) -> None:
    """The signature stands in the audit trail; with a wrong password the kit stays in quarantine."""
    _, _, (kit, *_) = shelf(house)
    house.do(Role.PHARMACIST, quarantine_kits, QuarantineKits(study_id=house.study_id, kits=[kit], reason="Warm"))
    with pytest.raises(SigningRefused):
        house.do(Role.QUALITY, decide_quality, decide(house, accept=[kit], signing=signing("a guess")))
    assert quality(house, kit) == "quarantined"
    house.do(Role.QUALITY, decide_quality, decide(house, accept=[kit]))
    (signed,) = house.rows(Signature, record_kind="kits")
    (booked,) = house.rows(AuditEntry, act="quality_decided")
    assert booked["new"]["signature"] == signed["id"]
