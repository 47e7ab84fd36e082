"""A small trial in which something of everything has happened, read once for all tests of the files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from irt.blinding.roles import Role
from irt.exports.facts import StudyData, Treatments
from irt.reads.blinded_study_data import study_data
from irt.reads.unblinded_study_data import treatments
from irt.services.annotate_randomization import AnnotateRandomization, annotate_randomization
from irt.tables.subject import Subject
from tests.builders import sqlite_copy
from tests.builders_trial import SECOND_SITE, Trial

MADE_AT = datetime(2026, 6, 16, 9, 41, tzinfo=UTC)


class Told(NamedTuple):
    """What the trial's exports are made of."""

    data: StudyData
    secret: Treatments


def enacted(trial: Trial) -> None:
    """Six subjects: treated, on hold, withdrawn, only drawn, screen failed, in screening."""
    for site in ("1001", SECOND_SITE, "1001"):
        trial.treated(site)
    drawn = trial.randomized()
    trial.fail(trial.screen())
    trial.screen(SECOND_SITE)
    subjects = sorted(row["number"] for row in trial.rows(Subject))
    trial.later(30)
    trial.step(subjects[0], "hold_dose")
    trial.step(drawn, "withdraw")
    note = AnnotateRandomization(
        study_id=trial.study_id,
        assignment_number=2,
        kind="wrong_stratum",
        text="The lab corrected the value",
        corrected_levels={"ldl": "GE85"},
    )
    trial.do(Role.UNBLINDED_STATISTICIAN, annotate_randomization, note)


@pytest.fixture(scope="session")
def told(sqlite_trial_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The trial's facts, blinded and secret."""
    with sqlite_copy(sqlite_trial_template, tmp_path_factory.mktemp("exports")) as store:
        trial = Trial.opened(store)
        enacted(trial)
        with store.reading() as connection:
            yield Told(study_data(connection, trial.study_id), treatments(connection, trial.study_id))
