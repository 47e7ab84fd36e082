"""Prepared kits: who prepares, until when they may be given, what is corrected by a new row."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.gs1.syringe_label import SyringeLabel, syringe_label
from irt.reads.blinded_preparations import preparation_at, preparations_at
from irt.reads.blinded_sites import sites_reached
from irt.services.dispensings import DispensingReceipt
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.prepare_kits import (
    AlreadyEnded,
    DiscardPreparation,
    KitUsedUp,
    NotPrepared,
    PastInUse,
    PrepareKits,
    discard_preparation,
    prepare_kits,
)
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.study.definition import StudyDefinition
from irt.study.preparation import Preparation, VialDoesNotAddUp
from irt.tables.preparation import Preparation as Prepared
from irt.tables.preparation import PreparationEnd, PreparedKit
from irt.tables.record import AuditEntry
from tests.builders import a_store, migrated
from tests.builders_trial import LOTS, Trial, the_trial_study
from tests.remembered import remembered

RULE = Preparation.model_validate({"contents": 5, "in_use_hours": 3})


@cache
def prepared_study(unblinded_pharmacist: bool = True) -> StudyDefinition:
    """The trial, whose pens are drawn up by an unblinded pharmacist."""
    trial = the_trial_study()
    groups = tuple(group.model_copy(update={"preparation": RULE}) for group in trial.blinding_groups)
    identity = trial.study.model_copy(update={"unblinded_pharmacist": unblinded_pharmacist})
    return trial.model_copy(update={"blinding_groups": groups, "study": identity})


def stocked(store: Store, definition: StudyDefinition | None = None) -> Trial:
    """One site with kits."""
    trial = Trial.of(store, definition or prepared_study())
    trial.load(LOTS)
    trial.sites(1)
    trial.resupply()
    trial.carry()
    trial.later(9)
    trial.carry()
    return trial


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """On SQLite, for rules alone."""
    url = f"sqlite:///{tmp_path}/prepared.sqlite"
    migrated(url)
    store = a_store(url)
    try:
        yield remembered(store, stocked)
    finally:
        store.close()


def assigned(trial: Trial) -> DispensingReceipt:
    """Kits of a first visit."""
    return trial.assign(trial.randomized("1001"))


def noon(trial: Trial, hours: float = 0) -> datetime:
    """Of the trial's day, or hours later."""
    return datetime.combine(trial.day, time(12), UTC) + timedelta(hours=hours)


def preparing(trial: Trial, dispensing: DispensingReceipt, **changes: Any) -> PrepareKits:
    """Every kit of the visit, of which four fifths are used."""
    kits = [{"number": kit.number, "used": "4", "wasted": "1"} for kit in dispensing.kits]
    facts = {"study_id": trial.study_id, "dispensing_id": dispensing.dispensing_id, "kits": kits}
    return PrepareKits.model_validate({**facts, "prepared_at": noon(trial, -1), **changes})


def giving(trial: Trial, dispensing: DispensingReceipt, hours: float = 0) -> Any:
    """Hands over at noon, or hours later."""
    scans = [kit.number for kit in dispensing.kits]
    ask = HandOver(study_id=trial.study_id, dispensing_id=dispensing.dispensing_id, scanned=scans)
    return perform(trial.store, trial.staff, noon(trial, hours), hand_over_kits, ask, f"g{hours}{len(scans)}")


def test_the_whole_way_on_both_databases(store: Store) -> None:
    """Not given unprepared, given in time, corrected by a new row; the blinded reader sees the label alone."""
    trial = remembered(store, stocked)
    dispensing = assigned(trial)
    with pytest.raises(NotPrepared):
        giving(trial, dispensing)
    with pytest.raises(NotAllowed):
        trial.do(Role.PHARMACIST, prepare_kits, preparing(trial, dispensing))
    with pytest.raises(NotAllowed):
        trial.do(Role.COORDINATOR, prepare_kits, preparing(trial, dispensing))
    done = trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing))
    assert (done.number, done.use_before) == ("P-00001", noon(trial, 2))
    with pytest.raises(BadInput, match="was prepared before"):
        trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing))
    kits = [{"number": kit.number, "used": "3.5", "wasted": "1.5"} for kit in dispensing.kits]
    again = preparing(trial, dispensing, kits=kits, corrects="P-00001", reason="The scale was read wrongly")
    assert trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, again).number == "P-00002"
    with pytest.raises(AlreadyEnded):
        trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, again)
    with store.reading() as connection:
        sites = sites_reached(connection, trial.staff)
        lines = preparations_at(connection, sites, noon(trial))
        assert [(line.number, line.state, line.left_words) for line in lines] == [
            ("P-00002", "ready", "2 h 00 min"),
            ("P-00001", "corrected", "2 h 00 min"),
        ]
        assert lines[0].corrects == "P-00001"
        with pytest.raises(NotFound):
            preparation_at(connection, [], trial.study_id, "P-00001", noon(trial))
    assert giving(trial, dispensing, 1.5).status == "handed_over"
    assert [row["fate"] for row in trial.rows(PreparationEnd)] == ["handed_over"]
    assert {row["used"] for row in trial.rows(PreparedKit)} == {"4", "3.5"}
    after = again.model_copy(update={"corrects": "P-00002"})
    trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, after)
    assert [row["fate"] for row in trial.rows(PreparationEnd)] == ["handed_over", "handed_over"]
    assert "preparation_corrected" in {row["act"] for row in trial.rows(AuditEntry)}


def test_past_its_time_it_is_not_given(trial: Trial) -> None:
    """On the minute it still is; thrown away, its kits are empty and are not drawn up a second time."""
    dispensing = assigned(trial)
    trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing))
    with pytest.raises(PastInUse, match="P-00001 could be given until"):
        giving(trial, dispensing, 2.01)
    away = DiscardPreparation(study_id=trial.study_id, number="P-00001", reason="Too late")
    trial.do(Role.UNBLINDED_PHARMACIST, discard_preparation, away)
    with pytest.raises(AlreadyEnded):
        trial.do(Role.UNBLINDED_PHARMACIST, discard_preparation, away)
    with pytest.raises(NotPrepared):
        giving(trial, dispensing)
    with pytest.raises(KitUsedUp):
        trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing))
    assert len(trial.rows(Prepared)) == 1


def test_until_the_last_minute_it_is_given(trial: Trial) -> None:
    """In-use time counts from preparing, to the minute."""
    dispensing = assigned(trial)
    trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing))
    assert giving(trial, dispensing, 2).status == "handed_over"


def test_a_correction_takes_no_kit_of_another_preparation(trial: Trial) -> None:
    """One vial, one syringe: also where a row puts another one right."""
    dispensing = assigned(trial)
    first, second = ([{"number": kit.number, "used": "4", "wasted": "1"}] for kit in dispensing.kits[:2])
    for kits in (first, second):
        trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing, kits=kits))
    wrong = preparing(trial, dispensing, kits=second, corrects="P-00001", reason="The other vial")
    with pytest.raises(BadInput, match="was prepared before"):
        trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, wrong)


def test_what_cannot_be_is_refused(trial: Trial) -> None:
    """Vials that do not add up, kits of others, corrections of nothing or without reason; nothing is booked."""
    dispensing = assigned(trial)
    number = dispensing.kits[0].number
    for changes, refusal in (
        ({"kits": [{"number": number, "used": "4", "wasted": "0.9"}]}, VialDoesNotAddUp),
        ({"kits": [{"number": "999999", "used": "4", "wasted": "1"}]}, BadInput),
        ({"corrects": "P-00009", "reason": "x"}, NotFound),
        ({"corrects": "P-00009"}, BadInput),
    ):
        with pytest.raises(refusal):
            trial.do(Role.UNBLINDED_PHARMACIST, prepare_kits, preparing(trial, dispensing, **changes))
    assert trial.rows(Prepared) == []


def test_without_an_unblinded_pharmacist_the_pharmacist_prepares(tmp_path: Path) -> None:
    """Kits that look alike are drawn up by anybody of the pharmacy."""
    url = f"sqlite:///{tmp_path}/open.sqlite"
    migrated(url)
    store = a_store(url)
    trial = stocked(store, prepared_study(unblinded_pharmacist=False))
    dispensing = assigned(trial)
    assert trial.do(Role.PHARMACIST, prepare_kits, preparing(trial, dispensing)).number == "P-00001"
    store.close()


def test_the_label_tells_no_treatment() -> None:
    """Subject, visit, preparation, time: the same words whatever is inside."""
    label = SyringeLabel("NB-301", "1001-0001", "Day 1", "P-00001", "2 Mar 2026 15:00", "TEST")
    drawn = syringe_label(label).decode()
    assert all(line in drawn for line in label.lines)
    assert "PEN" not in drawn
