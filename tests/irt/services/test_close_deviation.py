"""A misallocation followed to its end: both kits decided on, what came of it said and signed, and said once."""

import pytest
from sqlalchemy import insert

from irt.audit.sentences import sentence
from irt.blinding.roles import Role
from irt.errors import NotAllowed, NotFound
from irt.reads.blinded_deviations import deviation_of, deviations_of
from irt.services.close_deviation import CloseDeviation, DeviationKnown, KitsUndecided, close_deviation
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.record_misallocation import book_misallocation
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.tables.columns import table_of
from irt.tables.deviation import DeviationClosure
from irt.tables.subject import Deviation
from tests.builders_trial import Trial
from tests.cast import MONDAY, signing
from tests.irt.services.test_record_misallocation import mix_up


def mixed_up(trial: Trial) -> tuple[str, str, str]:
    """A deviation, the kit that went, and the one that stayed."""
    dispensing = trial.assign(trial.randomized())
    given, assigned = trial.shelf()[0], dispensing.kits[0].number
    return trial.do(trial.staff, book_misallocation, mix_up(trial, dispensing, given)).deviation, given, assigned


def closing(trial: Trial, number: str) -> CloseDeviation:
    """What came of it."""
    facts = {"study_id": trial.study_id, "number": number, "assessment": "Subject monitored; staff trained"}
    return CloseDeviation.model_validate({**facts, "signing": signing()})


def test_it_is_closed_once_its_kits_are_decided_on(trial: Trial) -> None:
    """Not while the kit that stayed waits; then with a signature, the state of both, and a line of the trail."""
    number, given, assigned = mixed_up(trial)
    with pytest.raises(KitsUndecided, match=assigned):
        trial.do(Role.QUALITY, close_deviation, closing(trial, number))
    facts = {"study_id": trial.study_id, "reject": [assigned], "reason": "Opened", "signing": signing()}
    trial.do(Role.QUALITY, decide_quality, DecideQuality.model_validate(facts))
    done = trial.do(Role.QUALITY, close_deviation, closing(trial, number))
    assert done.kits == {
        given: "subject, released, dispensed, outstanding",
        assigned: "site, rejected, reversed, none",
    }
    (row,) = trial.rows(DeviationClosure)
    assert (row["kits"], row["assessment"]) == (done.kits, "Subject monitored; staff trained")
    line = trial.audit()
    told = {name: line[name] for name in ("act", "record_kind", "record", "old", "new", "reason")}
    assert sentence(person="Quinn", **told).startswith(f"Quinn closed deviation {number}.")
    with pytest.raises(DeviationKnown):
        trial.do(Role.QUALITY, close_deviation, closing(trial, number))


def test_a_kit_that_is_missing_keeps_it_open(sqlite_trial: Trial) -> None:
    """Nobody knows where the kit that stayed is."""
    number, _, assigned = mixed_up(sqlite_trial)
    facts = {"study_id": 1, "site": "1001", "kit": assigned, "report": Report.MISSING, "reason": "Not there"}
    sqlite_trial.do(sqlite_trial.staff, report_kit, ReportKit.model_validate(facts))
    with pytest.raises(KitsUndecided, match="is missing"):
        sqlite_trial.do(Role.QUALITY, close_deviation, closing(sqlite_trial, number))


def test_quality_alone_closes_with_its_password(sqlite_trial: Trial) -> None:
    """Neither the site nor a monitor; and no deviation that there is none of."""
    number, _, _ = mixed_up(sqlite_trial)
    for who in (Role.PHARMACIST, Role.MONITOR):
        with pytest.raises(NotAllowed):
            sqlite_trial.do(who, close_deviation, closing(sqlite_trial, number))
    with pytest.raises(NotFound):
        sqlite_trial.do(Role.QUALITY, close_deviation, closing(sqlite_trial, "D-9999"))
    assert not sqlite_trial.rows(DeviationClosure)


def test_none_is_left_out_however_many_there_are(sqlite_trial: Trial) -> None:
    """Reports and appendices are made of the same lines as the page; each is found by its number."""
    number, *_ = mixed_up(sqlite_trial)
    (first,) = sqlite_trial.rows(Deviation)
    more = [{**first, "id": first["id"] + n, "number": f"D-9{n:03}"} for n in range(1, 301)]
    with sqlite_trial.store.writing() as connection:
        connection.execute(insert(table_of(Deviation)), more)
        found = deviations_of(connection, sqlite_trial.study_id, MONDAY)
        one = deviation_of(connection, sqlite_trial.study_id, number, MONDAY)
    assert (len(found), found[-1]) == (301, one)
