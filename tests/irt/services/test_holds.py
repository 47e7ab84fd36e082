"""Recalls, quarantines and drills: the block at once, the movements after it, the end of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from irt.audit.sentences import sentence
from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_tasks import kit_words
from irt.reads.blinded_worklist import worklist
from irt.reads.stock_books import reconcile_stock
from irt.services.carry_out_hold import CarryOutHold, HoldNotInForce, carry_out_hold, work_on_hold
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.holds import KitsOnHold
from irt.services.jobs import claim_job
from irt.services.jobs import finish_job as end_job
from irt.services.lift_hold import HoldUnderWay, LiftHold, lift_hold
from irt.services.open_hold import AlreadyOnHold, HoldOpened, OpenHold, open_hold
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.running_job import RunningJob
from irt.services.store import Store
from irt.services.take_back_kits import ReturnedKit, TakeBackKits, take_back_kits
from irt.states.hold import USES, HoldKind
from irt.states.kit import KitEvent
from irt.states.records import KitFate
from irt.supply.kit_selection import NoUsableKit
from irt.tables.hold import HoldFinding, KitHold
from irt.tables.kit import BlindedLot, Kit, Movement
from irt.tables.record import AuditEntry, Job
from irt.tables.secret import HoldCause, SecretAuditEntry
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Study
from tests.builders_supply import SupplyHouse, a_house, a_lot, with_a_request, with_kits, with_stocked_sites
from tests.builders_trial import Trial
from tests.cast import signing


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """Two hundred kits of one blinded lot over two bulk lots: eighty at the depot, sixty at each of two sites."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def hold(house: SupplyHouse, kind: HoldKind = HoldKind.RECALL, **over: Any) -> HoldOpened:
    """A hold by quality, over the one blinded lot unless told otherwise."""
    facts = {"study_id": house.study_id, "kind": kind, "reason": "Sterility failed", "signing": signing()}
    return house.do(Role.QUALITY, open_hold, OpenHold.model_validate({**facts, **(over or {"lot": "L1"})}))


def carried_out(house: SupplyHouse, number: str) -> int:
    """What the job does, in the test's own hands; kits found."""
    found = after = 0
    while True:
        ask = CarryOutHold(study_id=house.study_id, number=number, after=after)
        done = house.do(Role.QUALITY, carry_out_hold, ask)
        if not done.found:
            return found
        found, after = found + done.found, done.last


class Hands(RunningJob):
    """A running job whose starter is the house's quality."""

    def starter(self) -> Actor:
        """Quality, who has no row of grants in these houses."""
        return Actor(1 + list(Role).index(Role.QUALITY), Role.QUALITY, (Grant(Role.QUALITY),))


def finish_job(house: SupplyHouse) -> dict[str, Any]:
    """A worker claims the job that waits and does it to its end."""
    at = datetime.combine(house.day, time(13), UTC)
    with house.store.writing() as connection:
        job = claim_job(connection, at)
    assert job is not None
    result = dict(work_on_hold(Hands(house.store, job, lambda: at)))
    with house.store.writing() as connection:
        end_job(connection, job, result, at)
    return result


def qualities(house: SupplyHouse) -> Counter[str]:
    """How many kits stand where on the quality axis."""
    return Counter(str(row["quality"]) for row in house.rows(Kit))


def test_the_uses_are_the_ways_to_a_subject() -> None:
    """What a hold forbids; what already happened, and setting apart, it does not."""
    assert KitEvent.HAND_OVER_WRONGLY not in USES
    assert not USES & {KitEvent.RECALL, KitEvent.QUARANTINE, KitEvent.TAKE_BACK, KitEvent.DESTROY}


def test_a_recall_blocks_at_once_and_moves_after(house: SupplyHouse) -> None:
    """Before any kit moved none can be reserved; the job then finds each kit where it is, in every place."""
    opened = hold(house)
    assert (opened.over, opened.kits, qualities(house)) == ("Lot L1", 200, {"released": 200})
    house.sites(1)
    assert house.resupply().kits == 0
    assert finish_job(house) == {"hold": opened.number, "found": 200, "moved": 200}
    assert qualities(house) == {"recalled": 200}
    where = Counter((row["custody"], row["place_id"]) for row in house.rows(HoldFinding))
    assert sorted(where.values()) == [60, 60, 80]
    with house.store.reading() as connection:
        assert reconcile_stock(connection, house.study_id).faults == []


def test_begun_again_it_finds_what_was_done(house: SupplyHouse) -> None:
    """A worker that was lost half way costs nothing: no kit is found or moved twice."""
    opened = hold(house)
    assert carried_out(house, opened.number) == carried_out(house, opened.number) == 200
    assert len(house.rows(HoldFinding)) == 200
    assert len(house.rows(Movement, event="recall")) == 200


def test_a_bulk_lot_is_recalled_as_its_whole_blinded_lot(tmp_path: Path) -> None:
    """L21: whichever arm's bulk lot is named, the blinded records are the same to the letter."""
    told = []
    for bulk in ("A1", "P1"):
        with a_house(with_kits, tmp_path) as house:
            opened = hold(house, lot=bulk)
            carried_out(house, opened.number)
            trail = house.rows(AuditEntry)
            lines = [row["new"] for row in trail if row["act"].startswith("hold_")]
            moves = [(row["kit_id"], row["reason"]) for row in house.rows(Movement, event="recall")]
            told.append((opened, lines, moves, house.rows(KitHold), qualities(house)))
            (cause,) = house.rows(HoldCause)
            assert cause["manufacturing_lot_id"] is not None
            assert bulk in str([row["body"] for row in house.rows(SecretAuditEntry)])
            assert bulk not in str(trail)
            assert "Sterility" not in str(trail)
    assert told[0] == told[1]


def test_every_scope_covers_its_kits(house: SupplyHouse) -> None:
    """A site with its shelf, a shipment with what arrived by it, a range with the numbers in it."""
    site = house.active_sites()[0]
    parcel = next(row for row in house.rows(Shipment) if row["site_id"] == site["id"])
    numbers = sorted(row["number"] for row in house.rows(Kit))
    assert hold(house, site=site["number"]).kits == 60
    assert hold(house, shipment=parcel["number"]).kits == 60
    assert hold(house, first_kit=numbers[10], last_kit=numbers[19]).kits == 10
    for wrong in ({"lot": "L1", "site": site["number"]}, {"first_kit": numbers[0]}, {"reason": " ", "lot": "L1"}):
        with pytest.raises(BadInput):
            hold(house, **wrong)
    for unknown in ({"lot": "L9"}, {"site": "9999"}, {"shipment": "S-9"}):
        with pytest.raises(NotFound):
            hold(house, **unknown)
    with pytest.raises(BadInput, match="holds no kit"):
        hold(house, first_kit="00000", last_kit="00001")


def test_the_same_twice_is_refused(house: SupplyHouse) -> None:
    """A second recall of the lot is told the first one's number; a drill over it is another thing."""
    opened = hold(house)
    with pytest.raises(AlreadyOnHold, match=opened.number):
        hold(house)
    assert hold(house, HoldKind.DRILL).kits == 200


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.SUPPLY_MANAGER, Role.MONITOR, Role.DEPOT])
def test_quality_alone_may(house: SupplyHouse, role: Role) -> None:
    """Nobody else opens, carries out or lifts a hold."""
    facts = {"study_id": house.study_id, "reason": "x", "signing": signing()}
    for service, ask in (
        (open_hold, OpenHold.model_validate({**facts, "kind": "recall", "lot": "L1"})),
        (lift_hold, LiftHold.model_validate({**facts, "number": "H-0001"})),
        (carry_out_hold, CarryOutHold(study_id=house.study_id, number="H-0001")),
    ):
        with pytest.raises(NotAllowed):
            house.do(role, service, ask)


def test_a_drill_measures_and_moves_nothing(house: SupplyHouse) -> None:
    """Each kit is found with its place; no kit is blocked, none moves."""
    opened = hold(house, HoldKind.DRILL)
    assert house.rows(Study)[0]["open_holds"] == 0
    assert finish_job(house) == {"hold": opened.number, "found": 200, "moved": 0}
    assert len(house.rows(HoldFinding)) == 200
    assert qualities(house) == {"released": 200}


def test_what_is_sent_is_left_behind_and_what_arrives_is_set_apart(tmp_path: Path) -> None:
    """Between the hold and its movements a depot packs none of its kits, and a site receives none as usable."""
    with a_house(with_a_request, tmp_path) as house:
        hold(house, HoldKind.QUARANTINE)
        house.later(9)
        house.carry()
        outcomes = Counter(row["outcome"] for row in house.rows(ShipmentKit))
        assert outcomes == {"left_at_depot": 60}
        assert qualities(house) == {"released": 200}


def test_a_parcel_under_way_arrives_into_quarantine(tmp_path: Path) -> None:
    """The monitor is silent and the kits look well; they are set apart all the same."""
    with a_house(with_a_request, tmp_path) as house:
        house.later(9)
        house.carry()
        (parcel,) = house.rows(Shipment)
        kits = [row["number"] for row in house.rows(Kit, custody="shipment")]
        opened = hold(house, HoldKind.QUARANTINE, shipment=parcel["number"])
        assert opened.kits == len(kits) == 60
        ask = ReceiveShipment(study_id=house.study_id, number=parcel["number"], received=kits)
        site = house.active_sites()[0]
        got = house.do(house.actor(Role.PHARMACIST, site_id=site["id"]), receive_shipment, ask)
        assert (got.usable, len(got.quarantined)) == ([], 60)


def test_quarantine_is_decided_only_after_the_hold(house: SupplyHouse) -> None:
    """While it is in force nobody accepts a kit under it; after it, quality decides kit by kit."""
    site = house.active_sites()[0]
    opened = hold(house, HoldKind.QUARANTINE, site=site["number"])
    with pytest.raises(HoldUnderWay):
        lift(house, opened.number)
    assert finish_job(house)["moved"] == 60
    number = house.rows(Kit, quality="quarantined")[0]["number"]
    facts = {"study_id": house.study_id, "accept": [number], "reason": "Fridge was fine", "signing": signing()}
    accept = DecideQuality.model_validate(facts)
    with pytest.raises(KitsOnHold, match=number):
        house.do(Role.QUALITY, decide_quality, accept)
    lift(house, opened.number)
    assert house.rows(Study)[0]["open_holds"] == 0
    house.do(Role.QUALITY, decide_quality, accept)
    assert qualities(house) == {"released": 141, "quarantined": 59}
    with pytest.raises(HoldNotInForce):
        carried_out(house, opened.number)
    with pytest.raises(NotFound):
        lift(house, opened.number)


def lift(house: SupplyHouse, number: str) -> None:
    """Quality ends a hold."""
    ask = LiftHold(study_id=house.study_id, number=number, reason="Tests passed", signing=signing())
    house.do(Role.QUALITY, lift_hold, ask)


def test_a_lot_under_a_hold_is_not_released(tmp_path: Path) -> None:
    """The qualified person is refused while quality recalls the lot."""
    with a_house(with_kits, tmp_path) as house:
        house.load([a_lot(lot="A2", blinded_lot="L2")], release=False)
        hold(house, HoldKind.QUARANTINE, lot="L2")
        release = ReleaseLot(study_id=house.study_id, lot="L2", on_day=house.day, signing=signing())
        with pytest.raises(KitsOnHold):
            house.do(Role.QUALIFIED_PERSON, release_lot, release)


def test_a_visit_finds_no_kit_and_an_assigned_one_is_not_given(trial: Trial) -> None:
    """On both databases: nothing of the lots is assigned, and what was assigned before is not handed over."""
    subject, other = trial.randomized(), trial.randomized()
    dispensing = trial.assign(subject)
    lots = [row["number"] for row in trial.rows(BlindedLot)]
    for lot in lots:
        hold(trial, lot=lot)
    with pytest.raises(KitsOnHold) as told:
        trial.hand_over(dispensing)
    assert dispensing.kits[0].number in told.value.sentence
    assert "recall" not in told.value.sentence.lower()
    with pytest.raises(NoUsableKit) as none:
        trial.assign(other)
    assert "on hold" in none.value.trace


def test_without_a_hold_no_statement_is_added(sqlite_trial: Trial) -> None:
    """Assigning and handing over ask nothing about holds while the study has none."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    subject = sqlite_trial.randomized()
    event.listen(sqlite_trial.store.engine, "before_cursor_execute", note)
    sqlite_trial.hand_over(sqlite_trial.assign(subject))
    event.remove(sqlite_trial.store.engine, "before_cursor_execute", note)
    assert asked
    assert not [statement for statement in asked if "kit_hold" in statement]


def test_a_kit_with_a_patient_is_found_there(sqlite_trial: Trial) -> None:
    """A recalled kit stays in the patient's custody until it is brought back; the finding names the patient."""
    subject, kits = sqlite_trial.treated()
    lot = sqlite_trial.rows(BlindedLot, id=sqlite_trial.kit(kits[0])["blinded_lot_id"])[0]["number"]
    opened = hold(sqlite_trial, lot=lot)
    carried_out(sqlite_trial, opened.number)
    kit = sqlite_trial.kit(kits[0])
    assert (kit["custody"], kit["quality"]) == ("subject", "recalled")
    (found,) = sqlite_trial.rows(HoldFinding, kit_id=kit["id"])
    assert (found["custody"], found["place_id"]) == ("subject", sqlite_trial.subject(subject)["id"])


def test_on_both_databases(store: Store) -> None:
    """Open, carry out, lift; the job is queued in the same transaction and the trail reads as sentences."""
    house = SupplyHouse.of(store)
    house.load()
    opened = hold(house)
    assert [row["kind"] for row in house.rows(Job)] == ["hold"]
    finish_job(house)
    lift(house, opened.number)
    facts = ("act", "record_kind", "record", "old", "new", "reason")
    lines = [row for row in house.rows(AuditEntry) if str(row["act"]).startswith("hold_")]
    told = [sentence(person="Quinn", **{name: row[name] for name in facts}) for row in lines]
    assert told == [
        "Quinn opened hold H-0001 (recall) over Lot L1: 200 kits.",
        "H-0001 found 200 kits where they were and moved 200 of them.",
        "Quinn lifted hold H-0001 (recall).",
    ]
    assert [row["act"] for row in house.rows(KitHold)] == ["open", "lift"]


def test_the_site_is_asked_to_call_a_patients_kits_back(sqlite_trial: Trial) -> None:
    """The task stands until the kits are back; recall and quarantine ask in the same words, without a reason."""
    subject, kits = sqlite_trial.treated()
    asked = []
    for kind in (HoldKind.QUARANTINE, HoldKind.RECALL):
        lots = {row["number"] for row in sqlite_trial.rows(BlindedLot)}
        for lot in sorted(lots):
            carried_out(sqlite_trial, hold(sqlite_trial, kind, lot=lot).number)
        asked.append(call_back_tasks(sqlite_trial))
    assert asked[0] == asked[1]
    ((about, details),) = asked[0]
    assert (about, details.split(" may")[0]) == (f"Subject {subject}", f"{kit_words(len(kits))} at home")
    back = [ReturnedKit(number=number, fate=KitFate.USED) for number in kits]
    if sqlite_trial.definition.conduct.returns_counted_in != "kits":
        back = [ReturnedKit(number=number, units_returned=None, units_used=0) for number in kits]
    ask = TakeBackKits(study_id=1, subject=subject, kits=back, on_day=sqlite_trial.day)
    sqlite_trial.do(sqlite_trial.staff, take_back_kits, ask)
    assert call_back_tasks(sqlite_trial) == []


def call_back_tasks(trial: Trial) -> list[tuple[str, str]]:
    """What the site's worklist says about kits to call back."""
    with trial.store.reading() as connection:
        view = worklist(connection, trial.staff, datetime.combine(trial.day, time(13), UTC))
    tasks = [task for group in view.groups for task in group.tasks]
    return [(task.about, task.details) for task in tasks if task.title == "Call kits back"]
