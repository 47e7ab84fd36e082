"""Replacement of a kit that cannot be given: another of its type by the same rule, and both accounted for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from irt.services.dispensings import DispensingReceipt
from irt.services.replace_kit import NotReplaceable, ReplaceKit, replace_kit
from irt.services.subjects import NotInTheFuture
from irt.supply.kit_selection import NoUsableKit
from irt.tables.kit import DispensedKit
from irt.tables.secret import SecretAuditEntry
from tests.builders_trial import Trial


def replacing(trial: Trial, dispensing: DispensingReceipt, **changes: Any) -> ReplaceKit:
    """The first kit is broken."""
    facts = {"number": dispensing.kits[0].number, "problem": "damaged", "reason": "Broken", "on_day": trial.day}
    asked = {"study_id": 1, "dispensing_id": dispensing.dispensing_id, **facts, **changes}
    return ReplaceKit.model_validate(asked)


@pytest.mark.parametrize(
    ("problem", "left"),
    [("damaged", ("site", "damaged", "reversed")), ("missing", ("unknown", "released", "reversed"))],
)
def test_the_new_kit_takes_the_old_one_s_place(trial: Trial, problem: str, left: tuple[str, str, str]) -> None:
    """Same type, one line points to the other, and the old kit follows reality."""
    dispensing = trial.assign(trial.randomized())
    old = dispensing.kits[0].number
    receipt = trial.do(trial.staff, replace_kit, replacing(trial, dispensing, problem=problem))
    (new,) = {kit.number for kit in receipt.kits} - {kit.number for kit in dispensing.kits}
    assert trial.types()[new] == trial.types()[old]
    assert [kit.status for kit in receipt.kits if kit.number == old] == ["replaced"]
    row = trial.kit(old)
    assert (row["custody"], row["quality"], row["assignment"]) == left
    assert trial.kit(new)["assignment"] == "assigned"
    assert trial.rows(DispensedKit, kit_id=trial.kit(new)["id"])[0]["replaces_kit_id"] == row["id"]
    line = trial.audit()
    assert (line["act"], line["old"], line["new"]["kit"], line["reason"]) == (
        "kit_replaced",
        {"kit": old},
        new,
        "Broken",
    )
    assert "kits" in trial.rows(SecretAuditEntry)[-1]["body"]
    assert {kit.status for kit in trial.hand_over(receipt).kits} == {"handed_over", "replaced"}


def test_a_second_press_replaces_once(sqlite_trial: Trial) -> None:
    """The same key gives the first answer, another one is told that the kit is not waiting."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    ask = replacing(sqlite_trial, dispensing)
    sqlite_trial.keys = iter(["one", "one", "two"])  # type: ignore[assignment]  # the same key twice
    first = sqlite_trial.do(sqlite_trial.staff, replace_kit, ask)
    assert sqlite_trial.do(sqlite_trial.staff, replace_kit, ask) == first
    sqlite_trial.refuses(replace_kit, ask, NotReplaceable)


def test_a_kit_that_came_free_again_is_not_given_a_second_line(sqlite_trial: Trial) -> None:
    """A replaced kit that quality released again is the only one left: there is none to give."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    old = dispensing.kits[0].number
    sqlite_trial.do(sqlite_trial.staff, replace_kit, replacing(sqlite_trial, dispensing))
    sqlite_trial.set_apart(sqlite_trial.shelf())
    with sqlite_trial.store.writing() as connection:
        usable = "UPDATE kit SET quality = 'released', assignment = 'free' WHERE number = :number"
        connection.execute(text(usable), {"number": old})
    second = replacing(sqlite_trial, dispensing, number=dispensing.kits[1].number)
    sqlite_trial.refuses(replace_kit, second, NoUsableKit)


def test_without_another_kit_nothing_is_booked(sqlite_trial: Trial) -> None:
    """The broken kit stays as it was, so that somebody can decide what to do."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    sqlite_trial.set_apart(sqlite_trial.shelf())
    refusal = sqlite_trial.refuses(replace_kit, replacing(sqlite_trial, dispensing), NoUsableKit)
    assert "PEN" not in refusal.sentence
    assert "PEN" in refusal.trace


def test_what_cannot_be_replaced(sqlite_trial: Trial) -> None:
    """A kit of the shelf, one already handed over, one tomorrow."""
    dispensing = sqlite_trial.assign(sqlite_trial.randomized())
    stranger = replacing(sqlite_trial, dispensing, number=sqlite_trial.shelf()[0])
    sqlite_trial.refuses(replace_kit, stranger, NotReplaceable)
    tomorrow = replacing(sqlite_trial, dispensing, on_day=sqlite_trial.day + timedelta(days=1))
    sqlite_trial.refuses(replace_kit, tomorrow, NotInTheFuture)
    sqlite_trial.hand_over(dispensing)
    sqlite_trial.refuses(replace_kit, replacing(sqlite_trial, dispensing), NotReplaceable)


def test_at_an_unscheduled_visit_the_kit_lasts_as_long_as_any(sqlite_trial: Trial) -> None:
    """Nobody knows how long an unscheduled visit must last, so the longest gap between visits counts: 91 days."""
    subject, _ = sqlite_trial.treated()
    dispensing = sqlite_trial.assign(subject, unscheduled=True)
    for days, enough in ((90, False), (91, True)):
        with sqlite_trial.store.writing() as connection:
            expiry = {"day": sqlite_trial.day + timedelta(days=days)}
            connection.execute(text("UPDATE kit SET expiry = :day"), expiry)
        ask = replacing(sqlite_trial, dispensing)
        if enough:
            assert sqlite_trial.do(sqlite_trial.staff, replace_kit, ask).status == "assigned"
        else:
            sqlite_trial.refuses(replace_kit, ask, NoUsableKit)
