"""Two people where a controlled kit changed hands otherwise than planned: another kit given, paper of an outage."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.services.check_outage_entry import CheckOutageEntry, check_outage_entry
from irt.services.enter_outage import EnterDispensing, EnterReceipt, enter_dispensing, enter_receipt
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.issue_pack import IssuePack, issue_pack
from irt.services.order_kits import OrderKits, order_kits
from irt.services.sign_misallocation import SignMisallocation, sign_misallocation
from irt.services.witness import WitnessMissing
from irt.tables.controlled import WitnessedKit
from irt.tables.kit import Kit
from irt.tables.outage import OutageKit
from tests.builders_trial import Trial
from tests.cast import signing
from tests.irt.services.test_controlled_drugs import house, parcel, sent, stocked, witness

__all__ = ["house"]


def noon(day: date) -> datetime:
    """The house's own time."""
    return datetime.combine(day, time(12), UTC)


def test_another_kit_given_has_its_witness(house: Trial) -> None:
    """As the assigned one has; nothing moves before."""
    stocked(house)
    dispensing = house.assign(house.randomized("1001"))
    number = dispensing.kits[0].number
    other = next(row["number"] for row in house.rows(Kit, custody="site") if row["assignment"] == "free")
    facts = {"study_id": house.study_id, "dispensing_id": dispensing.dispensing_id}
    told = {"assigned": number, "given": str(other), "taken": "no", "reason": "Taken from the shelf"}
    ask = SignMisallocation.model_validate({**facts, **told, "signing": signing()})
    with pytest.raises(WitnessMissing):
        house.do(house.staff, sign_misallocation, ask)
    assert house.rows(Kit, number=other)[0]["custody"] == "site"
    beside = ask.model_copy(update={"witness": witness(Role.PHARMACIST)})
    house.do(house.staff, sign_misallocation, beside)
    given = house.rows(Kit, number=other)[0]
    assert given["custody"] == "subject"
    assert house.rows(WitnessedKit)[-1]["kit_id"] == given["id"]


def test_paper_of_an_outage_is_booked_before_a_witness(house: Trial) -> None:
    """Kits given and a parcel received; an entry that differs from the paper books nothing and needs none."""
    stocked(house)
    subject = house.randomized("1001")
    dispensing = house.assign(subject)
    scans = [kit.number for kit in dispensing.kits]
    given = HandOver(
        study_id=house.study_id,
        dispensing_id=dispensing.dispensing_id,
        scanned=scans,
        witness=witness(Role.PHARMACIST),
    )
    house.do(house.staff, hand_over_kits, given)
    house.later(20)
    house.do(house.staff, issue_pack, IssuePack(study_id=house.study_id, site="1001", days=14, signing=signing()))
    house.later(1)
    kits = [row["kit_id"] for row in house.rows(OutageKit)]
    numbers = sorted(row["number"] for row in house.rows(Kit) if row["id"] in kits)
    hours = {name: noon(house.day) - timedelta(hours=ago) for name, ago in (("outage_from", 6), ("happened_at", 5))}
    typed = {"study_id": house.study_id, "pack": "K-0001", "subject": subject, "visit": "W4", "kits": numbers}
    for entry in (1, 2):
        house.do(house.staff, enter_dispensing, EnterDispensing.model_validate({**typed, **hours}))
        ask = CheckOutageEntry(
            study_id=house.study_id, pack="K-0001", entry=entry, as_on_paper=True, signing=signing()
        )
        if entry == 1:
            wrong = ask.model_copy(update={"as_on_paper": False, "reason": "Another visit"})
            house.do(Role.PHARMACIST, check_outage_entry, wrong)
    before = len(house.rows(WitnessedKit))
    for beside, refusal in ((None, WitnessMissing), (witness(Role.PHARMACIST), SamePerson)):
        with pytest.raises(refusal):
            house.do(Role.PHARMACIST, check_outage_entry, ask.model_copy(update={"witness": beside}))
    house.do(Role.PHARMACIST, check_outage_entry, ask.model_copy(update={"witness": witness(Role.COORDINATOR)}))
    assert sorted(row["kit_id"] for row in house.rows(WitnessedKit)[before:]) == sorted(kits)
    order = OrderKits(study_id=house.study_id, site="1001", kits={"PEN-A": 1, "PEN-P": 1}, reason="For the test")
    assert house.do(Role.SUPPLY_MANAGER, order_kits, order).shipments
    sent(house)
    came = sorted(row["number"] for row in house.rows(Kit, custody="shipment"))
    hours = {"outage_from": noon(house.day) - timedelta(hours=6), "happened_at": noon(house.day)}
    brought = {"study_id": house.study_id, "pack": "K-0001", "shipment": parcel(house), "received": came}
    house.do(house.staff, enter_receipt, EnterReceipt.model_validate({**brought, **hours}))
    ask = ask.model_copy(update={"entry": 3})
    with pytest.raises(WitnessMissing):
        house.do(Role.PHARMACIST, check_outage_entry, ask)
    house.do(Role.PHARMACIST, check_outage_entry, ask.model_copy(update={"witness": witness(Role.COORDINATOR)}))
    assert {row["number"] for row in house.rows(Kit, custody="site")} >= set(came)
    assert {row["event"] for row in house.rows(WitnessedKit)[-len(came) :]} == {"receive"}
