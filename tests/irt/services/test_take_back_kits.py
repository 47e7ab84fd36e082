"""Returns: each kit counted in units that add up, or as a whole; booked at the site, lost ones as lost."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.subjects import NotInTheFuture, TooEarly
from irt.services.take_back_kits import (
    CountedInKits,
    CountedInUnits,
    CountsDoNotAddUp,
    NotWithSubject,
    TakeBackKits,
    take_back_kits,
)
from irt.tables.kit import KitReturn
from tests.builders_trial import FIRST_DAY, Trial
from tests.builders_visits import VisitsTrial


def counted(number: str, **changes: Any) -> dict[str, Any]:
    """A used-up pen."""
    return {"number": number, "units_returned": 0, "units_used": 1, **changes}


def returning(trial: Trial, subject: str, *kits: dict[str, Any], **changes: Any) -> TakeBackKits:
    """Kits that come back today."""
    facts = {"subject": subject, "kits": list(kits), "on_day": trial.day}
    return TakeBackKits.model_validate({"study_id": 1, **facts, **changes})


def test_what_comes_back_and_what_does_not(trial: Trial) -> None:
    """One kit returned, one lost: each where it really is, with its counts."""
    subject, (first, second) = trial.treated()
    lost = counted(second, units_used=0, units_lost=1, kit_lost=True)
    receipt = trial.do(trial.staff, take_back_kits, returning(trial, subject, counted(first), lost))
    assert (receipt.returned, receipt.lost) == ([first], [second])
    back, gone = trial.kit(first), trial.kit(second)
    assert (back["custody"], back["place_id"], back["accountability"]) == ("site", trial.site_id(), "returned")
    assert (gone["custody"], gone["place_id"], gone["accountability"]) == ("unknown", None, "lost_by_subject")
    assert [(r["units_used"], r["units_lost"], r["on_day"]) for r in trial.rows(KitReturn)] == [
        (1, 0, trial.day),
        (0, 1, trial.day),
    ]
    line = trial.audit()
    assert (line["act"], line["record"]) == ("kits_taken_back", subject)
    assert (line["new"]["returned"], line["new"]["lost"]) == ([first], [second])
    assert line["new"]["on_day"] == trial.day.isoformat()
    assert [kit["number"] for kit in line["new"]["counts"]] == [first, second]


@pytest.mark.parametrize(
    "changes",
    [{"units_used": 0}, {"units_used": 2}, {"units_returned": 1}, {"units_used": 2, "kit_lost": True}],
)
def test_units_must_add_up(sqlite_trial: Trial, changes: dict[str, Any]) -> None:
    """Neither more nor less than was in the kit; a lost kit may leave units unknown, but never hold more."""
    subject, (first, _) = sqlite_trial.treated()
    ask = returning(sqlite_trial, subject, counted(first, **changes))
    refusal = sqlite_trial.refuses(take_back_kits, ask, CountsDoNotAddUp)
    assert f"Kit {first}:" in refusal.sentence


def test_the_content_of_strange_kits_is_not_told(sqlite_trial: Trial) -> None:
    """A kit of the shelf or of somebody else is refused before anything is counted."""
    subject, _ = sqlite_trial.treated()
    _, (of_other, _) = sqlite_trial.treated()
    for number in (sqlite_trial.shelf()[0], of_other):
        ask = returning(sqlite_trial, subject, counted(number, units_used=9))
        refusal = sqlite_trial.refuses(take_back_kits, ask, NotWithSubject)
        assert refusal.sentence == f"{number} was not handed over to this subject. Nothing was booked."
    sqlite_trial.refuses(take_back_kits, returning(sqlite_trial, subject, counted("0000")), NotFound)


def test_returns_that_cannot_be(sqlite_trial: Trial) -> None:
    """A kit named twice or come back before, tomorrow, or before there was a subject to give it to."""
    subject, (first, second) = sqlite_trial.treated()
    twice = returning(sqlite_trial, subject, counted(first), counted(first))
    sqlite_trial.refuses(take_back_kits, twice, BadInput)
    for days, kind in ((1, NotInTheFuture), (-1, TooEarly)):
        day = FIRST_DAY + timedelta(days=days)
        ask = returning(sqlite_trial, subject, counted(first), on_day=day)
        sqlite_trial.refuses(take_back_kits, ask, kind)
    sqlite_trial.do(sqlite_trial.staff, take_back_kits, returning(sqlite_trial, subject, counted(first)))
    again = returning(sqlite_trial, subject, counted(first), counted(second))
    sqlite_trial.refuses(take_back_kits, again, NotWithSubject)
    with pytest.raises(ValidationError):
        returning(sqlite_trial, subject, counted(second, units_lost=-1))
    with pytest.raises(ValidationError):
        returning(sqlite_trial, subject)


def test_a_second_press_books_once(sqlite_trial: Trial) -> None:
    """One key, one return."""
    subject, (first, _) = sqlite_trial.treated()
    ask = returning(sqlite_trial, subject, counted(first))
    sqlite_trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    done = sqlite_trial.do(sqlite_trial.staff, take_back_kits, ask)
    assert sqlite_trial.do(sqlite_trial.staff, take_back_kits, ask) == done
    assert len(sqlite_trial.rows(KitReturn)) == 1


def test_a_monitor_takes_nothing_back(sqlite_trial: Trial) -> None:
    """The role has no such act."""
    subject, (first, _) = sqlite_trial.treated()
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.MONITOR, take_back_kits, returning(sqlite_trial, subject, counted(first)))


FATES = {
    "unused": ("site", "returned"),
    "used": ("site", "returned"),
    "damaged": ("site", "damaged_by_subject"),
    "lost": ("unknown", "lost_by_subject"),
}


def test_whole_kits_come_back(visits: VisitsTrial) -> None:
    """Where the study counts kits, each has a fate and no units; each is where its fate says."""
    subject, first = visits.treated()
    kits = [*first, *(kit.number for kit in visits.hand_over(visits.assign(subject, visit="W12")).kits)][:4]
    fates = dict(zip(kits, FATES, strict=True))
    whole = [{"number": number, "fate": fate} for number, fate in fates.items()]
    receipt = visits.do(visits.staff, take_back_kits, returning(visits, subject, *whole))
    assert (receipt.returned, receipt.lost) == (kits[:3], [kits[3]])
    found = {number: (visits.kit(number)["custody"], visits.kit(number)["accountability"]) for number in kits}
    assert found == {number: FATES[fate] for number, fate in fates.items()}
    rows = [(row["fate"], row["units_returned"], row["units_used"]) for row in visits.rows(KitReturn)]
    assert rows == [(fate, None, None) for fate in FATES]
    assert visits.audit()["new"]["counts"] == whole


@pytest.mark.parametrize(
    "kit",
    [
        {"units_returned": 0, "units_used": 1},
        {},
        {"kit_lost": True},
        {"fate": "used", "units_used": 1},
        {"fate": "lost", "kit_lost": True},
    ],
)
def test_a_study_that_counts_kits_counts_no_units(sqlite_visits: VisitsTrial, kit: dict[str, Any]) -> None:
    """A fate, and nothing else."""
    subject, (first, _) = sqlite_visits.treated()
    ask = returning(sqlite_visits, subject, {"number": first, **kit})
    refusal = sqlite_visits.refuses(take_back_kits, ask, CountedInKits)
    assert refusal.sentence.startswith("This study counts whole kits. Nothing was booked.")
    assert first in refusal.sentence


def test_a_study_that_counts_units_has_no_fates(sqlite_trial: Trial) -> None:
    """The units are asked for by name."""
    subject, (first, _) = sqlite_trial.treated()
    ask = returning(sqlite_trial, subject, {"number": first, "fate": "used"})
    refusal = sqlite_trial.refuses(take_back_kits, ask, CountedInUnits)
    assert refusal.sentence.startswith("This study counts the units in a kit.")
