"""A site's own kits on their way to the door: scanned, labelled, given to the carrier, and back into quarantine."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.stock_books import reconcile_stock
from irt.services import fulfil_shipment as steps
from irt.services.fulfil_shipment import StepShipment
from irt.services.home_deliveries import KitsNotFit
from irt.services.release_delivery import CancelDelivery, cancel_delivery, release_delivery
from irt.services.send_from_site import ExpiredAtTheDoor, PackParcel, pack_parcel
from irt.services.store import Store
from irt.states.table import TransitionRefused
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_home import ADDRESS, SiteTrial, a_site_trial, from_site


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[SiteTrial]:
    """Two sites that pack parcels to homes."""
    with a_site_trial(tmp_path) as made:
        yield made


def whole(trial: SiteTrial) -> None:
    """The books of the study add up."""
    with trial.store.reading() as connection:
        assert reconcile_stock(connection, trial.study_id).faults == []


def states(trial: SiteTrial, numbers: list[str]) -> set[tuple[str, str, str]]:
    """Where kits are, their quality, and for whom they are meant."""
    rows = [trial.kit(number) for number in numbers]
    return {(row["custody"], row["quality"], row["assignment"]) for row in rows}


def test_a_site_s_kits_reach_the_door(store: Store) -> None:
    """From the shelf, by scan, to the patient's own word; a depot has no part in it."""
    trial = SiteTrial.stocked(store.engine.url, store)
    assigned = trial.assigned()
    numbers = [kit.number for kit in assigned.kits]
    assert states(trial, numbers) == {("site", "released", "assigned")}
    released = trial.released(assigned.dispensing_id)
    assert (released.dispatch_on, released.expected_on) == (trial.day, trial.day + timedelta(days=1))
    assert trial.packed(assigned).status == "packed"
    assert trial.gives(assigned).status == "in_transit"
    assert states(trial, numbers) == {("shipment", "released", "assigned")}
    whole(trial)
    told = trial.reads_address(assigned.dispensing_id).address
    assert told is not None
    assert told.get_secret_value() == ADDRESS
    trial.later(1)
    trial.confirms(assigned)
    assert states(trial, numbers) == {("subject", "released", "dispensed")}
    assert {row["status"] for row in trial.rows(DispensedKit)} == {"handed_over"}
    assert trial.delivery(assigned.dispensing_id)["recorded_on"] == trial.day
    whole(trial)


def test_what_comes_back_waits_in_the_site_s_quarantine(trial: SiteTrial) -> None:
    """After tries in vain the carrier brings it back; other kits may be assigned."""
    assigned, released = trial.underway()
    numbers = [kit.number for kit in assigned.kits]
    trial.in_vain(assigned.dispensing_id)
    trial.brings_back(assigned.dispensing_id)
    assert states(trial, numbers) == {("site", "quarantined", "reversed")}
    assert {trial.kit(number)["place_id"] for number in numbers} == {trial.site_id(trial.hub)}
    assert {row["outcome"] for row in trial.rows(ShipmentKit) if row["outcome"] != "received"} == {"returned"}
    assert trial.rows(Shipment, number=released.shipment)[0]["status"] == "returned_to_depot"
    again = trial.assigned(assigned.subject)
    assert not {kit.number for kit in again.kits} & set(numbers)
    whole(trial)


def test_every_kit_is_scanned_and_no_other(trial: SiteTrial) -> None:
    """A stranger is put back, a missing one asked for; nothing leaves unpacked."""
    assigned = trial.assigned()
    trial.released(assigned.dispensing_id)
    numbers = [kit.number for kit in assigned.kits]
    stranger = trial.shelf(trial.hub)[0]
    with pytest.raises(BadInput, match=f"{stranger} is not for this parcel"):
        trial.packed(assigned, scanned=[*numbers, stranger])
    with pytest.raises(BadInput, match=f"Still to scan: {numbers[-1]}"):
        trial.packed(assigned, scanned=numbers[:-1])
    with pytest.raises(TransitionRefused):
        trial.gives(assigned)
    assert states(trial, numbers) == {("site", "released", "assigned")}


def test_a_parcel_leaves_whole_or_not_at_all(trial: SiteTrial) -> None:
    """A kit set apart after packing keeps it here; cancelled, its kits wait for quality and others are assigned."""
    assigned = trial.assigned()
    trial.released(assigned.dispensing_id)
    trial.packed(assigned)
    numbers = [kit.number for kit in assigned.kits]
    trial.set_apart(numbers[:1])
    with pytest.raises(KitsNotFit):
        trial.gives(assigned)
    ask = CancelDelivery(study_id=trial.study_id, dispensing_id=assigned.dispensing_id, reason="Fridge warm")
    assert trial.do(trial.staff, cancel_delivery, ask).status == "cancelled"
    assert states(trial, numbers) == {("site", "quarantined", "reversed")}
    assert trial.rows(Dispensing)[0]["status"] == "not_done"
    trial.assigned(assigned.subject)
    whole(trial)


@pytest.mark.parametrize(("days", "leaves"), [(-1, False), (0, False), (1, True)])
def test_no_kit_leaves_that_is_expired_at_the_door(trial: SiteTrial, days: int, leaves: bool) -> None:
    """A last day before the one on which it is awaited keeps the parcel here; cancelled, others are assigned."""
    assigned = trial.assigned()
    trial.released(assigned.dispensing_id)
    trial.packed(assigned)
    kits, number = table_of(Kit), assigned.kits[-1].number
    with trial.store.writing() as connection:
        last_day = trial.day + timedelta(days=days)
        connection.execute(update(kits).where(kits.c.number == number).values(expiry=last_day))
    if leaves:
        assert trial.gives(assigned).status == "in_transit"
        return
    with pytest.raises(ExpiredAtTheDoor, match=f"^{number}: past the expiry date on 12 Mar 2026"):
        trial.gives(assigned)
    assert states(trial, [kit.number for kit in assigned.kits]) == {("site", "released", "assigned")}
    ask = CancelDelivery(study_id=trial.study_id, dispensing_id=assigned.dispensing_id, reason="Expired")
    assert trial.do(trial.staff, cancel_delivery, ask).status == "cancelled"


def test_a_delivery_is_cancelled_before_its_release(trial: SiteTrial) -> None:
    """Its kits were assigned and not given."""
    assigned = trial.assigned()
    ask = CancelDelivery(study_id=trial.study_id, dispensing_id=assigned.dispensing_id, reason="Wrong dose")
    trial.do(trial.staff, cancel_delivery, ask)
    assert states(trial, [kit.number for kit in assigned.kits]) == {("site", "quarantined", "reversed")}
    with pytest.raises(NotFound):
        trial.packed(assigned)
    whole(trial)


def test_depots_do_not_step_a_site_s_parcel(trial: SiteTrial) -> None:
    """Even one who works at every depot; supply may say that it was lost."""
    _, released = trial.underway()
    ask = StepShipment(study_id=trial.study_id, number=str(released.shipment), reason="Never came")
    with pytest.raises(NotAllowed):
        trial.do(Role.DEPOT, steps.deliver_shipment, ask)
    trial.do(Role.SUPPLY_MANAGER, steps.lose_shipment, ask)
    assert trial.rows(Dispensing)[0]["status"] == "not_done"
    whole(trial)


def test_the_slot_is_the_day_it_is_awaited(trial: SiteTrial) -> None:
    """Where a time was agreed; else the study's days count."""
    assigned = trial.assigned()
    begins = datetime.combine(trial.day + timedelta(days=3), time(9), UTC)
    ask = trial.releasing(assigned.dispensing_id, slot_from=begins, slot_to=begins + timedelta(hours=2))
    assert trial.do(Role.INVESTIGATOR, release_delivery, ask).expected_on == begins.date()


def test_at_a_pharmacy_its_pharmacists_pack(tmp_path: Path) -> None:
    """A coordinator scans nothing into a parcel there."""
    with a_site_trial(tmp_path, "pharmacy") as trial:
        assigned = trial.assigned()
        trial.released(assigned.dispensing_id)
        with pytest.raises(NotAllowed, match="pharmacist packs"):
            trial.packed(assigned)
        scanned = [kit.number for kit in assigned.kits]
        facts = {"study_id": trial.study_id, "dispensing_id": assigned.dispensing_id, "scanned": scanned}
        packed = trial.do(Role.PHARMACIST, pack_parcel, PackParcel.model_validate(facts))
        assert packed.status == "packed"


def test_where_depots_may_not_send_the_site_does() -> None:
    """By country, in a study whose depots send elsewhere."""
    rules = from_site(sent_from="depot", not_from_depot_in=("NL",)).delivery
    assert rules is not None
    assert (rules.leaves_from_site("NL"), rules.leaves_from_site("GB")) == (True, False)
