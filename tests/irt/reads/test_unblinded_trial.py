"""A study's own subjects under its own law: every stored chance agrees, whatever the design; figures add up."""

from typing import Any

import pytest

from irt.randomization import code_break_work
from irt.randomization.assessment.sequences import quiet
from irt.randomization.bench_work import BenchKind, work_out
from irt.reads.unblinded_live import live
from irt.reads.unblinded_trial import NobodyRandomized, trial_record
from irt.services.store import Store
from tests.builders_designs import DESIGNS, DesignedTrial, a_study, without_stock
from tests.builders_trial import FIRST_SITE, SECOND_SITE

MINIMIZATION: dict[str, Any] = {
    "method": "minimization",
    "factors": [{"factor": "ldl"}, {"factor": "site", "weight": 2}],
    "probability": "0.8",
}
LAWFUL = {
    name: design for name, design in DESIGNS.items() if design["method"] not in ("play_the_winner", "thompson")
}
LAWFUL.pop("doubly_adaptive")


def running(store: Store, design: dict[str, Any], subjects: int = 10) -> DesignedTrial:
    """A study with so many subjects at both sites and levels."""
    trial = without_stock(store, a_study(design))
    for number in range(subjects):
        ldl = "LT85" if number % 3 else "GE85"
        trial.randomized((FIRST_SITE, SECOND_SITE)[number % 2], levels={"ldl": ldl})
    return trial


@pytest.mark.parametrize("design", [*LAWFUL.values(), MINIMIZATION], ids=[*LAWFUL, "minimization"])
def test_the_law_gives_every_stored_chance(
    sqlite_store: Store, design: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the record is refused; from it the study's own test and what an arm tells are worked out."""
    monkeypatch.setattr(code_break_work, "TRIALS", 800)
    trial = running(sqlite_store, design)
    with trial.store.reading() as connection:
        record = trial_record(connection, trial.study_id)
        page = live(connection, trial.study_id)
    assert len(record["subjects"]) == page.total == 10
    assert sum(row.subjects for row in page.guesses) == 10
    assert page.guessed.by_chances == pytest.approx(sum(row.by_chances for row in page.guesses))
    for place, subject in enumerate(record["subjects"]):
        subject["outcome"] = str(place)
    tested = work_out(BenchKind.TEST, record | {"statistic": "means", "trials": 50}, quiet)
    assert 0 < tested["p_value"] <= 1
    guessed = work_out(BenchKind.GUESSES, record | {"known": [1]}, quiet)
    assert guessed["strata"][0]["known"] == [1]


def test_nobody_has_no_law(sqlite_store: Store) -> None:
    """There is nothing to work out."""
    trial = running(sqlite_store, MINIMIZATION, 0)
    with trial.store.reading() as connection, pytest.raises(NobodyRandomized):
        trial_record(connection, trial.study_id)
