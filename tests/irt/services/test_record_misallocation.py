"""A kit other than the assigned one was handed over: the books follow reality, whoever the kit was meant for."""

from typing import Any

import pytest
from pydantic import ValidationError

from irt.errors import NotFound
from irt.services.dispensings import DispensingReceipt
from irt.services.hand_over_kits import GiveUpDispensing, give_up_dispensing
from irt.services.record_misallocation import (
    NotMisallocated,
    RecordMisallocation,
    SignatureNeeded,
    book_misallocation,
    record_misallocation,
)
from irt.tables.kit import DispensedKit
from irt.tables.subject import Deviation
from tests.builders_trial import SECOND_SITE, Trial


def mix_up(trial: Trial, dispensing: DispensingReceipt, given: str, **changes: Any) -> RecordMisallocation:
    """The first kit stayed, another one went."""
    facts = {"assigned": dispensing.kits[0].number, "given": given, "taken": "yes", "reason": "Mixed up"}
    asked = {"study_id": 1, "dispensing_id": dispensing.dispensing_id, **facts, **changes}
    return RecordMisallocation.model_validate(asked)


@pytest.mark.parametrize("same_type", [True, False])
def test_both_kits_follow_reality(trial: Trial, same_type: bool) -> None:
    """The given one is with the subject, the assigned one waits for a decision; the words hint at nothing."""
    subject = trial.randomized()
    dispensing = trial.assign(subject)
    types, assigned = trial.types(), dispensing.kits[0].number
    given = next(n for n in trial.shelf() if (types[n] == types[assigned]) == same_type)
    receipt = trial.do(trial.staff, book_misallocation, mix_up(trial, dispensing, given))
    assert {kit.number: kit.status for kit in receipt.dispensing.kits} == {
        assigned: "not_given",
        dispensing.kits[1].number: "waiting",
        given: "misallocated",
    }
    row, kept = trial.kit(given), trial.kit(assigned)
    assert (row["custody"], row["assignment"], row["place_id"]) == (
        "subject",
        "dispensed",
        trial.subject(subject)["id"],
    )
    assert (kept["custody"], kept["quality"], kept["assignment"]) == ("site", "quarantined", "reversed")
    deviation = trial.rows(Deviation)[0]
    assert (receipt.deviation, deviation["number"]) == ("D-0001", "D-0001")
    assert deviation["sentence"] == f"{given} was handed over instead of {assigned}."
    line = trial.audit()
    assert (line["act"], line["reason"], line["new"]["taken"]) == ("misallocation_recorded", "Mixed up", "yes")


def test_with_every_kit_mixed_up_treatment_has_begun(sqlite_trial: Trial) -> None:
    """The visit ends with a hand-over although none of its own kits went out."""
    subject = sqlite_trial.randomized()
    dispensing = sqlite_trial.assign(subject)
    for kit in dispensing.kits:
        ask = mix_up(sqlite_trial, dispensing, sqlite_trial.shelf()[0], assigned=kit.number)
        dispensing = sqlite_trial.do(sqlite_trial.staff, book_misallocation, ask).dispensing
    assert sqlite_trial.hand_over(dispensing).status == "handed_over"
    assert sqlite_trial.subject(subject)["status"] == "on_treatment"
    assert [row["number"] for row in sqlite_trial.rows(Deviation)] == ["D-0001", "D-0002"]


def test_a_kit_meant_for_somebody_else_leaves_that_visit(trial: Trial) -> None:
    """The other subject's dispensing no longer waits for it, and can still be finished or given up."""
    mine, other = trial.assign(trial.randomized()), trial.assign(trial.randomized())
    taken, left = (kit.number for kit in other.kits)
    trial.do(trial.staff, book_misallocation, mix_up(trial, mine, taken))
    lines = {row["kit_id"]: row["status"] for row in trial.rows(DispensedKit, dispensing_id=other.dispensing_id)}
    assert lines == {trial.kit(taken)["id"]: "not_given", trial.kit(left)["id"]: "waiting"}
    give_up = GiveUpDispensing(study_id=1, dispensing_id=other.dispensing_id, reason="Kit is gone")
    assert trial.do(trial.staff, give_up_dispensing, give_up).status == "not_done"
    assert trial.kit(taken)["custody"] == "subject"


def test_a_second_press_opens_no_second_deviation(sqlite_trial: Trial) -> None:
    """The same key gives the first answer, another one a refusal."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    ask = mix_up(sqlite_trial, dispensing, sqlite_trial.shelf()[0])
    sqlite_trial.keys = iter(["one", "one", "two"])  # type: ignore[assignment]  # the same key twice
    first = sqlite_trial.do(sqlite_trial.staff, book_misallocation, ask)
    assert sqlite_trial.do(sqlite_trial.staff, book_misallocation, ask) == first
    sqlite_trial.refuses(book_misallocation, ask, NotMisallocated)
    assert len(sqlite_trial.rows(Deviation)) == 1


def test_what_is_no_misallocation(sqlite_trial: Trial) -> None:
    """A kit of the visit itself, one that is not waiting, one of another site, one nobody knows, no reason."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    own, shelf = dispensing.kits[1].number, sqlite_trial.shelf()[0]
    sqlite_trial.refuses(book_misallocation, mix_up(sqlite_trial, dispensing, own), NotMisallocated)
    not_waiting = mix_up(sqlite_trial, dispensing, shelf, assigned=sqlite_trial.shelf()[1])
    sqlite_trial.refuses(book_misallocation, not_waiting, NotMisallocated)
    elsewhere = mix_up(sqlite_trial, dispensing, sqlite_trial.shelf(SECOND_SITE)[0])
    refusal = sqlite_trial.refuses(book_misallocation, elsewhere, NotMisallocated)
    assert "not in this site's stock" in refusal.sentence
    sqlite_trial.refuses(book_misallocation, mix_up(sqlite_trial, dispensing, "0000"), NotFound)
    with pytest.raises(ValidationError):
        mix_up(sqlite_trial, dispensing, shelf, reason="")


def test_without_the_signature_that_the_study_asks_for_nothing_is_booked(sqlite_trial: Trial) -> None:
    """The unsigned door is shut by the service itself, whoever calls it."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    ask = mix_up(sqlite_trial, dispensing, sqlite_trial.shelf()[0])
    sqlite_trial.refuses(record_misallocation, ask, SignatureNeeded)
    assert sqlite_trial.rows(Deviation) == []
