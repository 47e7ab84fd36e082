"""Pick-ups at homes: asked for, collected by scan, counted on arrival, and what goes wrong on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_exceptions import open_exceptions
from irt.reads.stock_books import reconcile_stock
from irt.services import fulfil_shipment as steps
from irt.services.collect_returns import (
    AskPickup,
    CancelPickup,
    CollectKits,
    NothingToCollect,
    PickupAsked,
    PickupAttempt,
    PickupLabel,
    PickupNotOpen,
    PickupSlot,
    ask_pickup,
    cancel_pickup,
    collect_kits,
    pickup_label,
    read_pickup_address,
    report_pickup_attempt,
    reschedule_pickup,
)
from irt.services.fulfil_shipment import StepShipment
from irt.services.home_addresses import NoAddress
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.services.store import Store
from irt.services.take_back_kits import NotWithSubject, ReturnedKit, TakeBackKits, take_back_kits
from irt.tables.kit import KitReturn
from irt.tables.returning import HomePickupStep
from irt.tables.shipment import Shipment
from tests.builders_home import ADDRESS, SiteTrial, a_site_trial

Collected = tuple[str, list[str], PickupAsked]


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[SiteTrial]:
    """A study that goes to homes."""
    with a_site_trial(tmp_path) as made:
        yield made


def slot(trial: SiteTrial, days: int = 2) -> dict[str, datetime]:
    """A morning, so many days from now."""
    begins = datetime.combine(trial.day + timedelta(days=days), time(9), UTC)
    return {"slot_from": begins, "slot_to": begins + timedelta(hours=2)}


def with_kits(trial: SiteTrial) -> tuple[str, list[str]]:
    """A subject with an address and kits at home."""
    assigned, _ = trial.underway()
    trial.confirms(assigned)
    return assigned.subject, [kit.number for kit in assigned.kits]


def asked(trial: SiteTrial, subject: str, **changes: Any) -> PickupAsked:
    """The site asks for a pick-up."""
    facts = {"study_id": trial.study_id, "subject": subject, **slot(trial), **changes}
    return trial.do(trial.staff, ask_pickup, AskPickup.model_validate(facts))


def label(trial: SiteTrial, pickup: PickupAsked) -> str:
    """What is printed for the carrier."""
    return pickup_label(trial.store.seal, trial.rows(Shipment, number=pickup.number)[0]["id"])


def collected(trial: SiteTrial) -> Collected:
    """A subject whose kits the carrier has."""
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    trial.do(Role.COURIER, collect_kits, CollectKits(label=label(trial, pickup), scanned=kits))
    return subject, kits, pickup


def counting(trial: SiteTrial, subject: str, *kits: ReturnedKit) -> TakeBackKits:
    """The site counts what came."""
    return TakeBackKits(study_id=trial.study_id, subject=subject, kits=list(kits), on_day=trial.day)


def used(number: str) -> ReturnedKit:
    """An empty kit."""
    return ReturnedKit(number=number, units_used=1, units_returned=0)


def status(trial: SiteTrial, number: str) -> str:
    """How a pick-up stands."""
    return str(trial.rows(Shipment, number=number)[0]["status"])


def whole(trial: SiteTrial) -> None:
    """The books add up."""
    with trial.store.reading() as connection:
        assert reconcile_stock(connection, trial.study_id).faults == []


def test_kits_are_collected_and_counted_on_arrival(store: Store) -> None:
    """On both databases: each step with its time and person; counted against what was given, then over."""
    trial = SiteTrial.stocked(store.engine.url, store)
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    assert (pickup.number, sorted(kits)) == ("P-1001", pickup.kits)
    told = trial.do(Role.COURIER, read_pickup_address, PickupLabel(label=label(trial, pickup)))
    assert told.address is not None
    assert told.address.get_secret_value() == ADDRESS
    trial.later(2)
    done = trial.do(Role.COURIER, collect_kits, CollectKits(label=label(trial, pickup), scanned=kits))
    assert (done.status, done.kits) == ("in_transit", len(kits))
    assert {trial.kit(kit)["custody"] for kit in kits} == {"shipment"}
    whole(trial)
    first, *rest = map(used, kits)
    trial.do(trial.staff, take_back_kits, counting(trial, subject, first))
    assert status(trial, pickup.number) == "in_transit"
    trial.do(trial.staff, take_back_kits, counting(trial, subject, *rest))
    assert status(trial, pickup.number) == "received"
    assert {trial.kit(kit)["accountability"] for kit in kits} == {"returned"}
    assert len(trial.rows(KitReturn)) == len(kits)
    acts = [row["act"] for row in trial.rows(HomePickupStep)]
    assert acts == ["ask", "read_address", "collect", "arrive", "arrive"]
    assert all(row["account_id"] for row in trial.rows(HomePickupStep))
    whole(trial)


def test_a_pickup_locks_the_study_before_its_kits(trial: SiteTrial) -> None:
    """As a recall does, so that the two cannot wait for each other."""
    subject, _ = with_kits(trial)
    statements: list[str] = []

    def note(*facts: Any) -> None:
        statements.append(" ".join(facts[2].split()))

    event.listen(trial.store.engine, "before_cursor_execute", note)
    asked(trial, subject)
    event.remove(trial.store.engine, "before_cursor_execute", note)
    study = next(
        at for at, told in enumerate(statements) if told.startswith("SELECT study.id, study.sponsor_id FROM study")
    )
    kits = next(at for at, told in enumerate(statements) if told.startswith("SELECT kit.id, kit.number"))
    assert study < kits


def test_what_is_not_handed_over_stays_with_the_subject(trial: SiteTrial) -> None:
    """One kit collected; the other may be collected another time."""
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    trial.do(Role.COURIER, collect_kits, CollectKits(label=label(trial, pickup), scanned=kits[:1]))
    assert [trial.kit(kit)["custody"] for kit in kits] == ["shipment", "subject"]
    assert asked(trial, subject).kits == kits[1:]
    whole(trial)


def test_an_attempt_in_vain_another_time_and_never(trial: SiteTrial) -> None:
    """The kits stay where they are throughout."""
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    vain = PickupAttempt(label=label(trial, pickup), reason="Nobody at home")
    assert trial.do(Role.COURIER, report_pickup_attempt, vain).attempts == 1
    later = PickupSlot(label=label(trial, pickup), **slot(trial, 5))
    trial.do(Role.COURIER, reschedule_pickup, later)
    assert trial.rows(Shipment, number=pickup.number)[0]["dispatch_on"] == trial.day + timedelta(days=5)
    ask = CancelPickup(study_id=trial.study_id, number=pickup.number, reason="Moved away")
    assert trial.do(trial.staff, cancel_pickup, ask).status == "cancelled"
    with pytest.raises(PickupNotOpen):
        trial.do(Role.COURIER, collect_kits, CollectKits(label=label(trial, pickup), scanned=kits))
    with pytest.raises(PickupNotOpen):
        trial.do(Role.COURIER, read_pickup_address, PickupLabel(label=label(trial, pickup)))
    assert {trial.kit(kit)["custody"] for kit in kits} == {"subject"}


def test_kits_handed_in_before_call_the_pickup_off(trial: SiteTrial) -> None:
    """The subject brought them: nobody goes there in vain."""
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    trial.do(trial.staff, take_back_kits, counting(trial, subject, *map(used, kits)))
    assert status(trial, pickup.number) == "cancelled"
    whole(trial)


def test_a_pickup_that_never_arrives(trial: SiteTrial) -> None:
    """Supply says it is lost; a kit that turns up at the site is one that came back."""
    subject, kits, pickup = collected(trial)
    ask = StepShipment(study_id=trial.study_id, number=pickup.number, reason="Never arrived")
    trial.do(Role.SUPPLY_MANAGER, steps.lose_shipment, ask)
    assert {trial.kit(kit)["custody"] for kit in kits} == {"unknown"}
    with pytest.raises(NotWithSubject):
        trial.do(trial.staff, take_back_kits, counting(trial, subject, used(kits[0])))
    found = ReportKit(
        study_id=trial.study_id, site=trial.hub, kit=kits[0], report=Report.FOUND, reason="In the post"
    )
    trial.do(trial.staff, report_kit, found)
    assert (trial.kit(kits[0])["custody"], trial.kit(kits[0])["accountability"]) == ("site", "returned")
    whole(trial)


def test_only_what_the_subject_has_is_collected_and_once(trial: SiteTrial) -> None:
    """Neither a kit on the shelf nor one that is being fetched; nothing without an address or in the past."""
    subject, kits = with_kits(trial)
    with pytest.raises(NothingToCollect):
        asked(trial, subject, kits=trial.shelf(trial.hub)[:1])
    with pytest.raises(BadInput, match="slot"):
        asked(trial, subject, **slot(trial, -1))
    pickup = asked(trial, subject)
    with pytest.raises(NothingToCollect):
        asked(trial, subject, kits=kits[:1])
    with pytest.raises(NothingToCollect):
        asked(trial, subject)
    stranger = CollectKits(label=label(trial, pickup), scanned=[*kits, trial.shelf(trial.hub)[0]])
    with pytest.raises(NothingToCollect):
        trial.do(Role.COURIER, collect_kits, stranger)
    with pytest.raises(NoAddress):
        asked(trial, trial.comes())


def test_each_step_has_its_people(trial: SiteTrial) -> None:
    """The site asks and calls off, the carrier alone collects; a label that is none opens nothing."""
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    for who in (Role.COORDINATOR, Role.DEPOT):
        with pytest.raises(NotAllowed):
            trial.do(who, collect_kits, CollectKits(label=label(trial, pickup), scanned=kits))
    with pytest.raises(NotFound):
        trial.do(Role.COURIER, collect_kits, CollectKits(label="a" * 26, scanned=kits))
    ask = CancelPickup(study_id=trial.study_id, number=pickup.number, reason="No")
    with pytest.raises(NotAllowed):
        trial.do(Role.COURIER, cancel_pickup, ask)


def test_a_late_pickup_needs_a_person(trial: SiteTrial) -> None:
    """Not collected, it is late at the patient's home; collected and not there, at the site: supply's inbox."""
    subject, kits = with_kits(trial)
    pickup = asked(trial, subject)
    assert late(trial) == []
    trial.later(6)
    assert late(trial) == [("not_dispatched", pickup.number, "A patient's home")]
    trial.do(Role.COURIER, collect_kits, CollectKits(label=label(trial, pickup), scanned=kits))
    trial.later(6)
    assert late(trial) == [("not_delivered", pickup.number, f"Site {trial.hub}")]


def late(trial: SiteTrial) -> list[tuple[str, str, str]]:
    """Parcels in the inbox: what is wrong, with which, and where."""
    now = datetime.combine(trial.day, time(12), UTC)
    with trial.store.reading() as connection:
        found = open_exceptions(connection, trial.study_id, now)
    return [(one.kind, one.record, one.where) for one in found if one.kind.startswith("not_")]
