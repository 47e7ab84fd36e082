"""Notes beside a randomization: written by the statistician, changing nothing, told in two voices."""

from typing import Any

import pytest

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.annotate_randomization import AnnotateRandomization, AnnotationKind, annotate_randomization
from irt.tables.secret import SecretAuditEntry, TreatmentAssignment
from irt.tables.subject import Annotation, Randomization
from tests.builders_trial import Trial


def noting(trial: Trial, **changes: Any) -> AnnotateRandomization:
    """A note beside the first randomization."""
    facts: dict[str, Any] = {
        "study_id": trial.study_id,
        "assignment_number": 1,
        "kind": AnnotationKind.WRONG_STRATUM,
        "text": "The value of last year was typed",
        "corrected_levels": {"ldl": "GE85"},
    }
    return AnnotateRandomization(**{**facts, **changes})


def statistician(trial: Trial) -> Actor:
    """Somebody who may."""
    return Actor(trial.staff.account_id, "Stan Petrov", (Grant(Role.UNBLINDED_STATISTICIAN),))


def test_a_note_changes_nothing_that_was_drawn(trial: Trial) -> None:
    """The draw, its stratum and its treatment stay; the note stands beside them."""
    trial.randomized(levels={"ldl": "LT85"})
    before = trial.rows(Randomization), trial.rows(TreatmentAssignment)
    receipt = trial.do(statistician(trial), annotate_randomization, noting(trial))
    assert (trial.rows(Randomization), trial.rows(TreatmentAssignment)) == before
    (note,) = trial.rows(Annotation)
    assert (note["id"], note["kind"], note["corrected_levels"]) == (
        receipt.annotation_id,
        "wrong_stratum",
        {"ldl": "GE85"},
    )


def test_the_words_stand_in_the_second_chain_alone(trial: Trial) -> None:
    """Whoever writes them knows the treatment."""
    trial.randomized(levels={"ldl": "LT85"})
    trial.do(statistician(trial), annotate_randomization, noting(trial))
    line, secret = trial.audit(), trial.rows(SecretAuditEntry)[-1]
    assert (line["act"], line["new"]) == ("randomization_annotated", {"kind": "wrong_stratum"})
    assert line["record"] == trial.rows(Randomization)[0]["number"]
    assert secret["body"]["text"] == "The value of last year was typed"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"assignment_number": 9}, NotFound),
        ({"corrected_levels": {"ldl": "HIGH"}}, BadInput),
        ({"corrected_levels": {"colour": "red"}}, BadInput),
        ({"corrected_levels": {"ldl": "LT85"}}, BadInput),
        ({"corrected_levels": {}}, BadInput),
        ({"kind": AnnotationKind.REMARK}, BadInput),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(
    sqlite_trial: Trial, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    """An unknown randomization or level, a correction that changes nothing or belongs to another kind."""
    trial = sqlite_trial
    trial.randomized(levels={"ldl": "LT85"})
    with pytest.raises(refusal):
        trial.do(statistician(trial), annotate_randomization, noting(trial, **changes))
    assert trial.rows(Annotation) == []


@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.INVESTIGATOR, Role.SUPPLY_MANAGER])
def test_nobody_else_writes_one(sqlite_trial: Trial, role: Role) -> None:
    """Blinded people would learn from it, or tell by it."""
    trial = sqlite_trial
    trial.randomized()
    with pytest.raises(NotAllowed):
        trial.do(Actor(trial.staff.account_id, "Bea", (Grant(role),)), annotate_randomization, noting(trial))
