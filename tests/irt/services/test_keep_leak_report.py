"""A leak report is kept beside its version: figures in the trail that blinded people read, fields behind it."""

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.audit_trail import verify_chains
from irt.reads.blinded_history import HistoryFilters, exported_history
from irt.reads.blinded_leak_reports import leak_reports
from irt.reads.go_live_records import GoLiveRecords
from irt.reads.unblinded_leak_reports import whole_leak_report
from irt.services.keep_leak_report import KeepLeakReport, ReportOfAnotherStudy, keep_leak_report
from tests.builders_leaks import a_leak_report, keeping
from tests.builders_trial import Trial, the_trial_study

FIELD = "planner /stock/log | table 1 place in the list"


def _ask(trial: Trial, report: str = "") -> KeepLeakReport:
    return keeping(trial.study_id, the_trial_study(), report or a_leak_report())


def test_it_is_kept_with_the_newest_version(trial: Trial) -> None:
    """The newest report of the version is the one that counts; of an earlier one its fields can still be read."""
    failed = a_leak_report("fail", (FIELD,))
    trial.do(Role.SUPPLY_MANAGER, keep_leak_report, _ask(trial, failed))
    kept = trial.do(Role.UNBLINDED_STATISTICIAN, keep_leak_report, _ask(trial))
    assert (kept.version, kept.verdict) == (1, "pass")
    with trial.store.reading() as connection:
        counts = GoLiveRecords(connection, trial.study_id).leaks(1)
        everything = leak_reports(connection, trial.study_id)
        whole = whole_leak_report(connection, trial.study_id, 1)
        with pytest.raises(NotFound, match="no leak report 3"):
            whole_leak_report(connection, trial.study_id, 3)
        assert all(verdict.fault is None for verdict in verify_chains(connection))
    assert counts is not None
    assert counts.passed
    assert [(each.number, each.verdict, each.named) for each in everything] == [(2, "pass", 0), (1, "fail", 1)]
    (newest, subjects) = (everything[0], everything[0].figures[0])
    assert (newest.subjects, newest.upper_limit, newest.pages) == (2230, "0.532", 2)
    assert (subjects.of, subjects.area, subjects.power, subjects.tests) == ("subjects", "0.498", "0.987", 677)
    assert whole.text == failed
    assert [(one.of, one.tells) for one in whole.fields] == [
        ("subjects", True),
        ("subjects", False),
        ("kits", False),
    ]
    assert whole.fields[0].field == FIELD
    asked = _ask(trial).model_dump()
    assert "definition" not in asked
    assert "report" not in asked


def test_no_blinded_reader_of_the_trail_is_told_a_field(sqlite_trial: Trial) -> None:
    """An inspector and a planner read the history of the whole study: how many fields, and never which."""
    report = a_leak_report("fail", (FIELD,))
    sqlite_trial.do(Role.SUPPLY_MANAGER, keep_leak_report, _ask(sqlite_trial, report))
    for role in (Role.INSPECTOR, Role.SUPPLY_PLANNER):
        with sqlite_trial.store.reading() as connection:
            entries = exported_history(
                connection, sqlite_trial.actor(role), HistoryFilters(sqlite_trial.study_id, act="leak report kept")
            )
        (entry,) = entries
        assert "1 fields named" in entry.sentence
        told = repr(entry)
        assert "677" in told
        assert "/stock/log" not in told
        assert "closest to it" not in told


def test_a_report_of_another_file_is_refused(sqlite_trial: Trial) -> None:
    """One word makes another study; no study, no report, and a report with another hash are refused too."""
    study = the_trial_study()
    other = study.model_copy(update={"study": study.study.model_copy(update={"title": "Another"})})
    for ask, refusal, words in (
        (keeping(sqlite_trial.study_id, other, a_leak_report()), ReportOfAnotherStudy, "not the newest version"),
        (_ask(sqlite_trial).model_copy(update={"definition": {}}), BadInput, "no study"),
        (_ask(sqlite_trial, '{"verdict": "pass"}'), BadInput, "no leak report"),
        (_ask(sqlite_trial).model_copy(update={"report_hash": "a" * 64}), BadInput, "does not give its hash"),
    ):
        with pytest.raises(refusal, match=words):
            sqlite_trial.do(Role.SUPPLY_MANAGER, keep_leak_report, ask)


def test_blinded_people_keep_none(sqlite_trial: Trial) -> None:
    """Those who run gates do."""
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.STATISTICIAN, keep_leak_report, _ask(sqlite_trial))
