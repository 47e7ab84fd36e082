"""Subjects over the API: from screening to withdrawal."""

from tests.web.api.system import ANSWERS, System


def test_a_subject_is_screened_randomized_and_read_again(investigator: System) -> None:
    """What was booked is what is read; the arm is in neither."""
    subject = investigator.randomizes()
    shown = investigator.asks_study(f"/subjects/{subject}").json()
    assert (shown["subject"], shown["status"], shown["site"]) == (subject, "randomized", "1001")
    assert shown["levels"]["LDL cholesterol at the end of screening"] == "below 85 mg/dL"
    assert shown["dose_level"] == "Q2W"
    assert shown["randomization_number"]
    assert {"D1", "W4"} <= {visit["visit"] for visit in shown["visits"]}


def test_a_screening_ends_and_begins_again(investigator: System) -> None:
    """Fail, wait as the study asks, screen again under a new number."""
    subject, today = investigator.screens(), investigator.today
    failed = investigator.booked("/subjects/fail-screening", subject=subject, on_day=today, reason="LDL too low")
    assert failed["status"] == "screen_failed"
    investigator.world.wait(days=29)
    later = System.of(investigator.world, "investigator.0")
    early = later.does("/subjects/screen-again", subject=subject, on_day=later.today)
    assert (early.status_code, early.json()["name"]) == (409, "RescreeningRefused")
    later.world.wait(days=1)
    again = System.of(later.world, "investigator.0").booked(
        "/subjects/screen-again", subject=subject, on_day=later.today
    )
    assert (again["status"], again["screening_number"]) == ("screening", "1001-S002")


def test_a_second_randomization_is_refused(investigator: System) -> None:
    """Under a fresh key it is another command, and the trial has a rule for it."""
    subject = investigator.randomizes()
    again = investigator.does("/subjects/randomize", subject=subject, on_day=investigator.today, **ANSWERS)
    assert (again.status_code, again.json()["name"]) == (409, "AlreadyRandomized")


def test_a_visit_is_skipped_and_doses_are_held(investigator: System) -> None:
    """Both with their reasons, and both are read again."""
    subject, today = investigator.randomizes(), investigator.today
    investigator.booked("/subjects/skip-visit", subject=subject, visit="D1", on_day=today, reason="Ill")
    shown = investigator.asks_study(f"/subjects/{subject}").json()
    assert next(visit for visit in shown["visits"] if visit["visit"] == "D1")["state"] == "skipped"
    step = {"subject": subject, "on_day": today, "reason": "Wishes to leave"}
    assert investigator.booked("/subjects/change-status", step="withdraw", **step)["status"] == "withdrawn"
    assert investigator.does("/subjects/change-status", step="resume_dose", **step).status_code == 409
    assert investigator.does("/subjects/change-dose", dose_level="QM", **step).status_code == 409
