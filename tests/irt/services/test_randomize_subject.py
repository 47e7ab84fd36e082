"""Randomization: drawn once, from strata as entered, never where an arm could not be served, never edited."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from irt.blinding.roles import Role
from irt.enrolment.rederive import rederive
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.activate_site import ChangeSite, change_site
from irt.services.all_arms_check import RandomizationNotPossible
from irt.services.randomize_subject import AlreadyRandomized, ScreeningExpired, randomize_subject
from irt.services.subjects import NotInTheFuture, SiteNotActive, TooEarly
from irt.services.work import Work
from irt.states.records import SiteEvent
from irt.states.table import TransitionRefused
from irt.tables.record import AuditEntry
from irt.tables.secret import SecretAuditEntry, TreatmentAssignment
from irt.tables.subject import Randomization
from tests.builders_trial import FIRST_DAY, FIRST_SITE, Trial


def test_a_draw_is_recorded_in_two_voices(trial: Trial) -> None:
    """The receipt, the event and its audit line tell no arm; the secret record tells all of it."""
    subject = trial.screen()
    receipt = trial.randomize(subject)
    assert receipt.model_dump() == {
        "study_id": 1,
        "subject": subject,
        "randomization_number": receipt.randomization_number,
        "at": receipt.at,
        "levels": {"ldl": "LT85", "region": "EU"},
        "dose_level": "Q2W",
        "status": "randomized",
    }
    row, secret = trial.rows(Randomization)[0], trial.rows(TreatmentAssignment)[0]
    assert (row["levels"], row["assignment_number"], row["on_day"]) == (receipt.levels, 1, FIRST_DAY)
    assert secret["arm"] in {"A", "P"}
    assert secret["stratum"] == "ldl=LT85;region=EU"
    assert secret["stock_seen"]["every_arm_can_be_served"] is True
    assert trial.subject(subject)["randomized_on"] == FIRST_DAY


def test_the_audit_line_says_who_when_old_and_new(sqlite_trial: Trial) -> None:
    """One line, before and after; the arm is in the second chain only."""
    subject = sqlite_trial.randomized()
    line = sqlite_trial.audit()
    assert (line["act"], line["record"], line["person"]) == ("subject_randomized", subject, "coordinator")
    assert line["old"] == {"status": "screening"}
    assert line["new"] == {
        "status": "randomized",
        "randomization": sqlite_trial.rows(Randomization)[0]["number"],
        "levels": {"ldl": "LT85", "region": "EU"},
        "dose_level": "Q2W",
        "on_day": FIRST_DAY.isoformat(),
        "version": 1,
    }
    secret = sqlite_trial.rows(SecretAuditEntry)[-1]
    assert secret["blinded_sequence"] == line["sequence"]
    assert secret["body"]["arm"] == sqlite_trial.arm(subject)


def test_a_second_press_gives_the_first_answer(trial: Trial) -> None:
    """The same key: the same receipt, and one randomization."""
    ask = trial.asking(trial.screen())
    trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    first = trial.do(trial.staff, randomize_subject, ask)
    assert trial.do(trial.staff, randomize_subject, ask) == first
    assert len(trial.rows(Randomization)) == 1


def test_another_key_is_refused_with_the_number(trial: Trial) -> None:
    """Nothing is done twice, and the sentence says what was drawn when."""
    subject = trial.screen()
    receipt = trial.randomize(subject)
    refusal = trial.refuses(randomize_subject, trial.asking(subject), AlreadyRandomized)
    assert refusal.sentence == (
        f"Already randomized at {receipt.at:%H:%M:%S} UTC as {receipt.randomization_number}; "
        "nothing was done twice."
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"levels": {}}, "'LDL cholesterol at the end of screening' has no answer"),
        ({"levels": {"ldl": ""}}, "has no answer"),
        ({"levels": {"ldl": "unknown"}}, "'unknown' is not an answer"),
        ({"levels": {"ldl": "LT85", "region": "NA"}}, "region is not a factor to be entered"),
        ({"dose_level": None}, "Choose the dose level"),
        ({"dose_level": "Q3W"}, "'Q3W' is not a dose level to start on"),
    ],
)
def test_no_answer_is_ever_assumed(sqlite_trial: Trial, changes: dict[str, object], words: str) -> None:
    """A stratum is entered or it is missing; `unknown` counts only where the study lists it."""
    ask = sqlite_trial.asking(sqlite_trial.screen(), **changes)
    assert words in sqlite_trial.refuses(randomize_subject, ask, BadInput).sentence


def test_days_that_cannot_be(sqlite_trial: Trial) -> None:
    """Neither before the screening nor tomorrow, nor after the screening has expired."""
    subject = sqlite_trial.screen()
    for days, kind in ((-1, TooEarly), (1, NotInTheFuture)):
        ask = sqlite_trial.asking(subject, on_day=FIRST_DAY + timedelta(days=days))
        sqlite_trial.refuses(randomize_subject, ask, kind)
    sqlite_trial.later(106)
    refusal = sqlite_trial.refuses(randomize_subject, sqlite_trial.asking(subject), ScreeningExpired)
    assert (FIRST_DAY + timedelta(days=105)).isoformat() in refusal.sentence
    sqlite_trial.later(-1)
    assert sqlite_trial.randomize(subject).status == "randomized"


def test_the_day_is_the_site_s(sqlite_trial: Trial) -> None:
    """At noon UTC no British site has tomorrow's date; the last moment of a day decides by the site's clock."""
    subject = sqlite_trial.screen()
    sqlite_trial.day = date(2026, 6, 30)
    ask = sqlite_trial.asking(subject, on_day=date(2026, 7, 1))
    sqlite_trial.refuses(randomize_subject, ask, NotInTheFuture)


def test_a_screen_failure_is_not_randomized(sqlite_trial: Trial) -> None:
    """The lifecycle has no such step."""
    subject = sqlite_trial.screen()
    sqlite_trial.fail(subject)
    sqlite_trial.refuses(randomize_subject, sqlite_trial.asking(subject), TransitionRefused)


def test_a_site_on_hold_draws_nothing(sqlite_trial: Trial) -> None:
    """The same words for every subject."""
    subject = sqlite_trial.screen()
    hold = ChangeSite(study_id=1, site=FIRST_SITE, event=SiteEvent.HOLD, reason="Inspection")
    sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, hold)
    sqlite_trial.refuses(randomize_subject, sqlite_trial.asking(subject), SiteNotActive)


@pytest.mark.parametrize("missing", ["PEN-A", "PEN-P"])
def test_every_arm_must_be_on_site_before_the_draw(sqlite_trial: Trial, missing: str) -> None:
    """Whichever pen is short, the sentence is the same; what was short is told unblinded readers alone."""
    subject, types = sqlite_trial.screen(), sqlite_trial.types()
    sqlite_trial.set_apart([n for n in sqlite_trial.shelf() if types[n] == missing][1:])
    ask = sqlite_trial.asking(subject)
    refusal = sqlite_trial.refuses(randomize_subject, ask, RandomizationNotPossible)
    assert refusal.sentence == (
        "Randomization is not possible at this site at the moment. Nothing was drawn. Supply has been told."
    )
    assert missing in refusal.trace
    assert (refusal.candidates or {})["short"] == {missing[-1]: {missing: 1}}


def test_a_back_dated_entry_does_not_bring_old_stock_back(sqlite_trial: Trial) -> None:
    """The stock is judged today: kits that have expired since the day entered do not count."""
    subject = sqlite_trial.screen()
    with sqlite_trial.store.writing() as connection:
        connection.execute(text("UPDATE kit SET expiry = :day"), {"day": FIRST_DAY + timedelta(days=40)})
    sqlite_trial.later(30)
    ask = sqlite_trial.asking(subject, on_day=FIRST_DAY)
    sqlite_trial.refuses(randomize_subject, ask, RandomizationNotPossible)


def test_who_may_not(sqlite_trial: Trial) -> None:
    """A stranger learns nothing of the subject; a monitor may look but not draw."""
    ask = sqlite_trial.asking(sqlite_trial.screen())
    with pytest.raises(NotFound):
        sqlite_trial.do(sqlite_trial.actor(Role.COORDINATOR, site_id=99), randomize_subject, ask)
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.MONITOR, randomize_subject, ask)


def test_numbers_tell_neither_order_nor_arm(sqlite_trial: Trial) -> None:
    """Six digits, all different, not in order, and without the order of assignment in them."""
    subjects = [sqlite_trial.randomized() for _ in range(8)]
    numbers = [row["number"] for row in sqlite_trial.rows(Randomization)]
    assert len(set(numbers)) == len(subjects)
    assert all(len(number) == 6 and number.isdigit() for number in numbers)
    assert numbers != sorted(numbers)


def test_every_allocation_can_be_derived_again(trial: Trial) -> None:
    """From the sealed seed and the strata, arm and draws come out as stored."""
    for number in range(9):
        trial.randomized(levels={"ldl": ("LT85", "GE85")[number % 2]})
    with trial.store.reading() as connection:
        derivation = rederive(Work(trial.store, connection, trial.staff, datetime.now(UTC)), 1)
    assert (derivation.allocations, derivation.same, derivation.first_difference) == (9, 9, None)


@pytest.mark.parametrize("table", ["randomization", "secret_treatment_assignment", "subject_event", "audit_entry"])
def test_a_randomization_is_never_edited(trial: Trial, table: str) -> None:
    """The database itself refuses to change or to remove it."""
    trial.randomized()
    for attack in (f"UPDATE {table} SET study_id = study_id + 1", f"DELETE FROM {table}"):
        statement = attack if table != "audit_entry" else attack.replace("study_id", "sequence")
        with pytest.raises(IntegrityError, match="stay as they were"), trial.store.writing() as connection:
            connection.execute(text(statement))


def test_the_refused_press_is_not_remembered(sqlite_trial: Trial) -> None:
    """After the reason for a refusal is gone, the same key draws."""
    subject = sqlite_trial.screen()
    sqlite_trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    with pytest.raises(BadInput):
        sqlite_trial.randomize(subject, levels={})
    sqlite_trial.keys = iter(["one"])  # type: ignore[assignment]
    assert sqlite_trial.randomize(subject).status == "randomized"
    acts = [row["act"] for row in sqlite_trial.rows(AuditEntry) if row["act"] != "seed_opened"]
    assert acts[-2:] == [
        "randomization_refused",
        "subject_randomized",
    ]
