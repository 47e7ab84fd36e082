"""Hand-over: all kits, fewer with a reason, or none; nothing unscanned, nothing expired."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from irt.blinding.roles import Role
from irt.errors import BadInput
from irt.services.activate_site import ChangeSite, change_site
from irt.services.dispensings import DispensingReceipt
from irt.services.hand_over_kits import (
    GiveUpDispensing,
    HandOver,
    HandOverFewer,
    KitsExpired,
    NotAllChecked,
    NotToBeGiven,
    give_up_dispensing,
    hand_over_fewer,
    hand_over_kits,
)
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.services.subjects import SiteNotActive
from irt.states.records import SiteEvent
from irt.states.table import TransitionRefused
from irt.tables.kit import DispensedKit, Dispensing, Kit, Scan
from irt.tables.subject import SubjectEvent
from tests.builders_trial import FIRST_SITE, Trial


@pytest.fixture
def open_one(sqlite_trial: Trial) -> DispensingReceipt:
    """A dispensing of two kits."""
    return sqlite_trial.assign(sqlite_trial.randomized())


def handing(dispensing: DispensingReceipt, scanned: list[str] | None = None) -> HandOver:
    """All kits, scanned in the same request unless said otherwise."""
    numbers = [kit.number for kit in dispensing.kits] if scanned is None else scanned
    return HandOver(study_id=1, dispensing_id=dispensing.dispensing_id, scanned=numbers)


def axes(trial: Trial, number: str) -> tuple[str, str, str, str]:
    """Where a kit is and stands."""
    row = trial.kit(number)
    return (row["custody"], row["quality"], row["assignment"], row["accountability"])


GIVEN = ("subject", "released", "dispensed", "outstanding")
KEPT = ("site", "quarantined", "reversed", "none")


def test_all_kits_go_to_the_subject(trial: Trial) -> None:
    """Kits, lines, dispensing and the subject's status follow, and the audit line says what it was before."""
    subject = trial.randomized()
    receipt = trial.hand_over(trial.assign(subject))
    numbers = [kit.number for kit in receipt.kits]
    assert receipt.status == "handed_over"
    assert [axes(trial, number) for number in numbers] == [GIVEN, GIVEN]
    assert {trial.kit(number)["place_id"] for number in numbers} == {trial.subject(subject)["id"]}
    assert {row["status"] for row in trial.rows(DispensedKit)} == {"handed_over"}
    assert trial.subject(subject)["status"] == "on_treatment"
    assert [row["kind"] for row in trial.rows(SubjectEvent)] == ["randomize", "start_treatment"]
    line = trial.audit()
    assert (line["act"], line["old"], line["new"]["handed_over"]) == (
        "kits_handed_over",
        {"status": "assigned"},
        numbers,
    )


def test_a_second_press_hands_nothing_over_twice(trial: Trial) -> None:
    """The same key gives the first answer, another one a refusal."""
    dispensing = trial.assign(trial.randomized())
    trial.keys = iter(["one", "one", "two"])  # type: ignore[assignment]  # the same key twice
    assert trial.hand_over(dispensing) == trial.hand_over(dispensing)
    trial.refuses(hand_over_kits, handing(dispensing, []), TransitionRefused)


def test_unscanned_kits_stay(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """Each kit is checked by scan; the sentence names those that are not."""
    first, second = (kit.number for kit in open_one.kits)
    refusal = sqlite_trial.refuses(hand_over_kits, handing(open_one, [first]), NotAllChecked)
    assert f"1 of the kits are not checked: {second}." in refusal.sentence
    assert sqlite_trial.rows(Scan) == []


def test_a_strange_scan_stops_the_hand_over(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """A kit of the shelf among the scans."""
    scans = [*(kit.number for kit in open_one.kits), sqlite_trial.shelf()[0]]
    refusal = sqlite_trial.refuses(hand_over_kits, handing(open_one, scans), BadInput)
    assert "not one of this visit's kits" in refusal.sentence


def test_fewer_with_a_reason(trial: Trial) -> None:
    """The rest is not dispensed and waits in quarantine."""
    dispensing = trial.assign(trial.randomized())
    first, second = (kit.number for kit in dispensing.kits)
    facts = {"study_id": 1, "dispensing_id": dispensing.dispensing_id, "reason": "Wants one only"}
    trial.refuses(hand_over_fewer, HandOverFewer.model_validate({**facts, "given": [first]}), NotAllChecked)
    strange = HandOverFewer.model_validate({**facts, "given": [trial.shelf()[0]]})
    trial.refuses(hand_over_fewer, strange, BadInput)
    with trial.store.writing() as connection:
        connection.execute(text("UPDATE dispensed_kit SET status = 'checked'"))
    receipt = trial.do(trial.staff, hand_over_fewer, HandOverFewer.model_validate({**facts, "given": [first]}))
    assert receipt.status == "handed_over_partly"
    assert (axes(trial, first), axes(trial, second)) == (GIVEN, KEPT)
    line = trial.audit()
    assert (line["reason"], line["new"]["not_given"]) == ("Wants one only", [second])


def test_none_at_all(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """The visit was not done: every kit waits for a decision, and the subject is not on treatment."""
    ask = GiveUpDispensing(study_id=1, dispensing_id=open_one.dispensing_id, reason="Did not come")
    receipt = sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, ask)
    assert receipt.status == "not_done"
    assert [axes(sqlite_trial, kit.number) for kit in open_one.kits] == [KEPT, KEPT]
    assert sqlite_trial.subject(receipt.subject)["status"] == "randomized"
    sqlite_trial.refuses(give_up_dispensing, ask, TransitionRefused)


def test_a_kit_is_given_on_its_last_day_and_not_after(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """Days may pass between assignment and hand-over."""
    with sqlite_trial.store.writing() as connection:
        connection.execute(text("UPDATE kit SET expiry = :day"), {"day": sqlite_trial.day + timedelta(days=3)})
    sqlite_trial.later(4)
    refusal = sqlite_trial.refuses(hand_over_kits, handing(open_one), KitsExpired)
    assert open_one.kits[0].number in refusal.sentence
    sqlite_trial.later(-1)
    assert sqlite_trial.hand_over(open_one).status == "handed_over"


@pytest.mark.parametrize("step", ["hold_dose", "stop_treatment", "withdraw"])
def test_a_subject_who_may_get_nothing_any_more(
    sqlite_trial: Trial, open_one: DispensingReceipt, step: str
) -> None:
    """What happened since the assignment counts; giving up is still possible."""
    sqlite_trial.step(open_one.subject, step)
    sqlite_trial.refuses(hand_over_kits, handing(open_one), NotToBeGiven)
    ask = GiveUpDispensing(study_id=1, dispensing_id=open_one.dispensing_id, reason="Off treatment")
    assert sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, ask).status == "not_done"


def test_a_site_on_hold_hands_nothing_over(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """The same words as for a screening there."""
    hold = ChangeSite(study_id=1, site=FIRST_SITE, event=SiteEvent.HOLD, reason="Inspection")
    sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, hold)
    sqlite_trial.refuses(hand_over_kits, handing(open_one), SiteNotActive)


def test_a_kit_set_apart_meanwhile_is_not_given(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """Quarantine stops the hand-over of a kit already assigned; all go back."""
    sqlite_trial.set_apart([open_one.kits[0].number])
    sqlite_trial.refuses(hand_over_kits, handing(open_one), TransitionRefused)
    ask = GiveUpDispensing(study_id=1, dispensing_id=open_one.dispensing_id, reason="Set apart")
    sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, ask)
    assert [axes(sqlite_trial, kit.number) for kit in open_one.kits] == [KEPT, KEPT]


def test_a_kit_reported_lost_leaves_the_dispensing(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """It waits for nobody any more; the others can be handed over, and with none left there is nothing to."""
    for number, left in ((open_one.kits[0].number, 1), (open_one.kits[1].number, 0)):
        ask = ReportKit(study_id=1, site=FIRST_SITE, kit=number, report=Report.MISSING, reason="Gone")
        sqlite_trial.do(Role.PHARMACIST, report_kit, ask)
        waiting = [row for row in sqlite_trial.rows(DispensedKit) if row["status"] == "waiting"]
        assert len(waiting) == left
    refusal = sqlite_trial.refuses(hand_over_kits, handing(open_one, []), NotToBeGiven)
    assert refusal.sentence.startswith("No kit of this visit is left")
    give_up = GiveUpDispensing(study_id=1, dispensing_id=open_one.dispensing_id, reason="Gone")
    assert sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, give_up).status == "not_done"
    assert sqlite_trial.rows(Dispensing)[0]["status"] == "not_done"
    assert len(sqlite_trial.rows(Kit, custody="unknown")) == 2
