"""Kits on their way to a patient's door: every step by whom it belongs to, and what each leaves in the books."""

from datetime import timedelta

import pytest

from irt.blinding.roles import Role
from irt.enrolment.checks import check_run
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.ledger import ledger_discrepancies
from irt.services import fulfil_shipment as steps
from irt.services.assign_kits import AlreadyAssigned
from irt.services.carry_home import NoAttemptLeft, NotWithTheCarrier, ReadAddress, read_address
from irt.services.confirm_delivery import MISSES_MAX, CodeNotAccepted, NotTheseKits, confirm_delivery
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.home_addresses import NoAddress
from irt.services.home_deliveries import KitsNotFit, SentHome
from irt.services.load_kit_list import lots_of_size
from irt.services.release_delivery import CancelDelivery, cancel_delivery, release_delivery
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.states.table import TransitionRefused
from irt.tables.home import HomeCode, HomeDeliveryStep
from irt.tables.kit import DispensedKit, Dispensing, Kit, Movement
from irt.tables.record import AuditEntry, Signature
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.subject import SubjectEvent
from tests.builders_home import HomeTrial, mailing
from tests.builders_trial import no_kit_twice
from tests.cast import signing


def whole(trial: HomeTrial) -> None:
    """No kit is lost or doubled: the ledger is what the kits say, and all of the list is somewhere."""
    no_kit_twice(trial)
    assert sum(trial.stock().values()) == sum(lot.kits for lot in lots_of_size(trial.definition, "small"))
    with trial.store.reading() as connection:
        assert ledger_discrepancies(connection, trial.study_id) == []


def test_kits_reach_the_door(store: Store) -> None:
    """Chosen at the pharmacy, released, sent, confirmed by the patient: dispensed on the day of delivery."""
    trial = HomeTrial.mailing(store)
    assigned, released = trial.underway()
    kits = [kit.number for kit in assigned.kits]
    assert {trial.kit(number)["custody"] for number in kits} == {"shipment"}
    trial.later(2)
    assert trial.confirms(assigned).kits == len(kits)
    rows = [trial.kit(number) for number in kits]
    subject = trial.subject(assigned.subject)
    assert {(row["custody"], row["place_id"], row["assignment"], row["accountability"]) for row in rows} == {
        ("subject", subject["id"], "dispensed", "outstanding")
    }
    assert subject["status"] == "on_treatment"
    started = trial.rows(SubjectEvent, subject_id=subject["id"], kind="start_treatment")[0]
    delivery = trial.delivery(assigned.dispensing_id)
    assert started["on_day"] == delivery["recorded_on"] == trial.day
    assert trial.rows(Dispensing)[0]["status"] == "handed_over"
    assert {row["status"] for row in trial.rows(DispensedKit)} == {"handed_over"}
    assert trial.rows(Shipment, number=released.shipment)[0]["status"] == "received"
    assert {row["outcome"] for row in trial.rows(ShipmentKit)} == {"received"}
    assert [row["event"] for row in trial.rows(HomeDeliveryStep)] == ["release", "dispatch", "deliver"]
    checks, _ = check_run(store, trial.study_id, {})
    assert checks == dict.fromkeys(checks, True)
    whole(trial)


def test_the_day_of_release_counts_where_the_study_says_so(sqlite_store: Store) -> None:
    """Delivered two days later, dispensed on the day of the release."""
    trial = HomeTrial.mailing(sqlite_store, mailing(recorded_on="release"))
    assigned, _ = trial.underway()
    signed_on = trial.day
    trial.later(2)
    trial.confirms(assigned)
    assert trial.delivery(assigned.dispensing_id)["recorded_on"] == signed_on


def test_the_parcel_follows_the_lane_of_homes(sqlite_store: Store) -> None:
    """It leaves on the pharmacy's dispatch day and is awaited after the lead time, whatever is in it."""
    trial = HomeTrial.mailing(sqlite_store)
    for _ in range(6):
        trial.released(trial.assigned().dispensing_id)
    parcels = trial.rows(Shipment)
    assert len({(row["dispatch_on"], row["expected_on"], row["storage"]) for row in parcels}) == 1
    assert parcels[0]["expected_on"] - parcels[0]["dispatch_on"] == timedelta(days=2)
    assert {row["site_id"] for row in parcels} == {None}


def test_the_investigator_releases_with_a_signature(sqlite_store: Store) -> None:
    """Nobody else does, and not with a password that does not fit."""
    trial = HomeTrial.mailing(sqlite_store)
    dispensing_id = trial.assigned().dispensing_id
    with pytest.raises(NotAllowed):
        trial.released(dispensing_id, Role.PHARMACIST)
    ask = trial.releasing(dispensing_id, signing=signing("another word"))
    with pytest.raises(SigningRefused):
        trial.do(Role.INVESTIGATOR, release_delivery, ask)
    assert trial.released(dispensing_id).status == "released"
    signature = trial.rows(Signature)[-1]
    assert signature["meaning"] == "I release these kits to the subject's home"
    assert trial.delivery(dispensing_id)["signature_id"] == signature["id"]


def test_a_pharmacist_releases_where_the_study_says_so(sqlite_store: Store) -> None:
    """And the investigator does not."""
    trial = HomeTrial.mailing(sqlite_store, mailing(released_by="pharmacist"))
    dispensing_id = trial.assigned().dispensing_id
    with pytest.raises(NotAllowed):
        trial.released(dispensing_id, Role.INVESTIGATOR)
    assert trial.released(dispensing_id, Role.PHARMACIST).status == "released"


def test_nothing_is_released_without_an_address(sqlite_store: Store) -> None:
    """The refusal is in the audit trail; nothing was signed."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned = trial.assigned(address=False)
    ask = trial.releasing(assigned.dispensing_id)
    trial.refuses(release_delivery, ask, NoAddress, trial.actor(Role.INVESTIGATOR))


def test_a_release_is_signed_once(sqlite_store: Store) -> None:
    """The second is refused by the delivery's own table."""
    trial = HomeTrial.mailing(sqlite_store)
    dispensing_id = trial.assigned().dispensing_id
    trial.released(dispensing_id)
    with pytest.raises(TransitionRefused):
        trial.released(dispensing_id)
    assert len(trial.rows(Shipment)) == 1


def test_kits_on_their_way_home_are_not_handed_over_at_the_site(sqlite_store: Store) -> None:
    """They are not there; the page of the delivery is named."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned = trial.assigned()
    ask = HandOver(study_id=trial.study_id, dispensing_id=assigned.dispensing_id, scanned=[])
    with pytest.raises(SentHome):
        trial.do(trial.staff, hand_over_kits, ask)
    with pytest.raises(AlreadyAssigned):
        trial.assigned(assigned.subject)


def test_a_cancelled_delivery_frees_its_kits(store: Store) -> None:
    """Before the release by the site, afterwards by supply; then other kits are assigned for the visit."""
    trial = HomeTrial.mailing(store)
    first = trial.assigned()
    ask = CancelDelivery(study_id=trial.study_id, dispensing_id=first.dispensing_id, reason="Wrong weight")
    trial.do(trial.staff, cancel_delivery, ask)
    assert {trial.kit(kit.number)["assignment"] for kit in first.kits} == {"free"}
    again = trial.assigned(first.subject)
    released = trial.released(again.dispensing_id)
    too_late = ask.model_copy(update={"dispensing_id": again.dispensing_id})
    with pytest.raises(BadInput):
        trial.do(trial.staff, cancel_delivery, too_late)
    trial.depot(released.shipment or "", steps.acknowledge_shipment, steps.cancel_shipment, reason="Recalled")
    assert trial.delivery(again.dispensing_id)["status"] == "cancelled"
    assert [row["status"] for row in trial.rows(Dispensing)] == ["not_done", "not_done"]
    trial.assigned(first.subject)
    whole(trial)


def test_attempts_end(store: Store) -> None:
    """Three in vain, then no other time is agreed: the parcel goes back, its kits wait for quality."""
    trial = HomeTrial.mailing(store)
    assigned, released = trial.underway()
    here = assigned.dispensing_id
    for left in (2, 1):
        assert trial.in_vain(here).attempts_left == left
        assert trial.agrees(here).status == "underway"
    assert trial.in_vain(here).attempts_left == 0
    with pytest.raises(NoAttemptLeft):
        trial.agrees(here)
    assert trial.brings_back(here).status == "returned"
    rows = [trial.kit(kit.number) for kit in assigned.kits]
    assert {(row["custody"], row["quality"], row["assignment"]) for row in rows} == {
        ("depot", "quarantined", "free")
    }
    assert trial.rows(Shipment, number=released.shipment)[0]["status"] == "returned_to_depot"
    assert trial.rows(Dispensing)[0]["status"] == "not_done"
    with pytest.raises(NotWithTheCarrier):
        trial.reads_address(here)
    trial.assigned(assigned.subject)
    whole(trial)


def test_a_lost_parcel_leaves_its_kits_missing(sqlite_store: Store) -> None:
    """And the subject can be sent others."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned, released = trial.underway()
    trial.depot(released.shipment or "", steps.lose_shipment, reason="Fell off")
    assert {trial.kit(kit.number)["custody"] for kit in assigned.kits} == {"unknown"}
    assert trial.delivery(assigned.dispensing_id)["status"] == "lost"
    trial.assigned(assigned.subject)
    whole(trial)


def test_a_parcel_leaves_whole_or_not_at_all(sqlite_store: Store) -> None:
    """A kit set apart after the release keeps all of it at the pharmacy."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned = trial.assigned()
    number = trial.released(assigned.dispensing_id).shipment or ""
    trial.depot(number, steps.acknowledge_shipment, steps.pick_shipment, steps.pack_shipment)
    trial.set_apart([assigned.kits[0].number])
    with pytest.raises(KitsNotFit):
        trial.depot(number, steps.dispatch_shipment)
    assert trial.delivery(assigned.dispensing_id)["status"] == "released"


def test_the_patient_is_known_by_a_code(store: Store) -> None:
    """A wrong one is counted and leaves a line; after five, the right one does not help either."""
    trial = HomeTrial.mailing(store)
    assigned, _ = trial.underway()
    code = trial.code(assigned.dispensing_id)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(MISSES_MAX):
        with pytest.raises(CodeNotAccepted):
            trial.confirms(assigned, wrong)
    assert trial.rows(HomeCode)[0]["misses"] == MISSES_MAX
    assert len(trial.rows(AuditEntry, act="delivery_code_missed")) == MISSES_MAX
    with pytest.raises(CodeNotAccepted):
        trial.confirms(assigned, code)
    trial.confirms(assigned)


def test_a_code_does_not_last(sqlite_store: Store) -> None:
    """A day later, or after a newer one, it is of no use; no row holds its digits."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned, _ = trial.underway()
    old = trial.code(assigned.dispensing_id)
    trial.later(1)
    with pytest.raises(CodeNotAccepted):
        trial.confirms(assigned, old)
    assert all(len(row["code_hash"]) == 64 for row in trial.rows(HomeCode))
    trial.confirms(assigned)
    with pytest.raises(NotWithTheCarrier):
        trial.confirms(assigned, old)


def test_every_kit_is_scanned(sqlite_store: Store) -> None:
    """One short, or one that is not of the parcel: nothing is booked, and the code can be used again."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned, _ = trial.underway()
    code, moves = trial.code(assigned.dispensing_id), len(trial.rows(Movement))
    numbers = [kit.number for kit in assigned.kits]
    strange = next(row["number"] for row in trial.rows(Kit) if row["number"] not in numbers)
    for scanned in (numbers[1:], [*numbers, strange]):
        ask = trial.confirming(assigned, code, scanned=scanned)
        trial.refuses(confirm_delivery, ask, NotTheseKits, trial.actor(Role.PATIENT))
    assert len(trial.rows(Movement)) == moves
    trial.confirms(assigned, code)


def test_nobody_else_carries_or_confirms(sqlite_store: Store) -> None:
    """A label opens nothing for other roles, and no other label opens anything for a carrier."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned, _ = trial.underway()
    for role in Role:
        if role != Role.COURIER:
            with pytest.raises(NotAllowed):
                trial.reads_address(assigned.dispensing_id, role)
        if role != Role.PATIENT:
            with pytest.raises(NotAllowed):
                trial.do(role, confirm_delivery, trial.confirming(assigned, "000000"))
    with pytest.raises(NotFound):
        trial.do(Role.COURIER, read_address, ReadAddress(label="0" * 26))
