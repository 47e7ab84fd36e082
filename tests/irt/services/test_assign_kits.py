"""Assignment: the right kits by the rule, under lock, with everything that was looked at in the second chain."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.activate_site import ChangeSite, change_site
from irt.services.assign_kits import AlreadyAssigned, NotDispensable, assign_kits
from irt.services.hand_over_kits import GiveUpDispensing, give_up_dispensing
from irt.services.subjects import NotInTheFuture, SiteNotActive, TooEarly
from irt.services.unit_of_work import perform
from irt.states.records import SiteEvent
from irt.supply.kit_selection import NoUsableKit
from irt.tables.kit import DispensedKit, Dispensing, Kit, Movement
from irt.tables.secret import SecretAuditEntry
from irt.tables.subject import Visit
from tests.builders_trial import DND_DAYS, EARLY, FIRST_DAY, FIRST_SITE, SECOND_SITE, Trial, no_kit_twice


def test_the_kits_of_the_arm_are_assigned(trial: Trial) -> None:
    """Two pens of the subject's arm, by number; kits, visit, dispensing and lines all say so."""
    subject = trial.randomized()
    receipt = trial.assign(subject)
    numbers = [kit.number for kit in receipt.kits]
    assert len(numbers) == 2
    assert numbers == sorted(numbers)
    types = trial.types()
    assert {types[number] for number in numbers} == {f"PEN-{trial.arm(subject)}"}
    assert {(trial.kit(n)["custody"], trial.kit(n)["assignment"]) for n in numbers} == {("site", "assigned")}
    assert [row["status"] for row in trial.rows(DispensedKit)] == ["waiting", "waiting"]
    visit, dispensing = trial.rows(Visit)[0], trial.rows(Dispensing)[0]
    assert (visit["code"], visit["status"], visit["held_on"]) == ("D1", "done", FIRST_DAY)
    assert (dispensing["status"], dispensing["visit_id"]) == ("assigned", visit["id"])
    assert {row["subject_id"] for row in trial.rows(Movement, event="assign")} == {trial.subject(subject)["id"]}


def test_a_receipt_tells_nothing_of_the_arm(sqlite_trial: Trial) -> None:
    """Both arms' receipts have the same words; only numbers, lots and dates differ."""
    told = {}
    for _ in range(4):
        subject = sqlite_trial.randomized()
        receipt = sqlite_trial.assign(subject)
        told[sqlite_trial.arm(subject)] = [kit.name for kit in receipt.kits]
    assert told["A"] == told["P"] == ["Pen 140 mg/mL"] * 2


def test_the_audit_line_is_in_two_voices(sqlite_trial: Trial) -> None:
    """Numbers for everybody; types, candidates and their verdicts in the second chain."""
    receipt = sqlite_trial.assign(sqlite_trial.randomized())
    line, secret = sqlite_trial.audit(), sqlite_trial.rows(SecretAuditEntry)[-1]
    assert line["act"] == "kits_assigned"
    assert line["new"] == {
        "visit": "D1",
        "occurrence": 0,
        "kits": [kit.number for kit in receipt.kits],
        "dispensing": receipt.dispensing_id,
        "on_day": FIRST_DAY.isoformat(),
        "weight_kg": None,
        "order": None,
    }
    verdicts = {kit[0]: kit[4] for kit in secret["body"]["kits"]}
    assert [n for n, verdict in verdicts.items() if verdict == "chosen"] == line["new"]["kits"]


def test_first_expired_first_out(trial: Trial) -> None:
    """The kits that expire first are used up before later ones are touched."""
    expiries = []
    for _ in range(12):
        subject = trial.randomized()
        expiries.append((trial.arm(subject), max(kit.expiry for kit in trial.assign(subject).kits)))
    for arm in "AP":
        own = [expiry for of, expiry in expiries if of == arm]
        assert own == sorted(own)
        assert own[0] == EARLY
    no_kit_twice(trial)


def test_among_equal_dates_chance_decides(sqlite_trial: Trial) -> None:
    """The numbers of one lot do not come in order, and the same study draws the same numbers again."""
    numbers = [kit.number for _ in range(6) for kit in sqlite_trial.assign(sqlite_trial.randomized()).kits]
    types = sqlite_trial.types()
    early = {row["number"]: row for row in sqlite_trial.rows(Kit, expiry=EARLY)}
    for kit_type in ("PEN-A", "PEN-P"):
        given = [n for n in numbers if types[n] == kit_type and n in early]
        waiting = sorted(n for n in early if types[n] == kit_type and early[n]["custody"] == "site")
        assert given != waiting[: len(given)]


@pytest.mark.parametrize(("visit", "days_to_last"), [("D1", 31), ("W4", 63)])
def test_the_dynamic_window_ends_on_the_day(sqlite_trial: Trial, visit: str, days_to_last: int) -> None:
    """A kit must last to the end of the next visit's window: on its last day it does, a day later it does not."""
    assert days_to_last > DND_DAYS
    subject = sqlite_trial.randomized()
    last_day = FIRST_DAY + timedelta(days=days_to_last)
    for expiry, enough in ((last_day - timedelta(days=1), False), (last_day, True)):
        with sqlite_trial.store.writing() as connection:
            connection.execute(text("UPDATE kit SET expiry = :day"), {"day": expiry})
        if enough:
            assert sqlite_trial.assign(subject, visit=visit).status == "assigned"
            continue
        ask = sqlite_trial.assigning(subject, visit=visit)
        refusal = sqlite_trial.refuses(assign_kits, ask, NoUsableKit)
        assert "do not dispense" in refusal.trace


def test_a_back_dated_visit_gets_kits_of_today(sqlite_trial: Trial) -> None:
    """Kits that would have lasted from the day entered, but do not from today, are not given."""
    subject = sqlite_trial.randomized()
    with sqlite_trial.store.writing() as connection:
        connection.execute(text("UPDATE kit SET expiry = :day"), {"day": FIRST_DAY + timedelta(days=35)})
    sqlite_trial.later(20)
    ask = sqlite_trial.assigning(subject, on_day=FIRST_DAY)
    sqlite_trial.refuses(assign_kits, ask, NoUsableKit)


@pytest.mark.parametrize("barred", ["quarantined", "other site"])
def test_kits_that_may_not_be_given(sqlite_trial: Trial, barred: str) -> None:
    """One sentence for every cause; the cause is in the second voice."""
    subject = sqlite_trial.randomized()
    if barred == "quarantined":
        sqlite_trial.set_apart(sqlite_trial.shelf())
    else:
        elsewhere = {"other": sqlite_trial.site_id(SECOND_SITE), "here": sqlite_trial.site_id()}
        with sqlite_trial.store.writing() as connection:
            move = "UPDATE kit SET place_id = :other WHERE custody = 'site' AND place_id = :here"
            connection.execute(text(move), elsewhere)
    refusal = sqlite_trial.refuses(assign_kits, sqlite_trial.assigning(subject), NoUsableKit)
    assert refusal.sentence.startswith("Kits cannot be assigned now. Nothing was booked.")
    assert f"PEN-{sqlite_trial.arm(subject)}" in refusal.trace
    assert "PEN" not in refusal.sentence


def test_a_visit_s_kits_are_assigned_once(trial: Trial) -> None:
    """The same key gives the first answer; another key is told when it was done."""
    subject = trial.randomized()
    trial.keys = iter(["one", "one", "two"])  # type: ignore[assignment]  # the same key twice
    first = trial.assign(subject)
    assert trial.assign(subject) == first
    refusal = trial.refuses(assign_kits, trial.assigning(subject), AlreadyAssigned)
    assert "at 12:00:00 UTC" in refusal.sentence
    trial.keys = iter(["three", "four"])  # type: ignore[assignment]
    trial.hand_over(first)
    assert len(trial.rows(DispensedKit)) == 2


def test_after_the_hand_over_there_is_the_unscheduled_visit(sqlite_trial: Trial) -> None:
    """The planned visit is over; more kits are a visit of their own, counted from nought."""
    subject, _ = sqlite_trial.treated()
    refusal = sqlite_trial.refuses(assign_kits, sqlite_trial.assigning(subject), NotDispensable)
    assert "unscheduled visit" in refusal.sentence
    more = [sqlite_trial.assign(subject, unscheduled=True) for _ in range(2)]
    assert [(r.visit, r.occurrence) for r in more] == [("UNSCHEDULED", 0), ("UNSCHEDULED", 1)]
    assert [row["reason"] for row in sqlite_trial.rows(Visit, code="UNSCHEDULED")] == ["as D1", "as D1"]


def test_a_visit_given_up_is_dispensed_anew(sqlite_trial: Trial) -> None:
    """Other kits for the same visit; the first ones wait for a decision."""
    subject = sqlite_trial.randomized()
    first = sqlite_trial.assign(subject)
    ask = GiveUpDispensing(study_id=1, dispensing_id=first.dispensing_id, reason="Not today")
    sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, ask)
    second = sqlite_trial.assign(subject)
    assert not {kit.number for kit in first.kits} & {kit.number for kit in second.kits}
    assert len(sqlite_trial.rows(Visit)) == 1


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"visit": "SCR"}, BadInput),
        ({"visit": "NONE"}, BadInput),
        ({"visit": "D1", "occurrence": 1}, BadInput),
        ({"on_day": FIRST_DAY + timedelta(days=1)}, NotInTheFuture),
        ({"on_day": FIRST_DAY - timedelta(days=1)}, TooEarly),
    ],
)
def test_visits_that_cannot_be(sqlite_trial: Trial, changes: dict[str, object], kind: type[BadInput]) -> None:
    """No kits are given there, it never takes place a second time, or the day is impossible."""
    subject = sqlite_trial.randomized()
    sqlite_trial.refuses(assign_kits, sqlite_trial.assigning(subject, **changes), kind)


def test_a_repeated_visit_comes_again(sqlite_trial: Trial) -> None:
    """Week 36 has no last time: each occurrence is a visit of its own."""
    subject, _ = sqlite_trial.treated()
    receipt = sqlite_trial.assign(subject, visit="W36", occurrence=2)
    assert (receipt.visit, receipt.occurrence, len(receipt.kits)) == ("W36", 2, 6)


@pytest.mark.parametrize("step", ["hold_dose", "stop_treatment", "withdraw", "complete"])
def test_subjects_who_get_nothing_now(sqlite_trial: Trial, step: str) -> None:
    """On hold or off treatment: the sentence names the status, never a treatment."""
    subject = sqlite_trial.randomized()
    sqlite_trial.step(subject, step)
    sqlite_trial.refuses(assign_kits, sqlite_trial.assigning(subject), NotDispensable)


def test_nobody_is_given_kits_before_randomization(sqlite_trial: Trial) -> None:
    """A subject in screening is not dispensable."""
    ask = sqlite_trial.assigning(sqlite_trial.screen())
    sqlite_trial.refuses(assign_kits, ask, NotDispensable)


def test_a_site_on_hold_and_a_stranger(sqlite_trial: Trial) -> None:
    """Neither assigns."""
    ask = sqlite_trial.assigning(sqlite_trial.randomized())
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.MONITOR, assign_kits, ask)
    hold = ChangeSite(study_id=1, site=FIRST_SITE, event=SiteEvent.HOLD, reason="Inspection")
    sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, hold)
    sqlite_trial.refuses(assign_kits, ask, SiteNotActive)


def test_the_day_is_judged_by_the_site_s_clock(sqlite_trial: Trial) -> None:
    """Shortly before midnight UTC in summer it is the next day in London: a kit expired yesterday there."""
    subject = sqlite_trial.randomized()
    with sqlite_trial.store.writing() as connection:
        connection.execute(text("UPDATE kit SET expiry = :day"), {"day": date(2026, 7, 31)})
    at = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    ask = sqlite_trial.assigning(subject, on_day=FIRST_DAY)
    with pytest.raises(NoUsableKit):
        perform(sqlite_trial.store, sqlite_trial.staff, at + timedelta(hours=1), assign_kits, ask, "after")
    receipt = perform(sqlite_trial.store, sqlite_trial.staff, at, assign_kits, ask, "before")
    assert receipt.status == "assigned"
