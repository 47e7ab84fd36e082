"""Screening, its failure, and screening again where the protocol allows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from irt.blinding.roles import Role
from irt.errors import NotAllowed, NotFound
from irt.services.activate_site import ChangeSite, change_site
from irt.services.screen_subject import (
    FailScreening,
    RescreeningRefused,
    RescreenSubject,
    ScreenSubject,
    fail_screening,
    rescreen_subject,
    screen_subject,
)
from irt.services.subjects import NotInTheFuture, SiteNotActive, TooEarly
from irt.services.unit_of_work import perform
from irt.states.records import SiteEvent
from irt.states.table import TransitionRefused
from irt.tables.subject import Screening, Subject, SubjectEvent
from tests.builders_trial import FIRST_DAY, FIRST_SITE, SECOND_SITE, Trial


def screening(trial: Trial, **changes: object) -> ScreenSubject:
    """A screening at the first site today."""
    return ScreenSubject.model_validate({"study_id": 1, "site": FIRST_SITE, "on_day": trial.day, **changes})


def rescreening(trial: Trial, subject: str) -> RescreenSubject:
    """Another screening today."""
    return RescreenSubject(study_id=1, subject=subject, on_day=trial.day)


def test_numbers_count_up_at_each_site(trial: Trial) -> None:
    """Subject and screening numbers begin anew at every site and have no gaps."""
    receipts = [trial.do(trial.staff, screen_subject, screening(trial, site=s)) for s in (FIRST_SITE,) * 2]
    receipts.append(trial.do(trial.staff, screen_subject, screening(trial, site=SECOND_SITE)))
    assert [(r.subject, r.screening_number) for r in receipts] == [
        ("1001-0001", "1001-S001"),
        ("1001-0002", "1001-S002"),
        ("1002-0001", "1002-S001"),
    ]
    assert {r.status for r in receipts} == {"screening"}
    assert [row["screened_on"] for row in trial.rows(Subject)] == [FIRST_DAY] * 3


def test_the_audit_line_of_a_screening(sqlite_trial: Trial) -> None:
    """Who, when, which site, and what is new."""
    sqlite_trial.screen()
    line = sqlite_trial.audit()
    assert (line["act"], line["record"], line["zone"]) == ("subject_screened", "1001-0001", "Europe/London")
    assert line["new"] == {"status": "screening", "screening": "1001-S001", "on_day": FIRST_DAY.isoformat()}


def test_a_second_press_screens_nobody_else(trial: Trial) -> None:
    """One key, one subject."""
    trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    first = trial.do(trial.staff, screen_subject, screening(trial))
    assert trial.do(trial.staff, screen_subject, screening(trial)) == first
    assert len(trial.rows(Subject)) == 1


def test_a_site_that_is_not_active_screens_nobody(sqlite_trial: Trial) -> None:
    """Planned, or on hold: the refusal is written down under the site, and no number is used up."""
    sqlite_trial.refuses(screen_subject, screening(sqlite_trial, site="1003"), SiteNotActive)
    hold = ChangeSite(study_id=1, site=FIRST_SITE, event=SiteEvent.HOLD, reason="Inspection")
    sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, hold)
    sqlite_trial.refuses(screen_subject, screening(sqlite_trial), SiteNotActive)
    assert (sqlite_trial.audit()["record_kind"], sqlite_trial.audit()["record"]) == ("site", FIRST_SITE)
    resume = hold.model_copy(update={"event": SiteEvent.RESUME})
    sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, resume)
    assert sqlite_trial.screen() == "1001-0001"


def test_tomorrow_has_not_come(sqlite_trial: Trial) -> None:
    """A day ahead is refused."""
    ask = screening(sqlite_trial, on_day=FIRST_DAY + timedelta(days=1))
    sqlite_trial.refuses(screen_subject, ask, NotInTheFuture)


def test_today_is_the_site_s_today(sqlite_trial: Trial) -> None:
    """Half past eleven at night UTC in summer is already tomorrow in London."""
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    ask = screening(sqlite_trial, on_day=date(2026, 7, 1))
    receipt = perform(sqlite_trial.store, sqlite_trial.staff, late, screen_subject, ask, "late")
    assert receipt.status == "screening"
    earlier = late - timedelta(hours=1)
    with pytest.raises(NotInTheFuture):
        perform(sqlite_trial.store, sqlite_trial.staff, earlier, screen_subject, ask, "earlier")


def test_who_may_screen(sqlite_trial: Trial) -> None:
    """Not a monitor, not another site's coordinator, and not at a site that is not there."""
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.MONITOR, screen_subject, screening(sqlite_trial))
    other = sqlite_trial.actor(Role.COORDINATOR, site_id=sqlite_trial.site_id(SECOND_SITE))
    with pytest.raises(NotAllowed):
        sqlite_trial.do(other, screen_subject, screening(sqlite_trial))
    with pytest.raises(NotFound):
        sqlite_trial.do(sqlite_trial.staff, screen_subject, screening(sqlite_trial, site="9999"))
    assert sqlite_trial.rows(Subject) == []


def test_a_failure_has_its_reason(sqlite_trial: Trial) -> None:
    """Status, event and audit line follow; the reason is kept."""
    subject = sqlite_trial.screen()
    sqlite_trial.fail(subject)
    assert sqlite_trial.subject(subject)["status"] == "screen_failed"
    assert [(r["kind"], r["reason"]) for r in sqlite_trial.rows(SubjectEvent)] == [("fail_screening", "Other")]
    line = sqlite_trial.audit()
    assert (line["act"], line["reason"]) == ("screening_failed", "Other")
    assert (line["old"], line["new"]["status"]) == ({"status": "screening"}, "screen_failed")


def test_failures_that_cannot_be(sqlite_trial: Trial) -> None:
    """Not before the screening, not twice, not after randomization, not without a reason."""
    subject = sqlite_trial.screen()
    facts = {"study_id": 1, "subject": subject, "on_day": sqlite_trial.day, "reason": "Other"}
    early = FailScreening.model_validate({**facts, "on_day": FIRST_DAY - timedelta(days=1)})
    sqlite_trial.refuses(fail_screening, early, TooEarly)
    sqlite_trial.fail(subject)
    sqlite_trial.refuses(fail_screening, FailScreening.model_validate(facts), TransitionRefused)
    randomized = FailScreening.model_validate({**facts, "subject": sqlite_trial.randomized()})
    sqlite_trial.refuses(fail_screening, randomized, TransitionRefused)
    with pytest.raises(ValidationError):
        FailScreening.model_validate({**facts, "reason": ""})


def test_screening_again_points_to_the_earlier_one(trial: Trial) -> None:
    """The subject keeps its number, the new screening has its own and is dated anew."""
    subject = trial.screen()
    trial.fail(subject)
    trial.later(30)
    receipt = trial.do(trial.staff, rescreen_subject, rescreening(trial, subject))
    assert (receipt.subject, receipt.screening_number, receipt.status) == (subject, "1001-S002", "screening")
    first, second = trial.rows(Screening)
    assert second["earlier_id"] == first["id"]
    assert trial.subject(subject)["screened_on"] == trial.day
    assert trial.audit()["new"] == {
        "status": "screening",
        "screening": "1001-S002",
        "on_day": trial.day.isoformat(),
    }


def test_the_protocol_says_when_and_how_often(sqlite_trial: Trial) -> None:
    """Not a day before the thirtieth, and once only."""
    subject = sqlite_trial.screen()
    sqlite_trial.refuses(rescreen_subject, rescreening(sqlite_trial, subject), RescreeningRefused)
    sqlite_trial.fail(subject)
    sqlite_trial.later(29)
    refusal = sqlite_trial.refuses(rescreen_subject, rescreening(sqlite_trial, subject), RescreeningRefused)
    assert (FIRST_DAY + timedelta(days=30)).isoformat() in refusal.sentence
    sqlite_trial.later(1)
    sqlite_trial.do(sqlite_trial.staff, rescreen_subject, rescreening(sqlite_trial, subject))
    sqlite_trial.fail(subject)
    sqlite_trial.later(60)
    refusal = sqlite_trial.refuses(rescreen_subject, rescreening(sqlite_trial, subject), RescreeningRefused)
    assert "has had them" in refusal.sentence


def test_only_a_failure_is_screened_again(sqlite_trial: Trial) -> None:
    """Somebody in screening is not."""
    subject = sqlite_trial.screen()
    sqlite_trial.later(30)
    sqlite_trial.refuses(rescreen_subject, rescreening(sqlite_trial, subject), TransitionRefused)
