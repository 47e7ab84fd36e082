"""A leak report stands in the trail beside the version that it is about."""

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.reads.leak_reports import leak_report_of, leak_reports
from irt.services.keep_leak_report import KeepLeakReport, ReportOfAnotherStudy, keep_leak_report
from tests.builders_trial import Trial, the_trial_study


def _ask(trial: Trial, **changes: object) -> KeepLeakReport:
    facts = {"verdict": "pass", "subjects": 1212, "upper_limit": "0.532", "seed": 1, "report_hash": "a" * 64}
    definition = the_trial_study().model_dump(mode="json")
    return KeepLeakReport.model_validate({"study_id": trial.study_id, "definition": definition, **facts, **changes})


def test_it_is_kept_with_the_newest_version(trial: Trial) -> None:
    """The newest report of the version is the one that counts; the definition is in no record."""
    trial.do(Role.SUPPLY_MANAGER, keep_leak_report, _ask(trial, verdict="fail", fields_named=["page | expiry"]))
    kept = trial.do(Role.UNBLINDED_STATISTICIAN, keep_leak_report, _ask(trial))
    assert (kept.version, kept.verdict) == (1, "pass")
    with trial.store.reading() as connection:
        found = leak_report_of(connection, trial.study_id, 1)
        everything = leak_reports(connection, trial.study_id)
        assert leak_report_of(connection, trial.study_id, 2) is None
    assert found is not None
    assert (found.verdict, found.subjects, found.upper_limit) == ("pass", 1212, "0.532")
    assert [each.verdict for each in everything] == ["pass", "fail"]
    assert everything[1].fields_named == ("page | expiry",)
    assert "definition" not in _ask(trial).model_dump()


def test_a_report_of_another_file_is_refused(sqlite_trial: Trial) -> None:
    """One word is enough to make it another study; what is no study at all is refused too."""
    study = the_trial_study()
    other = study.model_copy(update={"study": study.study.model_copy(update={"title": "Another"})})
    ask = _ask(sqlite_trial, definition=other.model_dump(mode="json"))
    with pytest.raises(ReportOfAnotherStudy):
        sqlite_trial.do(Role.SUPPLY_MANAGER, keep_leak_report, ask)
    with pytest.raises(BadInput, match="no study"):
        sqlite_trial.do(Role.SUPPLY_MANAGER, keep_leak_report, _ask(sqlite_trial, definition={}))


def test_blinded_people_keep_none(sqlite_trial: Trial) -> None:
    """Those who run gates do."""
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.STATISTICIAN, keep_leak_report, _ask(sqlite_trial))
